"""Losses of the Irregular Terrain Model over a profile and in area mode: its parts put together.

Compiled kernels of `dualgig.radio.itm`, which names the sources. Distances and heights are metres, the
pairs ``(transmitter, receiver)``.
"""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.itm_reference import reference_attenuation_db
from dualgig.radio.itm_terrain import path_geometry, smooth_angle, smooth_horizon_m
from dualgig.radio.itm_variability import quantile_db

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.radio.itm_terrain import Ends

type Ground = tuple[float, float, float, bool]
"""Refractivity at sea level, N-units; relative permittivity; conductivity, S/m; vertical polarisation."""

type Statistics = tuple[int, int, bool, bool, tuple[float, float, float]]
"""Climate from 0, mode of variability, whether locations and situations vary, their deviates and time's."""


@kernel
def _surface(refractivity: float, height_m: float) -> tuple[float, float]:
    """Refractivity at a height, N-units, and effective earth radius, m; TN 101 equations (4.3), (4.4)."""
    local = refractivity * math.exp(-height_m / 9460.0)
    return local, 1.0 / (157e-9 * (1.0 - 0.04665 * math.exp(local / 179.3)))


@kernel
def _impedance(frequency_mhz: float, ground: Ground) -> complex:
    """Ground impedance; Hufford, equation (1.5)."""
    _, permittivity, conductivity, vertical = ground
    relative = complex(permittivity, 18000.0 * conductivity / frequency_mhz)
    impedance = cmath.sqrt(relative - 1.0)
    return impedance / relative if vertical else impedance


@kernel
def _defined(refractivity: float, radius_m: float, impedance: complex) -> bool:
    """Whether the model is stated for such air and ground."""
    return (
        150.0 <= refractivity <= 400.0
        and 4000e3 <= radius_m <= 13333333.0
        and impedance.real > abs(impedance.imag)
    )


@kernel
def _free_space_db(distance_m: float, frequency_mhz: float) -> float:
    """Free-space basic loss, dB, with the model's rounded constant."""
    return 32.45 + 20.0 * math.log10(frequency_mhz) + 20.0 * math.log10(distance_m / 1000.0)


@kernel
def profile_loss_db(
    ground_m: NDArray[np.float64],
    step_m: float,
    heights_m: Ends,
    frequency_mhz: float,
    ground: Ground,
    statistics: Statistics,
) -> float:
    """Loss over one profile, dB; NaN where the model is not stated.

    The parameters are those of `dualgig.radio.itm.point_to_point_loss_db`, checked, and the two properties
    of its `Conditions`.
    """
    last = ground_m.size - 1
    distance = last * step_m
    tenth = int(0.1 * last)
    total = 0.0
    for i in range(tenth, last - tenth + 1):
        total += ground_m[i]
    refractivity, radius = _surface(ground[0], total / (last - 2 * tenth + 1))
    impedance = _impedance(frequency_mhz, ground)
    if not _defined(refractivity, radius, impedance):
        return math.nan
    angles, horizons, effective, irregularity = path_geometry(ground_m, step_m, heights_m, radius)
    path = (angles, horizons, effective, heights_m, irregularity, radius, frequency_mhz, impedance)
    attenuation = reference_attenuation_db(distance, path, refractivity, point_to_point=True)
    loss = quantile_db(attenuation, distance, effective, irregularity, frequency_mhz, *statistics)
    return loss + _free_space_db(distance, frequency_mhz)


@kernel
def profile_losses_db(
    ground_m: NDArray[np.float64],
    first: NDArray[np.int64],
    step_m: NDArray[np.float64],
    tx_height_m: NDArray[np.float64],
    rx_height_m: NDArray[np.float64],
    frequency_mhz: NDArray[np.float64],
    ground: Ground,
    statistics: Statistics,
) -> NDArray[np.float64]:
    """Losses over profiles that lie one after another, from ``first[i]`` to ``first[i + 1]``, dB."""
    loss_db = np.empty(step_m.size)
    for i in range(step_m.size):
        profile = ground_m[first[i] : first[i + 1]]
        heights = (tx_height_m[i], rx_height_m[i])
        loss_db[i] = profile_loss_db(profile, step_m[i], heights, frequency_mhz[i], ground, statistics)
    return loss_db


@kernel
def area_loss_db(
    distance_m: float,
    irregularity_m: float,
    heights_m: Ends,
    siting_gain: Ends,
    frequency_mhz: float,
    ground: Ground,
    statistics: Statistics,
) -> float:
    """Loss in area mode, dB; Hufford, equations (3.1) to (3.4). A negative siting gain: chosen at random."""
    refractivity, radius = _surface(ground[0], 0.0)
    effective_t = _sited_height_m(heights_m[0], siting_gain[0], irregularity_m)
    effective_r = _sited_height_m(heights_m[1], siting_gain[1], irregularity_m)
    horizon_t = smooth_horizon_m(effective_t, irregularity_m, radius)
    horizon_r = smooth_horizon_m(effective_r, irregularity_m, radius)
    angles = (
        smooth_angle(effective_t, horizon_t, irregularity_m, radius),
        smooth_angle(effective_r, horizon_r, irregularity_m, radius),
    )
    effective = (effective_t, effective_r)
    impedance = _impedance(frequency_mhz, ground)
    if not _defined(refractivity, radius, impedance):
        return math.nan
    path = (
        angles,
        (horizon_t, horizon_r),
        effective,
        heights_m,
        irregularity_m,
        radius,
        frequency_mhz,
        impedance,
    )
    attenuation = reference_attenuation_db(distance_m, path, refractivity, point_to_point=False)
    loss = quantile_db(attenuation, distance_m, effective, irregularity_m, frequency_mhz, *statistics)
    return loss + _free_space_db(distance_m, frequency_mhz)


@kernel
def _sited_height_m(height_m: float, siting_gain: float, irregularity_m: float) -> float:
    """Effective height of an antenna whose place was chosen, m; Hufford, equation (3.2)."""
    if siting_gain < 0.0:
        return height_m
    if height_m < 5.0:
        siting_gain *= math.sin(0.1 * math.pi * height_m)
    return height_m + (1.0 + siting_gain) * math.exp(-min(20.0, 2.0 * height_m / max(1e-3, irregularity_m)))
