"""CGCS2000 / Gauss-Kruger in metres: zones, zone numbers before the easting, northing as the first axis.

EPSG:4513-4533 are the 3-degree zones 25-45 with the zone number before the easting (40 500 000 m on
the central meridian of zone 40), EPSG:4534-4554 the same zones without it; EPSG:4491-4501 and
4502-4512 are the 6-degree zones 13-23. The axes of all are northing (X), easting (Y).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyproj import CRS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_ZONE, LAST_ZONE = 25, 45
"""3-degree zones of CGCS2000, on the meridians 75 E to 135 E."""

FIRST_WIDE_ZONE, LAST_WIDE_ZONE = 13, 23
"""6-degree zones of CGCS2000, on the meridians 75 E to 135 E."""

ZONED_EPSG, PLAIN_EPSG = 4513, 4534
WIDE_ZONED_EPSG, WIDE_PLAIN_EPSG = 4491, 4502

PLAIN_EASTING_M = (100_000.0, 1_000_000.0)
"""Eastings without a zone number, three zones wide."""


def northing_first(crs: CRS) -> bool:
    """Whether a projected CRS names the northing before the easting, as China's do."""
    return bool(crs.is_projected and crs.axis_info and crs.axis_info[0].direction == "north")


def zone_of(lon: float) -> int:
    """Number of the 3-degree zone that a longitude is in, whether or not CGCS2000 has it."""
    return int(lon / 3.0 + 0.5)


def zone_epsg(zone: int, *, zoned: bool) -> int:
    """EPSG code of a 3-degree zone of CGCS2000, with or without its number before the easting.

    Raises
    ------
    ValueError
        The zone is none of 25 to 45.
    """
    if not FIRST_ZONE <= zone <= LAST_ZONE:
        raise ValueError(f"zone {zone} is not among {FIRST_ZONE} to {LAST_ZONE}")
    return (ZONED_EPSG if zoned else PLAIN_EPSG) + zone - FIRST_ZONE


def zone_number(easting_m: NDArray[np.float64]) -> int | None:
    """The zone number that all eastings carry before them, or ``None``."""
    zones = (
        {int(value // 1_000_000) for value in (easting_m.min(), easting_m.max())} if len(easting_m) else set()
    )
    zone = zones.pop() if len(zones) == 1 else 0
    known = FIRST_ZONE <= zone <= LAST_ZONE or FIRST_WIDE_ZONE <= zone <= LAST_WIDE_ZONE
    return zone if known else None


def likely_crs(crs: CRS | None, easting_m: NDArray[np.float64]) -> CRS | None:
    """The CRS that a file in Gauss-Kruger metres probably means, going by its eastings.

    Parameters
    ----------
    crs
        The CRS that was given for it, ``None`` where there is none.
    easting_m
        Its eastings, any number.

    Returns
    -------
    pyproj.CRS or None
        With a zone number before the eastings: that zone's. Without one, though ``crs`` asks for
        it: the same zone's without it. Else ``None``.
    """
    zone = zone_number(easting_m)
    if zone is not None:
        wide = zone <= LAST_WIDE_ZONE
        return CRS.from_epsg(
            WIDE_ZONED_EPSG + zone - FIRST_WIDE_ZONE if wide else zone_epsg(zone, zoned=True)
        )
    code = crs.to_epsg() if crs is not None else None
    low, high = PLAIN_EASTING_M
    if code is None or not len(easting_m) or easting_m.min() < low or easting_m.max() > high:
        return None
    if ZONED_EPSG <= code < PLAIN_EPSG:
        return CRS.from_epsg(code - ZONED_EPSG + PLAIN_EPSG)
    if WIDE_ZONED_EPSG <= code < WIDE_PLAIN_EPSG:
        return CRS.from_epsg(code - WIDE_ZONED_EPSG + WIDE_PLAIN_EPSG)
    return None
