"""The Irregular Terrain Model against published results, its own definitions, and physics."""

import csv
import math
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from dualgig.radio import itm
from dualgig.radio.itm_paths import itm_path_loss_db
from dualgig.radio.itm_terrain import horizons, irregularity, line_fit
from dualgig.radio.itm_variability import deviate
from dualgig.radio.profile import path_profile

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "itm"
SITING = ("random", "careful", "very_careful")
POLARISATION = ("horizontal", "vertical")

# A path over two ridges: 79 heights 99.709 m apart, rounded to a decimetre. NTIA's program (revision
# 183ad95, the second of its point-to-point tests) gives 157.10 dB over the unrounded heights.
RIDGES_M = """
553.9 558.5 564.4 574.9 576.4 572.8 582.2 602.6 620.7 633.6 642.1 648.4 655.1 664.6 677.1 690.7 704.1 711.9
717.3 725.4 736.0 748.5 762.4 778.6 787.1 801.0 828.2 856.9 867.4 879.9 894.2 902.5 915.8 925.4 935.7 943.7
946.3 941.7 924.1 901.9 878.2 850.4 828.3 803.5 780.6 763.7 743.9 728.6 715.1 703.9 700.0 696.5 695.0 692.8
687.9 693.3 703.2 712.0 717.7 725.1 736.7 747.6 759.7 775.2 787.7 798.3 811.5 823.0 828.4 832.1 834.2 835.6
834.7 827.5 812.6 798.8 791.3 789.4 795.0
"""


def ridges():
    return np.array(RIDGES_M.split(), dtype=float)


def conditions_of(row):
    return itm.Conditions(
        polarisation=POLARISATION[int(row["pol"])],
        permittivity=float(row["epsilon"]),
        conductivity_s_m=float(row["sigma"]),
        refractivity=float(row["N_0"]),
        climate=int(row["climate"]),
        mdvar=int(row["mdvar"]),
        time_percent=float(row["time"]),
        location_percent=float(row["location"]),
        situation_percent=float(row["situation"]),
    )


def test_published_loss_over_two_ridges():
    conditions = itm.Conditions(
        conductivity_s_m=0.008, time_percent=22, location_percent=22, situation_percent=22
    )
    loss = itm.point_to_point_loss_db(ridges(), 99.709, 3.0, 1.5, 0.48, conditions=conditions)
    # the rounding of the heights is worth 0.01 dB
    assert loss == pytest.approx(157.10, abs=0.02)


@pytest.mark.parametrize(
    ("path", "siting", "statistics", "loss_db"),
    # NTIA/itm 183ad95, rows of its area-mode tests: in the shadow of flat ground, over hills, by scatter
    [
        ((16, 0, 10, 1, 0.23), (0, 0), ("horizontal", 5, 0, 87, 50, 50), 152.5),
        ((10, 10, 3, 1.5, 0.45), (1, 0), ("horizontal", 5, 1, 40, 28, 25), 133.0),
        ((100, 5, 15, 3, 0.98), (2, 1), ("vertical", 4, 2, 92, 53, 97), 224.1),
    ],
)
def test_published_area_losses(path, siting, statistics, loss_db):
    polarisation, climate, mdvar, time, location, situation = statistics
    conditions = itm.Conditions(polarisation, 15, 0.008, 301, climate, mdvar, time, location, situation)
    loss = itm.area_loss_db(
        *path, tx_siting=SITING[siting[0]], rx_siting=SITING[siting[1]], conditions=conditions
    )
    assert loss == pytest.approx(loss_db, abs=0.06)


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the published ITM vectors are not here")
def test_every_published_profile():
    profiles = [np.array(line.split(","), float) for line in (VECTORS / "pfls.csv").read_text().splitlines()]
    with (VECTORS / "p2p.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(profiles) >= 5
    for row, (steps, step_m, *ground_m) in zip(rows, profiles, strict=True):
        assert len(ground_m) == steps + 1
        loss = itm.point_to_point_loss_db(
            ground_m,
            step_m,
            float(row["h_tx__meter"]),
            float(row["h_rx__meter"]),
            float(row["f__mhz"]) / 1000,
            conditions=conditions_of(row),
        )
        # the published figures have two decimals
        assert loss == pytest.approx(float(row["A__db"]), abs=0.01)


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the published ITM vectors are not here")
def test_every_published_area():
    with (VECTORS / "area.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 5
    for row in rows:
        loss = itm.area_loss_db(
            float(row["d__km"]),
            float(row["delta_h__meter"]),
            float(row["h_tx__meter"]),
            float(row["h_rx__meter"]),
            float(row["f__mhz"]) / 1000,
            tx_siting=SITING[int(row["tx_siting_criteria"])],
            rx_siting=SITING[int(row["rx_siting_criteria"])],
            conditions=conditions_of(row),
        )
        # the published figures have one decimal
        assert loss == pytest.approx(float(row["A__db"]), abs=0.051)


def test_many_profiles_at_once_are_each_alone():
    rng = np.random.default_rng(3)
    profiles = [np.cumsum(rng.normal(0, 12, points)) + 300 for points in (2, 3, 11, 60, 137)]
    step = np.array([900.0, 700.0, 90.0, 50.0, 30.0])
    losses = itm.point_to_point_losses_db(profiles, step, 30.0, [1.5, 3.0, 1.5, 10.0, 1.5], 2.6)
    alone = [
        itm.point_to_point_loss_db(profile, spacing, 30.0, height, 2.6)
        for profile, spacing, height in zip(profiles, step, [1.5, 3.0, 1.5, 10.0, 1.5], strict=True)
    ]
    assert losses.tolist() == alone
    assert itm.point_to_point_losses_db([], 1.0, 30.0, 1.5, 2.6).shape == (0,)


def test_paths_over_a_terrain_use_its_profiles(rough):
    # given three sites and four villages
    tx_xy = np.array([[500.0, 500.0], [5000.0, 4000.0], [9900.0, 7000.0]])
    rx_xy = np.array([[3000.0, 2500.0], [500.0, 500.0], [7777.0, 1234.0], [20_000.0, 0.0]])
    tx_index, rx_index = [0, 1, 1, 2, 0, 0], [0, 0, 2, 1, 1, 3]
    # when
    losses = itm_path_loss_db(rough, tx_xy, 35.0, rx_xy, 1.5, tx_index, rx_index, [0.758, 3.5], threads=2)
    # then a path is the one over its profile
    for path in range(4):
        ends = tx_xy[tx_index[path]], rx_xy[rx_index[path]]
        distance_km, ground_m = path_profile(rough, *ends, step_m=rough.cell_m)
        for band, frequency_ghz in enumerate((0.758, 3.5)):
            alone = itm.point_to_point_loss_db(
                ground_m, 1000 * distance_km[-1] / (ground_m.size - 1), 35.0, 1.5, frequency_ghz
            )
            assert losses[path, band] == pytest.approx(alone, abs=1e-9)
    # and one without length or off the terrain has no loss
    assert np.isnan(losses[4:]).all()


def test_horizons_are_the_steepest_lines_of_sight():
    rng = np.random.default_rng(8)
    radius = 8.5e6
    for _ in range(50):
        ground = np.cumsum(rng.normal(0, 15, int(rng.integers(3, 80))))
        last = ground.size - 1
        away = np.arange(1, last + 1) * 40.0
        angles, distances = horizons(ground, 40.0, (20.0, 1.5), radius)
        for seen, own, other, angle, distance in (
            (ground, 20.0, 1.5, angles[0], distances[0]),
            (ground[::-1], 1.5, 20.0, angles[1], distances[1]),
        ):
            tops = seen[1:].copy()
            tops[-1] += other
            slopes = (tops - seen[0] - own) / away - away / (2 * radius)
            assert angle == pytest.approx(slopes.max(), abs=1e-12)
            assert distance == pytest.approx(away[slopes.argmax()])


def test_a_line_is_its_own_fit():
    ground = 120.0 + 3.5 * np.arange(61)
    for start, end in ((0.0, 3000.0), (410.0, 2222.0), (1490.0, 1510.0)):
        assert line_fit(ground, 50.0, start, end) == pytest.approx((120.0, 330.0))


def test_irregularity_is_the_interdecile_range_of_detrended_heights():
    # a slope has none
    slope = 10.0 + 0.7 * np.arange(201)
    assert irregularity(slope, 50.0, 0.0, 10_000.0) == pytest.approx(0.0, abs=1e-9)
    # whole waves of height a spread from -a cos(18 deg) to a cos(18 deg) between their deciles
    waves = slope + 40.0 * np.sin(2 * np.pi * np.arange(201) / 20)
    spread = 2 * 40.0 * math.cos(math.radians(18))
    expected = spread / (1 - 0.8 * math.exp(-10_000 / 50e3))
    assert irregularity(waves, 50.0, 0.0, 10_000.0) == pytest.approx(expected, rel=0.04)
    # and a path of less than two steps has nothing to measure
    assert irregularity(waves, 50.0, 0.0, 99.0) == 0.0


def test_deviates_are_the_normal_ones():
    for share in (0.01, 0.1, 0.3, 0.5, 0.62, 0.99):
        assert deviate(share) == pytest.approx(-NormalDist().inv_cdf(share), abs=4.5e-4)


def test_ridges_cost_more_at_higher_frequencies():
    # both ridges are far above the line of sight: the loss in excess of free space grows
    ground = np.zeros(201)
    ground[60] = ground[140] = 250.0
    excess = [
        itm.point_to_point_loss_db(ground, 50.0, 30.0, 1.5, f) - 32.45 - 20 * math.log10(f * 1000 * 10)
        for f in (0.7, 1.8, 3.5, 4.9)
    ]
    assert excess[0] > 30
    assert (np.diff(excess) > 0).all()
    # a knife edge in deep shadow costs 10 log f
    assert excess[-1] - excess[0] > 10 * math.log10(4.9 / 0.7)


def test_losses_grow_with_the_share_of_time_locations_and_situations():
    for name in ("time_percent", "location_percent", "situation_percent"):
        losses = [
            itm.point_to_point_loss_db(
                ridges(), 99.709, 30, 1.5, 0.7, conditions=replace(itm.Conditions(mdvar=3), **{name: share})
            )
            for share in (10.0, 50.0, 90.0)
        ]
        assert losses[0] < losses[1] < losses[2]


def test_variability_that_is_left_out_does_not_matter():
    def loss(mdvar, **shares):
        conditions = itm.Conditions(mdvar=mdvar, **shares)
        return itm.point_to_point_loss_db(ridges(), 99.709, 30, 1.5, 0.7, conditions=conditions)

    # 10 more: no location variability; in broadcast mode only location's share reads it
    assert loss(13, location_percent=90) == pytest.approx(loss(13, location_percent=50))
    assert loss(3, location_percent=90) > loss(3, location_percent=50) + 3
    # 20 more: only the residual of the other spreads is left of the situations
    assert loss(3, situation_percent=90) - loss(3) > loss(23, situation_percent=90) - loss(23) > 0
    # single message: time and location follow the situation
    assert loss(0, time_percent=90, location_percent=10) == pytest.approx(loss(0))


def test_air_too_thin_for_the_model_is_said_to_be():
    # 300 exp(-9000 / 9460) = 116 N-units, less than the model's 150
    high = np.full(30, 9000.0)
    with pytest.raises(ValueError, match="refractivity"):
        itm.point_to_point_loss_db(high, 100, 30, 1.5, 0.7)
    assert np.isnan(itm.point_to_point_losses_db([high, high - 9000], 100, 30, 1.5, 0.7)).tolist() == [
        True,
        False,
    ]
    # while 4,000 m is well within
    assert math.isfinite(itm.point_to_point_loss_db(np.full(30, 4000.0), 100, 30, 1.5, 0.7))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ground_m": [1.0]}, "two points"),
        ({"ground_m": [1.0, math.nan, 2.0]}, "not finite"),
        ({"step_m": 0.0}, "step_m"),
        ({"tx_height_m": 0.4}, "tx_height_m"),
        ({"rx_height_m": 3001}, "rx_height_m"),
        ({"frequency_ghz": 0.01}, "frequency_ghz"),
        ({"frequency_ghz": math.nan}, "frequency_ghz"),
    ],
)
def test_impossible_paths_are_refused(change, message):
    path = {"ground_m": [0.0, 5.0, 1.0], "step_m": 500.0, "tx_height_m": 30.0, "rx_height_m": 1.5}
    with pytest.raises(ValueError, match=message):
        itm.point_to_point_loss_db(**{**path, "frequency_ghz": 0.7, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"polarisation": "circular"}, "'horizontal'"),
        ({"permittivity": 0.5}, "permittivity"),
        ({"conductivity_s_m": 0.0}, "conductivity_s_m"),
        ({"refractivity": 249}, "refractivity"),
        ({"climate": 8}, "climate"),
        ({"mdvar": 4}, "mdvar"),
        ({"time_percent": 0}, "time_percent"),
        ({"location_percent": 100}, "location_percent"),
        ({"situation_percent": math.nan}, "situation_percent"),
    ],
)
def test_impossible_conditions_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        itm.Conditions(**change)


@pytest.mark.parametrize(
    ("given", "siting", "message"),
    [
        ((0, 90, 30, 1.5, 0.7), "random", "distance_km"),
        ((10, -1, 30, 1.5, 0.7), "random", "irregularity_m"),
        ((10, 90, 0.1, 1.5, 0.7), "random", "tx_height_m"),
        ((10, 90, 30, 1.5, 21), "random", "frequency_ghz"),
        ((10, 90, 30, 1.5, 0.7), "lucky", "'lucky'"),
    ],
)
def test_impossible_areas_are_refused(given, siting, message):
    with pytest.raises(ValueError, match=message):
        itm.area_loss_db(*given, tx_siting=siting)


def test_one_height_for_each_path_is_asked_for():
    with pytest.raises(ValueError, match="each of the 1 paths"):
        itm.point_to_point_losses_db([ridges()], 99.709, [30.0, 40.0], 1.5, 0.7)
