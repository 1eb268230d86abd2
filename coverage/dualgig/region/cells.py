"""Cells of text to values: numbers, flags in Chinese and English, lists, dates, codes."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

from dualgig.region.choices import chosen
from dualgig.region.findings import closest

if TYPE_CHECKING:
    from dualgig.region.schema import Column

TRUE = frozenset({"1", "1.0", "true", "t", "yes", "y", "是", "有", "对", "√", "✓"})
FALSE = frozenset({"0", "0.0", "false", "f", "no", "n", "否", "无", "不", "×", "✗"})

LARGEST = 10**12
"""Whole numbers beyond this are mistakes: more than all people, homes or ports."""

_LIST = re.compile(r"[;；、,，]")
_SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,，]\d{3})+(\.0*)?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?([ T].*)?")
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


class CellError(ValueError):
    """A cell that cannot be what its column asks for.

    Parameters
    ----------
    problem, mend
        What is wrong, and what to do about it.
    """

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.mend = mend


def parse(text: str, column: Column) -> object:
    """The value of one cell that is not empty.

    Parameters
    ----------
    text
        The cell; text columns without a choice of values keep it untouched.
    column
        What the schema asks for.

    Raises
    ------
    CellError
        The cell cannot be read as that.
    """
    stripped = text.strip()
    if stripped.upper() in _EXCEL_ERRORS:
        raise CellError(
            f"{stripped} is an error value of a spreadsheet.", "Mend the formula, or type the value."
        )
    match column.kind:
        case "text":
            return _choice(text, column) if column.values else text
        case "code":
            return _code(stripped)
        case "integer":
            return _integer(stripped, column)
        case "number":
            return _number(stripped, column)
        case "flag":
            return _flag(stripped)
        case "list":
            items = tuple(item.strip() for item in _LIST.split(text) if item.strip())
            return items if column.degrees is None else tuple(_angle(item, column) for item in items)
        case "date":
            return _date(stripped)


def _choice(text: str, column: Column) -> str:
    known = [value for value in column.values if value]
    value = chosen(text, known)
    if value:
        return value
    meant = closest(text.strip(), known, 0.6)
    hint = f" Did you mean {meant}?" if meant else ""
    raise CellError(f"{text.strip()!r} is not known here.", f"Write one of {', '.join(known)}.{hint}")


def _code(text: str) -> str:
    if _SCIENTIFIC.fullmatch(text):
        raise CellError(
            f"{text} is a code that Excel turned into a number; its last digits are lost.",
            "Format the column as text in Excel, copy the codes in again from their source, and save.",
        )
    whole, dot, fraction = text.partition(".")
    return whole if dot and whole.isdigit() and not fraction.strip("0") else text


def _integer(text: str, column: Column) -> int:
    value = _finite(text, column)
    if value != math.floor(value):
        raise CellError(f"{text!r} is not a whole number.", f"Write a whole number ({column.meaning}).")
    if value > LARGEST:
        raise CellError(f"{text} is too large to be true.", f"Correct the number ({column.meaning}).")
    return int(value)


def _number(text: str, column: Column) -> float:
    return _finite(text, column)


def _finite(text: str, column: Column) -> float:
    """A number that is finite and not negative."""
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "").replace("，", "")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise CellError(f"{text!r} is not a number.", f"Write a number without unit ({column.meaning}).")
    if value < 0:
        raise CellError(f"{text} is negative.", f"Write 0 or more ({column.meaning}).")
    return abs(value)


def _angle(text: str, column: Column) -> str:
    """An angle in its shortest form, within the column's range."""
    least, most = column.degrees or (-math.inf, math.inf)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise CellError(
            f"{text!r} is no angle between {least:g} and {most:g} degrees.",
            f"Write degrees separated by ; ({column.meaning}).",
        )
    return f"{value:.12g}"


def _flag(text: str) -> bool:
    word = text.lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise CellError(f"{text!r} is neither yes nor no.", "Write 1 or 0, yes or no, 是 or 否.")


def _date(text: str) -> str:
    match = _DATE.fullmatch(text)
    if match:
        year, month, day = (int(part) for part in match.groups()[:3])
        try:
            return dt.date(year, month, day).isoformat()
        except ValueError:
            pass
    raise CellError(f"{text!r} is not a date.", "Write it as YYYY-MM-DD, e.g. 2024-06-30.")
