"""P.1812-8 against published results, against a transcription of its text, and against physics."""

import math
import re
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from dualgig.radio import p1812
from dualgig.radio.diffraction import bullington_db, bullington_nu, knife_edge_db

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "p1812"

# First kilometres of a path down from Kippure, Ireland, with its clutter, at 95.3 MHz, antennas at 60 m
# and 7 m, horizontal polarisation, delta-N 45; losses as logged by Py1812 (I. Stevanovic, OFCOM, revision
# a5205e6, validation profiles b2iseac_rural_land_1km and _10km).
KIPPURE = {
    "distance_km": "0 .2 .4 .6 .8 1 1.2 1.4 1.6 1.8 2 2.5 3 3.5 4 4.5 5 5.5 6 6.5 7 7.5 8 8.5 9 9.5 10",
    "ground_m": "754.4 754.4 729.9 685.3 634.3 610.3 601 591.7 530.4 455.9 385.1 373.4 358.5 309 316.6 335.3 "
    "408.1 532.7 556.3 556.3 488.2 367.7 304.8 292.6 238.3 265.1 250.3",
    "clutter_m": "10 10 10 10 10 10 10 10 10 10 10 10 0 0 15 10 10 10 10 10 10 10 0 0 0 0 0",
}


def kippure(points):
    return {name: np.array(text.split(), dtype=float)[:points] for name, text in KIPPURE.items()}


@pytest.mark.parametrize(
    ("points", "diffraction_db", "basic_db"),
    [(6, 15.34252882, 87.48990862), (27, 28.49553647, 120.4908524)],
)
def test_published_losses_of_a_short_profile(points, diffraction_db, basic_db):
    path = {**kippure(points), "tx_height_m": 60, "rx_height_m": 7, "frequency_ghz": 0.0953}
    assert p1812.diffraction_loss_db(**path, polarisation="horizontal") == pytest.approx(
        diffraction_db, abs=1e-6
    )
    assert p1812.basic_loss_db(**path, polarisation="horizontal") == pytest.approx(basic_db, abs=1e-6)


@pytest.mark.parametrize(
    ("points", "latitude_deg", "losses_db"),
    [
        (6, 53.18551669, {1: 87.0385433, 10: 87.30268122, 50: 87.48987104}),
        (27, 53.20515067, {1: 117.6475826, 10: 119.3011611, 50: 120.4908523}),
    ],
)
def test_published_whole_losses_of_a_short_profile(points, latitude_deg, losses_db):
    path = {**kippure(points), "tx_height_m": 60, "rx_height_m": 7, "frequency_ghz": 0.0953}
    for time_percent, loss_db in losses_db.items():
        loss = p1812.basic_loss_not_exceeded_db(
            **path,
            polarisation="horizontal",
            latitude_deg=latitude_deg,
            time_percent=time_percent,
            n0=326.079979,
        )
        assert loss == pytest.approx(loss_db, abs=1e-6)


def published():
    if not VECTORS.is_dir():
        return [pytest.param("", marks=pytest.mark.skip(reason="the published P.1812 vectors are not here"))]
    return sorted(path.stem for path in (VECTORS / "results").glob("*_log.csv"))


@pytest.mark.parametrize("case", published())
def test_every_published_loss(case):
    # given a published profile and the log of its results
    profile = _published_profile(VECTORS / "profiles" / f"{re.sub(r'_[0-9]+_log$', '', case)}.csv")
    log = {}
    for line in (VECTORS / "results" / f"{case}.csv").read_text().splitlines():
        name, reference, _, value, *_ = [*line.split(","), "", "", "", ""]
        if re.fullmatch(r"[-+.\de]+", value):
            log[f"{name} {reference}".strip()] = float(value)
    distance_km, ground_m, clutter_m, zone = profile[:, [0, 1, 3, 4]].T
    # when the same path is computed
    omega = p1812.fraction_over_water(distance_km, zone)
    path = {
        "distance_km": distance_km,
        "ground_m": ground_m,
        "tx_height_m": log["htg (m)"],
        "rx_height_m": log["hrg (m)"],
        "frequency_ghz": log["f (GHz)"],
        "clutter_m": clutter_m,
        "omega": omega,
        "delta_n": log["DN"],
        "polarisation": "horizontal" if log["pol"] == 1 else "vertical",
    }
    # then water, effective radius, diffraction and their sum with free space agree
    assert omega == pytest.approx(log["w Table 5"], abs=1e-9)
    assert p1812.effective_earth_radius_km(log["DN"]) == pytest.approx(log["ae (km) Eq (7a)"], abs=1e-6)
    assert p1812.diffraction_loss_db(**path) == pytest.approx(log["Ld50 (dB) Eq (39)"], abs=1e-6)
    assert p1812.basic_loss_db(**path) == pytest.approx(log["Lbd50 (dB) Eq (42)"], abs=1e-6)
    # and so does the whole of the recommendation, at its shares of time and locations
    del path["omega"]
    whole = p1812.basic_loss_not_exceeded_db(
        **path,
        zone=zone,
        latitude_deg=log["phi (deg) Eq (4)"],
        time_percent=log["p (%)"],
        location_percent=log["pL (%)"],
        location_std_db=log["sigmaL (dB)"],
        n0=log["N0"],
        tx_coast_km=log["dct (km)"],
        rx_coast_km=log["dcr (km)"],
    )
    assert whole == pytest.approx(log["Lb (dB) Eq (69)"], abs=1e-6)


def _published_profile(path):
    text = path.read_text()
    rows = text.split("{Begin of Profile}")[1].split("{End of Profile}")[0].splitlines()
    return np.array([row.split(",")[:5] for row in rows if re.match(r"[\d.]", row)], dtype=float)


class Transcription:
    """Section 4.3 and Attachment 1, section 5.6, of P.1812-8, written down equation by equation."""

    def __init__(self, d, h, g, tx, rx, f, omega, delta_n, vertical):
        self.d, self.h, self.g, self.f, self.omega, self.vertical = d, h, g, f, omega, vertical
        self.hts, self.hrs = h[0] + tx, h[-1] + rx
        self.lam = 0.2998 / f
        self.ae = 6371 * 157 / (157 - delta_n)

    def loss(self):
        hstd, hsrd = self.smooth_heights()
        hts, hrs = self.hts - hstd, self.hrs - hsrd
        actual = self.bullington(self.g, self.hts, self.hrs)
        smooth = self.bullington([0.0] * len(self.g), hts, hrs)
        return actual + max(self.sphere(hts, hrs) - smooth, 0)

    def bullington(self, g, hts, hrs):
        d, total, ce = self.d, self.d[-1], 1 / self.ae
        inner = range(1, len(d) - 1)
        bulge = [g[i] + 500 * ce * d[i] * (total - d[i]) for i in range(len(d))]
        stim = max((bulge[i] - hts) / d[i] for i in inner)
        if stim < (hrs - hts) / total:
            nu = max(
                (bulge[i] - (hts * (total - d[i]) + hrs * d[i]) / total)
                * math.sqrt(0.002 * total / (self.lam * d[i] * (total - d[i])))
                for i in inner
            )
        else:
            srim = max((bulge[i] - hrs) / (total - d[i]) for i in inner)
            dbp = (hrs - hts + srim * total) / (stim + srim)
            nu = (hts + stim * dbp - (hts * (total - dbp) + hrs * dbp) / total) * math.sqrt(
                0.002 * total / (self.lam * dbp * (total - dbp))
            )
        luc = 6.9 + 20 * math.log10(math.sqrt((nu - 0.1) ** 2 + 1) + nu - 0.1) if nu > -0.78 else 0.0
        return luc + (1 - math.exp(-luc / 6)) * (10 + 0.02 * total)

    def smooth_heights(self):
        d, h, total = self.d, self.h, self.d[-1]
        steps = range(1, len(d))
        v1 = sum((d[i] - d[i - 1]) * (h[i] + h[i - 1]) for i in steps)
        v2 = sum(
            (d[i] - d[i - 1]) * (h[i] * (2 * d[i] + d[i - 1]) + h[i - 1] * (d[i] + 2 * d[i - 1]))
            for i in steps
        )
        hst, hsr = (2 * v1 * total - v2) / total**2, (v2 - v1 * total) / total**2
        inner = range(1, len(d) - 1)
        over = [h[i] - (self.hts * (total - d[i]) + self.hrs * d[i]) / total for i in range(len(d))]
        hobs = max(over[i] for i in inner)
        alpha_t = max(over[i] / d[i] for i in inner)
        alpha_r = max(over[i] / (total - d[i]) for i in inner)
        if hobs > 0:
            hst -= hobs * alpha_t / (alpha_t + alpha_r)
            hsr -= hobs * alpha_r / (alpha_t + alpha_r)
        return min(hst, h[0]), min(hsr, h[-1])

    def sphere(self, hte, hre):
        d = self.d[-1]
        if d >= math.sqrt(2 * self.ae) * (math.sqrt(0.001 * hte) + math.sqrt(0.001 * hre)):
            return self.first_term(self.ae, hte, hre)
        c = (hte - hre) / (hte + hre)
        m = 250 * d * d / (self.ae * (hte + hre))
        b = 2 * math.sqrt((m + 1) / (3 * m))
        b *= math.cos(math.pi / 3 + 1 / 3 * math.acos(3 * c / 2 * math.sqrt(3 * m / (m + 1) ** 3)))
        d1 = d / 2 * (1 + b)
        d2 = d - d1
        hse = ((hte - 500 * d1**2 / self.ae) * d2 + (hre - 500 * d2**2 / self.ae) * d1) / d
        hreq = 17.456 * math.sqrt(d1 * d2 * self.lam / d)
        if hse > hreq:
            return 0.0
        aem = 500 * (d / (math.sqrt(hte) + math.sqrt(hre))) ** 2
        return (1 - hse / hreq) * max(self.first_term(aem, hte, hre), 0)

    def first_term(self, a, hte, hre):
        land, sea = (self.first_term_over(*ground, a, hte, hre) for ground in ((22, 0.003), (80, 5)))
        return self.omega * sea + (1 - self.omega) * land

    def first_term_over(self, eps, sigma, a, hte, hre):
        f = self.f
        k = 0.036 * (a * f) ** (-1 / 3) * ((eps - 1) ** 2 + (18 * sigma / f) ** 2) ** (-1 / 4)
        if self.vertical:
            k *= (eps**2 + (18 * sigma / f) ** 2) ** (1 / 2)
        beta = (1 + 1.6 * k**2 + 0.67 * k**4) / (1 + 4.5 * k**2 + 1.53 * k**4)
        x = 21.88 * beta * (f / a**2) ** (1 / 3) * self.d[-1]
        fx = 11 + 10 * math.log10(x) - 17.6 * x if x >= 1.6 else -20 * math.log10(x) - 5.6488 * x**1.425
        gains = []
        for height in (hte, hre):
            y = 0.9575 * beta * (f**2 / a) ** (1 / 3) * height
            b = beta * y
            gain = (
                17.6 * (b - 1.1) ** 0.5 - 5 * math.log10(b - 1.1) - 8
                if b > 2
                else 20 * math.log10(b + 0.1 * b**3)
            )
            gains.append(max(gain, 2 + 20 * math.log10(k)))
        return -fx - sum(gains)


def test_random_profiles_agree_with_the_text():
    rng = np.random.default_rng(1812)
    above_zero = spherical = 0
    for _ in range(600):
        # given a path, from a short one in the mountains to a long one over the sea
        points = int(rng.integers(3, 90))
        total = 10 ** rng.uniform(-1, 2.3)
        d = np.sort(np.concatenate([[0, total], rng.uniform(0.001 * total, 0.999 * total, points - 2)]))
        h = rng.uniform(0, 4000) + np.cumsum(rng.normal(0, 10 ** rng.uniform(-2, 1.8), points))
        clutter = rng.uniform(0, 25, points) * (rng.random() < 0.5)
        tx, rx = rng.uniform(5, 100), rng.choice([1.5, 10.0, 60.0])
        f, omega, delta_n = 10 ** rng.uniform(-1.5, 0.77), rng.choice([0.0, 0.4, 1.0]), rng.uniform(20, 90)
        polarisation = str(rng.choice(["horizontal", "vertical"]))
        g = h + clutter
        g[[0, -1]] = h[[0, -1]]
        # when
        loss = p1812.diffraction_loss_db(
            d, h, tx, rx, f, clutter_m=clutter, omega=omega, delta_n=delta_n, polarisation=polarisation
        )
        # then
        text = Transcription(
            d.tolist(), h.tolist(), g.tolist(), tx, rx, f, omega, delta_n, polarisation == "vertical"
        )
        assert loss == pytest.approx(text.loss(), abs=1e-7)
        above_zero += loss > 0
        spherical += loss > text.bullington(text.g, text.hts, text.hrs) + 1e-6
    # and both kinds of ground under the formula were visited
    assert 100 < spherical < above_zero < 600


def test_grazing_costs_six_decibels():
    # P.526-15 figure 8: 6 dB at nu = 0, nothing below -0.78, and 13 + 20 log10 nu far in the shadow
    assert knife_edge_db(0.0) == pytest.approx(6.0, abs=0.05)
    assert knife_edge_db(-0.79) == 0.0
    assert knife_edge_db(30.0) == pytest.approx(13 + 20 * math.log10(30), abs=0.15)


def test_a_path_that_grazes_exactly_is_finite():
    # the earth is flat enough here that bulge and line meet in one point: equation (18) is 0 / 0
    bulge = 500 / p1812.effective_earth_radius_km(45) * 1.0 * 1.0
    loss = p1812.diffraction_loss_db([0, 1, 2], [0, 10 - bulge, 0], 10, 10, 2.6)
    assert math.isfinite(loss)
    assert loss >= 6.0


def test_antennas_may_change_places():
    rng = np.random.default_rng(7)
    for _ in range(100):
        d = np.concatenate([[0], np.cumsum(rng.uniform(0.02, 0.2, 40))])
        h = np.cumsum(rng.normal(0, 20, d.size))
        there = p1812.basic_loss_db(d, h, 35, 1.5, 2.6)
        back = p1812.basic_loss_db(d[-1] - d[::-1], h[::-1], 1.5, 35, 2.6)
        assert there == pytest.approx(back, abs=1e-9)


def test_the_whole_loss_is_reciprocal_too():
    rng = np.random.default_rng(17)
    for _ in range(60):
        d = np.concatenate([[0], np.cumsum(rng.uniform(0.05, 1.5, 60))])
        h = 200 + np.cumsum(rng.normal(0, 20, d.size))
        zone = np.where(d < d[-1] * rng.random(), 4, 3)
        given = {"frequency_ghz": 0.758, "latitude_deg": 28, "time_percent": 10}
        there = p1812.basic_loss_not_exceeded_db(d, h, 35, 1.5, zone=zone, **given)
        back = p1812.basic_loss_not_exceeded_db(d[-1] - d[::-1], h[::-1], 1.5, 35, zone=zone[::-1], **given)
        assert there == pytest.approx(back, abs=1e-8)


def test_the_bullington_part_never_falls_when_an_obstacle_grows():
    rng = np.random.default_rng(23)
    rose = 0
    for _ in range(200):
        d = np.concatenate([[0], np.cumsum(rng.uniform(0.02, 0.4, 40))])
        top = np.cumsum(rng.normal(0, 10 ** rng.uniform(-1, 1.5), d.size))
        before = bullington_db(bullington_nu(d, top, top[0] + 30, top[-1] + 1.5, 8931.0), d[-1])
        top[rng.integers(1, 40)] += rng.uniform(0, 60)
        after = bullington_db(bullington_nu(d, top, top[0] + 30, top[-1] + 1.5, 8931.0), d[-1])
        assert after >= before - 1e-9
        rose += after > before
    assert 20 < rose < 200


def test_losses_are_finite_from_one_metre_to_a_hundred_kilometres():
    rng = np.random.default_rng(29)
    for total in np.geomspace(0.001, 100, 26):
        d = np.linspace(0, total, 40)
        for spread in (0.0, 5.0, 50.0):
            h = 1500 + np.cumsum(rng.normal(0, 1, 40)) * spread
            for f in (0.7, 4.9):
                assert math.isfinite(p1812.basic_loss_db(d, h, 30, 1.5, f))
                whole = p1812.basic_loss_not_exceeded_db(d, h, 30, 1.5, f, latitude_deg=28, time_percent=1)
                assert math.isfinite(whole)


def test_free_space_over_a_deep_valley():
    # given antennas on two rims, 300 m above the ground between them
    d = np.linspace(0, 4, 81)
    h = np.where((d > 0.2) & (d < 3.8), 0.0, 300.0)
    # when, then: nothing but distance; 92.4 + 20 log f + 20 log d, the rims being level
    assert p1812.basic_loss_db(d, h, 30, 30, 3.5) == pytest.approx(92.4 + 20 * math.log10(3.5 * 4))


def test_below_a_quarter_kilometre_the_slant_distance_counts():
    # 3 m across and 4 m up is 5 m; closer than a metre stays a metre
    assert p1812.free_space_loss_db(0.003, 10, 6, 1.0) == pytest.approx(92.4 + 20 * math.log10(0.005))
    assert p1812.free_space_loss_db(0.0, 10, 10, 1.0) == pytest.approx(92.4 - 60)
    near = p1812.basic_loss_db([0, 0.001], [0, 0], 30, 1.5, 2.6)
    assert near == pytest.approx(92.4 + 20 * math.log10(2.6 * math.hypot(0.001, 0.0285)))


def test_free_space_takes_arrays():
    losses = p1812.free_space_loss_db(np.array([[1.0], [2.0]]), 30.0, 30.0, np.array([0.7, 2.6, 3.5]))
    assert losses.shape == (2, 3)
    assert losses[1] - losses[0] == pytest.approx([20 * math.log10(2)] * 3)


@pytest.mark.parametrize("level_m", [0.0, 4000.0])
def test_only_relative_heights_matter(level_m):
    d = np.linspace(0, 6, 61)
    h = 200 * np.exp(-(((d - 3) / 0.5) ** 2))
    assert p1812.basic_loss_db(d, h + level_m, 30, 1.5, 0.773) == pytest.approx(
        p1812.basic_loss_db(d, h, 30, 1.5, 0.773), abs=1e-8
    )


def test_on_ordinary_short_paths_the_whole_is_the_median():
    # scatter and ducting bring nothing where diffraction is not extreme
    rng = np.random.default_rng(11)
    d = np.linspace(0, 8, 161)
    for _ in range(40):
        h = 1000 + np.cumsum(rng.normal(0, 15, d.size))
        median = p1812.basic_loss_db(d, h, 30, 1.5, 2.6)
        assert p1812.basic_loss_not_exceeded_db(d, h, 30, 1.5, 2.6, latitude_deg=28) == pytest.approx(
            median, abs=0.01
        )


def test_losses_grow_with_the_share_of_time():
    d = np.linspace(0, 60, 301)
    h = 300 * np.exp(-(((d - 25) / 4) ** 2))
    for polarisation in ("horizontal", "vertical"):
        losses = [
            p1812.basic_loss_not_exceeded_db(
                d, h, 30, 10, 0.758, latitude_deg=28, time_percent=share, polarisation=polarisation
            )
            for share in (1, 5, 20, 50)
        ]
        assert (np.diff(losses) > 0).all()


def test_location_variability_spreads_the_loss_around_its_median():
    path = {**kippure(27), "tx_height_m": 60, "rx_height_m": 7, "frequency_ghz": 0.0953, "latitude_deg": 53}
    median = p1812.basic_loss_not_exceeded_db(**path)
    for share in (5, 50, 95):
        loss = p1812.basic_loss_not_exceeded_db(**path, location_percent=share, location_std_db=5.5)
        # the recommendation's approximation of the normal law is 4.5e-4 off at most
        assert loss - median == pytest.approx(5.5 * NormalDist().inv_cdf(share / 100), abs=5.5 * 4.5e-4)


def test_no_location_beats_line_of_sight():
    d = np.linspace(0, 2, 41)
    losses = [
        p1812.basic_loss_not_exceeded_db(
            d, np.zeros(41), 60, 60, 2.6, latitude_deg=28, location_percent=share, location_std_db=8
        )
        for share in (1, 10, 50)
    ]
    assert losses == pytest.approx([92.4 + 20 * math.log10(2.6 * 2)] * 3)


def test_a_receiver_at_sea_has_no_location_variability():
    d = np.linspace(0, 30, 31)
    path = {"distance_km": d, "ground_m": np.zeros(31), "tx_height_m": 60, "rx_height_m": 10}
    for last, varies in ((1, False), (3, True)):
        zone = np.where(d < 20, 4, last)
        given = {**path, "frequency_ghz": 0.758, "zone": zone, "latitude_deg": 28}
        spread = p1812.basic_loss_not_exceeded_db(**given, location_percent=90, location_std_db=6)
        assert (spread > p1812.basic_loss_not_exceeded_db(**given) + 1) == varies


def test_location_variability_by_frequency_resolution_and_height():
    # section 4.7: (0.024 f + 0.52) w^0.28, fading out over 10 m above the clutter
    full = (0.024 * 3.5 + 0.52) * 100**0.28
    for height_m, share in ((1.5, 1.0), (15.0, 1.0), (20.0, 0.5), (25.0, 0.0), (60.0, 0.0)):
        deviation = p1812.location_variability_std_db(3.5, height_m, 15.0, 100.0)
        assert deviation == pytest.approx(full * share)
    with pytest.raises(ValueError, match="positive"):
        p1812.location_variability_std_db(3.5, 1.5, 15.0, 0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"distance_km": [0, 2], "ground_m": [0, 0]}, "three points"),
        ({"time_percent": 51}, "time_percent"),
        ({"time_percent": 0.5}, "time_percent"),
        ({"location_percent": 100}, "location_percent"),
        ({"location_std_db": -1}, "location_std_db"),
        ({"tx_coast_km": -1}, "tx_coast_km"),
        ({"latitude_deg": 91}, "latitude_deg"),
        ({"zone": [4, 2, 4]}, "zone"),
        ({"zone": [4, 4]}, "zone"),
        ({"frequency_ghz": 0}, "positive"),
        ({"polarisation": "circular"}, "horizontal"),
    ],
)
def test_impossible_shares_and_zones_are_refused(change, message):
    path = {"distance_km": [0, 1, 2], "ground_m": [0, 5, 0], "tx_height_m": 30, "rx_height_m": 1.5}
    with pytest.raises(ValueError, match=message):
        p1812.basic_loss_not_exceeded_db(**{**path, "frequency_ghz": 2.6, "latitude_deg": 28, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"distance_km": [0, 2, 1]}, "increase from 0"),
        ({"distance_km": [1, 2, 3]}, "increase from 0"),
        ({"distance_km": [0], "ground_m": [0]}, "two points"),
        ({"ground_m": [0, 1]}, "one length"),
        ({"ground_m": [0, math.nan, 0]}, "not finite"),
        ({"clutter_m": [0, 1]}, "one length"),
        ({"tx_height_m": -1}, "above the ground"),
        ({"rx_height_m": 0}, "above the ground"),
        ({"frequency_ghz": 0}, "positive"),
        ({"omega": 1.5}, "fraction"),
        ({"delta_n": 157}, "between 0 and 157"),
        ({"polarisation": "circular"}, "horizontal"),
    ],
)
def test_impossible_paths_are_refused(change, message):
    path = {"distance_km": [0, 1, 2], "ground_m": [0, 5, 0], "tx_height_m": 30, "rx_height_m": 1.5}
    with pytest.raises(ValueError, match=message):
        p1812.basic_loss_db(**{**path, "frequency_ghz": 2.6, **change})
