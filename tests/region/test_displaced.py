"""Layers in GCJ-02 or BD-09 that are passed off as WGS 84 are told, and how to declare them."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from dualgig.region.datum import gcj02_to_wgs84, moved, wgs84_to_bd09, wgs84_to_gcj02
from dualgig.region.displaced import check_datum
from dualgig.region.findings import Findings
from dualgig.region.load import check
from dualgig.region.validate import Checked

SUICHANG = Path(__file__).parents[3] / "shared" / "data"
LAYERS = ("townships", "villages", "keypoints", "sites", "nodes")


def checked(name, frame):
    nothing = pd.DataFrame()
    return Checked(
        name, f"{name}.gpkg", frame, np.arange(len(frame)) + 1, {}, nothing, nothing, complete=True, sha256=""
    )


@pytest.fixture(scope="module", params=[False, True], ids=["polygons", "points"])
def region(make_plan, request):
    """200 villages in 16 townships, each with a committee; every township with a seat and an office."""
    region = make_plan(villages=200, townships=16, points=request.param).region
    inputs = region.project.inputs
    inputs = inputs.model_copy(update={"keypoints": inputs.sites})
    return replace(region, project=region.project.model_copy(update={"inputs": inputs}))


def warnings(region, shifted=(), move=None, declared=None):
    """What is said of the region when some layers are moved."""
    inputs = region.project.inputs
    if declared:
        inputs = inputs.model_copy(
            update={n: getattr(inputs, n).model_copy(update={"crs": crs}) for n, crs in declared.items()}
        )
    project = region.project.model_copy(update={"inputs": inputs})
    tables = {}
    for name in LAYERS:
        frame = getattr(region, name)
        frame = frame.set_geometry(moved(frame.geometry, move)) if name in shifted else frame
        tables[name] = checked(name, frame)
    findings = Findings()
    check_datum(project, tables, region.metric_crs, findings)
    assert all(problem.severity == "warning" for problem in findings.problems)
    return findings.sorted()


def test_a_sound_region_is_not_suspected(region):
    assert warnings(region) == []


@pytest.mark.parametrize(("datum", "move"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)])
@pytest.mark.parametrize(
    "shifted", [("townships",), ("villages",), ("keypoints",), ("nodes",), ("villages", "keypoints")]
)
def test_the_layers_in_a_shifted_datum_are_named_with_it(region, shifted, datum, move):
    problems = warnings(region, shifted, move)
    assert [problem.file for problem in problems] == sorted(f"{name}.gpkg" for name in shifted)
    for problem in problems:
        assert f'crs = "{datum}"' in problem.mend
        assert f"the way {datum}" in problem.problem


def test_all_layers_in_one_datum_fit_each_other(region):
    """Nothing in them tells; only the terrain, which is in WGS 84, would."""
    assert warnings(region, LAYERS, wgs84_to_gcj02) == []


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_a_shift_of_the_same_length_in_another_direction_is_not_gcj02(region, turn_deg):
    def turned(lon, lat):
        east, north = np.array(wgs84_to_gcj02(lon, lat)) - (lon, lat)
        squeeze = np.cos(np.radians(lat))
        turn = np.radians(turn_deg)
        x = east * squeeze * np.cos(turn) - north * np.sin(turn)
        y = east * squeeze * np.sin(turn) + north * np.cos(turn)
        return lon + x / squeeze, lat + y

    for name in ("townships", "villages", "keypoints", "nodes"):
        assert not any(
            "the way GCJ-02" in p.problem and p.file.startswith(name)
            for p in warnings(region, (name,), turned)
        )


def test_a_layer_wrongly_declared_is_told_to_drop_it(region):
    """Keypoints in WGS 84 that the project declares as GCJ-02 were shifted back without need."""
    (problem,) = warnings(region, ("keypoints",), gcj02_to_wgs84, declared={"keypoints": "GCJ-02"})
    assert problem.file == "keypoints.gpkg"
    assert "declared as GCJ-02" in problem.problem
    assert problem.mend.startswith('Take crs = "GCJ-02" out')


def test_outside_china_nothing_is_suspected(region):
    def to_europe(lon, lat):
        return lon - 105.0, lat + 15.0

    def to_europe_shifted(lon, lat):
        return to_europe(*wgs84_to_gcj02(lon, lat))

    frames = {name: getattr(region, name) for name in LAYERS}
    tables = {
        name: checked(
            name,
            frame.set_geometry(moved(frame.geometry, to_europe_shifted if name == "villages" else to_europe)),
        )
        for name, frame in frames.items()
    }
    findings = Findings()
    check_datum(region.project, tables, tables["townships"].frame.estimate_utm_crs(), findings)
    assert findings.problems == []


def test_check_tells_it_and_the_declaration_mends_it(tiny_project):
    """Given points of villages in GCJ-02 along the borders of the townships; when declared, all is well."""
    nodes = [(x, y) for x in np.arange(0.25, 12, 0.5) for y in (0.25, 7.75)]
    nodes += [(x, y) for x in (0.25, 5.75, 6.25, 11.75) for y in np.arange(0.75, 7.5, 0.5)]
    inputs = {
        "villages": {"path": "villages.csv"},
        "keypoints": None,
        "status": None,
        "nodes": None,
        "roads": None,
    }
    project = tiny_project(inputs=inputs)
    folder = project.path.parent
    townships = gpd.read_file(folder / "townships.geojson").set_index("id")
    points = gpd.GeoSeries(
        shapely.points(700_000 + 1000 * np.array(nodes)[:, 0], 3_055_000 + 1000 * np.array(nodes)[:, 1]),
        crs=32650,
    )
    points = points.to_crs(4326)
    own = [townships.index[townships.contains(point)][0] for point in points]
    lon, lat = wgs84_to_gcj02(points.x, points.y)
    rows = [
        f"V{n},村{n},{t},100,{x:.8f},{y:.8f}" for n, (t, x, y) in enumerate(zip(own, lon, lat, strict=True))
    ]
    (folder / "villages.csv").write_text(
        "\n".join(["id,name,township,population,lon,lat", *rows]), encoding="utf-8"
    )
    said = [problem for problem in check(project) if "GCJ-02" in problem.problem]
    assert [(problem.file, problem.row, problem.severity) for problem in said] == [
        ("villages.csv", None, "warning")
    ]
    assert 'crs = "GCJ-02"' in said[0].mend

    inputs["villages"] = {"path": "villages.csv", "crs": "GCJ-02"}
    text = project.path.read_text(encoding="utf-8").replace(
        'path = "villages.csv"', 'path = "villages.csv", crs = "GCJ-02"'
    )
    project.path.write_text(text, encoding="utf-8")
    assert [
        p for p in check(type(project).load(project.path)) if p.file == "villages.csv" and "off" in p.problem
    ] == []


@pytest.fixture(scope="module")
def suichang():
    """Suichang county: its outline and some points in GCJ-02, its townships and villages in WGS 84."""
    if not (SUICHANG / "gcj02" / "331123.csv").exists():
        pytest.skip("the data of Suichang county are not beside the repository")
    points = pd.read_csv(SUICHANG / "gcj02" / "331123.csv", dtype=str).dropna(subset="longitude")
    at = gpd.points_from_xy(points["longitude"].astype(float), points["latitude"].astype(float))
    points = gpd.GeoDataFrame(points, geometry=at, crs=4326).set_index("code")
    outline = shapely.from_geojson((SUICHANG / "gcj02" / "331123.json").read_text())
    reference = {}
    for name in ("townships", "villages"):
        frame = (
            gpd.read_file(SUICHANG / "zhejiang" / f"{name}.gpkg")
            .query("county == '331123'")
            .set_index("code")
        )
        reference[name] = frame.rename(columns={"town": "township"})
    return (
        points,
        gpd.GeoDataFrame({"name": ["遂昌县"]}, index=["331123"], geometry=[outline], crs=4326),
        reference,
    )


def told(region, **frames):
    findings = Findings()
    check_datum(
        region.project,
        {name: checked(name, frame) for name, frame in frames.items()},
        region.metric_crs,
        findings,
    )
    return [(problem.file, problem.mend.partition('"')[2].partition('"')[0]) for problem in findings.problems]


def test_suichang_s_points_in_gcj02_are_told(region, suichang):
    points, _, reference = suichang
    located = reference["villages"].set_geometry(
        gpd.points_from_xy(reference["villages"]["lon"], reference["villages"]["lat"]), crs=4326
    )
    committees = located.assign(village=located.index)
    villages = points[points["level"] == "village"].assign(township=lambda rows: rows["parent"])
    found = told(region, townships=reference["townships"], villages=villages, keypoints=committees)
    assert found == [("villages.gpkg", "GCJ-02")]
    right = villages.set_geometry(moved(villages.geometry, gcj02_to_wgs84))
    assert told(region, townships=reference["townships"], villages=right, keypoints=committees) == []


def test_suichang_s_outline_in_gcj02_is_told(region, suichang):
    _, outline, reference = suichang
    assert told(region, townships=outline, villages=reference["villages"]) == [("townships.gpkg", "GCJ-02")]
    right = outline.set_geometry(moved(outline.geometry, gcj02_to_wgs84))
    assert told(region, townships=right, villages=reference["villages"]) == []
