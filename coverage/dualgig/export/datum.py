"""The datum that a list, layer or drawing is written in, its column names, and its geometry.

CGCS2000 is written in the 3-degree zone of each place, northing (X) and easting (Y) in metres; it
agrees with WGS 84 to within a few decimetres, and no shift is applied. GCJ-02 and BD-09 have no EPSG
code, so that what is written in them carries no CRS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer

from dualgig.errors import OutputError
from dualgig.region.datum import FROM_WGS84, moved
from dualgig.region.gauss import FIRST_ZONE, LAST_ZONE, zone_epsg, zone_of

if TYPE_CHECKING:
    import geopandas as gpd

    from dualgig.region.datum import ShiftedDatum

DatumName = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]

DATUMS: tuple[DatumName, ...] = get_args(DatumName)

SHIFTED: dict[str, ShiftedDatum] = {"gcj02": "GCJ-02", "bd09": "BD-09"}


@dataclass(frozen=True)
class Datum:
    """What coordinates are written in.

    Parameters
    ----------
    name
        One of `DATUMS`.
    zoned
        Of CGCS2000: whether the easting carries the number of its zone (EPSG:4513-4533).
    """

    name: DatumName = "wgs84"
    zoned: bool = False

    @property
    def suffix(self) -> str:
        """The end of a file's name, so that lists of different datums do not get mixed up."""
        return f"{self.name}_zoned" if self.zoned and self.name == "cgcs2000" else self.name

    @property
    def title(self) -> str:
        """The datum as people write it."""
        return {"wgs84": "WGS 84", "cgcs2000": "CGCS2000", **SHIFTED}[self.name]

    def columns(self, points: gpd.GeoSeries) -> pd.DataFrame:
        """Coordinate columns of a list, the datum in their names.

        Parameters
        ----------
        points
            Points in degrees WGS 84.

        Returns
        -------
        pandas.DataFrame
            ``lon`` and ``lat``; ``lon_gcj02`` and ``lat_gcj02``; ``lon_bd09`` and ``lat_bd09``; or
            ``north_cgcs2000_m``, ``east_cgcs2000_m`` (``east_cgcs2000_zoned_m``) and
            ``epsg_cgcs2000``, the CRS of the zone that each point lies in.

        Raises
        ------
        OutputError
            A point lies outside the zones of CGCS2000.
        """
        lon, lat = points.x.to_numpy(dtype=np.float64), points.y.to_numpy(dtype=np.float64)
        if self.name == "wgs84":
            return pd.DataFrame({"lon": lon, "lat": lat})
        if self.name != "cgcs2000":
            east, north = FROM_WGS84[SHIFTED[self.name]](lon, lat)
            return pd.DataFrame({f"lon_{self.name}": east, f"lat_{self.name}": north})
        codes = np.array([self._epsg(float(value)) for value in lon], dtype=np.int64)
        east, north = np.empty(len(lon)), np.empty(len(lon))
        for code in np.unique(codes):
            rows = codes == code
            to_zone = Transformer.from_crs(CRS.from_epsg(4490), CRS.from_epsg(int(code)), always_xy=True)
            east[rows], north[rows] = to_zone.transform(lon[rows], lat[rows])
        return pd.DataFrame(
            {
                "north_cgcs2000_m": north,
                "east_cgcs2000_zoned_m" if self.zoned else "east_cgcs2000_m": east,
                "epsg_cgcs2000": pd.Series([f"EPSG:{code}" for code in codes], dtype="str"),
            }
        )

    def crs(self, middle_lon: float) -> CRS | None:
        """The CRS of a whole layer around a longitude; ``None`` for GCJ-02 and BD-09, which have none.

        Raises
        ------
        OutputError
            The longitude lies outside the zones of CGCS2000.
        """
        if self.name == "wgs84":
            return CRS.from_epsg(4326)
        return CRS.from_epsg(self._epsg(middle_lon)) if self.name == "cgcs2000" else None

    def layer(self, table: gpd.GeoDataFrame, middle_lon: float) -> gpd.GeoDataFrame:
        """A table in EPSG:4326 brought into this datum, a whole layer in one CRS.

        Raises
        ------
        OutputError
            As `crs`.
        """
        if self.name in SHIFTED:
            shapes = moved(table.geometry, FROM_WGS84[SHIFTED[self.name]])
            return table.drop(columns=table.geometry.name).set_geometry(shapes.to_numpy(), crs=None)
        return table if self.name == "wgs84" else table.to_crs(epsg=self._epsg(middle_lon))

    def _epsg(self, lon: float) -> int:
        try:
            return zone_epsg(zone_of(lon), zoned=self.zoned)
        except ValueError:
            west, east = 3 * FIRST_ZONE - 1.5, 3 * LAST_ZONE + 1.5
            raise OutputError(
                f"CGCS2000 has no 3-degree zone at {lon:.4f} E, only from {west:g} E to {east:g} E. "
                "Choose the datum wgs84."
            ) from None


WGS84_DATUM = Datum()


def middle_lon(townships: gpd.GeoDataFrame) -> float:
    """Longitude midway between the western and the eastern end of a table in degrees."""
    west, _, east, _ = townships.total_bounds
    return float(west + east) / 2.0
