"""Siting problems made from seeds: small ones for enumeration, a county for speed, set covering."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from dualgig.siting.problem import Balance, Decision, Goal, Limit, Mode, SitingProblem
from dualgig.siting.years import Years


def build(
    cost,
    cover,
    *,
    clauses,
    places,
    goals=(),
    budget,
    before=None,
    point_worth=None,
    place_worth=None,
    place_before=None,
    decision=None,
    exclusive=None,
    requires=(),
):
    """A problem from plain lists.

    `cover` lists for each option the points that it covers; `clauses` are `(place, need, {point: weight})`;
    `places` is the mode of each place; `goals` are `(name, level, places, required)`.
    """
    n, m = len(cost), len(places)
    points = 1 + max(
        [-1, *(p for row in cover for p in row), *(p for *_, weights in clauses for p in weights)]
    )
    matrix = sp.lil_array((points, n), dtype=bool)
    for option, row in enumerate(cover):
        for point in row:
            matrix[point, option] = True
    weights = sp.lil_array((len(clauses), points), dtype=np.int64)
    for k, (_, _, terms) in enumerate(clauses):
        for point, weight in terms.items():
            weights[k, point] = weight
    return SitingProblem(
        option_ids=tuple(f"o{j}" for j in range(n)),
        cost_cny=np.array(cost, np.int64),
        decision=np.zeros(n, np.int8) if decision is None else np.array(decision, np.int8),
        exclusive=np.full(n, -1, np.int32) if exclusive is None else np.array(exclusive, np.int32),
        requires=np.array(requires, np.int32).reshape(-1, 2),
        cover=matrix.tocsr(),
        covered_before=np.zeros(points, bool) if before is None else np.array(before, bool),
        point_worth=np.zeros(points, np.int64) if point_worth is None else np.array(point_worth, np.int64),
        clauses=weights.tocsr(),
        need=np.array([need for _, need, _ in clauses], np.int64),
        clause_place=np.array([place for place, _, _ in clauses], np.int32),
        place_ids=tuple(f"p{p}" for p in range(m)),
        place_mode=np.array(places, np.int8),
        place_before=np.zeros(m, bool) if place_before is None else np.array(place_before, bool),
        place_worth=np.ones(m, np.int64) if place_worth is None else np.array(place_worth, np.int64),
        goals=tuple(
            Goal(name, level, np.array(members, np.int32), required)
            for name, level, members, required in goals
        ),
        budget_cny=budget,
    )


def small(seed, most=11):
    """A random problem of at most so many options with exclusions, prerequisites, decisions, some by chance."""
    rng = np.random.default_rng(seed)
    n, points, m = int(rng.integers(2, most + 1)), int(rng.integers(1, 9)), int(rng.integers(1, 7))
    unit = int(rng.choice([1, 1, 1000]))
    cost = rng.integers(0 if rng.random() < 0.3 else 1, 30, n) * unit
    density = rng.uniform(0.1, 0.5)
    cover = [np.flatnonzero(rng.random(points) < density).tolist() for _ in range(n)]
    if rng.random() < 0.3:
        cover[int(rng.integers(n))] = list(cover[int(rng.integers(n))])
    clauses = []
    for place in range(m):
        for _ in range(int(rng.choice([0, 1, 1, 1, 2, 3]))):
            size = int(rng.integers(1, min(points, 4) + 1))
            members = rng.choice(points, size, replace=False).tolist()
            weights = {p: int(w) for p, w in zip(members, rng.integers(1, 6, size), strict=True)}
            total = sum(weights.values())
            kind = rng.random()
            need = total if kind < 0.4 else int(rng.integers(0, total + 2)) if kind < 0.8 else 1
            clauses.append((place, need, weights))
    exclusive = np.full(n, -1)
    if rng.random() < 0.6:
        exclusive = rng.integers(-1, max(1, n // 3), n)
    requires = []
    if rng.random() < 0.6:
        requires = [
            (a, b)
            for a, b in rng.integers(0, n, (int(rng.integers(1, 5)), 2)).tolist()
            if a != b and (rng.random() < 0.1 or a > b)
        ]
    decision = rng.choice([Decision.FORBIDDEN, Decision.FREE, Decision.LOCKED], n, p=[0.08, 0.86, 0.06])
    goals = []
    for g in range(int(rng.integers(0, 4))):
        members = np.flatnonzero(rng.random(m) < 0.6)
        required = len(members) if rng.random() < 0.6 else int(rng.integers(0, len(members) + 1))
        goals.append((f"goal{g}", int(rng.integers(0, 3)), members, required))
    worth_unit = int(rng.choice([1, 7]))
    problem = build(
        cost,
        cover,
        clauses=clauses,
        places=rng.choice([Mode.ANY, Mode.ALL], m).tolist(),
        goals=goals,
        budget=int(rng.uniform(0, 1.1) * cost.sum()),
        before=None,
        decision=decision,
        exclusive=exclusive,
        requires=requires,
    )
    count = problem.cover.shape[0]
    return replace(
        problem,
        covered_before=rng.random(count) < 0.12,
        point_worth=rng.integers(0, 9, count) * worth_unit if rng.random() < 0.7 else problem.point_worth,
        place_worth=rng.integers(0, 15, m) * worth_unit,
        place_before=rng.random(m) < 0.1,
    )


def with_weights(problem, rng):
    """Goals that count a served place more than once."""
    goals = tuple(replace(goal, weight=int(rng.integers(1, 5))) for goal in problem.goals)
    return replace(problem, goals=goals)


def with_limits(problem, rng, *, money=True):
    """Rules of building, some of which one option breaks and another mends, and limits of money."""
    n = len(problem.option_ids)
    limits = []
    for number in range(int(rng.integers(1, 4))):
        options = np.sort(rng.choice(n, int(rng.integers(1, n + 1)), replace=False)).astype(np.int32)
        kind = rng.random()
        if kind < 0.4:
            amount = rng.choice([1, 1, 1, -1, -2], len(options))
            most = int(rng.integers(0, 2))
        elif kind < 0.6:
            amount = rng.integers(1, 6, len(options))
            most = int(rng.integers(0, 12))
        else:
            amount = rng.integers(-9, 10, len(options)) * 2
            most = int(rng.integers(0, 9))
        limits.append(Limit(f"rule {number}", options, amount.astype(np.int64), most, money=False))
    for number in range(int(rng.integers(1, 4)) if money else 0):
        options = np.flatnonzero(rng.random(n) < 0.6).astype(np.int32)
        amount = problem.cost_cny[options] * rng.choice([1, 1, 1, 0, -1], len(options))
        most = int(rng.uniform(-0.05, 0.7) * problem.cost_cny[options].sum())
        limits.append(Limit(f"fund {number}", options, amount, most, money=True))
    return replace(problem, limits=tuple(limits))


def with_balances(problem, rng):
    """Shares of spending and differences in coverage that some plans keep and others cannot."""
    n, m = len(problem.option_ids), len(problem.place_ids)
    balances = []
    for number in range(int(rng.integers(1, 3))):
        options = np.flatnonzero(rng.random(n) < 0.6).astype(np.int32)
        places = np.flatnonzero(rng.random(m) < 0.7).astype(np.int32)
        kind = rng.random()
        spending = np.zeros(len(options), np.int64)
        served = rng.integers(-5, 6, len(places))
        if kind < 0.6:
            share = int(rng.integers(0, 101))
            mine = rng.random(len(options)) < 0.5
            spending = problem.cost_cny[options] * np.where(mine, share - 100, share)
        if kind < 0.3:
            served = np.zeros(len(places), np.int64)
        scale = max(1, int(np.abs(spending).sum() + np.abs(served).sum()))
        most = int(rng.uniform(-0.3, 0.3) * scale)
        balances.append(
            Balance(f"balance {number}", options, spending, places, served.astype(np.int64), most)
        )
    return replace(problem, balances=tuple(balances))


def some_years(problem, rng):
    """Two or three years with money that is short or not, carried over or not, and goals by a year."""
    count, m = int(rng.integers(2, 4)), len(problem.place_ids)
    goals = []
    for number in range(int(rng.integers(0, 3))):
        members = np.flatnonzero(rng.random(m) < 0.6).astype(np.int32)
        required = int(rng.integers(0, len(members) + 1))
        goal = Goal(f"early{number}", int(rng.integers(0, 3)), members, required, int(rng.integers(1, 3)))
        goals.append((int(rng.integers(count)), goal))
    money = None
    if rng.random() < 0.8:
        money = (rng.uniform(0, 0.5, count) * int(problem.cost_cny.sum())).astype(np.int64)
    return Years(
        labels=tuple(range(2022, 2022 + count)),
        money_cny=money,
        carry_over=bool(rng.random() < 0.5),
        worth=np.ones(count, np.int64) if rng.random() < 0.5 else rng.integers(0, 4, count),
        goals=tuple(goals),
    )


def rich(seed, features=("weights", "limits", "balances"), most=11):
    """A small problem with further features: weights of goals, limits, balances."""
    rng = np.random.default_rng(seed + 50_000)
    problem = small(seed, most)
    add = {"weights": with_weights, "limits": with_limits, "balances": with_balances}
    for feature in features:
        problem = add[feature](problem, rng)
    return problem


def large_numbers(seed):
    """A small problem in yuan by the hundred million, people by the million, and a budget met to the yuan."""
    rng = np.random.default_rng(seed + 10_000)
    problem = small(seed)
    n, m = len(problem.option_ids), len(problem.place_ids)
    cost = rng.integers(50_000_000, 200_000_000, n)
    weights = problem.clauses.copy()
    weights.data = weights.data * 200_000 + rng.integers(0, 3, len(weights.data))
    total = np.asarray(weights.sum(axis=1)).reshape(-1)
    picked = [rng.choice(row, rng.integers(1, len(row) + 1), replace=False) for row in _stored(weights)]
    need = np.array([p.sum() for p in picked], np.int64) + rng.integers(0, 2, len(total))
    budget = int(cost[rng.random(n) < 0.5].sum()) - int(rng.integers(0, 2))
    return replace(
        problem,
        cost_cny=cost.astype(np.int64),
        clauses=weights,
        need=need,
        point_worth=rng.integers(0, 900_000, len(problem.point_worth)),
        place_worth=rng.integers(0, 900_000, m),
        budget_cny=max(budget, 0),
    )


def _stored(matrix):
    return np.split(matrix.data, matrix.indptr[1:-1]) if matrix.shape[0] else []


def county(seed, *, sites=340, villages=240, nodes=40, budget_share=0.5):
    """A county: about 1,000 radio options in exclusive groups, 2,000 fibre links, 3,000 points, 500 places.

    Villages lie in clusters; each has three key points for each of two operators, a site offers three
    configurations of growing reach and price; a fibre link asks for its node's upgrade; townships want
    95 % of the people of their seat.
    """
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 60, (24, 2))
    village = centres[rng.integers(24, size=villages)] + rng.normal(0, 3.5, (villages, 2))
    site = np.vstack(
        [
            village[rng.integers(villages, size=sites * 2 // 3)] + rng.normal(0, 1.2, (sites * 2 // 3, 2)),
            rng.uniform(0, 60, (sites - sites * 2 // 3, 2)),
        ]
    )
    key = np.repeat(village, 3, axis=0) + rng.normal(0, 0.5, (3 * villages, 2))
    towns = 20
    built_up = np.repeat(village[:towns], 40, axis=0) + rng.normal(0, 1.0, (40 * towns, 2))
    weight = np.maximum(1, rng.lognormal(3.5, 1.0, 40 * towns)).astype(np.int64)
    radio = _radio(rng, site, key, built_up)
    fibre = _fibre(rng, village, nodes)
    cover = sp.block_diag([radio["cover"], fibre["cover"]], format="csr").astype(bool)
    n_radio, n_key = radio["cover"].shape[1], 6 * villages
    n_built = 40 * towns
    clauses, need, place = [], [], []
    for v in range(villages):
        for operator in range(2):
            clauses.append({operator * 3 * villages + 3 * v + k: 1 for k in range(3)})
            need.append(3)
            place.append(v)
        clauses.append({n_key + n_built + v: 1})
        need.append(1)
        place.append(villages + v)
    for t in range(towns):
        members = range(40 * t, 40 * t + 40)
        clauses.append({n_key + p: int(weight[p]) for p in members})
        need.append(int(np.ceil(0.95 * weight[list(members)].sum())))
        place.append(2 * villages + t)
    weights = sp.lil_array((len(clauses), cover.shape[0]), dtype=np.int64)
    for k, terms in enumerate(clauses):
        for p, w in terms.items():
            weights[k, p] = w
    m = 2 * villages + towns
    population = np.maximum(80, rng.lognormal(6.3, 0.7, villages)).astype(np.int64)
    before = rng.random(cover.shape[0]) < 0.1
    before[n_key + n_built :] = rng.random(villages) < 0.45
    priority = np.flatnonzero(rng.random(villages) < 0.2)
    eligible = villages + np.flatnonzero(rng.random(villages) < 0.5)
    point_worth = np.zeros(cover.shape[0], np.int64)
    point_worth[n_key : n_key + n_built] = weight
    cost = np.concatenate([radio["cost"], fibre["cost"]])
    problem = SitingProblem(
        option_ids=tuple(f"o{j}" for j in range(len(cost))),
        cost_cny=cost,
        decision=np.zeros(len(cost), np.int8),
        exclusive=np.concatenate([radio["exclusive"], np.full(len(fibre["cost"]), -1)]).astype(np.int32),
        requires=(fibre["requires"] + n_radio).astype(np.int32),
        cover=cover,
        covered_before=before,
        point_worth=point_worth,
        clauses=weights.tocsr(),
        need=np.array(need, np.int64),
        clause_place=np.array(place, np.int32),
        place_ids=tuple(f"p{p}" for p in range(m)),
        place_mode=np.zeros(m, np.int8),
        place_before=np.zeros(m, bool),
        place_worth=np.concatenate([population, population, np.full(towns, 500)]).astype(np.int64),
        goals=(
            Goal("township_5g", 0, np.arange(2 * villages, m, dtype=np.int32), towns),
            Goal("priority_village_5g", 1, priority.astype(np.int32), len(priority)),
            Goal("eligible_village_gigabit", 2, eligible.astype(np.int32), len(eligible)),
        ),
        budget_cny=0,
    )
    return replace(problem, budget_cny=int(budget_share * 60_000_000))


def _radio(rng, site, key, built_up):
    """Two operators' key points, then built-up points; three nested configurations a site and operator."""
    sites = len(site)
    tall = rng.uniform(0.7, 1.3, sites)
    price = np.where(rng.random(sites) < 0.5, rng.uniform(80, 220, sites), rng.uniform(300, 600, sites))
    blocked_key = _shadow(rng, len(key) // 3, 3, sites)
    blocked_built = _shadow(rng, len(built_up) // 10, 10, sites)
    to_key = np.linalg.norm(key[:, None] - site[None], axis=2)
    to_built = np.linalg.norm(built_up[:, None] - site[None], axis=2)
    columns, cost, exclusive = [], [], []
    for s in range(sites):
        operator = int(rng.integers(2))
        for reach, extra in ((3.5, 0), (5.0, 120), (6.0, 260)):
            near = (to_key[:, s] < reach * tall[s]) & ~blocked_key[:, s]
            none = np.zeros_like(near)
            built = (to_built[:, s] < reach * tall[s]) & ~blocked_built[:, s]
            both = reach == 6.0
            columns.append(
                np.concatenate(
                    [near if operator == 0 or both else none, near if operator == 1 or both else none, built]
                )
            )
            cost.append(int(round(price[s] + extra * rng.uniform(0.8, 1.2), 1) * 1000))
            exclusive.append(s)
    return {
        "cover": sp.csr_array(np.array(columns).T),
        "cost": np.array(cost, np.int64),
        "exclusive": np.array(exclusive),
    }


def _shadow(rng, clusters, each, sites):
    """Terrain shadow: most of it falls on all points of a cluster alike, some on single points."""
    whole = np.repeat(rng.random((clusters, sites)) < 0.25, each, axis=0)
    return whole | (rng.random((clusters * each, sites)) < 0.04)


def _fibre(rng, village, nodes):
    """Upgrades of the nodes first, then a link from each village to its nearest nodes."""
    node = village[rng.choice(len(village), nodes, replace=False)]
    distance = np.linalg.norm(village[:, None] - node[None], axis=2)
    links = [(v, k) for v in range(len(village)) for k in np.argsort(distance[v])[:8]]
    cost = [int(c) for c in rng.integers(40, 200, nodes) * 1000]
    columns = sp.lil_array((len(village), nodes + len(links)), dtype=bool)
    requires = []
    for j, (v, k) in enumerate(links):
        columns[v, nodes + j] = True
        requires.append((nodes + j, k))
        cost.append(int(20_000 + 34_000 * 1.4 * distance[v, k]))
    return {"cover": columns.tocsr(), "cost": np.array(cost, np.int64), "requires": np.array(requires)}


def set_cover(cost, rows, budget=10**12):
    """Set covering as a duty: every row is a place with one point; `rows` lists the columns of each row."""
    cover = [[] for _ in cost]
    for r, columns in enumerate(rows):
        for column in columns:
            cover[column].append(r)
    return build(
        cost,
        cover,
        clauses=[(r, 1, {r: 1}) for r in range(len(rows))],
        places=[Mode.ANY] * len(rows),
        goals=[("rows", 0, range(len(rows)), len(rows))],
        budget=budget,
    )


def random_set_cover(seed, rows=120, columns=400):
    """Set covering with costs 1..100 at 2 % density, after Balas and Ho (1980)."""
    rng = np.random.default_rng(seed)
    hits = rng.random((rows, columns)) < 0.02
    for r in range(rows):
        while hits[r].sum() < 2:
            hits[r, rng.integers(columns)] = True
    return set_cover(rng.integers(1, 101, columns), [np.flatnonzero(row).tolist() for row in hits])


def read_orlib(path):
    """An OR-Library set covering file (rows, columns; costs; per row its count and columns from 1)."""
    numbers = [int(x) for x in Path(path).read_text().split()]
    rows, columns = numbers[:2]
    cost, at, lists = numbers[2 : 2 + columns], 2 + columns, []
    for _ in range(rows):
        count = numbers[at]
        lists.append([c - 1 for c in numbers[at + 1 : at + 1 + count]])
        at += count + 1
    return set_cover(cost, lists)
