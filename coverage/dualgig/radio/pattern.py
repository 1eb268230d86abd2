"""Antennas of many sites as tables that the sweep looks up: gain by azimuth and elevation of the path."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.antenna import site_gain_db
from dualgig.radio.traced import azimuth_rad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.antenna import Pattern

AZIMUTHS, ELEVATIONS = 180, 361
"""Directions of `sector_antennas`: 2 degrees of azimuth and half a degree of elevation apart."""


class Tables(NamedTuple):
    """`Antennas` as the kernels take them."""

    gain_db: NDArray[np.float32]
    kind: NDArray[np.int32]
    turn_deg: NDArray[np.float32]


@dataclass(frozen=True)
class Antennas:
    """What the antennas of sites gain, against the link budget's gain, in each direction.

    Attributes
    ----------
    gain_db : ndarray of float32, shape (bands, kinds, azimuths, elevations)
        Gain, 0 dB or less as a rule, in evenly spaced azimuths clockwise from the antenna's own north and
        evenly spaced elevations from -90 to 90 degrees; a single elevation stands for all. Between them
        linear.
    kind : ndarray of int32, shape (sites,)
        Which of the kinds a site has; -1 for a gain of 0 dB in all directions.
    turn_deg : ndarray of float32, shape (sites,)
        Azimuth of the antenna's own north, clockwise from the grid's north.
    """

    gain_db: NDArray[np.float32]
    kind: NDArray[np.int32]
    turn_deg: NDArray[np.float32]


def sector_antennas(
    azimuths_deg: Sequence[Sequence[float]],
    tilts_deg: Sequence[Sequence[float]],
    patterns: Sequence[Pattern],
    electrical_tilt_deg: Sequence[float],
    *,
    true_north_deg: ArrayLike = 0.0,
) -> Antennas:
    """Antennas of sites with sectors, by the pattern of TR 38.901: the best sector of each direction.

    Parameters
    ----------
    azimuths_deg, tilts_deg
        A list a site, see `dualgig.radio.antenna.site_gain_db`. Sites without azimuths radiate the maximum
        in every direction.
    patterns, electrical_tilt_deg
        One a band: shape and electrical downtilt of every sector.
    true_north_deg
        Azimuth of true north from the grid's, one for all sites or one each.

    Raises
    ------
    ValueError
        A site has neither none, nor one, nor as many tilts as azimuths.
    """
    kinds: dict[tuple[tuple[float, ...], tuple[float, ...]], int] = {}
    kind, turn = np.full(len(azimuths_deg), -1, np.int32), np.zeros(len(azimuths_deg), np.float32)
    for site, (azimuths, tilts) in enumerate(zip(azimuths_deg, tilts_deg, strict=True)):
        if len(azimuths):
            # sites whose sectors differ by a turn share a table
            turn[site] = azimuths[0]
            own = tuple(round(float(azimuth - azimuths[0]) % 360.0, 3) for azimuth in azimuths)
            kind[site] = kinds.setdefault((own, tuple(map(float, tilts))), len(kinds))
    bearing, elevation = np.meshgrid(
        np.arange(AZIMUTHS) * 360.0 / AZIMUTHS, np.linspace(-90.0, 90.0, ELEVATIONS), indexing="ij"
    )
    gain_db = np.zeros((len(patterns), len(kinds), AZIMUTHS, ELEVATIONS), np.float32)
    for (own, tilts), number in kinds.items():
        for band, (pattern, electrical) in enumerate(zip(patterns, electrical_tilt_deg, strict=True)):
            gain_db[band, number], _, _ = site_gain_db(
                bearing, elevation, own, tilts, pattern, electrical_tilt_deg=electrical
            )
    north = np.broadcast_to(np.asarray(true_north_deg, dtype=np.float32), turn.shape)
    return Antennas(gain_db, kind, turn + north)


def checked_tables(antennas: Antennas | None, sites: int, bands: int) -> Tables:
    """Antennas as the kernels take them, none of them where there are none, or a ValueError.

    Parameters
    ----------
    antennas
        What is to be checked.
    sites, bands
        How many there are.
    """
    if antennas is None:
        nothing = np.full(sites, -1, np.int32)
        return Tables(np.zeros((bands, 0, 1, 1), np.float32), nothing, np.zeros(sites, np.float32))
    gain = np.ascontiguousarray(antennas.gain_db, dtype=np.float32)
    kind = np.ascontiguousarray(antennas.kind, dtype=np.int32)
    turn = np.ascontiguousarray(antennas.turn_deg, dtype=np.float32)
    if gain.ndim != 4 or gain.shape[0] != bands or 0 in gain.shape[2:] or not np.isfinite(gain).all():
        raise ValueError(f"gain_db must be finite, of shape ({bands} bands, kinds, azimuths, elevations)")
    if kind.shape != (sites,) or turn.shape != (sites,) or not np.isfinite(turn).all():
        raise ValueError(f"kind and turn_deg must have one entry for each of the {sites} sites")
    if kind.size and not -1 <= kind.min() <= kind.max() < gain.shape[1]:
        raise ValueError(f"kind must lie between -1 and {gain.shape[1] - 1}")
    return Tables(gain, kind, turn)


@kernel
def gain_towards_db(gain_db: NDArray[np.float32], turn_deg: float, bearing: float, departure: float) -> float:
    """Gain of one antenna in the direction of a traced path, dB.

    Parameters
    ----------
    gain_db
        Shape (azimuths, elevations).
    turn_deg
        Azimuth of the antenna's north.
    bearing, departure
        See `dualgig.radio.traced.Traced`.
    """
    azimuths, elevations = gain_db.shape
    x = (math.degrees(azimuth_rad(bearing)) - turn_deg) * azimuths / 360.0
    i = math.floor(x)
    x -= i
    i, next_i = i % azimuths, (i + 1) % azimuths
    y = (math.degrees(math.atan(departure)) + 90.0) * (elevations - 1) / 180.0
    j = max(min(int(y), elevations - 2), 0)
    next_j = min(j + 1, elevations - 1)
    y -= j
    here = gain_db[i, j] * (1.0 - y) + gain_db[i, next_j] * y
    there = gain_db[next_i, j] * (1.0 - y) + gain_db[next_i, next_j] * y
    return float(here + (there - here) * x)
