"""Coordinates of the page: whole numbers on a square of Web Mercator, so that a browser computes none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from dualgig.region.datum import wgs84_to_gcj02

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

Datum = Literal["WGS-84", "GCJ-02"]

WORLD_BITS = 30
"""The world is a square of 2**30 units, 37 mm each at the equator; `assets/geometry.js` knows it too."""

FINE_BITS, COARSE_BITS = 28, 24
"""What points and outlines are rounded to: 0.15 m at the equator, and 2.4 m for very many vertices."""

MANY_VERTICES = 300_000
"""Vertices of villages beyond which the coarse grid is taken: it halves the page."""

_LATITUDE_END_DEG = 85.05


@dataclass(frozen=True)
class PageGrid:
    """How coordinates become numbers of the page.

    Parameters
    ----------
    bits
        The world has 2**bits steps in each direction; at most `WORLD_BITS`.
    datum
        Datum of the base map that the page lies on.
    """

    bits: int = FINE_BITS
    datum: Datum = "WGS-84"

    def degrees(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Longitudes and latitudes of the page's datum, shape (points, 2), from those of WGS 84."""
        if self.datum == "GCJ-02":
            lon, lat = wgs84_to_gcj02(lon, lat)
        return np.column_stack([lon, lat])

    def steps(self, lon_lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Whole steps east of 180 W and south of 85.05 N.

        Spherical Mercator on a unit square (EPSG:3857, OGC WMTS well-known scale set
        GoogleMapsCompatible), which is what Leaflet draws in.

        Parameters
        ----------
        lon_lat
            Shape (points, 2), degrees of WGS 84.
        """
        page = self.degrees(lon_lat[:, 0], lon_lat[:, 1])
        lat = np.radians(np.clip(page[:, 1], -_LATITUDE_END_DEG, _LATITUDE_END_DEG))
        unit = np.column_stack([page[:, 0] / 360 + 0.5, 0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)])
        return np.asarray(np.round(unit * 2**self.bits).astype(np.int64))

    def bounds(self, table: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
        """South, west, north and east of a table in EPSG:4326, degrees of the page's datum."""
        west, south, east, north = (float(edge) for edge in table.total_bounds)
        return self.box((south, west, north, east))

    def box(self, edges: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """South, west, north and east of a box of WGS 84 on the page's datum."""
        south, west, north, east = edges
        (west, south), (east, north) = self.degrees(np.array([west, east]), np.array([south, north])).tolist()
        return south, west, north, east


def page_grid(villages: gpd.GeoDataFrame, datum: Datum = "WGS-84") -> PageGrid:
    """The grid for a page with these villages: a coarse one where they have very many vertices."""
    vertices = int(shapely.get_num_coordinates(villages.geometry.to_numpy()).sum())
    return PageGrid(COARSE_BITS if vertices > MANY_VERTICES else FINE_BITS, datum)
