"""CSV lists that Excel opens as they are: UTF-8 with a byte order mark, CRLF, no cell that runs.

The rule for text cells, which can be undone: a text that begins with ``=``, ``+``, ``-``, ``@``,
their full-width forms, a tab, a line break or an apostrophe gets one apostrophe in front, and Excel shows
it as text. A reader takes one leading apostrophe off (`restored`). Numbers are never touched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from dualgig.export.words import in_words

if TYPE_CHECKING:
    from pathlib import Path

    from dualgig.project import Language

_RISKY = re.compile(r"[=+\-@＝＋－＠\t\r\n']")


def write_csv(path: Path, table: pd.DataFrame, language: Language) -> None:
    """Write a table of `dualgig.export.tables` in words.

    Parameters
    ----------
    path
        The file.
    table
        Keys and codes; see `dualgig.export.words.in_words`.
    language
        Language of headers and words.
    """
    spoken = in_words(table, language)
    for column in spoken.columns:
        if not pd.api.types.is_numeric_dtype(spoken[column]):
            spoken[column] = spoken[column].map(protected, na_action="ignore")
    spoken.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def protected(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if _RISKY.match(text) else text


def restored(text: str) -> str:
    """What `protected` was given."""
    return text.removeprefix("'")
