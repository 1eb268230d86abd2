"""Basic transmission loss of ITU-R P.1812-8 over one profile.

Section, equation and table numbers are those of Recommendation ITU-R P.1812-8, Annex 1. A profile is
given by distances from the transmitter, ground heights and, where known, heights of the clutter on
it. `basic_loss_db` is the median of planning: free space (section 4.2) plus the diffraction loss ``Ld50``
(section 4.3). `basic_loss_not_exceeded_db` is the whole recommendation, with the variability in time
(multipath, troposcatter, ducting and layer reflection) and between locations; at median time and place
the two differ only over long or deeply shadowed paths, where scatter brings more than diffraction.

P.1812 is stated for 0.25 to 3000 km. Below 0.25 km the same formulae are used: free space at the
slant distance between the antennas (never less than 1 m), and diffraction over whatever profile
points lie between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from dualgig.radio.checks import check_frequency, checked_profile, checked_zones
from dualgig.radio.diffraction import delta_bullington_db, diffraction_geometry, free_space_db
from dualgig.radio.horizons import INLAND_ZONE, SEA_ZONE, longest_section_km, path_horizons
from dualgig.radio.transhorizon import (
    combined_loss_db,
    ducting_incidence_percent,
    ducting_loss_db,
    normal_deviate,
    troposcatter_loss_db,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Polarisation = Literal["horizontal", "vertical"]

EARTH_RADIUS_KM = 6371.0
"""Mean radius of the earth; section 3.5."""

DUCTING_RADIUS_KM = 3.0 * EARTH_RADIUS_KM
"""Effective earth radius exceeded for beta_0 of the time; equation (7b)."""


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
        Shape (points,), radio-climatic zones; `SEA_ZONE` is water (section 3.3, table 3).
    """
    d_km = np.asarray(distance_km, dtype=np.float64)
    sea = (np.asarray(zone) == SEA_ZONE).astype(np.float64)
    # sums of steps may exceed the whole by rounding
    return min(float(np.diff(d_km) @ (sea[1:] + sea[:-1]) / 2.0 / (d_km[-1] - d_km[0])), 1.0)


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
    d_km, ground, top = checked_profile(distance_km, ground_m, clutter_m, tx_height_m, rx_height_m)
    frequency = float(frequency_ghz)
    check_frequency(frequency)
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


def location_variability_std_db(
    frequency_ghz: float, rx_height_m: float, clutter_height_m: float, resolution_m: float
) -> float:
    """Standard deviation of the loss between the locations of a small area, dB; section 4.7.

    Parameters
    ----------
    frequency_ghz
        0.03 to 6 GHz.
    rx_height_m
        Receiver above ground, m; from 10 m above the clutter on, locations no longer differ.
    clutter_height_m
        Representative clutter height at the receiver, m.
    resolution_m
        Width of the square that the variability covers, m; 50 to 1000 m is usual.

    Raises
    ------
    ValueError
        A parameter is negative, or a frequency or width zero.
    """
    if not (frequency_ghz > 0.0 and resolution_m > 0.0 and rx_height_m >= 0.0 and clutter_height_m >= 0.0):
        raise ValueError("frequency_ghz and resolution_m must be positive, heights not negative")
    deviation: float = (0.024 * frequency_ghz + 0.52) * resolution_m**0.28
    return deviation * min(max(1.0 - (rx_height_m - clutter_height_m) / 10.0, 0.0), 1.0)


def basic_loss_not_exceeded_db(
    distance_km: ArrayLike,
    ground_m: ArrayLike,
    tx_height_m: float,
    rx_height_m: float,
    frequency_ghz: float,
    *,
    latitude_deg: float,
    time_percent: float = 50.0,
    location_percent: float = 50.0,
    location_std_db: float = 0.0,
    clutter_m: ArrayLike | None = None,
    zone: ArrayLike | None = None,
    delta_n: float = 45.0,
    n0: float = 325.0,
    polarisation: Polarisation = "vertical",
    tx_coast_km: float = 500.0,
    rx_coast_km: float = 500.0,
) -> float:
    """Basic loss ``Lb`` not exceeded for shares of time and of locations, dB; sections 4.2 to 4.9.

    Parameters
    ----------
    distance_km, ground_m, tx_height_m, rx_height_m, frequency_ghz, clutter_m, delta_n, polarisation
        As for `diffraction_loss_db`, with three profile points or more.
    latitude_deg
        Latitude of the path's centre, degrees.
    time_percent
        Share of an average year in which the loss is not exceeded, 1 to 50 %.
    location_percent
        Share of the locations around the receiver where it is not exceeded, 1 to 99 %.
    location_std_db
        Standard deviation between outdoor locations, dB, see `location_variability_std_db`; not applied
        to a receiver at sea.
    zone
        Shape (points,), radio-climatic zones 1 (sea), 3 (coastal land) and 4 (inland); None: inland.
    n0
        Sea-level surface refractivity at the path's centre, N-units (section 3.5).
    tx_coast_km, rx_coast_km
        Distances over land from the terminals to the coast along the path (section 3.4); a terminal in
        zone 1 is at the coast.

    Raises
    ------
    ValueError
        As for `diffraction_loss_db`; or a share, a zone, a latitude or a distance is out of range.
    """
    d_km, ground, top = checked_profile(distance_km, ground_m, clutter_m, tx_height_m, rx_height_m)
    check_frequency(frequency_ghz)
    vertical = is_vertical(polarisation)
    zones = checked_zones(zone, d_km.size)
    if d_km.size < 3:
        raise ValueError("the whole loss needs a profile of three points or more: its horizons lie between")
    if not 1.0 <= time_percent <= 50.0:
        raise ValueError(f"time_percent is {time_percent}; P.1812 is stated for 1 to 50")
    if not 1.0 <= location_percent <= 99.0:
        raise ValueError(f"location_percent is {location_percent}; P.1812 is stated for 1 to 99")
    if not (location_std_db >= 0.0 and tx_coast_km >= 0.0 and rx_coast_km >= 0.0):
        raise ValueError("location_std_db, tx_coast_km and rx_coast_km must not be negative")
    if not -90.0 <= latitude_deg <= 90.0:
        raise ValueError(f"latitude_deg is {latitude_deg}; it must lie between -90 and 90")
    hts_m, hrs_m = float(ground[0] + tx_height_m), float(ground[-1] + rx_height_m)
    omega = fraction_over_water(d_km, zones)
    ae_km = effective_earth_radius_km(delta_n)
    path = path_horizons(d_km, ground, hts_m, hrs_m, ae_km)
    inland_km = longest_section_km(d_km, zones == INLAND_ZONE)
    incidence = ducting_incidence_percent(
        latitude_deg, longest_section_km(d_km, zones != SEA_ZONE), inland_km
    )

    def diffraction_db(radius_km: float) -> float:
        geometry = diffraction_geometry(d_km, ground, top, hts_m, hrs_m, radius_km, frequency_ghz)
        return float(delta_bullington_db(geometry, radius_km, frequency_ghz, omega, vertical))

    free_db = float(free_space_loss_db(d_km[-1], hts_m, hrs_m, frequency_ghz))
    ducting_db = ducting_loss_db(
        path,
        frequency_ghz,
        time_percent,
        ae_km=ae_km,
        incidence_percent=incidence,
        inland_km=inland_km,
        omega=omega,
        antennas_m=(hts_m, hrs_m),
        coasts_km=(
            0.0 if zones[0] == SEA_ZONE else tx_coast_km,
            0.0 if zones[-1] == SEA_ZONE else rx_coast_km,
        ),
    )
    in_sight_db, combined_db = combined_loss_db(
        path,
        time_percent,
        incidence_percent=incidence,
        omega=omega,
        free_db=free_db,
        median_diffraction_db=diffraction_db(ae_km),
        ducting_diffraction_db=diffraction_db(DUCTING_RADIUS_KM),
        scatter_db=troposcatter_loss_db(path, frequency_ghz, time_percent, n0),
        ducting_db=ducting_db,
    )
    if zones[-1] != SEA_ZONE:
        combined_db -= normal_deviate(location_percent / 100.0) * location_std_db
    return max(in_sight_db, combined_db)


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
