"""Every word that people read, in Chinese and English, under one key each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.text import (
    calibration,
    common,
    link,
    lists,
    maps,
    pictures,
    policy,
    region,
    report,
    scaffold,
    terminal,
    whatif,
)

if TYPE_CHECKING:
    from dualgig.project import Language

CATALOGUE: dict[str, dict[str, str]] = {
    **common.TEXT,
    **calibration.TEXT,
    **terminal.TEXT,
    **maps.TEXT,
    **pictures.TEXT,
    **report.TEXT,
    **lists.TEXT,
    **policy.TEXT,
    **link.TEXT,
    **region.TEXT,
    **scaffold.TEXT,
    **whatif.TEXT,
}


def say(language: Language, key: str, /, **values: object) -> str:
    """The text of a key in a language, its ``{fields}`` filled in.

    Raises
    ------
    KeyError
        The key is not in the catalogue.
    """
    text = CATALOGUE[key][language]
    return text.format(**values) if values else text
