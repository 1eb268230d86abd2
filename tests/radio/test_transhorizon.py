"""Horizons, scatter, ducting and their combination, against a transcription of P.1812-8's text."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from dualgig.radio import p1812
from dualgig.radio.horizons import longest_section_km, path_horizons
from dualgig.radio.transhorizon import (
    ducting_incidence_percent,
    ducting_loss_db,
    normal_deviate,
    troposcatter_loss_db,
)


class Transcription:
    """Sections 3.6, 4.2, 4.4 to 4.6 and Attachment 1 of P.1812-8, written down equation by equation."""

    def __init__(self, d, h, zone, tx, rx, f, p, latitude, delta_n, n0, coasts):
        self.d, self.h, self.zone, self.f, self.p, self.n0 = d, h, zone, f, p, n0
        self.htg, self.hrg = tx, rx
        self.hts, self.hrs = h[0] + tx, h[-1] + rx
        self.total = d[-1]
        self.ae = 6371 * 157 / (157 - delta_n)
        self.dct = 0 if zone[0] == 1 else coasts[0]
        self.dcr = 0 if zone[-1] == 1 else coasts[1]
        self.omega = self.length(lambda z: z == 1, sum)
        self.omega = min(self.omega / self.total, 1.0)
        dtm = self.length(lambda z: z in (3, 4), max)
        self.dlm = self.length(lambda z: z == 4, max)
        self.tau = 1 - math.exp(-(4.12e-4 * self.dlm**2.41))
        mu1 = (10 ** (-dtm / (16 - 6.6 * self.tau)) + 10 ** (-5 * (0.496 + 0.354 * self.tau))) ** 0.2
        mu1 = min(mu1, 1)
        if abs(latitude) <= 70:
            mu4 = 10 ** ((-0.935 + 0.0176 * abs(latitude)) * math.log10(mu1))
            self.b0 = 10 ** (-0.015 * abs(latitude) + 1.67) * mu1 * mu4
        else:
            self.b0 = 4.17 * mu1 * 10 ** (0.3 * math.log10(mu1))
        self.horizons()

    def length(self, belongs, over):
        """Lengths of the sections whose zone belongs, each with half a step beyond its ends."""
        sections, current = [0.0], 0.0
        for i, zone in enumerate(self.zone):
            before = (self.d[i] - self.d[i - 1]) / 2 if i else 0.0
            after = (self.d[i + 1] - self.d[i]) / 2 if i + 1 < len(self.d) else 0.0
            if belongs(zone):
                current += before + after
            else:
                sections.append(current)
                current = 0.0
        return over([*sections, current])

    def horizons(self):
        d, h, total, ae = self.d, self.h, self.total, self.ae
        inner = range(1, len(d) - 1)
        theta = {i: 1000 * math.atan((h[i] - self.hts) / (1000 * d[i]) - d[i] / (2 * ae)) for i in inner}
        theta_td = 1000 * math.atan((self.hrs - self.hts) / (1000 * total) - total / (2 * ae))
        if max(theta.values()) > theta_td:
            lt = max(theta, key=theta.get)
            self.theta_t = theta[lt]
            back = {
                i: 1000 * math.atan((h[i] - self.hrs) / (1000 * (total - d[i])) - (total - d[i]) / (2 * ae))
                for i in inner
            }
            lr = max(back, key=back.get)
            self.theta_r = back[lr]
        else:
            self.theta_t = theta_td
            self.theta_r = 1000 * math.atan((self.hts - self.hrs) / (1000 * total) - total / (2 * ae))
            nu = {
                i: (
                    h[i]
                    + 500 / ae * d[i] * (total - d[i])
                    - (self.hts * (total - d[i]) + self.hrs * d[i]) / total
                )
                * math.sqrt(0.002 * total * self.f / (0.2998 * d[i] * (total - d[i])))
                for i in inner
            }
            lt = lr = max(nu, key=nu.get)
        self.dlt, self.dlr = d[lt], total - d[lr]
        self.theta = 1000 * total / ae + self.theta_t + self.theta_r
        v1 = sum((d[i] - d[i - 1]) * (h[i] + h[i - 1]) for i in range(1, len(d)))
        v2 = sum(
            (d[i] - d[i - 1]) * (h[i] * (2 * d[i] + d[i - 1]) + h[i - 1] * (d[i] + 2 * d[i - 1]))
            for i in range(1, len(d))
        )
        hst = min((2 * v1 * total - v2) / total**2, h[0])
        hsr = min((v2 - v1 * total) / total**2, h[-1])
        m = (hsr - hst) / total
        self.hte, self.hre = self.htg + h[0] - hst, self.hrg + h[-1] - hsr
        self.hm = max(h[i] - (hst + m * d[i]) for i in range(lt, lr + 1))

    def scatter(self):
        lf = 25 * math.log10(self.f) - 2.5 * math.log10(self.f / 2) ** 2
        return (
            190.1
            + lf
            + 20 * math.log10(self.total)
            + 0.573 * self.theta
            - 0.15 * self.n0
            - 10.125 * math.log10(50 / self.p) ** 0.7
        )

    def ducting(self):
        f, total, ae = self.f, self.total, self.ae
        alf = 45.375 - 137 * f + 92.5 * f**2 if f < 0.5 else 0
        ast, asr = (
            20 * math.log10(1 + 0.361 * t * math.sqrt(f * dl)) + 0.264 * t * f ** (1 / 3) if t > 0 else 0
            for t, dl in (
                (self.theta_t - 0.1 * self.dlt, self.dlt),
                (self.theta_r - 0.1 * self.dlr, self.dlr),
            )
        )
        act, acr = (
            -3 * math.exp(-0.25 * dc**2) * (1 + math.tanh(0.07 * (50 - hs)))
            if self.omega >= 0.75 and dc <= dl and dc <= 5
            else 0
            for dc, dl, hs in ((self.dct, self.dlt, self.hts), (self.dcr, self.dlr, self.hrs))
        )
        af = 102.45 + 20 * math.log10(f) + 20 * math.log10(self.dlt + self.dlr) + alf + ast + asr + act + acr
        theta_t1 = min(self.theta_t, 0.1 * self.dlt)
        theta_r1 = min(self.theta_r, 0.1 * self.dlr)
        theta1 = 1000 * total / ae + theta_t1 + theta_r1
        di = min(total - self.dlt - self.dlr, 40)
        mu3 = 1 if self.hm <= 10 else math.exp(-4.6e-5 * (self.hm - 10) * (43 + 6 * di))
        alpha = max(-0.6 - 3.5e-9 * total**3.1 * self.tau, -3.4)
        mu2 = min(
            (500 / ae * total**2 / (math.sqrt(self.hte) + math.sqrt(self.hre)) ** 2) ** alpha,
            1,
        )
        beta = self.b0 * mu2 * mu3
        lb = math.log10(beta)
        gamma = 1.076 / (2.0058 - lb) ** 1.012
        gamma *= math.exp(-(9.51 - 4.8 * lb + 0.198 * lb**2) * 1e-6 * total**1.13)
        ap = -12 + (1.2 + 3.7e-3 * total) * math.log10(self.p / beta) + 12 * (self.p / beta) ** gamma
        return af + 5e-5 * ae * f ** (1 / 3) * theta1 + ap

    def multipath(self, p):
        return 2.6 * (1 - math.exp(-0.1 * (self.dlt + self.dlr))) * math.log10(p / 50)

    def loss(self, ld50, ldb):
        p, b0, omega = self.p, self.b0, self.omega
        slant = math.hypot(self.total, (self.hts - self.hrs) / 1000)
        lbfs = 92.4 + 20 * math.log10(self.f) + 20 * math.log10(slant)
        lb0p, lb0b = lbfs + self.multipath(p), lbfs + self.multipath(b0)
        fi = 1 if b0 >= p else deviate(p / 100) / deviate(b0 / 100)
        ldp = ld50 if p == 50 else ld50 + (ldb - ld50) * fi
        lbd50, lbd = lbfs + ld50, lb0p + ldp
        lminb0p = lb0p + (1 - omega) * ldp
        if p >= b0:
            lminb0p = lbd50 + (lb0b + (1 - omega) * ldp - lbd50) * fi
        eta = 2.5
        lminbap = eta * math.log(math.exp(self.ducting() / eta) + math.exp(lb0p / eta))
        fk = 1 - 0.5 * (1 + math.tanh(3 * 0.5 * (self.total - 20) / 20))
        fj = 1 - 0.5 * (1 + math.tanh(3 * 0.8 * (self.theta - 0.3) / 0.3))
        lbda = lbd if lminbap > lbd else lminbap + (lbd - lminbap) * fk
        lbam = lbda + (lminb0p - lbda) * fj
        lbc = -5 * math.log10(10 ** (-0.2 * self.scatter()) + 10 ** (-0.2 * lbam))
        return max(lb0p, lbc)


def deviate(share):
    """The normal law itself, of which the recommendation takes an approximation."""
    return -NormalDist().inv_cdf(share)


def random_path(rng):
    points = int(rng.integers(4, 120))
    total = 10 ** rng.uniform(-0.5, 2.5)
    d = np.sort(np.concatenate([[0, total], rng.uniform(0.001 * total, 0.999 * total, points - 2)]))
    h = rng.uniform(0, 3000) + np.cumsum(rng.normal(0, 10 ** rng.uniform(-2, 1.8), points))
    h -= min(h.min(), 0)
    zone = np.repeat(rng.choice([1, 3, 4], points), rng.integers(1, 30, points))[:points]
    if rng.random() < 0.3:
        zone = np.full(points, 1)
        zone[:2] = zone[-2:] = 3
        h[:] = 0.0
    return {
        "d": d.tolist(),
        "h": h.tolist(),
        "zone": zone.tolist(),
        "tx": float(rng.uniform(5, 150)),
        "rx": float(rng.choice([1.5, 10.0, 60.0])),
        "f": float(10 ** rng.uniform(-1.5, 0.77)),
        "p": float(rng.choice([1.0, 3.0, 10.0, 49.0, 50.0])),
        "latitude": float(rng.uniform(-85, 85)),
        "delta_n": float(rng.uniform(30, 80)),
        "n0": float(rng.uniform(280, 380)),
        "coasts": (float(rng.uniform(0, 8)), float(rng.uniform(0, 8))),
    }


def test_random_paths_agree_with_the_text():
    rng = np.random.default_rng(1812)
    in_sight = by_sea = often = by_scatter = by_ducts = 0
    for _ in range(500):
        # given a path, from a short one in the mountains to a long one over the sea
        path = random_path(rng)
        text = Transcription(**path)
        # when
        given = (path["d"], path["h"], path["tx"], path["rx"], path["f"])
        loss = p1812.basic_loss_not_exceeded_db(
            *given,
            zone=path["zone"],
            latitude_deg=path["latitude"],
            time_percent=path["p"],
            delta_n=path["delta_n"],
            n0=path["n0"],
            tx_coast_km=path["coasts"][0],
            rx_coast_km=path["coasts"][1],
        )
        # then: a gradient of two thirds of 157 makes an earth of three radii, that of ducting
        ld50, ldb = (
            p1812.diffraction_loss_db(*given, omega=text.omega, delta_n=delta_n)
            for delta_n in (path["delta_n"], 157 * 2 / 3)
        )
        # the recommendation's approximation of the normal law is worth hundredths of a dB
        assert loss == pytest.approx(text.loss(ld50, ldb), abs=0.05)
        in_sight += text.dlt + text.dlr == pytest.approx(text.total)
        by_sea += text.omega >= 0.75 and min(text.dct, text.dcr) <= 5
        often += text.b0 >= text.p
        by_scatter += abs(loss - text.scatter()) < 3
        by_ducts += abs(loss - text.ducting()) < 3
    # and every branch was visited
    assert min(in_sight, by_sea, often, by_scatter, by_ducts) >= 20


def test_parts_agree_with_the_text_exactly():
    rng = np.random.default_rng(2025)
    for _ in range(200):
        path = random_path(rng)
        text = Transcription(**path)
        seen = path_horizons(np.array(path["d"]), np.array(path["h"]), text.hts, text.hrs, text.ae)
        assert (seen.tx_km, seen.rx_km) == pytest.approx((text.dlt, text.dlr))
        assert (seen.tx_mrad, seen.rx_mrad) == pytest.approx((text.theta_t, text.theta_r))
        assert (seen.hte_m, seen.hre_m) == pytest.approx((text.hte, text.hre))
        assert seen.roughness_m == pytest.approx(text.hm, abs=1e-9)
        scatter = troposcatter_loss_db(seen, path["f"], path["p"], path["n0"])
        assert scatter == pytest.approx(text.scatter(), abs=1e-9)
        ducting = ducting_loss_db(
            seen,
            path["f"],
            path["p"],
            ae_km=text.ae,
            incidence_percent=text.b0,
            inland_km=text.dlm,
            omega=text.omega,
            antennas_m=(text.hts, text.hrs),
            coasts_km=(text.dct, text.dcr),
        )
        assert ducting == pytest.approx(text.ducting(), rel=1e-9)


def test_a_ridge_is_the_horizon_of_both_ends():
    # given a ridge 4 km from one end of a flat path of 10 km
    d = np.linspace(0, 10, 101)
    h = np.where(np.isclose(d, 4.0), 200.0, 0.0)
    seen = path_horizons(d, h, 30.0, 10.0, 8500.0)
    # then: slopes of 170 m in 4 km and 190 m in 6 km, less the earth's curve
    assert (seen.tx_km, seen.rx_km) == pytest.approx((4.0, 6.0))
    assert seen.tx_mrad == pytest.approx(1000 * math.atan(170 / 4000 - 4 / 17_000))
    assert seen.rx_mrad == pytest.approx(1000 * math.atan(190 / 6000 - 6 / 17_000))


def test_sections_reach_half_a_step_beyond_their_points():
    d = np.array([0.0, 1.0, 2.0, 4.0, 8.0, 9.0, 10.0])
    sections = {
        (0, 0, 0, 0, 0, 0, 0): 0.0,
        (1, 1, 1, 1, 1, 1, 1): 10.0,
        (1, 1, 0, 0, 1, 1, 1): 4.0,
        (0, 0, 1, 1, 0, 0, 1): 4.5,
    }
    for inside, length_km in sections.items():
        assert longest_section_km(d, np.array(inside, bool)) == pytest.approx(length_km)


def test_ducting_is_frequent_over_the_sea_and_rare_inland():
    # logged by Py1812 (revision a5205e6) for b2iseac_rural_land_1km, _10km and b2iseac
    assert ducting_incidence_percent(53.18551669, 1.0, 1.0) == pytest.approx(7.244912027, rel=1e-8)
    assert ducting_incidence_percent(53.20515067, 10.0, 10.0) == pytest.approx(5.523157665, rel=1e-8)
    assert ducting_incidence_percent(53.68658428, 17.5, 12.5) == pytest.approx(4.26330636, rel=1e-8)
    at_sea = ducting_incidence_percent(28.0, 0.0, 0.0)
    inland = ducting_incidence_percent(28.0, 200.0, 200.0)
    assert at_sea == pytest.approx(10 ** (-0.015 * 28 + 1.67), rel=1e-3)
    # far inland tau is 1, so that mu_1 = 10^-0.85 and mu_1 mu_4 = mu_1^(1 - 0.935 + 0.0176 latitude)
    assert inland / at_sea == pytest.approx(10 ** (-0.85 * (0.065 + 0.0176 * 28)), rel=1e-3)
    assert ducting_incidence_percent(-28.0, 30.0, 10.0) == ducting_incidence_percent(28.0, 30.0, 10.0)


def test_the_approximation_of_the_normal_law():
    for share in (0.01, 0.05, 0.3, 0.5, 0.7, 0.95):
        assert normal_deviate(share) == pytest.approx(deviate(share), abs=4.5e-4)
    assert normal_deviate(0.0) == normal_deviate(1e-6) == pytest.approx(-normal_deviate(1.0))
