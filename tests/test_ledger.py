"""The status ledger over the prediction: which word counts, and what it does to a place."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import dualgig as dg
from dualgig.formulate import siting_problem
from dualgig.ledger import counted, said_of
from dualgig.siting.problem import serve

VILLAGE = "331126100202"


def entries(region, *rows, mode="any"):
    columns = ["place", "service", "served", "operator", "source", "date"]
    status = pd.DataFrame(rows, columns=columns)
    standards = region.project.standards.model_copy(update={"operator": mode})
    project = region.project.model_copy(update={"standards": standards})
    return dataclasses.replace(region, status=status, project=project)


@pytest.fixture
def region(tiny_project):
    return dg.load_region(tiny_project())


def test_the_latest_entry_counts(region):
    region = entries(
        region,
        (VILLAGE, "5g", True, "", "survey", "2025-01-01"),
        (VILLAGE, "5g", False, "", "survey", "2024-01-01"),
    )

    assert counted(region, "5g") == {VILLAGE: True}
    assert counted(region, "gigabit") == {}


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        ("any", {VILLAGE: True}),
        ("each", {VILLAGE: False}),
        ("China Mobile", {VILLAGE: True}),
        ("China Unicom", {VILLAGE: False}),
    ],
)
def test_operators_speak_for_themselves(region, mode, verdict):
    region = entries(
        region,
        (VILLAGE, "5g", True, "China Mobile", "", "2025-01-01"),
        (VILLAGE, "5g", False, "China Unicom", "", "2025-01-01"),
        mode=mode,
    )

    assert counted(region, "5g") == verdict


def test_one_operators_word_is_not_each(region):
    region = entries(region, (VILLAGE, "5g", True, "China Mobile", "", ""), mode="each")

    assert counted(region, "5g") == {}


def test_the_ledger_overrides_the_prediction_and_the_conflict_is_listed(region):
    coverage = dg.predict_coverage(region)
    plain = entries(region)
    predicted = dg.gaps_today(plain, dataclasses.replace(coverage, region=plain)).villages
    served = predicted.index[predicted["before_5g"]][0]
    unserved = predicted.index[~predicted["before_5g"]][0]
    changed = entries(
        region,
        (served, "5g", False, "", "drive test", "2025-03-01"),
        (unserved, "5g", True, "", "township", "2025-03-02"),
    )

    plan = dg.gaps_today(changed, dg.predict_coverage(changed))

    assert not plan.villages.at[served, "before_5g"]
    assert plan.villages.at[unserved, "before_5g"]
    assert plan.villages.at[served, "source_5g"] == "ledger"
    conflicts = plan.conflicts.set_index("id")
    assert set(conflicts.index) == {served, unserved}
    assert conflicts.at[served, "source"] == "drive test"
    assert bool(conflicts.at[served, "predicted"])
    assert not bool(conflicts.at[served, "ledger"])


def test_a_village_that_the_ledger_calls_unserved_gets_gigabit_by_an_upgrade(region):
    village = region.villages.index[region.villages["fibre"] == "10gpon"][0]
    changed = entries(region, (village, "gigabit", False, "", "speed test", "2025-03-01"))

    coverage = dg.predict_coverage(changed)
    plan = dg.gaps_today(changed, coverage)

    assert not plan.villages.at[village, "before_gigabit"]
    links = coverage.options[(coverage.options["kind"] == "link") & (coverage.options["item"] == village)]
    assert len(links) >= 1
    gap = plan.gaps[(plan.gaps["id"] == village) & (plan.gaps["service"] == "gigabit")].iloc[0]
    assert gap["reason"] == "budget"


def test_one_operators_no_leaves_the_others_to_the_prediction(region):
    served = dg.gaps_today(entries(region), dg.predict_coverage(entries(region))).villages
    village = served.index[served["before_5g"]][0]
    one = entries(region, (village, "5g", False, "China Unicom", "drive test", "2025-03-01"))
    both = entries(
        region,
        (village, "5g", False, "China Unicom", "drive test", "2025-03-01"),
        (village, "5g", False, "China Mobile", "drive test", "2025-03-01"),
    )

    # China Mobile serves it, by the prediction.
    assert counted(one, "5g") == {}
    assert dg.gaps_today(one, dg.predict_coverage(one)).villages.at[village, "before_5g"]
    assert counted(both, "5g") == {village: False}
    assert not dg.gaps_today(both, dg.predict_coverage(both)).villages.at[village, "before_5g"]


def test_an_operators_own_word_goes_before_that_of_all(region):
    said = entries(
        region,
        (VILLAGE, "5g", True, "", "county", "2025-01-01"),
        (VILLAGE, "5g", False, "China Unicom", "drive test", "2025-01-01"),
        mode="each",
    )

    assert said_of(said, "China Mobile") == {VILLAGE: True}
    assert said_of(said, "China Unicom") == {VILLAGE: False}
    assert counted(said, "5g") == {VILLAGE: False}


def test_each_operator_keeps_what_the_ledger_says_it_has(region):
    # China Mobile serves the village, China Unicom does not: what is left to build is China Unicom's alone.
    served = entries(
        region,
        (VILLAGE, "5g", True, "China Mobile", "drive test", "2025-01-01"),
        (VILLAGE, "5g", False, "China Unicom", "drive test", "2025-01-01"),
        mode="each",
    )
    coverage = dg.predict_coverage(served)
    problem, places = siting_problem(coverage)
    place = places.slice("5g", "village").start + list(served.villages.index).index(VILLAGE)
    options = coverage.options
    unicom = ((options["operator"] == "China Unicom") | (options["kind"] == "structure")).to_numpy()

    assert not serve(problem, np.zeros(len(unicom), bool))[1][place]
    assert serve(problem, unicom)[1][place]


def test_a_township_that_the_ledger_calls_unserved_is_mended_at_its_seat(region):
    # The seat of 松源镇 is a community with 10G-PON.
    changed = entries(region, ("331126100", "gigabit", False, "", "speed test", "2025-03-01"))

    plan = dg.make_plan(changed, dg.predict_coverage(changed))

    assert not plan.townships.at["331126100", "before_gigabit"]
    assert plan.townships.at["331126100", "after_gigabit"]
    assert plan.duty == "met"


@pytest.mark.parametrize(("village", "said", "more"), [(VILLAGE, False, -600), ("331126201203", True, 400)])
def test_the_ledger_decides_whose_people_are_still_worth_something(region, village, said, more):
    # 中村 is served by the prediction, 深坑村 behind the ridge is not.
    worth = region.project.model_copy(
        update={"objective": region.project.objective.model_copy(update={"people": 1})}
    )
    plain = entries(dataclasses.replace(region, project=worth))
    told = entries(
        dataclasses.replace(region, project=worth), (village, "5g", said, "", "county", "2025-01-01")
    )

    problem, _ = siting_problem(dg.predict_coverage(plain))
    changed, _ = siting_problem(dg.predict_coverage(told))

    def worth_today(problem):
        return int(problem.point_worth[problem.covered_before].sum())

    assert worth_today(changed) - worth_today(problem) == more
