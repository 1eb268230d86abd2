"""What stands and what could be built: towers, candidates, fibre offices, the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy import ndimage
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from qingyuan import places, roads, sources, terrain

if TYPE_CHECKING:
    import geopandas as gpd
    import scipy.sparse as sp
    from numpy.typing import NDArray

    from qingyuan.roads import Way
    from qingyuan.terrain import Grid

MB, DL = "移动广电", "电信联通"
"""The two pairs that share 5G networks in China: Mobile with CBN, Telecom with Unicom."""

RADIUS_KM = 8.0
"""Radius cap of n28 in the demo's project files."""

FIBRE_REACH_KM = 17.1
OFFICES_10GPON = tuple(
    f"331126{town}" for town in ("001", "002", "003", "101", "102", "104", "106", "201", "202")
)
OFFICES_GPON = tuple(f"331126{town}" for town in ("105", "107", "200", "203", "204", "205"))
TOWNS_5G = tuple(f"331126{town}" for town in ("001", "002", "003", "101", "102", "104", "201", "106"))


@dataclass(frozen=True)
class Net:
    """The road net with the vertex at which each village's road ends; -1 where no road."""

    ways: list[Way]
    graph: sp.csr_array
    vertex: dict[int, int]
    village_cell: NDArray[np.int64]

    def distances_m(self, cells: list[int]) -> NDArray[np.float64]:
        """Road metres from each of some cells to every village, infinite without a road."""
        start = [self.vertex[cell] for cell in cells]
        every = csgraph.dijkstra(self.graph, directed=False, indices=start)
        there = np.array([self.vertex.get(int(cell), -1) for cell in self.village_cell])
        return np.asarray(np.where(there >= 0, every[:, there], np.inf), dtype=np.float64)


def make_nodes(townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, net: Net) -> pd.DataFrame:
    """Offices at the seats, an exchange in the county town, rooms in villages far from them; metres."""
    index = {village: i for i, village in enumerate(villages["id"])}
    rows = []
    for town in places.each(townships):
        stands = "10gpon" if town.id in OFFICES_10GPON else "gpon" if town.id in OFFICES_GPON else "none"
        at = index[sources.SEAT_VILLAGES[town.id]]
        kind = "exchange" if town.id == "331126002" else "office"
        rows.append(
            (
                f"QY-{town.id[6:]}",
                f"{town.name}综合机房",
                kind,
                stands,
                at,
                256 if stands == "10gpon" else 128,
            )
        )
    cells = [int(net.village_cell[row[4]]) for row in rows]
    distance = net.distances_m(cells).min(axis=0)
    north = places.far_north_m(townships)
    allowed = np.isfinite(distance) & (villages["y_m"].to_numpy() < north - 12_000.0)
    for number in range(14):
        at = int(np.argmax(np.where(allowed, distance, -1.0)))
        village = villages.iloc[at]
        stands = "gpon" if number in (2, 5, 9) else "none"
        rows.append((f"QY-V{number + 1:02d}", f"{village['name']}光交接入点", "olt", stands, at, 64))
        distance = np.minimum(distance, net.distances_m([int(net.village_cell[at])])[0])
    table = pd.DataFrame(rows, columns=["id", "name", "kind", "stands", "village", "ports"])
    table["decision"] = "free"
    table["x_m"] = villages["x_m"].to_numpy()[table["village"]]
    table["y_m"] = villages["y_m"].to_numpy()[table["village"]]
    return table


def lay_fibre(villages: gpd.GeoDataFrame, nodes: pd.DataFrame, net: Net, rng: np.random.Generator) -> None:
    """Fibre today of each village, its node, and the cable along the roads between them."""
    cells = [int(net.village_cell[at]) for at in nodes["village"]]
    distance = net.distances_m(cells)
    stands = nodes["stands"].to_numpy()
    standing = np.where((stands != "none")[:, None], distance, np.inf)
    nearest = standing.argmin(axis=0)
    reach = standing.min(axis=0) < 1000 * FIBRE_REACH_KM * 0.9
    at_office = np.isin(np.arange(len(villages)), nodes["village"][stands != "none"])
    chance = rng.random(len(villages))
    fibre = np.select(
        [
            ~reach,
            (stands[nearest] == "10gpon") & ((chance < 0.85) | at_office | (villages["kind"] == "community")),
            chance < 0.82 * np.exp(-np.maximum(standing.min(axis=0) - 6_000.0, 0.0) / 4_000.0),
            at_office,
        ],
        ["none", "10gpon", "gpon", "gpon"],
        "none",
    )
    villages["fibre"] = fibre
    villages["node"] = np.where(fibre == "none", "", nodes["id"].to_numpy()[nearest])
    served = [
        (cells[nearest[i]], int(net.village_cell[i])) for i in range(len(villages)) if fibre[i] != "none"
    ]
    roads.light(net.ways, net.graph, net.vertex, served)
    # The offices hang on the exchange in the county town.
    exchange = cells[int(np.flatnonzero(nodes["kind"] == "exchange")[0])]
    links = [(exchange, cell) for cell, stand in zip(cells, stands, strict=True) if stand != "none"]
    roads.light(net.ways, net.graph, net.vertex, links)


def mark_villages(
    villages: gpd.GeoDataFrame, nodes: pd.DataFrame, net: Net, rng: np.random.Generator
) -> None:
    """Which villages are priority and which eligible: larger ones on a road, within reach of a node."""
    distance = net.distances_m([int(net.village_cell[at]) for at in nodes["village"]]).min(axis=0)
    can = (villages["kind"] == "village") & (distance < 14_000.0) & ~villages["id"].isin(places.REMOTE)
    seat = villages["id"].isin(sources.SEAT_VILLAGES.values()) & can
    score = np.log(villages["population"]) + rng.normal(0.0, 0.5, len(villages)) + 10.0 * seat
    order = np.argsort(-np.where(can, score, -np.inf), kind="stable")
    villages["eligible"] = np.isin(np.arange(len(villages)), order[:120]).astype(int)
    among = order[:120]
    score = 10.0 * seat.to_numpy()[among] + rng.random(120)
    priority = among[np.argsort(-score, kind="stable")[:45]]
    villages["priority"] = np.isin(np.arange(len(villages)), priority).astype(int)


def make_sites(
    townships: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame,
    net: Net,
    grid: Grid,
    park: shapely.Polygon,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Existing towers with their operators and 5G, and new candidates; metres."""
    xy = villages[["x_m", "y_m"]].to_numpy()
    seats = villages["id"].isin(sources.SEAT_VILLAGES.values()).to_numpy()
    remote = villages["id"].isin(places.REMOTE).to_numpy()
    tip = xy[villages["id"].map(places.REMOTE).eq("north_tip").to_numpy()][0]
    kept = np.hypot(*(xy - tip).T) > 1000 * RADIUS_KM + 1_000.0
    town = (
        villages["township"].isin(places.COUNTY_TOWN).to_numpy()
        & (villages["kind"] == "community").to_numpy()
    )
    score = np.log(villages["population"].to_numpy()) + rng.normal(0.0, 0.6, len(xy)) + 10.0 * (seats | town)
    order = np.argsort(-np.where(kept & ~remote, score, -np.inf), kind="stable")
    towers, bare = order[:118], order[118 : int((kept & ~remote).sum())]
    rows = []
    for at in np.sort(towers):
        x, y = _viewpoint(grid, xy[at], 60.0, 450.0 if town[at] else 700.0)
        rows.append(_tower(villages.iloc[at], x, y, town[at], seats[at], rng))
    for at in np.sort(bare):
        x, y = _viewpoint(grid, xy[at], 45.0, 550.0)
        rows.append(
            (
                f"{villages.iloc[at]['name']}拟建",
                "new",
                "pole" if rng.random() < 0.3 else "tower",
                "",
                "",
                x,
                y,
                "free",
            )
        )
    taken = np.array([[row[5], row[6]] for row in rows])
    for number, (x, y) in enumerate(_ridges(townships, net, grid, taken, park, tip, rng), start=1):
        existing = number % 4 == 0
        operators = (MB, DL)[number // 4 % 2] if existing else ""
        structure = "existing" if existing else "new"
        name = f"山脊站{number:02d}" + ("" if existing else "拟建")
        rows.append((name, structure, "tower", operators, "", x, y, "free"))
    inside = villages.iloc[int(np.flatnonzero(villages["id"].map(places.REMOTE).eq("park"))[0])]
    x, y = _viewpoint(grid, np.array([inside["x_m"], inside["y_m"]]), 45.0, 450.0)
    rows.append((f"{inside['name']}拟建（保护区内）", "new", "tower", "", "", x, y, "forbidden"))
    table = pd.DataFrame(
        rows, columns=["name", "structure", "kind", "operators", "on_air", "x_m", "y_m", "decision"]
    )
    stands = table["structure"] == "existing"
    serial = (table.groupby("structure").cumcount() + 1).astype(str).str.zfill(3)
    table.insert(0, "id", np.where(stands, "QY-T", "QY-N") + serial)
    table["mast_m"] = np.select(
        [table["kind"] == "pole", table["kind"] == "rooftop", stands], [18.0, 24.0, 40.0], 35.0
    )
    points = table[["x_m", "y_m"]].to_numpy()
    road = shapely.union_all([shapely.LineString(way.xy) for way in net.ways])
    lit = shapely.union_all([shapely.LineString(way.xy) for way in net.ways if way.build == "existing"])
    to_road = shapely.distance(shapely.points(points), road)
    to_mains = cKDTree(xy).query(points)[0]
    table["power_km"] = np.where(stands, 0.0, np.round(np.maximum(to_mains - 200.0, 100.0) * 1.3 / 1000, 1))
    table["track_km"] = np.where(stands, 0.0, np.round(np.maximum(to_road - 60.0, 0.0) * 1.3 / 1000, 1))
    table["transport"] = np.where(shapely.distance(shapely.points(points), lit) < 900.0, "fibre", "microwave")
    return table


def _viewpoint(grid: Grid, xy: NDArray[np.float64], rise_m: float, radius_m: float) -> tuple[float, float]:
    """Ground about ``rise_m`` above a village and near it: where a village's mast is put."""
    row, column = (int(part[0]) for part in grid.cell(xy[:1], xy[1:]))
    reach = int(radius_m // terrain.CELL_M)
    dr, dc = (part.ravel() for part in np.mgrid[-reach : reach + 1, -reach : reach + 1])
    near = np.hypot(dr, dc) <= reach
    r, c = row + dr[near], column + dc[near]
    rise = grid.height_m[r, c] - grid.height_m[row, column]
    worth = (
        np.minimum(rise, rise_m)
        - 0.35 * np.maximum(rise - rise_m, 0.0)
        - 0.05 * np.hypot(dr, dc)[near] * terrain.CELL_M
    )
    best = int(np.argmax(worth))
    x, y = grid.centre(r[best : best + 1], c[best : best + 1])
    return float(x[0]), float(y[0])


def _tower(  # one existing structure with its tenants
    village: pd.Series,
    x: float,
    y: float,
    town: bool,
    seat: bool,
    rng: np.random.Generator,
) -> tuple[str, str, str, str, str, float, float, str]:
    tenants = (MB, DL) if town or seat else ((MB, DL), (MB,), (DL,))[int(rng.choice(3, p=[0.55, 0.28, 0.17]))]
    rich = town or (seat and village["township"] in TOWNS_5G)
    on_air: list[str] = []
    if rich:
        on_air = ["mb-n28+n41", "dl-n1+n78"] if town else ["mb-n28+n41", "dl-n1"]
    elif not seat and rng.random() < 0.6:
        on_air = ["mb-n28"] if MB in tenants and rng.random() < 0.7 else ["dl-n1"] if DL in tenants else []
    kind = "rooftop" if town else "tower"
    return (f"{village['name']}塔", "existing", kind, ";".join(tenants), ";".join(on_air), x, y, "free")


def _ridges(
    townships: gpd.GeoDataFrame,
    net: Net,
    grid: Grid,
    taken: NDArray[np.float64],
    park: shapely.Polygon,
    tip: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Highest ground of its surroundings within a kilometre of a road, apart from other sites."""
    height = grid.height_m
    tops = np.nonzero(
        (height == ndimage.maximum_filter(height, size=15))
        & (height > ndimage.minimum_filter(height, size=15) + 40.0)
    )
    xy = np.column_stack(grid.centre(*tops))
    county = shapely.union_all(townships.geometry.to_numpy()).buffer(-200.0)
    points = shapely.points(xy)
    road = shapely.union_all([shapely.LineString(way.xy) for way in net.ways])
    good = (
        shapely.contains_xy(county, xy[:, 0], xy[:, 1])
        & (shapely.distance(points, road) < 1_000.0)
        & (shapely.distance(points, park) > 300.0)
        & (np.hypot(*(xy - tip).T) > 1000 * RADIUS_KM + 200.0)
        & (cKDTree(taken).query(xy)[0] > 900.0)
    )
    xy = xy[good]
    chosen: NDArray[np.float64] = xy[np.sort(rng.choice(len(xy), size=min(44, len(xy)), replace=False))]
    return chosen


def make_status(villages: gpd.GeoDataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """A ledger: some entries agree with what the assets suggest, some contradict it."""
    xy = villages[["x_m", "y_m"]].to_numpy()
    air = sites[sites["on_air"] != ""][["x_m", "y_m"]].to_numpy()
    to_air = cKDTree(air).query(xy)[0]
    village = (villages["kind"] == "village").to_numpy()
    other = village & (villages["eligible"] == 0).to_numpy() & ~villages["id"].isin(places.REMOTE).to_numpy()
    fibre = villages["fibre"].to_numpy()
    near, far = np.where(other, to_air, np.inf), np.where(other, to_air, -1.0)
    people = villages["population"].to_numpy()
    largest = np.argsort(-np.where(village, people, 0), kind="stable")
    rows = [
        (int(np.argmin(near)), "5g", "否", "", "现场路测", "2024-05-16"),
        (int(np.argsort(near, kind="stable")[1]), "5g", "否", "", "村民投诉核实", "2024-08-02"),
        (int(np.argmax(far)), "5g", "是", MB, "乡镇上报台账", "2024-03-11"),
        (
            int(np.flatnonzero(other & (fibre == "gpon"))[0]),
            "gigabit",
            "是",
            "",
            "县数字乡村专班",
            "2024-06-28",
        ),
        (int(np.flatnonzero(other & (fibre == "10gpon"))[0]), "gigabit", "否", "", "现场测速", "2024-07-09"),
    ]
    rows += [
        (int(at), "5g", "是", "", "县数字乡村专班", "2024-06-28") for at in largest if to_air[at] < 700.0
    ][:4]
    rows += [
        (int(at), "gigabit", "是", "", "县数字乡村专班", "2024-06-28")
        for at in largest
        if fibre[at] == "10gpon"
    ][:4]
    table = pd.DataFrame(rows, columns=["at", "业务", "是否达标", "运营商", "来源", "日期"])
    table.insert(0, "地点编码", villages["id"].to_numpy()[table["at"]])
    table.insert(1, "地点名称", villages["name"].to_numpy()[table["at"]])
    return table.drop(columns="at").drop_duplicates(["地点编码", "业务"])
