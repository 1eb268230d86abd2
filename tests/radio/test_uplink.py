"""The uplink budget by hand, against every number of resource blocks, and its rates."""

import dataclasses
import math

import numpy as np
import pytest
from scipy.stats import norm

from dualgig.project import DEFAULT_BANDS, Radio
from dualgig.radio.budget import link_budget
from dualgig.radio.p2109 import entry_loss_db
from dualgig.radio.uplink import downlink_mbps, downlink_sinr_db, uplink_budget, uplink_mbps


def radio(**settings):
    return Radio.model_validate(settings)


def test_a_budget_by_hand():
    # 1 Mbit/s on n78: 0.4 x log2(1 + SINR) x 360 kHz x 0.329 of the time x blocks. With 153 blocks the SINR
    # is -9.985 dB; with 154 it would be held at the least, -10 dB, over more noise
    budget = uplink_budget(radio(), "n78", 1.0)
    assert budget.resource_blocks == 153
    assert budget.required_sinr_db == pytest.approx(-9.985, abs=0.001)
    # -174 + 10 log10(153 x 360 kHz) + 5
    assert budget.noise_dbm == pytest.approx(-91.590, abs=0.001)
    # 23 + 17.5 - 0.5 - 3 - 0 - 7.689 + 91.590 - 3 + 9.985
    assert budget.allowed_loss_db == pytest.approx(127.886, abs=0.002)
    assert budget.frequency_ghz == 3.45


def test_lines_add_up_and_name_every_figure_once():
    budget = uplink_budget(radio(penetration_loss_db=12.0), "n28", 2.0)
    assert sum(budget.lines.values()) == pytest.approx(budget.allowed_loss_db, abs=1e-9)
    given = {field.name for field in dataclasses.fields(budget)} - {
        "band",
        "frequency_ghz",
        "resource_blocks",
    }
    assert set(budget.lines) == given
    assert budget.frequency_ghz == 0.718
    assert budget.margin_db([100.0, math.nan])[0] == pytest.approx(budget.allowed_loss_db - 100)
    assert np.isnan(budget.margin_db(math.nan))


@pytest.mark.parametrize("band", DEFAULT_BANDS)
@pytest.mark.parametrize("mbps", [0.128, 1.0, 5.0])
def test_no_other_number_of_blocks_reaches_farther(band, mbps):
    # given every number of blocks by itself, in plain arithmetic
    settings = radio()
    carrier = settings.bands[band]
    needs = []
    for blocks in range(1, carrier.resource_blocks + 1):
        hz = blocks * 12_000 * carrier.subcarrier_khz
        sinr = 2 ** (mbps * 1e6 / (0.4 * carrier.uplink_share * hz)) - 1
        if 10 * math.log10(max(sinr, 0.1)) <= 22:
            needs.append(-174 + 10 * math.log10(hz) + 5 + 3 + 10 * math.log10(max(sinr, 0.1)))
    before = 23 + carrier.ssb_gain_dbi - 0.5 - 3 - norm.ppf(0.9) * 6
    # when, then
    assert uplink_budget(settings, band, mbps).allowed_loss_db == pytest.approx(before - min(needs))


@pytest.mark.parametrize("band", ["n28", "n78"])
def test_the_rate_at_the_allowed_loss_is_the_rate_asked_for(band):
    for mbps in (0.2, 1.0, 4.0):
        allowed = uplink_budget(radio(), band, mbps).allowed_loss_db
        rates = uplink_mbps(radio(), band, [allowed - 1e-9, allowed + 0.05, 400.0, math.nan])
        assert rates[0] >= mbps
        assert rates[1] < mbps
        assert rates[2:].tolist() == [0.0, 0.0]


def test_rates_do_not_grow_with_the_loss_and_end_at_the_carriers():
    rates = uplink_mbps(radio(), "n41", np.linspace(60, 160, 300))
    assert (np.diff(rates) <= 1e-12).all()
    assert rates[0] == pytest.approx(0.4 * math.log2(1 + 10**2.2) * 98.28 * 0.229)


def test_a_rate_beyond_the_carrier_is_never_held():
    budget = uplink_budget(radio(), "n28", 1000.0)
    assert budget.resource_blocks == 0
    assert budget.allowed_loss_db == -math.inf
    assert budget.margin_db(50.0) == -math.inf


@pytest.mark.parametrize(
    ("setting", "change_db"),
    [
        ({"phone_power_dbm": 26.0}, 3.0),
        ({"uplink_noise_rise_db": 1.0}, 2.0),
        ({"base_noise_figure_db": 3.0}, 2.0),
        ({"body_loss_db": 0.0}, 3.0),
        ({"location_share": 0.5}, 6 * 1.2815515655446004),
        ({"bands": {"n78": {"traffic_gain_dbi": 24.0}}}, 6.5),
        ({"bands": {"n78": {"cable_loss_db": 2.5}}}, -2.0),
        ({"threshold_dbm": -110.0}, 0.0),
        ({"noise_figure_db": 5.0}, 0.0),
    ],
)
def test_each_setting_moves_the_allowed_loss_by_itself(setting, change_db):
    plain = uplink_budget(radio(), "n78", 1.0).allowed_loss_db
    assert uplink_budget(radio(**setting), "n78", 1.0).allowed_loss_db - plain == pytest.approx(change_db)


def test_an_indoor_target_pays_the_entry_loss_at_each_frequency():
    inside = radio(target="indoor", building="thermally_efficient", entry_probability=0.8)
    down, up = link_budget(inside, "n28"), uplink_budget(inside, "n28", 1.0)
    assert down.penetration_loss_db == pytest.approx(float(entry_loss_db(0.773, 80, "thermally_efficient")))
    assert up.penetration_loss_db == pytest.approx(float(entry_loss_db(0.718, 80, "thermally_efficient")))


def test_downlink_rates_by_hand():
    # n78, 98.28 MHz, 0.643 of the time: at 10 dB 0.6 x log2(11)
    assert downlink_mbps(radio(), "n78", 10.0) == pytest.approx(98.28 * 0.643 * 0.6 * math.log2(11))
    assert downlink_mbps(radio(), "n78", [-10.5, math.nan]).tolist() == [0.0, 0.0]
    sinr = downlink_sinr_db(radio(), "n78", 50.0)
    assert downlink_mbps(radio(), "n78", sinr + 1e-9) == pytest.approx(50.0)
    assert downlink_sinr_db(radio(), "n78", 1e6) == math.inf
