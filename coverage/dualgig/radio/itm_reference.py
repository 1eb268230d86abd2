"""Reference attenuation of the Irregular Terrain Model: in sight, diffraction, then scatter.

Compiled kernels of `dualgig.radio.itm`, which names the sources. Distances and heights are metres, the
pairs ``(transmitter, receiver)``; equation numbers are those of Hufford's "The Algorithm" and of ERL
79-ITS 67.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dualgig.kernels import kernel
from dualgig.radio.itm_diffraction import diffraction_db, irregularity_at, roughness_m, wave_number
from dualgig.radio.itm_scatter import UNDEFINED_DB, scatter_pair_db

if TYPE_CHECKING:
    from dualgig.radio.itm_diffraction import Path


@kernel
def _two_rays_db(
    distance_m: float, path: Path, smooth_sight_m: float, slope_db: float, intercept_db: float
) -> float:
    """Attenuation in sight, dB: two rays, and diffraction extended; Hufford, equations (4.38) to (4.50)."""
    _, _, heights, _, irregularity_m, _, frequency_mhz, impedance = path
    k = wave_number(frequency_mhz)
    roughness = roughness_m(irregularity_at(distance_m, irregularity_m))
    rise = heights[0] + heights[1]
    grazing = rise / math.sqrt(distance_m**2 + rise**2)
    damping = math.exp(-min(10.0, k * roughness * grazing))
    reflection = (grazing - impedance) / (grazing + impedance) * damping
    power = reflection.real**2 + reflection.imag**2
    if power < 0.25 or power < grazing:
        reflection *= math.sqrt(grazing / power)
    phase = k * 2.0 * heights[0] * heights[1] / distance_m
    if phase > math.pi / 2.0:
        phase = math.pi - (math.pi / 2.0) ** 2 / phase
    field = complex(math.cos(phase), -math.sin(phase)) + reflection
    rays_db = -10.0 * math.log10(field.real**2 + field.imag**2)
    rays_share = 1.0 / (1.0 + frequency_mhz * irregularity_m / max(10e3, smooth_sight_m))
    return rays_share * rays_db + (1.0 - rays_share) * (slope_db * distance_m + intercept_db)


@kernel
def _in_sight_db(
    distance_m: float, path: Path, smooth_sight_m: float, slope_db: float, intercept_db: float
) -> float:
    """Reference attenuation in sight, dB: fitted through two distances and the edge of sight.

    ERL 79-ITS 67, equations (3.16) to (3.21); ``slope_db`` (a metre) and ``intercept_db`` are the
    diffraction line's.
    """
    _, horizons, heights, _, _, _, frequency_mhz, _ = path
    sight = horizons[0] + horizons[1]
    edge_db = smooth_sight_m * slope_db + intercept_db
    near = 0.04 * frequency_mhz * heights[0] * heights[1]
    if intercept_db >= 0.0:
        near = min(near, 0.5 * sight)
        middle = near + 0.25 * (sight - near)
    else:
        middle = max(-intercept_db / slope_db, 0.25 * sight)
    middle_db = _two_rays_db(middle, path, smooth_sight_m, slope_db, intercept_db)
    linear = 0.0
    logarithmic = 0.0
    fitted = False
    if near < middle:
        near_db = _two_rays_db(near, path, smooth_sight_m, slope_db, intercept_db)
        span = math.log(smooth_sight_m / near)
        part, whole = middle - near, smooth_sight_m - near
        numerator = whole * (middle_db - near_db) - part * (edge_db - near_db)
        logarithmic = max(0.0, numerator / (whole * math.log(middle / near) - part * span))
        fitted = intercept_db > 0.0 or logarithmic > 0.0
        if fitted:
            linear = (edge_db - near_db - logarithmic * span) / whole
            if linear < 0.0:
                linear = 0.0
                logarithmic = max(edge_db - near_db, 0.0) / span
                if logarithmic == 0.0:
                    linear = slope_db
    if not fitted:
        logarithmic = 0.0
        linear = max(edge_db - middle_db, 0.0) / (smooth_sight_m - middle)
        if linear == 0.0:
            linear = slope_db
    constant_db = edge_db - linear * smooth_sight_m - logarithmic * math.log(smooth_sight_m)
    return constant_db + linear * distance_m + logarithmic * math.log(distance_m)


@kernel
def reference_attenuation_db(
    distance_m: float, path: Path, refractivity: float, point_to_point: bool
) -> float:
    """Attenuation over free space at reference conditions, dB, never negative; Hufford's `lrprop`.

    In sight of a smooth earth the line of `_in_sight_db`; beyond, the diffraction line until the scatter
    line crosses it. ``refractivity`` is the surface's, N-units.
    """
    _, horizons, heights, _, _, radius, frequency_mhz, _ = path
    smooth_sight = math.sqrt(2.0 * heights[0] * radius) + math.sqrt(2.0 * heights[1] * radius)
    sight = horizons[0] + horizons[1]
    reach: float = (radius**2 / frequency_mhz) ** (1.0 / 3.0)
    third = max(smooth_sight, sight + 5.0 * reach)
    fourth = third + 10.0 * reach
    third_db = diffraction_db(third, path, smooth_sight, point_to_point)
    fourth_db = diffraction_db(fourth, path, smooth_sight, point_to_point)
    slope_db = (fourth_db - third_db) / (fourth - third)
    intercept_db = third_db - slope_db * third
    if distance_m < smooth_sight:
        return max(_in_sight_db(distance_m, path, smooth_sight, slope_db, intercept_db), 0.0)
    # where scatter is not defined, diffraction goes on to 10,000 km
    crossing = 10e6
    scatter_slope_db, scatter_intercept_db = slope_db, intercept_db
    scatter_5_db, scatter_6_db = scatter_pair_db(path, refractivity)
    if scatter_5_db < UNDEFINED_DB - 1.0:
        scatter_slope_db = (scatter_6_db - scatter_5_db) / 200e3
        meeting = scatter_5_db - intercept_db - scatter_slope_db * (sight + 200e3)
        furthest = sight + 1.088 * reach * math.log(frequency_mhz)
        crossing = max(smooth_sight, furthest, meeting / (slope_db - scatter_slope_db))
        scatter_intercept_db = (slope_db - scatter_slope_db) * crossing + intercept_db
    if distance_m > crossing:
        return max(scatter_slope_db * distance_m + scatter_intercept_db, 0.0)
    return max(slope_db * distance_m + intercept_db, 0.0)
