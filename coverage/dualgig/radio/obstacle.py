"""What stands in a path's way, as a planner draws it: line of sight, Fresnel zone, obstacle, ridges.

Heights are those of ITU-R P.1812-8: a profile seen from the chord between its ends, lifted by the bulge
of the effective earth, over which a straight ray is a straight line (section 4.3.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.diffraction import wavelength_m

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


CLEAR_SHARE = 0.6
"""Share of the first Fresnel zone's radius that a path needs free to count as in sight (P.526-15 section 3)."""


@dataclass(frozen=True)
class Obstacle:
    """The point of a profile that costs a path the most, or leaves it the least room.

    Parameters
    ----------
    index
        Which point of the profile.
    distance_km
        Distance from the transmitter, km.
    height_m
        Its height above sea level, m.
    above_line_m
        How far it stands above the line of sight, m; negative below it.
    fresnel_share
        The same in radii of the first Fresnel zone there.
    """

    index: int
    distance_km: float
    height_m: float
    above_line_m: float
    fresnel_share: float

    @property
    def is_clear(self) -> bool:
        """Whether 0.6 of the first Fresnel zone is free, the usual mark of an unobstructed path."""
        return self.fresnel_share <= -CLEAR_SHARE


def bulge_m(distance_km: ArrayLike, ae_km: float) -> NDArray[np.float64]:
    """Height of the effective earth above the chord of a path, m.

    Parameters
    ----------
    distance_km
        Shape (points,), from 0 to the path's length, km.
    ae_km
        Effective earth radius, km.
    """
    d_km = np.asarray(distance_km, dtype=np.float64)
    return np.asarray(500.0 / ae_km * d_km * (d_km[-1] - d_km))


def sight_line_m(distance_km: ArrayLike, hts_m: float, hrs_m: float) -> NDArray[np.float64]:
    """Height of the line of sight above the chord's sea level, m.

    Parameters
    ----------
    distance_km
        Shape (points,), from 0 to the path's length, km.
    hts_m, hrs_m
        Antennas above sea level, m.
    """
    d_km = np.asarray(distance_km, dtype=np.float64)
    return np.asarray(hts_m + (hrs_m - hts_m) * d_km / d_km[-1])


def fresnel_radius_m(distance_km: ArrayLike, frequency_ghz: float) -> NDArray[np.float64]:
    """Radius of the first Fresnel zone along a path, m; ITU-R P.526-15 equation (2).

    Parameters
    ----------
    distance_km
        Shape (points,), from 0 to the path's length, km.
    frequency_ghz
        Frequency, GHz.
    """
    d_km = np.asarray(distance_km, dtype=np.float64)
    apart_m = 1000.0 * d_km * (d_km[-1] - d_km) / d_km[-1]
    return np.asarray(np.sqrt(float(wavelength_m(frequency_ghz)) * apart_m))


def main_obstacle(
    distance_km: ArrayLike, top_m: ArrayLike, hts_m: float, hrs_m: float, ae_km: float, frequency_ghz: float
) -> Obstacle:
    """The point between the ends with the largest diffraction parameter; section 4.3.1, equation (15).

    Parameters
    ----------
    distance_km, top_m
        Shape (points,), three or more: profile from 0, km, and heights with what stands on the ground, m.
    hts_m, hrs_m
        Antennas above sea level, m.
    ae_km
        Effective earth radius, km.
    frequency_ghz
        Frequency, GHz.
    """
    d_km, top = np.asarray(distance_km, np.float64), np.asarray(top_m, np.float64)
    above_m = (top + bulge_m(d_km, ae_km) - sight_line_m(d_km, hts_m, hrs_m))[1:-1]
    share = above_m / fresnel_radius_m(d_km, frequency_ghz)[1:-1]
    worst = int(np.argmax(share))
    return Obstacle(
        index=worst + 1,
        distance_km=float(d_km[worst + 1]),
        height_m=float(top[worst + 1]),
        above_line_m=float(above_m[worst]),
        fresnel_share=float(share[worst]),
    )


def ridges(
    distance_km: ArrayLike, top_m: ArrayLike, hts_m: float, hrs_m: float, ae_km: float
) -> NDArray[np.int64]:
    """Points between the ends that a string stretched from antenna to antenna over the profile touches.

    None in sight. One ridge is what the Bullington construction is exact about; behind several it is
    optimistic.

    Parameters
    ----------
    distance_km, top_m, hts_m, hrs_m, ae_km
        As for `main_obstacle`.

    Returns
    -------
    numpy.ndarray
        int64, shape (ridges,), increasing numbers of points.
    """
    d_km = np.asarray(distance_km, np.float64)
    height = np.asarray(top_m, np.float64) + bulge_m(d_km, ae_km)
    height[0], height[-1] = hts_m, hrs_m
    string: list[int] = []
    for point in range(d_km.size):
        while len(string) > 1 and _slope(d_km, height, string[-2], string[-1]) <= _slope(
            d_km, height, string[-1], point
        ):
            string.pop()
        string.append(point)
    return np.array(string[1:-1], np.int64)


def _slope(d_km: NDArray[np.float64], height: NDArray[np.float64], a: int, b: int) -> float:
    """Slope between two points, m/km."""
    return float((height[b] - height[a]) / (d_km[b] - d_km[a]))
