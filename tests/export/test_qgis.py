"""Styles and project in the GeoPackage: by what QGIS requires of them, and by QGIS itself where it is there."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pyogrio
import pytest

from dualgig.export.datum import Datum
from dualgig.export.gpkg import write_gpkg
from dualgig.export.styles import DRAW_ORDER, STYLES, qml
from dualgig.plan import REASONS
from dualgig.text import say

READER = Path(__file__).with_name("qgis_reads.py")


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=60, townships=4)


@pytest.fixture(scope="module")
def path(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("qgis") / "plan.gpkg"
    write_gpkg(path, plan, date="2025-03-01")
    return path


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 - our own


def asked(path, query):
    with closing(sqlite3.connect(path)) as base:
        return base.execute(query).fetchall()


def test_the_style_table_is_as_qgis_makes_it(path):
    columns = [row[1] for row in asked(path, "PRAGMA table_info(layer_styles)")]
    assert columns == [
        "id", "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName", "styleQML",
        "styleSLD", "useAsDefault", "description", "owner", "ui", "update_time",
    ]  # fmt: skip
    assert ("layer_styles", "attributes") in asked(path, "SELECT table_name, data_type FROM gpkg_contents")


def test_every_layer_has_one_default_style_bound_to_its_geometry(path):
    styles = asked(
        path,
        "SELECT f_table_catalog, f_table_schema, f_table_name, f_geometry_column, useAsDefault FROM layer_styles",
    )
    columns = dict(asked(path, "SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert sorted(styles) == sorted(("", "", name, column, 1) for name, column in columns.items())
    assert set(columns) == set(DRAW_ORDER) == set(STYLES)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("layer", DRAW_ORDER)
def test_a_style_is_whole(path, layer, language):
    """Categories name symbols that are there; values and label fields are in the layer; words are words."""
    root = parsed(qml(layer, language))
    kinds = {"Point": "marker", "LineString": "line", "MultiPolygon": "fill"}
    info = pyogrio.read_info(path, layer=layer)
    renderer = root.find("renderer-v2")
    symbols = {symbol.get("name"): symbol for symbol in renderer.find("symbols")}
    assert {symbol.get("type") for symbol in symbols.values()} == {kinds[info["geometry_type"]]}
    for symbol in symbols.values():
        options = {option.get("name"): option.get("value") for option in symbol.find("layer/Option")}
        assert options == {prop.get("k"): prop.get("v") for prop in symbol.iter("prop")}
    categories = list(renderer.iter("category"))
    assert [category.get("symbol") for category in categories] == list(symbols)[: len(categories)]
    assert len({category.get("label") for category in categories}) == len(categories)
    attribute = renderer.get("attr", "name")
    named = set(attribute.split('"')[1::2]) or {attribute}
    assert named <= {*info["fields"]}
    for text in root.iter("text-style"):
        assert text.get("fieldName") in info["fields"]


def test_every_value_of_the_plan_has_its_category():
    def values(layer):
        return [category.get("value") for category in parsed(qml(layer, "en")).iter("category")]

    assert set(values("sites")) == set(values("nodes")) == {"new", "upgraded", "existing", "unused"}
    assert values("gaps") == list(REASONS)
    assert set(values("villages")) == {"both", "5g", "gigabit", "none"}
    assert set(values("routes")) == {"existing", "aerial", "buried", "duct", "several"}


def test_the_project_holds_the_layers_points_over_lines_over_polygons(path):
    (name, metadata, content) = asked(path, "SELECT name, metadata, content FROM qgis_projects")[0]
    assert name == "plan"
    assert set(json.loads(metadata)) == {"last_modified_time", "last_modified_user"}
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))) as archive:
        (inside,) = archive.namelist()
        root = parsed(archive.read(inside))
    assert inside == "plan.qgs"
    sources = [layer.get("source") for layer in root.iter("layer-tree-layer")]
    assert sources == [f"./plan.gpkg|layername={layer}" for layer in DRAW_ORDER]
    kinds = [pyogrio.read_info(path, layer=layer)["geometry_type"] for layer in DRAW_ORDER]
    rank = {"Point": 0, "LineString": 1, "MultiPolygon": 2}
    assert [rank[kind] for kind in kinds] == sorted(rank[kind] for kind in kinds)


@pytest.fixture(scope="module")
def qgis():
    """What QGIS says of a GeoPackage, where a Python with QGIS is installed."""
    pythons = [
        python for python in ("/usr/bin/python3", shutil.which("python3")) if python and Path(python).exists()
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"QT_QPA_PLATFORM": "offscreen"}

    def run(python, *arguments):
        return subprocess.run(
            [python, *arguments], capture_output=True, text=True, env=environment, check=False
        )

    found = [python for python in pythons if run(python, "-c", "import qgis.core").returncode == 0]
    if not found:
        pytest.skip("QGIS' Python is not installed (Debian: python3-qgis)")

    def reads(path):
        answer = run(found[0], str(READER), str(path))
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout.splitlines()[-1])

    return reads


def test_qgis_draws_every_layer_in_its_default_style(plan, path, qgis):
    found = qgis(path)["layers"]
    for name, layer in found.items():
        style = STYLES[name]
        assert layer["valid"], name
        assert layer["default_style"], name
        assert layer["styles"] == [name]
        assert layer["crs"] == "EPSG:4326"
        assert layer["renderer"] == ("categorizedSymbol" if style.attribute else "singleSymbol")
        assert layer["labelled"] == bool(style.label_scale)
        assert layer["label_field"] == ("name" if style.label_scale else "")
        assert layer["min_scale"] == style.scale
        if style.attribute:
            assert layer["labels"] == [say("zh", category.key) for category in style.categories]
            assert layer["shown"] == [category.shown for category in style.categories]
            hidden = (getattr(plan, name)["state"] == "unused").sum() if style.attribute == "state" else 0
            assert layer["undrawn"] == hidden, name
    assert found["villages"]["colours"] == ["#4575b4", "#fee090", "#fc8d59", "#d73027"]
    assert found["villages"]["used"] == 4
    assert len(set(found["gaps"]["shapes"])) == len(REASONS)
    assert found["sites"]["features"] == len(plan.sites)


def test_qgis_opens_the_project(plan, path, qgis):
    found = qgis(path)
    assert found["read"], found["error"]
    assert found["title"] == plan.region.project.title
    assert found["crs"] == "EPSG:4326"
    assert [layer["name"] for layer in found["order"]] == [
        say("zh", f"list.sheet.{name}") for name in DRAW_ORDER
    ]
    assert all(layer["valid"] and layer["crs"] == "EPSG:4326" for layer in found["order"])
    for layer, alone in zip(found["order"], (found["layers"][name] for name in DRAW_ORDER), strict=True):
        for key in ("renderer", "values", "colours", "labelled", "kinds"):
            assert layer[key] == alone[key]


def test_qgis_sees_no_crs_where_there_is_none_and_points_as_points(make_plan, tmp_path, qgis):
    path = tmp_path / "plan_gcj02.gpkg"
    write_gpkg(path, make_plan(points=True), date="2025-03-01", datum=Datum("gcj02"))
    found = qgis(path)
    assert found["read"]
    assert found["crs"] == ""
    assert {layer["crs"] for layer in (*found["order"], *found["layers"].values())} == {""}
    assert found["layers"]["villages"]["kinds"] == ["SimpleMarker"]
    assert found["layers"]["villages"]["undrawn"] == 0
