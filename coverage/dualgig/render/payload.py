"""What the map carries: the plan's tables as columns for `layers.pack`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dualgig.plan import REASONS
from dualgig.project import SERVICES
from dualgig.render.layers import pack_paths, pack_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.plan import Plan
    from dualgig.render.grid import PageGrid
    from dualgig.render.layers import Columns

BEFORE, AFTER, DUTY, LEDGER = 1, 2, 4, 8
"""Bits of a place's state for one service; `assets/status.js` reads them."""

STATES = ("existing", "upgraded", "new", "unused")
BUILDS = ("aerial", "buried", "duct", "mixed", "existing")
DECISIONS = ("free", "locked", "forbidden")
NO_LEVEL = -32768
"""Stands for a level that is not known, among tenths of a decibel."""

ROAD_TOLERANCE_M = 15.0


def townships(plan: Plan, grid: PageGrid) -> Columns:
    """Per township: what it is, where its name stands (its seat where known), its outline, how it is served."""
    table = plan.townships
    counties, groups = table["county"].fillna(""), table["group"].fillna("")
    return {
        **_identity(table),
        "people": _whole(table["population"]),
        "county": _texts(counties),
        "group": _texts(groups),
        **pack_points(_marks(plan, table, "seat", "township"), grid),
        **pack_paths(table.geometry, grid),
        **_service_columns(table),
        "fragile": table["fragile"].to_numpy().astype(np.uint8),
    }


def villages(plan: Plan, grid: PageGrid) -> Columns:
    """Per village: what it is, its outline, how it is served, by what, and why not."""
    table = plan.villages
    return {
        **_identity(table),
        "township": _positions(plan.townships.index, table["township"]),
        "community": (table["kind"] == "community").to_numpy().astype(np.uint8),
        "priority": table["priority"].to_numpy().astype(np.uint8),
        "eligible": table["eligible"].to_numpy().astype(np.uint8),
        "people": _whole(table["population"]),
        **pack_points(_marks(plan, table, "committee", "village"), grid),
        **pack_paths(table.geometry, grid),
        **_service_columns(table),
        "fragile": table["fragile"].to_numpy().astype(np.uint8),
        "server": _positions(plan.sites.index, table["server"]),
        "rsrp": _tenths(table["rsrp_dbm"]),
        "margin": _tenths(table["margin_db"]),
        "fails": _texts(table["fails"]),
        "olt": _positions(plan.nodes.index, table["olt"]),
        "cable": table["cable_km"].to_numpy(np.float32, na_value=np.nan),
    }


def sites(plan: Plan, grid: PageGrid) -> Columns:
    """Per radio site: what it is, its state, and what it does for whom."""
    table = plan.sites
    return {
        **_identity(table),
        **pack_points(table.geometry, grid),
        "state": _codes(STATES, table["state"]),
        "decision": _codes(DECISIONS, table["decision"]),
        "stands": (table["structure"] == "existing").to_numpy().astype(np.uint8),
        "built": _texts(table["built"]),
        "operator": _texts(table["operator"]),
        "bands": _texts(table["bands"]),
        "mast": table["mast_m"].to_numpy(np.float32),
        "cost": _money(table["cost_cny"]),
        "villages": _whole(table["villages"]),
        "alone": _whole(table["alone"]),
        "sectors": _sectors(plan),
        **_azimuths(table),
        **_years(table, "year"),
    }


def nodes(plan: Plan, grid: PageGrid) -> Columns:
    """Per fibre node: what it is, its state, and for how many villages."""
    table = plan.nodes
    return {
        **_identity(table),
        **pack_points(table.geometry, grid),
        "state": _codes(STATES, table["state"]),
        "decision": _codes(DECISIONS, table["decision"]),
        "kind": _texts(table["kind"]),
        "cost": _money(table["cost_cny"]),
        "villages": _whole(table["villages"]),
        **_years(table, "year"),
    }


def routes(plan: Plan, grid: PageGrid) -> Columns:
    """Per fibre route: from where to where, how long, how laid."""
    table = plan.routes
    return {
        **pack_paths(table.geometry, grid),
        "node": _positions(plan.nodes.index, table["node"]),
        "village": _positions(plan.villages.index, table["village"]),
        "build": _codes(BUILDS, table["build"].map(build_class)),
        "builds": _texts(table["build"]),
        "cable": table["length_km"].to_numpy(np.float32),
        "trench": table["new_km"].to_numpy(np.float32),
        "cost": _money(table["cost_cny"]),
        **_years(table, "year"),
    }


def roads(plan: Plan, grid: PageGrid) -> Columns:
    """The roads' lines, simplified to `ROAD_TOLERANCE_M`."""
    graph = plan.region.roads
    lines = [] if graph is None else [shapely.LineString(xy) for xy in graph.xy if len(xy) > 1]
    shapes = gpd.GeoSeries(lines, crs=plan.region.metric_crs).simplify(ROAD_TOLERANCE_M)
    return pack_paths(shapes.to_crs(4326), grid)


def exclusions(plan: Plan, grid: PageGrid) -> Columns:
    """The areas where nothing new is built."""
    table = plan.region.exclusions
    return {**_identity(table), "kind": _texts(table["kind"]), **pack_paths(table.geometry, grid)}


TABLES: dict[str, Callable[[Plan, PageGrid], Columns]] = {
    "townships": townships,
    "villages": villages,
    "exclusions": exclusions,
    "roads": roads,
    "routes": routes,
    "sites": sites,
    "nodes": nodes,
}
"""What the map carries, by the kind of layer."""


def build_class(build: str) -> str:
    """How a route is drawn: its one kind of new trench, ``mixed`` for several, ``existing`` for none."""
    kinds = {part for part in build.split(";") if part and part != "existing"}
    if not kinds:
        return "existing"
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _identity(table: gpd.GeoDataFrame) -> Columns:
    return {"id": _texts(table.index), "name": _texts(table["name"])}


def _service_columns(table: gpd.GeoDataFrame) -> Columns:
    """State bits, reason and price of the gap, per service."""
    columns: Columns = {}
    for service in SERVICES:
        bits = (
            BEFORE * table[f"before_{service}"].to_numpy(bool)
            + AFTER * table[f"after_{service}"].to_numpy(bool)
            + DUTY * table[f"duty_{service}"].to_numpy(bool)
            + LEDGER * (table[f"source_{service}"] == "ledger").to_numpy(bool)
        )
        columns[f"state_{service}"] = bits.astype(np.uint8)
        columns[f"reason_{service}"] = _codes(("", *REASONS), table[f"reason_{service}"])
        columns[f"cost_{service}"] = _money(table[f"cost_{service}_cny"])
        columns |= _years(table, f"year_{service}", "year")
    return columns


def _marks(plan: Plan, table: gpd.GeoDataFrame, kind: str, level: str) -> gpd.GeoSeries:
    """Where the mark of each place stands: its first key point of a kind, else a point inside it."""
    points = plan.region.keypoints
    points = points[(points["kind"] == kind) & points[level].isin(table.index)]
    first = points[~points[level].duplicated()]
    marks = table.geometry.representative_point().to_numpy().copy()
    marks[table.index.get_indexer(pd.Index(first[level]))] = first.geometry.to_numpy()
    return gpd.GeoSeries(marks, index=table.index, crs=table.crs)


def _texts(values: pd.Series | pd.Index) -> list[str]:
    texts = np.asarray(values, dtype=object)
    return ["" if missing else str(text) for text, missing in zip(texts, pd.isna(texts), strict=True)]


def _whole(values: pd.Series) -> NDArray[np.uint32]:
    return values.fillna(0).to_numpy().astype(np.uint32)


def _tenths(values: pd.Series) -> NDArray[np.int16]:
    """Decibels as tenths."""
    level = values.to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(level)
    return np.where(known, np.round(10 * np.where(known, level, 0.0)), NO_LEVEL).astype(np.int16)


def _positions(index: pd.Index, ids: pd.Series) -> NDArray[np.int32]:
    """Row numbers of ids in another table; -1 where there is none."""
    return index.get_indexer(pd.Index(ids)).astype(np.int32)


def _codes(words: tuple[str, ...], values: pd.Series) -> NDArray[np.uint8]:
    """Place of each value among the words.

    Raises
    ------
    ValueError
        A value is none of the words.
    """
    codes = pd.Index(words).get_indexer(pd.Index(values))
    if (codes < 0).any():
        raise ValueError(f"{values[codes < 0].iloc[0]!r} is none of {words}")
    return codes.astype(np.uint8)


def _money(values: pd.Series) -> NDArray[np.float64]:
    """Whole CNY; NaN where there is no price."""
    return values.to_numpy(np.float64, na_value=np.nan)


def _years(table: gpd.GeoDataFrame, name: str, otherwise: str = "") -> Columns:
    """The year from which it stands or serves, 0 where never or not said; nothing for a plan without years."""
    column = name if name in table else otherwise
    if column not in table:
        return {}
    return {name: pd.to_numeric(table[column]).fillna(0).to_numpy().astype(np.int16)}


def _azimuths(table: gpd.GeoDataFrame) -> Columns:
    """Azimuths of the sectors, ``;``-separated; nothing where no site has any: none is made up for the map."""
    if "azimuths" not in table or not table["azimuths"].map(len).any():
        return {}
    return {"azimuths": [";".join(map(str, one)) for one in table["azimuths"]]}


def _sectors(plan: Plan) -> NDArray[np.uint8]:
    """Sectors on the site after the plan: the most that one configuration on it has, 0 for none."""
    sectors = {one.id: one.sectors for one in plan.region.project.configurations}
    table = plan.sites
    together = [
        (*on_air, *(one for one in built.split(";") if one))
        for on_air, built in zip(table["on_air"], _texts(table["built"]), strict=True)
    ]
    most = {some: max((sectors.get(one, 0) for one in some), default=0) for some in set(together)}
    return np.array([most[some] for some in together], np.uint8)
