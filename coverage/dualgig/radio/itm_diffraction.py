"""Diffraction of the Irregular Terrain Model: two knife edges and a rounded earth, weighted.

Compiled kernels of `dualgig.radio.itm`, which names the sources. Distances and heights are metres, the
pairs ``(transmitter, receiver)``; equation numbers are those of Hufford's "The Algorithm", of TN 101 and
of ERL 79-ITS 67.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dualgig.kernels import kernel

if TYPE_CHECKING:
    from dualgig.radio.itm_terrain import Ends

type Path = tuple[Ends, Ends, Ends, Ends, float, float, float, complex]
"""Horizon angles, rad; horizon distances, effective heights, antennas above ground, m; irregularity,
effective earth radius, m; frequency, MHz; ground impedance."""

_SCALE_RADIUS_M = 6370e3
"""Earth radius of Vogler's curves."""


@kernel
def irregularity_at(distance_m: float, irregularity_m: float) -> float:
    """Terrain irregularity over a path of some length, m; ERL 79-ITS 67, equation (3)."""
    return irregularity_m * (1.0 - 0.8 * math.exp(-distance_m / 50e3))


@kernel
def roughness_m(irregularity_m: float) -> float:
    """Deviation of terrain within the first Fresnel zone, m; ERL 79-ITS 67, equation (3.6a)."""
    return 0.78 * irregularity_m * math.exp(-0.5 * irregularity_m**0.25)


@kernel
def wave_number(frequency_mhz: float) -> float:
    """Wave number, 1/m; Hufford, equation (1.1)."""
    return frequency_mhz / 47.7


@kernel
def angle_in_sight(path: Path) -> float:
    """Angular distance of the line-of-sight region, rad; Hufford, equation (3.6)."""
    angles, horizons, _, _, _, radius, _, _ = path
    return -max(angles[0] + angles[1], -(horizons[0] + horizons[1]) / radius)


@kernel
def _knife_edge_db(nu_squared: float) -> float:
    """Loss over a knife edge, dB; TN 101 equations (III.24b) and (III.24c)."""
    if nu_squared < 5.76:
        return 6.02 + 9.11 * math.sqrt(nu_squared) - 1.27 * nu_squared
    return 12.953 + 10.0 * math.log10(nu_squared)


@kernel
def _two_edges_db(distance_m: float, path: Path) -> float:
    """Diffraction over the two horizons as knife edges, dB; TN 101 equations (I.1) and (I.7)."""
    _, horizons, _, _, _, radius, frequency_mhz, _ = path
    angle = distance_m / radius - angle_in_sight(path)
    beyond = distance_m - (horizons[0] + horizons[1])
    factor = 0.0795775 * wave_number(frequency_mhz) * angle**2
    return _knife_edge_db(factor * horizons[0] * beyond / (beyond + horizons[0])) + _knife_edge_db(
        factor * horizons[1] * beyond / (beyond + horizons[1])
    )


@kernel
def _height_gain_db(x_km: float, k: float) -> float:
    """Vogler's height function F(x, K), dB; Hufford, equations (6.2) to (6.7)."""
    if x_km < 200.0:
        w = -math.log(k)
        if k < 1e-5 or x_km * w**3 > 5495.0:
            return 17.372 * math.log(x_km) - 117.0 if x_km > 1.0 else -117.0
        return 2.5e-5 * x_km**2 / k - 8.686 * w - 15.0
    gain_db = 0.05751 * x_km - 4.343 * math.log(x_km)
    if x_km < 2000.0:
        w = 0.0134 * x_km * math.exp(-0.005 * x_km)
        gain_db = (1.0 - w) * gain_db + w * (17.372 * math.log(x_km) - 117.0)
    return gain_db


@kernel
def _arc(radius_m: float, arc_m: float, frequency_mhz: float, impedance: float) -> tuple[float, float]:
    """Vogler's x, km, and K of an arc over a sphere; Vogler 1964, equations (2), (6a) and (7a)."""
    curvature: float = (4.0 / 3.0 * _SCALE_RADIUS_M / radius_m) ** (1.0 / 3.0)
    k = 0.017778 * curvature * frequency_mhz ** (-1.0 / 3.0) / impedance
    return (1.607 - k) * curvature**2 * frequency_mhz ** (1.0 / 3.0) * arc_m / 1000.0, k


@kernel
def _rounded_earth_db(distance_m: float, path: Path) -> float:
    """Diffraction over the earth with three radii, dB; Vogler 1964, Hufford equation (4.20)."""
    _, horizons, heights, _, _, radius, frequency_mhz, impedance = path
    size = abs(impedance)
    in_sight = angle_in_sight(path)
    angle = distance_m / radius - in_sight
    middle_radius = (distance_m - (horizons[0] + horizons[1])) / (distance_m / radius - in_sight)
    x_t, k_t = _arc(0.5 * horizons[0] ** 2 / heights[0], horizons[0], frequency_mhz, size)
    x_r, k_r = _arc(0.5 * horizons[1] ** 2 / heights[1], horizons[1], frequency_mhz, size)
    x_middle, _ = _arc(middle_radius, middle_radius * angle, frequency_mhz, size)
    x = x_middle + x_t + x_r
    distance_db = 0.05751 * x - 10.0 * math.log10(x)
    return distance_db - _height_gain_db(x_t, k_t) - _height_gain_db(x_r, k_r) - 20.0


@kernel
def diffraction_db(distance_m: float, path: Path, smooth_sight_m: float, point_to_point: bool) -> float:
    """Diffraction attenuation at a distance, dB: both kinds weighted, and terrain clutter.

    ERL 79-ITS 67, equations (3.23) and (3.38c).
    """
    _, horizons, heights, antennas, irregularity_m, radius, frequency_mhz, _ = path
    roughness = roughness_m(irregularity_at(smooth_sight_m, irregularity_m))
    clutter_db = min(
        15.0, 5.0 * math.log10(1.0 + 1e-5 * antennas[0] * antennas[1] * frequency_mhz * roughness)
    )
    product = antennas[0] * antennas[1]
    excess = heights[0] * heights[1] - product
    if point_to_point:
        # low antennas on a known path count higher (ERL 79-ITS 67, page 3-8)
        product += 10.0
    weight = math.sqrt(1.0 + excess / product)
    weight += (-angle_in_sight(path) * radius + horizons[0] + horizons[1]) / distance_m
    weight *= min(irregularity_at(distance_m, irregularity_m) * frequency_mhz / 47.7, 6283.2)
    smooth_share = 25.1 / (25.1 + math.sqrt(weight))
    rounded_db = smooth_share * _rounded_earth_db(distance_m, path)
    return rounded_db + (1.0 - smooth_share) * _two_edges_db(distance_m, path) + clutter_db
