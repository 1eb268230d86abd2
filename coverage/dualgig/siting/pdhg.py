"""What the primal-dual hybrid gradient methods share: iterates, restarts, the balance of their halves, threads."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_SUFFICIENT, _NECESSARY, _ARTIFICIAL = 0.2, 0.8, 0.36
"""Restart when the error has fallen to the first share, or to the second and rises again, or the run is longer
than the third share of all iterations (Applegate et al., NeurIPS 2021, section 4.2; their beta)."""

_SMOOTHING = 0.5
"""How much of a new primal weight is taken at a restart (their theta)."""

_WORTH_THREADS = 200_000
"""Nonzeros from which two threads are faster than one."""


class Iterate(NamedTuple):
    """A pair and its products with the matrix, or sums of such over a run.

    Parameters
    ----------
    primal, dual
        float64, one a column and one a row.
    reached, back
        float64, one a row and one a column: ``K primal`` and ``K' dual``.
    """

    primal: NDArray[np.float64]
    dual: NDArray[np.float64]
    reached: NDArray[np.float64]
    back: NDArray[np.float64]

    @classmethod
    def zero(cls, columns: int, rows: int) -> Iterate:
        """Sums of nothing."""
        return cls(np.zeros(columns), np.zeros(rows), np.zeros(rows), np.zeros(columns))

    def over(self, count: int) -> Iterate:
        """The mean of `count` iterates of which this is the sum."""
        return Iterate(*(total / count for total in self))

    def clear(self) -> None:
        """Sums of nothing again."""
        for total in self:
            total[:] = 0.0


@dataclass
class Restarts:
    """The run since the last restart.

    Parameters
    ----------
    primal_weight
        Steps of the dual half over those of the primal half.
    """

    primal_weight: float = 1.0
    inner: int = 0
    _at_restart: float = field(default=np.inf)
    _before: float = field(default=np.inf)

    def due(self, error: float, iterations: int) -> bool:
        """Whether to restart from a pair with this error, after so many iterations in all."""
        enough = error <= _SUFFICIENT * self._at_restart
        rises = error <= _NECESSARY * self._at_restart and error > self._before
        self._before = error
        return enough or rises or self.inner >= _ARTIFICIAL * iterations

    def restart(self, moved_primal: float, moved_dual: float, error: float) -> None:
        """Begin a new run; the halves are balanced by how far each moved in the last one."""
        if moved_primal > 0.0 and moved_dual > 0.0:
            weight = (moved_dual / moved_primal) ** _SMOOTHING
            self.primal_weight = float(weight * self.primal_weight ** (1.0 - _SMOOTHING))
        self.inner, self._at_restart, self._before = 0, error, np.inf


@contextmanager
def threads_for(nonzeros: int) -> Iterator[None]:
    """Within it, products with a small matrix take one thread: the threads' start would cost more than it saves."""
    before = numba.get_num_threads()
    numba.set_num_threads(1 if nonzeros < _WORTH_THREADS else before)
    try:
        yield
    finally:
        numba.set_num_threads(before)
