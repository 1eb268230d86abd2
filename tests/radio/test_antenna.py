"""The pattern of TR 38.901 table 7.3-1 at angles worked out by hand, and against rotation matrices."""

import math

import numpy as np
import pytest
from pyproj import Geod, Transformer
from scipy.spatial.transform import Rotation

from dualgig.radio.antenna import (
    ELEMENT,
    Pattern,
    horizontal_cut_db,
    pattern_db,
    site_gain_db,
    true_bearings_deg,
    vertical_cut_db,
)

SECTOR = Pattern(vertical_deg=10.0)


@pytest.mark.parametrize(
    ("azimuth", "zenith", "gain_db"),
    [
        (0, 90, 0.0),
        (32.5, 90, -3.0),  # half the beamwidth: 12 x 0.25
        (-65, 90, -12.0),
        (0, 122.5, -3.0),
        (65, 25, -24.0),  # 12 and 12
        (90, 90, -12 * (90 / 65) ** 2),  # 23.0
        (90, 122.5, -12 * (90 / 65) ** 2 - 3),
        (180, 90, -30.0),
        (180, 10, -30.0),  # both together are cut off at A_max
        (540 + 32.5, 90, -30.0),
        (360 - 32.5, 90, -3.0),
    ],
)
def test_the_element_of_the_report(azimuth, zenith, gain_db):
    assert pattern_db(azimuth, 90 - zenith) == pytest.approx(gain_db, abs=1e-9)


def test_cuts_are_cut_off():
    assert horizontal_cut_db([0, 65, 110, 250, -110, 180]).tolist() == pytest.approx(
        [0, -12, -30, -30, -30, -30]
    )
    assert vertical_cut_db([90, 155, 90 - 65, 0]).tolist() == pytest.approx(
        [0, -12, -12, -12 * (90 / 65) ** 2]
    )
    assert vertical_cut_db(90 + 20, SECTOR) == pytest.approx(-30)


def test_the_boresight_follows_both_tilts():
    # 4 degrees mechanical and 3 electrical point 7 degrees down in front
    front = pattern_db(0, [-7, -2, -12], SECTOR, mechanical_tilt_deg=4, electrical_tilt_deg=3)
    assert front.tolist() == pytest.approx([0, -3, -3])
    # behind, the mechanical tilt lifts the beam and the electrical one lowers it: 1 degree up
    up_and_down = np.linspace(-20, 20, 401)
    wide = Pattern(horizontal_deg=360.0, vertical_deg=10.0)
    behind = pattern_db(180, up_and_down, wide, mechanical_tilt_deg=4, electrical_tilt_deg=3)
    assert up_and_down[np.argmax(behind)] == pytest.approx(1.0, abs=0.06)
    # abreast, the mechanical tilt leaves the beam at the horizon
    assert pattern_db(90, 0, SECTOR, mechanical_tilt_deg=8) == pytest.approx(-12 * (90 / 65) ** 2, abs=0.05)


def test_mechanical_tilt_is_a_rotation():
    # given directions all around, and the antenna turned down about its horizontal axis
    rng = np.random.default_rng(3)
    azimuth, elevation = rng.uniform(-180, 180, 500), rng.uniform(-90, 90, 500)
    tilt = rng.uniform(-20, 30, 500)
    a, e = np.radians(azimuth), np.radians(elevation)
    direction = np.column_stack([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
    # when the direction is turned back into the antenna's own frame
    own = np.vstack(
        [Rotation.from_euler("y", -t, degrees=True).apply(d) for t, d in zip(tilt, direction, strict=True)]
    )
    own_elevation = np.degrees(np.arcsin(np.clip(own[:, 2], -1, 1)))
    own_azimuth = np.degrees(np.arctan2(own[:, 1], own[:, 0]))
    # then the pattern there is the tilted pattern
    expected = -np.minimum(
        np.minimum(12 * (own_elevation / 10) ** 2, 30) + np.minimum(12 * (own_azimuth / 65) ** 2, 30), 30
    )
    found = pattern_db(azimuth, elevation, SECTOR, mechanical_tilt_deg=tilt)
    assert found == pytest.approx(expected, abs=1e-6)
    assert (found == -30).mean() < 0.95


def test_three_sectors_of_a_site():
    # between two sectors both are 10.2 dB down, and the third, behind, adds what 30 dB leave
    best, total, sector = site_gain_db([60, 120, 0, 300], 0, (0, 120, 240), (), ELEMENT)
    down = 12 * (60 / 65) ** 2
    assert best.tolist() == pytest.approx([-down, 0, 0, -down])
    assert total[0] == pytest.approx(10 * math.log10(2 * 10 ** (-down / 10) + 10**-3))
    # 120 degrees away, 12 x (120 / 65)^2 = 40.9 is cut off at 30
    assert total[1] == pytest.approx(10 * math.log10(1 + 2 * 10**-3))
    assert sector.tolist() == [0, 1, 0, 0]


def test_each_sector_has_its_own_tilt():
    best, _, _ = site_gain_db([0, 180], [-6, -2], (0, 180), (6, 2), SECTOR)
    assert best.tolist() == pytest.approx([0, 0])
    one, _, _ = site_gain_db([0, 180], [-6, -6], (0, 180), (6,), SECTOR)
    assert one.tolist() == pytest.approx([0, 0])


def test_no_azimuths_is_the_maximum_in_every_direction():
    best, total, sector = site_gain_db([10, 200], [-40, 3], (), (), SECTOR)
    assert best.tolist() == total.tolist() == [0, 0]
    assert sector.tolist() == [0, 0]


def test_a_direction_that_is_not_known_stays_so():
    best, total, _ = site_gain_db([10.0], [math.nan], (0, 180), (), SECTOR)
    assert np.isnan([best[0], total[0]]).all()


@pytest.mark.parametrize(("azimuths", "tilts"), [((0, 120, 240), (3, 4)), ((0,), (3, 4))])
def test_tilts_that_do_not_fit(azimuths, tilts):
    with pytest.raises(ValueError, match="tilts for"):
        site_gain_db([0], [0], azimuths, tilts, SECTOR)


def test_an_elevation_beyond_the_vertical():
    with pytest.raises(ValueError, match="elevation_deg"):
        pattern_db(0, 91)


def test_bearings_are_from_true_north_not_the_maps():
    # given sites in the corner of a zone, where the map's north is off by more than half a degree
    to_map = Transformer.from_crs("EPSG:4326", "EPSG:4549", always_xy=True)
    rng = np.random.default_rng(8)
    lon, lat = rng.uniform(118.6, 121.4, 50), rng.uniform(27, 31, 50)
    angle = rng.uniform(0, 360, 50)
    lon_to, lat_to, _ = Geod(ellps="WGS84").fwd(lon, lat, angle, rng.uniform(300, 8000, 50))
    start, end, north = (
        np.column_stack(to_map.transform(x, y)) for x, y in ((lon, lat), (lon_to, lat_to), (lon, lat + 0.001))
    )
    # when, then: as on the ellipsoid
    found = true_bearings_deg(start, end, north)
    assert np.abs((found - angle + 180) % 360 - 180).max() < 0.02
    plain = np.degrees(np.arctan2(*(end - start).T)) % 360
    assert np.abs((plain - angle + 180) % 360 - 180).max() > 0.5
