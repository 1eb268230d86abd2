"""What P.1812-8 adds to diffraction: multipath, tropospheric scatter, ducting and layer reflection.

Section, equation and table numbers are those of Recommendation ITU-R P.1812-8, Annex 1. The parts are put
together in `combined_loss_db`, which `dualgig.radio.p1812.basic_loss_not_exceeded_db` calls.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dualgig.radio.horizons import Horizons


def _inland_term(inland_km: float) -> float:
    """The term tau of equation (3), from the longest inland section."""
    return 1.0 - math.exp(-4.12e-4 * inland_km**2.41)


def ducting_incidence_percent(latitude_deg: float, land_km: float, inland_km: float) -> float:
    """Share of time with ducting, beta_0, %; section 3.6, equations (2) to (5).

    Parameters
    ----------
    latitude_deg
        Latitude of the path's centre.
    land_km, inland_km
        Longest continuous land (inland or coastal) and inland sections of the path.
    """
    tau = _inland_term(inland_km)
    mu_1 = (10.0 ** (-land_km / (16.0 - 6.6 * tau)) + 10.0 ** (-5.0 * (0.496 + 0.354 * tau))) ** 0.2
    mu_1 = min(mu_1, 1.0)
    latitude = abs(latitude_deg)
    if latitude > 70.0:
        return float(4.17 * mu_1 * mu_1**0.3)
    mu_4 = mu_1 ** (-0.935 + 0.0176 * latitude)
    return float(10.0 ** (-0.015 * latitude + 1.67) * mu_1 * mu_4)


def multipath_gain_db(path: Horizons, time_percent: float) -> float:
    """Correction of free space for multipath and focusing, not positive up to 50 % of time, dB; (9a), (9b)."""
    reach = 1.0 - math.exp(-0.1 * (path.tx_km + path.rx_km))
    return 2.6 * reach * math.log10(time_percent / 50.0)


def troposcatter_loss_db(path: Horizons, frequency_ghz: float, time_percent: float, n0: float) -> float:
    """Basic loss by tropospheric scatter, dB; section 4.4, equations (44) and (45).

    Parameters
    ----------
    path
        Its horizons.
    frequency_ghz
        Frequency, GHz.
    time_percent
        Share of time in which the loss is not exceeded, up to 50 %.
    n0
        Sea-level surface refractivity at the path's centre, N-units.
    """
    by_frequency_db: float = 25.0 * math.log10(frequency_ghz) - 2.5 * math.log10(frequency_ghz / 2.0) ** 2
    by_time_db: float = 10.125 * math.log10(50.0 / time_percent) ** 0.7
    by_distance_db: float = 20.0 * math.log10(path.distance_km) + 0.573 * path.angle_mrad
    return 190.1 + by_frequency_db + by_distance_db - 0.15 * n0 - by_time_db


def ducting_loss_db(
    path: Horizons,
    frequency_ghz: float,
    time_percent: float,
    *,
    ae_km: float,
    incidence_percent: float,
    inland_km: float,
    omega: float,
    antennas_m: tuple[float, float],
    coasts_km: tuple[float, float],
) -> float:
    """Basic loss by ducting and layer reflection, dB; section 4.5, equations (46) to (56).

    Parameters
    ----------
    path
        Its horizons.
    frequency_ghz
        Frequency, GHz.
    time_percent
        Share of time in which the loss is not exceeded, up to 50 %.
    ae_km
        Median effective earth radius, km.
    incidence_percent, inland_km
        `ducting_incidence_percent`, and the longest inland section.
    omega
        Fraction of the path over water.
    antennas_m
        Transmitter and receiver above sea level.
    coasts_km
        Distances over land from both to the coast along the path, 0 at sea.
    """
    coupling_db = 102.45 + 20.0 * math.log10(frequency_ghz) + 20.0 * math.log10(path.tx_km + path.rx_km)
    if frequency_ghz < 0.5:
        coupling_db += 45.375 - 137.0 * frequency_ghz + 92.5 * frequency_ghz**2
    held_mrad = 0.0
    ends = ((path.tx_km, path.tx_mrad), (path.rx_km, path.rx_mrad))
    for (horizon_km, angle_mrad), antenna_m, coast_km in zip(ends, antennas_m, coasts_km, strict=True):
        shielding = angle_mrad - 0.1 * horizon_km
        if shielding > 0.0:
            coupling_db += 20.0 * math.log10(1.0 + 0.361 * shielding * math.sqrt(frequency_ghz * horizon_km))
            coupling_db += 0.264 * shielding * frequency_ghz ** (1.0 / 3.0)
        if omega >= 0.75 and coast_km <= min(horizon_km, 5.0):
            coupling_db -= 3.0 * math.exp(-0.25 * coast_km**2) * (1.0 + math.tanh(0.07 * (50.0 - antenna_m)))
        held_mrad += min(angle_mrad, 0.1 * horizon_km)
    per_mrad_db: float = 5e-5 * ae_km * frequency_ghz ** (1.0 / 3.0)
    angular_db = per_mrad_db * (1000.0 * path.distance_km / ae_km + held_mrad)
    beta = incidence_percent * _geometry_factor(path, ae_km, inland_km) * _roughness_factor(path)
    return coupling_db + angular_db + _time_db(path.distance_km, time_percent, beta)


def _geometry_factor(path: Horizons, ae_km: float, inland_km: float) -> float:
    """mu_2, correction for path geometry; equations (55) and (55a)."""
    alpha = -0.6 - 3.5e-9 * path.distance_km**3.1 * _inland_term(inland_km)
    heights = (math.sqrt(path.hte_m) + math.sqrt(path.hre_m)) ** 2
    factor: float = (500.0 / ae_km * path.distance_km**2 / heights) ** max(alpha, -3.4)
    return min(factor, 1.0)


def _roughness_factor(path: Horizons) -> float:
    """mu_3, correction for terrain roughness; equations (56) and (56a)."""
    if path.roughness_m <= 10.0:
        return 1.0
    between_km = min(path.distance_km - path.tx_km - path.rx_km, 40.0)
    return math.exp(-4.6e-5 * (path.roughness_m - 10.0) * (43.0 + 6.0 * between_km))


def _time_db(distance_km: float, time_percent: float, beta: float) -> float:
    """A(p), time-percentage variability; equations (53) and (53a)."""
    decades = math.log10(beta)
    gamma = 1.076 / (2.0058 - decades) ** 1.012
    gamma *= math.exp(-(9.51 - 4.8 * decades + 0.198 * decades**2) * 1e-6 * distance_km**1.13)
    ratio = time_percent / beta
    return float(-12.0 + (1.2 + 3.7e-3 * distance_km) * math.log10(ratio) + 12.0 * ratio**gamma)


def combined_loss_db(
    path: Horizons,
    time_percent: float,
    *,
    incidence_percent: float,
    omega: float,
    free_db: float,
    median_diffraction_db: float,
    ducting_diffraction_db: float,
    scatter_db: float,
    ducting_db: float,
) -> tuple[float, float]:
    """Losses of all mechanisms put together; sections 4.3.5 and 4.6, equations (40) to (43), (57) to (63).

    Parameters
    ----------
    path
        Its horizons.
    time_percent
        Share of time in which the loss is not exceeded, up to 50 %.
    incidence_percent
        `ducting_incidence_percent`.
    omega
        Fraction of the path over water.
    free_db
        Free-space loss.
    median_diffraction_db, ducting_diffraction_db
        Diffraction loss with the median effective earth radius, and with the one of ducting.
    scatter_db, ducting_db
        Losses by the other mechanisms.

    Returns
    -------
    in_sight_db, combined_db : float
        ``Lb0p`` with multipath alone, and ``Lbc`` of all, at 50 % of the locations.
    """
    in_sight_db = free_db + multipath_gain_db(path, time_percent)
    share = 1.0
    if time_percent > incidence_percent:
        share = normal_deviate(time_percent / 100.0) / normal_deviate(incidence_percent / 100.0)
    diffraction_db = median_diffraction_db
    if time_percent < 50.0:
        diffraction_db += share * (ducting_diffraction_db - median_diffraction_db)
    blocked_db = in_sight_db + diffraction_db
    least_db = in_sight_db + (1.0 - omega) * diffraction_db
    if time_percent >= incidence_percent:
        median_db = free_db + median_diffraction_db
        rare_db = free_db + multipath_gain_db(path, incidence_percent) + (1.0 - omega) * diffraction_db
        least_db = median_db + (rare_db - median_db) * share
    enhanced_db = 2.5 * float(np.logaddexp(ducting_db / 2.5, in_sight_db / 2.5))
    notional_db = blocked_db
    if enhanced_db <= blocked_db:
        near = 0.5 - 0.5 * math.tanh(1.5 * (path.distance_km - 20.0) / 20.0)
        notional_db = enhanced_db + (blocked_db - enhanced_db) * near
    level = 0.5 - 0.5 * math.tanh(2.4 * (path.angle_mrad - 0.3) / 0.3)
    notional_db += (least_db - notional_db) * level
    return in_sight_db, -5.0 * math.log10(10.0 ** (-0.2 * scatter_db) + 10.0 ** (-0.2 * notional_db))


def normal_deviate(share: float) -> float:
    """Inverse complementary cumulative normal distribution I(x); Attachment 2, whose approximation it is.

    Parameters
    ----------
    share
        Probability; held between 1e-6 and 1 - 1e-6.
    """
    held = min(max(share, 1e-6), 1.0 - 1e-6)
    t = math.sqrt(-2.0 * math.log(min(held, 1.0 - held)))
    numerator = (0.010328 * t + 0.802853) * t + 2.515516698
    value = t - numerator / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0)
    return value if held <= 0.5 else -value
