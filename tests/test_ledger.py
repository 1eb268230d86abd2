"""The status ledger over the prediction: which word counts, and what it does to a place."""

import dataclasses

import pandas as pd
import pytest

import dualgig as dg
from dualgig.ledger import counted

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
