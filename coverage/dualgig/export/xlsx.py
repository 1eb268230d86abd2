"""The lists of a plan as one workbook that finance and field teams open as it is."""

from __future__ import annotations

import unicodedata
from datetime import date as calendar_date
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from dualgig.export.datum import WGS84_DATUM
from dualgig.export.tables import all_tables, decimals
from dualgig.export.words import header, in_words
from dualgig.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from dualgig.export.datum import Datum
    from dualgig.plan import Plan
    from dualgig.project import Language

ROWS_A_SHEET = 1_048_575
"""Rows below the header that a sheet holds; longer tables go on on a second sheet."""

CHARACTERS_A_CELL = 32_767
"""Text that a cell holds; longer text is cut."""

SAMPLED_ROWS = 2_000
"""Rows that a column's width is taken from."""

MANY_CELLS = 1_000_000
"""Cells above which rows are streamed to disk instead of being held in memory."""

FONT = {"font_name": "Microsoft YaHei", "font_size": 10}


def write_xlsx(path: Path, plan: Plan, *, date: str, datum: Datum = WGS84_DATUM) -> None:
    """Write ``sites.xlsx``: sites, nodes, routes, villages, gaps, bill, cost lines, scoreboard.

    Every text is written as text, whatever it begins with; codes of many digits are text too.
    Equal plans of the same date give equal bytes.

    Parameters
    ----------
    path
        The file.
    plan
        The plan.
    date
        ``YYYY-MM-DD``, the workbook's date of creation.
    datum
        Of the coordinates.

    Raises
    ------
    OSError
        The disk is full or may not be written.
    """
    language = plan.region.project.project.language
    tables = all_tables(plan, datum)
    cells = sum(table.size for table in tables.values())
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": cells > MANY_CELLS,
        "tmpdir": str(path.parent),
    }
    book = xlsxwriter.Workbook(str(path), options)
    created = datetime.combine(calendar_date.fromisoformat(date), time())
    book.set_properties({"title": plan.region.project.title, "created": created, "author": "DualGig"})
    styles = _Styles(book)
    for name, table in tables.items():
        title = say(language, f"list.sheet.{name}")
        for part in range(max(1, -(-len(table) // ROWS_A_SHEET))):
            sheet = book.add_worksheet(title if part == 0 else f"{title} {part + 1}")
            rows = table.iloc[part * ROWS_A_SHEET : (part + 1) * ROWS_A_SHEET]
            _fill(sheet, rows, language, styles)
            if name == "bill":
                _total(sheet, rows, language, styles)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] from error


class _Styles:
    """Cell formats of one workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbers: dict[str, Format] = {}
        self.head = book.add_format(
            FONT
            | {
                "bold": True,
                "bg_color": "#1f3a5f",
                "font_color": "#ffffff",
                "text_wrap": True,
                "valign": "top",
            }
        )
        self.text = book.add_format(FONT)
        self.total = book.add_format(FONT | {"bold": True, "top": 1, "num_format": "#,##0"})

    def number(self, column: str) -> Format:
        """The number format of a column key."""
        places = decimals(column)
        if column in ("required", "before_share", "after_share"):
            pattern = "0.0%"
        elif column in ("unit_cny", "quantity"):
            pattern = "#,##0.###"
        elif column in ("price_year", "year", "year_5g", "year_gigabit"):
            pattern = "0"
        elif places:
            pattern = "0." + "0" * places
        else:
            pattern = "#,##0"
        if pattern not in self._numbers:
            self._numbers[pattern] = self._book.add_format(FONT | {"num_format": pattern})
        return self._numbers[pattern]


def _fill(sheet: Worksheet, table: pd.DataFrame, language: Language, styles: _Styles) -> None:
    """Write a table: header, rows, widths, frozen panes, filter."""
    spoken = in_words(table, language)
    columns: list[tuple[list[Any], bool, Format]] = []
    for number, key in enumerate(table.columns):
        values = spoken[header(language, key)]
        numeric = pd.api.types.is_numeric_dtype(values)
        style = styles.number(key) if numeric else styles.text
        sheet.set_column(number, number, _width(header(language, key), values), style)
        columns.append((values.astype(object).where(values.notna(), None).tolist(), numeric, style))
    sheet.write_row(0, 0, list(spoken.columns), styles.head)
    for row in range(len(table)):
        for number, (cells, numeric, style) in enumerate(columns):
            value = cells[row]
            if value is None or value == "":
                continue
            if numeric:
                sheet.write_number(row + 1, number, value, style)
            else:
                sheet.write_string(row + 1, number, str(value)[:CHARACTERS_A_CELL], style)
    sheet.freeze_panes(1, 3 if "name" in table.columns else 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _total(sheet: Worksheet, table: pd.DataFrame, language: Language, styles: _Styles) -> None:
    """Write the total under the bill, outside its filter."""
    row = len(table) + 1
    for number, key in enumerate(table.columns):
        if key == "line":
            sheet.write_string(row, number, say(language, "list.total"), styles.total)
        elif key == "amount_cny":
            sheet.write_number(row, number, int(table[key].sum()), styles.total)
        else:
            sheet.write_blank(row, number, None, styles.total)


def _width(head: str, values: pd.Series) -> float:
    """Column width in characters, an East Asian wide character counting as two; 8 to 44."""
    sample = values.head(SAMPLED_ROWS).dropna().astype(str)
    longest = max((_cells(text) for text in sample), default=0)
    return float(min(max(longest + 2, min(_cells(head), 16) + 2, 8), 44))


def _cells(text: str) -> int:
    """Width of a text in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
