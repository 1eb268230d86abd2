"""Simple, stated rules that propose azimuth, tilt and search radius of a new site, to be surveyed.

They start a site survey; a radio designer ends it. Bearings are from true north, clockwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

if TYPE_CHECKING:
    from numpy.typing import NDArray

WGS84_ELLIPSOID = Geod(ellps="WGS84")

TILT_LIMITS_DEG = (-5.0, 15.0)
"""Mechanical and electrical tilt together; a negative one looks up, to villages above the antenna."""

EMPTY_SECTOR_TILT_DEG = 3.0
"""Tilt of a sector in which no village is served."""

RADIUS_LIMITS_M = (50.0, 500.0)
"""Least and greatest search radius of a new tower."""


def bearings(
    lon: float, lat: float, to_lon: NDArray[np.float64], to_lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bearing (degrees, 0 to 360) and distance (metres) from a point to others on the ellipsoid."""
    count = len(to_lon)
    azimuth, _, metres = WGS84_ELLIPSOID.inv(np.full(count, lon), np.full(count, lat), to_lon, to_lat)
    return np.mod(azimuth, 360.0), np.asarray(metres)


def azimuths(first_deg: float, sectors: int) -> NDArray[np.float64]:
    """Azimuths evenly spread over the circle, the first towards the heaviest village; whole degrees."""
    return np.mod(np.round(first_deg + 360.0 / sectors * np.arange(sectors)), 360.0)


def sector_of(bearing_deg: NDArray[np.float64], azimuth_deg: NDArray[np.float64]) -> NDArray[np.int64]:
    """The sector whose azimuth is nearest to each bearing."""
    apart = np.abs(np.mod(bearing_deg[:, None] - azimuth_deg[None, :] + 180.0, 360.0) - 180.0)
    return np.argmin(apart, axis=1)


def tilt_deg(
    antenna_m: float,
    target_m: NDArray[np.float64],
    distance_m: NDArray[np.float64],
    people: NDArray[np.int64],
) -> float:
    """Downtilt of a sector: the mean of the angles down to its villages, weighted by people.

    Parameters
    ----------
    antenna_m
        Antenna over sea level, metres.
    target_m
        Receivers in the villages over sea level, metres, shape (n,).
    distance_m
        Distance to each, metres.
    people
        People of each; all 0 weighs them alike.

    Returns
    -------
    float
        Whole degrees within `TILT_LIMITS_DEG`; `EMPTY_SECTOR_TILT_DEG` without villages; NaN where
        a height is unknown.
    """
    if not len(target_m):
        return EMPTY_SECTOR_TILT_DEG
    down = np.degrees(np.arctan2(antenna_m - target_m, np.maximum(distance_m, 1.0)))
    weight = people if people.sum() else np.ones(len(people))
    return float(np.clip(np.round(np.average(down, weights=weight)), *TILT_LIMITS_DEG))


def search_radius_m(mast_m: float, distance_m: NDArray[np.float64], margin_db: NDArray[np.float64]) -> float:
    """How far a new tower may move before the first of its villages loses its margin.

    The loss is taken to grow with 43.42 - 3.1 log10(h) dB a decade of distance, the slope of 3GPP TR
    38.901 (table 7.4.1-1, RMa NLOS) for a mast of h metres; terrain, which may be worse, is for the
    survey.

    Parameters
    ----------
    mast_m
        Antenna over ground, metres.
    distance_m, margin_db
        Per village served: distance (metres), and margin of SS-RSRP over the threshold; NaN is no
        margin.

    Returns
    -------
    float
        Metres, a multiple of 10 within `RADIUS_LIMITS_M`; the least where no village is served.
    """
    low, high = RADIUS_LIMITS_M
    if not len(distance_m):
        return low
    slope_db = 43.42 - 3.1 * np.log10(max(mast_m, 1.0))
    room = distance_m * (10.0 ** (np.maximum(np.nan_to_num(margin_db), 0.0) / slope_db) - 1.0)
    return float(np.clip(np.floor(room.min() / 10.0) * 10.0, low, high))
