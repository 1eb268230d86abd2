"""What the primal-dual hybrid gradient methods share: restarts, the balance of their halves, threads."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFICIENT, _NECESSARY, _ARTIFICIAL = 0.2, 0.8, 0.36
"""Restart when steps have become as short as the first share of the run's first one, or as the second and longer
again, or the run is longer than the third share of all iterations (Applegate et al., NeurIPS 2021, section 4.2;
their beta; cuPDLPx takes the same)."""

_SMOOTHING = 0.99
"""How much of a new primal weight is taken at a restart: the proportional part of cuPDLPx's controller."""

_WORTH_THREADS = 200_000
"""Nonzeros from which two threads are faster than one."""


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
    _first: float = field(default=np.inf)
    _before: float = field(default=np.inf)

    def begin(self, length: float) -> None:
        """Hear of the length of a run's first step."""
        self._first = length

    def due(self, length: float, iterations: int) -> bool:
        """Whether to begin a new run after a step of this length and so many iterations in all."""
        enough = length <= _SUFFICIENT * self._first
        rises = length <= _NECESSARY * self._first and length > self._before
        self._before = length
        return enough or rises or self.inner >= _ARTIFICIAL * iterations

    def restart(self, moved_primal: float, moved_dual: float) -> None:
        """Begin a new run; the halves are balanced by how far each moved in the last one."""
        if moved_primal > 0.0 and moved_dual > 0.0:
            weight = (moved_dual / moved_primal) ** _SMOOTHING
            self.primal_weight = float(weight * self.primal_weight ** (1.0 - _SMOOTHING))
        self.inner, self._first, self._before = 0, np.inf, np.inf


@contextmanager
def threads_for(nonzeros: int) -> Iterator[None]:
    """Within it, products with a small matrix take one thread: the threads' start would cost more than it saves."""
    before = numba.get_num_threads()
    numba.set_num_threads(1 if nonzeros < _WORTH_THREADS else before)
    try:
        yield
    finally:
        numba.set_num_threads(before)
