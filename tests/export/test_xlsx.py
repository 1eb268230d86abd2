"""The workbook: openpyxl reads back what the plan says, text stays text."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from dualgig.export import tables, xlsx
from dualgig.export.words import in_words
from dualgig.export.xlsx import write_xlsx
from dualgig.text import say


@pytest.fixture(scope="module", params=[(), (2023, 2024, 2025)], ids=["at-once", "years"])
def plan(make_plan, request):
    return make_plan("zh", villages=24, years=request.param)


@pytest.fixture(scope="module")
def book(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("xlsx") / "sites.xlsx"
    write_xlsx(path, plan, date="2025-03-01")
    return openpyxl.load_workbook(path)


def rows_of(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return list(head), rows


def test_every_list_is_a_sheet_in_the_language(plan, book):
    assert book.sheetnames == [
        say("zh", f"list.sheet.{name}")
        for name in tables.SHEETS
        if plan.years or name not in tables.WHERE_ASKED
    ]


@pytest.mark.parametrize("name", list(tables.SHEETS))
def test_cells_equal_the_plan(plan, book, name):
    if name in tables.WHERE_ASKED and not plan.years:
        assert say("zh", f"list.sheet.{name}") not in book.sheetnames
        return
    table = in_words(tables.SHEETS[name](plan), "zh")
    head, rows = rows_of(book[say("zh", f"list.sheet.{name}")])
    assert head == list(table.columns)
    if name == "bill":
        *rows, total = rows
        assert total[0] == "合计"
        assert total[head.index("金额（元）")] == plan.cost_cny
    assert len(rows) == len(table)
    for row, truth in zip(rows, table.itertuples(index=False, name=None), strict=True):
        for cell, value in zip(row, truth, strict=True):
            if pd.isna(value) or value == "":
                assert cell is None
            elif isinstance(value, str):
                assert cell == value
            else:
                assert cell == pytest.approx(value, rel=1e-12)


def test_text_is_text_and_nothing_runs(book):
    cells = [cell for sheet in book for row in sheet.iter_rows(min_row=2) for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    formula_like = [cell for cell in cells if cell.value == "=1+1"]
    assert formula_like
    assert all(cell.data_type == "s" for cell in formula_like)
    head, rows = rows_of(book["村庄"])
    assert all(isinstance(row[head.index("编码")], str) for row in rows)


def test_headers_stay_in_sight_and_filter(book):
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref.startswith("A1:")


def test_columns_are_wide_enough_for_chinese(book):
    sheet = book["站点"]
    column = next(cell for cell in sheet[1] if cell.value == "规划后运营商")
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in column.value)
    assert sheet.column_dimensions[column.column_letter].width >= wide


def test_equal_plans_of_a_day_give_equal_bytes(plan, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(tmp_path / name, plan, date="2025-03-01")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.properties.created == datetime(2025, 3, 1)  # noqa: DTZ001 - openpyxl gives a naive date


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "ROWS_A_SHEET", 10)
    monkeypatch.setattr(xlsx, "MANY_CELLS", 1)
    write_xlsx(tmp_path / "a.xlsx", plan, date="2025-03-01")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    ids = [row[1] for name in ("村庄", "村庄 2", "村庄 3") for row in rows_of(book[name])[1]]
    assert ids == [*plan.townships.index, *plan.villages.index]


def test_a_plan_without_anything_built_still_opens(plan, tmp_path):
    nothing = replace(plan, cost_lines=plan.cost_lines.iloc[:0], routes=plan.routes.iloc[:0])
    write_xlsx(tmp_path / "a.xlsx", nothing, date="2025-03-01")
    head, rows = rows_of(openpyxl.load_workbook(tmp_path / "a.xlsx")["光缆路由"])
    assert len(head) == (9 if plan.years else 8)
    assert rows == []
