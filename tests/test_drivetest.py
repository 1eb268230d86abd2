"""Drive tests as they come: headers, bands, sites and PCIs, and what is told of wrong cells."""

import numpy as np
import pandas as pd
import pytest

import dualgig as dg
from dualgig.errors import InputError
from dualgig.region.datum import wgs84_to_gcj02

# Beside S1, S2 and S6 of the tiny region.
LON, LAT = (119.0471, 119.1018, 119.1321), (27.6245, 27.6237, 27.6223)


@pytest.fixture
def region(tiny_project):
    project = tiny_project()
    sites = pd.read_csv(project.path.parent / "sites.csv", dtype=str)
    sites["pci"] = ["101;102;103", "7;8;9", "", "", "", "101;104", ""]
    sites.to_csv(project.path.parent / "sites.csv", index=False)
    return dg.load_region(project)


def samples(**changes):
    table = {
        "lon": list(LON),
        "lat": list(LAT),
        "site": ["S1", "S2", "S6"],
        "band": ["n28", "n41", "n78"],
        "rsrp": [-80.5, -95, -110],
    }
    return pd.DataFrame({**table, **changes})


def read(region, table, tmp_path, columns=None, **options):
    table.to_csv(tmp_path / "drive.csv", index=False)
    return dg.read_drive_test(region, tmp_path / "drive.csv", columns, **options)


def ids(region, test):
    return region.sites.index.to_numpy()[test.table["site"]].tolist()


def test_a_plain_table_is_read(region, tmp_path):
    test = read(region, samples(route=["A", "A", "B"]), tmp_path)
    assert ids(region, test) == ["S1", "S2", "S6"]
    assert test.table["row"].tolist() == [2, 3, 4]
    assert test.table["rsrp_dbm"].tolist() == [-80.5, -95.0, -110.0]
    assert test.table["band"].tolist() == ["n28", "n41", "n78"]
    assert test.table["route"].tolist() == ["A", "A", "B"]
    sites_xy = region.xy_m(region.sites)[test.table["site"]]
    assert np.hypot(*(test.table[["x_m", "y_m"]].to_numpy() - sites_xy).T).max() < 1500
    assert test.warnings == ()
    assert len(test.sha256) == 64


@pytest.mark.parametrize(
    "headers",
    [
        {"lon": "经度", "lat": "纬度", "site": "基站名称", "band": "频段", "rsrp": "SS-RSRP（dBm）"},
        {
            "lon": "Longitude",
            "lat": "Latitude",
            "site": "gNB ID",
            "band": "NR Band",
            "rsrp": "NR SS-RSRP [dBm]",
        },
        {"lon": "lng", "lat": "lat", "site": "站号", "band": "工作频段", "rsrp": "主服务小区RSRP"},
        {"rsrp": "rsrp_dbm"},
    ],
)
def test_usual_headers_are_known(region, tmp_path, headers):
    table = samples().rename(columns=headers)
    assert ids(region, read(region, table, tmp_path)) == ["S1", "S2", "S6"]


def test_other_headers_are_named(region, tmp_path):
    table = samples().rename(columns={"rsrp": "L1", "lon": "E", "lat": "N"})
    test = read(region, table, tmp_path, {"rsrp_dbm": "L1", "lon": "E", "lat": "N"})
    assert test.table["rsrp_dbm"].tolist() == [-80.5, -95.0, -110.0]


def test_a_chinese_encoding_and_a_workbook(region, tmp_path):
    table = samples(site=["城中机房", "岭头铁塔", "下洋新站"]).rename(
        columns={"site": "站名", "rsrp": "电平"}
    )
    table.to_csv(tmp_path / "gbk.csv", index=False, encoding="gbk")
    table.to_excel(tmp_path / "book.xlsx", index=False)
    for name in ("gbk.csv", "book.xlsx"):
        assert ids(region, dg.read_drive_test(region, tmp_path / name)) == ["S1", "S2", "S6"]


def test_bands_in_other_spellings(region, tmp_path):
    test = read(region, samples(band=["28", "N41", "Band 78"]), tmp_path)
    assert test.table["band"].tolist() == ["n28", "n41", "n78"]


def test_sites_by_pci_the_nearest_of_those_that_have_it(region, tmp_path):
    # given 101 on S1 in the west and on S6 in the east
    table = samples(pci=["101", "8", "101"]).drop(columns="site")
    assert ids(region, read(region, table, tmp_path)) == ["S1", "S2", "S6"]
    # and the site, where it is given, counts more than the PCI
    table = samples(site=["", "S5", ""], pci=["101", "8", "104"])
    assert ids(region, read(region, table, tmp_path)) == ["S1", "S5", "S6"]


def test_silence_is_a_sample_without_a_level(region, tmp_path):
    test = read(region, samples(rsrp=["-80", "", "N/A"]), tmp_path)
    assert test.table["rsrp_dbm"].isna().tolist() == [False, True, True]


def test_coordinates_in_gcj02_are_moved_back(region, tmp_path):
    plain = read(region, samples(), tmp_path).table
    lon, lat = wgs84_to_gcj02(np.array(LON), np.array(LAT))
    shifted = read(region, samples(lon=lon, lat=lat), tmp_path, crs="GCJ-02").table
    assert shifted[["x_m", "y_m"]].to_numpy() == pytest.approx(plain[["x_m", "y_m"]].to_numpy(), abs=0.5)


@pytest.mark.parametrize(
    ("changes", "row", "column", "words"),
    [
        ({"rsrp": ["-80", "abc", "-90"]}, 3, "rsrp", "'abc' is no SS-RSRP"),
        ({"rsrp": ["-80", "-95", "12"]}, 4, "rsrp", "'12' is no SS-RSRP"),
        ({"lon": ["119.02", "119.07", "x"]}, 4, "lon", "'x' is not a number"),
        ({"lat": ["27.6", "", "27.6"]}, 3, "lat", "the coordinate is missing"),
        ({"band": ["n28", "n5", "n41"]}, 3, "band", "'n5' is no band of the project's configurations"),
        ({"site": ["", "S2", "S6"], "pci": ["1008", "8", "104"]}, 2, "pci", "'1008' is no physical cell id"),
        ({"lon": ["27.6"] * 3, "lat": ["119.0"] * 3}, None, "lon, lat", "look swapped"),
    ],
)
def test_wrong_cells_are_told_by_row_and_column(region, tmp_path, changes, row, column, words):
    with pytest.raises(InputError) as error:
        read(region, samples(**changes), tmp_path)
    problem = error.value.problems[0]
    assert problem.file == "drive.csv"
    assert problem.row == row
    assert column in problem.column
    assert words in problem.problem


@pytest.mark.parametrize(
    ("drop", "more", "words"),
    [
        (["rsrp"], {}, "there is no column 'rsrp_dbm'"),
        (["site"], {}, "there is no column 'site'"),
        (["band"], {}, "there is no column 'band'"),
        (["lon"], {}, "no coordinate columns"),
        ([], {"SS-RSRP": [-1.0] * 3}, "could all be rsrp_dbm"),
    ],
)
def test_missing_and_doubtful_columns_are_told(region, tmp_path, drop, more, words):
    with pytest.raises(InputError, match=words):
        read(region, samples(**more).drop(columns=drop), tmp_path)


@pytest.mark.parametrize(
    ("columns", "words"),
    [({"rsrp_dbm": "RSRQ"}, "no column 'RSRQ'"), ({"rsrp_dmb": "rsrp"}, "Did you mean rsrp_dbm")],
)
def test_columns_named_wrongly_are_told(region, tmp_path, columns, words):
    with pytest.raises(InputError, match=words):
        read(region, samples(), tmp_path, columns)


def test_sites_that_are_not_the_projects_are_left_out_and_told(region, tmp_path):
    table = pd.concat([samples(), samples(site=["S9", "S9", ""])], ignore_index=True)
    test = read(region, table, tmp_path)
    assert len(test.table) == 3
    told = [(problem.row, problem.column, problem.severity) for problem in test.warnings]
    assert told == [(5, "site", "warning"), (7, "site", "warning")]
    assert "'S9' is no site of the project (this and 1 more rows)" in str(test.warnings[0])
    with pytest.raises(InputError, match="no row is of a site of the project"):
        read(region, samples(site=["S9"] * 3), tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nothing.csv", None, "there is no such file"),
        ("drive.kml", "x", "neither CSV nor XLSX"),
        ("empty.csv", "lon,lat,site,band,rsrp\n", "no rows"),
        ("blank.csv", "", "header"),
    ],
)
def test_files_that_are_none(region, tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        dg.read_drive_test(region, tmp_path / name)


def test_one_band_of_the_project_needs_no_column(tiny_project, tmp_path):
    own = [{"id": "cm-n28", "operator": "China Mobile", "bands": ["n28"]}]
    region = dg.load_region(tiny_project(configurations=own))
    assert set(read(region, samples().drop(columns="band"), tmp_path).table["band"]) == {"n28"}
