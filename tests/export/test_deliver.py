"""`dualgig export`: every format of a planned folder, in every datum, read back and held against the plan."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from dualgig.errors import OutputError
from dualgig.export import deliver, tables
from dualgig.export.csv import restored
from dualgig.export.datum import DATUMS, Datum
from dualgig.export.deliver import FORMATS, export_plan
from dualgig.export.gpkg import write_gpkg
from dualgig.export.json import plan_json
from dualgig.export.words import in_words
from dualgig.region.datum import bd09_to_wgs84, gcj02_to_wgs84
from dualgig.text import say

TABLE_NAMES = [name for name in tables.SHEETS if name not in tables.WHERE_ASKED]


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=24)


@pytest.mark.parametrize("datum", DATUMS)
def test_csv_read_back_equals_the_lists(plan, tmp_path, datum):
    paths = export_plan(plan, ["csv"], tmp_path / "out", datum=datum, date="2025-03-01")
    assert [path.name for path in paths] == [f"{name}_{datum}.csv" for name in TABLE_NAMES]
    for path, (_, table) in zip(paths, tables.all_tables(plan, Datum(datum)).items(), strict=True):
        truth = in_words(table, "zh")
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        assert head == list(truth.columns)
        assert len(rows) == len(truth)
        for cells, values in zip(rows, truth.itertuples(index=False, name=None), strict=True):
            for cell, value in zip(cells, values, strict=True):
                if pd.isna(value):
                    assert cell == ""
                elif isinstance(value, str):
                    assert restored(cell) == value
                else:
                    assert float(cell) == value


@pytest.mark.parametrize("datum", DATUMS)
def test_xlsx_read_back_equals_the_lists(plan, tmp_path, datum):
    (path,) = export_plan(plan, ["xlsx"], tmp_path / "out", datum=datum, date="2025-03-01")
    assert path.name == f"plan_{datum}.xlsx"
    book = openpyxl.load_workbook(path)
    for name, table in tables.all_tables(plan, Datum(datum)).items():
        truth = in_words(table, "zh")
        head, *rows = book[say("zh", f"list.sheet.{name}")].iter_rows(values_only=True)
        assert list(head) == list(truth.columns)
        for cells, values in zip(rows, truth.itertuples(index=False, name=None), strict=False):
            for cell, value in zip(cells, values, strict=True):
                if pd.isna(value) or value == "":
                    assert cell is None
                else:
                    assert cell == (value if isinstance(value, str) else pytest.approx(value, rel=1e-12))


@pytest.mark.parametrize("datum", DATUMS)
def test_gpkg_read_back_is_at_the_same_places(plan, tmp_path, datum):
    (path,) = export_plan(plan, ["gpkg"], tmp_path / "out", datum=datum, date="2025-03-01")
    back = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}.get(datum)
    for name in ("townships", "villages", "sites", "nodes", "routes"):
        truth = getattr(plan, name)
        found = pyogrio.read_dataframe(path, layer=name)
        if back is None:
            shapes = found.to_crs(4326).geometry.to_numpy()
        else:
            shapes = shapely.transform(found.geometry.to_numpy(), lambda xy: np.column_stack(back(*xy.T)))
        assert found["id"].tolist() == truth.index.tolist()
        assert found["name"].tolist() == truth["name"].tolist() if "name" in truth else True
        assert shapely.hausdorff_distance(shapes, truth.geometry.to_numpy()).max() < 1e-9


def test_all_formats_at_once_and_the_datum_in_every_name(plan, tmp_path):
    formats = [name for name in FORMATS if name != "kml"]
    paths = export_plan(plan, formats, tmp_path / "out", datum="cgcs2000", zoned=True, date="2025-03-01")
    assert all("_cgcs2000_zoned." in path.name for path in paths)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in paths)
    assert {path.suffix for path in paths} == {".dxf", ".csv", ".xlsx", ".gpkg"}


def test_what_else_is_in_the_folder_stays_and_a_second_run_replaces(plan, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (first,) = export_plan(plan, ["kml"], out, date="2025-03-01")
    once = first.read_bytes()
    (second,) = export_plan(plan, ["kml"], out, date="2025-03-01")
    assert second.read_bytes() == once
    assert sorted(path.name for path in out.iterdir()) == ["notes.txt", "plan_wgs84.kml"]


def test_nothing_appears_when_one_of_several_formats_is_refused(plan, tmp_path):
    with pytest.raises(OutputError, match=r"plan_gcj02\.kml: KML is in WGS 84 by definition"):
        export_plan(plan, ["csv", "kml"], tmp_path / "out", datum="gcj02")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_write_that_fails_leaves_the_former_files(plan, tmp_path, monkeypatch):
    (path,) = export_plan(plan, ["xlsx"], tmp_path, date="2025-03-01")
    before = path.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(deliver, "write_kml", full)
    with pytest.raises(OutputError, match="the disk is full"):
        export_plan(replace(plan, shortage_cny=1), ["xlsx", "kml"], tmp_path, date="2025-03-02")
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_zone_numbers_without_cgcs2000_are_refused(plan, tmp_path):
    with pytest.raises(OutputError, match="only CGCS2000 has zone numbers"):
        export_plan(plan, ["csv"], tmp_path / "out", zoned=True)


@pytest.fixture(scope="module")
def folder(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps") / "fake"
    folder.mkdir()
    (folder / "plan.json").write_bytes(plan_json(plan))
    write_gpkg(folder / "plan.gpkg", plan, date="2025-03-01")
    return folder


class TestCommandLine:
    @staticmethod
    def run(*arguments, cwd=None):
        return subprocess.run(
            [sys.executable, "-m", "dualgig", "export", *map(str, arguments)],
            capture_output=True, text=True, check=False, cwd=cwd,
        )  # fmt: skip

    def test_a_planned_folder_is_exported(self, folder, tmp_path):
        done = self.run(
            folder,
            "--format",
            "survey",
            "--format",
            "csv",
            "--datum",
            "bd09",
            "--out",
            tmp_path / "o",
            "--language",
            "en",
        )
        assert done.returncode == 0, done.stderr
        assert "Written to" in done.stdout
        names = {path.name for path in (tmp_path / "o").iterdir()}
        assert names == {"survey_bd09.xlsx", *(f"{name}_bd09.csv" for name in TABLE_NAMES)}
        header = (tmp_path / "o" / "sites_bd09.csv").read_text(encoding="utf-8-sig").splitlines()[0]
        assert "Longitude (BD-09)" in header

    def test_it_lands_beside_the_plan_where_nothing_is_said(self, folder, tmp_path):
        done = self.run(folder, "--format", "kml", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "maps" / "fake-export" / "plan_wgs84.kml").is_file()

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (["--format", "kml", "--datum", "gcj02"], 1, "KML is in WGS 84 by definition"),
            (["--format", "pdf"], 2, "known are kml, dxf, csv, xlsx, gpkg, survey"),
            (["--format", "csv", "--datum", "beijing54"], 2, "none of wgs84"),
        ],
    )
    def test_what_cannot_be_is_told_in_a_sentence(self, folder, tmp_path, arguments, code, words):
        done = self.run(folder, *arguments, "--out", tmp_path / "o")
        assert done.returncode == code
        told = " ".join(part for line in done.stderr.splitlines() for part in line.replace("│", " ").split())
        assert words in told
        assert "Traceback" not in done.stderr

    def test_a_folder_that_is_no_plan(self, tmp_path):
        done = self.run(tmp_path, "--format", "csv")
        assert done.returncode == 1
        assert "there is no such file" in done.stderr
        assert "Traceback" not in done.stderr
