"""What can go wrong, said so that a planner can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with an input, and its mend.

    Parameters
    ----------
    file
        Path of the file, as the project file names it.
    row
        Row of the table as a person counts it (the header is row 1 of a CSV or sheet; the first
        feature of a layer is feature 1), or ``None`` when the whole file is meant.
    column
        The column's name in the user's file, or ``""``.
    problem
        What is wrong.
    mend
        What to do about it.
    severity
        ``"error"`` stops the run; ``"warning"`` is told and the run goes on.
    """

    file: str
    row: int | None
    column: str
    problem: str
    mend: str
    severity: str = "error"

    def __str__(self) -> str:
        """One line: file, row, column, problem, mend."""
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column:
            where += f", column {self.column}"
        return f"{where}: {self.problem} {self.mend}".strip()


class DualGigError(Exception):
    """Base of every error that DualGig raises on purpose; its text is fit for a user."""


class InputError(ValueError, DualGigError):
    """One or more inputs are wrong; carries all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ProjectError(ValueError, DualGigError):
    """The project file itself is wrong."""


class SolverError(RuntimeError, DualGigError):
    """The solver ended without a plan and without a proof that there is none."""


class OutputError(OSError, DualGigError):
    """The outputs cannot be written."""


class NotFoundError(LookupError, DualGigError):
    """A site, place or band is asked for that the region does not have."""


class ContradictionError(ValueError, DualGigError):
    """A planner's wishes contradict one another: locked and forbidden, or locked beyond the budget."""
