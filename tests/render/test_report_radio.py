"""The paragraph on how coverage was predicted says what the project asked for, and nothing else."""

from dataclasses import replace

import pytest

from dualgig.prediction import CapLoss, Prediction, SweepCheck
from dualgig.project import Radio
from dualgig.render.report_radio import NAMED, prediction_text, radio_text


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


PREDICTION = Prediction(
    method="sweep",
    sites=5000,
    points=25_000,
    paths=5_100_000,
    check=SweepCheck(700, 400_000, -0.034, 1.25, 24_000, 12, 9, (), ()),
    caps=(CapLoss("n28", 15.0, 30.0, 40, 40, ()), CapLoss("n78", 5.0, 10.0, 900, 450, ())),
)


def paragraphs(make_plan, language, **changes):
    plan = make_plan(language=language)
    ids = {"places_lost": tuple(plan.villages.index[:2]), "places_gained": ()}
    about = replace(PREDICTION, **{"check": replace(PREDICTION.check, **ids), **changes})
    return plan, prediction_text(replace(plan, prediction=about))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sweep_is_told_with_its_difference_and_the_places_that_it_changes(make_plan, language):
    plan, (method, caps, sampled) = paragraphs(make_plan, language)
    for figure in ("5,100,000", "700", "400,000", "−0.03 dB", "1.25 dB", "12", "9", "24,000"):
        assert figure in method
    for name in plan.villages["name"].iloc[:2]:
        assert name in method
    assert ("twice as far" if language == "en" else "2倍") in caps
    assert "n78" in sampled
    assert "450" in sampled


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_exact_prediction_tells_of_no_difference(make_plan, language):
    _, (method, *_) = paragraphs(make_plan, language, method="exact", check=None)
    assert "5,100,000" in method
    assert "dB" not in method


def test_places_lost_to_a_cap_are_named_with_their_band(make_plan):
    plan = make_plan(language="en", villages=NAMED + 3)
    places = tuple(str(place) for place in plan.villages.index)
    cap = CapLoss("n41", 8.0, 16.0, 60, 60, places)
    text = prediction_text(replace(plan, prediction=replace(PREDICTION, caps=(cap,))))
    assert text[2].startswith("n41, 8 km (looked for up to 16 km)")
    assert plan.villages["name"].iloc[0] in text[2]
    # given more places than a sentence names
    assert text[2].endswith("and 3 more.")


def test_a_plan_that_does_not_know_says_nothing(make_plan):
    assert prediction_text(make_plan(language="en")) == []
