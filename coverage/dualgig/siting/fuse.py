"""Fused options: a mast that carries one radio alone is chosen with it and never without, so both are one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.problem import Decision, SitingProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Fused:
    """A siting problem with fewer options, and how its plans are read in the problem it comes from.

    Parameters
    ----------
    problem
        The problem of k options; points, places, goals and budget are those it comes from.
    kept
        int64, shape (k,), ascending: number of each of its options in the problem of n options.
    part_of
        int64, shape (n,): number of the option of `problem` that each option is part of.
    """

    problem: SitingProblem
    kept: NDArray[np.int64]
    part_of: NDArray[np.int64]

    def expand(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A plan of the smaller problem (bool, shape (k,)) as one of the problem it comes from (n,)."""
        return chosen[self.part_of]

    def narrow(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A plan of the problem it comes from (bool, shape (n,)) without what stands for nothing (k,).

        It serves the same, costs no more and weighs no more in any limit or balance.
        """
        return chosen[self.kept]


def apart(problem: SitingProblem) -> Fused:
    """A problem as it is, with nothing fused."""
    every = np.arange(len(problem.option_ids))
    return Fused(problem, every, every)


def fuse(problem: SitingProblem) -> Fused:
    """Take out options that are worth choosing exactly when one other option is.

    Such an option covers no point, excludes none, weighs less than nothing in no limit and no balance, and all
    that require it require the one other option too, by themselves or through one another. So a plan loses
    nothing without it unless the other is chosen, which asks for it. The other bears its cost, its amounts and
    its requirements from then on. That is done until there is no such option: a mast that stands by a year is
    required by the same mast a year before, and by its radio alone as soon as the year before is fused.

    Decisions stay what they are: the option is free, or decided as the other is.

    Parameters
    ----------
    problem
        The siting problem. Its requirements may not run in circles.
    """
    n = len(problem.option_ids)
    may_go = _may_go(problem)
    bearer = np.arange(n)
    requires = problem.requires.astype(np.int64)
    while True:
        requires = _distinct(bearer[requires], n)
        option, only = _with_one_requirer(requires, may_go & (bearer == np.arange(n)))
        will, wish = problem.decision[option], problem.decision[only]
        agreed = (will == Decision.FREE) | (will == wish)
        if not agreed.any():
            break
        bearer[option[agreed]] = only[agreed]
        # Requirements run in no circle, so that this ends.
        while (further := bearer[bearer] != bearer).any():
            bearer[further] = bearer[bearer[further]]
    kept = np.flatnonzero(bearer == np.arange(n))
    if len(kept) == n:
        return apart(problem)
    part_of = np.searchsorted(kept, bearer)
    return Fused(_merged(problem, kept, part_of, requires), kept, part_of)


def _may_go(problem: SitingProblem) -> NDArray[np.bool_]:
    """Options that are good for nothing but what requires them: bool, shape (n,)."""
    n = len(problem.option_ids)
    may_go = problem.exclusive < 0
    may_go[problem.cover.indices] = False
    for rows in (problem.limit_rows, problem.balance_rows):
        lighter = rows.indices[rows.data < 0]
        may_go[lighter[lighter < n]] = False
    return may_go


def _distinct(requires: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Requirements (k, 2) in order, without repetition and without options that require themselves."""
    option, needed = requires[requires[:, 0] != requires[:, 1]].T
    return np.column_stack(np.divmod(np.unique(option * n + needed), max(n, 1)))


def _with_one_requirer(
    requires: NDArray[np.int64], may_go: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Options that may go and that only one other requires: int64, shape (k,) each, the option and the other.

    A requirer that requires another of the requirers does not count: it asks for nothing that the other does
    not ask for.
    """
    n = len(may_go)
    concerned = requires[may_go[requires[:, 1]]]
    through = (_matrix(requires, n) @ _matrix(concerned, n)).tocoo()
    indirect = through.row.astype(np.int64) * n + through.col
    asking, needed = concerned[~np.isin(concerned[:, 0] * n + concerned[:, 1], indirect)].T
    alone = np.bincount(needed, minlength=n)[needed] == 1
    return needed[alone], asking[alone]


def _matrix(requires: NDArray[np.int64], n: int) -> sp.csr_array:
    """Requirements (k, 2) as int64 CSR, shape (n, n)."""
    return sp.csr_array((np.ones(len(requires), np.int64), (requires[:, 0], requires[:, 1])), shape=(n, n))


def _merged(
    problem: SitingProblem, kept: NDArray[np.int64], part_of: NDArray[np.int64], requires: NDArray[np.int64]
) -> SitingProblem:
    """The problem of the kept options, which bear the costs and amounts of what is part of them."""
    n, k = len(part_of), len(kept)
    cost = np.zeros(k, np.int64)
    np.add.at(cost, part_of, problem.cost_cny)
    sums = sp.csr_array((np.ones(n, np.int64), (np.arange(n), part_of)), shape=(n, k))
    limits = _rows(problem.limit_rows @ sums)
    balances = _rows(problem.balance_rows[:, :n] @ sums)
    return replace(
        problem,
        option_ids=tuple(problem.option_ids[j] for j in kept.tolist()),
        cost_cny=cost,
        decision=problem.decision[kept],
        exclusive=problem.exclusive[kept],
        requires=part_of[requires].astype(np.int32),
        cover=problem.cover[:, kept],
        limits=tuple(
            replace(limit, options=options, amount=amount)
            for limit, (options, amount) in zip(problem.limits, limits, strict=True)
        ),
        balances=tuple(
            replace(balance, options=options, option_amount=amount)
            for balance, (options, amount) in zip(problem.balances, balances, strict=True)
        ),
    )


def _rows(matrix: sp.csr_array) -> list[tuple[NDArray[np.int32], NDArray[np.int64]]]:
    """Of each row the columns that are not 0, ascending, and their values."""
    matrix.eliminate_zeros()
    matrix.sort_indices()
    ends = matrix.indptr[1:-1]
    columns, values = np.split(matrix.indices.astype(np.int32), ends), np.split(matrix.data, ends)
    return list(zip(columns, values, strict=True))[: matrix.shape[0]]
