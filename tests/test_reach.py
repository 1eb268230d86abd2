"""Margins of the sites' paths: each option of [radio] against its own formula, and nothing by default."""

import math

import numpy as np
import pandas as pd
import pytest

import dualgig as dg
from dualgig.errors import ProjectError
from dualgig.propagation import radio_paths
from dualgig.radio.antenna import Pattern, pattern_db
from dualgig.radio.budget import link_budget, steep_entry_db
from dualgig.radio.flat import flat_loss_db
from dualgig.radio.paths import path_losses
from dualgig.radio.uplink import downlink_sinr_db, uplink_budget
from dualgig.reach import radio_reach
from dualgig.standards import radio_tests


@pytest.fixture
def reach_with(aimed_project):
    """Function: settings of [radio], and cells of the sites table, to region, points and reach."""

    def make(antennas=None, **radio):
        region = dg.load_region(aimed_project(antennas, **radio))
        points = radio_tests(region).points
        return region, points, radio_reach(region, points)

    return make


def finite(reach):
    return np.isfinite(reach.margin_db)


def test_by_default_only_the_level_is_tested(reach_with):
    region, points, reach = reach_with()
    paths = radio_paths(region, points)
    assert reach.level_db is reach.margin_db
    assert reach.quiet_db is reach.margin_db
    for b, band in enumerate(reach.bands):
        expected = link_budget(region.project.radio, band).margin_db(paths.basic_db[:, b])
        there = np.isfinite(expected)
        assert reach.margin_db[there, b] == pytest.approx(expected[there], abs=1e-4)
        assert (reach.margin_db[~there, b] == -np.inf).all()
    assert (reach.clear_db >= reach.margin_db - 1e-4).all()


def test_sectors_take_what_their_pattern_takes(reach_with):
    # given S2 with three sectors, tilted, and the same region without
    region, points, reach = reach_with({"S2": ("30;150;270", "4")})
    _, _, omni = reach_with()
    s2 = list(region.sites.index).index("S2")
    own = reach.site == s2
    # then the other sites are as they were
    assert np.array_equal(reach.margin_db[~own], omni.margin_db[~own])
    # and S2 loses what its best sector's pattern takes in the direction in which each path leaves; here the
    # bearing is the map's, corrected by the meridian convergence at the site
    xy, sites_xy = points[["x_m", "y_m"]].to_numpy(), region.xy_m(region.sites)
    site = region.sites.geometry.iloc[s2]
    assert region.metric_crs.to_epsg() == 32650
    convergence = (site.x - 117.0) * math.sin(math.radians(site.y))
    east, north = (xy[reach.point[own]] - sites_xy[s2]).T
    bearing = np.degrees(np.arctan2(east, north)) + convergence
    departure = path_losses(
        region.terrain,
        sites_xy,
        region.sites["mast_m"].to_numpy(),
        xy,
        1.5,
        reach.site[own],
        reach.point[own],
        [2.0],
    ).departure_deg
    for b, band in enumerate(reach.bands):
        settings = region.project.radio.bands[band]
        pattern = Pattern(vertical_deg=settings.vertical_beamwidth_deg)
        gain = np.max(
            [pattern_db(bearing - a, departure, pattern, mechanical_tilt_deg=4) for a in (30, 150, 270)],
            axis=0,
        )
        there = np.isfinite(omni.margin_db[own, b])
        lost = omni.margin_db[own, b][there] - reach.margin_db[own, b][there]
        assert lost == pytest.approx(-gain[there], abs=0.02)
        assert lost.max() > 3
        assert lost.min() >= 0


def test_electrical_tilt_belongs_to_the_band(reach_with):
    level = reach_with({"S2": ("0;120;240", "")})[2]
    bands = {"n28": {"electrical_tilt_deg": 6.0}}
    tilted = reach_with({"S2": ("0;120;240", "")}, bands=bands)[2]
    n28 = level.bands.index("n28")
    others = [b for b in range(len(level.bands)) if b != n28]
    assert np.array_equal(level.margin_db[:, others], tilted.margin_db[:, others])
    assert (level.margin_db[:, n28] != tilted.margin_db[:, n28]).any()


def test_an_indoor_target_loses_more_on_steep_paths(reach_with):
    region, points, reach = reach_with(target="indoor")
    _, _, outdoor = reach_with()
    arrival = radio_paths(region, points).arrival_deg
    for b, band in enumerate(reach.bands):
        radio, there = region.project.radio, finite(outdoor)[:, b]
        entry = link_budget(radio, band).penetration_loss_db
        steep = steep_entry_db(radio, radio.bands[band].frequency_mhz / 1000, arrival[there])
        lost = outdoor.margin_db[there, b] - reach.margin_db[there, b]
        assert lost == pytest.approx(entry + steep, abs=1e-4)
    assert steep.max() > 0.5


def test_the_uplink_test_takes_the_lesser_margin_at_its_own_frequency(reach_with):
    region, points, reach = reach_with(uplink_mbps=2.0)
    _, _, plain = reach_with()
    sites_xy, xy = region.xy_m(region.sites), points[["x_m", "y_m"]].to_numpy()
    mast = region.sites["mast_m"].to_numpy()
    decided = 0
    for b, band in enumerate(reach.bands):
        there = finite(plain)[:, b]
        budget = uplink_budget(region.project.radio, band, 2.0)
        basic = path_losses(
            region.terrain, sites_xy, mast, xy, 1.5, reach.site, reach.point, [budget.frequency_ghz]
        ).basic_db[:, 0]
        expected = np.minimum(plain.margin_db[there, b], budget.margin_db(basic[there]))
        assert reach.margin_db[there, b] == pytest.approx(expected, abs=1e-4)
        decided += (reach.margin_db[there, b] < plain.margin_db[there, b] - 0.01).sum()
    assert np.array_equal(reach.level_db, plain.margin_db)
    assert reach.quiet_db is reach.margin_db
    assert decided


@pytest.mark.parametrize("interferers", ["on_air", "all"])
def test_sinr_against_a_sum_over_the_sites(reach_with, interferers):
    region, _, reach = reach_with(sinr_threshold_db=-3.0, load=0.7, interferers=interferers)
    _, _, plain = reach_with()
    radio = region.project.radio
    on_air = {("S1", "n28")}
    assert {(s, c) for s in region.sites.index for c in region.sites.at[s, "on_air"]} == {("S1", "cm-n28")}
    forbidden = set(region.sites.index[region.sites["decision"] == "forbidden"])
    assert np.array_equal(reach.level_db, plain.margin_db)
    lowered = 0
    for b, band in enumerate(reach.bands):
        budget = link_budget(radio, band)
        shadow = budget.shadow_margin_db
        rsrp = plain.margin_db[:, b].astype(float) + shadow + radio.threshold_dbm
        noise = 10 ** ((-174 + 10 * math.log10(1000 * radio.bands[band].subcarrier_khz) + 9) / 10)
        for pair in range(len(reach.site)):
            if not math.isfinite(rsrp[pair]):
                assert reach.margin_db[pair, b] == -math.inf
                continue
            others = [
                10 ** (rsrp[other] / 10)
                for other in np.flatnonzero(reach.point == reach.point[pair])
                if other != pair
                and math.isfinite(rsrp[other])
                and (
                    (region.sites.index[reach.site[other]], band) in on_air
                    if interferers == "on_air"
                    else region.sites.index[reach.site[other]] not in forbidden
                )
            ]
            sinr = rsrp[pair] - 10 * math.log10(noise + 0.7 * sum(others))
            expected = min(plain.margin_db[pair, b], sinr - shadow + 3.0)
            assert reach.margin_db[pair, b] == pytest.approx(expected, abs=1e-3)
            quiet = min(plain.margin_db[pair, b], rsrp[pair] - 10 * math.log10(noise) - shadow + 3.0)
            assert reach.quiet_db[pair, b] == pytest.approx(quiet, abs=1e-3)
            lowered += expected < plain.margin_db[pair, b] - 0.01
    assert lowered
    assert (reach.clear_db >= reach.margin_db - 1e-3).all()


def test_the_downlink_rate_is_a_sinr_of_the_traffic_beam(reach_with):
    # given a rate, and the SINR that carries it when the traffic beam is 5 dB above the SSB's, in the n41 band
    bands = {"n41": {"traffic_gain_dbi": 22.0, "ssb_offset_db": 1.0}}
    region, _, by_rate = reach_with(downlink_mbps=300.0, bands=bands)
    needed = downlink_sinr_db(region.project.radio, "n41", 300.0) - (22.0 - 17.0 - 1.0)
    _, _, by_sinr = reach_with(sinr_threshold_db=needed, bands=bands)
    n41 = by_rate.bands.index("n41")
    assert by_rate.margin_db[:, n41] == pytest.approx(by_sinr.margin_db[:, n41], abs=1e-4)
    assert (by_rate.margin_db[:, n41] < by_rate.level_db[:, n41]).any()


def test_a_rate_that_no_carrier_gives_serves_nobody(reach_with):
    _, _, reach = reach_with(uplink_mbps=5000.0)
    assert (reach.margin_db == -np.inf).all()
    _, _, reach = reach_with(downlink_mbps=5000.0)
    assert (reach.margin_db == -np.inf).all()


@pytest.mark.parametrize("model", ["tr38901_rma", "tr38901_uma"])
def test_the_flat_choice_sees_no_terrain(reach_with, model):
    region, points, reach = reach_with(model=model)
    sites_xy, xy = region.xy_m(region.sites), points[["x_m", "y_m"]].to_numpy()
    distance = np.hypot(*(sites_xy[reach.site] - xy[reach.point]).T)
    mast = region.sites["mast_m"].to_numpy()[reach.site]
    for b, band in enumerate(reach.bands):
        settings = region.project.radio.bands[band]
        loss = flat_loss_db(model, distance, settings.frequency_mhz / 1000, mast, 1.5)
        margin = link_budget(region.project.radio, band).margin_db(loss)
        reached = (distance <= 1000 * settings.radius_km) & (distance <= 5000)
        assert reach.margin_db[reached, b] == pytest.approx(margin[reached], abs=1e-4)
        assert (reach.margin_db[~reached, b] == -np.inf).all()
    assert np.array_equal(reach.clear_db, reach.margin_db)


def test_a_mast_for_which_the_flat_choice_is_not_stated(tiny_project):
    project = tiny_project(radio={"model": "tr38901_rma"})
    path = project.path.parent / "sites.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",40,free", ",9,free"), encoding="utf-8")
    region = dg.load_region(project)
    with pytest.raises(ProjectError, match=r"antennas from 10 to 150 m, and S1 are outside"):
        radio_reach(region, radio_tests(region).points)


def test_a_receiver_for_which_the_flat_choice_is_not_stated(tiny_project):
    with pytest.raises(ProjectError, match=r"tr38901_uma is stated for users from 1\.5 to 13 m"):
        tiny_project(radio={"model": "tr38901_uma", "receiver_height_m": 1.0})


def test_a_pair_beyond_the_caps_on_request(tiny_project):
    region = dg.load_region(tiny_project(radio={"bands": {"n78": {"radius_km": 0.1}}}))
    point = pd.DataFrame({"x_m": [region.terrain.west_m + 500], "y_m": [region.terrain.north_m - 500]})
    paths = radio_paths(region, point, (np.array([2]), np.array([0])))
    assert np.isfinite(paths.basic_db).all()
