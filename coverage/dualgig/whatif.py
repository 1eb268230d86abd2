"""What if: the project with other decisions and another budget, everything else as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.errors import ContradictionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dualgig.project import Project


def what_if(
    project: Project,
    *,
    lock: Iterable[str] = (),
    forbid: Iterable[str] = (),
    budget_cny: int | None = None,
) -> Project:
    """The project with more sites and nodes locked or forbidden, or with another budget.

    What is locked here is no longer forbidden by the project file, and the other way round. Ids are
    checked where the region is read (`dualgig.load_region`), before anything is predicted.

    Parameters
    ----------
    project
        The project.
    lock, forbid
        Ids of sites and nodes.
    budget_cny
        Everything together, whole yuan; the project's where ``None``.

    Raises
    ------
    ContradictionError
        An id is locked and forbidden, or the money of the years is more than the budget.
    """
    locked, forbidden = tuple(dict.fromkeys(lock)), tuple(dict.fromkeys(forbid))
    both = [item for item in locked if item in forbidden]
    if both:
        raise ContradictionError(f"{', '.join(both)} is locked and forbidden at once. Choose one.")
    decisions = project.decisions.model_copy(
        update={
            "lock": _with(project.decisions.lock, locked, forbidden),
            "forbid": _with(project.decisions.forbid, forbidden, locked),
        }
    )
    total_cny = project.budget.total_cny if budget_cny is None else budget_cny
    years_cny = sum(project.phases.budget_cny) if project.phases else 0
    if years_cny > total_cny:
        raise ContradictionError(
            f"The years of [phases] hold {years_cny:,} yuan together, more than the budget of {total_cny:,} yuan. "
            "Give a larger one, or a scenario with less money a year."
        )
    budget = project.budget.model_copy(update={"total_cny": total_cny})
    changed = project.model_copy(update={"decisions": decisions, "budget": budget})
    changed._path = project.path  # noqa: SLF001 - a copy is of the same file
    return changed


def _with(given: tuple[str, ...], more: tuple[str, ...], fewer: tuple[str, ...]) -> tuple[str, ...]:
    """Ids with those added and taken out."""
    return tuple(dict.fromkeys([*(item for item in given if item not in fewer), *more]))
