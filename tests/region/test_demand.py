"""People at places: whole numbers that add up to every village's population."""

import csv
import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import from_origin
from shapely.geometry import Point, box

from dualgig.region.demand import POINTS_PER_VILLAGE, apportion, spread_demand
from dualgig.region.load import check, load_region

UTM = "EPSG:32650"


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(lambda x: sum(x) > 1e-6),
    st.integers(0, 10**7),
)
def test_apportion_adds_up_and_stays_within_one_of_the_exact_share(shares, total):
    shares = np.array(shares)
    parts = apportion(shares, total)
    exact = shares / shares.sum() * total
    assert parts.sum() == total
    assert (parts >= 0).all()
    assert (np.abs(parts - exact) < 1 + 1e-6).all()


def test_apportion_is_hamilton_s_method():
    """The apportionment of the US House of 1792: Hamilton's bill of 120 seats, as it was vetoed."""
    states = {
        "Virginia": (630_560, 21),
        "Massachusetts": (475_327, 16),
        "Pennsylvania": (432_879, 14),
        "North Carolina": (353_523, 12),
        "New York": (331_589, 11),
        "Maryland": (278_514, 9),
        "Connecticut": (236_841, 8),
        "South Carolina": (206_236, 7),
        "New Jersey": (179_570, 6),
        "New Hampshire": (141_822, 5),
        "Vermont": (85_533, 3),
        "Georgia": (70_835, 2),
        "Kentucky": (68_705, 2),
        "Rhode Island": (68_446, 2),
        "Delaware": (55_540, 2),
    }
    people, seats = np.array(list(states.values())).T
    assert apportion(people.astype(float), 120).tolist() == seats.tolist()


def village(shape, people, name="v1"):
    frame = {"population": [people], "township": ["t1"]}
    return gpd.GeoDataFrame(frame, index=[name], geometry=[shape], crs=UTM).to_crs("EPSG:4326")


@pytest.mark.parametrize("people", [1, 2, 7, 12, 13, 999, 100_000])
def test_the_spread_adds_up_inside_the_polygon(people):
    shape = box(700_000, 3_055_000, 704_000, 3_056_500)
    demand = spread_demand(village(shape, people), 1, UTM)
    assert demand["weight"].sum() == people
    assert (demand["weight"] > 0).all()
    assert demand["weight"].max() - demand["weight"].min() <= 1
    assert demand.to_crs(UTM).within(shape.buffer(0.01)).all()
    assert len(demand) <= 2 * POINTS_PER_VILLAGE


def test_the_spread_is_even():
    """The points' mean is the polygon's centre, within a fraction of the grid spacing."""
    shape = box(700_000, 3_055_000, 704_000, 3_059_000)
    points = spread_demand(village(shape, 1200), 1, UTM).to_crs(UTM)
    spacing = np.sqrt(shape.area / POINTS_PER_VILLAGE)
    assert abs(points.geometry.x.mean() - 702_000) < spacing / 2
    assert abs(points.geometry.y.mean() - 3_057_000) < spacing / 2


def test_a_sliver_and_a_point_have_their_people_at_one_place():
    sliver = box(700_000, 3_055_000, 700_001, 3_055_001)
    assert spread_demand(village(sliver, 5), 1, UTM)["weight"].sum() == 5
    point = spread_demand(village(Point(700_000, 3_055_000), 50), 1, UTM)
    assert point["weight"].tolist() == [50]


def test_a_village_without_people_has_no_demand():
    assert spread_demand(village(box(700_000, 3_055_000, 704_000, 3_059_000), 0), 1, UTM).empty


def test_the_spread_depends_on_seed_and_village_only(tiny_project):
    region = load_region(tiny_project())
    again = spread_demand(region.villages.iloc[::-1], 7, region.metric_crs)
    other = spread_demand(region.villages, 8, region.metric_crs)
    assert again.loc[region.demand.index].geometry.equals(region.demand.geometry)
    assert not other.geometry.iloc[0].equals(region.demand.geometry.iloc[0])


def test_every_village_s_people_are_in_the_demand(tiny_project):
    region = load_region(tiny_project())
    sums = region.demand.groupby("village")["weight"].sum()
    assert sums.to_dict() == region.villages["population"].to_dict()
    assert (region.demand["township"] == region.demand["village"].map(region.villages["township"])).all()


def write_population(project, people, *, west=119.0, north=27.70, step=0.005):
    with rasterio.open(
        project.path.parent / "people.tif",
        "w",
        driver="GTiff",
        dtype="float32",
        count=1,
        height=people.shape[0],
        width=people.shape[1],
        crs="EPSG:4326",
        transform=from_origin(west, north, step, step),
        nodata=-99999,
    ) as raster:
        raster.write(people.astype(np.float32), 1)


def test_a_population_raster_shares_the_people_of_a_village(tiny_project):
    project = tiny_project(inputs={"population": {"path": "people.tif"}})
    people = np.zeros((20, 32))
    # Two cells in the first village (119.027 to 119.042E, 27.603 to 27.640N), three to one.
    people[15, 6], people[12, 7] = 3.0, 1.0
    people[0, 0] = -99999
    write_population(project, people)
    region = load_region(project)
    first = region.demand[region.demand["village"] == "331126100201"]
    assert first["weight"].tolist() == [225, 675]
    np.testing.assert_allclose(first.geometry.x, [119.0375, 119.0325], atol=1e-6)
    np.testing.assert_allclose(first.geometry.y, [27.6375, 27.6225], atol=1e-6)
    # Villages without a populated cell keep their people, spread over the polygon.
    sums = region.demand.groupby("village")["weight"].sum()
    assert sums.to_dict() == region.villages["population"].to_dict()
    assert "population raster" in region.inputs["villages"]["caveat"]
    assert region.inputs["population"]["rows"] == 640


def test_a_population_raster_counts_where_there_is_no_column(tiny_project):
    project = tiny_project(inputs={"population": {"path": "people.tif"}})
    path = project.path.parent / "villages.geojson"
    path.write_text(path.read_text(encoding="utf-8").replace('"population"', '"unused"'), encoding="utf-8")
    people = np.random.default_rng(3).random((20, 32)) * 40
    write_population(project, people)
    region = load_region(project)
    # The oracle asks every cell's centre for the village that holds it.
    expected = dict.fromkeys(region.villages.index, 0.0)
    for (row, column), count in np.ndenumerate(people.astype(np.float32)):
        centre = Point(119.0025 + column * 0.005, 27.6975 - row * 0.005)
        for name, shape in region.villages.geometry.items():
            if shape.contains(centre):
                expected[name] += count
    assert region.villages["population"].to_dict() == {name: round(float(v)) for name, v in expected.items()}
    sums = region.demand.groupby("village")["weight"].sum()
    assert sums.to_dict() == region.villages["population"].to_dict()


def test_villages_as_points_share_the_raster_by_nearness_in_their_township(tiny_project):
    project = tiny_project(
        inputs={
            "villages": {"path": "v.csv"},
            "population": {"path": "people.tif"},
            "keypoints": None,
            "status": None,
        }
    )
    rows = [
        ("id", "name", "lon", "lat"),
        ("A", "西", 119.04, 27.62),
        ("B", "中", 119.08, 27.62),
        ("C", "东", 119.13, 27.62),
    ]
    with (project.path.parent / "v.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    people = np.zeros((20, 32))
    people[15, 7] = 10  # 119.0375E: near A
    people[15, 18] = 20  # 119.0925E: nearer to B than to C, yet in C's township
    people[15, 16] = 40  # 119.0825E: B
    people[2, 2] = 1000  # outside both townships
    write_population(project, people)
    region = load_region(project)
    assert region.villages["population"].to_dict() == {"A": 10, "B": 40, "C": 20}


def test_demand_points_that_are_given(tiny_project):
    project = tiny_project(inputs={"demand": {"path": "demand.csv"}})
    rows = ["id,village,weight,lon,lat", "D1,,4400,119.03,27.62", "D2,331126201201,2900,119.11,27.62"]
    path = project.path.parent / "demand.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    demand = load_region(project).demand
    assert demand["village"].tolist() == ["331126100201", "331126201201"]
    assert demand["township"].tolist() == ["331126100", "331126201"]
    assert demand["weight"].tolist() == [4400, 2900]

    path.write_text("\n".join(rows).replace("4400", "440"), encoding="utf-8")
    (problem,) = check(project)
    assert problem.problem == "the demand points add up to 3,340 people, the villages to 7,300."
    assert problem.severity == "warning"

    path.write_text("\n".join(rows).replace("119.03,", "119.01,"), encoding="utf-8")
    problem = next(p for p in check(project) if p.severity == "error")
    assert (problem.file, problem.row, problem.column) == ("demand.csv", 2, "village")
    assert problem.problem == "D1 lies in no village."


def test_demand_points_with_wrong_weights(tiny_project):
    project = tiny_project(inputs={"demand": {"path": "demand.csv"}})
    rows = ["id,weight,lon,lat", "D1,-1,119.03,27.62", "D2,,119.11,27.62", "D3,1.5,119.11,27.62"]
    (project.path.parent / "demand.csv").write_text("\n".join(rows), encoding="utf-8")
    errors = [(p.row, p.column) for p in check(project) if p.severity == "error"]
    assert errors == [(2, "weight"), (3, "weight"), (4, "weight")]


def test_demand_points_between_the_villages_count_for_their_township(tiny_project):
    project = tiny_project(inputs={"demand": {"path": "demand.csv"}, "keypoints": None, "status": None})
    villages = project.path.parent / "villages.geojson"
    data = json.loads(villages.read_text(encoding="utf-8"))
    del data["features"][0]
    villages.write_text(json.dumps(data), encoding="utf-8")
    rows = ["id,weight,lon,lat", "D1,3500,119.06,27.66", "D2,2900,119.11,27.62", "D3,10,119.035,27.622"]
    (project.path.parent / "demand.csv").write_text("\n".join(rows), encoding="utf-8")
    (warning,) = check(project)
    assert (warning.file, warning.row, warning.column) == ("demand.csv", 4, "village")
    assert warning.problem == "1 demand points lie in no village, the first in this row."
    demand = load_region(project).demand
    assert demand.loc["D3", ["village", "township"]].tolist() == ["", "331126100"]
