"""Collects what is wrong with the inputs, so that all of it is told at once."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from dualgig.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


class Findings:
    """The problems found so far.

    Attributes
    ----------
    problems : list of Problem
        In the order in which they were found.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def error(self, file: str, row: int | None, column: str, problem: str, mend: str) -> None:
        """Note something that stops the run."""
        self.problems.append(Problem(file, row, column, problem, mend))

    def warn(self, file: str, row: int | None, column: str, problem: str, mend: str) -> None:
        """Note something that is told while the run goes on."""
        self.problems.append(Problem(file, row, column, problem, mend, severity="warning"))

    @property
    def errors(self) -> list[Problem]:
        """Errors by file, row and column."""
        return [problem for problem in self.sorted() if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """Warnings by file, row and column."""
        return [problem for problem in self.sorted() if problem.severity == "warning"]

    def sorted(self) -> list[Problem]:
        """Every problem by file, row and column; a whole file comes before its rows."""
        return sorted(
            self.problems,
            key=lambda p: (p.file, 0 if p.row is None else p.row, p.column, p.severity, p.problem),
        )


def closest(word: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """The known word most like another one, or an empty text; upper and lower case are alike."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=cutoff)
    return by_lower[close[0]] if close else ""


def listed(words: Iterable[str], limit: int = 8) -> str:
    """Words as a person lists them, the first few where there are many."""
    words = list(words)
    shown = ", ".join(words[:limit])
    return f"{shown} and {len(words) - limit} more" if len(words) > limit else shown
