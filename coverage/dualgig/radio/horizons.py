"""Horizons of a path, its smooth earth and its sections over land, for P.1812-8's variability in time.

Section, equation and table numbers are those of Recommendation ITU-R P.1812-8, Annex 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEA_ZONE, COASTAL_ZONE, INLAND_ZONE = 1, 3, 4
"""Radio-climatic zones, as ITU-R profiles code them; section 3.3, table 3."""


@dataclass(frozen=True)
class Horizons:
    """Geometry of a path over bare terrain; Attachment 1, sections 4 and 5.

    Parameters
    ----------
    distance_km
        Length of the path, km.
    tx_km, rx_km
        Distances of the horizons; in sight, both reach the point with the largest diffraction parameter.
    tx_mrad, rx_mrad
        Elevation angles of the horizons, in sight of each other's antenna.
    angle_mrad
        Angular distance of the path.
    hte_m, hre_m
        Effective antenna heights over the smooth earth, for ducting.
    roughness_m
        Terrain roughness between the horizons.
    """

    distance_km: float
    tx_km: float
    rx_km: float
    tx_mrad: float
    rx_mrad: float
    angle_mrad: float
    hte_m: float
    hre_m: float
    roughness_m: float


def path_horizons(
    d_km: NDArray[np.float64], ground_m: NDArray[np.float64], hts_m: float, hrs_m: float, ae_km: float
) -> Horizons:
    """Horizons of a profile of three points or more.

    Parameters
    ----------
    d_km, ground_m
        float64, shape (points,): distance from 0, km; ground above sea level, m.
    hts_m, hrs_m
        Antennas above sea level, m.
    ae_km
        Median effective earth radius, km.
    """
    total = float(d_km[-1])
    inner_km, inner_m = d_km[1:-1], ground_m[1:-1]
    beyond_km = total - inner_km

    def mrad(rise_m: NDArray[np.float64], away_km: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1000.0 * np.arctan(rise_m / (1000.0 * away_km) - away_km / (2.0 * ae_km)))

    ends = mrad(np.array([hrs_m - hts_m, hts_m - hrs_m]), np.array([total, total]))
    from_tx = mrad(inner_m - hts_m, inner_km)
    if from_tx.max() > ends[0]:
        from_rx = mrad(inner_m - hrs_m, beyond_km)
        first = int(from_tx.argmax())
        last = int(from_rx.size - 1 - from_rx[::-1].argmax())
        angles = (float(from_tx[first]), float(from_rx[last]))
    else:
        line_m = (hts_m * beyond_km + hrs_m * inner_km) / total
        clearance_m = inner_m + 500.0 / ae_km * inner_km * beyond_km - line_m
        nu = clearance_m / np.sqrt(inner_km * beyond_km)
        first = last = int(nu.size - 1 - nu[::-1].argmax())
        angles = (float(ends[0]), float(ends[1]))
    smooth_t, smooth_r = _smooth_surface_m(d_km, ground_m)
    between = slice(min(first, last) + 1, max(first, last) + 2)
    above_m = ground_m[between] - (smooth_t + (smooth_r - smooth_t) / total * d_km[between])
    return Horizons(
        distance_km=total,
        tx_km=float(inner_km[first]),
        rx_km=float(beyond_km[last]),
        tx_mrad=angles[0],
        rx_mrad=angles[1],
        angle_mrad=1000.0 * total / ae_km + angles[0] + angles[1],
        hte_m=hts_m - smooth_t,
        hre_m=hrs_m - smooth_r,
        roughness_m=float(above_m.max()),
    )


def _smooth_surface_m(d_km: NDArray[np.float64], ground_m: NDArray[np.float64]) -> tuple[float, float]:
    """Smooth-earth surface at both ends, never above the ground there, m; sections 5.6.1 and 5.6.3."""
    total = float(d_km[-1])
    steps = np.diff(d_km)
    v1 = float(steps @ (ground_m[1:] + ground_m[:-1]))
    lever = ground_m[1:] * (2.0 * d_km[1:] + d_km[:-1]) + ground_m[:-1] * (d_km[1:] + 2.0 * d_km[:-1])
    v2 = float(steps @ lever)
    hst, hsr = (2.0 * v1 * total - v2) / total**2, (v2 - v1 * total) / total**2
    return min(hst, float(ground_m[0])), min(hsr, float(ground_m[-1]))


def longest_section_km(d_km: NDArray[np.float64], inside: NDArray[np.bool_]) -> float:
    """Longest unbroken section of a path, each point standing for the halves of its two steps, km.

    Parameters
    ----------
    d_km
        float64, shape (points,), km.
    inside
        Shape (points,): which points belong to the zones that are measured; section 3.6.
    """
    middles = np.concatenate([d_km[:1], (d_km[1:] + d_km[:-1]) / 2.0, d_km[-1:]])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]])))
    starts, stops = edges[::2], edges[1::2]
    return float((middles[stops] - middles[starts]).max()) if starts.size else 0.0
