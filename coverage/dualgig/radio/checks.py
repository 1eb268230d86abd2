"""Checks of what describes one path: arrays that fit, or a ValueError that says what does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.horizons import COASTAL_ZONE, INLAND_ZONE, SEA_ZONE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def checked_profile(
    distance_km: ArrayLike,
    ground_m: ArrayLike,
    clutter_m: ArrayLike | None,
    tx_height_m: float,
    rx_height_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Distances, ground and ground with clutter as arrays, or a ValueError that says what is wrong."""
    d_km = np.ascontiguousarray(distance_km, dtype=np.float64)
    ground = np.ascontiguousarray(ground_m, dtype=np.float64)
    clutter = np.zeros(d_km.shape) if clutter_m is None else np.asarray(clutter_m, dtype=np.float64)
    if d_km.ndim != 1 or d_km.size < 2 or ground.shape != d_km.shape or clutter.shape != d_km.shape:
        raise ValueError("a profile needs distance, ground and clutter of one length, two points or more")
    if d_km[0] != 0.0 or not np.all(np.diff(d_km) > 0.0):
        raise ValueError("distance_km must increase from 0")
    if not (np.isfinite(d_km).all() and np.isfinite(ground).all() and np.isfinite(clutter).all()):
        raise ValueError("the profile has distances or heights that are not finite")
    if not (tx_height_m > 0.0 and rx_height_m > 0.0 and math.isfinite(tx_height_m + rx_height_m)):
        raise ValueError(f"antennas at {tx_height_m} m and {rx_height_m} m: both must stand above the ground")
    top = ground + clutter
    top[[0, -1]] = ground[[0, -1]]
    return d_km, ground, top


def check_frequency(frequency_ghz: float) -> None:
    """Raise a ValueError if the frequency is not positive and finite."""
    if not 0.0 < frequency_ghz < math.inf:
        raise ValueError(f"frequency_ghz is {frequency_ghz}; it must be positive")


def checked_zones(zone: ArrayLike | None, points: int) -> NDArray[np.int64]:
    """Radio-climatic zones as an array, or a ValueError that says what is wrong."""
    if zone is None:
        return np.full(points, INLAND_ZONE)
    zones = np.asarray(zone)
    if zones.shape != (points,) or not np.isin(zones, (SEA_ZONE, COASTAL_ZONE, INLAND_ZONE)).all():
        raise ValueError("zone needs one of 1 (sea), 3 (coastal land) and 4 (inland) for each point")
    return zones.astype(np.int64)
