"""Coverage: what each option would serve, what is served today, and the margins behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.costs import price_lines
from dualgig.fibre.links import FibreLinks, fibre_links
from dualgig.ledger import counted
from dualgig.options import Options, fibre_options, radio_options
from dualgig.radio.budget import link_budget
from dualgig.radio.paths import pairs_within, path_loss_db
from dualgig.standards import RadioTests, radio_tests

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.region.model import Region

    Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Reach:
    """Margins over the threshold from sites to points, sparse and by band.

    Attributes
    ----------
    site, point : ndarray of int64, shape (pairs,)
        Rows of the region's sites and of the radio points; sorted by site, then point.
    bands : tuple of str
        Bands of the columns.
    margin_db : ndarray of float32, shape (pairs, bands)
        Planning margin: 0 or more is served; -inf beyond the band's radius cap or off the terrain.
    clear_db : ndarray of float32, shape (pairs, bands)
        The same margin in free space, the reason's counterfactual.
    """

    site: NDArray[np.int64]
    point: NDArray[np.int64]
    bands: tuple[str, ...]
    margin_db: NDArray[np.float32]
    clear_db: NDArray[np.float32]


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
    tell("progress.fibre", 0.6)
    links = fibre_links(_with_ledger(region), region.project.costs.prices)
    tell("progress.costs", 0.9)
    radio, fibre = radio_options(region), fibre_options(region, links)
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


def radio_reach(region: Region, points: pd.DataFrame) -> Reach:
    """Margins from every site to every radio point within the radius caps.

    The pairs of a larger cap are computed for the bands that reach so far only; the geometry of a
    path is shared by its bands.
    """
    radio = region.project.radio
    used = {band for configuration in region.project.configurations for band in configuration.bands}
    bands = tuple(sorted(used, key=lambda band: (-radio.bands[band].radius_km, band)))
    budgets = [link_budget(radio, band) for band in bands]
    radius_m = np.array([radio.bands[band].radius_km * 1000.0 for band in bands])
    sites_xy = region.xy_m(region.sites)
    points_xy = points[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    mast_m = region.sites["mast_m"].to_numpy(dtype=np.float64)
    site, point = pairs_within(sites_xy, points_xy, float(radius_m.max(initial=0.0)))
    distance_m = np.hypot(*(sites_xy[site] - points_xy[point]).T)
    margin = np.full((len(site), len(bands)), -np.inf, np.float32)
    clear = np.full((len(site), len(bands)), -np.inf, np.float32)
    edges = np.unique(radius_m)
    for inner, outer in zip([-1.0, *edges[:-1]], edges, strict=True):
        ring = np.flatnonzero((distance_m > inner) & (distance_m <= outer))
        reaching = np.flatnonzero(radius_m >= outer)
        if not len(ring):
            continue
        loss, free = path_loss_db(
            region.terrain,
            sites_xy,
            mast_m,
            points_xy,
            radio.receiver_height_m,
            site[ring],
            point[ring],
            np.array([radio.bands[bands[b]].frequency_mhz / 1000.0 for b in reaching]),
            delta_n=radio.delta_n,
            polarisation=radio.polarisation,
        )
        for column, b in enumerate(reaching):
            margin[ring, b] = _finite(budgets[b].margin_db(loss[:, column]))
            clear[ring, b] = _finite(budgets[b].margin_db(free[:, column]))
    return Reach(site, point, bands, margin, clear)


def _with_ledger(region: Region) -> Region:
    """The region with villages that the ledger calls unserved treated as GPON, to be upgraded."""
    verdict = counted(region, "gigabit")
    villages = region.villages.copy()
    unserved = np.array([verdict.get(str(village)) is False for village in villages.index], np.bool_)
    villages["fibre"] = villages["fibre"].mask((villages["fibre"] == "10gpon") & unserved, "gpon")
    return replace(region, villages=villages)


def _finite(margin_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """Margins with NaN (off the terrain) as -inf."""
    return np.where(np.isnan(margin_db), -np.inf, margin_db)
