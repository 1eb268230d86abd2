"""One site and one place: the lines add up, by hand and to the plan's own margin."""

import math

import numpy as np
import pytest

import dualgig as dg
from dualgig.errors import NotFoundError
from dualgig.pair import link
from dualgig.radio.p1812 import basic_loss_db
from dualgig.radio.uplink import uplink_budget
from dualgig.reach import radio_reach
from dualgig.standards import radio_tests

EVERYTHING = {
    "sinr_threshold_db": 3.0,
    "downlink_mbps": 40.0,
    "uplink_mbps": 2.0,
    "load": 0.6,
    "target": "indoor",
    "clutter_loss": "p2108",
    "bands": {"n28": {"ssb_offset_db": 3.0, "electrical_tilt_deg": 2.0}, "n41": {"traffic_gain_dbi": 23.0}},
}
SETTINGS = {
    "default": {},
    "everything": EVERYTHING,
    "flat": {"model": "tr38901_rma", "sinr_threshold_db": -3.0},
    "everybody": {"sinr_threshold_db": -3.0, "interferers": "all"},
}


def region_of(project):
    """The tiny region, with sectors on S2 and S4."""
    path = project.path.parent / "sites.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    cells = {"S2": "0;120;240,3", "S4": "45;225,"}
    lines = [f"{row},{cells.get(row.split(',')[0], ',')}" for row in rows]
    path.write_text("\n".join([f"{head},azimuths,tilt", *lines]) + "\n", encoding="utf-8")
    return dg.load_region(project)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_margin_is_the_plans_and_the_lines_add_up_to_it(tiny_project, settings):
    # given every pair of a site and a key point that the plan counts
    region = region_of(tiny_project(radio=settings))
    points = radio_tests(region).points
    reach = radio_reach(region, points)
    keys = points.index[points["kind"] != "demand"]
    compared = 0
    for pair in np.flatnonzero(np.isin(reach.point, keys))[::3]:
        site, key = str(region.sites.index[reach.site[pair]]), points["key"].iloc[reach.point[pair]]
        # when
        found = link(region, site, key)
        # then
        for band in found.bands:
            planned = reach.margin_db[pair, reach.bands.index(band.band)]
            if not math.isfinite(planned):
                assert not band.counted or not math.isfinite(band.margin_db)
                continue
            assert band.counted
            assert band.margin_db == pytest.approx(planned, abs=1e-3)
            assert sum(band.downlink.values()) == pytest.approx(band.rsrp_dbm, abs=1e-9)
            level = band.rsrp_dbm - band.shadow_margin_db - band.threshold_dbm
            assert level == pytest.approx(band.level_margin_db, abs=1e-9)
            assert level == pytest.approx(reach.level_db[pair, reach.bands.index(band.band)], abs=1e-3)
            assert sum(band.sinr.values()) == pytest.approx(band.sinr_db)
            assert sum(band.uplink.values()) == pytest.approx(band.uplink_sinr_db)
            tests = [band.level_margin_db]
            if "sinr_threshold_db" in settings:
                tests.append(band.sinr_db - settings["sinr_threshold_db"])
            if "uplink_mbps" in settings:
                tests.append(band.uplink_margin_db)
                assert (band.uplink_mbps >= 2.0) == (band.uplink_margin_db >= 0)
                assert (band.downlink_mbps >= 40.0) >= (band.margin_db >= 0)
            assert band.margin_db <= min(tests) + 1e-9
            if "downlink_mbps" not in settings:
                assert band.margin_db == pytest.approx(min(tests))
            compared += 1
    assert compared > 20


def test_a_link_by_hand(tiny_project):
    # given the default budget of n28 from S5 to the committee of 深坑村
    region = dg.load_region(tiny_project())
    found = link(region, "S5", "深坑村", "n28")
    (band,) = found.bands
    profile = found.profile
    # then the path is 3.6 km of terrain, whose loss P.1812 gives alone
    assert found.distance_km == pytest.approx(math.hypot(3.0, 2.0), rel=2e-3)
    loss = basic_loss_db(profile.distance_km, profile.ground_m, 30.0, 1.5, 0.773)
    assert band.downlink["free_space_db"] + band.downlink["diffraction_db"] == pytest.approx(-loss)
    # 53.8 - 32.83 + 14.5 - 0.5 - 3 less the loss, then 7.69 of shadow margin over -105
    assert band.rsrp_dbm == pytest.approx(31.967 - loss, abs=0.001)
    assert band.margin_db == pytest.approx(31.967 - loss - 7.689 + 105, abs=0.002)
    # noise of 15 kHz and 9 dB
    assert band.sinr["noise_dbm"] == pytest.approx(174 - 41.761 - 9, abs=0.001)
    # a phone of 23 dBm at 718 MHz over some blocks
    up_loss = basic_loss_db(profile.distance_km, profile.ground_m, 30.0, 1.5, 0.718)
    noise = -174 + 10 * math.log10(band.uplink_blocks * 180_000) + 5 + 3
    assert band.uplink_sinr_db == pytest.approx(23 - 3 - up_loss + 14.5 - 0.5 - 7.689 - noise, abs=0.002)
    carried = 0.4 * math.log2(1 + 10 ** (min(band.uplink_sinr_db, 22) / 10)) * band.uplink_blocks * 0.18
    assert band.uplink_mbps == pytest.approx(carried)
    assert band.uplink_margin_db is None


def test_a_rate_asked_for_has_the_budgets_margin(tiny_project):
    region = dg.load_region(tiny_project(radio={"uplink_mbps": 1.0}))
    band = link(region, "S5", "深坑村", "n78").bands[0]
    allowed = uplink_budget(region.project.radio, "n78", 1.0).allowed_loss_db
    assert band.uplink_margin_db == pytest.approx(allowed + band.uplink["path_loss_db"])


def test_interferers_are_named_the_strongest_first(tiny_project):
    region = dg.load_region(tiny_project(radio={"interferers": "all", "load": 0.5}))
    band = link(region, "S5", "深坑村", "n28").bands[0]
    levels = []
    for site in region.sites.index:
        if site not in {"S5", "S7"}:  # S7 is forbidden
            other = link(region, site, "深坑村", "n28").bands[0]
            levels.append((other.rsrp_dbm - 10 * math.log10(2), site))
    levels.sort(reverse=True)
    assert band.interfering == len(levels)
    assert [site for site, _ in band.interferers] == [site for _, site in levels[:3]]
    assert [level for _, level in band.interferers] == pytest.approx([level for level, _ in levels[:3]])
    silent = dg.load_region(tiny_project(radio={"interferers": "all", "load": 0.0}))
    assert link(silent, "S5", "深坑村", "n28").bands[0].interferers == ()


def test_the_sector_that_serves_is_told(tiny_project):
    region = region_of(tiny_project())
    east = link(region, "S4", "下洋村")  # 庙后 to the south-east
    assert {band.azimuth_deg for band in east.bands} <= {45.0, 225.0}
    assert all(band.downlink["pattern_db"] < 0 for band in east.bands)
    assert link(region, "S5", "下洋村").bands[0].azimuth_deg is None


def test_beyond_the_cap_the_budget_stands_but_the_plan_does_not_count_it(tiny_project):
    region = dg.load_region(tiny_project(radio={"bands": {"n78": {"radius_km": 0.5}}}))
    bands = {band.band: band for band in link(region, "S5", "深坑村").bands}
    assert not bands["n78"].counted
    assert math.isfinite(bands["n78"].margin_db)
    assert bands["n28"].counted
    assert [band.frequency_ghz for band in bands.values()] == sorted(
        band.frequency_ghz for band in bands.values()
    )


def test_points_of_the_profile_have_coordinates(tiny_project):
    region = dg.load_region(tiny_project())
    found = link(region, "S5", "深坑村")
    assert found.lonlat_of(0) == pytest.approx((region.sites.geometry.x["S5"], region.sites.geometry.y["S5"]))
    assert found.lonlat_of(-1) == pytest.approx((found.place.lon, found.place.lat))


@pytest.mark.parametrize(
    ("site", "place", "band", "says"),
    [
        ("S99", "深坑村", None, "no site 'S99'"),
        ("S5", "深坑", None, "no village, township or key point"),
        ("S5", "深坑村", "n79", "no configuration uses the band 'n79'; they use n28, n41, n78"),
        ("S5", "100.0,20.0", None, "leaves the elevation model"),
        ("S5", "{site}", None, "stands at that very place"),
    ],
)
def test_what_cannot_be_linked(tiny_project, site, place, band, says):
    region = dg.load_region(tiny_project())
    where = region.sites.geometry.loc["S5"]
    with pytest.raises(NotFoundError, match=says):
        link(region, site, place.format(site=f"{where.x!r},{where.y!r}"), band)
