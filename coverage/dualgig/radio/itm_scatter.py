"""Tropospheric scatter of the Irregular Terrain Model.

Compiled kernels of `dualgig.radio.itm`, which names the sources. Distances and heights are metres.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dualgig.kernels import kernel
from dualgig.radio.itm_diffraction import angle_in_sight, wave_number

if TYPE_CHECKING:
    from dualgig.radio.itm_diffraction import Path

_GAIN_A = (25.0, 80.0, 177.0, 395.0, 705.0)
_GAIN_B = (24.0, 45.0, 68.0, 80.0, 105.0)
"""Frequency gain function at eta = 1 to 5; Hufford, equation (6.13)."""

UNDEFINED_DB = 1001.0
"""What stands for a scatter loss that both low antennas leave undefined; Hufford, page 11."""


@kernel
def _distance_db(angle_distance_m: float) -> float:
    """Attenuation function F of angle times distance, dB; Hufford, equation (6.9)."""
    if angle_distance_m <= 10e3:
        return 133.4 + 0.332e-3 * angle_distance_m - 10.0 * math.log10(angle_distance_m)
    if angle_distance_m <= 70e3:
        return 104.6 + 0.212e-3 * angle_distance_m - 2.5 * math.log10(angle_distance_m)
    return 71.8 + 0.157e-3 * angle_distance_m + 5.0 * math.log10(angle_distance_m)


@kernel
def _gain_curve_db(curve: int, r: float) -> float:
    """One curve of the frequency gain function, dB; Hufford, equation (6.13)."""
    return 10.0 * math.log10(1.0 + _GAIN_A[curve] * (1.0 / r) ** 4 + _GAIN_B[curve] * (1.0 / r) ** 2)


@kernel
def _gain_db(r: float, eta: float) -> float:
    """Frequency gain function, interpolated between its curves, dB; Hufford, equations (6.10) to (6.12)."""
    held = min(max(eta, 1.0), 5.0)
    curve = int(held)
    share = held - curve
    gain_db = _gain_curve_db(curve - 1, r)
    if share != 0.0:
        gain_db = (1.0 - share) * gain_db + share * _gain_curve_db(curve, r)
    return gain_db


@kernel
def _scatter_db(
    distance_m: float, path: Path, refractivity: float, earlier_gain_db: float
) -> tuple[float, float]:
    """Scatter attenuation at a distance, and its frequency gain, dB; Hufford, equations (4.60) to (4.67).

    ``earlier_gain_db`` is the gain of the other distance, negative where there is none yet.
    """
    angles, horizons, heights, _, _, radius, frequency_mhz, _ = path
    k = wave_number(frequency_mhz)
    gain_db = earlier_gain_db
    if earlier_gain_db <= 15.0:
        shift = horizons[0] - horizons[1]
        ratio = heights[1] / heights[0]
        if shift < 0.0:
            shift = -shift
            ratio = 1.0 / ratio
        angle = angles[0] + angles[1] + distance_m / radius
        r_t = 2.0 * k * angle * heights[0]
        r_r = 2.0 * k * angle * heights[1]
        if r_t < 0.2 and r_r < 0.2:
            return UNDEFINED_DB, earlier_gain_db
        asymmetry = (distance_m - shift) / (distance_m + shift)
        q = min(max(0.1, ratio / asymmetry), 10.0)
        asymmetry = max(0.1, asymmetry)
        crossing_m = (distance_m - shift) * (distance_m + shift) * angle * 0.25 / distance_m
        decay = math.exp(-(min(1.7, crossing_m / 8.0e3) ** 6))
        eta = (
            crossing_m
            / 1.7556e3
            * (1.0 + (0.031 - refractivity * 2.32e-3 + refractivity**2 * 5.67e-6) * decay)
        )
        mean_db = (_gain_db(r_t, eta) + _gain_db(r_r, eta)) / 2.0
        excess_db = 6.0 * (0.6 - math.log10(max(eta, 1.0))) * math.log10(asymmetry) * math.log10(q)
        gain_db = max(mean_db + min(mean_db, excess_db), 0.0)
        if eta < 1.0:
            root = math.sqrt(2.0)
            product = ((1.0 + root / r_t) * (1.0 + root / r_r)) ** 2
            limit = product * (r_t + r_r) / (r_t + r_r + 2.0 * root)
            gain_db = eta * gain_db + (1.0 - eta) * 10.0 * math.log10(limit)
        if gain_db > 15.0 and earlier_gain_db >= 0.0:
            gain_db = earlier_gain_db
    beyond = distance_m / radius - angle_in_sight(path)
    loss_db = _distance_db(beyond * distance_m) + 10.0 * math.log10(k * 47.7 * beyond**4)
    loss_db -= 0.1 * (refractivity - 301.0) * math.exp(-beyond * distance_m / 40e3)
    return loss_db + gain_db, gain_db


@kernel
def scatter_pair_db(path: Path, refractivity: float) -> tuple[float, float]:
    """Scatter attenuation 200 and 400 km beyond the horizons, dB: the scatter line goes through both.

    ``refractivity`` is the surface's, N-units.
    """
    _, horizons, _, _, _, _, _, _ = path
    sight = horizons[0] + horizons[1]
    sixth_db, gain_db = _scatter_db(sight + 400e3, path, refractivity, -1.0)
    fifth_db, _ = _scatter_db(sight + 200e3, path, refractivity, gain_db)
    return fifth_db, sixth_db
