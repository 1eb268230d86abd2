"""The budget curve: bounds, budgets, files, drawing."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from dualgig.curve import BudgetCurve, BudgetPoint, budgets_between, monotone
from dualgig.export.curve import curve_json, curve_table, inputs_mark, read_curve, write_curve
from dualgig.render.curve_svg import curve_svg, describe

COUNTS = {
    f"{what}_{service}": 0 for what in ("people", "villages", "townships") for service in ("5g", "gigabit")
}
TOTAL = {"people": 1000, "villages": 10, "townships": 2}


def point(budget, good, bound, *, duties=(3,), duty="met", **served):
    return BudgetPoint(budget, budget, duty, "optimal", duties, (), good, bound, 0.0, {**COUNTS, **served})


def curve(*points, asked=None, **changes):
    made = BudgetCurve(
        points=points,
        asked=len(points) if asked is None else asked,
        wanted=(3,),
        duty_cost_cny=30_000_000,
        duty_bound_cny=29_000_000,
        budget_cny=38_000_000,
        baseline=10,
        whole=100,
        before=COUNTS,
        total=TOTAL,
    )
    return replace(made, **changes)


def test_a_bound_of_more_money_bounds_less_money_that_keeps_the_same():
    points = monotone([point(30, 60, 90), point(10, 40, 80, duties=(2,)), point(20, 50, 75)], 10)

    assert [p.budget_cny for p in points] == [10, 20, 30]
    # 30 cannot tighten 20, whose bound is less already; 10 keeps fewer duties, so nothing is known of it
    assert [p.bound for p in points] == [80, 75, 90]
    tightened = monotone([point(20, 50, 95), point(30, 60, 90)], 10)
    assert [p.bound for p in tightened] == [90, 90]
    assert tightened[0].gap == pytest.approx((90 - 50) / (90 - 10))


def test_bounds_rise_with_money_and_never_cross_values():
    rng = np.random.default_rng(5)
    for _ in range(50):
        good = np.sort(rng.integers(10, 100, 6))
        points = monotone(
            [point(int(b), int(g), int(g + rng.integers(0, 30))) for b, g in enumerate(good)], 10
        )
        bounds = [p.bound for p in points]
        assert bounds == sorted(bounds)
        assert all(p.bound >= p.good for p in points)


def test_budgets_are_even_and_whole():
    assert budgets_between(0, 10, 3) == (0, 5, 10)
    assert budgets_between(7, 7, 5) == (7,)
    assert budgets_between(0, 2, 9) == (0, 1, 2)
    with pytest.raises(ValueError, match="less than the first"):
        budgets_between(5, 4, 3)
    with pytest.raises(ValueError, match="at least 2"):
        budgets_between(1, 4, 1)


def test_what_is_written_is_read_back_for_the_same_inputs_only(make_plan, tmp_path):
    plan = make_plan()
    made = curve(
        point(20_000_000, 50, 60, villages_5g=4), point(38_000_000, 70, 70), budget_cny=plan.budget_cny
    )

    write_curve(tmp_path, made, plan)

    assert read_curve(tmp_path, plan) == made
    assert (tmp_path / "budget.json").read_bytes() == curve_json(made, plan)
    text = (tmp_path / "budget.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert len(text.decode("utf-8-sig").splitlines()) == 3
    # another budget or language is the same curve, other goals are not
    project = plan.region.project
    other = replace(plan, region=replace(plan.region, project=project.in_language("zh")))
    assert inputs_mark(other) == inputs_mark(plan)
    goals = project.model_copy(update={"goals": project.goals.model_copy(update={"township_5g": 0.5})})
    changed = replace(plan, region=replace(plan.region, project=goals))
    assert read_curve(tmp_path, changed) is None
    # and what is no curve is none
    (tmp_path / "budget.json").write_text(json.dumps({"schema": "dualgig-budget/1"}), encoding="utf-8")
    assert read_curve(tmp_path, plan) is None


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_the_drawing_is_sound_and_says_in_words_what_it_shows(language, count):
    points = [
        point(10_000_000 * (i + 1), 40 + i, 45 + i, duty="met" if i > 1 else "over_budget", villages_5g=i)
        for i in range(count)
    ]
    made = curve(*points, asked=9)

    root = ET.fromstring(curve_svg(made, language))  # noqa: S314 - our own

    space = "{http://www.w3.org/2000/svg}"
    assert root.attrib["role"] == "img"
    assert root.find(f"{space}desc").text == describe(made, language)
    lines = root.findall(f"{space}polyline")
    assert len(lines) == (5 if count else 0)
    # lines are told apart without colour, too: by dashes, and each has its label
    assert len({line.get("stroke-dasharray") for line in lines}) == (2 if count else 0)
    assert all(
        0 <= float(x) <= 1000
        for line in lines
        for x in (pair.split(",")[0] for pair in line.attrib["points"].split())
    )


def test_the_table_has_a_row_a_budget():
    table = curve_table(curve(point(5, 40, 50, villages_5g=3), point(9, 50, 50)))

    assert table["budget_cny"].tolist() == [5, 9]
    assert table["villages_5g"].tolist() == [3, 0]
    assert table["duties_wanted"].tolist() == [3, 3]
