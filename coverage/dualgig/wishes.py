"""What-if on a coverage: other decisions and another budget, without predicting it anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dualgig.errors import ContradictionError, NotFoundError
from dualgig.predict import price_options
from dualgig.region.decisions import inside_any
from dualgig.region.findings import closest
from dualgig.whatif import what_if

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

    from dualgig.predict import Coverage
    from dualgig.region.model import Region


def with_wishes(
    coverage: Coverage,
    *,
    lock: Collection[str] = (),
    forbid: Collection[str] = (),
    budget_cny: int | None = None,
) -> Coverage:
    """The coverage with sites and nodes locked or forbidden, and another budget, in its region's project.

    What is wished here goes over the project file and the tables (`dualgig.whatif.what_if`). Where years have
    money of their own, it is scaled with the total, rounded down.

    Raises
    ------
    NotFoundError
        An id is neither a site nor a node.
    ContradictionError
        Something is locked and forbidden, or locked inside an exclusion.
    ProjectError
        The budget is negative.
    """
    if not lock and not forbid and budget_cny is None:
        return coverage
    region = coverage.region
    _check(region, lock, forbid)
    project = what_if(region.project, lock=lock, forbid=forbid, budget_cny=budget_cny)
    region = replace(
        region,
        project=project,
        sites=_decided(region.sites, lock, forbid),
        nodes=_decided(region.nodes, lock, forbid),
    )
    if not lock and not forbid:
        return replace(coverage, region=region)
    return price_options(region, coverage.tests, coverage.reach)


def _check(region: Region, lock: Collection[str], forbid: Collection[str]) -> None:
    known = [str(item) for table in (region.sites, region.nodes) for item in table.index]
    lines = []
    for will, items in (("lock", lock), ("forbid", forbid)):
        for item in items:
            if item not in known:
                meant = closest(item, known, 0.6)
                hint = f"Did you mean {meant}?" if meant else "Write the id of one."
                lines.append(f"{will} {item}: it is neither a site nor a node. {hint}")
    if lines:
        raise NotFoundError("\n".join(lines))
    for table, unbuilt in (
        (region.sites, region.sites["structure"] == "new"),
        (region.nodes, region.nodes["stands"] == "none"),
    ):
        own = table[table.index.isin(list(lock)) & unbuilt.to_numpy()]
        held = own[inside_any(region.xy_m(own), region.exclusions, region.metric_crs)]
        if len(held):
            raise ContradictionError(
                f"{', '.join(map(str, held.index))}: locked, yet inside an exclusion, where nothing new is built. "
                "Unlock it, or correct the exclusion."
            )


def _decided(table: gpd.GeoDataFrame, lock: Collection[str], forbid: Collection[str]) -> gpd.GeoDataFrame:
    will = table["decision"].to_numpy(dtype=object).copy()
    will[table.index.isin(list(lock))] = "locked"
    will[table.index.isin(list(forbid))] = "forbidden"
    return table.assign(decision=will).astype({"decision": "str"})
