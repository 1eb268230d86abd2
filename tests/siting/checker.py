"""Checks a siting plan from the inputs alone: rules, budget, service, duties, figures. No code of the package."""


def check(problem, result):
    """Fail with the broken rule if a result is not a valid plan of the problem or misstates a figure."""
    chosen = {j for j, yes in enumerate(result.chosen.tolist()) if yes}
    check_rules(problem, chosen)
    cost = sum(int(problem.cost_cny[j]) for j in chosen)
    assert cost == result.cost_cny, "the plan's cost is misstated"
    assert cost <= problem.budget_cny, "the plan costs more than the budget"
    for limit in problem.limits:
        total = weigh(limit.options, limit.amount, chosen)
        assert total <= limit.most, f"the limit {limit.name} is broken"
    points, places = served(problem, chosen)
    assert points == {i for i, yes in enumerate(result.points.tolist()) if yes}, "points misstated"
    assert places == {p for p, yes in enumerate(result.places.tolist()) if yes}, "places misstated"
    for number, balance in enumerate(problem.balances):
        total = weigh(balance.options, balance.option_amount, chosen)
        total += weigh(balance.places, balance.place_amount, places)
        told = next(s.value for s in result.stages if s.stage == f"balance_{number}")
        assert max(0, total - balance.most) <= told, f"the balance {balance.name} is worse than told"
    check_stages(problem, result, points, places, cost)


def check_best(problem, result, best):
    """Fail if a stage of a valid plan is not the best that enumeration finds (`oracle.Best`)."""
    check(problem, result)
    values = {stage.stage: stage.value for stage in result.stages}
    assert result.status == "optimal"
    assert {n: values[f"reach_{n}"] for n in best.reach} == best.reach
    assert values["duty_cost"] == best.duty_cost
    if best.within != best.reach or any(name.startswith("duty_within") for name in values):
        assert {n: values[f"duty_within_budget_{n}"] for n in best.within} == best.within
    assert [values[f"balance_{k}"] for k in range(len(problem.balances))] == best.excess
    assert values["most_good"] == best.good
    assert values["least_cost"] == best.cost == result.cost_cny
    reached = best.reach == best.required
    over = best.within != best.reach
    assert result.duty == ("over_budget" if over else "met" if reached else "unreachable")


def weigh(members, amounts, present):
    """Sum of the amounts of those members that are present."""
    return sum(w for j, w in zip(members.tolist(), amounts.tolist(), strict=True) if j in present)


def check_rules(problem, chosen):
    """Decisions, exclusions, prerequisites of a set of options."""
    for j, decision in enumerate(problem.decision.tolist()):
        assert not (decision == 1 and j not in chosen), f"option {j} is locked but not chosen"
        assert not (decision == -1 and j in chosen), f"option {j} is forbidden but chosen"
    taken = [int(problem.exclusive[j]) for j in sorted(chosen) if problem.exclusive[j] >= 0]
    assert len(taken) == len(set(taken)), "two options of one exclusive group are chosen"
    for j, k in problem.requires.tolist():
        assert not (j in chosen and k not in chosen), f"option {j} is chosen without {k}"


def served(problem, chosen):
    """Sets of points and places served by a set of options."""
    points = {i for i, yes in enumerate(problem.covered_before.tolist()) if yes}
    cover = problem.cover.tocoo()
    points |= {i for i, j in zip(cover.row.tolist(), cover.col.tolist(), strict=True) if j in chosen}
    reached = [0] * len(problem.need)
    clauses = problem.clauses.tocoo()
    for k, i, w in zip(clauses.row.tolist(), clauses.col.tolist(), clauses.data.tolist(), strict=True):
        reached[k] += w if i in points else 0
    votes = {p: [] for p in range(len(problem.place_ids))}
    for k, p in enumerate(problem.clause_place.tolist()):
        votes[p].append(reached[k] >= problem.need[k])
    places = set()
    for p, own in votes.items():
        by_points = bool(own) and (all(own) if problem.place_mode[p] == 1 else any(own))
        if by_points or problem.place_before[p]:
            places.add(p)
    return points, places


def met(problem, places):
    """Level -> sum of weight x min(served, required) over its goals."""
    levels = {}
    for goal in problem.goals:
        count = sum(1 for p in goal.places.tolist() if p in places)
        levels[goal.level] = levels.get(goal.level, 0) + goal.weight * min(count, goal.required)
    return levels


def check_stages(problem, result, points, places, cost):
    """Values of the stages against the plan, bounds against values, gaps against both, the headline."""
    stages = {stage.stage: stage for stage in result.stages}
    good = sum(int(problem.point_worth[i]) for i in points)
    good += sum(int(problem.place_worth[p]) for p in places)
    for stage in result.stages:
        low, high = (stage.bound, stage.value) if stage.sense == "min" else (stage.value, stage.bound)
        assert low <= high, f"the bound of {stage.stage} crosses its value"
        assert stage.gap >= 0.0
        assert (stage.gap == 0.0) == (stage.value == stage.bound), f"gap of {stage.stage}"
        if stage.sense == "min" and stage.value:
            assert abs(stage.gap - (stage.value - stage.bound) / stage.value) < 1e-12
    assert stages["least_cost"].value == cost
    assert stages["most_good"].value <= good
    levels = met(problem, places)
    within = any(name.startswith("duty_within_budget") for name in stages)
    prefix = "duty_within_budget_" if within else "reach_"
    for level, count in levels.items():
        assert count >= stages[f"{prefix}{level}"].value, f"duties of level {level} were lost"
    required = {}
    for goal in problem.goals:
        required[goal.level] = required.get(goal.level, 0) + goal.weight * goal.required
    assert (result.duty == "met") == (levels == required)
    duty = stages["duty_cost"]
    assert result.shortage_cny == max(0, duty.value - problem.budget_cny)
    if result.duty == "over_budget" and not any(limit.money for limit in problem.limits):
        assert duty.bound > problem.budget_cny
        assert result.shortage_cny > 0
    first = next((stage.gap for stage in result.stages if stage.gap), 0.0)
    assert result.gap == first
    assert (result.status == "optimal") == (first == 0.0)
