"""Antenna pattern of 3GPP TR 38.901: element and sector, downtilt, the sectors of a site.

Table 7.3-1 (V17.0.0) gives the pattern of one element: parabolic cuts, added, and cut off behind. A
sector antenna is given the same form with its own beamwidths, as 3GPP's simulations have it. Gains
here are relative to the maximum, so 0 dB or less; the maximum itself is a line of the link budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Pattern:
    """Shape of an antenna's pattern; table 7.3-1.

    Parameters
    ----------
    horizontal_deg, vertical_deg
        Half-power beamwidths, degrees.
    side_lobe_db
        ``SLA_V``, most that the vertical cut takes away, dB.
    back_db
        ``A_max``, most that the horizontal cut, and both together, take away, dB.
    """

    horizontal_deg: float = 65.0
    vertical_deg: float = 65.0
    side_lobe_db: float = 30.0
    back_db: float = 30.0


ELEMENT = Pattern()
"""One element of table 7.3-1, whose maximum gain is `ELEMENT_GAIN_DBI`."""

ELEMENT_GAIN_DBI = 8.0
"""Maximum gain of the element; table 7.3-1."""


def vertical_cut_db(zenith_deg: ArrayLike, pattern: Pattern = ELEMENT) -> NDArray[np.float64]:
    """Vertical cut of the pattern, dB; table 7.3-1.

    Parameters
    ----------
    zenith_deg
        Any shape, zenith angle, degrees; 90 is the horizon of the antenna.
    pattern
        Its shape.
    """
    offset = (np.asarray(zenith_deg, dtype=np.float64) - 90.0) / pattern.vertical_deg
    return -np.minimum(12.0 * offset * offset, pattern.side_lobe_db)


def horizontal_cut_db(azimuth_deg: ArrayLike, pattern: Pattern = ELEMENT) -> NDArray[np.float64]:
    """Horizontal cut of the pattern, dB; table 7.3-1.

    Parameters
    ----------
    azimuth_deg
        Any shape, degrees from the boresight, of any turn.
    pattern
        Its shape.
    """
    offset = _half_turn(np.asarray(azimuth_deg, dtype=np.float64)) / pattern.horizontal_deg
    return -np.minimum(12.0 * offset * offset, pattern.back_db)


def pattern_db(
    azimuth_deg: ArrayLike,
    elevation_deg: ArrayLike,
    pattern: Pattern = ELEMENT,
    *,
    mechanical_tilt_deg: ArrayLike = 0.0,
    electrical_tilt_deg: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Gain of an antenna relative to its maximum in some directions, dB; table 7.3-1.

    Mechanical tilt turns the antenna, so behind it the beam rises and to its sides nothing changes
    (equations 7.1-17 and 7.1-18); electrical tilt lowers the beam alike in all azimuths.

    Parameters
    ----------
    azimuth_deg, elevation_deg
        Direction: degrees clockwise from the boresight, and above the horizon, -90 to 90.
    pattern
        Its shape.
    mechanical_tilt_deg, electrical_tilt_deg
        Downtilts, degrees; uptilts are negative. All four arrays broadcast.

    Returns
    -------
    numpy.ndarray
        0 or less, not less than minus ``pattern.back_db``; NaN where a direction is NaN.

    Raises
    ------
    ValueError
        An elevation is beyond the vertical.
    """
    azimuth = np.radians(np.asarray(azimuth_deg, dtype=np.float64))
    elevation = np.asarray(elevation_deg, dtype=np.float64)
    if (np.abs(elevation) > 90.0).any():
        raise ValueError("elevation_deg must lie between -90 and 90")
    zenith = np.radians(90.0 - elevation)
    tilt = np.radians(np.asarray(mechanical_tilt_deg, dtype=np.float64))
    ahead = np.cos(azimuth) * np.sin(zenith)
    own_zenith = np.degrees(np.arccos(np.clip(ahead * np.sin(tilt) + np.cos(zenith) * np.cos(tilt), -1, 1)))
    own_azimuth = np.degrees(
        np.arctan2(np.sin(azimuth) * np.sin(zenith), ahead * np.cos(tilt) - np.cos(zenith) * np.sin(tilt))
    )
    vertical_db = vertical_cut_db(own_zenith - np.asarray(electrical_tilt_deg, dtype=np.float64), pattern)
    both_db = vertical_db + horizontal_cut_db(own_azimuth, pattern)
    return np.asarray(-np.minimum(-both_db, pattern.back_db))


def site_gain_db(
    bearing_deg: ArrayLike,
    elevation_deg: ArrayLike,
    azimuths_deg: Sequence[float],
    tilts_deg: Sequence[float],
    pattern: Pattern,
    *,
    electrical_tilt_deg: float = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Gain of a site's best sector, and of all its sectors together, in some directions.

    Parameters
    ----------
    bearing_deg, elevation_deg
        Any one shape: degrees clockwise from true north, and above the horizon.
    azimuths_deg
        Boresights of the sectors, degrees clockwise from true north. Where there are none, the site
        radiates the maximum in every direction, "omni by sectors", through one sector at a time.
    tilts_deg
        Mechanical downtilts: one a sector, one for all, or none for no tilt.
    pattern
        Shape of every sector's pattern.
    electrical_tilt_deg
        Electrical downtilt of every sector.

    Returns
    -------
    best_db, total_db, sector : numpy.ndarray
        Relative to one sector's maximum, dB: the best sector's gain, and the power of all sectors that
        arrive there; and the best sector's place in ``azimuths_deg``, the first of equals, 0 where
        there are none.

    Raises
    ------
    ValueError
        The tilts are neither none, nor one, nor as many as the azimuths.
    """
    bearing, elevation = np.broadcast_arrays(
        np.asarray(bearing_deg, dtype=np.float64), np.asarray(elevation_deg, dtype=np.float64)
    )
    if not len(azimuths_deg):
        nothing = np.zeros(bearing.shape)
        return nothing, nothing.copy(), np.zeros(bearing.shape, np.int64)
    tilts = [*tilts_deg] or [0.0]
    if len(tilts) not in (1, len(azimuths_deg)):
        raise ValueError(f"{len(tilts)} tilts for {len(azimuths_deg)} azimuths; give one, or one each")
    tilts *= len(azimuths_deg) // len(tilts)
    gains_db = np.stack(
        [
            pattern_db(
                bearing - azimuth,
                elevation,
                pattern,
                mechanical_tilt_deg=tilt,
                electrical_tilt_deg=electrical_tilt_deg,
            )
            for azimuth, tilt in zip(azimuths_deg, tilts, strict=True)
        ]
    )
    sector = np.argmax(gains_db, axis=0)
    best_db = np.take_along_axis(gains_db, sector[None], axis=0)[0]
    total_db = 10.0 * np.log10((10.0 ** (gains_db / 10.0)).sum(axis=0))
    return best_db, total_db, sector.astype(np.int64)


def true_bearings_deg(from_xy_m: ArrayLike, to_xy_m: ArrayLike, north_xy_m: ArrayLike) -> NDArray[np.float64]:
    """Bearings clockwise from true north of lines on a map projection, degrees, 0 to 360.

    Parameters
    ----------
    from_xy_m, to_xy_m
        Shape (lines, 2): the ends, eastings and northings of a conformal projection, m.
    north_xy_m
        Shape (lines, 2): a place a little to the true north of each start. A map's north differs from
        it by the meridian convergence, up to about a degree and a half in a zone's corner.
    """
    start = np.asarray(from_xy_m, dtype=np.float64)
    east, north = (np.asarray(to_xy_m, dtype=np.float64) - start).T
    true_east, true_north = (np.asarray(north_xy_m, dtype=np.float64) - start).T
    turn = np.arctan2(east, north) - np.arctan2(true_east, true_north)
    return np.asarray(np.mod(np.degrees(turn), 360.0))


def _half_turn(angle_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles of any turn as -180 up to, not including, 180 degrees."""
    return np.asarray(np.mod(angle_deg + 180.0, 360.0) - 180.0)
