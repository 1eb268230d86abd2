"""Operators who share a site: what each further tenant adds to what all of them pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.options import make_options, on_air_bands, structure_quantities
from dualgig.siting.problem import Limit

if TYPE_CHECKING:
    from dualgig.options import Options
    from dualgig.predict import Coverage
    from dualgig.region.model import Region

TENANCY = "tenancy"
"""Kind of the options that are steps of tenancy."""


def tenancy_options(region: Region, radio: Options) -> Options:
    """The radio options with steps of tenancy, where ``[costs.co_building]`` asks for them.

    The lines that it names leave the *structure* options. A *tenancy* option ``tenancy:SITE:k`` is the k-th
    operator who comes to the site, and carries what all tenants pay with it less what they pay without
    it. Each step requires the one before, the first one the structure.
    """
    terms = region.project.costs.co_building
    if terms is None:
        return radio
    named = radio.quantities["line"].isin(terms.lines)
    kept = radio.quantities[~(named & radio.quantities["option"].str.startswith("structure:"))]
    rows: list[tuple[str, ...]] = []
    lines: list[tuple[str, str, str, float]] = []
    table = radio.table[radio.table["kind"] == "radio"]
    for site_id, own in table.groupby("item", sort=False):
        site = region.sites.loc[str(site_id)]
        today = on_air_bands(region, str(site_id))
        structure = "" if today else f"structure:{site_id}"
        alone = [
            (line, amount)
            for line, amount in structure_quantities(region.project, site)
            if line in terms.lines
        ]
        needed = structure
        for step in range(1, len(set(own["operator"]) - set(today)) + 1):
            option = f"{TENANCY}:{site_id}:{step}"
            decision = "forbidden" if site["decision"] == "forbidden" else "free"
            rows.append((option, TENANCY, str(site_id), "", "", decision, "", needed))
            added = terms.shares(len(today) + step) - terms.shares(len(today) + step - 1)
            lines += [(option, str(site_id), line, round(amount * added, 9)) for line, amount in alone]
            needed = option
    steps = make_options(rows, lines)
    return type(radio)(
        pd.concat([radio.table, steps.table]), pd.concat([kept, steps.quantities], ignore_index=True)
    )


def tenancy_limits(coverage: Coverage) -> tuple[Limit, ...]:
    """One rule a site: no more operators come than steps of tenancy are taken."""
    options = coverage.options
    row = np.arange(len(options), dtype=np.int32)
    steps = pd.Series(row[options["kind"] == TENANCY]).groupby(
        options["item"][options["kind"] == TENANCY].to_numpy(), sort=False
    )
    radio = (options["kind"] == "radio").to_numpy()
    of_site = pd.Series(row[radio]).groupby(options["item"][radio].to_numpy()).indices
    radios = row[radio]
    operator = options["operator"].to_numpy()
    limits = []
    for site, taken in steps:
        today = set(on_air_bands(coverage.region, str(site)))
        new = [number for number in radios[of_site[site]] if operator[number] not in today]
        both = np.array([*new, *taken], np.int32)
        amount = np.array([1] * len(new) + [-1] * len(taken), np.int64)
        order = np.argsort(both)
        limits.append(Limit(f"tenants of {site}", both[order], amount[order], 0, money=False))
    return tuple(limits)
