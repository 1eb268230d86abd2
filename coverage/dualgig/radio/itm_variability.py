"""Variability of the Irregular Terrain Model in time, between locations and between situations.

Compiled kernels of `dualgig.radio.itm`, which names the sources; equation numbers are those of Hufford's
"The Algorithm", curves those of TN 101, figure 10.13 (III.69, III.70).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dualgig.kernels import kernel
from dualgig.radio.itm_diffraction import irregularity_at, wave_number

if TYPE_CHECKING:
    from dualgig.radio.itm_terrain import Ends

SINGLE_MESSAGE, ACCIDENTAL, MOBILE, BROADCAST = range(4)
"""Modes of variability: which of time, location and situation are one draw."""

type _Curve = tuple[float, float, float, float, float]

# One row a climate: equatorial, continental subtropical, maritime subtropical, desert, continental
# temperate, maritime temperate over land, maritime temperate over sea. c1, c2 in dB, x1, x2, x3 in m.
_MEDIAN: tuple[_Curve, ...] = (
    (-9.67, 12.7, 144.9e3, 190.3e3, 133.8e3),
    (-0.62, 9.19, 228.9e3, 205.2e3, 143.6e3),
    (1.26, 15.5, 262.6e3, 185.2e3, 99.8e3),
    (-9.21, 9.05, 84.1e3, 101.1e3, 98.6e3),
    (-0.62, 9.19, 228.9e3, 205.2e3, 143.6e3),
    (-0.39, 2.86, 141.7e3, 315.9e3, 167.4e3),
    (3.15, 857.9, 2222e3, 164.8e3, 116.3e3),
)
_BELOW: tuple[_Curve, ...] = (
    (2.13, 159.5, 762.2e3, 123.6e3, 94.5e3),
    (2.66, 7.67, 100.4e3, 172.5e3, 136.4e3),
    (6.11, 6.65, 138.2e3, 242.2e3, 178.6e3),
    (1.98, 13.11, 139.1e3, 132.7e3, 193.5e3),
    (2.68, 7.16, 93.7e3, 186.8e3, 133.5e3),
    (6.86, 10.38, 187.8e3, 169.6e3, 108.9e3),
    (8.51, 169.8, 609.8e3, 119.9e3, 106.6e3),
)
_ABOVE: tuple[_Curve, ...] = (
    (2.11, 102.3, 636.9e3, 134.8e3, 95.6e3),
    (6.87, 15.53, 138.7e3, 143.7e3, 98.6e3),
    (10.08, 9.60, 165.3e3, 225.7e3, 129.7e3),
    (3.68, 159.3, 464.4e3, 93.1e3, 94.2e3),
    (4.75, 8.12, 93.2e3, 135.9e3, 113.4e3),
    (8.58, 13.97, 216.0e3, 152.0e3, 122.7e3),
    (8.43, 8.19, 136.2e3, 188.5e3, 122.9e3),
)
_GAIN_BELOW = (
    (1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0),
    (0.92, 0.25, 1.77),
    (1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0),
)
_GAIN_ABOVE = (
    (1.0, 0.0, 0.0),
    (0.93, 0.31, 2.0),
    (1.0, 0.0, 0.0),
    (0.93, 0.19, 1.79),
    (0.93, 0.31, 2.0),
    (1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0),
)
# C_D and z_D of table 5.1, for the rarest times
_DUCTING = (
    (1.224, 1.282),
    (0.801, 2.161),
    (1.38, 1.282),
    (1.0, 20.0),
    (1.224, 1.282),
    (1.518, 1.282),
    (1.518, 1.282),
)


@kernel
def deviate(share: float) -> float:
    """Normal deviate exceeded with a probability; Abramowitz and Stegun, equation (26.2.23).

    The model is fitted with this approximation, which is 4.5e-4 off at most.
    """
    tail = 1.0 - share if share > 0.5 else share
    t = math.sqrt(-2.0 * math.log(tail))
    numerator = (0.010328 * t + 0.802853) * t + 2.515516
    denominator = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0
    value = t - numerator / denominator
    return -value if share > 0.5 else value


@kernel
def _curve_db(curve: _Curve, distance_m: float) -> float:
    """A curve of TN 101 at an effective distance, dB; equations (III.69) and (III.70)."""
    c1, c2, x1, x2, x3 = curve
    squared = (distance_m / x1) ** 2
    return (c1 + c2 / (1.0 + ((distance_m - x2) / x3) ** 2)) * squared / (1.0 + squared)


@kernel
def _frequency_gain(gain: tuple[float, float, float], k: float) -> float:
    """How the spread in time depends on the wave number; Hufford, equations (5.6) and (5.7)."""
    c1, c2, c3 = gain
    return c1 + c2 / ((c3 * math.log(0.133 * k)) ** 2 + 1.0)


@kernel
def _spread_in_time_db(z: float, distance_m: float, k: float, climate: int) -> float:
    """Deviation in time on the side of a deviate, dB; Hufford, equations (5.5) to (5.8)."""
    if z < 0.0:
        return _curve_db(_BELOW[climate], distance_m) * _frequency_gain(_GAIN_BELOW[climate], k)
    above_db = _curve_db(_ABOVE[climate], distance_m) * _frequency_gain(_GAIN_ABOVE[climate], k)
    factor, bend = _DUCTING[climate]
    if z <= bend:
        return above_db
    return factor * above_db + (above_db - factor * above_db) * bend / z


@kernel
def quantile_db(
    attenuation_db: float,
    distance_m: float,
    heights_m: Ends,
    irregularity_m: float,
    frequency_mhz: float,
    climate: int,
    mode: int,
    locations_vary: bool,
    situations_vary: bool,
    deviates: tuple[float, float, float],
) -> float:
    """Attenuation not exceeded at given shares of time, locations and situations, dB; Hufford's `avar`.

    Parameters
    ----------
    attenuation_db
        Reference attenuation.
    distance_m
        Length of the path.
    heights_m
        Effective antenna heights.
    irregularity_m
        Terrain irregularity parameter.
    frequency_mhz
        Frequency.
    climate
        0 to 6, in the order of the model's climates 1 to 7.
    mode
        `SINGLE_MESSAGE`, `ACCIDENTAL`, `MOBILE` or `BROADCAST`.
    locations_vary, situations_vary
        Whether these kinds of variability are there at all.
    deviates
        `deviate` of time, location and situation.
    """
    z_time, z_location, z_situation = deviates
    k = wave_number(frequency_mhz)
    usual: float = math.sqrt(2.0 * 9000e3 * heights_m[0]) + math.sqrt(2.0 * 9000e3 * heights_m[1])
    usual += (575.7e12 / k) ** (1.0 / 3.0)
    effective = 130e3 * distance_m / usual if distance_m < usual else 130e3 + distance_m - usual
    if mode == SINGLE_MESSAGE:
        z_time = z_location = z_situation
    elif mode == ACCIDENTAL:
        z_location = z_situation
    elif mode == MOBILE:
        z_location = z_time
    situation_db = 5.0 + 3.0 * math.exp(-effective / 100e3) if situations_vary else 0.0
    location_db = 0.0
    if locations_vary:
        rough = k * irregularity_at(distance_m, irregularity_m)
        location_db = 10.0 * rough / (rough + 13.0)
    time_db = _spread_in_time_db(z_time, effective, k, climate)
    by_time, by_location = time_db * z_time, location_db * z_location
    residual = (
        situation_db**2 + by_time**2 / (7.8 + z_situation**2) + by_location**2 / (24.0 + z_situation**2)
    )
    if mode == SINGLE_MESSAGE:
        reliability_db = 0.0
        confidence_db = math.sqrt(time_db**2 + location_db**2 + residual) * z_situation
    elif mode == ACCIDENTAL:
        reliability_db = by_time
        confidence_db = math.sqrt(location_db**2 + residual) * z_situation
    elif mode == MOBILE:
        reliability_db = math.sqrt(time_db**2 + location_db**2) * z_time
        confidence_db = math.sqrt(residual) * z_situation
    else:
        reliability_db = by_time + by_location
        confidence_db = math.sqrt(residual) * z_situation
    result = attenuation_db - _curve_db(_MEDIAN[climate], effective) - reliability_db - confidence_db
    if result < 0.0:
        result *= (29.0 - result) / (29.0 - 10.0 * result)
    return result
