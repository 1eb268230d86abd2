"""Which duties cost most: what the cheapest plan of the duties would save if one of them were let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dualgig.siting.duty_program import duty_program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem

How = Literal["exact", "price"]

MOST_NONZEROS = 400_000
"""Size of the relaxation beyond which no prices are worked out."""

_TRIED = 4
"""Times as many duties as are told for which the saving is worked out: prices rank them only roughly."""


@dataclass(frozen=True)
class DearDuty:
    """Duties and what letting them go would save.

    Parameters
    ----------
    places
        Numbers of the places; more than one where the same options serve them all, so that only
        letting go of all of them saves anything.
    saving_cny
        Whole yuan.
    how
        ``exact``: least cost of the duties less that of the others, both proved. ``price``: the dual
        price of the duty in the linear relaxation, an estimate of the same.
    """

    places: tuple[int, ...]
    saving_cny: int
    how: How


def dearest_duties(
    problem: SitingProblem, duty_plan: NDArray[np.bool_], *, proved: bool, most: int = 10
) -> tuple[DearDuty, ...]:
    """Duties whose letting go would save the most, the dearest first.

    The dual prices of the linear relaxation of the duties' cost rank them; for `_TRIED` times as many of the
    first as are told, the part of the program that hangs together with the duty is solved again without it.

    Parameters
    ----------
    problem
        The siting problem; its budget is not looked at.
    duty_plan
        bool, shape (n,): the cheapest plan of the duties that can be met.
    proved
        Whether that plan is proved to be the cheapest; without it there is no exact saving.
    most
        How many are told.

    Returns
    -------
    tuple of DearDuty
        Those that save something; empty beyond `MOST_NONZEROS`.
    """
    program = duty_program(problem, duty_plan)
    if program is None or program.rows.nnz > MOST_NONZEROS:
        return ()
    price = program.prices()
    ranked = sorted(range(len(price)), key=lambda c: (-price[c], program.members[c]))[: _TRIED * most]
    told = []
    for duty in ranked:
        saving = program.saving(duty) if proved else None
        if saving is None:
            told.append(DearDuty(program.members[duty], round(price[duty]), "price"))
        else:
            told.append(DearDuty(program.members[duty], saving, "exact"))
    told = [duty for duty in told if duty.saving_cny > 0]
    return tuple(sorted(told, key=lambda duty: (-duty.saving_cny, duty.places))[:most])
