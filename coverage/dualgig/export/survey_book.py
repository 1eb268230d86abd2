"""Survey sheets as a workbook: a contents sheet, then a page for each new site, to be printed and filled in."""

from __future__ import annotations

import re
from datetime import date as calendar_date
from datetime import datetime, time
from typing import TYPE_CHECKING

import pandas as pd
import xlsxwriter

from dualgig.export.survey import surveys
from dualgig.export.words import header, in_words
from dualgig.export.xlsx import FONT
from dualgig.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from dualgig.export.datum import Datum
    from dualgig.export.survey import SiteSurvey
    from dualgig.plan import Plan
    from dualgig.project import Language

SITES_A_BOOK = 200
"""Sites of one workbook; more go on in further ones."""

COLUMNS = 10
"""Columns of a page."""

FACTS = (
    "site_id", "name", "township_name", "structure", "kind", "built", "operator", "bands", "mast_m", "ground_m",
    "search_radius_m", "villages", "alone", "transport", "power_km", "track_km",
)  # fmt: skip
"""What is said of a site, before its coordinates."""

TO_FILL_IN = ("position", "owner", "power", "access", "azimuth", "obstacles", "photos", "verdict", "surveyor")
"""Lines that the surveyor fills in."""

RULES = ("azimuth", "tilt", "radius", "fallback")

_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def write_surveys(path: Path, plan: Plan, *, date: str, datum: Datum) -> list[Path]:
    """Write the survey sheets of a plan's new sites.

    Parameters
    ----------
    path
        The workbook; `SITES_A_BOOK` sites and more go on in ``..._2.xlsx`` and so on beside it.
    plan
        The plan.
    date
        ``YYYY-MM-DD``, of the sheets.
    datum
        Of the coordinates.

    Returns
    -------
    list of pathlib.Path
        The workbooks.
    """
    found = surveys(plan, datum)
    written = []
    for number in range(max(1, -(-len(found) // SITES_A_BOOK))):
        name = path if number == 0 else path.with_stem(f"{path.stem}_{number + 1}")
        _book(name, found[number * SITES_A_BOOK : (number + 1) * SITES_A_BOOK], plan, date)
        written.append(name)
    return written


def _book(path: Path, found: list[SiteSurvey], plan: Plan, date: str) -> None:
    language = plan.region.project.project.language
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)})
    created = datetime.combine(calendar_date.fromisoformat(date), time())
    book.set_properties({"title": plan.region.project.title, "created": created, "author": "DualGig"})
    styles = _Styles(book)
    contents = book.add_worksheet(say(language, "list.survey.contents"))
    names = sheet_names([survey.id for survey in found], taken=contents.name)
    _contents(contents, found, names, language, styles)
    for survey, name in zip(found, names, strict=True):
        sheet = book.add_worksheet(name)
        _page(sheet, survey, plan, date, styles)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] from error


def sheet_names(ids: list[str], *, taken: str = "") -> list[str]:
    """Names of sheets after ids: at most 31 characters, none that Excel forbids, no two alike."""
    used, names = {taken.lower(), "history"}, []
    for site_id in ids:
        stem = _NO_SHEET_NAME.sub("_", site_id).strip() or "_"
        name, number = stem[:31], 1
        while name.lower() in used:
            number += 1
            name = f"{stem[: 30 - len(str(number))]}_{number}"
        used.add(name.lower())
        names.append(name)
    return names


class _Styles:
    """Cell formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        line = {"border": 1, "border_color": "#9aa5b1", "valign": "vcenter"}
        self.title = book.add_format(FONT | {"bold": True, "font_size": 14})
        self.section = book.add_format(FONT | {"bold": True, "font_color": "#ffffff", "bg_color": "#1f3a5f"})
        self.head = book.add_format(FONT | line | {"bold": True, "bg_color": "#e6ebf1", "text_wrap": True})
        self.text = book.add_format(FONT | line | {"text_wrap": True})
        self.note = book.add_format(
            FONT | {"italic": True, "font_color": "#52606d", "text_wrap": True, "valign": "top"}
        )
        self.link = book.add_format(FONT | line | {"font_color": "#1f5fa8", "underline": 1})


def _contents(
    sheet: Worksheet, found: list[SiteSurvey], names: list[str], language: Language, styles: _Styles
) -> None:
    """A row a site, its id a link to its page."""
    if not found:
        sheet.write_string(0, 0, say(language, "list.survey.none"), styles.note)
        return
    facts = pd.concat([survey.facts for survey in found], ignore_index=True)
    columns = _told(facts)
    spoken = in_words(facts[columns], language)
    for number, key in enumerate(columns):
        sheet.write_string(0, number, header(language, key), styles.head)
        for row, value in enumerate(spoken[header(language, key)].tolist(), start=1):
            if key == "site_id":
                sheet.write_url(row, number, f"internal:'{names[row - 1]}'!A1", styles.link, str(value))
            else:
                _cell(sheet, row, number, value, styles)
    sheet.set_column(0, len(columns) - 1, 14)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(found), len(columns) - 1)


def _page(sheet: Worksheet, survey: SiteSurvey, plan: Plan, date: str, styles: _Styles) -> None:
    """One site on one page: facts, sectors, villages, fallbacks, rules, and what is to be filled in."""
    language = plan.region.project.project.language
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_column(0, COLUMNS - 1, 12.5)
    title = f"{say(language, 'list.survey.title')} {survey.id} {survey.facts['name'].iloc[0]}"
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(
        1, 0, f"{plan.region.project.title} · {date} · {say(language, 'predicted')}", styles.note
    )
    row = _facts(sheet, 3, survey, language, styles)
    for key, table in (
        ("sectors", survey.sectors),
        ("villages", survey.villages),
        ("fallbacks", survey.fallbacks),
    ):
        row = _table(sheet, row + 1, say(language, f"list.survey.{key}"), table, language, styles)
    row = _section(sheet, row + 1, say(language, "list.survey.rules"), styles)
    for rule in RULES:
        sheet.merge_range(row, 0, row, COLUMNS - 1, "", styles.note)
        sheet.write_string(row, 0, say(language, f"list.survey.rule.{rule}"), styles.note)
        sheet.set_row(row, 30)
        row += 1
    row = _section(sheet, row + 1, say(language, "list.survey.to_fill_in"), styles)
    for line in TO_FILL_IN:
        sheet.merge_range(row, 0, row, 1, "", styles.head)
        sheet.write_string(row, 0, say(language, f"list.survey.fill.{line}"), styles.head)
        sheet.merge_range(row, 2, row, COLUMNS - 1, "", styles.text)
        sheet.set_row(row, 24)
        row += 1


def _facts(sheet: Worksheet, row: int, survey: SiteSurvey, language: Language, styles: _Styles) -> int:
    """Header and value side by side, two pairs a line."""
    facts = survey.facts
    columns = _told(facts)
    spoken = in_words(facts[columns], language)
    for number, key in enumerate(columns):
        line, left = row + number // 2, 5 * (number % 2)
        sheet.merge_range(line, left, line, left + 1, "", styles.head)
        sheet.write_string(line, left, header(language, key), styles.head)
        sheet.merge_range(line, left + 2, line, left + 4, "", styles.text)
        _cell(sheet, line, left + 2, spoken[header(language, key)].iloc[0], styles)
    return row + (len(columns) + 1) // 2


def _table(
    sheet: Worksheet, row: int, title: str, table: pd.DataFrame, language: Language, styles: _Styles
) -> int:
    row = _section(sheet, row, title, styles)
    if table.empty:
        sheet.write_string(row, 0, say(language, "list.survey.nothing"), styles.note)
        return row + 1
    spoken = in_words(table, language)
    for number, key in enumerate(table.columns):
        sheet.write_string(row, number, header(language, key), styles.head)
        for line, value in enumerate(spoken[header(language, key)].tolist(), start=row + 1):
            _cell(sheet, line, number, value, styles)
    sheet.set_row(row, 32)
    return row + 1 + len(table)


def _section(sheet: Worksheet, row: int, title: str, styles: _Styles) -> int:
    sheet.merge_range(row, 0, row, COLUMNS - 1, "", styles.section)
    sheet.write_string(row, 0, title, styles.section)
    return row + 1


def _told(facts: pd.DataFrame) -> list[str]:
    """Columns of what is said of a site: its year too in a plan over years, and its coordinates."""
    return [*FACTS, *(["year"] if "year" in facts else []), *_coordinates(facts)]


def _coordinates(facts: pd.DataFrame) -> list[str]:
    """Coordinate columns, which carry the datum in their names."""
    return [
        column for column in facts.columns if column.split("_")[0] in ("lon", "lat", "north", "east", "epsg")
    ]


def _cell(sheet: Worksheet, row: int, column: int, value: object, styles: _Styles) -> None:
    """Text as text, numbers as numbers, nothing for what is missing."""
    if value is None or value is pd.NA or value != value or value == "":  # noqa: PLR0124 - NaN is not itself
        sheet.write_blank(row, column, None, styles.text)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, styles.text)
    else:
        sheet.write_number(row, column, float(str(value)), styles.text)
