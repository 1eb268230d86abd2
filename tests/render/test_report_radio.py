"""The paragraph on how coverage was predicted says what the project asked for, and nothing else."""

from dataclasses import replace

import pytest

from dualgig.project import Radio
from dualgig.render.report_radio import radio_text


@pytest.fixture
def told(make_plan):
    """Function: settings of [radio] to the paragraph of a small plan."""

    def tell(language="en", **radio):
        plan = make_plan(language=language)
        given = plan.region.project
        project = given.model_copy(update={"radio": Radio.model_validate(radio)})
        project._path = given.path
        return radio_text(replace(plan, region=replace(plan.region, project=project)))

    return tell


def test_the_default_is_p1812_over_the_terrain(told):
    text = told()
    assert "P.1812-8" in text
    assert "No site tells the azimuths" in text
    for other in ("38.901", "SINR", "Mbit/s", "P.2109"):
        assert other not in text


@pytest.mark.parametrize(("model", "name"), [("tr38901_rma", "RMa"), ("tr38901_uma", "UMa")])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_flat_choice_is_labelled(told, language, model, name):
    text = told(language, model=model)
    assert f"3GPP TR 38.901 {name}" in text
    assert "P.1812" not in text
    assert ("no terrain is looked at" if language == "en" else "未考虑地形") in text


def test_every_test_is_told_with_its_figures(told):
    text = told(sinr_threshold_db=-3.0, downlink_mbps=50.0, uplink_mbps=2.0, load=0.7, phone_power_dbm=26.0)
    for words in (
        "SS-SINR of -3 dB",
        "downlink rate of 50 Mbit/s",
        "load of 70%",
        "uplink rate of 2 Mbit/s",
        "26 dBm",
    ):
        assert words in text
    assert "on air today" in text
    assert "may be on air" in told(sinr_threshold_db=0.0, interferers="all")


def test_an_indoor_target_is_told(told):
    text = told(target="indoor", building="thermally_efficient", entry_probability=0.8)
    assert "P.2109-2, thermally efficient buildings, not exceeded at 80%" in text


def test_sectors_and_disturbed_places_are_counted(make_plan):
    plan = make_plan(language="en")
    azimuths = [("0", "120", "240")] * 2 + [()] * (len(plan.sites) - 2)
    sites = plan.sites.assign(azimuths=azimuths)
    villages = plan.villages.assign(interfered=[True] * 3 + [False] * (len(plan.villages) - 3))
    text = radio_text(replace(plan, sites=sites, villages=villages))
    assert f"2 of {len(sites)} sites tell the azimuths" in text
    assert "3 places are served only as long" in text
