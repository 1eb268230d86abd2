"""Tables come out the same whatever file they come in: encodings, spreadsheets, vector formats."""

import csv
import datetime as dt
import json

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from dualgig.region.choices import chosen
from dualgig.region.encoding import shapefile_encoding
from dualgig.region.load import check, load_region
from dualgig.region.schema import TABLES
from dualgig.text import CATALOGUE

NAMES = ["松源镇", "岭头乡"]


def townships_as(project, path, **options):
    """Write the townships in another format beside the GeoJSON."""
    folder = project.path.parent
    frame = gpd.read_file(folder / "townships.geojson")
    frame.to_file(folder / path, **options)
    return folder / path


def rows_of(project, name):
    with (project.path.parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("cpg", ["kept", "missing", "wrong"])
def test_gbk_shapefile_is_read_right(tiny_project, cpg):
    project = tiny_project(inputs={"townships": {"path": "townships.shp"}})
    path = townships_as(project, "townships.shp", encoding="GBK")
    assert "松源镇".encode("gbk") in path.with_suffix(".dbf").read_bytes()
    if cpg == "missing":
        path.with_suffix(".cpg").unlink()
    elif cpg == "wrong":
        path.with_suffix(".cpg").write_text("UTF-8")

    region = load_region(project)

    assert region.townships["name"].tolist() == NAMES
    assert [w.file for w in region.warnings] == ([] if cpg == "kept" else ["townships.shp"])
    assert all("read as GBK" in warning.problem for warning in region.warnings)


def test_gbk_shapefile_with_chinese_column_names_and_upper_case_suffixes(tiny_project):
    project = tiny_project(
        inputs={"townships": {"path": "XZ.SHP", "columns": {"id": "代码", "name": "名称"}}},
    )
    folder = project.path.parent
    frame = gpd.read_file(folder / "townships.geojson").rename(columns={"id": "代码", "name": "名称"})
    frame.to_file(folder / "xz.shp", encoding="GBK")
    (folder / "xz.cpg").unlink()
    for suffix in ("shp", "shx", "dbf", "prj"):
        (folder / f"xz.{suffix}").rename(folder / f"XZ.{suffix.upper()}")
    assert load_region(project).townships["name"].tolist() == NAMES


def test_the_project_file_s_encoding_rules(tiny_project):
    project = tiny_project(inputs={"townships": {"path": "townships.shp", "encoding": "Big5"}})
    traditional = ["松源鎮", "嶺頭鄉"]
    frame = gpd.read_file(project.path.parent / "townships.geojson").assign(name=traditional)
    frame.to_file(project.path.parent / "townships.shp", encoding="Big5")
    (project.path.parent / "townships.cpg").unlink()
    assert load_region(project).townships["name"].tolist() == traditional


@pytest.mark.parametrize(
    ("written", "cpg", "expected"),
    [
        ("UTF-8", "UTF-8", ("utf-8", "cpg")),
        ("UTF-8", None, ("UTF-8", "bytes")),
        ("GBK", "936", ("gbk", "cpg")),
        ("GBK", "GB2312", ("gbk", "cpg")),
        ("GB18030", "no such thing", ("GB18030", "bytes")),
    ],
)
def test_how_the_encoding_of_a_shapefile_is_known(tmp_path, tiny_project, written, cpg, expected):
    path = townships_as(tiny_project(), "t.shp", encoding=written)
    path.with_suffix(".cpg").unlink()
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    assert shapefile_encoding(path) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_csv_in_every_usual_encoding(tiny_project, encoding):
    project = tiny_project()
    before = load_region(project).sites
    path = project.path.parent / "sites.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    after = load_region(project).sites
    assert after.equals(before)
    assert after.at["S1", "name"] == "城中机房"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_with_another_separator(tiny_project, delimiter):
    project = tiny_project()
    before = load_region(project).nodes
    rows = rows_of(project, "nodes.csv")
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (project.path.parent / "nodes.csv").write_text(text, encoding="utf-8")
    assert load_region(project).nodes.equals(before)


def test_rows_are_counted_as_in_the_spreadsheet(tiny_project):
    """Blank lines and cells with line breaks do not shift the row that is told."""
    project = tiny_project()
    path = project.path.parent / "nodes.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace("松源局", '"松源\n局"')
    lines.insert(2, ",,,,,,,")
    lines[-1] = lines[-1].replace("olt", "OLTS")
    path.write_text("\n".join(lines), encoding="utf-8")
    (problem,) = check(project)
    assert (problem.row, problem.column) == (6, "kind")


def test_xlsx_reads_like_csv(tiny_project):
    project = tiny_project()
    before = load_region(project).sites
    rows = rows_of(project, "sites.csv")
    book = xlsxwriter.Workbook(project.path.parent / "assets.xlsx")
    book.add_worksheet("cover").write(0, 0, "nothing")
    sheet = book.add_worksheet("站点")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            number = r > 0 and rows[0][c] in ("mast_m", "power_km", "track_km", "lon", "lat")
            sheet.write_number(r, c, float(cell)) if number else sheet.write_string(r, c, cell)
    book.close()
    after = load_region(tiny_project(inputs={"sites": {"path": "assets.xlsx", "layer": "站点"}}))
    assert after.sites.equals(before)
    (problem,) = check(tiny_project(inputs={"sites": {"path": "assets.xlsx", "layer": "站址"}}))
    assert problem.mend == 'Write layer = "站点" for it in the project file.'


def test_codes_and_dates_in_xlsx_cells_of_numbers(tiny_project):
    """Excel keeps a 12-digit code as a number and a date as a date; both come out as text."""
    project = tiny_project(inputs={"status": {"path": "status.xlsx"}})
    book = openpyxl.Workbook()
    book.active.append(["place", "service", "served", "operator", "source", "date"])
    book.active.append([331126100201, "5g", True, None, "台账", dt.date(2024, 6, 30)])
    book.active.append([331126201203, "gigabit", "否", "", "台账", "2024年6月30日"])
    book.save(project.path.parent / "status.xlsx")
    status = load_region(project).status
    assert status["place"].tolist() == ["331126100201", "331126201203"]
    assert status["served"].tolist() == [True, False]
    assert status["date"].tolist() == ["2024-06-30", "2024-06-30"]


def test_a_workbook_that_is_none(tiny_project):
    project = tiny_project(inputs={"status": {"path": "status.xlsx"}})
    (project.path.parent / "status.xlsx").write_text("place,service,served")
    (problem,) = check(project)
    assert problem.file == "status.xlsx"
    assert "not an XLSX workbook" in problem.problem


def test_points_in_metres(tiny_project):
    project = tiny_project()
    before = load_region(project)
    xy = before.xy_m(before.nodes)
    rows = [row[:6] for row in rows_of(project, "nodes.csv")]
    lines = [",".join([*rows[0], "北坐标", "东坐标"])]
    lines += [",".join([*row, f"{y:.3f}", f"{x:.3f}"]) for row, (x, y) in zip(rows[1:], xy, strict=True)]
    changed = tiny_project(
        project.path.parent,
        inputs={"nodes": {"crs": "EPSG:32650", "columns": {"x": "东坐标", "y": "北坐标"}}},
    )
    (project.path.parent / "nodes.csv").write_text("\n".join(lines), encoding="utf-8")
    after = load_region(changed)
    assert abs(after.xy_m(after.nodes) - xy).max() < 0.01


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:32650"])
def test_vector_files_in_other_crs(tiny_project, crs):
    """CGCS2000 in degrees, northing-first and zone-prefixed metres, and UTM are the same places."""
    project = tiny_project(inputs={"townships": {"path": "townships.gpkg"}})
    folder = project.path.parent
    frame = gpd.read_file(folder / "townships.geojson")
    frame.to_crs(crs).to_file(folder / "townships.gpkg")
    after = load_region(project).townships
    assert (after.geometry.to_numpy()[0].hausdorff_distance(frame.geometry.to_numpy()[0])) < 1e-7


def test_geojson_in_metres_by_the_project_file(tiny_project):
    """GDAL takes any GeoJSON for WGS 84; the project file knows better."""
    project = tiny_project(inputs={"exclusions": {"crs": "EPSG:32650"}})
    path = project.path.parent / "exclusions.geojson"
    before = gpd.read_file(path)
    data = json.loads(before.to_crs("EPSG:32650").to_json())
    path.write_text(json.dumps(data), encoding="utf-8")
    after = load_region(project).exclusions
    assert after.geometry.to_numpy()[0].hausdorff_distance(before.geometry.to_numpy()[0]) < 1e-7


def test_geojson_in_gbk(tiny_project):
    project = tiny_project()
    path = project.path.parent / "townships.geojson"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    assert load_region(project).townships["name"].tolist() == NAMES


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "=1+1", "村🏔️", ' "quoted", spaced ', "NA", "null"]
)
def test_names_pass_untouched(tiny_project, name):
    project = tiny_project(inputs={"nodes": {"path": "nodes.xlsx"}})
    folder = project.path.parent
    for file in ("townships.geojson", "villages.geojson"):
        data = json.loads((folder / file).read_text(encoding="utf-8"))
        data["features"][1]["properties"]["name"] = name
        (folder / file).write_text(json.dumps(data), encoding="utf-8")
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][1] = name
    with (folder / "sites.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    book = xlsxwriter.Workbook(folder / "nodes.xlsx")
    sheet = book.add_worksheet()
    for r, row in enumerate(rows_of(project, "nodes.csv")):
        for c, cell in enumerate(row):
            sheet.write_string(r, c, name if (r, c) == (1, 1) else cell)
    book.close()
    region = load_region(project)
    assert region.townships["name"].iloc[1] == name
    assert region.villages["name"].iloc[1] == name
    assert region.sites.at["S1", "name"] == name
    assert region.nodes.at["N1", "name"] == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, True) for text in ("1", "true", "YES", "y", "是", "有", "1.0")],
        *[(text, False) for text in ("0", "False", "no", "N", "否", "无", "")],
    ],
)
def test_flags_in_two_languages(tiny_project, text, value):
    project = tiny_project()
    path = project.path.parent / "villages.geojson"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["features"][3]["properties"]["priority"] = text
    path.write_text(json.dumps(data), encoding="utf-8")
    assert load_region(project).villages["priority"].iloc[3] == value


@pytest.mark.parametrize("separator", [";", "；", "、", " ; ", ","])
def test_lists(tiny_project, separator):
    project = tiny_project()
    path = project.path.parent / "sites.csv"
    text = path.read_text(encoding="utf-8")
    cell = f"China Mobile{separator}China Unicom"
    path.write_text(text.replace("China Mobile;China Unicom", f'"{cell}"'), encoding="utf-8")
    assert load_region(project).sites.at["S1", "operators"] == ("China Mobile", "China Unicom")


def test_numbers_with_thousands(tiny_project):
    project = tiny_project()
    path = project.path.parent / "villages.geojson"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"population": 1800', '"population": "1,800"'), encoding="utf-8")
    assert load_region(project).villages.at["331126201201", "population"] == 1800


def test_columns_are_found_in_upper_case(tiny_project):
    project = tiny_project()
    path = project.path.parent / "sites.csv"
    header, rest = path.read_text(encoding="utf-8").split("\n", 1)
    before = load_region(project).sites
    path.write_text(header.upper() + "\n" + rest, encoding="utf-8")
    assert load_region(project).sites.equals(before)


def test_a_file_geodatabase(tiny_project):
    project = tiny_project(inputs={"townships": {"path": "base.gdb", "layer": "xz"}})
    townships_as(project, "base.gdb", driver="OpenFileGDB", layer="xz")
    region = load_region(project)
    assert region.townships["name"].tolist() == NAMES
    assert len(region.inputs["townships"]["sha256"]) == 64


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("structure", {"现有": "existing", "新建": "new", "Existing": "existing"}),
        ("transport", {"光缆": "fibre", "微波": "microwave"}),
        ("decision", {"可选": "free", "必建": "locked", "禁建": "forbidden"}),
    ],
)
def test_choices_in_chinese(tiny_project, column, words):
    project = tiny_project()
    path = project.path.parent / "sites.csv"
    frame = pd.read_csv(path, dtype=str)
    for word, value in words.items():
        frame.loc[3, column] = word
        frame.to_csv(path, index=False)
        assert load_region(project).sites.at["S4", column] == value


@pytest.mark.parametrize("name", ["villages", "keypoints", "sites", "nodes"])
def test_the_words_of_our_own_lists_are_understood(name):
    for column in TABLES[name].columns.values():
        for value in filter(None, column.values):
            for prefix in (
                "list.kind",
                "list.keypoint",
                "list.structure",
                "list.transport",
                "list.decision",
                "list.fibre",
            ):
                words = CATALOGUE.get(f"{prefix}.{value}")
                if words and prefix != ("list.kind" if name == "keypoints" else "list.keypoint"):
                    assert chosen(words["zh"], column.values) == value, words


def test_a_column_still_to_be_named_is_missing(tiny_project):
    project = tiny_project(inputs={"villages": {"columns": {"population": ""}}})
    path = project.path.parent / "villages.geojson"
    path.write_text(path.read_text(encoding="utf-8").replace('"population"', '"f_07"'), encoding="utf-8")
    (problem,) = check(project)
    assert (problem.file, problem.column) == ("villages.geojson", "population")
