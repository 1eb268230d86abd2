"""What is seen in a folder, and what is passed over."""

import geopandas as gpd
import openpyxl
import pytest
from shapely.geometry import LineString, box

from dualgig.scaffold.survey import survey


def layers(frame, path, *names):
    for name in names:
        frame.to_file(path, layer=name)


@pytest.fixture
def squares():
    return gpd.GeoDataFrame(
        {"id": ["a", "b"]}, geometry=[box(119, 27, 119.5, 27.5), box(119.5, 27, 120, 27.5)], crs=4326
    )


def test_layers_and_sheets_are_told_apart(tmp_path, squares):
    layers(squares, tmp_path / "base.gpkg", "one", "two")
    book = openpyxl.Workbook()
    book.active.append(["id", "name"])
    book.active.append(["1", "x"])
    book.create_sheet("empty")
    book.save(tmp_path / "list.xlsx")

    found = survey(tmp_path)

    assert [t.title for t in found.tables] == ["base.gpkg (one)", "base.gpkg (two)", "list.xlsx (Sheet)"]
    assert found.tables[0].shape == "polygon"
    assert found.tables[0].bounds == (119, 27, 120, 27.5)
    assert found.tables[0].crs.to_epsg() == 4326
    assert found.tables[0].cells.to_dict("list") == {"id": ["a", "b"]}


def test_geojson_in_metres_has_no_crs(tmp_path, squares):
    text = squares.to_crs(4549).to_json(drop_id=True)
    (tmp_path / "m.geojson").write_text(text.replace("4549", ""), encoding="utf-8")

    (table,) = survey(tmp_path).tables

    assert table.crs is None
    assert table.bounds[0] > 180


def test_a_shapefile_without_prj_has_no_crs(tmp_path, squares):
    squares.to_file(tmp_path / "s.shp")
    (tmp_path / "s.prj").unlink()

    (table,) = survey(tmp_path).tables

    assert (table.path, table.crs) == ("s.shp", None)


def test_lines_are_lines(tmp_path):
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[LineString([(0, 0), (1, 1)])], crs=4326).to_file(
        tmp_path / "l.gpkg"
    )

    assert [table.shape for table in survey(tmp_path).tables] == ["line"]


def test_what_is_hidden_made_by_us_or_too_deep_is_passed_over(tmp_path, squares):
    for folder in (".git", "maps/county", "a/b/c/d", "a/b"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        squares.to_file(tmp_path / folder / "t.gpkg")
    (tmp_path / "maps" / "county" / "plan.json").write_text("{}")
    (tmp_path / "~$list.xlsx").write_bytes(b"locked")

    assert [table.path for table in survey(tmp_path).tables] == ["a/b/t.gpkg"]


def test_what_cannot_be_read_is_named(tmp_path):
    for name in (
        "broken.gpkg",
        "broken.xlsx",
        "broken.tif",
        "old.xls",
        "roads.osm.pbf",
        "empty.csv",
        "data.json",
    ):
        (tmp_path / name).write_bytes(b"" if name == "empty.csv" else b"{}")
    (tmp_path / "letter.docx").write_bytes(b"...")

    found = survey(tmp_path)

    assert found.tables == found.grids == found.roads == ()
    assert set(found.unread) == {
        "broken.gpkg", "broken.xlsx", "broken.tif", "old.xls", "roads.osm.pbf", "empty.csv", "data.json"
    }  # fmt: skip
