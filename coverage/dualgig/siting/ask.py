"""What a stage asks of its program: what is to be most or least, and what must be kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Ask:
    """What a stage asks for.

    Parameters
    ----------
    stage
        Its name.
    objective
        ``duty``: most duties of `level`; ``cost``: least cost; ``good``: most worth of places and points;
        ``balance``: least excess of `balance`.
    level
        The level whose duties are counted, with ``duty``.
    floors
        Least sum of weight x min(served, required) over the goals of each level.
    budget_cny
        Most that everything chosen may cost, or ``None``; with it the limits that speak of money hold.
    good
        Least worth, or ``None``.
    excess
        Most excess over its own `most` of each of the problem's balances, by number, that is to be kept.
    balance
        The problem's balance, by number, whose excess is to be least, with ``balance``.
    """

    stage: str
    objective: Literal["duty", "cost", "good", "balance"]
    level: int | None = None
    floors: dict[int, int] = field(default_factory=dict)
    budget_cny: int | None = None
    good: int | None = None
    excess: dict[int, int] = field(default_factory=dict)
    balance: int | None = None

    @property
    def sense(self) -> Literal["min", "max"]:
        """Whether less or more is better."""
        return "min" if self.objective in {"cost", "balance"} else "max"


@dataclass(frozen=True)
class Cut:
    """What an exact check has shown to be needed: one of some options is left out, or one of others built.

    Parameters
    ----------
    built
        int64, options of which one is left out, unless one of the others is built.
    left_out
        int64, those others.
    """

    built: NDArray[np.int64]
    left_out: NDArray[np.int64]
