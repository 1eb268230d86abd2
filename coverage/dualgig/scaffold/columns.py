"""Which column of a file is which of ours: by its name, checked against what stands in it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.region.cells import CellError, parse
from dualgig.region.codes import CODE_LENGTHS
from dualgig.region.coordinates import AXES
from dualgig.region.schema import TABLES
from dualgig.scaffold.words import COLUMNS, COLUMNS_OF, WEAK

if TYPE_CHECKING:
    from dualgig.region.schema import Column
    from dualgig.scaffold.survey import Table

LIKELY = 0.55
"""Likeness of names from which a column is looked at."""

FITS = 0.8
"""Share of the cells that must be readable as what the column asks for."""

CODED = ("townships", "villages")
"""Tables whose ids usually are division codes."""

SAMPLE = 400
"""Different cells of a column that are looked at."""

SHORTEST_CUT = 4
"""Letters from which a name may be the beginning of a longer one: shapefiles cut at 10 bytes."""

EASTING_NAMES = (*AXES["x"], "横坐标", "东", "坐标y", "coord_x", "point_x")
NORTHING_NAMES = (*AXES["y"], "纵坐标", "北", "坐标x", "coord_y", "point_y")
LONGITUDE_NAMES = (*AXES["lon"], "东经", "经度e", "lon_wgs", "wgs84经度")
LATITUDE_NAMES = (*AXES["lat"], "北纬", "纬度n", "lat_wgs", "wgs84纬度")

_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


@dataclass(frozen=True)
class Columns:
    """The columns of a file, as far as they could be told.

    Parameters
    ----------
    named
        Our column -> the file's.
    unfit
        Our column -> the file's column of that name and a cell in it that cannot be what we need.
    axes
        ``lon`` and ``lat``, or ``x`` and ``y`` -> the file's; empty where there are none.
    bounds
        Lowest and highest of both coordinate columns: west, south, east, north.
    """

    named: dict[str, str]
    unfit: dict[str, tuple[str, str]] = field(default_factory=dict)
    axes: dict[str, str] = field(default_factory=dict)
    bounds: tuple[float, float, float, float] | None = None


def guess_columns(table: Table, name: str) -> Columns:
    """Match the columns of a file with those of one of our tables.

    Parameters
    ----------
    table
        What was found.
    name
        A key of ``TABLES``.
    """
    axes, bounds = guess_axes(table.cells) if not table.shape else ({}, None)
    free = [str(column) for column in table.cells.columns if column not in axes.values()]
    scored = []
    unfit: dict[str, tuple[str, str]] = {}
    for order, (ours, spec) in enumerate(TABLES[name].columns.items()):
        for position, theirs in enumerate(free):
            likeness = likeness_of(theirs, ours, name)
            if likeness < LIKELY and not (ours == "id" and theirs.strip().lower() in WEAK):
                continue
            fit, example = fitness(table.cells[theirs], spec, unique=ours == "id")
            if fit >= FITS:
                if ours == "id" and name in CODED:
                    # Many layers have a column "id" that only counts rows beside the division codes.
                    fit *= 0.5 + 0.5 * _coded(table.cells[theirs])
                scored.append((-likeness * fit, order, position, ours, theirs))
            elif example and likeness > LIKELY:
                unfit.setdefault(ours, (theirs, example))
    named: dict[str, str] = {}
    for *_, ours, theirs in sorted(scored):
        if ours not in named and theirs not in named.values():
            named[ours] = theirs
    if "id" in TABLES[name].columns and "id" not in named:
        code = _code_column(table.cells, [c for c in free if c not in named.values()])
        if code:
            named["id"] = code
    return Columns(named, {k: v for k, v in unfit.items() if k not in named}, axes, bounds)


def likeness_of(theirs: str, ours: str, name: str) -> float:
    """How much a column's name is like one of ours in a table, 0 to 1."""
    lowered = theirs.strip().lower()
    if lowered == ours:
        return 1.0
    plain = _plain(lowered)
    of_table = COLUMNS_OF.get(name, {}).get(ours, ())
    general = COLUMNS.get(ours, ())
    for known, score in ((of_table, 0.97), (general, 0.95)):
        if lowered in known or plain in {_plain(word) for word in known} - {""}:
            return score
    words = (*of_table, *general)
    if len(plain) >= SHORTEST_CUT and any(_plain(word).startswith(plain) for word in words):
        return 0.85
    within = [len(word) for word in words if not word.isascii() and len(word) > 1 and word in plain]
    if within:
        return min(0.84, 0.64 + 0.04 * max(within))
    if set(re.split(r"[^a-z]+", lowered)) & {word for word in words if word.isascii()}:
        return 0.7
    close = difflib.get_close_matches(plain, [ours, *(word for word in words if word.isascii())], 1, 0.84)
    return 0.6 if close and len(plain) > 4 else 0.0


def fitness(cells: pd.Series, spec: Column, *, unique: bool) -> tuple[float, str]:
    """Share of a column's cells that can be what one of ours asks for, and one that cannot."""
    texts = [text for text in dict.fromkeys(cells.tolist()) if text.strip()][:SAMPLE]
    if not texts:
        return 0.0, ""
    bad = [text for text in texts if not _readable(text, spec)]
    fit = 1.0 - len(bad) / len(texts)
    if unique:
        filled = [text for text in cells.tolist() if text.strip()]
        repeated = len(filled) - len(set(filled))
        # An id that repeats now and then is a mistake for `check` to tell; one that mostly does is none.
        fit *= 1.0 if repeated * 5 <= len(filled) else 0.0
    return fit, bad[0] if bad else ""


def guess_axes(cells: pd.DataFrame) -> tuple[dict[str, str], tuple[float, float, float, float] | None]:
    """The coordinate columns of a sheet, by their names and numbers, and what they span."""
    for east_names, north_names in ((LONGITUDE_NAMES, LATITUDE_NAMES), (EASTING_NAMES, NORTHING_NAMES)):
        east, north = (_axis(cells, names) for names in (east_names, north_names))
        if not east or not north:
            continue
        spans = []
        for column in (east, north):
            numbers = pd.to_numeric(cells[column].str.strip(), errors="coerce").to_numpy(dtype=np.float64)
            numbers = numbers[np.isfinite(numbers)]
            if len(numbers) * 2 < len(cells):
                break
            spans.append((float(numbers.min()), float(numbers.max())))
        if len(spans) < 2:
            continue
        (west, east_end), (south, north_end) = spans
        bounds = (west, south, east_end, north_end)
        degrees = max(abs(west), abs(east_end)) <= 180 and max(abs(south), abs(north_end)) <= 180
        if degrees and max(abs(south), abs(north_end)) > 90:
            # X and Y of a surveyor: northing first.
            return {"lon": north, "lat": east}, (south, west, north_end, east_end)
        return {"lon": east, "lat": north} if degrees else {"x": east, "y": north}, bounds
    return {}, None


def _axis(cells: pd.DataFrame, names: tuple[str, ...]) -> str:
    """The column with one of the names, units and marks aside."""
    for form in (str, _plain):
        for column in cells.columns:
            if form(str(column).strip().lower()) in names:
                return str(column)
    return ""


def _plain(name: str) -> str:
    """A name's letters, without what stands in brackets, digits, signs and spaces."""
    bare = _BRACKETS.sub("", name)
    return "".join(letter for letter in (bare or name) if letter.isalpha())


def _readable(text: str, spec: Column) -> bool:
    try:
        parse(text, spec)
    except CellError:
        return False
    return True


def _code_column(cells: pd.DataFrame, free: list[str]) -> str:
    """A column whose cells are division codes, each its own, whatever its name."""
    for column in free:
        if _coded(cells[column]) == 1.0 and cells[column].is_unique:
            return column
    return ""


def _coded(cells: pd.Series) -> float:
    """Share of a column's cells that look like division codes."""
    codes = [t.strip() for t in cells.tolist()]
    return float(np.mean([c.isascii() and c.isdigit() and len(c) in CODE_LENGTHS for c in codes]))
