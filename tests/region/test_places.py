"""Villages find their township and points their village, by column or by location."""

import json

import numpy as np
import pytest
from shapely.geometry import Point, Polygon, box

from dualgig.region.load import load_region
from dualgig.region.places import locate


def test_locate_agrees_with_asking_every_polygon():
    rng = np.random.default_rng(5)
    corners = rng.random((12, 2)) * 8
    shapes = np.array([*[box(x, y, x + 2, y + 3) for x, y in corners], Point(1, 1), None], dtype=object)
    xy = np.vstack([rng.random((400, 2)) * 10, [[np.nan, 1.0]]])
    expected = [
        next((i for i, s in enumerate(shapes[:12]) if not np.isnan(x) and s.intersects(Point(x, y))), -1)
        for x, y in xy
    ]
    assert locate(xy, shapes).tolist() == expected


def test_a_border_belongs_to_the_polygon_that_comes_first():
    shapes = np.array([Polygon([(1, 0), (2, 0), (2, 1), (1, 1)]), box(0, 0, 1, 1)], dtype=object)
    assert locate(np.array([[1.0, 0.5], [0.5, 0.5], [5.0, 5.0]]), shapes).tolist() == [0, 1, -1]


def test_townships_by_location_and_by_column(tiny_project):
    region = load_region(tiny_project())
    assert region.villages["township"].tolist() == ["331126100"] * 4 + ["331126201"] * 3


def test_points_without_a_village_are_located(tiny_project):
    project = tiny_project()
    before = load_region(project).keypoints
    path = project.path.parent / "keypoints.csv"
    text = path.read_text(encoding="utf-8")
    for village in load_region(project).villages.index:
        text = text.replace(village, "")
    path.write_text(text.replace(",331126100,seat", ",,seat"), encoding="utf-8")
    after = load_region(project).keypoints
    assert after["village"].to_dict() == before["village"].to_dict()
    assert after["township"].to_dict() == before["township"].to_dict()
    assert after.loc["K-A", ["village", "township"]].tolist() == ["", "331126100"]


def test_committees_stand_at_the_village_points_where_no_key_points_are_given(tiny_project):
    region = load_region(tiny_project(inputs={"keypoints": None}))
    points = region.keypoints
    assert points.index.tolist() == [f"{village}-committee" for village in region.villages.index]
    assert set(points["kind"]) == {"committee"}
    assert points["village"].tolist() == region.villages.index.tolist()
    assert points["township"].tolist() == region.villages["township"].tolist()
    assert all(region.villages.geometry[p.village].contains(p.geometry) for p in points.itertuples())
    assert region.warnings == ()


def test_a_missing_committee_is_added_to_the_given_points(tiny_project):
    project = tiny_project()
    path = project.path.parent / "keypoints.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("C7,")]
    path.write_text("\n".join(lines), encoding="utf-8")
    points = load_region(project).keypoints
    assert len(points) == 13
    assert points.loc["331126201203-committee", "village"] == "331126201203"
    assert points["households"].dtype == "int64"


@pytest.mark.parametrize("mixed", [False, True])
def test_villages_that_are_points(tiny_project, mixed):
    """Key points go to the nearest village of their township, not to a nearer one across the border."""
    project = tiny_project(inputs={"status": None})
    path = project.path.parent / "villages.geojson"
    data = json.loads(path.read_text(encoding="utf-8"))
    for feature in data["features"][4 if mixed else 0 :]:
        ring = np.array(feature["geometry"]["coordinates"][0])
        feature["geometry"] = {"type": "Point", "coordinates": ring[:-1].mean(axis=0).tolist()}
    path.write_text(json.dumps(data), encoding="utf-8")
    points = project.path.parent / "keypoints.csv"
    text = points.read_text(encoding="utf-8")
    # A settlement 100 m east of the border at 119.0873E, nearer to the village west of it.
    text = text.replace("T1,深坑自然村,331126201203,", "T1,深坑自然村,,")
    lines = text.splitlines()
    lines[-1] = ",".join([*lines[-1].split(",")[:-2], "119.0883", "27.604"])
    points.write_text("\n".join(lines), encoding="utf-8")
    region = load_region(project)
    assert region.keypoints.loc["T1", "village"] == "331126201201"
    assert (
        region.demand.groupby("village")["weight"].sum().to_dict() == region.villages["population"].to_dict()
    )
