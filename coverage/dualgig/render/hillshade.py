"""A pale picture of the terrain for the map's background: shaded relief as a small palette PNG."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine
from rasterio.crs import CRS
from rasterio.transform import array_bounds
from rasterio.warp import Resampling, calculate_default_transform, reproject, transform_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.region.model import Terrain

LEVELS = 15
"""Shades; the sixteenth palette entry is transparent (no data)."""

LARGEST_BYTES = 200_000
"""Size of the PNG, so that its data URI stays under 300 kB."""

_DARKEST, _LIGHTEST = np.array([192, 199, 205]), np.array([253, 253, 251])
_LEAST_SPREAD = 0.15
_ALTITUDE_DEG = 45.0
_AZIMUTHS_DEG = ((315.0, 0.55), (360.0, 0.15), (270.0, 0.15), (225.0, 0.15))
_SIZES = (1400, 1100, 900, 700, 500, 350, 250, 150)
_MERCATOR = CRS.from_epsg(3857)


@dataclass(frozen=True)
class Picture:
    """A picture and where it lies.

    Parameters
    ----------
    uri
        The PNG as a data URI.
    bounds
        Its outer edges, ((south, west), (north, east)), degrees of EPSG:4326.
    """

    uri: str
    bounds: tuple[tuple[float, float], tuple[float, float]]


def hillshade(terrain: Terrain) -> Picture | None:
    """Shaded relief of a terrain, warped to Web Mercator so that a map shows it undistorted.

    The picture is made smaller until it holds in `LARGEST_BYTES`.

    Returns
    -------
    Picture or None
        ``None`` where the terrain has no two rows and columns, or no data at all.
    """
    if min(terrain.height_m.shape) < 2 or not np.isfinite(terrain.height_m).any():
        return None
    shade = shade_relief(terrain.height_m, terrain.cell_m)
    rows, columns = shade.shape
    source = Affine(
        terrain.cell_m,
        0.0,
        terrain.west_m - terrain.cell_m / 2,
        0.0,
        -terrain.cell_m,
        terrain.north_m + terrain.cell_m / 2,
    )
    crs = CRS.from_wkt(terrain.crs.to_wkt())
    west, south, east, north = array_bounds(rows, columns, source)
    transform, width, height = calculate_default_transform(
        crs, _MERCATOR, columns, rows, left=west, bottom=south, right=east, top=north
    )
    for size in _SIZES:
        factor = max(width, height) / min(size, max(width, height))
        shape = (max(round(height / factor), 1), max(round(width / factor), 1))
        scaled = transform @ Affine.scale(width / shape[1], height / shape[0])
        warped = np.full(shape, np.nan, np.float32)
        reproject(
            shade,
            warped,
            src_transform=source,
            src_crs=crs,
            src_nodata=np.nan,
            dst_transform=scaled,
            dst_crs=_MERCATOR,
            dst_nodata=np.nan,
            resampling=Resampling.bilinear if factor < 1.5 else Resampling.average,
        )
        png = palette_png(_levels(warped), _palette())
        if len(png) <= LARGEST_BYTES:
            break
    return picture(png, shape, scaled)


def picture(png: bytes, shape: tuple[int, ...], transform: Affine) -> Picture:
    """A PNG and where it lies.

    Parameters
    ----------
    png
        The file.
    shape
        Its rows and columns.
    transform
        From columns and rows to metres of Web Mercator.
    """
    west, south, east, north = transform_bounds(
        _MERCATOR, CRS.from_epsg(4326), *array_bounds(*shape, transform)
    )
    return Picture(
        f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}", ((south, west), (north, east))
    )


def shade_relief(height_m: NDArray[np.float32], cell_m: float) -> NDArray[np.float32]:
    """Illumination of a terrain from four directions, 0 (dark) to 1.

    Slope and aspect after Horn (1981), "Hill shading and the reflectance map", Proc. IEEE 69(1);
    the light comes mostly from the north-west, and a little from three other sides, so that no
    slope is black.

    Parameters
    ----------
    height_m
        float32, shape (rows, columns), metres, row 0 in the north; NaN is nodata.
    cell_m
        Edge of a cell, metres.
    """
    filled = np.where(np.isfinite(height_m), height_m, np.nanmean(height_m)).astype(np.float64)
    z = np.pad(filled, 1, mode="edge")
    east, west = z[:, 2:], z[:, :-2]
    dz_dx = (_smooth(east, axis=0) - _smooth(west, axis=0)) / (8 * cell_m)
    dz_dy = (_smooth(z[:-2], axis=1) - _smooth(z[2:], axis=1)) / (8 * cell_m)
    steepness = np.hypot(dz_dx, dz_dy)
    altitude = np.radians(_ALTITUDE_DEG)
    shade = np.zeros_like(filled)
    for azimuth_deg, weight in _AZIMUTHS_DEG:
        azimuth = np.radians(azimuth_deg)
        # The surface normal (-dz/dx, -dz/dy, 1) on the direction towards the light.
        facing = -dz_dx * np.sin(azimuth) - dz_dy * np.cos(azimuth)
        light = (np.cos(altitude) * facing + np.sin(altitude)) / np.hypot(steepness, 1.0)
        shade += weight * np.clip(light, 0.0, 1.0)
    return np.where(np.isfinite(height_m), shade, np.nan).astype(np.float32)


def palette_png(index: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """A PNG of 4 bits a pixel (ISO/IEC 15948).

    Parameters
    ----------
    index
        uint8, shape (rows, columns), entries of the palette, below 16.
    palette
        uint8, shape (entries, 4), red, green, blue and alpha; at most 16 entries.
    """
    rows, columns = index.shape
    even = np.pad(index, ((0, 0), (0, columns % 2)))
    packed = (even[:, 0::2] << 4) | even[:, 1::2]
    # Each row begins with its filter type; 0 is none, the usual choice for palettes.
    lines = np.pad(packed, ((0, 0), (1, 0))).tobytes()
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 4, 3, 0, 0, 0)),
        (b"PLTE", palette[:, :3].tobytes()),
        (b"tRNS", palette[:, 3].tobytes()),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _smooth(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Horn's weights 1, 2, 1 along an axis that is two cells longer than the result."""
    n = values.shape[axis]
    before, here, after = (np.take(values, np.arange(s, n - 2 + s), axis=axis) for s in range(3))
    return before + 2 * here + after


def _levels(shade: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Shades as palette entries: the middle 96 % are spread over all levels; no data is the last entry.

    A spread below `_LEAST_SPREAD` is not stretched, so that flat ground looks flat.
    """
    known = np.isfinite(shade)
    low, middle, high = np.quantile(shade[known], (0.02, 0.5, 0.98)) if known.any() else (0.0, 0.5, 1.0)
    spread = max(high - low, _LEAST_SPREAD)
    low = min(low, middle - spread / 2)
    share = np.clip((np.nan_to_num(shade) - low) / spread, 0.0, 1.0)
    return np.where(known, np.round(share * (LEVELS - 1)), LEVELS).astype(np.uint8)


def _palette() -> NDArray[np.uint8]:
    """From the darkest to the lightest shade, and one transparent entry."""
    share = np.linspace(0.0, 1.0, LEVELS)[:, None]
    colours = np.round(_DARKEST + share * (_LIGHTEST - _DARKEST))
    opaque = np.column_stack([colours, np.full(LEVELS, 255)])
    return np.vstack([opaque, [255, 255, 255, 0]]).astype(np.uint8)
