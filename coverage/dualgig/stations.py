"""Base stations counted in the policy's unit: on air today, with the plan, and planned by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.location import check_county, township_of
from dualgig.plan import StationCount, Stations
from dualgig.served import bands_on_air

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.predict import Coverage


def station_counts(coverage: Coverage, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Base stations of each site with the chosen options, in the unit of ``[base_stations]``: shape (sites,)."""
    on_air = np.stack(list(bands_on_air(coverage, chosen).values()))
    unit = coverage.region.project.base_stations.unit
    if unit == "site":
        return np.asarray(on_air.any(axis=(0, 2)).astype(np.int64))
    counted = on_air.any(axis=2) if unit == "operator" else on_air.sum(axis=2)
    return np.asarray(counted.sum(axis=0), np.int64)


def stations_of(coverage: Coverage, chosen: NDArray[np.bool_]) -> Stations:
    """Base stations today and with the plan, in all and by county.

    Raises
    ------
    ProjectError
        ``planned_elsewhere`` names a county that no township is in.
    """
    region = coverage.region
    rules, phases = region.project.base_stations, region.project.phases
    last = len(phases.years) - 1 if phases else 0
    elsewhere = rules.elsewhere(last)
    for county in filter(None, elsewhere):
        check_county(region, county, "base_stations.planned_elsewhere")
    before = station_counts(coverage, np.zeros_like(chosen))
    after = station_counts(coverage, chosen)
    names = np.append(region.townships["county"].astype(str).to_numpy(dtype=object), "")
    county_of = names[township_of(region, region.sites)]
    wanted = [rules.targets[year] for year in sorted(rules.targets) if not phases or year == phases.years[-1]]
    counties = [*dict.fromkeys([*names[:-1], *elsewhere]), ""]
    rows = [
        StationCount(
            county,
            int(before[county_of == county].sum()),
            int(after[county_of == county].sum()),
            elsewhere.get(county, 0),
        )
        for county in dict.fromkeys(sorted(counties, key=lambda name: not name))
    ]
    return Stations(
        unit=rules.unit,
        before=int(before.sum()),
        after=int(after.sum()),
        planned_elsewhere=sum(elsewhere.values()),
        wanted=wanted[-1] if wanted else None,
        counties=tuple(row for row in rows if row.county or row.after or row.planned_elsewhere),
    )
