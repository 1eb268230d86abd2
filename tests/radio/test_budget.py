"""The link budget against a calculation by hand and its own convention."""

import dataclasses
import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import norm

from dualgig.project import DEFAULT_BANDS, Radio
from dualgig.radio.budget import cover_offset_db, link_budget, shadow_margin_db, steep_entry_db


def band_of(frequency_mhz):
    """A band of one's own."""
    return {
        "frequency_mhz": frequency_mhz,
        "resource_blocks": 25,
        "power_dbm": 46.0,
        "ssb_gain_dbi": 12.0,
        "radius_km": 20.0,
    }


@pytest.fixture
def n78():
    return link_budget(Radio.model_validate({}), "n78")


def test_a_budget_by_hand(n78):
    # 53 dBm over 273 blocks of 12 subcarriers is 17.85 dBm a resource element; 90 % at 6 dB is 7.69 dB
    assert n78.reference_power_dbm == pytest.approx(17.85, abs=0.005)
    assert n78.shadow_margin_db == pytest.approx(1.2816 * 6, abs=0.001)
    # 17.85 + 17.5 - 0.5 - 3 - 0 - 7.69 + 105
    assert n78.allowed_loss_db == pytest.approx(129.16, abs=0.01)
    # a loss of 100 dB leaves a median of 17.85 + 17.5 - 0.5 - 3 - 100
    assert n78.rsrp_dbm(100) == pytest.approx(-68.15, abs=0.01)


def test_reference_power_is_the_project_files(n78):
    radio = Radio.model_validate({})
    for name in DEFAULT_BANDS:
        budget = link_budget(radio, name)
        assert budget.reference_power_dbm == pytest.approx(radio.bands[name].reference_power_dbm)
        assert budget.frequency_ghz * 1000 == pytest.approx(radio.bands[name].frequency_mhz)
        assert 125 < budget.allowed_loss_db < 145


def test_lines_add_up_to_the_allowed_loss(n78):
    lines = n78.lines
    assert sum(lines.values()) == pytest.approx(n78.allowed_loss_db, abs=1e-9)
    # each number of the budget stands on exactly one line
    given = {field.name for field in dataclasses.fields(n78)} - {"band", "frequency_ghz", "resource_elements"}
    assert set(lines) == given | {"per_resource_element_db"}


def test_served_exactly_where_the_margin_is_not_negative(n78):
    # given losses at, just under and just over the allowed one, and none at all
    at = n78.allowed_loss_db
    losses = np.array([at, math.nextafter(at, 0), math.nextafter(at, 999), math.nan])
    # then
    assert (n78.margin_db(losses) >= 0).tolist() == [True, True, False, False]
    assert np.isnan(n78.rsrp_dbm(losses)[3])


def test_the_shadow_margin_stands_between_median_and_threshold_once(n78):
    losses = np.linspace(80, 150, 8)
    expected = n78.rsrp_dbm(losses) - n78.shadow_margin_db - n78.threshold_dbm
    assert n78.margin_db(losses) == pytest.approx(expected)
    # at zero margin the threshold is held at 90 % of log-normal locations
    rsrp = n78.rsrp_dbm(n78.allowed_loss_db)
    assert norm.sf(-105.0, loc=rsrp, scale=6.0) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("setting", "change_db"),
    [
        ({"penetration_loss_db": 15.0}, -15.0),
        ({"body_loss_db": 0.0}, 3.0),
        ({"threshold_dbm": -110.0}, 5.0),
        ({"location_share": 0.5}, 6 * 1.2815515655446004),
        ({"location_std_db": 0.0}, 6 * 1.2815515655446004),
        ({"bands": {"n78": {"cable_loss_db": 2.5}}}, -2.0),
        ({"bands": {"n78": {"ssb_gain_dbi": 20.5}}}, 3.0),
        ({"bands": {"n78": {"power_dbm": 50.0}}}, -3.0),
    ],
)
def test_each_setting_moves_the_allowed_loss_by_itself(n78, setting, change_db):
    changed = link_budget(Radio.model_validate(setting), "n78")
    assert changed.allowed_loss_db - n78.allowed_loss_db == pytest.approx(change_db)


@pytest.mark.parametrize("share", [0.5, 0.75, 0.9, 0.95, 0.99])
def test_the_shadow_margin_is_the_normal_quantile(share):
    assert shadow_margin_db(8.0, share) == pytest.approx(8.0 * norm.ppf(share))


@pytest.mark.parametrize(("std", "share"), [(6.0, 0.4), (6.0, 1.0), (-1.0, 0.9)])
def test_impossible_variability_is_refused(std, share):
    with pytest.raises(ValueError, match="location_"):
        shadow_margin_db(std, share)


def test_an_unknown_band(n78):
    with pytest.raises(KeyError):
        link_budget(Radio.model_validate({}), "n77")


def test_the_ssb_offset_lifts_the_reference_signal():
    plain = link_budget(Radio.model_validate({}), "n41")
    lifted = link_budget(Radio.model_validate({"bands": {"n41": {"ssb_offset_db": 3.0}}}), "n41")
    assert lifted.allowed_loss_db - plain.allowed_loss_db == pytest.approx(3.0)
    assert lifted.rsrp_dbm(100.0) - plain.rsrp_dbm(100.0) == pytest.approx(3.0)
    assert lifted.reference_power_dbm == plain.reference_power_dbm


def test_an_indoor_target_by_hand():
    # P.2109, traditional building, median, 3.45 GHz: walls 12.64 + 3.72 x 0.5378 + 0.96 x 0.5378^2 = 14.918,
    # openings 9.1 - 3.0 x 0.5378 = 7.487 and the floor of -3 dB add up as powers
    inside = Radio.model_validate({"target": "indoor"})
    entry_db = 10 * math.log10(10**1.4918 + 10**0.7487 + 10**-0.3)
    assert link_budget(inside, "n78").penetration_loss_db == pytest.approx(entry_db, abs=0.002)
    # a path 30 degrees from level loses more through the walls by 0.212 dB a degree, by less in all
    steep = steep_entry_db(inside, 3.45, [0.0, 30.0, -30.0, math.nan])
    assert steep[:2].tolist() == pytest.approx([0.0, steep[1]])
    assert 0 < steep[1] <= 0.212 * 30
    assert steep[1] == steep[2]
    assert math.isnan(steep[3])
    # outdoors nothing is entered
    assert steep_entry_db(Radio.model_validate({}), 3.45, [30.0]).tolist() == [0.0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": "indoor", "penetration_loss_db": 10.0}, "leave one of the two out"),
        ({"target": "indoor", "bands": {"low": band_of(60.0)}}, "P.2109 begins at 80 MHz"),
        ({"model": "tr38901_rma", "bands": {"low": band_of(400.0)}}, "TR 38.901 begins at 500 MHz"),
        ({"model": "tr38901_uma", "clutter_loss": "p2108"}, "has the clutter in its loss"),
    ],
)
def test_settings_that_count_twice_or_leave_a_models_range(settings, message):
    with pytest.raises(ValidationError, match=message):
        Radio.model_validate(settings)


CALIBRATION = {
    "fitted_on": "drive.csv",
    "offsets_db": {"n28": -4.0, "n78": 2.5},
    "clutter_offsets_db": {"n28": {"forest": -9.0, "water": 1.0}},
}


def test_a_calibration_is_a_line_of_its_own():
    plain, fitted = Radio.model_validate({}), Radio.model_validate({"calibration": CALIBRATION})
    for band, offset_db in (("n28", -4.0), ("n78", 2.5), ("n41", 0.0)):
        before, after = link_budget(plain, band), link_budget(fitted, band)
        assert before.lines["calibration_db"] == 0.0
        assert after.lines == {**before.lines, "calibration_db": offset_db}
        assert after.rsrp_dbm(120.0) - before.rsrp_dbm(120.0) == pytest.approx(offset_db)


def test_clutter_at_the_receiver_has_the_last_word():
    fitted = Radio.model_validate({"calibration": CALIBRATION})
    cover = np.array(["forest", "", "water", "fields"], object)
    whole = link_budget(fitted, "n28").calibration_db + cover_offset_db(fitted, "n28", cover)
    assert whole.tolist() == [-9.0, -4.0, 1.0, -4.0]
    assert cover_offset_db(fitted, "n78", cover).tolist() == [0.0] * 4
    assert cover_offset_db(Radio.model_validate({}), "n28", cover).tolist() == [0.0] * 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"offsets_db": {"n77": 1.0}}, "n77 is no band"),
        ({"offsets_db": {}}, "n28 is missing"),
        ({"offsets_db": {"n28": 90.0}}, "less than or equal to 60"),
        ({"fitted_on": ""}, "fitted_on"),
    ],
)
def test_a_calibration_that_makes_no_sense_is_refused(change, words):
    with pytest.raises(ValidationError, match=words):
        Radio.model_validate({"calibration": CALIBRATION | change})
