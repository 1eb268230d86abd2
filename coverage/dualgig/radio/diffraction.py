"""Free space and delta-Bullington diffraction of ITU-R P.1812-8, compiled.

Section and equation numbers are those of Recommendation ITU-R P.1812-8, Annex 1. Each kernel takes
and returns plain numbers and arrays; `dualgig.radio.p1812` is their face for one profile and
`dualgig.radio.paths` runs them over a terrain, so both give the same figures. What the geometry alone
decides is kept apart from what the frequency enters: several bands share one pass over the profile.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dualgig.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

type Geometry = tuple[float, float, float, float, float, float, float, float, float]
"""What `diffraction_geometry` returns."""

LAND = (22.0, 0.003)
"""Relative permittivity and conductivity (S/m) of land; section 4.3.3."""

SEA = (80.0, 5.0)
"""The same of sea; section 4.3.3."""

MIN_SLANT_KM = 0.001
"""Free space is not evaluated closer than 1 m, where its far-field formula has no meaning."""


@kernel
def wavelength_m(frequency_ghz: float) -> float:
    """Wavelength, m, with the recommendation's rounded speed of light (section 4.3)."""
    return 0.2998 / frequency_ghz


@kernel
def free_space_db(distance_km: Any, hts_m: Any, hrs_m: Any, frequency_ghz: Any) -> Any:
    """Free-space basic loss at the slant distance, numbers or arrays, dB; equations (8) and (8a)."""
    rise_km = (hts_m - hrs_m) / 1000.0
    slant_km = np.maximum(np.sqrt(distance_km * distance_km + rise_km * rise_km), MIN_SLANT_KM)
    return 92.4 + 20.0 * np.log10(frequency_ghz * slant_km)


@kernel
def knife_edge_db(nu: float) -> float:
    """Loss over a knife edge with diffraction parameter nu, dB; equation (12)."""
    if nu <= -0.78:
        return 0.0
    return 6.9 + 20.0 * math.log10(math.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1)


@kernel
def bullington_db(nu: float, distance_km: float) -> float:
    """Bullington diffraction loss, dB; equation (21)."""
    edge_db = knife_edge_db(nu)
    return edge_db + (1.0 - math.exp(-edge_db / 6.0)) * (10.0 + 0.02 * distance_km)


@kernel
def bullington_nu(
    d_km: NDArray[np.float64], top_m: NDArray[np.float64], hts_m: float, hrs_m: float, ae_km: float
) -> float:
    """Diffraction parameter of the Bullington construction times sqrt(wavelength); section 4.3.1."""
    return bullington_edge(d_km, top_m, hts_m, hrs_m, ae_km)[0]


@kernel
def bullington_edge(
    d_km: NDArray[np.float64], top_m: NDArray[np.float64], hts_m: float, hrs_m: float, ae_km: float
) -> tuple[float, float, float]:
    """Diffraction parameter of the Bullington construction, and the slopes it stands on; section 4.3.1.

    With x the height of a profile point (earth bulge added) above the line between the antennas, and
    u = x / d1 and w = x / d2 its slopes from both ends, equation (15), in sight, is
    nu^2 = 0.002 d / wavelength * min(u w), negative; equations (13) and (17) to (20), blocked, reduce
    to nu^2 = 0.002 d / wavelength * max(u) max(w), which also holds where the path just grazes and
    equation (18) would be 0 / 0.

    Returns
    -------
    tuple
        nu times sqrt(wavelength); max(u) and max(w), the steepest slopes of the profile above the line
        between the antennas, seen from the transmitter and the receiver, m/km.
    """
    n = d_km.size - 1
    if n < 2:
        return -math.inf, -math.inf, -math.inf
    total = d_km[n]
    rise = (hrs_m - hts_m) / total
    bulge = 500.0 / ae_km
    slope_t = -math.inf
    slope_r = -math.inf
    product = math.inf
    for i in range(1, n):
        d1 = d_km[i]
        d2 = total - d1
        x = top_m[i] + bulge * d1 * d2 - (hts_m + rise * d1)
        u = x / d1
        w = x / d2
        slope_t = max(slope_t, u)
        slope_r = max(slope_r, w)
        product = min(product, u * w)
    if slope_t < 0.0:
        return -math.sqrt(0.002 * total * product), slope_t, slope_r
    return math.sqrt(0.002 * total * slope_t * max(slope_r, 0.0)), slope_t, slope_r


@kernel
def smooth_earth_m(
    d_km: NDArray[np.float64], ground_m: NDArray[np.float64], hts_m: float, hrs_m: float
) -> tuple[float, float]:
    """Smooth-earth surface for the diffraction model at both ends, m; Attachment 1, section 5.6.

    Returns
    -------
    tuple
        ``hstd`` and ``hsrd``, m above sea level; terrain without clutter decides.
    """
    n = d_km.size - 1
    total = d_km[n]
    rise = (hrs_m - hts_m) / total
    v1 = 0.0
    v2 = 0.0
    obstruction = -math.inf
    slope_t = 0.0
    slope_r = 0.0
    for i in range(1, n + 1):
        d0 = d_km[i - 1]
        d1 = d_km[i]
        h0 = ground_m[i - 1]
        h1 = ground_m[i]
        v1 += (d1 - d0) * (h1 + h0)
        v2 += (d1 - d0) * (h1 * (2.0 * d1 + d0) + h0 * (d1 + 2.0 * d0))
        if i < n:
            x = h1 - (hts_m + rise * d1)
            obstruction = max(obstruction, x)
            if x > 0.0:
                slope_t = max(slope_t, x / d1)
                slope_r = max(slope_r, x / (total - d1))
    hst = (2.0 * v1 * total - v2) / (total * total)
    hsr = (v2 - v1 * total) / (total * total)
    if obstruction > 0.0:
        hst -= obstruction * slope_t / (slope_t + slope_r)
        hsr -= obstruction * slope_r / (slope_t + slope_r)
    return min(hst, ground_m[0]), min(hsr, ground_m[n])


@kernel
def first_term_db(
    distance_km: float,
    hte_m: float,
    hre_m: float,
    radius_km: float,
    frequency_ghz: float,
    vertical: bool,
    permittivity: float,
    conductivity: float,
) -> float:
    """First term of spherical-earth diffraction over one kind of ground, dB; section 4.3.3."""
    loss_tangent = 18.0 * conductivity / frequency_ghz
    k: float = 0.036 * (radius_km * frequency_ghz) ** (-1.0 / 3.0)
    k *= ((permittivity - 1.0) ** 2 + loss_tangent**2) ** -0.25
    if vertical:
        k *= math.sqrt(permittivity**2 + loss_tangent**2)
    k2 = k * k
    beta = (1.0 + 1.6 * k2 + 0.67 * k2 * k2) / (1.0 + 4.5 * k2 + 1.53 * k2 * k2)
    x: float = 21.88 * beta * (frequency_ghz / radius_km**2) ** (1.0 / 3.0) * distance_km
    if x >= 1.6:
        loss_db = -(11.0 + 10.0 * math.log10(x) - 17.6 * x)
    else:
        loss_db = 20.0 * math.log10(x) + 5.6488 * x**1.425
    y_per_m: float = 0.9575 * beta * (frequency_ghz**2 / radius_km) ** (1.0 / 3.0)
    floor_db = 2.0 + 20.0 * math.log10(k)
    for height_m in (hte_m, hre_m):
        b = beta * y_per_m * height_m
        if b > 2.0:
            gain_db = 17.6 * math.sqrt(b - 1.1) - 5.0 * math.log10(b - 1.1) - 8.0
        else:
            gain_db = 20.0 * math.log10(b + 0.1 * b**3)
        loss_db -= max(gain_db, floor_db)
    return loss_db


@kernel
def _first_term_mixed_db(
    distance_km: float,
    hte_m: float,
    hre_m: float,
    radius_km: float,
    frequency_ghz: float,
    omega: float,
    vertical: bool,
) -> float:
    """First term weighted by the fraction over water, dB; equation (28)."""
    loss_db = 0.0
    if omega < 1.0:
        loss_db += (1.0 - omega) * first_term_db(
            distance_km, hte_m, hre_m, radius_km, frequency_ghz, vertical, LAND[0], LAND[1]
        )
    if omega > 0.0:
        loss_db += omega * first_term_db(
            distance_km, hte_m, hre_m, radius_km, frequency_ghz, vertical, SEA[0], SEA[1]
        )
    return loss_db


@kernel
def smooth_clearance(distance_km: float, hte_m: float, hre_m: float, ae_km: float) -> tuple[float, float]:
    """Least clearance over the smooth earth, and where; equations (22) to (24).

    Returns
    -------
    tuple
        ``hse``, m, or minus infinity beyond the horizon; and d1 d2 / d of that point, km.
    """
    horizon_km = math.sqrt(2.0 * ae_km) * (math.sqrt(0.001 * hte_m) + math.sqrt(0.001 * hre_m))
    if distance_km >= horizon_km:
        return -math.inf, 0.0
    c = (hte_m - hre_m) / (hte_m + hre_m)
    m = 250.0 * distance_km * distance_km / (ae_km * (hte_m + hre_m))
    # |c| < 1 bounds the argument by 1, but for rounding
    angle = math.acos(max(-1.0, min(1.0, 1.5 * c * math.sqrt(3.0 * m / (m + 1.0) ** 3))))
    b = 2.0 * math.sqrt((m + 1.0) / (3.0 * m)) * math.cos((math.pi + angle) / 3.0)
    d1 = 0.5 * distance_km * (1.0 + b)
    d2 = distance_km - d1
    clearance = (hte_m - 500.0 * d1 * d1 / ae_km) * d2 + (hre_m - 500.0 * d2 * d2 / ae_km) * d1
    return clearance / distance_km, d1 * d2 / distance_km


@kernel
def required_clearance_m(product_km: float, frequency_ghz: float) -> float:
    """Clearance over the smooth earth from which on it costs nothing, m; equation (25)."""
    return 17.456 * math.sqrt(product_km * wavelength_m(frequency_ghz))


@kernel
def spherical_earth_db(
    distance_km: float,
    hte_m: float,
    hre_m: float,
    ae_km: float,
    frequency_ghz: float,
    omega: float,
    vertical: bool,
    hse_m: float,
    product_km: float,
) -> float:
    """Spherical-earth diffraction loss, dB, from `smooth_clearance`; section 4.3.2."""
    if hse_m == -math.inf:
        return _first_term_mixed_db(distance_km, hte_m, hre_m, ae_km, frequency_ghz, omega, vertical)
    required_m = required_clearance_m(product_km, frequency_ghz)
    if hse_m > required_m:
        return 0.0
    radius_km = 500.0 * (distance_km / (math.sqrt(hte_m) + math.sqrt(hre_m))) ** 2
    loss_db = _first_term_mixed_db(distance_km, hte_m, hre_m, radius_km, frequency_ghz, omega, vertical)
    return (1.0 - hse_m / required_m) * max(loss_db, 0.0)


@kernel
def diffraction_geometry(
    d_km: NDArray[np.float64],
    ground_m: NDArray[np.float64],
    top_m: NDArray[np.float64],
    hts_m: float,
    hrs_m: float,
    ae_km: float,
    lowest_ghz: float,
) -> Geometry:
    """Everything of the delta-Bullington method that no frequency enters.

    Parameters
    ----------
    d_km, ground_m, top_m
        float64, shape (points,), two points or more: distance from 0, km; ground, m; ground with
        clutter, m (the ground itself at both ends).
    hts_m, hrs_m
        Antennas above sea level, m.
    ae_km
        Effective earth radius, km.
    lowest_ghz
        Lowest frequency that the geometry will be used with, GHz: where even it has clearance over the
        smooth earth, equation (39) does not need the smooth path, and the pass over it is spared.

    Returns
    -------
    tuple
        Path length, km; `bullington_nu` of the profile and of the smooth path; effective antenna
        heights hte, hre, m (equations 37, 38); `smooth_clearance`'s two figures; the two slopes of
        `bullington_edge`, m/km.
    """
    total = d_km[d_km.size - 1]
    nu_actual, slope_t, slope_r = bullington_edge(d_km, top_m, hts_m, hrs_m, ae_km)
    hstd_m, hsrd_m = smooth_earth_m(d_km, ground_m, hts_m, hrs_m)
    hte_m = hts_m - hstd_m
    hre_m = hrs_m - hsrd_m
    hse_m, product_km = smooth_clearance(total, hte_m, hre_m, ae_km)
    nu_smooth = -math.inf
    if hse_m <= required_clearance_m(product_km, lowest_ghz):
        nu_smooth = bullington_nu(d_km, np.zeros(d_km.size), hte_m, hre_m, ae_km)
    return total, nu_actual, nu_smooth, hte_m, hre_m, hse_m, product_km, slope_t, slope_r


@kernel
def ray_elevation_deg(distance_km: float, rise_m: float, slope: float, ae_km: float) -> float:
    """Elevation of a path where it leaves an antenna, degrees above the horizontal there.

    In sight the path leaves towards the other antenna, blocked towards the horizon that the terrain
    makes; Attachment 1, section 4.

    Parameters
    ----------
    distance_km
        Length of the path, km, more than 0.
    rise_m
        How much higher the other antenna stands, m.
    slope
        `bullington_edge`'s slope seen from this antenna, m/km; negative in sight.
    ae_km
        Effective earth radius, km.
    """
    slope_mrad = rise_m / distance_km + max(slope, 0.0) - 500.0 * distance_km / ae_km
    return math.degrees(math.atan(slope_mrad / 1000.0))


@kernel
def delta_bullington_db(
    geometry: Geometry, ae_km: float, frequency_ghz: float, omega: float, vertical: bool
) -> float:
    """Diffraction loss of a `diffraction_geometry` at one frequency, dB; equation (39)."""
    total, nu_actual, nu_smooth, hte_m, hre_m, hse_m, product_km, _, _ = geometry
    per_root = 1.0 / math.sqrt(wavelength_m(frequency_ghz))
    loss_db = bullington_db(nu_actual * per_root, total)
    sphere_db = spherical_earth_db(
        total, hte_m, hre_m, ae_km, frequency_ghz, omega, vertical, hse_m, product_km
    )
    return loss_db + max(sphere_db - bullington_db(nu_smooth * per_root, total), 0.0)
