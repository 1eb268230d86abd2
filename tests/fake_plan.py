"""A small, valid `Plan` made from geometry alone, for the tests of maps, reports and lists.

Under ``--import-mode=importlib`` tests cannot import one another, so `tests/conftest.py` loads this file
and hands `make_plan` out as the fixture ``make_plan``::

    def test_something(make_plan):
        plan = make_plan(language="zh", villages=40)

Counts (scoreboard, coverage, gaps, ``villages`` and ``alone`` of sites) are recomputed here from the
tables, so that an output can be held against them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry import LineString, MultiPoint, Point, Polygon

from dualgig.plan import (
    EquityRow,
    FundUse,
    Phase,
    Plan,
    Score,
    Stage,
    StationCount,
    Stations,
    Target,
)
from dualgig.project import BaseStations, Equity, Fund, Phases, Project
from dualgig.region.model import Region, RoadGraph, Terrain

METRIC = CRS.from_epsg(4549)  # CGCS2000, Gauss-Krueger, 120 E
CENTRE_M = (408_000.0, 3_055_000.0)  # about 119.07 E, 27.61 N

NASTY_NAMES = (
    "<script>alert(1)</script>",
    "Quote \" and ' and `",
    "Emoji 🗼 tower",
    "𠮷野村",
    "六十字" + "很长的村名" * 11 + "村尾",
    "=1+1",
    "{{ 7*7 }}{% raw %}{#",
    "A & B </td> \\ back",
)

# What happens to a village: (5G before, after, duty, reason), (gigabit before, after, duty, reason).
CASES = (
    ((1, 1, 1, ""), (1, 1, 1, "")),
    ((0, 1, 1, ""), (1, 1, 1, "")),
    ((0, 1, 0, ""), (0, 1, 1, "")),
    ((0, 0, 0, "budget"), (0, 0, 0, "budget")),
    ((0, 0, 1, "terrain"), (0, 1, 0, "")),
    ((1, 1, 0, ""), (0, 0, 1, "optical_budget")),
    ((0, 0, 0, "no_candidate"), (1, 1, 0, "")),
    ((0, 1, 1, ""), (0, 0, 0, "no_road")),
    ((0, 0, 1, "forbidden"), (0, 1, 1, "")),
    ((1, 1, 1, ""), (0, 0, 0, "forbidden")),
    ((0, 1, 0, ""), (0, 1, 0, "")),
    ((0, 0, 1, "budget"), (1, 1, 1, "")),
)


def make_plan(
    language: str = "en",
    *,
    villages: int = 12,
    townships: int = 2,
    candidates: int | None = None,
    duty: str = "over_budget",
    points: bool = False,
    nasty: bool = True,
    title: str = "",
    years: tuple[int, ...] = (),
    seed: int = 1,
) -> Plan:
    """Build the plan.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    villages, townships, candidates
        How many there are; candidate sites that stay unused, a third of the villages by default.
    duty
        Verdict of the plan; with ``met`` every duty is served.
    points
        Villages are points instead of polygons.
    nasty
        The first villages carry names that break careless outputs.
    title
        Title of the project; one in the language where empty.
    years
        Years that it is laid out over; with them it has funds, a rule of balance and counted stations too.
    seed
        Of the random geometry.
    """
    rng = np.random.default_rng(seed)
    project = _project(language, title)
    outline = _outline(math.sqrt(villages * 9.0e6 / math.pi), rng)
    seats = _spread(outline, townships, rng)
    township_table = _townships(outline, seats, language)
    village_table, centres = _villages(
        township_table, outline, villages, language, nasty=nasty, points=points, rng=rng
    )
    sites = _sites(centres, villages // 3 if candidates is None else candidates, outline, language, rng)
    nodes = _nodes(seats, centres, language)
    roads = _roads(centres, rng)
    region = Region(
        project=project,
        townships=_to_wgs84(township_table),
        villages=_to_wgs84(village_table),
        keypoints=_keypoints(village_table, township_table, centres, seats),
        demand=_empty("id", ["village", "township", "weight"]),
        sites=sites[
            [
                "name",
                "structure",
                "kind",
                "operators",
                "on_air",
                "mast_m",
                "azimuths",
                "tilt",
                "decision",
                "power_km",
                "track_km",
                "transport",
                "geometry",
            ]
        ],
        nodes=nodes[["name", "kind", "stands", "decision", "ports", "geometry"]],
        status=gpd.GeoDataFrame(
            {
                "place": [village_table.index[0]],
                "service": ["5g"],
                "served": [True],
                "operator": ["CMCC"],
                "source": ["drive test"],
                "date": ["2024-11-02"],
            },
            index=pd.Index(["status-1"], name="id"),
            geometry=[None],
            crs=4326,
        ),
        exclusions=_exclusions(outline, language),
        terrain=_terrain(outline, rng),
        roads=roads,
        metric_crs=METRIC,
        inputs={
            "townships": _input(
                "townships.gpkg", len(township_table), "cells are a Voronoi diagram of the seats"
            ),
            "villages": _input("villages.gpkg", len(village_table), "committee points are synthetic"),
            "terrain": _input("terrain.tif", 1, "detail below 3.7 km is a synthetic fractal"),
            "sites": _input("sites.csv", len(sites), ""),
            "nodes": _input("nodes.csv", len(nodes), ""),
        },
    )
    plan = _plan(region, sites, nodes, centres, duty)
    return _over_years(plan, years) if years else plan


def _project(language: str, title: str) -> Project:
    zh = language == "zh"
    return Project.model_validate(
        {
            "project": {
                "name": "fake",
                "title": title or ("示例县双千兆规划" if zh else "Dual-gigabit plan of an example county"),
                "language": language,
                "metric_crs": "EPSG:4549",
                "notes": ["示例数据，非真实网络。" if zh else "Example data, no real network."],
            },
            "inputs": {
                "townships": {"path": "townships.gpkg"},
                "villages": {"path": "villages.gpkg"},
                "terrain": {"path": "terrain.tif"},
                "sites": {"path": "sites.csv"},
                "nodes": {"path": "nodes.csv"},
                "roads": {"path": "roads.osm", "caveat": "synthetic, follows the valleys"},
            },
            "goals": {
                "township_5g": 1.0,
                "township_gigabit": 1.0,
                "priority_village_5g": 1.0,
                "eligible_village_gigabit": 0.9,
            },
            "configurations": [
                {"id": "cmcc-n28", "operator": "CMCC", "bands": ["n28"]},
                {"id": "cmcc-n28+n41", "operator": "CMCC", "bands": ["n28", "n41"]},
                {"id": "ct-n1", "operator": "CT", "bands": ["n1"]},
            ],
            "budget": {"total_cny": 0},
        }
    )


def _input(path: str, rows: int, caveat: str) -> dict[str, object]:
    return {"path": path, "rows": rows, "sha256": "0" * 64, "caveat": caveat}


def _outline(radius_m: float, rng: np.random.Generator) -> Polygon:
    """A wobbly outline around the centre, metres."""
    angle = np.linspace(0.0, 2.0 * np.pi, 181)[:-1]
    wobble = 1.0 + sum(
        amplitude * np.sin(k * angle + phase)
        for k, amplitude, phase in zip(
            range(2, 9), rng.uniform(0.01, 0.07, 7), rng.uniform(0, 2 * np.pi, 7), strict=True
        )
    )
    x = CENTRE_M[0] + 1.25 * radius_m * wobble * np.cos(angle)
    y = CENTRE_M[1] + 0.80 * radius_m * wobble * np.sin(angle)
    return Polygon(np.column_stack([x, y]))


def _spread(area: Polygon, number: int, rng: np.random.Generator) -> np.ndarray:
    """Points inside an area, spread evenly by three rounds of Lloyd's relaxation, shape (number, 2)."""
    west, south, east, north = area.bounds
    points: list[tuple[float, float]] = []
    while len(points) < number:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if area.buffer(-300).contains(Point(x, y)):
            points.append((x, y))
    for _ in range(3):
        cells = _cells(np.asarray(points), area)
        points = [(cell.centroid.x, cell.centroid.y) for cell in cells]
    return np.asarray(points)


def _cells(points: np.ndarray, area: Polygon) -> list[Polygon]:
    """Voronoi cell of each point, cut to the area, in the points' order."""
    if len(points) == 1:
        return [area]
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=area).geoms
    tree = shapely.STRtree(list(cells))
    return [shapely.intersection(cells[int(tree.query(Point(p), "intersects")[0])], area) for p in points]


def _to_wgs84(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return table.to_crs(4326)


def _empty(index: str, columns: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {column: pd.Series(dtype=object) for column in columns},
        index=pd.Index([], name=index, dtype=object),
        geometry=gpd.GeoSeries([], crs=4326),
        crs=4326,
    )


def _townships(outline: Polygon, seats: np.ndarray, language: str) -> gpd.GeoDataFrame:
    names = ["青山镇", "云溪乡"] if language == "zh" else ["Greenhill Town", "Cloudbrook Township"]
    names += [
        f"{'石' if i % 2 else '林'}{i}乡" if language == "zh" else f"Township {i}" for i in range(len(seats))
    ]
    return gpd.GeoDataFrame(
        {
            "name": names[: len(seats)],
            "county": "示例县" if language == "zh" else "Example County",
            "group": ["mountain" if i % 2 else "rest" for i in range(len(seats))],
            "kind": "township",
            "population": 0,
            "households": 0,
        },
        index=pd.Index([f"3311261{i:02d}" for i in range(len(seats))], name="id"),
        geometry=_cells(seats, outline),
        crs=METRIC,
    )


def _villages(
    townships: gpd.GeoDataFrame,
    outline: Polygon,
    number: int,
    language: str,
    *,
    nasty: bool,
    points: bool,
    rng: np.random.Generator,
) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    centres = _spread(outline, number, rng)
    # The villages of a township share it out among themselves.
    holder = np.array(
        [int(np.argmax([cell.contains(Point(c)) for cell in townships.geometry])) for c in centres]
    )
    cells: list[Polygon] = [Polygon()] * number
    for h, township in enumerate(townships.geometry):
        inside = np.flatnonzero(holder == h)
        for i, cell in zip(inside, _cells(centres[inside], township) if len(inside) else [], strict=True):
            cells[i] = cell
    plain = [
        f"{'上下东西南北'[i % 6]}{'坑岭溪田坪源'[i // 6 % 6]}{i}村" if language == "zh" else f"Village {i}"
        for i in range(number)
    ]
    names = [NASTY_NAMES[i] if nasty and i < len(NASTY_NAMES) else plain[i] for i in range(number)]
    table = gpd.GeoDataFrame(
        {
            "name": names,
            "township": [townships.index[h] for h in holder],
            "kind": ["community" if i % 18 == 17 else "village" for i in range(number)],
            "priority": [bool(CASES[i % len(CASES)][0][2]) and i % 18 != 17 for i in range(number)],
            "eligible": [bool(CASES[i % len(CASES)][1][2]) and i % 18 != 17 for i in range(number)],
            "population": rng.integers(80, 2400, number),
            "households": 0,
            "fibre": ["gpon" if i % 3 else "none" for i in range(number)],
            "node": "",
            "standard": "",
        },
        index=pd.Index(
            [
                f"{townships.index[h]}2{i:02d}" if i < 100 else f"{townships.index[h]}{i:03d}"
                for i, h in enumerate(holder)
            ],
            name="id",
        ),
        geometry=[Point(c) for c in centres] if points else cells,
        crs=METRIC,
    )
    table["households"] = (table["population"] / 2.6).round().astype(int)
    return table, centres


def _sites(
    centres: np.ndarray, unused: int, outline: Polygon, language: str, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """A site beside every second village (existing, upgraded and new in turn), then unused candidates."""
    states = ["existing", "new", "upgraded"]
    used = centres[::2] + rng.uniform(-400, 400, (len(centres[::2]), 2))
    spare = _spread(outline, unused, rng) if unused else np.empty((0, 2))
    state = [states[i % 3] for i in range(len(used))] + ["unused"] * len(spare)
    n = len(state)
    zh = language == "zh"
    prefix = {"existing": "铁塔" if zh else "Tower", "upgraded": "铁塔" if zh else "Tower"}
    table = gpd.GeoDataFrame(
        {
            "name": [f"{prefix.get(s, '候选' if zh else 'Candidate')} {i}" for i, s in enumerate(state)],
            "structure": ["existing" if s in ("existing", "upgraded") else "new" for s in state],
            "kind": "tower",
            "operators": [("CMCC",) if s in ("existing", "upgraded") else () for s in state],
            "on_air": [("cmcc-n28",) if s in ("existing", "upgraded") else () for s in state],
            "mast_m": 35.0,
            "azimuths": [()] * n,
            "tilt": [()] * n,
            "decision": [
                "forbidden" if s == "unused" and i % 9 == 0 else "free" for i, s in enumerate(state)
            ],
            "power_km": np.round(rng.uniform(0, 2, n), 2),
            "track_km": np.round(rng.uniform(0, 1, n), 2),
            "transport": "microwave",
            "state": state,
            "built": [{"new": "cmcc-n28", "upgraded": "cmcc-n28+n41;ct-n1"}.get(s, "") for s in state],
            "operator": [
                {"existing": "CMCC", "new": "CMCC", "upgraded": "CMCC;CT"}.get(s, "") for s in state
            ],
            "bands": [{"existing": "n28", "new": "n28", "upgraded": "n28;n41;n1"}.get(s, "") for s in state],
            "cost_cny": [
                {"new": 385_000, "upgraded": 126_400}.get(s, 0) + 1_000 * (i % 7) * (s in ("new", "upgraded"))
                for i, s in enumerate(state)
            ],
        },
        index=pd.Index([f"S{i:04d}" for i in range(n)], name="id"),
        geometry=[Point(p) for p in np.vstack([used, spare])],
        crs=METRIC,
    )
    return _to_wgs84(table)


def _nodes(seats: np.ndarray, centres: np.ndarray, language: str) -> gpd.GeoDataFrame:
    """A node at each seat, and candidates beside every sixth village."""
    places = np.vstack([seats, centres[::6] + 250.0])
    cycle = ["existing", "upgraded"] + ["new", "unused"] * len(places)
    state = [["existing", "upgraded"][i % 2] for i in range(len(seats))] + cycle[
        2 : 2 + len(places) - len(seats)
    ]
    zh = language == "zh"
    table = gpd.GeoDataFrame(
        {
            "name": [f"{'机房' if zh else 'Office'} {i}" for i in range(len(places))],
            "kind": ["office" if i < len(seats) else "olt" for i in range(len(places))],
            "stands": [{"existing": "10gpon", "upgraded": "gpon"}.get(s, "none") for s in state],
            "decision": "free",
            "ports": 64,
            "state": state,
            "cost_cny": [{"new": 210_000, "upgraded": 84_000}.get(s, 0) for s in state],
        },
        index=pd.Index([f"N{i:03d}" for i in range(len(places))], name="id"),
        geometry=[Point(p) for p in places],
        crs=METRIC,
    )
    return _to_wgs84(table)


def _keypoints(
    villages: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, centres: np.ndarray, seats: np.ndarray
) -> gpd.GeoDataFrame:
    rows = [
        ("", v, villages.loc[v, "township"], "committee", c)
        for v, c in zip(villages.index, centres, strict=True)
    ]
    rows += [("", v, "", "school", c + 300.0) for v, c in zip(villages.index[::3], centres[::3], strict=True)]
    rows += [("", "", t, "seat", s) for t, s in zip(townships.index, seats, strict=True)]
    table = gpd.GeoDataFrame(
        {
            "name": [r[0] for r in rows],
            "village": [r[1] for r in rows],
            "township": [r[2] for r in rows],
            "kind": [r[3] for r in rows],
            "households": 0,
        },
        index=pd.Index([f"K{i:04d}" for i in range(len(rows))], name="id"),
        geometry=[Point(r[4]) for r in rows],
        crs=METRIC,
    )
    return _to_wgs84(table)


def _exclusions(outline: Polygon, language: str) -> gpd.GeoDataFrame:
    west, south, east, north = outline.bounds
    park = Point(west + 0.7 * (east - west), south + 0.62 * (north - south)).buffer(0.09 * (east - west))
    table = gpd.GeoDataFrame(
        {"name": ["百山保护区" if language == "zh" else "Hundred Hills Reserve"], "kind": ["park"]},
        index=pd.Index(["X1"], name="id"),
        geometry=[park],
        crs=METRIC,
    )
    return _to_wgs84(table)


def _terrain(outline: Polygon, rng: np.random.Generator) -> Terrain:
    """Ridges and valleys from a few octaves of waves, 90 m cells, a kilometre beyond the outline."""
    west, south, east, north = outline.buffer(1_500).bounds
    cell = 90.0
    columns, rows = int((east - west) / cell) + 1, int((north - south) / cell) + 1
    x = west + cell * np.arange(columns)[None, :]
    y = north - cell * np.arange(rows)[:, None]
    height = np.zeros((rows, columns))
    for octave in range(7):
        wave = 14_000.0 / 2**octave
        for _ in range(3):
            angle, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
            along = (x * np.cos(angle) + y * np.sin(angle)) / wave * 2 * np.pi + phase
            across = (y * np.cos(angle) - x * np.sin(angle)) / wave * np.pi
            height += 170.0 / 2.3**octave * (1.0 - 2.0 * np.abs(np.sin(along + 0.9 * np.sin(across))))
    height = 700.0 + 1.1 * height
    height[:2, :2] = np.nan  # a corner without data
    return Terrain(
        height.astype(np.float32), west, north, cell, METRIC, "detail below 3.7 km is a synthetic fractal"
    )


def _roads(centres: np.ndarray, rng: np.random.Generator) -> RoadGraph:
    """A road along every short edge of the Delaunay triangulation, slightly bent."""
    edges: set[tuple[int, int]] = set()
    tree = shapely.STRtree([Point(c) for c in centres])
    for triangle in shapely.delaunay_triangles(MultiPoint(centres)).geoms:
        corners = [int(tree.nearest(Point(c))) for c in triangle.exterior.coords]
        edges |= {(min(pair), max(pair)) for pair in pairwise(corners)}
    order = sorted(edges)
    length = [float(np.hypot(*(centres[a] - centres[b]))) for a, b in order]
    longest = 1.25 * float(np.median(length))
    order = [edge for edge, metres in zip(order, length, strict=True) if metres <= longest]
    lines = tuple(
        np.vstack(
            [
                centres[a],
                *(
                    centres[a] + t * (centres[b] - centres[a]) + rng.uniform(-120, 120, 2)
                    for t in (0.25, 0.5, 0.75)
                ),
                centres[b],
            ]
        )
        for a, b in order
    )
    return RoadGraph(
        x_m=centres[:, 0].copy(),
        y_m=centres[:, 1].copy(),
        tail=np.array([a for a, _ in order], dtype=np.int32),
        head=np.array([b for _, b in order], dtype=np.int32),
        length_m=np.array([LineString(line).length for line in lines]),
        build=np.array([i % 4 for i in range(len(order))], dtype=np.int8),
        xy=lines,
        caveat="synthetic, follows the valleys",
    )


def _plan(
    region: Region, sites: gpd.GeoDataFrame, nodes: gpd.GeoDataFrame, centres: np.ndarray, duty: str
) -> Plan:
    villages = region.villages.copy()
    n = len(villages)
    case = [CASES[i % len(CASES)] for i in range(n)]
    for s, (service, counted) in enumerate((("5g", "priority"), ("gigabit", "eligible"))):
        due = villages[counted].to_numpy()
        saved = due & (duty == "met")
        villages[f"before_{service}"] = [bool(c[s][0]) for c in case]
        villages[f"after_{service}"] = np.array([bool(c[s][1]) for c in case]) | saved
        villages[f"duty_{service}"] = due
        villages[f"source_{service}"] = [
            "ledger" if i % 12 == 0 and s == 0 else "predicted" for i in range(n)
        ]
        villages[f"reason_{service}"] = np.where(saved, "", [c[s][3] for c in case])
        villages[f"cost_{service}_cny"] = pd.array(
            [
                None if reason in ("", "no_road", "no_candidate") else 180_000 + 7_350 * i
                for i, reason in enumerate(villages[f"reason_{service}"])
            ],
            dtype="Int64",
        )
    _serve_by_site(villages, sites, centres, region)
    _serve_by_node(villages, nodes, centres, region)
    townships = _judge_townships(region, villages)
    routes = _routes(villages, nodes, region)
    cost_lines = _cost_lines(sites, nodes, routes)
    budget = round(1.1 * int(cost_lines["amount_cny"].sum()))
    project = region.project.model_copy(
        update={"budget": region.project.budget.model_copy(update={"total_cny": budget})}
    )
    region = replace(region, project=project)
    coverage = {time: _count(villages, townships, time) for time in ("before", "after")}
    return Plan(
        region=region,
        status="optimal",
        duty=duty,
        shortage_cny=0 if duty == "met" else 1_840_000,
        budget_cny=budget,
        gap=0.0,
        scoreboard=_scoreboard(region, townships, villages),
        stages=(
            Stage("reach", "max", n - 2, n - 2, 0.0, "branch_and_bound"),
            Stage("duty_cost", "min", budget + 1_840_000, budget + 1_700_000, 0.004, "branch_and_bound"),
            Stage("most_good", "max", 41_000, 41_000, 0.0, "branch_and_bound"),
            Stage(
                "least_cost",
                "min",
                int(cost_lines["amount_cny"].sum()),
                int(cost_lines["amount_cny"].sum()),
                0.0,
                "branch_and_bound",
            ),
        ),
        townships=townships,
        villages=villages,
        sites=sites,
        nodes=nodes,
        routes=routes,
        cost_lines=cost_lines,
        gaps=_gaps(townships, villages),
        conflicts=pd.DataFrame(
            {
                "id": [villages.index[0]],
                "name": [villages["name"].iloc[0]],
                "service": ["5g"],
                "predicted": [False],
                "ledger": [True],
                "source": ["drive test"],
                "date": ["2024-11-02"],
            }
        ),
        coverage=coverage,
    )


def _over_years(plan: Plan, years: tuple[int, ...]) -> Plan:
    """The plan laid out over years: what is built takes its turn, a village is served when its server is."""
    count = len(years)
    turn = {}
    for name in ("sites", "nodes"):
        table = getattr(plan, name)
        built = table["state"].isin(["new", "upgraded"]).to_numpy()
        order = np.where(built, np.cumsum(built) - 1, 0) % count
        table["year"] = pd.array(
            [years[t] if b else None for t, b in zip(order, built, strict=True)], "Int64"
        )
        turn |= dict(zip(table.index, table["year"], strict=True))
    plan.villages["year_5g"] = _since(plan.villages, "5g", plan.villages["server"].map(turn), years)
    plan.villages["year_gigabit"] = _since(plan.villages, "gigabit", plan.villages["olt"].map(turn), years)
    for service in ("5g", "gigabit"):
        plan.townships[f"year_{service}"] = _since(
            plan.townships, service, pd.Series(years[-1], index=plan.townships.index), years
        )
    plan.routes["year"] = plan.villages["year_gigabit"].reindex(plan.routes["village"]).to_numpy()
    plan.routes["year"] = plan.routes["year"].fillna(years[0]).astype("Int64")
    items = {**turn, **dict(zip(plan.routes["village"], plan.routes["year"], strict=True))}
    plan.cost_lines["year"] = pd.array(plan.cost_lines["item"].map(items), "Int64")
    spent = plan.cost_lines.groupby("year")["amount_cny"].sum().reindex(years, fill_value=0)
    money = [round(1.1 * amount) for amount in spent]
    project = plan.region.project
    total = project.budget.total_cny
    subsidy = Fund(name="普遍服务补助", amount_cny=plan.cost_cny // 3)
    rule = Equity(kind="least_coverage", group="rest", measure="villages_5g", share=0.9)
    wanted = {year: 10 * (t + 1) for t, year in enumerate(years)}
    project = project.with_changes(
        phases=Phases(years=years, budget_cny=tuple(money)),
        funds=(subsidy,),
        equity=(rule,),
        base_stations=BaseStations(targets=wanted, planned_elsewhere=7),
    )
    on_air = plan.sites["state"].isin(["existing", "upgraded"])
    phases, carried = [], 0
    for t, year in enumerate(years):
        late = {s: plan.villages[f"year_{s}"].fillna(0) > year for s in ("5g", "gigabit")}
        told = _count_by(plan, late, year)
        new = int((plan.sites["year"].fillna(0).eq(year) & ~on_air).sum())
        before = int(on_air.sum())
        score = replace(plan.scoreboard[2], before=0, achieved=0, met=False, short=plan.scoreboard[2].needed)
        missed = Target(score, ("money", "order", "reach", "undecided")[t % 4], 123_456, sum(money[: t + 1]))
        phases.append(
            Phase(
                year=year,
                money_cny=money[t],
                carried_cny=carried,
                spent_cny=int(spent[year]),
                stations_before=before,
                stations_built=new,
                stations=before + new + sum(phase.stations_built for phase in phases),
                planned_elsewhere=7,
                stations_wanted=wanted[year],
                coverage=told,
                targets=(missed,),
            )
        )
        carried += money[t] - int(spent[year])
    lines = plan.cost_lines.groupby("line", sort=False)["amount_cny"].sum()
    half = {str(line): int(amount) // 4 for line, amount in lines.items()}
    rest = {str(line): int(amount) - int(amount) // 4 for line, amount in lines.items()}
    paid = sum(half.values())
    return replace(
        plan,
        region=replace(plan.region, project=project),
        years=years,
        phases=tuple(phases),
        funds=(
            FundUse(subsidy.name, subsidy.amount_cny, paid, plan.cost_cny, half),
            FundUse("", total - subsidy.amount_cny, plan.cost_cny - paid, plan.cost_cny, rest),
        ),
        equity=(EquityRow(rule.title, rule.kind, "rest", "", "villages_5g", 0.9, 0.25, 2 / 3, met=False),),
        stations=Stations(
            "site",
            phases[-1].stations_before,
            phases[-1].stations,
            7,
            wanted[years[-1]],
            (StationCount("", phases[-1].stations_before, phases[-1].stations, 7),),
        ),
    )


def _since(table: gpd.GeoDataFrame, service: str, year: pd.Series, years: tuple[int, ...]) -> pd.Series:
    """Year from which each place is served: that given, else the first; missing where never or today."""
    gains = table[f"after_{service}"] & ~table[f"before_{service}"]
    return pd.Series(pd.array(year.fillna(years[0]), "Int64"), index=table.index).where(gains)


def _count_by(plan: Plan, late: dict[str, pd.Series], year: int) -> dict[str, int]:
    """What is served by the end of a year."""
    rural = plan.villages["kind"] == "village"
    told = {key: plan.coverage["after"][key] for key in ("people", "villages", "townships")}
    for service, later in late.items():
        served = plan.villages[f"after_{service}"] & ~later.astype(bool)
        told[f"people_{service}"] = int(plan.villages.loc[served, "population"].sum())
        told[f"villages_{service}"] = int((served & rural).sum())
        later_town = (plan.townships[f"year_{service}"].fillna(0) > year).astype(bool)
        told[f"townships_{service}"] = int((plan.townships[f"after_{service}"] & ~later_town).sum())
    return told


def _serve_by_site(
    villages: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, centres: np.ndarray, region: Region
) -> None:
    """Best server, level and failing key points; the sites' counts follow."""
    on_air = sites[sites["state"] != "unused"]
    xy = region.xy_m(on_air)
    nearest = np.argmin(np.hypot(*(centres[:, None, :] - xy[None]).transpose(2, 0, 1)), axis=1)
    after = villages["after_5g"].to_numpy()
    villages["server"] = np.where(after, on_air.index.to_numpy()[nearest], "")
    level = np.where(after, -92.5 - 0.7 * (np.arange(len(villages)) % 15), -111.3)
    hopeless = (villages["reason_5g"] == "no_candidate").to_numpy()
    villages["rsrp_dbm"] = np.where(hopeless, np.nan, np.round(level, 2))
    villages["margin_db"] = villages["rsrp_dbm"] + 105.0
    villages["fails"] = np.where(
        after, "", np.where(np.arange(len(villages)) % 2 == 0, "committee;school", "clinic")
    )
    villages["fragile"] = after & (villages["source_5g"] == "predicted") & (np.arange(len(villages)) % 4 == 1)
    count = villages.loc[after, "server"].value_counts()
    sites["villages"] = count.reindex(sites.index).fillna(0).astype(int)
    sites["alone"] = (sites["villages"] // 2).astype(int)
    sites["alone_places"] = ""


def _serve_by_node(
    villages: gpd.GeoDataFrame, nodes: gpd.GeoDataFrame, centres: np.ndarray, region: Region
) -> None:
    """The OLT of each village and its cable."""
    standing = nodes[nodes["state"] != "unused"]
    distance = np.hypot(*(centres[:, None, :] - region.xy_m(standing)[None]).transpose(2, 0, 1))
    nearest = np.argmin(distance, axis=1)
    after = villages["after_gigabit"].to_numpy()
    villages["olt"] = np.where(after, standing.index.to_numpy()[nearest], "")
    villages["cable_km"] = np.where(after, np.round(1.25 * distance.min(axis=1) / 1000.0, 3), np.nan)
    nodes["villages"] = villages.loc[after, "olt"].value_counts().reindex(nodes.index).fillna(0).astype(int)


def _judge_townships(region: Region, villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A township is served where half of its villages are; every township is a duty."""
    townships = region.townships.copy()
    by = villages.groupby("township")
    townships["population"] = by["population"].sum().reindex(townships.index).fillna(0).astype(int)
    for service in ("5g", "gigabit"):
        for time in ("before", "after"):
            share = by[f"{time}_{service}"].mean().reindex(townships.index).fillna(0.0)
            townships[f"{time}_{service}"] = share >= (0.5 if time == "after" else 0.36)
        townships[f"after_{service}"] |= townships[f"before_{service}"]
        townships[f"duty_{service}"] = True
        townships[f"source_{service}"] = "predicted"
        gap = ~townships[f"after_{service}"]
        townships[f"reason_{service}"] = np.where(gap, "budget", "")
        townships[f"cost_{service}_cny"] = pd.array([910_000 if g else None for g in gap], dtype="Int64")
    townships["fragile"] = townships["after_5g"] & (np.arange(len(townships)) == 0)
    return townships


def _routes(villages: gpd.GeoDataFrame, nodes: gpd.GeoDataFrame, region: Region) -> gpd.GeoDataFrame:
    """A bent line from the OLT to every village that gains gigabit."""
    gains = villages[villages["after_gigabit"] & ~villages["before_gigabit"]]
    metres = gains.geometry.to_crs(METRIC)
    ends = (metres if (metres.geom_type == "Point").all() else metres.representative_point()).to_list()
    starts = nodes.geometry.to_crs(METRIC)
    builds = ("aerial", "buried", "aerial;duct", "existing", "duct", "aerial;buried;existing")
    rows = []
    for i, (village, end) in enumerate(zip(gains.index, ends, strict=True)):
        start = starts.loc[gains.loc[village, "olt"]]
        middle = ((start.x + end.x) / 2 + 300, (start.y + end.y) / 2 - 200)
        line = LineString([(start.x, start.y), middle, (end.x, end.y)])
        build = builds[i % len(builds)]
        new_km = 0.0 if build == "existing" else round(line.length / 1000 * 0.8, 3)
        rows.append(
            (
                gains.loc[village, "olt"],
                village,
                round(line.length / 1000, 3),
                new_km,
                build,
                round(34_000 * new_km),
                line,
            )
        )
    columns = ["node", "village", "length_km", "new_km", "build", "cost_cny", "geometry"]
    table = gpd.GeoDataFrame(
        pd.DataFrame(
            rows, columns=columns, index=pd.Index([f"R{i:03d}" for i in range(len(rows))], name="id")
        ),
        geometry="geometry",
        crs=METRIC,
    )
    return _to_wgs84(table)


def _cost_lines(sites: gpd.GeoDataFrame, nodes: gpd.GeoDataFrame, routes: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = []
    for site, row in sites[sites["cost_cny"] > 0].iterrows():
        radio = round(0.6 * row["cost_cny"])
        for line, amount in (("radio", radio), ("power", row["cost_cny"] - radio)):
            rows.append(
                (f"{site}/{row['built'].split(';')[0]}", site, line, 1.0, "site", float(amount), amount)
            )
    for node, row in nodes[nodes["cost_cny"] > 0].iterrows():
        rows.append((f"{node}/olt", node, "olt", 1.0, "node", float(row["cost_cny"]), row["cost_cny"]))
    for _, row in routes[routes["cost_cny"] > 0].iterrows():
        rows.append(
            (
                f"{row['village']}/fibre",
                row["village"],
                "trench",
                row["new_km"],
                "km",
                34_000.0,
                row["cost_cny"],
            )
        )
    columns = ["option", "item", "line", "quantity", "unit", "unit_cny", "amount_cny"]
    return pd.DataFrame(rows, columns=columns).astype({"amount_cny": "int64"})


def _gaps(townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    parts = []
    for level, table in (("township", townships), ("village", villages)):
        for service in ("5g", "gigabit"):
            gap = table[~table[f"after_{service}"]]
            parts.append(
                pd.DataFrame(
                    {
                        "id": gap.index,
                        "name": gap["name"].to_numpy(),
                        "level": level,
                        "township": gap.index if level == "township" else gap["township"].to_numpy(),
                        "service": service,
                        "duty": gap[f"duty_{service}"].to_numpy(),
                        "reason": gap[f"reason_{service}"].to_numpy(),
                        "cost_cny": gap[f"cost_{service}_cny"].array,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _scoreboard(region: Region, townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> tuple[Score, ...]:
    rural = villages[villages["kind"] == "village"]
    places = {
        "township_5g": townships,
        "township_gigabit": townships,
        "priority_village_5g": rural[rural["priority"]],
        "eligible_village_gigabit": rural[rural["eligible"]],
    }
    scores = []
    for goal, table in places.items():
        service = goal.rsplit("_", 1)[1]
        required = getattr(region.project.goals, goal)
        needed = math.ceil(required * len(table) - 1e-9)
        achieved = int(table[f"after_{service}"].sum())
        short = max(needed - achieved, 0)
        scores.append(
            Score(
                goal=goal,
                service=service,
                required=required,
                places=len(table),
                needed=needed,
                before=int(table[f"before_{service}"].sum()),
                achieved=achieved,
                met=short == 0,
                short=short,
                cost_to_meet_cny=0 if short == 0 else 920_000 * short,
            )
        )
    return tuple(scores)


def _count(villages: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, time: str) -> dict[str, int]:
    rural = villages[villages["kind"] == "village"]
    counts = {
        "people": int(villages["population"].sum()),
        "villages": len(rural),
        "townships": len(townships),
    }
    for service in ("5g", "gigabit"):
        counts[f"people_{service}"] = int(villages.loc[villages[f"{time}_{service}"], "population"].sum())
        counts[f"villages_{service}"] = int(rural[f"{time}_{service}"].sum())
        counts[f"townships_{service}"] = int(townships[f"{time}_{service}"].sum())
    counts["villages_fragile"] = int((rural["fragile"] & rural[f"{time}_5g"]).sum())
    return counts
