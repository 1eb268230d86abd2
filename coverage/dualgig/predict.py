"""Coverage: what each option would serve, what is served today, and the margins behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.cobuilding import tenancy_options
from dualgig.costs import price_lines
from dualgig.fibre.links import FibreLinks, fibre_links
from dualgig.ledger import counted
from dualgig.options import Options, fibre_options, radio_options
from dualgig.reach import Reach, radio_reach
from dualgig.standards import RadioTests, radio_tests, seat_villages

if TYPE_CHECKING:
    from collections.abc import Callable

    from dualgig.region.model import Region

    Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Coverage:
    """Everything that can be built, its price, and whom it would serve.

    Attributes
    ----------
    region : Region
        The region.
    options : pandas.DataFrame
        `dualgig.options.Options.table` with ``cost_cny`` (int64).
    cost_lines : pandas.DataFrame
        Cost lines of all options, see `dualgig.costs.price_lines`.
    tests : RadioTests
        The 5G tests of the places and their points.
    reach : Reach
        Radio margins.
    links : FibreLinks
        Fibre links from nodes to villages.
    """

    region: Region
    options: pd.DataFrame
    cost_lines: pd.DataFrame
    tests: RadioTests
    reach: Reach
    links: FibreLinks


def predict_coverage(region: Region, progress: Progress | None = None) -> Coverage:
    """Work out who would be served by what.

    Parameters
    ----------
    region
        Checked inputs.
    progress
        Called with a message key and the share done, 0 to 1.

    Raises
    ------
    ProjectError
        The cost book lacks a price that an option needs.
    """
    tell = progress or (lambda _key, _share: None)
    tell("progress.tests", 0.0)
    tests = radio_tests(region)
    tell("progress.radio", 0.1)
    reach = radio_reach(region, tests.points)
    return price_options(region, tests, reach, tell)


def price_options(
    region: Region, tests: RadioTests, reach: Reach, progress: Progress | None = None
) -> Coverage:
    """Everything that can be built in a region, with its price: the coverage, given how far sites reach.

    Parameters
    ----------
    region, tests, reach, progress
        See `Coverage` and `predict_coverage`.

    Raises
    ------
    ProjectError
        The cost book lacks a price that an option needs.
    """
    tell = progress or (lambda _key, _share: None)
    tell("progress.fibre", 0.6)
    links = fibre_links(_with_ledger(region), region.project.costs.prices)
    tell("progress.costs", 0.9)
    radio, fibre = tenancy_options(region, radio_options(region)), fibre_options(region, links)
    options = Options(
        pd.concat([radio.table, fibre.table]),
        pd.concat([radio.quantities, fibre.quantities], ignore_index=True),
    )
    lines = price_lines(region.project, options.quantities)
    table = options.table.copy()
    cost = lines.groupby("option", sort=False)["amount_cny"].sum()
    table["cost_cny"] = cost.reindex(table.index, fill_value=0).astype(np.int64)
    tell("progress.costs", 1.0)
    return Coverage(region, table, lines, tests, reach, links)


def _with_ledger(region: Region) -> Region:
    """The region with villages that the ledger calls unserved treated as GPON, to be upgraded.

    So are the villages of a seat whose township the ledger calls unserved.
    """
    barred = {place for place, served in counted(region, "gigabit").items() if not served}
    for township, seat in seat_villages(region).items():
        if township in barred:
            barred.update(seat)
    villages = region.villages.copy()
    unserved = np.array([str(village) in barred for village in villages.index], np.bool_)
    villages["fibre"] = villages["fibre"].mask((villages["fibre"] == "10gpon") & unserved, "gpon")
    return replace(region, villages=villages)
