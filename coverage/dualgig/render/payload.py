"""What the map carries: the plan's tables as columns for `layers.pack`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dualgig.plan import REASONS
from dualgig.project import SERVICES
from dualgig.render.layers import pack_paths, pack_points
from dualgig.text.numbers import money

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.plan import Plan
    from dualgig.project import Language

type Columns = dict[str, list[str] | NDArray[Any]]

BEFORE, AFTER, DUTY, LEDGER = 1, 2, 4, 8
"""Bits of a place's state for one service; `assets/status.js` reads them."""

STATES = ("existing", "upgraded", "new", "unused")
BUILDS = ("aerial", "buried", "duct", "mixed", "existing")
DECISIONS = ("free", "locked", "forbidden")
NO_LEVEL = -32768
"""Stands for a level that is not known, among tenths of a decibel."""

ROAD_TOLERANCE_M = 15.0


def townships(plan: Plan) -> Columns:
    """Per township: what it is, where its name stands (its seat where known), how it is served."""
    table = plan.townships
    return {
        **_identity(table),
        "people": _whole(table["population"]),
        **pack_points(_marks(plan, table, "seat", "township")),
        **_service_columns(plan, table),
        "fragile": table["fragile"].to_numpy().astype(np.uint8),
    }


def villages(plan: Plan) -> Columns:
    """Per village: what it is, its outline, how it is served, by what, and why not."""
    table = plan.villages
    return {
        **_identity(table),
        "township": _positions(plan.townships.index, table["township"]),
        "community": (table["kind"] == "community").to_numpy().astype(np.uint8),
        "priority": table["priority"].to_numpy().astype(np.uint8),
        "eligible": table["eligible"].to_numpy().astype(np.uint8),
        "people": _whole(table["population"]),
        **pack_points(_marks(plan, table, "committee", "village")),
        **pack_paths(table.geometry),
        **_service_columns(plan, table),
        "fragile": table["fragile"].to_numpy().astype(np.uint8),
        "server": _positions(plan.sites.index, table["server"]),
        "rsrp": _tenths(table["rsrp_dbm"]),
        "margin": _tenths(table["margin_db"]),
        "fails": _texts(table["fails"]),
        "olt": _positions(plan.nodes.index, table["olt"]),
        "cable": table["cable_km"].to_numpy(np.float32, na_value=np.nan),
    }


def sites(plan: Plan) -> Columns:
    """Per radio site: what it is, its state, and what it does for whom."""
    table = plan.sites
    return {
        **_identity(table),
        **pack_points(table.geometry),
        "state": _codes(STATES, table["state"]),
        "decision": _codes(DECISIONS, table["decision"]),
        "stands": (table["structure"] == "existing").to_numpy().astype(np.uint8),
        "built": _texts(table["built"]),
        "operator": _texts(table["operator"]),
        "bands": _texts(table["bands"]),
        "mast": table["mast_m"].to_numpy(np.float32),
        "cost": _money(plan, table["cost_cny"]),
        "villages": _whole(table["villages"]),
        "alone": _whole(table["alone"]),
    }


def nodes(plan: Plan) -> Columns:
    """Per fibre node: what it is, its state, and for how many villages."""
    table = plan.nodes
    return {
        **_identity(table),
        **pack_points(table.geometry),
        "state": _codes(STATES, table["state"]),
        "decision": _codes(DECISIONS, table["decision"]),
        "kind": _texts(table["kind"]),
        "cost": _money(plan, table["cost_cny"]),
        "villages": _whole(table["villages"]),
    }


def routes(plan: Plan) -> Columns:
    """Per fibre route: from where to where, how long, how laid."""
    table = plan.routes
    return {
        **pack_paths(table.geometry),
        "node": _positions(plan.nodes.index, table["node"]),
        "village": _positions(plan.villages.index, table["village"]),
        "build": _codes(BUILDS, table["build"].map(build_class)),
        "builds": _texts(table["build"]),
        "cable": table["length_km"].to_numpy(np.float32),
        "trench": table["new_km"].to_numpy(np.float32),
        "cost": _money(plan, table["cost_cny"]),
    }


def roads(plan: Plan) -> Columns:
    """The roads' lines, simplified to `ROAD_TOLERANCE_M`."""
    graph = plan.region.roads
    lines = [] if graph is None else [shapely.LineString(xy) for xy in graph.xy if len(xy) > 1]
    shapes = gpd.GeoSeries(lines, crs=plan.region.metric_crs).simplify(ROAD_TOLERANCE_M)
    return {**pack_paths(shapes.to_crs(4326))}


def exclusions(plan: Plan) -> Columns:
    """The areas where nothing new is built."""
    table = plan.region.exclusions
    return {**_identity(table), "kind": _texts(table["kind"]), **pack_paths(table.geometry)}


def build_class(build: str) -> str:
    """How a route is drawn: its one kind of new trench, ``mixed`` for several, ``existing`` for none."""
    kinds = {part for part in build.split(";") if part and part != "existing"}
    if not kinds:
        return "existing"
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _identity(table: gpd.GeoDataFrame) -> Columns:
    return {"id": _texts(table.index), "name": _texts(table["name"])}


def _service_columns(plan: Plan, table: gpd.GeoDataFrame) -> Columns:
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
        columns[f"cost_{service}"] = _money(plan, table[f"cost_{service}_cny"])
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
    return ["" if pd.isna(value) else str(value) for value in values]


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


def _money(plan: Plan, values: pd.Series) -> list[str]:
    language: Language = plan.region.project.project.language
    return ["" if pd.isna(value) else money(language, int(value)) for value in values]
