"""What the planner and the exclusions say of sites and nodes: locked, forbidden, free."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from dualgig.region.findings import closest
from dualgig.region.places import locate
from dualgig.region.shapes import points_m, projected

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.project import Project
    from dualgig.region.findings import Findings
    from dualgig.region.validate import Checked


def decide(
    project: Project,
    tables: dict[str, Checked],
    frames: dict[str, gpd.GeoDataFrame],
    exclusions: gpd.GeoDataFrame,
    metric_crs: CRS,
    findings: Findings,
) -> dict[str, gpd.GeoDataFrame]:
    """Decisions of sites and nodes: the project file's word, over the column, over the exclusions.

    What is not built yet and lies inside an exclusion is forbidden, with a warning; when it is
    locked, that is an error. What stands already may be used wherever it stands.

    Parameters
    ----------
    project
        The project; ``decisions.lock`` and ``decisions.forbid`` name sites and nodes.
    tables
        Checked ``sites`` and ``nodes``, for the rows of the findings.
    frames
        ``sites`` (with generated candidates behind the given ones) and ``nodes``.
    exclusions
        Polygons where nothing new is built.
    metric_crs
        Projected CRS in metres.
    findings
        Takes what is wrong.

    Returns
    -------
    dict
        ``sites`` and ``nodes`` with their decisions.
    """
    _check_named(project, frames, findings)
    areas = projected(exclusions.geometry, metric_crs)
    decided = {}
    for name, frame in frames.items():
        will = frame["decision"].tolist()
        for position, item in enumerate(frame.index):
            if item in project.decisions.lock:
                will[position] = "locked"
            elif item in project.decisions.forbid:
                will[position] = "forbidden"
        unbuilt = (frame["structure"] == "new") if name == "sites" else (frame["stands"] == "none")
        held = locate(points_m(frame.geometry, metric_crs), areas)
        for position in np.flatnonzero((held >= 0) & unbuilt.to_numpy()).tolist():
            if will[position] == "forbidden":
                continue
            _tell(project, tables[name], position, exclusions.index[held[position]], will[position], findings)
            will[position] = "forbidden"
        decided[name] = frame.assign(decision=np.array(will, dtype=object)).astype({"decision": "str"})
    return decided


def _check_named(project: Project, frames: dict[str, gpd.GeoDataFrame], findings: Findings) -> None:
    known = [item for frame in frames.values() for item in frame.index]
    for key in ("lock", "forbid"):
        for item in getattr(project.decisions, key):
            if item not in known:
                meant = closest(item, known, 0.6)
                hint = f" Did you mean {meant}?" if meant else ""
                findings.error(
                    project.path.name,
                    None,
                    f"decisions.{key}",
                    f"{item!r} is neither a site nor a node.",
                    f"Write the id of one.{hint}",
                )


def _tell(project: Project, table: Checked, position: int, area: str, will: str, findings: Findings) -> None:
    """An unbuilt site or node inside an exclusion: generated candidates never are, so it has a row."""
    where = f"{table.id(position)} lies inside the exclusion {area}"
    column = table.column("decision")
    if will == "locked":
        by = (
            f"decisions.lock of {project.path.name}"
            if table.id(position) in project.decisions.lock
            else "its row"
        )
        findings.error(
            table.file,
            table.row(position),
            column,
            f"{where}, yet {by} locks it.",
            "Unlock it, move it, or correct the exclusion.",
        )
    else:
        findings.warn(
            table.file,
            table.row(position),
            column,
            f"{where}; it is not built.",
            "Move it, write forbidden, or correct the exclusion.",
        )


def inside_any(xy_m: NDArray[np.float64], areas: gpd.GeoDataFrame, metric_crs: CRS) -> NDArray[np.bool_]:
    """Which points (shape (n, 2), metres) lie inside or on the border of any polygon."""
    if areas.empty or not len(xy_m):
        return np.zeros(len(xy_m), dtype=np.bool_)
    shapely.prepare(whole := shapely.union_all(projected(areas.geometry, metric_crs)))
    return np.asarray(shapely.intersects_xy(whole, xy_m[:, 0], xy_m[:, 1]), dtype=np.bool_)
