"""Clutter loss of ITU-R P.2108-1 at a terminal that stands among buildings or trees.

It stands for clutter that the path profile does not hold. Where the profile carries clutter heights at
that end, P.1812 already counts them, and nothing of this module is added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtri

from dualgig.radio.diffraction import knife_edge_db

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

type Clutter = Literal["water", "open", "suburban", "urban", "trees", "dense_urban"]
"""Clutter types of section 3.1, table 3."""

_OPEN = frozenset({"water", "open"})
_BUILT = frozenset({"suburban", "urban", "trees", "dense_urban"})

_SIGMA_LONG_DB = 4.0
_SIGMA_SHORT_DB = 6.0
"""Deviations of the two parts of section 3.2, equations (4b) and (5b)."""

_knife_edge_db = np.vectorize(knife_edge_db.py_func, otypes=[np.float64])


def terrestrial_loss_db(
    frequency_ghz: ArrayLike, distance_km: ArrayLike, location_percent: ArrayLike
) -> NDArray[np.float64]:
    """Clutter loss of one terminal in an urban or suburban area, not exceeded at some locations, dB.

    The statistical model for terrestrial paths of section 3.2, equations (3) to (6). The loss stops
    growing at 2 km.

    Parameters
    ----------
    frequency_ghz
        0.5 to 67 GHz.
    distance_km
        Length of the path, 0.25 km or more; 1 km or more where both ends are corrected.
    location_percent
        Share of the locations where the loss is not exceeded; more than 0 and less than 100 %. All three
        broadcast.

    Raises
    ------
    ValueError
        A parameter is out of the range of the recommendation.
    """
    frequency = np.asarray(frequency_ghz, dtype=np.float64)
    distance = np.asarray(distance_km, dtype=np.float64)
    percent = np.asarray(location_percent, dtype=np.float64)
    if not ((frequency >= 0.5) & (frequency <= 67.0)).all():
        raise ValueError("frequency_ghz must lie between 0.5 and 67, the range of P.2108 section 3.2")
    if not ((distance >= 0.25) & np.isfinite(distance)).all():
        raise ValueError("distance_km must be 0.25 or more, the range of P.2108 section 3.2")
    if not ((percent > 0.0) & (percent < 100.0)).all():
        raise ValueError("location_percent must lie between 0 and 100, both excluded")
    deviates = ndtri(percent / 100.0)
    return np.minimum(
        _at_distance_db(frequency, distance, deviates), _at_distance_db(frequency, np.float64(2.0), deviates)
    )


def _at_distance_db(
    frequency_ghz: NDArray[np.float64], distance_km: NDArray[np.float64] | np.float64, deviates: ArrayLike
) -> NDArray[np.float64]:
    """Equation (3) before its cap at 2 km, dB."""
    long_db = -2.0 * np.log10(10.0 ** (-5.0 * np.log10(frequency_ghz) - 12.5) + 10.0**-16.5)
    short_db = 32.98 + 23.9 * np.log10(distance_km) + 3.0 * np.log10(frequency_ghz)
    long_weight, short_weight = 10.0 ** (-0.2 * long_db), 10.0 ** (-0.2 * short_db)
    total = long_weight + short_weight
    deviation_db = np.sqrt((_SIGMA_LONG_DB**2 * long_weight + _SIGMA_SHORT_DB**2 * short_weight) / total)
    return np.asarray(-5.0 * np.log10(total) + deviation_db * deviates)


def height_gain_loss_db(
    frequency_ghz: ArrayLike,
    antenna_height_m: ArrayLike,
    clutter_height_m: ArrayLike,
    clutter: Clutter,
    *,
    street_width_m: ArrayLike = 27.0,
) -> NDArray[np.float64]:
    """Median loss of a terminal below the clutter around it, dB; section 3.1, equation (2).

    Parameters
    ----------
    frequency_ghz
        0.03 to 3 GHz.
    antenna_height_m
        Antenna above ground, m, more than 0; from the clutter's height on the loss is 0.
    clutter_height_m
        Representative clutter height, m, more than 0 (table 3: 10 open and suburban, 15 urban and
        trees, 20 dense urban).
    clutter
        What stands around the terminal; water and open ground gain with height, the others diffract.
    street_width_m
        m, more than 0. All four arrays broadcast.

    Raises
    ------
    ValueError
        A parameter is out of the range of the recommendation.
    """
    frequency = np.asarray(frequency_ghz, dtype=np.float64)
    antenna = np.asarray(antenna_height_m, dtype=np.float64)
    top = np.asarray(clutter_height_m, dtype=np.float64)
    width = np.asarray(street_width_m, dtype=np.float64)
    if clutter not in _OPEN | _BUILT:
        raise ValueError(f"clutter is {clutter!r}; write one of {', '.join(sorted(_OPEN | _BUILT))}")
    if not ((frequency >= 0.03) & (frequency <= 3.0)).all():
        raise ValueError("frequency_ghz must lie between 0.03 and 3, the range of P.2108 section 3.1")
    if not all(((height > 0.0) & np.isfinite(height)).all() for height in (antenna, top, width)):
        raise ValueError("antenna_height_m, clutter_height_m and street_width_m must be positive")
    below = np.maximum(top - antenna, 0.0)
    if clutter in _OPEN:
        loss_db = -(21.8 + 6.2 * np.log10(frequency)) * np.log10(np.minimum(antenna / top, 1.0))
    else:
        angle_deg = np.degrees(np.arctan(below / width))
        nu = 0.342 * np.sqrt(frequency) * np.sqrt(below * angle_deg)
        loss_db = _knife_edge_db(nu) - 6.03
    return np.where(below > 0.0, loss_db, 0.0)
