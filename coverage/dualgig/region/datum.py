"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps, to and from WGS 84.

Neither has an EPSG code, and none is invented here. CGCS2000 needs no shift: it agrees with WGS 84
to within a few decimetres.

Sources: the formulae of GCJ-02 as published in eviltransform and coordtransform, over the Krasovsky
1940 ellipsoid; those of BD-09 as published in coordtransform. Inside the box that they take for China
GCJ-02 shifts by up to 720 m, 430 m in the middle, and BD-09 by 690 to 1,520 m; outside it nothing is
shifted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Degrees = NDArray[np.float64]
    Pair = tuple[Degrees, Degrees]

ShiftedDatum = Literal["GCJ-02", "BD-09"]

AXIS_M = 6378245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid, metres."""

ECCENTRICITY_SQUARED = 0.00669342162296594323
"""Of the Krasovsky 1940 ellipsoid."""

CHINA_DEG = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box inside which coordinates are shifted, degrees."""

BD09_TURN = np.pi * 3000.0 / 180.0
BD09_EAST_DEG, BD09_NORTH_DEG = 0.0065, 0.006

CONVERGED_DEG = 1e-12
"""An inverse is iterated until it moves by less than this, a tenth of a micrometre."""

ROUNDS = 30
"""Most rounds of an inverse; each gains two digits or more."""


def shifted_datum(name: str) -> ShiftedDatum | None:
    """The shifted datum that a project file names, however it spells it (``gcj02``, ``BD-09``)."""
    plain = name.strip().upper().replace("-", "").replace("_", "").replace(" ", "")
    names: dict[str, ShiftedDatum] = {"GCJ02": "GCJ-02", "BD09": "BD-09", "BD09LL": "BD-09"}
    return names.get(plain)


def in_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Which points, in degrees, lie in the box inside which coordinates are shifted; NaN does not."""
    west, south, east, north = CHINA_DEG
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """WGS 84 to GCJ-02.

    Parameters
    ----------
    lon, lat
        Degrees, of one shape. Points outside `CHINA_DEG` stay as they are; so do NaN.

    Returns
    -------
    lon, lat
        float64 arrays of that shape.
    """
    return _inside_china(lon, lat, _gcj02)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """GCJ-02 to WGS 84, the inverse of `wgs84_to_gcj02` to well below a millimetre.

    The round trip holds but for a strip of a shift's width along the edge of `CHINA_DEG`.
    """
    return _inside_china(lon, lat, lambda x, y: _inverse(_gcj02, x, y))


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """WGS 84 to BD-09; see `wgs84_to_gcj02`."""
    return _inside_china(lon, lat, lambda x, y: _bd09(*_gcj02(x, y)))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """BD-09 to WGS 84, the inverse of `wgs84_to_bd09`; see `gcj02_to_wgs84`."""
    return _inside_china(lon, lat, lambda x, y: _inverse(_gcj02, *_inverse(_bd09, x, y)))


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """GCJ-02 to BD-09; see `wgs84_to_gcj02`."""
    return _inside_china(lon, lat, _bd09)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """BD-09 to GCJ-02, the inverse of `gcj02_to_bd09`; see `gcj02_to_wgs84`."""
    return _inside_china(lon, lat, lambda x, y: _inverse(_bd09, x, y))


TO_WGS84: dict[ShiftedDatum, Callable[[ArrayLike, ArrayLike], Pair]] = {
    "GCJ-02": gcj02_to_wgs84,
    "BD-09": bd09_to_wgs84,
}
FROM_WGS84: dict[ShiftedDatum, Callable[[ArrayLike, ArrayLike], Pair]] = {
    "GCJ-02": wgs84_to_gcj02,
    "BD-09": wgs84_to_bd09,
}


def moved(geometry: gpd.GeoSeries, move: Callable[[ArrayLike, ArrayLike], Pair]) -> gpd.GeoSeries:
    """Geometries with every vertex moved by one of the functions above.

    Parameters
    ----------
    geometry
        Longitudes and latitudes; missing ones stay missing.
    move
        What to do with the vertices.

    Returns
    -------
    geopandas.GeoSeries
        On the same index, under the same CRS; see `gpd.GeoSeries.set_crs` to take it off.
    """
    shapes = shapely.transform(
        geometry.to_numpy(), lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])) if len(xy) else xy
    )
    return gpd.GeoSeries(shapes, index=geometry.index, crs=geometry.crs)


def _inside_china(lon: ArrayLike, lat: ArrayLike, move: Callable[[Degrees, Degrees], Pair]) -> Pair:
    """Move the points inside the box, and leave the others."""
    east, north = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    inside = in_china(east, north)
    east[inside], north[inside] = move(east[inside], north[inside])
    return east, north


def _gcj02(lon: Degrees, lat: Degrees) -> Pair:
    """The shift of GCJ-02, without its box."""
    x, y = lon - 105.0, lat - 35.0
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    root = np.sqrt(np.abs(x))
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (wave + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (wave + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(lat)
    w = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (w * np.sqrt(w))
    parallel_m = AXIS_M / np.sqrt(w) * np.cos(phi)
    return lon + np.degrees(east_m / parallel_m), lat + np.degrees(north_m / meridian_m)


def _bd09(lon: Degrees, lat: Degrees) -> Pair:
    """From GCJ-02 to BD-09, without the box."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD09_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD09_TURN)
    return radius * np.cos(angle) + BD09_EAST_DEG, radius * np.sin(angle) + BD09_NORTH_DEG


def _inverse(move: Callable[[Degrees, Degrees], Pair], lon: Degrees, lat: Degrees) -> Pair:
    """Undo a shift that changes slowly from place to place, by fixed-point iteration."""
    east, north = lon, lat
    for _ in range(ROUNDS):
        to_east, to_north = move(east, north)
        step_east, step_north = lon - to_east, lat - to_north
        east, north = east + step_east, north + step_north
        if np.max(np.abs([step_east, step_north]), initial=0.0) < CONVERGED_DEG:
            break
    return east, north
