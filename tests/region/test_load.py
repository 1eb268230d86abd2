"""A sound project becomes a region: typed tables, joined places, hashes, caveats."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from dualgig.region.load import load_region
from dualgig.region.schema import TABLES

KINDS = {"integer": "int64", "number": "float64", "flag": "bool"}


def test_tables_follow_the_schema(tiny_project):
    region = load_region(tiny_project())
    assert region.warnings == ()
    for name, table in TABLES.items():
        frame = getattr(region, name)
        assert frame.crs == "EPSG:4326"
        assert frame.index.is_unique
        assert all(isinstance(value, str) for value in frame.index)
        assert [c for c in frame.columns if c != "geometry"] == [c for c in table.columns if c != "id"]
        for column, spec in table.columns.items():
            if column == "id":
                continue
            if spec.kind == "list":
                assert all(isinstance(value, tuple) for value in frame[column])
            elif spec.kind in KINDS:
                assert frame[column].dtype == KINDS[spec.kind]
            else:
                assert all(isinstance(value, str) for value in frame[column])


def test_inputs_that_are_not_given_are_empty_tables_with_their_columns(tiny_project):
    absent = dict.fromkeys(("nodes", "roads", "status", "exclusions"))
    region = load_region(tiny_project(inputs=absent))
    assert region.roads is None
    for name in ("nodes", "status", "exclusions"):
        frame = getattr(region, name)
        assert frame.empty
        assert [c for c in frame.columns if c != "geometry"] == [c for c in TABLES[name].columns if c != "id"]
    assert region.nodes["ports"].dtype == "int64"


def test_homes_and_township_sums_are_filled_in(tiny_project):
    project = tiny_project(fibre={"household_size": 2.5})
    path = project.path.parent / "villages.geojson"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["features"][0]["properties"]["households"] = 777
    path.write_text(json.dumps(data), encoding="utf-8")
    region = load_region(project)
    # 900 people, 777 homes given; 600 / 2.5 = 240; 400 / 2.5 = 160.
    assert region.villages.loc["331126100201", "households"] == 777
    assert region.villages.loc["331126100202", "households"] == 240
    assert region.townships["population"].tolist() == [900 + 2400 + 600 + 500, 1800 + 700 + 400]
    assert region.townships.loc["331126201", "households"] == 720 + 280 + 160


def test_a_township_s_own_population_stays(tiny_project):
    project = tiny_project()
    path = project.path.parent / "townships.geojson"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["features"][1]["properties"]["population"] = 3100
    path.write_text(json.dumps(data), encoding="utf-8")
    assert load_region(project).townships["population"].tolist() == [4400, 3100]


def test_decisions_of_the_project_file_win(tiny_project):
    region = load_region(tiny_project(decisions={"lock": ["S7", "N3"], "forbid": ["S4"]}))
    assert region.sites["decision"].to_dict() == {
        "S1": "free",
        "S2": "free",
        "S3": "free",
        "S4": "forbidden",
        "S5": "free",
        "S6": "free",
        "S7": "locked",
    }
    assert region.nodes.loc["N3", "decision"] == "locked"


def test_who_is_on_air_is_present(tiny_project):
    project = tiny_project()
    path = project.path.parent / "sites.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("China Mobile;", ""), encoding="utf-8")
    assert load_region(project).sites.at["S1", "operators"] == ("China Unicom", "China Mobile")


def test_inputs_carry_path_rows_hash_and_caveat(tiny_project):
    project = tiny_project()
    region = load_region(project)
    assert set(region.inputs) == set(project.model_dump()["inputs"]) - {"demand", "population", "clutter"}
    for name, entry in region.inputs.items():
        path = project.path.parent / entry["path"]
        assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), name
    assert region.inputs["villages"]["rows"] == 7
    assert region.inputs["villages"]["caveat"] == "People are spread evenly over each village."
    assert region.inputs["roads"]["caveat"] == "invented roads"
    assert region.inputs["terrain"]["path"] == "terrain.tif"


def test_the_hash_of_a_shapefile_covers_its_attributes(tiny_project):
    project = tiny_project(inputs={"townships": {"path": "t.shp"}})
    first = load_region(tiny_project())
    folder = project.path.parent
    first.townships.reset_index()[["id", "name", "geometry"]].to_file(folder / "t.shp", encoding="UTF-8")
    before = load_region(project).inputs["townships"]["sha256"]
    first.townships.reset_index().assign(name="x")[["id", "name", "geometry"]].to_file(folder / "t.shp")
    assert load_region(project).inputs["townships"]["sha256"] != before


def test_caveats_speak_the_project_s_language(tiny_project):
    region = load_region(tiny_project(project={"language": "zh"}, inputs={"keypoints": None}))
    assert (
        region.inputs["villages"]["caveat"]
        == "村委会位置取村点位，为近似值。 人口在村域内均匀分布，为近似值。"
    )


def test_equal_inputs_give_an_equal_region(tiny_project, tmp_path):
    options = {"candidates": {"generate": True, "spacing_m": 900.0, "ridge_window_m": 900.0}}
    first = load_region(tiny_project(tmp_path / "a", **options))
    second = load_region(tiny_project(tmp_path / "b", **options))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(first, name).to_wkb(), getattr(second, name).to_wkb())
    np.testing.assert_array_equal(first.terrain.height_m, second.terrain.height_m)
    assert first.inputs == second.inputs


def test_the_metric_crs_is_the_utm_zone_where_none_is_named(tiny_project):
    region = load_region(tiny_project(project={"metric_crs": ""}))
    assert region.metric_crs.to_epsg() == 32650
    assert region.terrain.crs == region.metric_crs


def test_the_html_summary_counts_and_escapes(tiny_project):
    project = tiny_project(
        project={"title": "<b>Title</b>"}, inputs={"sites": {"caveat": "<script>alert(1)</script>"}}
    )
    html = load_region(project)._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<td>villages</td><td>7</td><td>villages.geojson</td>" in html
    assert "<td>radio sites</td><td>7</td><td>sites.csv</td>" in html


def test_the_ledger_s_entries_stand_at_their_places(tiny_project):
    region = load_region(tiny_project())
    for entry in region.status.itertuples():
        assert region.villages.geometry[entry.place].contains(entry.geometry)


@pytest.mark.parametrize("sheet", [True, False])
def test_township_codes_filled_up_to_twelve_digits_are_understood(tiny_project, sheet):
    """Statistics bureaux write a township as 331126100000, boundary files as 331126100."""
    project = tiny_project()
    villages = project.path.parent / "villages.geojson"
    townships = project.path.parent / "townships.geojson"
    data = json.loads(villages.read_text(encoding="utf-8"))
    for feature in data["features"]:
        feature["properties"]["township"] = feature["properties"]["id"][:9] + ("000" if sheet else "")
    villages.write_text(json.dumps(data), encoding="utf-8")
    if not sheet:
        text = townships.read_text(encoding="utf-8")
        text = text.replace('"331126100"', '"331126100000"').replace('"331126201"', '"331126201000"')
        townships.write_text(text, encoding="utf-8")
    region = load_region(project)
    assert set(region.villages["township"]) == set(region.townships.index)
