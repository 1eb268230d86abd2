"""Reads and checks every input of a project: the region, or all that is wrong with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.errors import InputError, Problem, ProjectError
from dualgig.region.candidates import propose_sites
from dualgig.region.decisions import decide
from dualgig.region.displaced import check_datum
from dualgig.region.findings import Findings
from dualgig.region.metric import metric_crs
from dualgig.region.model import Region
from dualgig.region.nearby import check_axes, check_roads
from dualgig.region.people import settle
from dualgig.region.read import read_layer, sha256
from dualgig.region.references import check_references
from dualgig.region.roads import read_roads, road_problems
from dualgig.region.schema import TABLES
from dualgig.region.shapes import check_overlaps
from dualgig.region.terrain import check_on_terrain, load_terrain
from dualgig.region.validate import Checked, empty_table, validate
from dualgig.text import say

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

    from dualgig.project import Project
    from dualgig.region.model import RoadGraph, Terrain
    from dualgig.region.people import Settled

FAR_M = 60_000.0
"""The terrain is not read farther than this from the townships, for the sake of one misplaced site."""


def load_region(project: Project) -> Region:
    """Read and check the inputs of a project.

    Parameters
    ----------
    project
        A loaded project.

    Returns
    -------
    Region
        Tables in EPSG:4326 indexed by id, terrain and roads in the metric CRS; warnings travel with
        it.

    Raises
    ------
    InputError
        One or more inputs are wrong; every mistake is named at once.
    ProjectError
        ``project.metric_crs`` is not a projected CRS in metres fit for the place.
    """
    findings = Findings()
    region = _gather(project, findings)
    if findings.errors or region is None:
        raise InputError(findings.errors)
    return region


def check(project: Project) -> list[Problem]:
    """Every problem of a project's inputs, errors and warnings, by file, row and column.

    Parameters
    ----------
    project
        A loaded project.
    """
    findings = Findings()
    if project.budget.total_cny == 0:
        findings.warn(
            project.path.name,
            None,
            "budget.total_cny",
            "the budget is 0: nothing can be built.",
            "Write the money there is, in CNY.",
        )
    try:
        _gather(project, findings)
    except ProjectError as error:
        problem, _, mend = (
            str(error).removeprefix(f"{project.path.name}: project.metric_crs: ").partition("; ")
        )
        findings.error(
            project.path.name, None, "project.metric_crs", f"{problem}.", mend[:1].upper() + mend[1:]
        )
    return findings.sorted()


def _gather(project: Project, findings: Findings) -> Region | None:
    """The region as far as the inputs allow; ``None`` where a part is missing, which is noted."""
    tables = _read_tables(project, findings)
    check_references(project, tables, findings)
    townships = tables.get("townships")
    if townships is None or townships.frame.geometry.isna().all():
        return None
    crs = metric_crs(project, townships.frame)
    for name, table in tables.items():
        check_axes(table, townships, findings)
        if name in ("townships", "villages"):
            check_overlaps(table, crs, findings)
    check_datum(project, tables, crs, findings)
    terrain = load_terrain(project, _bounds_m(tables, crs), crs, findings)
    if terrain is not None:
        check_on_terrain(terrain, project.inputs.terrain.path, tables, findings)
    roads = _roads(project, crs, findings)
    settled = settle(project, tables, crs, findings) if "villages" in tables else None
    if settled is not None and roads is not None:
        check_roads(roads, project, tables, settled.keypoints, crs, findings)
    if (
        settled is None
        or terrain is None
        or "sites" not in tables
        or ("nodes" in tables) != bool(project.inputs.nodes)
    ):
        return None
    assets, proposed = _assets(project, tables, settled, terrain, roads, crs, findings)
    if findings.errors:
        return None
    return Region(
        project=project,
        townships=settled.townships,
        villages=settled.villages,
        keypoints=settled.keypoints,
        demand=settled.demand,
        sites=assets["sites"],
        nodes=assets["nodes"],
        status=_status(tables.get("status"), settled),
        exclusions=_frame(tables, "exclusions"),
        terrain=terrain,
        roads=roads,
        metric_crs=crs,
        inputs=_inputs(project, tables, settled, terrain, roads, proposed),
        warnings=tuple(findings.warnings),
    )


def _read_tables(project: Project, findings: Findings) -> dict[str, Checked]:
    """The tables that the project gives and that can be read, by name."""
    tables = {}
    for name in TABLES:
        if getattr(project.inputs, name) is None:
            continue
        optional = {"population"} if name == "villages" and project.inputs.population else set()
        raw = read_layer(project, name, findings)
        checked = validate(raw, project, optional, findings) if raw is not None else None
        if checked is not None:
            tables[name] = checked
    return tables


def _frame(tables: dict[str, Checked], name: str) -> gpd.GeoDataFrame:
    return tables[name].frame if name in tables else empty_table(name)


def _bounds_m(tables: dict[str, Checked], crs: CRS) -> tuple[float, float, float, float]:
    """West, south, east, north of all places and assets not too far from the townships, metres."""
    west, south, east, north = tables["townships"].frame.geometry.to_crs(crs).total_bounds
    limit = np.array([west - FAR_M, south - FAR_M, east + FAR_M, north + FAR_M])
    lows, highs = [np.array([west, south])], [np.array([east, north])]
    for name in ("villages", "keypoints", "demand", "sites"):
        if name in tables:
            xy = tables[name].points_m(crs)
            near = xy[((xy >= limit[:2]) & (xy <= limit[2:])).all(axis=1)]
            lows += list(near)
            highs += list(near)
    low, high = np.min(lows, axis=0), np.max(highs, axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _roads(project: Project, crs: CRS, findings: Findings) -> RoadGraph | None:
    try:
        roads = read_roads(project, crs)
    except InputError as error:
        findings.problems += error.problems
        return None
    if roads is not None:
        findings.problems += road_problems(project, roads)
    return roads


def _assets(
    project: Project,
    tables: dict[str, Checked],
    settled: Settled,
    terrain: Terrain,
    roads: RoadGraph | None,
    crs: CRS,
    findings: Findings,
) -> tuple[dict[str, gpd.GeoDataFrame], int]:
    """Sites, with those proposed, and nodes, decided; and how many sites are proposed."""
    sites, exclusions = _frame(tables, "sites"), _frame(tables, "exclusions")
    on_air = [configuration.operator for configuration in project.configurations]
    operator_of = dict(
        zip([configuration.id for configuration in project.configurations], on_air, strict=True)
    )
    present = np.empty(len(sites), dtype=object)
    for position, (named, ids) in enumerate(zip(sites["operators"], sites["on_air"], strict=True)):
        present[position] = tuple(dict.fromkeys([*named, *(operator_of[i] for i in ids if i in operator_of)]))
    sites = sites.assign(operators=present)
    proposed = 0
    if project.candidates.generate and not findings.errors:
        added = propose_sites(
            project, sites, settled.keypoints, settled.townships, exclusions, terrain, roads, crs
        )
        proposed = len(added)
        sites = pd.concat([sites, added]) if proposed else sites
    if project.candidates.generate and findings.errors:
        return {"sites": sites, "nodes": _frame(tables, "nodes")}, 0
    frames = {"sites": sites, "nodes": _frame(tables, "nodes")}
    return decide(project, tables, frames, exclusions, crs, findings), proposed


def _status(status: Checked | None, settled: Settled) -> gpd.GeoDataFrame:
    """The ledger, each entry at the point of its place."""
    if status is None:
        return empty_table("status")
    places = pd.concat([settled.townships.geometry, settled.villages.geometry])
    points = places.loc[status.frame["place"].tolist()].representative_point()
    return status.frame.set_geometry(points.to_numpy(), crs=places.crs)


def _inputs(
    project: Project,
    tables: dict[str, Checked],
    settled: Settled,
    terrain: Terrain,
    roads: RoadGraph | None,
    proposed: int,
) -> dict[str, dict[str, object]]:
    """What was read: path, rows, hash and caveats of each input."""
    rows = {name: len(table.frame) for name, table in tables.items()}
    rows["terrain"] = rows["clutter"] = math.prod(terrain.height_m.shape)
    rows["population"] = settled.population_cells
    rows["roads"] = 0 if roads is None else len(roads.tail)
    language = project.project.language
    more = {"villages": list(settled.caveats)}
    if proposed:
        more["sites"] = [say(language, "region.generated_sites", count=proposed)]
    inputs: dict[str, dict[str, object]] = {}
    for name in type(project.inputs).model_fields:
        section = getattr(project.inputs, name)
        if section is None:
            continue
        if name in tables:
            path, digest = tables[name].file, tables[name].sha256
        else:
            path = section.path or section.place
            digest = sha256(project.resolve(path)) if section.path else ""
        inputs[name] = {
            "path": path,
            "rows": rows.get(name, 0),
            "sha256": digest,
            "caveat": " ".join(text for text in (section.caveat, *more.get(name, [])) if text),
        }
    return inputs
