"""Years, funds, balance, co-building and what-if, planned whole on the tiny region and checked independently."""

import json
from dataclasses import replace

import numpy as np
import pytest

import dualgig as dg
from dualgig.errors import ContradictionError, NotFoundError, ProjectError
from dualgig.explained import goals_text
from dualgig.policy import policy_of
from dualgig.siting.problem import serve

YEARS = {
    "years": [2022, 2023, 2024],
    "budget_cny": [1_000_000, 900_000, 800_000],
    "targets": [
        {"goal": "township_5g", "by": 2022, "share": 1.0},
        {"goal": "priority_village_5g", "by": 2023, "share": 0.5},
    ],
}


@pytest.fixture
def county_project(tiny_project):
    """The tiny region with a county and a group a township: 甲县, plain; 乙县, mountain."""

    def make(**changes):
        project = tiny_project(**changes)
        path = project.path.parent / "townships.geojson"
        data = json.loads(path.read_text(encoding="utf-8"))
        for feature, (county, group) in zip(
            data["features"], [("甲县", "plain"), ("乙县", "mountain")], strict=True
        ):
            feature["properties"] |= {"county": county, "group": group}
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return project

    return make


def predicted(project):
    region = dg.load_region(project)
    return region, dg.predict_coverage(region)


def planned(project, **wishes):
    return dg.make_plan(*predicted(project), **wishes)


@pytest.mark.parametrize("carry_over", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_plan_over_years_is_what_its_inputs_make_of_it(county_project, plan_checker, carry_over):
    plan = planned(county_project(phases={**YEARS, "carry_over": carry_over}))

    plan_checker.check_plan(plan)
    assert plan.years == (2022, 2023, 2024)
    # the money of the first year cannot pay everything that the plan builds
    assert plan.cost_cny > 1_000_000
    assert plan.phases[0].targets[0].score.met
    names = {goals_text("en", reach) for reach in plan.insight.reach}
    assert any("Townships with 5G 2022" in name for name in names)
    assert not any("_" in name or "@" in name for name in names)
    assert plan.villages["year_5g"].nunique() > 1


def test_without_phases_nothing_has_a_year(county_project, plan_checker):
    plan = planned(county_project())

    plan_checker.check_plan(plan)
    assert plan.years == plan.phases == plan.funds == plan.equity == ()


def test_a_missed_target_tells_why(county_project):
    targets = [
        {"goal": "township_5g", "by": 2022, "share": 1.0},
        {"goal": "priority_village_5g", "by": 2022, "share": 1.0},
    ]
    poor = planned(county_project(phases={"years": [2022, 2023], "budget_cny": [400_000, 4_000_000],
                                          "targets": targets}))  # fmt: skip
    township, priority = poor.phases[0].targets

    # townships come first and take the money; all priority villages at once cost more than there is
    assert (township.score.met, township.why) == (True, "")
    assert (priority.score.met, priority.why) == (False, "money")
    assert priority.least_cny > priority.money_cny == 400_000
    assert poor.duty == "over_budget"

    forbidden = planned(
        county_project(phases={"years": [2022, 2023], "targets": targets}, decisions={"forbid": ["S3", "S5"]})
    )
    assert forbidden.phases[0].targets[1].why == "reach"
    assert forbidden.phases[0].targets[1].least_cny is None


def test_a_target_that_others_leave_no_money_for_is_a_matter_of_order(county_project):
    targets = [
        {"goal": goal, "by": 2022, "share": 1.0} for goal in ("township_5g", "eligible_village_gigabit")
    ]
    plan = planned(county_project(phases={"years": [2022, 2023], "targets": targets}))
    both = plan.phases[0].spent_cny
    alone = [
        planned(county_project(goals=only, objective={"villages": 0})).cost_cny
        for only in (
            {"township_gigabit": None, "priority_village_5g": None, "eligible_village_gigabit": None},
            {"township_5g": None, "township_gigabit": None, "priority_village_5g": None},
        )
    ]
    money = max(alone) + 10_000
    assert money < both

    tight = planned(
        county_project(phases={"years": [2022, 2023], "budget_cny": [money, 4_000_000], "targets": targets})
    )

    assert [target.why for target in tight.phases[0].targets] == ["", "order"]
    assert tight.phases[0].targets[1].least_cny == alone[1] <= money


def test_funds_pay_by_their_rules_and_the_limits_hold(county_project, plan_checker):
    funds = [
        {"name": "universal service", "amount_cny": 900_000, "pays": {"services": ["5g"], "places": "villages"}},
        {"name": "fibre of the mountains", "amount_cny": 200_000, "pays": {"services": ["gigabit"], "groups": ["mountain"]}},
        {"name": "idle", "amount_cny": 10, "pays": {"kinds": ["tenancy"]}},
    ]  # fmt: skip
    generous = planned(county_project(funds=funds))
    plan_checker.check_plan(generous)
    assert [warning.column for warning in generous.region.warnings] == ["funds.2.pays"]

    # all money lies in a fund that pays no fibre: nothing of fibre is built, whatever the total allows
    strict = planned(
        county_project(
            funds=[{"name": "5g", "amount_cny": 3_000_000, "pays": {"services": ["5g"]}}],
            budget={"total_cny": 3_000_000},
        )
    )
    plan_checker.check_plan(strict)
    assert not strict.cost_lines["option"].str.match("node:|link:").any()
    assert strict.villages["after_5g"].sum() == generous.villages["after_5g"].sum()
    assert strict.duty == "over_budget"


def test_balance_between_groups_changes_the_plan(county_project, plan_checker):
    goals = {
        "township_5g": None,
        "township_gigabit": None,
        "priority_village_5g": None,
        "eligible_village_gigabit": None,
    }
    bare = {"goals": goals, "budget": {"total_cny": 700_000}}
    free = planned(county_project(**bare, equity=[
        {"kind": "least_spending", "group": "plain", "share": 0.0}]))  # fmt: skip
    rules = [
        {"kind": "least_spending", "group": "甲县", "share": 0.5},
        {"kind": "least_coverage", "group": "mountain", "measure": "people_5g", "share": 0.5},
        {"kind": "largest_difference", "group": "mountain", "measure": "villages_5g", "share": 0.4},
        {"kind": "largest_difference", "group": "mountain", "measure": "people_gigabit", "share": 1.0},
    ]
    fair = planned(county_project(**bare, equity=rules))

    for plan in (free, fair):
        plan_checker.check_plan(plan)
    assert free.equity[0].after < 0.5
    assert [row.met for row in fair.equity] == [True] * 4
    assert fair.equity[0].after >= 0.5


def test_operators_who_share_a_site_pay_with_the_discount(county_project, plan_checker):
    each = {
        "goals": {"township_gigabit": None, "eligible_village_gigabit": None},
        "standards": {"operator": "each"},
    }
    shared = county_project(
        costs={"co_building": {"lines": ["rent_year_existing", "rent_year_new", "structure_new"]}}, **each
    )
    region, coverage = predicted(shared)
    options = coverage.options
    steps = options[(options["kind"] == "tenancy") & (options["item"] == "S4")]
    price = {name: cost.amount_cny for name, cost in shared.costs.prices.items()}
    alone = 5 * price["rent_year_new"] + round(1.05 * price["structure_new"])

    # a new mast: the first tenant pays all, both together 2 x 0.7 - 0.05 of what one pays
    assert steps["cost_cny"].tolist() == [alone, pytest.approx(0.35 * alone, abs=1)]
    assert steps["requires"].tolist() == ["structure:S4", "tenancy:S4:1"]
    # China Mobile is on S1 today: China Unicom is the second tenant there, and pays no structure
    second = options.loc["tenancy:S1:1"]
    assert (second["cost_cny"], second["requires"]) == (0.35 * 5 * price["rent_year_existing"], "")

    plan = dg.make_plan(region, coverage)
    taken = plan.cost_lines.loc[plan.cost_lines["option"].str.startswith("tenancy:"), "option"].nunique()
    newcomers = sum(
        len({name.split("-")[0] for name in built.split(";") if name} - {n.split("-")[0] for n in on_air})
        for built, on_air in zip(plan.sites["built"], plan.sites["on_air"], strict=True)
    )
    assert taken == newcomers > 0
    assert (
        plan.sites.loc["S4", "cost_cny"]
        == plan.cost_lines.loc[plan.cost_lines["item"] == "S4", "amount_cny"].sum()
    )

    anyone = planned(county_project(costs={"co_building": {}}))
    plan_checker.check_plan(anyone)


@pytest.mark.parametrize("mode", ["each", "China Unicom"])
def test_operator_modes_serve_every_goal(county_project, mode):
    plan = planned(county_project(standards={"operator": mode}, budget={"total_cny": 20_000_000}))

    counted = plan.region.project.operators if mode == "each" else (mode,)
    for operator in counted:
        served = plan.sites["operator"].str.split(";").map(lambda names, o=operator: o in names)
        assert served.any()
    rows = {row.goal: row for row in plan.scoreboard}
    assert rows["township_5g"].achieved == plan.townships["after_5g"].sum()
    priority = plan.villages[plan.villages["priority"]]
    assert rows["priority_village_5g"].achieved == priority["after_5g"].sum()
    if mode == "each":
        both = planned(county_project(standards={"operator": "any"}, budget={"total_cny": 20_000_000}))
        assert plan.cost_cny > both.cost_cny


def test_order_and_weights_of_duties_decide_what_is_left_out(county_project):
    poor = {"budget": {"total_cny": 640_000}, "objective": {"villages": 0}}
    usual = planned(county_project(**poor))
    turned = planned(county_project(goals={"order": ["priority_village_5g", ["township_gigabit", "township_5g"]]},
                                    **poor))  # fmt: skip

    def achieved(plan, goal):
        return next(row.achieved for row in plan.scoreboard if row.goal == goal)

    # the money reaches both townships with both services, or two priority villages
    assert achieved(usual, "township_5g") + achieved(usual, "township_gigabit") == 4
    assert achieved(turned, "priority_village_5g") > achieved(usual, "priority_village_5g")
    assert achieved(turned, "township_gigabit") < achieved(usual, "township_gigabit")
    assert [stage.stage for stage in turned.stages][:2] == ["reach_0", "reach_1"]
    problem = policy_of(predicted(county_project(goals={"weights": {"township_5g": 7}}))[1]).problem
    assert {goal.name: goal.weight for goal in problem.goals}["township_5g"] == 7


def test_worths_of_townships_groups_and_people(county_project):
    objective = {"villages": 10, "townships": 25, "people": 2, "groups": {"乙县": 3}}
    _, coverage = predicted(county_project(objective=objective))
    policy = policy_of(coverage)
    problem, places, region = policy.problem, policy.places, coverage.region
    everything = np.ones(len(problem.option_ids), np.bool_)
    points, _ = serve(problem, everything)

    assert problem.place_worth[places.slice("5g", "township")].tolist() == [25, 75]
    mountain = (region.villages["township"] == region.townships.index[1]).to_numpy()
    assert problem.place_worth[places.slice("gigabit", "village")].tolist() == [
        30 if m else 10 for m in mountain
    ]
    people = region.villages["population"].to_numpy()
    demand = region.demand
    times = np.where(demand["township"] == region.townships.index[1], 3, 1)
    assert (
        problem.point_worth.sum()
        == 2 * (people * np.where(mountain, 3, 1)).sum() + 2 * (demand["weight"] * times).sum()
    )
    assert points.any()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"equity": [{"kind": "least_coverage", "group": "mountain", "measure": "villages_5g", "share": 1.0}],
             "decisions": {"forbid": ["S4", "S5"]}},
            ["least_coverage villages_5g mountain", "above what everything", "Write at most"],
        ),
        (
            {"equity": [{"kind": "largest_difference", "group": "mountain", "measure": "people_5g", "share": 0.1}],
             "decisions": {"forbid": ["S2", "S4", "S5", "S6"]}},
            ["mountain", "the difference cannot", "Write at least"],
        ),
        (
            {"equity": [{"kind": "least_spending", "group": "plain", "share": 0.6},
                        {"kind": "least_spending", "group": "mountain", "share": 0.5}]},
            ["plain, mountain", "110.0%"],
        ),
    ],
)  # fmt: skip
def test_wishes_that_nothing_can_keep_are_named_before_anything_is_solved(county_project, changes, told):
    _, coverage = predicted(county_project(**changes))

    with pytest.raises(ContradictionError) as error:
        policy_of(coverage)

    for words in told:
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"equity": [{"kind": "least_spending", "group": "hills", "share": 0.1}]}, ["equity.0.group", "'hills'", "mountain"]),
        ({"objective": {"groups": {"hills": 2}}}, ["objective.groups", "'hills'"]),
        ({"funds": [{"name": "f", "amount_cny": 1, "pays": {"groups": ["hills"]}}]}, ["funds.0.pays.groups", "'hills'"]),
        ({"funds": [{"name": "f", "amount_cny": 1, "pays": {"counties": ["丙县"]}}]}, ["funds.0.pays.counties", "甲县"]),
        ({"base_stations": {"planned_elsewhere": {"丙县": 3}}}, ["planned_elsewhere", "丙县"]),
    ],
)  # fmt: skip
def test_names_that_the_region_does_not_have(county_project, changes, told):
    region, coverage = predicted(county_project(**changes))

    with pytest.raises(ProjectError) as error:
        dg.make_plan(region, coverage)

    for words in told:
        assert words in str(error.value)


def test_what_if_is_the_plan_of_a_changed_file(county_project, plan_checker):
    region, coverage = predicted(county_project(phases=YEARS))
    asked = dg.make_plan(region, coverage, lock=["S6", "N3"], forbid=["S4"], budget_cny=5_400_000)
    written = planned(
        county_project(
            phases={**YEARS, "budget_cny": [900_000, 810_000, 720_000]},
            decisions={"lock": ["S6", "N3"], "forbid": ["S4"]},
            budget={"total_cny": 5_400_000},
        )
    )

    plan_checker.check_plan(asked)
    assert asked.cost_lines.equals(written.cost_lines)
    assert asked.scoreboard == written.scoreboard
    assert asked.phases == written.phases
    assert asked.sites.loc["S6", "state"] == asked.nodes.loc["N3", "state"] == "new"
    assert asked.region.project.decisions.lock == ("S6", "N3")
    # the coverage that was handed over is as it was
    assert coverage.region.project.budget.total_cny == 6_000_000


@pytest.mark.parametrize(
    ("wishes", "kind", "told"),
    [
        ({"lock": ["S66"]}, NotFoundError, "lock S66: it is neither a site nor a node. Did you mean S6"),
        ({"forbid": ["S66", "X"]}, NotFoundError, "forbid X"),
        ({"lock": ["S6"], "forbid": ["S6"]}, ContradictionError, "S6"),
        ({"budget_cny": -1}, ProjectError, "below 0"),
    ],
)
def test_what_if_names_what_cannot_be(county_project, wishes, kind, told):
    region, coverage = predicted(county_project())

    with pytest.raises(kind, match=told):
        dg.make_plan(region, coverage, **wishes)


def test_a_site_inside_an_exclusion_cannot_be_locked(county_project):
    region, coverage = predicted(county_project())
    park = region.exclusions.geometry.iloc[0].representative_point()
    sites = region.sites.copy()
    sites.loc["S6", "geometry"] = park
    moved = replace(region, sites=sites)

    with pytest.raises(ContradictionError, match="S6: locked, yet inside an exclusion"):
        dg.make_plan(moved, replace(coverage, region=moved), lock=["S6"])


def test_stations_are_counted_in_the_unit_that_is_asked_for(county_project, plan_checker):
    counted = {}
    for unit in ("site", "operator", "band"):
        stations = {"unit": unit, "targets": {"2024": 30}, "planned_elsewhere": {"甲县": 4}}
        plan = planned(county_project(base_stations=stations))
        plan_checker.check_stations(plan)
        counted[unit] = plan.stations
        assert plan.stations.wanted == 30
        assert {county.county: county.planned_elsewhere for county in plan.stations.counties} == {
            "甲县": 4,
            "乙县": 0,
        }
    assert counted["site"].after <= counted["operator"].after <= counted["band"].after


@pytest.mark.slow
def test_the_years_count_stations_against_the_policy_s_number(county_project, plan_checker):
    stations = {"unit": "band", "targets": {"2024": 30}, "planned_elsewhere": {"甲县": [1, 2, 4]}}
    plan = planned(county_project(phases=YEARS, base_stations=stations))

    plan_checker.check_plan(plan)
    assert [phase.stations_wanted for phase in plan.phases] == [None, None, 30]
    assert plan.stations.wanted == 30
    assert [phase.planned_elsewhere for phase in plan.phases] == [1, 2, 4]


def test_the_price_of_a_gap_contains_the_tenancy(county_project):
    nothing = planned(county_project(costs={"co_building": {}}, budget={"total_cny": 0}))
    bought = planned(
        county_project(
            costs={"co_building": {}},
            goals={"township_5g": None, "township_gigabit": None, "eligible_village_gigabit": None},
            decisions={"forbid": ["S1", "S2", "S3", "S5", "S6"]},
            objective={"villages": 0},
        )
    )

    # 深坑村 is served by S4 alone, whose new mast has no tenant yet
    paid = bought.cost_lines[bought.cost_lines["item"] == "S4"]
    assert set(paid["option"].str.split(":").str[0]) == {"structure", "radio", "tenancy"}
    assert nothing.villages.at["331126201203", "cost_5g_cny"] == paid["amount_cny"].sum()


def test_what_is_served_today_is_told_of_a_project_with_everything(county_project):
    project = county_project(
        phases=YEARS,
        funds=[{"name": "f", "amount_cny": 1_000_000}],
        equity=[{"kind": "least_coverage", "group": "mountain", "measure": "people_5g", "share": 0.5}],
        costs={"co_building": {}},
    )

    today = dg.gaps_today(*predicted(project))

    assert today.cost_cny == 0
    assert today.years == (2022, 2023, 2024)
    assert today.villages["year_5g"].isna().all()
    assert today.villages["after_5g"].equals(today.villages["before_5g"])
    assert [phase.spent_cny for phase in today.phases] == [0, 0, 0]
    assert today.equity[0].before == today.equity[0].after == 0.0
