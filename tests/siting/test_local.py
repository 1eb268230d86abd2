"""Greedy and annealed plans: what is asked is kept, nothing gets worse, small problems are solved to the end."""

from types import SimpleNamespace

import numpy as np
import pytest

from dualgig.errors import SolverError
from dualgig.siting.ask import Ask
from dualgig.siting.local import construct, improve
from dualgig.siting.measure import broken_limits, follows_rules, measure

MOVES = 1500


@pytest.fixture(scope="module")
def small_asks(instances, oracle):
    """Small problems with every feature, each with the asks of its stages and all sets that enumeration has."""

    def make(seed):
        problem = instances.rich(seed)
        sets = oracle.subsets(problem)
        if not len(sets):
            return None
        points, places = oracle.service(problem, sets)
        found = SimpleNamespace(
            problem=problem,
            sets=sets,
            cost=sets.astype(np.int64) @ problem.cost_cny,
            good=points.astype(np.int64) @ problem.point_worth
            + places.astype(np.int64) @ problem.place_worth,
            duties=oracle.duties(problem, places),
            excess=oracle.excesses(problem, sets, places),
            money=oracle.keeps(problem, sets, money=True),
        )
        found.asks = asks_of(problem, found, np.random.default_rng(seed))
        return found

    return make


def asks_of(problem, found, rng):
    """An ask of each kind, with floors that some set keeps."""
    level_names = list(found.duties)
    some = int(rng.integers(len(found.sets)))
    floors = {level: int(count[some]) for level, count in found.duties.items()}
    asks = [Ask("cost", "cost", floors=floors)]
    if level_names:
        last = level_names[-1]
        earlier = {level: floors[level] for level in level_names[:-1]}
        asks.append(Ask("reach", "duty", last, floors=earlier))
        if found.money[some]:
            asks.append(Ask("duty", "duty", last, floors=earlier, budget_cny=int(found.cost[some])))
    if found.money[some]:
        budget_cny = int(found.cost[some])
        asks.append(Ask("good", "good", floors=floors, budget_cny=budget_cny))
        excess = {k: int(e[some]) for k, e in enumerate(found.excess)}
        for k in excess:
            before = {b: excess[b] for b in range(k)}
            asks.append(
                Ask("balance", "balance", balance=k, floors=floors, budget_cny=budget_cny, excess=before)
            )
        good = int(found.good[some])
        asks.append(Ask("least", "cost", floors=floors, budget_cny=budget_cny, good=good, excess=excess))
    return asks


def kept_by(found, ask):
    """Which sets keep what is asked: bool, shape (sets,)."""
    keep = np.ones(len(found.sets), bool)
    for level, floor in ask.floors.items():
        keep &= found.duties[level] >= floor
    if ask.budget_cny is not None:
        keep &= (found.cost <= ask.budget_cny) & found.money
    if ask.good is not None:
        keep &= found.good >= ask.good
    for k, most in ask.excess.items():
        keep &= found.excess[k] <= most
    return keep


def values(found, ask):
    """The objective of each set, to be made small."""
    if ask.objective == "cost":
        return found.cost
    if ask.objective == "good":
        return -found.good
    return -found.duties[ask.level] if ask.objective == "duty" else found.excess[ask.balance]


def value(problem, chosen, ask):
    """The objective of one plan, to be made small, and whether it keeps what is asked."""
    measured = measure(problem, chosen)
    keeps = follows_rules(problem, chosen)
    keeps &= not len(broken_limits(problem, chosen, money=ask.budget_cny is not None))
    keeps &= all(measured.duties[level] >= floor for level, floor in ask.floors.items())
    keeps &= ask.budget_cny is None or measured.cost_cny <= ask.budget_cny
    keeps &= ask.good is None or measured.good >= ask.good
    keeps &= all(measured.excess[k] <= most for k, most in ask.excess.items())
    of = {"cost": measured.cost_cny, "good": -measured.good}
    if ask.objective == "duty":
        of["duty"] = -measured.duties[ask.level]
    if ask.objective == "balance":
        of["balance"] = measured.excess[ask.balance]
    return of[ask.objective], keeps


def test_small_problems_are_nearly_always_solved_to_the_best_and_never_made_worse(small_asks):
    tried = best = missed = 0
    for seed in range(150):
        found = small_asks(seed)
        if found is None:
            continue
        for ask in found.asks:
            keep, worth = kept_by(found, ask), values(found, ask)
            worst = found.sets[keep][int(np.argmax(worth[keep]))]
            plan = improve(found.problem, worst, ask, moves=MOVES)
            reached, keeps = value(found.problem, plan, ask)
            assert keeps
            assert reached <= worth[keep].max()
            tried += 1
            best += reached == worth[keep].min()
            try:
                plan = construct(found.problem, ask)
            except SolverError:
                missed += 1
                continue
            reached, keeps = value(found.problem, plan, ask)
            assert keeps
    assert tried > 400
    assert best >= 0.93 * tried
    assert missed <= 0.05 * tried
