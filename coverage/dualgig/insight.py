"""What explains a plan as a whole: its duties against its money, the dearest duties, the next million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dualgig.project import Service

How = Literal["exact", "price"]
"""``exact``: what the cheapest plan of the duties would save, proved. ``price``: the dual price of the
linear relaxation, an estimate of the same.
"""


@dataclass(frozen=True)
class Place:
    """A township or village, a service, and the year by which it is asked for, where there are years."""

    level: Literal["township", "village"]
    id: str
    service: Service
    year: int | None


@dataclass(frozen=True)
class DutyPrice:
    """What letting a duty go would save.

    Attributes
    ----------
    places : tuple of Place
        More than one where only letting go of all of them saves anything: the same is built for them.
    saving_cny : int
        Whole yuan off the least cost of the duties.
    how : How
        How it is known.
    """

    places: tuple[Place, ...]
    saving_cny: int
    how: How


@dataclass(frozen=True)
class Reach:
    """Duties of one level that can be met together, whatever it costs.

    Attributes
    ----------
    goals : tuple of str
        The goals of the level, as in the project file; with the year behind a space where it is a target.
    wanted : int
        How many are asked for, weighted as the goals are.
    reachable, bound : int
        How many a plan was found to meet, and how many none can pass.
    """

    goals: tuple[str, ...]
    wanted: int
    reachable: int
    bound: int


@dataclass(frozen=True)
class MoreMoney:
    """What so much more money would buy.

    Attributes
    ----------
    extra_cny : int
        Beyond the budget.
    proved : bool
        The plan of that money is proved to be the best; else it is one that was found: at least so much.
    duties : int
        Duties met beyond the plan's, weighted as the goals are.
    served : dict
        What it serves beyond the plan: ``people_5g``, ``villages_5g``, ``townships_5g``, and the same for
        gigabit; negative where duties or a larger good took the place of something.
    """

    extra_cny: int
    proved: bool
    duties: int
    served: dict[str, int]


@dataclass(frozen=True)
class Insight:
    """What explains a plan as a whole.

    Attributes
    ----------
    reach : tuple of Reach
        Level by level, first duties first.
    duty_cost_cny, duty_bound_cny : int
        Least cost found of the duties that can be met, whatever the budget, and what they cost at least.
    dearest : tuple of DutyPrice
        The dearest duties, the dearest first; empty where the problem is too large for prices.
    more : MoreMoney or None
        What one more million buys; ``None`` where the search was stopped, or the problem is too large.
    """

    reach: tuple[Reach, ...]
    duty_cost_cny: int
    duty_bound_cny: int
    dearest: tuple[DutyPrice, ...]
    more: MoreMoney | None
