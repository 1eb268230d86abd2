"""What if: the project with other decisions and another budget, everything else as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.errors import ContradictionError, ProjectError

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
        Everything together, whole yuan; the project's where ``None``. See `with_budget`.

    Raises
    ------
    ContradictionError
        An id is locked and forbidden.
    ProjectError
        The budget is negative.
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
    changed = project.with_changes(decisions=decisions)
    return changed if budget_cny is None else with_budget(changed, budget_cny)


def with_budget(project: Project, budget_cny: int) -> Project:
    """The project with another total, and the money of its years scaled as the total is, rounded down.

    Raises
    ------
    ProjectError
        The budget is negative.
    """
    if budget_cny < 0:
        raise ProjectError(f"budget {budget_cny:,}: there is no money below 0. Write whole yuan.")
    total = project.budget.total_cny
    changed = project.with_changes(budget=project.budget.model_copy(update={"total_cny": budget_cny}))
    if project.phases is None or not project.phases.budget_cny or not total:
        return changed
    yearly = tuple(money * budget_cny // total for money in project.phases.budget_cny)
    return changed.with_changes(phases=project.phases.model_copy(update={"budget_cny": yearly}))


def _with(given: tuple[str, ...], more: tuple[str, ...], fewer: tuple[str, ...]) -> tuple[str, ...]:
    """Ids with those added and taken out."""
    return tuple(dict.fromkeys([*(item for item in given if item not in fewer), *more]))
