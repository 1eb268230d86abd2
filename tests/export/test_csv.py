"""CSV lists: what Excel shows, and what a program reads back."""

from __future__ import annotations

import csv
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualgig.export import tables
from dualgig.export.csv import protected, restored, write_csv
from dualgig.export.words import header


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=24)


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_excel_finds_its_encoding_and_line_ends(plan, tmp_path):
    path = tmp_path / "villages.csv"
    write_csv(path, tables.places(plan), "zh")
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf\xe5")
    assert content.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n", content)


def test_places_read_back_equal_the_plan(plan, tmp_path):
    path = tmp_path / "villages.csv"
    write_csv(path, tables.places(plan), "zh")
    rows = {row["编码"]: row for row in read(path) if row["层级"] == "村"}
    yes = {True: "是", False: "否"}
    assert set(rows) == set(plan.villages.index)
    for village in plan.villages.itertuples():
        row = rows[village.Index]
        assert restored(row["名称"]) == village.name
        assert row["5G：现状"] == yes[village.before_5g]
        assert row["5G：规划后"] == yes[village.after_5g]
        assert row["千兆光网：规划后"] == yes[village.after_gigabit]
        assert int(row["人口"]) == village.population
        assert row["主服务站点编码"] == village.server
        for key, value in (("SS-RSRP（dBm）", village.rsrp_dbm), ("光缆长度（km）", village.cable_km)):
            assert row[key] == "" if np.isnan(value) else float(row[key]) == pytest.approx(value, abs=0.006)
        cost = plan.villages.at[village.Index, "cost_5g_cny"]
        assert row["5G：补盲费用（元）"] == (
            "" if cost is plan.villages["cost_5g_cny"].dtype.na_value else str(cost)
        )


def test_sites_read_back_equal_the_plan(plan, tmp_path):
    path = tmp_path / "sites.csv"
    write_csv(path, tables.sites(plan), "zh")
    rows = {row["编码"]: row for row in read(path)}
    assert set(rows) == set(plan.sites.index)
    for site, row in rows.items():
        truth = plan.sites.loc[site]
        assert int(row["费用（元）"]) == truth["cost_cny"]
        assert row["在址运营商"] == ";".join(truth["operators"])
        assert row["规划后频段"] == truth["bands"]
        assert float(row["经度（WGS 84）"]) == pytest.approx(truth.geometry.x, abs=1e-7)
        assert float(row["纬度（WGS 84）"]) == pytest.approx(truth.geometry.y, abs=1e-7)


def test_a_name_that_begins_like_a_formula_is_text_and_numbers_stay_numbers(plan, tmp_path):
    path = tmp_path / "villages.csv"
    write_csv(path, tables.places(plan), "zh")
    rows = read(path)
    assert [row["名称"] for row in rows if "1+1" in row["名称"]] == ["'=1+1"]
    levels = [row["SS-RSRP（dBm）"] for row in rows if row["SS-RSRP（dBm）"]]
    assert levels
    assert all(level.startswith("-") and float(level) < 0 for level in levels)


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1", "＋1", "－1", "＠x", "'a"]
)
def test_what_a_spreadsheet_might_run_gets_an_apostrophe(text):
    assert protected(text) == "'" + text


@given(st.text())
def test_the_rule_can_be_undone(text):
    assert restored(protected(text)) == text
    assert not re.match(r"[=+\-@\t\r]", protected(text))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_headers_follow_the_language(plan, tmp_path, language):
    path = tmp_path / "sites.csv"
    table = tables.sites(plan)
    write_csv(path, table, language)
    assert list(read(path)[0]) == [header(language, column) for column in table.columns]
