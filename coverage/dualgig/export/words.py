"""Tables in a person's language: headers and codes become words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from dualgig.text import CATALOGUE, say

if TYPE_CHECKING:
    from dualgig.project import Language

CODES = {
    "level": "level",
    "service": "service",
    "state": "state",
    "reason": "reason",
    "goal": "goal",
    "decision": "list.decision",
    "structure": "list.structure",
    "transport": "list.transport",
    "source": "list.source",
    "fibre": "list.fibre",
    "stands": "list.fibre",
    "build": "list.build",
    "kind": "list.kind",
    "group": "list.group",
    "standard": "list.standard",
    "fails": "list.keypoint",
    "verdict": "duty",
    "build_kind": "compare.kind",
    "change": "compare.change",
    "because": "compare.because",
    "status": "status",
    "line": "list.line",
    "unit": "list.unit",
    "why": "list.why",
    "fund": "list.fund",
    "county": "list.county",
    "rule_kind": "list.rule_kind",
    "against": "list.against",
    "measure": "list.measure",
    "station_unit": "list.station_unit",
}
"""Columns whose cells are codes, and where the catalogue has their words."""


def in_words(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Turn a table's keys and codes into words.

    Parameters
    ----------
    table
        A table of `dualgig.export.tables`.
    language
        ``zh`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        Headers in words; codes in words, joined by ``;`` where a cell holds several; flags as yes
        and no. A value that the catalogue does not know (a user's own kind) stays as it is.
    """
    flags = {True: say(language, "list.yes"), False: say(language, "list.no")}
    spoken = {}
    for column in table.columns:
        values = table[column]
        prefix = CODES.get(column.removesuffix("_5g").removesuffix("_gigabit"))
        if pd.api.types.is_bool_dtype(values):
            values = values.astype(object).map(flags)
        elif prefix is not None:
            words = {code: code_word(language, prefix, code) for code in values.dropna().unique()}
            values = values.map(words)
        spoken[header(language, column)] = values
    return pd.DataFrame(spoken, index=table.index)


def header(language: Language, column: str) -> str:
    """The header of a column key; of a cost line where the key is ``line.<name>``."""
    if column.startswith("line."):
        unit = say(language, "list.unit.CNY")
        word = code_word(language, "list.line", column.removeprefix("line."))
        return f"{word}（{unit}）" if language == "zh" else f"{word} ({unit})"
    return say(language, f"list.column.{column}")


def code_word(language: Language, prefix: str, code: str) -> str:
    """The word of a code, or of each of several joined by ``;``; an unknown code stays as it is."""
    return ";".join(
        say(language, f"{prefix}.{part}") if f"{prefix}.{part}" in CATALOGUE else part
        for part in code.split(";")
    )
