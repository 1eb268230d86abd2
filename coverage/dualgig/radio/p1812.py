"""Median basic transmission loss of ITU-R P.1812-8: free space and delta-Bullington diffraction.

Section, equation and table numbers are those of Recommendation ITU-R P.1812-8, Annex 1. A profile is
given by distances from the transmitter, ground heights and, where known, heights of the clutter on
it. At median time and location (p = pL = 50 %) the basic loss is the free-space loss (section 4.2)
plus the diffraction loss ``Ld50`` (section 4.3); troposcatter and ducting, which matter over long
trans-horizon paths and for small percentages of time, are not included.

P.1812 is stated for 0.25 to 3000 km. Below 0.25 km the same formulae are used: free space at the
slant distance between the antennas (never less than 1 m), and diffraction over whatever profile
points lie between them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from dualgig.radio.diffraction import delta_bullington_db, diffraction_geometry, free_space_db

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Polarisation = Literal["horizontal", "vertical"]

EARTH_RADIUS_KM = 6371.0
"""Mean radius of the earth; section 3.5."""

SEA_ZONE = 1
"""Radio-climatic zone of water, as ITU-R profiles code it: 1 sea, 3 coastal land, 4 inland (section 3.2)."""


def effective_earth_radius_km(delta_n: float) -> float:
    """Median effective earth radius, km; equations (6) and (7a).

    Parameters
    ----------
    delta_n
        Median refractivity gradient in the lowest kilometre, N-units/km, as a positive number.

    Raises
    ------
    ValueError
        The gradient is not between 0 and 157, where the ray would follow the earth.
    """
    if not 0.0 < delta_n < 157.0:
        raise ValueError(f"delta_n is {delta_n}; it must lie between 0 and 157 N-units/km")
    return EARTH_RADIUS_KM * 157.0 / (157.0 - delta_n)


def free_space_loss_db(
    distance_km: ArrayLike, hts_m: ArrayLike, hrs_m: ArrayLike, frequency_ghz: ArrayLike
) -> NDArray[np.float64]:
    """Free-space basic loss at the slant distance, dB; equations (8) and (8a).

    Parameters
    ----------
    distance_km
        Horizontal distance, km.
    hts_m, hrs_m
        Antennas above sea level, m.
    frequency_ghz
        Frequency, GHz. All four broadcast against each other.
    """
    arrays = (np.asarray(given, dtype=np.float64) for given in (distance_km, hts_m, hrs_m, frequency_ghz))
    # the kernel's own Python function, which broadcasts
    return np.asarray(free_space_db.py_func(*arrays))


def fraction_over_water(distance_km: ArrayLike, zone: ArrayLike) -> float:
    """Fraction of a path over water, each profile point standing for the halves of its two steps.

    Parameters
    ----------
    distance_km
        Shape (points,), km from the transmitter.
    zone
        Shape (points,), radio-climatic zones; `SEA_ZONE` is water (section 3.2, table 2).
    """
    d_km = np.asarray(distance_km, dtype=np.float64)
    sea = (np.asarray(zone) == SEA_ZONE).astype(np.float64)
    return float(np.diff(d_km) @ (sea[1:] + sea[:-1]) / 2.0 / (d_km[-1] - d_km[0]))


def diffraction_loss_db(
    distance_km: ArrayLike,
    ground_m: ArrayLike,
    tx_height_m: float,
    rx_height_m: float,
    frequency_ghz: float,
    *,
    clutter_m: ArrayLike | None = None,
    omega: float = 0.0,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
) -> float:
    """Median delta-Bullington diffraction loss ``Ld50`` of one profile, dB; P.1812-8 section 4.3.

    Parameters
    ----------
    distance_km
        Shape (points,), increasing from 0 at the transmitter, km. Two points or more.
    ground_m
        Shape (points,), ground above sea level, m.
    tx_height_m, rx_height_m
        Antennas above ground, m, more than 0.
    frequency_ghz
        0.03 to 6 GHz is the range of P.1812.
    clutter_m
        Shape (points,), representative clutter height, m; ignored at both ends (section 3.2). None: 0.
    omega
        Fraction of the path over water, see `fraction_over_water`.
    delta_n
        Median refractivity gradient, N-units/km.
    polarisation
        Enters the spherical-earth part only.

    Raises
    ------
    ValueError
        The profile is not increasing from 0, its arrays differ in length, a height is not finite or
        an antenna is not above the ground, or a parameter is out of range.
    """
    d_km, ground, top = _checked(distance_km, ground_m, clutter_m, tx_height_m, rx_height_m)
    frequency = float(frequency_ghz)
    if not 0.0 < frequency < math.inf:
        raise ValueError(f"frequency_ghz is {frequency_ghz}; it must be positive")
    if not 0.0 <= omega <= 1.0:
        raise ValueError(f"omega is {omega}; a fraction lies between 0 and 1")
    ae_km = effective_earth_radius_km(delta_n)
    vertical = is_vertical(polarisation)
    geometry = diffraction_geometry(
        d_km, ground, top, ground[0] + tx_height_m, ground[-1] + rx_height_m, ae_km, frequency
    )
    return float(delta_bullington_db(geometry, ae_km, frequency, float(omega), vertical))


def basic_loss_db(
    distance_km: ArrayLike,
    ground_m: ArrayLike,
    tx_height_m: float,
    rx_height_m: float,
    frequency_ghz: float,
    *,
    clutter_m: ArrayLike | None = None,
    omega: float = 0.0,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
) -> float:
    """Median basic loss of one profile, dB: free space plus diffraction; equation (42).

    Parameters and errors are those of `diffraction_loss_db`.
    """
    diffraction_db = diffraction_loss_db(
        distance_km,
        ground_m,
        tx_height_m,
        rx_height_m,
        frequency_ghz,
        clutter_m=clutter_m,
        omega=omega,
        delta_n=delta_n,
        polarisation=polarisation,
    )
    length_km, first_m, last_m = (
        np.asarray(distance_km)[-1],
        np.asarray(ground_m)[0],
        np.asarray(ground_m)[-1],
    )
    free_db = free_space_loss_db(length_km, first_m + tx_height_m, last_m + rx_height_m, frequency_ghz)
    return float(free_db) + diffraction_db


def is_vertical(polarisation: str) -> bool:
    """Polarisation as the kernels take it.

    Raises
    ------
    ValueError
        It is neither ``"horizontal"`` nor ``"vertical"``.
    """
    if polarisation not in ("horizontal", "vertical"):
        raise ValueError(f"polarisation is {polarisation!r}; write 'horizontal' or 'vertical'")
    return polarisation == "vertical"


def _checked(
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
