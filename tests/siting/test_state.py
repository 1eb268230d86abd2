"""The incremental state against recomputation from the whole problem, after thousands of toggles."""

from dataclasses import replace

import numpy as np
import pytest

from dualgig.siting.flip import choose, flip
from dualgig.siting.measure import measure
from dualgig.siting.problem import Balance, Goal, Limit, serve
from dualgig.siting.state import start
from dualgig.siting.tables import CHOSEN, CLASHES, COST, CREDIT, GOOD, GOOD_CREDIT, LACKING, OPEN, ROWS_OVER

ROUNDING = 1e-9
"""Of the prices of rows, which are no whole numbers."""


@pytest.fixture
def problem_of(instances):
    """A small random problem with rows and goals of unlike weight."""

    def make(seed):
        rng = np.random.default_rng(seed)
        problem = instances.small(seed)
        n, m = len(problem.option_ids), len(problem.place_ids)
        goals = [*problem.goals, Goal("more", 1, np.arange(m, dtype=np.int32), m // 2)]
        return replace(
            problem,
            goals=tuple(replace(goal, weight=int(rng.integers(1, 5))) for goal in goals),
            limits=tuple(limit(rng, n, k) for k in range(int(rng.integers(0, 4)))),
            balances=tuple(balance(rng, n, m, k) for k in range(int(rng.integers(0, 3)))),
        )

    return make


def some(rng, n):
    return np.flatnonzero(rng.random(n) < 0.5).astype(np.int32)


def limit(rng, n, k):
    options = some(rng, n)
    amount = rng.integers(-5, 9, len(options))
    return Limit(f"limit {k}", options, amount, int(rng.integers(0, 9)), money=bool(rng.random() < 0.5))


def balance(rng, n, m, k):
    options, places = some(rng, n), some(rng, m)
    amounts = rng.integers(-9, 9, len(options)), rng.integers(-9, 9, len(places))
    return Balance(f"balance {k}", options, amounts[0], places, amounts[1], int(rng.integers(-9, 9)))


@pytest.mark.parametrize("seed", range(60))
def test_after_any_toggles_the_state_is_what_a_recomputation_finds(problem_of, seed):
    problem = problem_of(seed)
    state = start(problem)
    agrees(problem, state)
    rng = np.random.default_rng(seed)
    state.row["linear"][:-1] = rng.random(len(state.row) - 1)
    state.row["hinge"][:-1] = rng.random(len(state.row) - 1)
    state.priced[0] = prices(state)
    for _ in range(40):
        for j in rng.integers(0, len(problem.option_ids), 5).tolist():
            flip(state, j)
        agrees(problem, state)


def test_a_set_is_chosen_whatever_was_chosen_before(instances):
    problem = instances.county(3, villages=60, sites=40, nodes=8)
    state = start(problem)
    rng = np.random.default_rng(1)
    for share in (0.1, 0.9, 0.4):
        chosen = rng.random(len(problem.option_ids)) < share
        choose(state, chosen)
        assert np.array_equal(state.option["chosen"][:-1], chosen)
        agrees(problem, state)


def agrees(problem, state):
    """Every figure of the state against `serve`, `measure` and plain sums over the whole problem."""
    chosen = state.option["chosen"][:-1].copy()
    points, places = serve(problem, chosen)
    measured = measure(problem, chosen)
    count = problem.cover.astype(int) @ chosen.astype(int) + problem.covered_before
    reached = problem.clauses @ points.astype(np.int64)
    total = state.total
    assert total[COST] == measured.cost_cny
    assert total[GOOD] == measured.good
    assert total[CHOSEN] == chosen.sum()
    assert sorted(state.listed[: total[CHOSEN]].tolist()) == np.flatnonzero(chosen).tolist()
    assert np.array_equal(state.cover, count)
    assert np.array_equal(state.clause["reached"][:-1], reached)
    served = state.place["true"] >= state.place["needed"]
    assert np.array_equal(served[:-1], places)
    assert dict(zip(sorted(measured.duties), state.level["duty"].tolist(), strict=True)) == measured.duties
    of_goals = np.isin(np.arange(len(places)), np.concatenate([[], *(g.places for g in problem.goals)]))
    assert sorted(state.open[: total[OPEN]].tolist()) == np.flatnonzero(of_goals & ~places).tolist()
    rules(problem, state, chosen)
    rows(problem, state, chosen, places)
    credits_(problem, state, reached, places)


def rules(problem, state, chosen):
    group = problem.exclusive[chosen & (problem.exclusive >= 0)]
    assert state.total[CLASHES] == len(group) - len(np.unique(group))
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    assert state.total[LACKING] == (chosen[option] & ~chosen[needed]).sum()
    using = np.bincount(needed[chosen[option]], minlength=len(chosen))
    assert np.array_equal(state.option["using"][:-1], using)


def rows(problem, state, chosen, places):
    sums = [int(r.amount[chosen[r.options]].sum()) for r in problem.limits]
    sums += [
        int(r.option_amount[chosen[r.options]].sum() + r.place_amount[places[r.places]].sum())
        for r in problem.balances
    ]
    assert state.row["sum"][:-1].tolist() == sums
    most = [r.most for r in (*problem.limits, *problem.balances)]
    over = [max(0, total - limit) for total, limit in zip(sums, most, strict=True)]
    assert state.total[ROWS_OVER] == sum(1 for excess in over if excess)
    assert abs(state.priced[0] - prices(state)) < ROUNDING


def prices(state):
    row = state.row[:-1]
    return float(row["linear"] @ row["sum"] + row["hinge"] @ np.maximum(0, row["sum"] - row["most"]))


def credits_(problem, state, reached, places):
    """Shares of need reached, by the definition of the credit, place by place."""
    worth = 0
    by_place = []
    for p, served in enumerate(places.tolist()):
        own = np.flatnonzero(problem.clause_place == p).tolist()
        shares = [
            CREDIT if reached[k] >= problem.need[k] else CREDIT * int(reached[k]) // int(problem.need[k])
            for k in own
        ]
        credit = CREDIT
        if not served:
            credit = 0 if not own else max(shares) if problem.place_mode[p] == 0 else sum(shares) // len(own)
        by_place.append(credit)
        # What is served by a ledger has no credit to gain, and is counted with the worth alone.
        worth += int(problem.place_worth[p]) * credit if own and not problem.place_before[p] else 0
    for k, goal in enumerate(problem.goals):
        assert state.goal["credit"][k] == sum(by_place[p] for p in goal.places.tolist())
    levels = sorted({goal.level for goal in problem.goals})
    for k, level in enumerate(levels):
        capped = [
            g.weight * min(sum(by_place[p] for p in g.places.tolist()), CREDIT * g.required)
            for g in problem.goals
            if g.level == level
        ]
        assert state.level["credit"][k] == sum(capped)
    points = (problem.covered_before | (state.cover > 0)).astype(np.int64)
    before = int(problem.place_worth[problem.place_before].sum()) * CREDIT
    assert state.total[GOOD_CREDIT] == CREDIT * int(points @ problem.point_worth) + worth + before
