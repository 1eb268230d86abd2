"""A TOML file line by line: values, comments, and marks where a person is asked."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

from dualgig.text import say

if TYPE_CHECKING:
    from dualgig.project import Language

MARK = "???"
"""Stands in a comment where something is to be filled in or confirmed."""

NOTES_AT = 34
"""Column of the comments behind values."""

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


class Draft:
    """The lines of a project file as they are written.

    Attributes
    ----------
    lines : list of str
        What stands there so far.
    marks : int
        How often a person is asked.
    """

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self.lines: list[str] = []
        self.marks = 0

    def say(self, key: str, **values: object) -> str:
        """A text in the file's language."""
        return say(self._language, key, **values)

    def blank(self) -> None:
        """An empty line."""
        self.lines.append("")

    def comment(self, text: str) -> None:
        """Lines of comment."""
        self.lines += [f"# {_printable(line)}".rstrip() for line in text.split("\n")]

    def section(self, name: str, about: str = "") -> None:
        """The head of a section, with an empty line and what it is about before it."""
        self.blank()
        if about:
            self.comment(about)
        self.lines.append(name)

    def put(self, key: str, value: object, note: str = "", *, ask: str = "", off: bool = False) -> None:
        """A key with its value.

        Parameters
        ----------
        key, value
            The key, and a text, number, flag, or list of texts.
        note
            What the comment behind it says.
        ask
            What a person is asked about it.
        off
            Whether the line is commented out.
        """
        line = f"{'# ' if off else ''}{toml_key(key)} = {toml_value(value)}"
        if ask:
            self.marks += 1
            note = f"{MARK} {ask}"
        if note:
            line += " " * max(0, NOTES_AT - _width(line)) + f"  # {_printable(note)}"
        self.lines.append(line)

    def ask(self, text: str) -> None:
        """A line of comment that asks a person."""
        self.marks += 1
        self.comment(f"{MARK} {_printable(text)}")

    def text(self) -> str:
        """The whole file."""
        return "\n".join(self.lines).strip("\n") + "\n"


def _printable(text: str) -> str:
    """The text on one line, without the control characters that TOML refuses in comments."""
    return "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)


def _width(text: str) -> int:
    """Columns that a text takes in an editor; Chinese letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def toml_key(key: str) -> str:
    """A key as TOML writes it."""
    return key if key and set(key) <= _BARE else toml_value(key)


def toml_value(value: object) -> str:
    """A text, number, flag, or list as TOML writes it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    # TOML's basic strings are JSON's, but for a character that JSON leaves alone.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
