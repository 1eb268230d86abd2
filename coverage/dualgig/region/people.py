"""Villages with township, homes and people; key points; demand points: the checked tables joined."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.region.demand import demand_from_raster, spread_demand
from dualgig.region.keypoints import with_committees
from dualgig.region.places import assign_townships, assign_villages
from dualgig.text import say

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.project import Project
    from dualgig.region.findings import Findings
    from dualgig.region.validate import Checked

MISMATCH = 0.05
"""Demand points whose people differ from the villages' by more than this part are told."""


@dataclass(frozen=True)
class Settled:
    """Who lives where.

    Parameters
    ----------
    townships, villages, keypoints, demand
        Tables of the region.
    caveats
        What had to be assumed, in the project's language.
    population_cells
        Cells of the population raster, 0 without one.
    """

    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    keypoints: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    caveats: tuple[str, ...]
    population_cells: int


def settle(
    project: Project, tables: dict[str, Checked], metric_crs: CRS, findings: Findings
) -> Settled | None:
    """Join townships, villages, key points and demand.

    Parameters
    ----------
    project
        The project.
    tables
        Checked tables by name, townships and villages among them.
    metric_crs
        Projected CRS in metres.
    findings
        Takes what is wrong.

    Returns
    -------
    Settled or None
        ``None`` where the population raster cannot be used.
    """
    language = project.project.language
    townships, checked = tables["townships"], tables["villages"]
    villages = checked.frame.assign(township=assign_townships(checked, townships, metric_crs, findings))
    caveats: list[str] = []

    complete = checked.complete and townships.complete
    keypoints = _assigned(
        tables.get("keypoints"), villages, townships, metric_crs, findings, complete=complete
    )
    if project.inputs.keypoints is None:
        caveats.append(say(language, "region.given_committees"))
    file = project.inputs.keypoints.path if project.inputs.keypoints else ""
    keypoints = with_committees(keypoints, villages, file, findings)

    demand = _assigned(tables.get("demand"), villages, townships, metric_crs, findings, complete=complete)
    cells = 0
    if project.inputs.population is not None:
        counted = checked.blank["population"].to_numpy(dtype=np.bool_)
        placed = demand_from_raster(project, villages, townships.frame, counted, metric_crs, findings)
        if placed is None:
            return None
        by_raster, population, cells = placed
        villages = villages.assign(population=population)
        if project.inputs.demand is None:
            demand = by_raster
            caveats.append(say(language, "region.raster_demand"))
    elif project.inputs.demand is None:
        demand = spread_demand(villages, project.project.seed, metric_crs)
        caveats.append(say(language, "region.spread_demand"))
    if demand is None:
        return None
    if "demand" in tables:
        _compare(tables["demand"], demand, villages, findings)
    villages = _with_homes(villages, project.fibre.household_size)
    return Settled(_summed(townships.frame, villages), villages, keypoints, demand, tuple(caveats), cells)


def _assigned(
    points: Checked | None,
    villages: gpd.GeoDataFrame,
    townships: Checked,
    metric_crs: CRS,
    findings: Findings,
    *,
    complete: bool,
) -> gpd.GeoDataFrame | None:
    if points is None:
        return None
    owner = assign_villages(points, villages, townships, metric_crs, findings, complete=complete)
    return points.frame.assign(village=owner["village"], township=owner["township"])


def _compare(
    table: Checked, demand: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, findings: Findings
) -> None:
    """Tell where the demand points hold other people than the villages."""
    points, people = int(demand["weight"].sum()), int(villages["population"].sum())
    if abs(points - people) > MISMATCH * max(people, 1):
        findings.warn(
            table.file,
            None,
            table.column("weight"),
            f"the demand points add up to {points:,} people, the villages to {people:,}.",
            "Check both; coverage in people is counted by the demand points.",
        )


def _with_homes(villages: gpd.GeoDataFrame, household_size: float) -> gpd.GeoDataFrame:
    """Homes from people where they are not given, rounded up."""
    homes = [
        given or math.ceil(people / household_size - 1e-9)
        for given, people in zip(
            villages["households"].tolist(), villages["population"].tolist(), strict=True
        )
    ]
    return villages.assign(households=np.array(homes, dtype=np.int64))


def _summed(townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Townships with their villages' people and homes where their own are not given."""
    sums = villages.groupby("township")[["population", "households"]].sum()
    filled = {}
    for column in ("population", "households"):
        own: NDArray[np.int64] = townships[column].to_numpy(dtype=np.int64, copy=True)
        added = sums[column].reindex(townships.index, fill_value=0).to_numpy(dtype=np.int64)
        filled[column] = np.where(own == 0, added, own)
    return townships.assign(**filled)
