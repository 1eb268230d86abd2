"""The demo county: what its README and the issue say of the data holds for the files themselves."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import scipy.sparse as sp
import shapely
from pyproj import Geod
from scipy.sparse import csgraph

from dualgig.costs import LINES
from dualgig.project import Project
from dualgig.region.schema import TABLES

DATA = Path(__file__).parents[1] / "data"
DEMO = DATA / "qingyuan"
SHARED = Path(__file__).parents[2] / "shared" / "data"
METRIC = "EPSG:4549"
CENSUS_2020 = 142_551
GEOD = Geod(ellps="WGS84")


def table(name):
    frame = pd.read_csv(DEMO / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    for column in ("weight", "power_km", "track_km", "mast_m"):
        if column in frame:
            frame[column] = frame[column].astype(float)
    if "lon" not in frame:
        return frame
    points = gpd.points_from_xy(frame["lon"].astype(float), frame["lat"].astype(float))
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326").to_crs(METRIC)


def polygons(name):
    return gpd.read_file(DEMO / f"{name}.geojson").to_crs(METRIC)


@pytest.fixture(scope="module")
def county():
    return polygons("county").geometry.iloc[0]


@pytest.fixture(scope="module")
def townships():
    return polygons("townships").set_index("id")


@pytest.fixture(scope="module")
def villages():
    return polygons("villages").set_index("id")


@pytest.fixture(scope="module")
def committees():
    points = table("keypoints")
    return points[points["kind"] == "committee"].set_index("village")


@pytest.fixture(scope="module")
def road_net():
    """Vertices in metres and the graph of geodesic lengths, read without the code under test."""
    root = ET.parse(DEMO / "roads.osm").getroot()  # noqa: S314 - our own file
    number = {node.get("id"): i for i, node in enumerate(root.iter("node"))}
    degrees = np.array([[float(node.get("lon")), float(node.get("lat"))] for node in root.iter("node")])
    points = gpd.GeoSeries(gpd.points_from_xy(*degrees.T), crs="EPSG:4326").to_crs(METRIC)
    tail, head = [], []
    for way in root.iter("way"):
        refs = [number[nd.get("ref")] for nd in way.iter("nd")]
        tail += refs[:-1]
        head += refs[1:]
    length = GEOD.inv(*degrees[tail].T, *degrees[head].T)[2]
    graph = sp.csr_array((length, (tail, head)), shape=(len(degrees), len(degrees)))
    return np.column_stack([points.x, points.y]), graph


def snap(points, vertices):
    """Nearest vertex of each point, and how far it is."""
    xy = np.column_stack([points.geometry.x, points.geometry.y])
    distance = np.hypot(*(xy[:, None] - vertices[None]).transpose(2, 0, 1))
    return distance.argmin(axis=1), distance.min(axis=1)


# --- Names, codes, people ---------------------------------------------------------------------


def test_the_county_has_19_towns_and_203_units(townships, villages):
    assert len(townships) == 19
    assert len(villages) == 203
    assert villages["kind"].value_counts().to_dict() == {"village": 192, "community": 11}


def test_codes_are_text_unique_and_nested(townships, villages):
    assert townships.index.is_unique
    assert villages.index.is_unique
    assert townships.index.str.fullmatch(r"331126\d{3}").all()
    assert villages.index.str.fullmatch(r"331126\d{6}").all()
    assert (villages.index.str[:9] == villages["township"]).all()
    assert set(villages["township"]) == set(townships.index)


def test_kind_follows_the_code(villages):
    administrative = villages.index.str[9].isin(["2", "3"])

    assert (administrative == (villages["kind"] == "village")).all()


def test_people_sum_to_the_census_of_2020(villages):
    assert (villages["population"] > 0).all()
    assert villages["population"].sum() == CENSUS_2020


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not here")
def test_the_census_figure_is_the_published_one():
    census = pd.read_csv(
        SHARED / "zhejiang" / "county_population_2020.csv", dtype={"CODE": str}, encoding="utf-8-sig"
    )

    assert census.set_index("CODE").loc["331126", "POPU"] == CENSUS_2020
    assert census.loc[census["CODE"].str.startswith("3311"), "POPU"].sum() == 2_507_396  # Lishui


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not here")
def test_names_and_outline_equal_the_seed_data(townships, villages):
    towns = pd.read_csv(SHARED / "qingyuan_seed" / "towns.csv", dtype=str).set_index("code")
    units = pd.read_csv(SHARED / "qingyuan_seed" / "villages.csv", dtype=str).set_index("code")
    outline = gpd.read_file(SHARED / "qingyuan_seed" / "county.geojson").geometry.iloc[0]
    ours = gpd.read_file(DEMO / "county.geojson").geometry.iloc[0]

    assert townships["name"].to_dict() == towns["name"].to_dict()
    assert villages["name"].to_dict() == units["name"].str.removesuffix("委会").to_dict()
    assert shapely.hausdorff_distance(ours, outline) < 2e-6


def test_demand_sums_to_each_units_people(villages):
    people = table("demand").groupby("village")["weight"].sum()

    assert (people.reindex(villages.index) == villages["population"]).all()


# --- Places -----------------------------------------------------------------------------------


def test_cells_are_valid_and_tile_the_county(county, townships, villages):
    for cells in (townships, villages):
        assert cells.geometry.is_valid.all()
        assert cells.area.sum() == pytest.approx(county.area, rel=1e-5)
        assert cells.union_all().symmetric_difference(county).area < 1e-5 * county.area


def test_villages_lie_in_the_outline_and_in_their_township(county, townships, villages, committees):
    cells = villages.geometry
    outside = cells.difference(townships.geometry.reindex(villages["township"]).set_axis(villages.index))

    assert (outside.area < 1e-4 * cells.area).all()
    assert (cells.difference(county).area < 1e-4 * cells.area).all()
    assert set(committees.index) == set(villages.index)
    assert committees.geometry.reindex(villages.index).intersects(cells.buffer(1.0)).all()
    assert committees.geometry.within(county).all()


def test_places_stand_on_lower_and_gentler_ground_than_the_county(county, committees):
    with rasterio.open(DEMO / "dem_90m.tif") as raster:
        height = raster.read(1).astype(float)
        slope = np.hypot(*np.gradient(height, raster.res[0]))
        rows, columns = rasterio.transform.rowcol(
            raster.transform, committees.geometry.x, committees.geometry.y
        )
        x, y = rasterio.transform.xy(raster.transform, *np.indices(height.shape).reshape(2, -1))
    inside = shapely.contains_xy(county, x, y).reshape(height.shape)
    here = np.asarray(rows, int), np.asarray(columns, int)

    assert np.median(slope[here]) < 0.5 * np.median(slope[inside])


def test_seats_name_their_source_and_the_mended_ones_are_where_the_readme_says():
    seats = table("keypoints").query("kind == 'seat'").set_index("township")
    source = gpd.read_file(DEMO / "townships.geojson").set_index("id")["seat_source"]
    readme = (DATA / "README.md").read_text(encoding="utf-8")

    assert len(seats) == 19
    assert source.value_counts().to_dict() == {"GeoNames": 17, "Vonng/adcode": 2}
    mended = seats[source.reindex(seats.index) == "Vonng/adcode"]
    assert set(mended["name"].str[:3]) == {"安南乡", "濛洲街"}
    for seat in mended.itertuples():
        assert f"{float(seat.lon):.5f} E, {float(seat.lat):.5f} N" in " ".join(readme.split())


def test_geonames_point_of_annan_went_to_the_village_it_shows():
    points = table("keypoints")
    seat = points[(points["kind"] == "seat") & (points["township"] == "331126203")].iloc[0]
    dongcun = points[(points["kind"] == "committee") & (points["village"] == "331126203207")].iloc[0]

    assert (float(dongcun.lon), float(dongcun.lat)) == pytest.approx((119.05474, 27.50774), abs=1e-6)
    assert seat.geometry.distance(dongcun.geometry) == pytest.approx(5_450, abs=60)


# --- Terrain ----------------------------------------------------------------------------------


def test_terrain_covers_the_county_with_a_halo(county):
    with rasterio.open(DEMO / "dem_90m.tif") as raster:
        assert raster.crs.to_epsg() == 4549
        assert raster.dtypes == ("int16",)
        assert raster.res == (90.0, 90.0)
        assert not (raster.read(1) == raster.nodata).any()
        assert shapely.box(*raster.bounds).contains(county.buffer(11_000))


def test_terrain_keeps_the_real_relief():
    """Averaged over the real relief's cells, the terrain is the relief."""
    lines = (DEMO / "relief_2min.asc").read_text().splitlines()
    header = dict(line.split() for line in lines[:5])
    relief = np.loadtxt(lines[5:])
    step = float(header["cellsize"])
    lon = float(header["xllcenter"]) + step * np.arange(relief.shape[1])
    lat = float(header["yllcenter"]) + step * np.arange(relief.shape[0])[::-1]
    nodes = gpd.GeoSeries(
        gpd.points_from_xy(*(part.ravel() for part in np.meshgrid(lon, lat))), crs="EPSG:4326"
    )
    nodes = nodes.to_crs(METRIC)
    with rasterio.open(DEMO / "dem_90m.tif") as raster:
        height = raster.read(1)
        rows, columns = (
            np.asarray(part, int) for part in rasterio.transform.rowcol(raster.transform, nodes.x, nodes.y)
        )
    half = 20  # 1.8 km, half the relief's spacing
    fits = (
        (rows >= half)
        & (columns >= half)
        & (rows < height.shape[0] - half)
        & (columns < height.shape[1] - half)
    )
    mean = np.array(
        [
            height[r - half : r + half, c - half : c + half].mean()
            for r, c in zip(rows[fits], columns[fits], strict=True)
        ]
    )
    real = relief.ravel()[fits]

    assert np.corrcoef(mean, real)[0, 1] > 0.9
    assert abs((mean - real).mean()) < 60


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not here")
def test_relief_is_etopo2():
    lines = (DEMO / "relief_2min.asc").read_text().splitlines()
    header = dict(line.split() for line in lines[:5])
    relief = np.loadtxt(lines[5:])
    step = float(header["cellsize"])
    with rasterio.open(SHARED / "zhejiang" / "dem_2min.tif") as raster:
        for row, column in ((0, 0), (13, 16), (26, 32)):
            lon = float(header["xllcenter"]) + step * column
            lat = float(header["yllcenter"]) + step * (relief.shape[0] - 1 - row)
            assert relief[row, column] == next(raster.sample([(lon, lat)]))[0]


# --- Assets -----------------------------------------------------------------------------------


def test_tables_hold_the_columns_and_values_of_the_schema():
    project = Project.load(DEMO / "project.toml")
    for name, schema in TABLES.items():
        layer = getattr(project.inputs, name)
        path = DEMO / layer.path
        frame = gpd.read_file(path) if path.suffix == ".geojson" else table(path.stem)
        frame = frame.rename(columns={theirs: ours for ours, theirs in layer.columns.items()})
        for column, rule in schema.columns.items():
            allowed = {*rule.values, ""}  # noqa: PD011 - not a pandas object
            assert column in frame or not rule.required, (name, column)
            if column in frame and len(allowed) > 1:
                assert set(frame[column]) <= allowed, (name, column)
        if "id" in schema.columns:
            assert frame["id"].is_unique, name


def test_there_is_something_to_decide(villages):
    sites, nodes = table("sites"), table("nodes")

    assert (sites["on_air"] == "").sum() >= 150
    assert (nodes["stands"] != "10gpon").sum() >= 20
    administrative = villages[villages["kind"] == "village"]
    assert administrative["eligible"].sum() == 120
    assert administrative["priority"].sum() == 45
    assert villages.loc[villages["kind"] == "community", ["eligible", "priority"]].to_numpy().sum() == 0


def test_sites_have_known_operators_and_configurations():
    project = Project.load(DEMO / "project.toml")
    sites = table("sites")
    operator = {configuration.id: configuration.operator for configuration in project.configurations}
    for site in sites.itertuples():
        tenants = set(filter(None, site.operators.split(";")))
        on_air = list(filter(None, site.on_air.split(";")))
        assert tenants <= set(project.operators)
        assert {operator[name] for name in on_air} <= tenants
        assert len({operator[name] for name in on_air}) == len(on_air)
        assert site.structure == "existing" or not tenants


def test_only_a_forbidden_candidate_stands_in_the_protected_area():
    sites = table("sites")
    park = polygons("exclusions").geometry.iloc[0]
    inside = sites.geometry.within(park)

    assert inside.any()
    assert (sites.loc[inside, "decision"] == "forbidden").all()
    assert (sites.loc[~inside, "decision"] == "free").all()


def test_fibre_today_comes_from_a_node_that_has_it_within_reach(villages, committees, road_net):
    nodes = table("nodes").set_index("id")
    vertices, graph = road_net
    reach_km = Project.load(DEMO / "project.toml").fibre.reach_km
    lit = villages[villages["fibre"] != "none"]
    at_node, _ = snap(nodes, vertices)
    at_village, _ = snap(committees.loc[lit.index], vertices)
    km = csgraph.dijkstra(graph, directed=False, indices=at_node)[:, at_village] / 1000
    which = nodes.index.get_indexer(lit["node"])

    assert (which >= 0).all()
    assert (nodes["stands"].to_numpy()[which] != "none").all()
    assert (nodes["stands"].to_numpy()[which][lit["fibre"] == "10gpon"] == "10gpon").all()
    assert (km[which, np.arange(len(lit))] < reach_km).all()
    assert (villages.loc[villages["fibre"] == "none", "node"] == "").all()


def test_some_villages_have_no_road_and_some_are_beyond_the_optical_budget(villages, committees, road_net):
    fibre = Project.load(DEMO / "project.toml").fibre
    vertices, graph = road_net
    at_node, _ = snap(table("nodes"), vertices)
    at_village, off_m = snap(committees.loc[villages.index], vertices)
    km = csgraph.dijkstra(graph, directed=False, indices=at_node)[:, at_village].min(axis=0) / 1000
    joined = (off_m < fibre.snap_m) & np.isfinite(km)

    assert 3 <= (~joined).sum() <= 6
    assert ((off_m < fibre.snap_m) & ~np.isfinite(km)).any()  # a track of its own that joins nothing
    assert (off_m > fibre.snap_m).any()
    assert 1 <= (joined & (km > fibre.reach_km)).sum() <= 4
    assert not villages["eligible"].to_numpy()[~joined | (km > fibre.reach_km)].any()


def test_existing_cable_hangs_together_with_the_exchange():
    root = ET.parse(DEMO / "roads.osm").getroot()  # noqa: S314 - our own file
    builds = {tag.get("v") for tag in root.iter("tag") if tag.get("k") == "dualgig:build"}
    edges = [
        [nd.get("ref") for nd in way.iter("nd")]
        for way in root.iter("way")
        if any(tag.get("v") == "existing" for tag in way.iter("tag"))
    ]
    ids = {ref: i for i, ref in enumerate(dict.fromkeys(ref for way in edges for ref in way))}
    pairs = np.array([(ids[a], ids[b]) for way in edges for a, b in pairwise(way)])
    graph = sp.csr_array((np.ones(len(pairs)), pairs.T), shape=(len(ids), len(ids)))

    assert builds == {"existing"}
    assert csgraph.connected_components(graph, directed=False)[0] == 1


def test_the_ledger_names_villages_and_says_both(villages):
    status = table("status")

    assert set(status["地点编码"]) <= set(villages.index)
    assert set(status["业务"]) == {"5g", "gigabit"}
    assert set(status["是否达标"]) == {"是", "否"}
    assert not status.duplicated(["地点编码", "业务"]).any()


# --- Project files ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["project", "project-tight", "phases"])
def test_project_files_load_and_label_every_layer(name):
    project = Project.load(DEMO / f"{name}.toml")

    assert project.project.language == "zh"
    assert project.project.notes
    for field in type(project.inputs).model_fields:
        layer = getattr(project.inputs, field)
        if layer is not None:
            assert project.resolve(layer.path).is_file(), field
            assert any(word in layer.caveat for word in ("合成", "示意", "泰森多边形")), field


def test_project_files_differ_in_name_title_and_budget_only():
    plenty, tight = (Project.load(DEMO / f"{name}.toml") for name in ("project", "project-tight"))
    one, other = plenty.model_dump(), tight.model_dump()

    assert plenty.name != tight.name
    assert tight.budget.total_cny < plenty.budget.total_cny
    for data in (one, other):
        data["project"]["name"] = data["project"]["title"] = ""
        data["budget"] = {}
    assert one == other


def test_the_cost_book_says_where_each_price_is_from():
    prices = Project.load(DEMO / "project.toml").costs.prices

    assert set(prices) == set(LINES)
    assert {name: price.unit for name, price in prices.items()} == LINES


def test_readme_speaks_of_every_file_and_the_demo_is_small():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    files = [path for path in DEMO.rglob("*") if path.is_file()]

    assert sum(path.stat().st_size for path in files) < 5_000_000
    for path in files:
        assert path.name in readme or path.suffix == ".toml", path.name
