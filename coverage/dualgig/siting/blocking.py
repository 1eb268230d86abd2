"""Rows that thresholds imply: sets of options without which a place cannot be served."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.problem import Mode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.service import Service

_LEAST_VIOLATION = 1e-3
"""Rows that the relaxation breaks by less than this are not worth their place."""


@dataclass
class BlockingRows:
    """Finds and keeps rows ``place <= sum of options`` over sets that block the place.

    A set of options blocks a place when all other options together do not serve it: then one of the set
    is chosen wherever the place is served. Half a threshold from each of two sites satisfies the
    threshold's own row; it breaks the row of a set that holds most of both. Every row holds in every
    stage, so what one stage finds the next begins with.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,): options that every plan contains.
    service
        Service by the free options.
    """

    problem: SitingProblem
    chosen: NDArray[np.bool_]
    service: Service
    _found: dict[tuple[int, bytes], NDArray[np.int64]] = field(default_factory=dict)
    _places: list[_HardPlace] | None = None

    def search(self, value: NDArray[np.float64]) -> sp.csr_array:
        """New rows that a relaxed solution breaks, ``rows @ columns <= 0``: float64 CSR over the columns.

        Parameters
        ----------
        value
            float64, shape (columns,): values of the service's columns, NaN for those not in the program.
        """
        if self._places is None:
            self._places = _hard_places(self.problem, self.chosen, self.service)
        new = []
        for place in self._places:
            served = value[place.column]
            if not served > _LEAST_VIOLATION:
                continue
            built = np.nan_to_num(value[place.options])
            blocking = place.options[place.blocking(np.argsort(-built, kind="stable"))]
            key = (place.column, blocking.tobytes())
            if value[blocking].sum() < served - _LEAST_VIOLATION and key not in self._found:
                self._found[key] = blocking
                new.append(key)
        return self._rows(new)

    def rows(self, needed: NDArray[np.bool_]) -> sp.csr_array:
        """All rows found so far for places whose column is needed (bool, shape (columns,))."""
        return self._rows([key for key in self._found if needed[key[0]]])

    def _rows(self, keys: list[tuple[int, bytes]]) -> sp.csr_array:
        if not keys:
            return sp.csr_array((0, self.service.columns))
        sets = [self._found[key] for key in keys]
        row = np.repeat(np.arange(len(keys)), [len(options) + 1 for options in sets])
        column = np.concatenate([np.append(options, key[0]) for key, options in zip(keys, sets, strict=True)])
        value = np.where(column < len(self.service.free), -1.0, 1.0)
        return sp.csr_array((value, (row, column)), shape=(len(keys), self.service.columns))


@dataclass(frozen=True)
class _HardPlace:
    """A place of several clauses, or of a threshold, by itself.

    `options` are the columns of the options that cover any of its points, `covers` the points of each
    (numbered from 0), `weights` int64, shape (clauses, points).
    """

    column: int
    every_clause: bool
    options: NDArray[np.int64]
    covers: tuple[NDArray[np.int64], ...]
    weights: NDArray[np.int64]
    need: NDArray[np.int64]

    def blocking(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """A least set that blocks the place: what is left over when options are taken in this order
        as long as they do not serve it. Ascending numbers of `options`.
        """  # noqa: D205
        left, dark = self.need.copy(), np.ones(self.weights.shape[1], bool)
        blocking = []
        for option in order.tolist():
            new = self.covers[option][dark[self.covers[option]]]
            if not len(new):
                continue
            after = left - self.weights[:, new].sum(axis=1)
            if (after <= 0).all() if self.every_clause else (after <= 0).any():
                blocking.append(option)
            else:
                left = after
                dark[new] = False
        return np.sort(np.array(blocking, np.int64))


def _hard_places(problem: SitingProblem, chosen: NDArray[np.bool_], service: Service) -> list[_HardPlace]:
    """Places whose column holds more than one row of options."""
    covered = problem.covered_before | (problem.cover.astype(np.int32) @ chosen.astype(np.int32) > 0)
    cover = problem.cover[:, service.free].tocsr()
    clauses = problem.clauses.tocsr()
    need = problem.need - clauses @ covered.astype(np.int64)
    order = np.argsort(problem.clause_place, kind="stable")
    bounds = np.searchsorted(problem.clause_place[order], np.arange(len(problem.place_ids) + 1))
    single = np.zeros(service.columns, bool)
    single[: len(service.free)] = True
    single[service.head[service.layers[0]]] = True
    places = []
    for p, column in enumerate(service.place.tolist()):
        if column < 0 or single[column]:
            continue
        own = order[bounds[p] : bounds[p + 1]]
        weights = clauses[own].tocsc()
        points = np.flatnonzero((np.diff(weights.indptr) > 0) & ~covered)
        by_option = cover[points].tocsc()
        options = np.flatnonzero(np.diff(by_option.indptr))
        places.append(
            _HardPlace(
                column=column,
                every_clause=problem.place_mode[p] == Mode.ALL,
                options=options,
                covers=tuple(
                    by_option.indices[by_option.indptr[j] : by_option.indptr[j + 1]] for j in options
                ),
                weights=weights[:, points].toarray(),
                need=need[own],
            )
        )
    return places
