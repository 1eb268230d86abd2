"""Clutter along paths: against one profile at a time, and against what physics says of it."""

from dataclasses import replace

import numpy as np
import pytest

from dualgig.radio import p1812
from dualgig.radio.clutter import clutter_loss_db
from dualgig.radio.itm_paths import itm_path_loss_db
from dualgig.radio.p2108 import terrestrial_loss_db
from dualgig.radio.paths import path_loss_db
from dualgig.radio.profile import path_clutter, path_profile
from dualgig.reach import radio_reach
from dualgig.region.load import load_region
from dualgig.region.model import Clutter
from dualgig.standards import radio_tests

BANDS_GHZ = [0.773, 3.45]


def clad(terrain, height_m):
    """A terrain with clutter of some heights on it."""
    height = np.broadcast_to(np.asarray(height_m, np.float32), terrain.height_m.shape)
    kind = (height > 0).astype(np.uint8)
    return replace(terrain, clutter=Clutter(height, kind, ("", "trees")))


def loss(terrain, start, end, frequency_ghz=3.45, tx_m=30.0, rx_m=1.5, **options):
    return path_loss_db(terrain, [start], tx_m, [end], rx_m, [0], [0], [frequency_ghz], **options)[0][0, 0]


@pytest.fixture
def strip(terrain_of):
    """Flat ground of 6 km with a forest of 15 m between 2 and 4 km."""
    x = np.arange(121) * 50.0
    return clad(terrain_of(np.zeros((5, 121))), np.where((x >= 2000) & (x <= 4000), 15.0, 0.0))


@pytest.mark.parametrize("frequency_ghz", BANDS_GHZ)
def test_a_forest_strip_on_flat_ground_is_p1812_on_that_profile(strip, frequency_ghz):
    # given the profile written down by hand: a point each 50 m, trees of 15 m from 2 to 4 km
    d = np.arange(121) * 0.05
    trees = np.where((d > 1.999) & (d < 4.001), 15.0, 0.0)
    # when, then
    expected = p1812.basic_loss_db(d, np.zeros(121), 30, 1.5, frequency_ghz, clutter_m=trees)
    assert loss(strip, (0, 100), (6000, 100), frequency_ghz) == pytest.approx(expected, abs=1e-9)
    bare = p1812.basic_loss_db(d, np.zeros(121), 30, 1.5, frequency_ghz)
    assert expected > bare + 3
    assert loss(replace(strip, clutter=None), (0, 100), (6000, 100), frequency_ghz) == pytest.approx(bare)


@pytest.mark.parametrize("step_m", [None, 37.0])
def test_many_paths_are_p1812_on_their_profiles_with_clutter(rough, step_m):
    # given patches of trees and houses on mountains
    rng = np.random.default_rng(3)
    patches = rng.choice([0.0, 10.0, 15.0], (17, 21)).repeat(10, axis=0).repeat(10, axis=1)[:161, :201]
    terrain = clad(rough, patches)
    tx, rx = rng.uniform((0, 0), (10_000, 8_000), (8, 2)), rng.uniform((0, 0), (10_000, 8_000), (100, 2))
    i = np.arange(100)
    # when
    basic, free = path_loss_db(terrain, tx, 30, rx, 1.5, i % 8, i, BANDS_GHZ, step_m=step_m)
    bare, free_bare = path_loss_db(rough, tx, 30, rx, 1.5, i % 8, i, BANDS_GHZ, step_m=step_m)
    # then
    for path in range(100):
        d, h = path_profile(terrain, tx[path % 8], rx[path], step_m=step_m)
        c = path_clutter(terrain, tx[path % 8], rx[path], step_m=step_m)
        for band, frequency in enumerate(BANDS_GHZ):
            alone = p1812.basic_loss_db(d, h, 30, 1.5, frequency, clutter_m=c)
            assert basic[path, band] == pytest.approx(alone, abs=1e-9)
    assert np.array_equal(free, free_bare)
    assert ((basic - bare) > 1).mean() > 0.3


def test_trees_over_the_terminals_do_not_count(terrain_of):
    # given trees of 25 m in the cells of both ends alone, and antennas below their tops
    height = np.zeros((5, 121))
    height[:, 0] = height[:, 120] = 25.0
    terrain = terrain_of(np.zeros((5, 121)))
    # then only the ends' own points would meet them, and section 3.2 takes those out
    assert loss(clad(terrain, height), (0, 100), (6000, 100)) == loss(terrain, (0, 100), (6000, 100))


def test_clutter_of_no_height_changes_nothing_at_all(rough):
    rng = np.random.default_rng(4)
    rx = rng.uniform((0, 0), (10_000, 8_000), (300, 2))
    i = np.arange(300)
    call = ([(5000, 4000)], 30, rx, 1.5, 0 * i, i, BANDS_GHZ)
    assert np.array_equal(path_loss_db(clad(rough, 0.0), *call)[0], path_loss_db(rough, *call)[0])


def test_a_surface_that_was_parted_gives_the_loss_of_ground_and_trees(strip):
    """Ground and clutter that add up to a surface model: its trees stand in the way once, not twice."""
    surface = replace(strip, height_m=strip.height_m + strip.clutter.height_m, clutter=None, surface=True)
    parted = loss(strip, (0, 100), (6000, 100))
    assert loss(surface, (0, 100), (6000, 100)) == pytest.approx(parted, abs=1.0)
    twice = replace(surface, clutter=strip.clutter)
    assert loss(twice, (0, 100), (6000, 100)) > parted + 3


def test_the_loss_with_clutter_is_the_same_both_ways(rough):
    rng = np.random.default_rng(5)
    terrain = clad(rough, rng.choice([0.0, 15.0], rough.height_m.shape))
    a, b = rng.uniform((0, 0), (10_000, 8_000), (2, 100, 2))
    i = np.arange(100)
    there, _ = path_loss_db(terrain, a, 40, b, 1.5, i, i, BANDS_GHZ)
    back, _ = path_loss_db(terrain, b, 1.5, a, 40, i, i, BANDS_GHZ)
    assert there == pytest.approx(back, abs=1e-6)


def test_the_second_opinion_is_on_bare_ground(strip):
    call = ([(0, 100)], 30, [(6000, 100)], 1.5, [0], [0], BANDS_GHZ)
    with_trees, without = (itm_path_loss_db(t, *call) for t in (strip, replace(strip, clutter=None)))
    assert np.array_equal(with_trees, without)


def test_p2108_is_added_where_the_terrain_tells_nothing_and_nowhere_else(terrain_of):
    # given a region of which the western half has land cover: fields, then trees
    flat = terrain_of(np.zeros((5, 121)))
    kind = np.zeros((5, 121), np.uint8)
    kind[:, :30], kind[:, 30:60] = 1, 2
    half = replace(
        flat, clutter=Clutter(np.where(kind == 2, 15, 0).astype(np.float32), kind, ("", "fields", "trees"))
    )
    places = [(500, 100), (2000, 100), (4000, 100)]
    distance_m = [3000.0, 1500.0, 100.0]
    # when
    added = clutter_loss_db(half, places, [0, 1, 2], distance_m, BANDS_GHZ)
    everywhere = clutter_loss_db(flat, places, [0, 1, 2], distance_m, BANDS_GHZ)
    nowhere = clutter_loss_db(replace(flat, surface=True), places, [0, 1, 2], distance_m, BANDS_GHZ)
    # then
    assert (added[:2] == 0).all()
    assert np.array_equal(added[2], everywhere[2])
    assert (nowhere == 0).all()
    # and it is the recommendation's median, from 250 m on, and no longer growing after 2 km
    for path, km in enumerate((2.0, 1.5, 0.25)):
        for band, frequency in enumerate(BANDS_GHZ):
            assert everywhere[path, band] == pytest.approx(float(terrestrial_loss_db(frequency, km, 50)))


def test_the_planning_margin_has_p2108_once_and_only_where_asked(tiny_project):
    # given the tiny region, without and with the loss among buildings, and with it over a surface model
    reaches = []
    for radio, terrain in (("none", False), ("p2108", False), ("p2108", True)):
        changes = {"terrain": {"path": "terrain.tif", "surface": terrain}}
        region = load_region(tiny_project(radio={"clutter_loss": radio}, inputs=changes))
        points = radio_tests(region).points
        reaches.append(radio_reach(region, points))
    plain, built, surface = reaches
    # then
    assert np.array_equal(plain.margin_db, surface.margin_db)
    xy, sites = points[["x_m", "y_m"]].to_numpy(), region.xy_m(region.sites)
    km = np.maximum(np.hypot(*(xy[plain.point] - sites[plain.site]).T) / 1000, 0.25)
    bands = region.project.radio.bands
    for band, name in enumerate(plain.bands):
        there = np.isfinite(plain.margin_db[:, band])
        expected = terrestrial_loss_db(bands[name].frequency_mhz / 1000, km[there], 50)
        for figures in ("margin_db", "clear_db"):
            lost = getattr(plain, figures)[there, band] - getattr(built, figures)[there, band]
            assert lost == pytest.approx(expected, abs=1e-3)
        assert there.sum() > 20
