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
        ``duty``: most duties of `level`; ``cost``: least cost; ``good``: most worth of places and points.
    level
        The level whose duties are counted, with ``duty``.
    floors
        Least sum of min(served, required) over the goals of each level.
    budget_cny
        Most that everything chosen may cost, or ``None``.
    good
        Least worth, or ``None``.
    """

    stage: str
    objective: Literal["duty", "cost", "good"]
    level: int | None = None
    floors: dict[int, int] = field(default_factory=dict)
    budget_cny: int | None = None
    good: int | None = None

    @property
    def sense(self) -> Literal["min", "max"]:
        """Whether less or more is better."""
        return "min" if self.objective == "cost" else "max"


@dataclass(frozen=True)
class Cut:
    """A row over options that an exact check has shown to be needed: ``least <= sum <= most`` of them."""

    options: NDArray[np.int64]
    least: int | None = None
    most: int | None = None
