"""Coverage sets, their packing and their places against sweeps, exact paths and brute force."""

import numpy as np
import pytest

from dualgig.project import Radio
from dualgig.radio.antenna import Pattern, site_gain_db
from dualgig.radio.budget import link_budget
from dualgig.radio.cap import lost_to_cap
from dualgig.radio.packed import CoverageSets, joined, pack_gap, unpack
from dualgig.radio.paths import pairs_within, path_loss_db, path_losses
from dualgig.radio.pattern import Antennas, sector_antennas
from dualgig.radio.places import demand_places, hilbert_distance
from dualgig.radio.sets import coverage_sets, coverage_tiles
from dualgig.radio.sweep import sweep_loss_db

RADIO = Radio.model_validate({})
BUDGETS = [link_budget(RADIO, band) for band in ("n28", "n41", "n78")]
RADII_M = [6000.0, 4000.0, 2500.0]
MAST_M, PHONE_M = 30.0, 1.5


@pytest.fixture(scope="module")
def job(rough):
    """Rough ground, 60 sites, 3000 demand points, and their places."""
    rng = np.random.default_rng(77)
    sites, points = (
        rng.uniform((0, 0), (10_000, 8_000), (60, 2)),
        rng.uniform((0, 0), (10_000, 8_000), (3000, 2)),
    )
    return rough, sites, points, demand_places(rough, points)


def test_a_hilbert_curve_visits_each_cell_once_and_steps_to_a_neighbour():
    x, y = np.indices((64, 64)).reshape(2, -1)
    distance = hilbert_distance(x, y)
    assert np.array_equal(np.sort(distance), np.arange(64 * 64))
    order = np.argsort(distance)
    assert (np.abs(np.diff(x[order])) + np.abs(np.diff(y[order])) == 1).all()


def test_points_belong_to_the_nearest_cell(job, rough):
    # given points on rough ground, two off it, and one on nodata
    terrain, _, points, places = job
    centre = places.xy_m(terrain)[places.of_point]
    # then no point is farther from its cell's centre than half a diagonal, and each cell occurs once
    assert np.abs(centre - points).max() <= 25.0
    assert len({*zip(places.row.tolist(), places.column.tolist(), strict=True)}) == len(places)
    assert set(places.of_point.tolist()) == set(range(len(places)))
    height = np.zeros((5, 5), np.float32)
    height[2, 2] = np.nan
    off = demand_places(
        type(rough)(height, 0.0, 200.0, 50.0, rough.crs), [(-26, 0), (0, 226), (100, 100), (50, 0)]
    )
    assert off.of_point.tolist() == [-1, -1, -1, 0]
    assert len(demand_places(terrain, np.empty((0, 2)))) == 0


def test_sets_are_the_sweeps_judged_by_the_budget(job):
    terrain, sites, _, places = job
    sets = coverage_sets(terrain, places, sites, MAST_M, PHONE_M, BUDGETS, RADII_M)
    frequencies = [budget.frequency_ghz for budget in BUDGETS]
    sweeps = sweep_loss_db(terrain, sites, MAST_M, PHONE_M, frequencies, RADII_M)
    side = sweeps.values.shape[-1]
    for site in range(len(sites)):
        row, column = places.row - sweeps.first_row[site], places.column - sweeps.first_column[site]
        inside = (row >= 0) & (column >= 0) & (row < side) & (column < side)
        for band, budget in enumerate(BUDGETS):
            margin = np.full(len(places), np.nan)
            margin[inside] = budget.margin_db(sweeps.values[site, band, row[inside], column[inside]])
            served = np.flatnonzero(margin >= 0)
            found = sets.matrix(budget.band)[[site]]
            assert np.array_equal(found.indices, served)
            assert np.array_equal(found.data, np.floor(margin[served]))
            assert sets.served[site, band] == served.size
    assert 0.02 < sets.served[:, 2].mean() / len(places) < 0.5


def test_sets_agree_with_exact_paths(job):
    # given the exact margins of all pairs within the cap, at the cells' centres
    terrain, sites, _, places = job
    sets = coverage_sets(terrain, places, sites, MAST_M, PHONE_M, BUDGETS, RADII_M)
    xy = places.xy_m(terrain)
    for band, budget in enumerate(BUDGETS):
        t, r = pairs_within(sites, xy, RADII_M[band])
        loss, _ = path_loss_db(terrain, sites, MAST_M, xy, PHONE_M, t, r, [budget.frequency_ghz])
        served = budget.margin_db(loss[:, 0]) >= 0
        # when, then
        said = np.asarray(sets.matrix(budget.band).astype(bool).todense() | _zeros(sets, budget.band))[t, r]
        assert said.sum() == sets.served[:, band].sum()
        assert (said & ~served).sum() <= 0.015 * served.sum()
        assert (~said & served).sum() <= 0.015 * (~served).sum()
        covered = np.zeros(len(places), bool)
        covered[r[said]] = True
        assert np.array_equal(sets.covered(budget.band), covered)


def _zeros(sets, band):
    """Where a margin of 0 dB is stored: it counts as served."""
    matrix = sets.matrix(band)
    matrix.data = matrix.data == 0
    return matrix.todense()


def test_tiles_threads_and_order_change_nothing(job):
    terrain, sites, _, places = job
    whole = coverage_sets(terrain, places, sites, MAST_M, PHONE_M, BUDGETS, RADII_M, threads=1)
    tiles = list(
        coverage_tiles(terrain, places, sites, MAST_M, PHONE_M, BUDGETS, RADII_M, threads=3, tile_sites=7)
    )
    assert [tile.site.size for tile in tiles] == [7] * 8 + [4]
    again = joined(tiles, whole.bands, len(places))
    for name in ("site", "start", "packed_start", "packed", "margin_db"):
        assert np.array_equal(getattr(whole, name), getattr(again, name)), name
    assert np.array_equal(whole.site, np.arange(60))
    # neighbours along the curve lie together: a tile spans less than the whole
    assert np.mean([np.ptp(sites[tile.site], axis=0).prod() for tile in tiles]) < 0.5 * 8e7


def test_margins_may_be_left_out(job):
    terrain, sites, _, places = job
    full = coverage_sets(terrain, places, sites, MAST_M, PHONE_M, BUDGETS, RADII_M)
    bare = coverage_sets(terrain, places, sites, MAST_M, PHONE_M, BUDGETS, RADII_M, margins=False)
    assert np.array_equal(bare.packed, full.packed)
    assert bare.margin_db.size == 0
    assert bare.matrix("n41").data.all()
    assert np.array_equal(bare.matrix("n41").indices, full.matrix("n41").indices)


def test_sets_at_points_repeat_those_of_their_places(job):
    terrain, sites, points, places = job
    sets = coverage_sets(terrain, places, sites[:5], MAST_M, PHONE_M, BUDGETS, RADII_M)
    at_points = sets.at_points("n28", places)
    assert at_points.shape == (5, len(points))
    dense = sets.matrix("n28").toarray()
    assert np.array_equal(at_points.toarray(), dense[:, places.of_point])


def test_places_are_packed_to_about_a_byte(job):
    terrain, sites, _, places = job
    sets = coverage_sets(terrain, places, sites, MAST_M, PHONE_M, BUDGETS, RADII_M)
    assert sets.packed.size < 1.2 * sets.start[-1]


def test_gaps_of_any_length_come_back():
    gaps = [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 2**30]
    packed, used = np.zeros(64, np.uint8), 0
    for gap in gaps:
        used = pack_gap(packed, used, gap)
    place = np.zeros(len(gaps), np.int32)
    unpack(packed, np.array([0, used]), np.array([0]), place)
    assert np.array_equal(place, np.cumsum(np.array(gaps) + 1) - 1)


def test_nothing_to_serve(job):
    terrain, sites, _, places = job
    nobody = demand_places(terrain, np.empty((0, 2)))
    assert coverage_sets(terrain, nobody, sites, MAST_M, PHONE_M, BUDGETS, RADII_M).start[-1] == 0
    none = coverage_sets(terrain, places, np.empty((0, 2)), MAST_M, PHONE_M, BUDGETS, RADII_M)
    assert none.matrix("n28").shape == (0, len(places))
    assert not none.covered("n28").any()
    # a site off the terrain serves nobody
    off = coverage_sets(terrain, places, [(-100, 0)], MAST_M, PHONE_M, BUDGETS, RADII_M)
    assert off.served.tolist() == [[0, 0, 0]]


def test_a_sector_serves_what_lies_before_it(terrain_of):
    # given level ground and an antenna that loses 200 dB behind, its edges at 60 and 180 degrees
    terrain = terrain_of(np.zeros((121, 121)))
    row, column = np.indices((121, 121)).reshape(2, -1)
    places = demand_places(terrain, np.column_stack([column, 120 - row]) * 50.0)
    azimuth = np.arange(360)
    table = np.where((azimuth >= 20) & (azimuth <= 140), 0.0, -200.0)
    sector = Antennas(table[None, None, :, None], np.array([0]), np.array([40.0]))
    job = (terrain, places, [(3000.0, 3000.0)], MAST_M, PHONE_M, BUDGETS[:1], 2900.0)
    # when
    everywhere, before = coverage_sets(*job), coverage_sets(*job, antennas=sector)
    # then
    towards = np.degrees(np.arctan2(places.column - 60, 60 - places.row)) % 360
    inside = (towards >= 60) & (towards <= 180) & ~((places.row == 60) & (places.column == 60))
    assert np.array_equal(before.covered("n28") & inside, everywhere.covered("n28") & inside)
    assert everywhere.covered("n28").sum() > 8000
    outside = (towards < 58) | (towards > 182)
    assert not (before.covered("n28") & outside).any()


def test_a_gain_moves_the_margin(job):
    terrain, sites, _, places = job
    job = (terrain, places, sites[:8], MAST_M, PHONE_M, BUDGETS[1:2], 4000.0)
    stronger = Antennas(np.full((1, 1, 12, 1), 5.0), np.zeros(8, int), np.zeros(8))
    plain, more = coverage_sets(*job), coverage_sets(*job, antennas=stronger)
    served = plain.matrix("n41")
    assert more.served.sum() > plain.served.sum()
    rows = np.repeat(np.arange(8), np.diff(served.indptr))
    assert np.abs(more.matrix("n41").toarray()[rows, served.indices] - served.data.astype(int) - 5).max() <= 1


def test_sectors_with_tilt_as_on_exact_paths(job):
    # given sites with sectors of their own, tilted down, one site without, and a narrow vertical beam
    terrain, sites, _, places = job
    azimuths = [[30.0 * site, 30.0 * site + 120.0, 30.0 * site + 240.0] for site in range(11)] + [[]]
    tilts = [[float(site % 3) * 4.0] for site in range(11)] + [[]]
    pattern, budget = Pattern(horizontal_deg=65.0, vertical_deg=8.0), BUDGETS[1]
    antennas = sector_antennas(azimuths, tilts, [pattern], [3.0], true_north_deg=1.5)
    assert antennas.gain_db.shape[1] == 3
    sets = coverage_sets(
        terrain, places, sites[:12], MAST_M, PHONE_M, [budget], 4000.0, antennas=antennas
    ).matrix("n41")
    # when the same is computed path by path
    xy = places.xy_m(terrain)
    t, r = pairs_within(sites[:12], xy, 4000.0)
    losses = path_losses(terrain, sites[:12], MAST_M, xy, PHONE_M, t, r, [budget.frequency_ghz])
    bearing = np.degrees(np.arctan2(*(xy[r] - sites[t]).T)) - 1.5
    gain = np.zeros(t.size)
    for site in range(12):
        own = t == site
        directions = (bearing[own], losses.departure_deg[own], azimuths[site], tilts[site], pattern)
        gain[own], _, _ = site_gain_db(*directions, electrical_tilt_deg=3.0)
    margin = budget.margin_db(losses.basic_db[:, 0] - gain)
    # then the served are the same, and so is what is left, but for the grid of the tables and the fan
    served, said = margin >= 0, np.zeros(t.size, bool)
    dense = np.full((12, len(places)), -1)
    rows = np.repeat(np.arange(12), np.diff(sets.indptr))
    dense[rows, sets.indices] = sets.data
    said = dense[t, r] >= 0
    assert (gain < -10).mean() > 0.2
    assert (said & ~served).sum() <= 0.015 * served.sum()
    assert (~said & served).sum() <= 0.015 * (~served).sum()
    difference = dense[t, r][said & served] - np.minimum(margin[said & served], 127)
    assert np.abs(np.median(difference) + 0.5) < 0.1
    assert difference.std() < 1.5


def test_places_lost_to_the_cap(terrain_of):
    # given a level plain: n28 reaches beyond 3 km, so a cap of 2 km loses what a wider one would serve
    terrain = terrain_of(np.zeros((61, 201)))
    points = np.column_stack([np.arange(0, 10_000, 50.0), np.full(200, 1500.0)])
    places = demand_places(terrain, points)
    site = [(0.0, 1500.0)]
    job = (terrain, places, site, MAST_M, PHONE_M)
    sets = coverage_sets(*job, BUDGETS[:1], 2000.0)
    # when
    loss = lost_to_cap(terrain, places, sets.covered("n28"), site, MAST_M, PHONE_M, BUDGETS[0], 2000.0)
    # then: those between 2 and 4 km, all in sight, and none of those farther than twice the cap
    assert loss.unserved == loss.examined == 200 - 41
    assert loss.lost == 40
    half = lost_to_cap(
        terrain, places, sets.covered("n28"), site, MAST_M, PHONE_M, BUDGETS[0], 2000.0, sample=53, wider=1.5
    )
    assert half.examined == 53
    assert half.lost == pytest.approx(53 * 20 / 159, abs=1)
    with pytest.raises(ValueError, match="covered"):
        lost_to_cap(terrain, places, np.zeros(3, bool), site, MAST_M, PHONE_M, BUDGETS[0], 2000.0)


def test_the_cap_loses_nothing_where_all_are_served(job):
    terrain, sites, _, places = job
    everyone = np.ones(len(places), bool)
    loss = lost_to_cap(terrain, places, everyone, sites, MAST_M, PHONE_M, BUDGETS[0], 2000.0)
    assert (loss.unserved, loss.examined, loss.lost) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"antennas": Antennas(np.zeros((2, 1, 4, 1)), np.zeros(60, int), np.zeros(60))}, "gain_db"),
        ({"antennas": Antennas(np.full((3, 1, 4, 1), np.nan), np.zeros(60, int), np.zeros(60))}, "gain_db"),
        ({"antennas": Antennas(np.zeros((3, 1, 4, 1)), np.ones(60, int), np.zeros(60))}, "kind must lie"),
        ({"antennas": Antennas(np.zeros((3, 1, 4, 1)), np.zeros(9, int), np.zeros(9))}, "60 sites"),
        ({"tx_height_m": 0.0}, "tx_height_m"),
        ({"radius_m": [1.0, 2.0]}, "radius_m"),
        ({"budgets": []}, "frequency_ghz"),
        ({"threads": 0}, "threads"),
    ],
)
def test_impossible_calls_are_refused(job, change, message):
    terrain, sites, _, places = job
    call = {"tx_xy_m": sites, "tx_height_m": MAST_M, "rx_height_m": PHONE_M, "budgets": BUDGETS}
    with pytest.raises(ValueError, match=message):
        coverage_sets(terrain, places, **{**call, "radius_m": RADII_M, **change})


def test_an_empty_list_of_tiles():
    sets = joined([], ("n28",), 4)
    assert isinstance(sets, CoverageSets)
    assert sets.matrix("n28").shape == (0, 4)
