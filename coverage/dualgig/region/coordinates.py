"""Coordinates: CRS by name, coordinate columns, swapped axes, and what lies off the globe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from dualgig.region.datum import shifted_datum
from dualgig.region.findings import listed
from dualgig.region.gauss import likely_crs, northing_first

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.project import Layer
    from dualgig.region.findings import Findings

WGS84 = CRS.from_epsg(4326)

AXES: dict[str, tuple[str, ...]] = {
    "lon": ("lon", "lng", "long", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "x": ("x", "easting", "east", "东坐标", "x坐标"),
    "y": ("y", "northing", "north", "北坐标", "y坐标"),
}
"""Coordinate columns that are found without being named in the project file.

Chinese surveyors call the northing X and the easting Y; `to_wgs84` finds out by the numbers.
"""

NEAR_DEG = 3.0
"""A projected CRS is taken to be used wrongly farther than this from its area of use."""


def parse_crs(text: str, file: str, findings: Findings) -> CRS | None:
    """A CRS from the project file, or ``None`` with an error noted.

    GCJ-02 and BD-09 are read as the degrees that they look like; who reads them shifts them afterwards.
    """
    if shifted_datum(text):
        return WGS84
    try:
        return CRS.from_user_input(text)
    except CRSError:
        findings.error(
            file,
            None,
            "",
            f"the CRS {text!r} is not known.",
            'Write an EPSG code, e.g. crs = "EPSG:4326" (WGS 84), "EPSG:4490" (CGCS2000) or "EPSG:4549", or '
            '"GCJ-02" or "BD-09".',
        )
        return None


def unknown_crs(file: str, bounds: tuple[float, float, float, float] | None, findings: Findings) -> None:
    """Note that a file does not say in which CRS it is, with the likely ones."""
    degrees = bounds is not None and max(abs(bounds[0]), abs(bounds[2])) <= 180
    if degrees:
        likely = '"EPSG:4326" (WGS 84) or "EPSG:4490" (CGCS2000); its numbers look like degrees'
    else:
        likely = '"EPSG:4549" (CGCS2000, 120E) or another; its numbers look like metres'
        zoned = None if bounds is None else likely_crs(None, np.array([max(bounds[2:])]))
        if zoned is not None:
            likely = f'"EPSG:{zoned.to_epsg()}" ({zoned.name}); its eastings look like carrying a zone number'
    if bounds is None:
        likely = '"EPSG:4326" (WGS 84), "EPSG:4490" (CGCS2000) or another'
    findings.error(
        file, None, "", "the CRS is unknown.", f"Write crs = {likely}; ask whoever made the file which it is."
    )


def points_from_columns(
    cells: pd.DataFrame, rows: NDArray[np.int64], layer: Layer, findings: Findings
) -> gpd.GeoSeries | None:
    """Points of a CSV or XLSX table, in its own CRS.

    Parameters
    ----------
    cells
        Text cells under the file's column names.
    rows
        The row of each, as a person counts it.
    layer
        The table's entry in the project file; its ``columns`` may name ``lon`` and ``lat``, or
        ``x`` (easting) and ``y`` (northing), its ``crs`` says which they are.
    findings
        Takes what is wrong.

    Returns
    -------
    geopandas.GeoSeries or None
        Points with a CRS, empty where a coordinate is not a number; ``None`` where the table has no
        coordinates or their CRS is unknown.
    """
    pair = _coordinate_columns(cells, layer, findings)
    if pair is None:
        return None
    first, second, degrees = pair
    if layer.crs:
        crs = parse_crs(layer.crs, layer.path, findings)
        if crs is None:
            return None
    elif degrees:
        crs = WGS84
    else:
        x, y = (pd.to_numeric(cells[c], errors="coerce").dropna().abs() for c in (first, second))
        bounds = (0.0, 0.0, float(x.max()), float(y.max())) if len(x) and len(y) else None
        unknown_crs(layer.path, bounds, findings)
        return None
    values = []
    for column in (first, second):
        numbers = pd.to_numeric(cells[column].str.strip(), errors="coerce").to_numpy(
            dtype=np.float64, copy=True
        )
        bad = ~np.isfinite(numbers)
        for position in np.flatnonzero(bad):
            text = cells[column].iloc[position]
            wrong = f"{text!r} is not a number." if text.strip() else "the coordinate is missing."
            findings.error(
                layer.path,
                int(rows[position]),
                column,
                wrong,
                "Write a decimal number, e.g. 119.0432, without unit.",
            )
        numbers[bad] = np.nan
        values.append(numbers)
    complete = ~(np.isnan(values[0]) | np.isnan(values[1]))
    geometry = np.full(len(cells), None, dtype=object)
    geometry[complete] = shapely.points(values[0][complete], values[1][complete])
    return gpd.GeoSeries(geometry, index=cells.index, crs=crs)


def _coordinate_columns(
    cells: pd.DataFrame, layer: Layer, findings: Findings
) -> tuple[str, str, bool] | None:
    """Names of the first and second coordinate column, and whether they hold degrees."""
    for east, north in (("lon", "lat"), ("x", "y")):
        named = [layer.columns[axis] for axis in (east, north) if axis in layer.columns]
        missing = [column for column in named if column not in cells.columns]
        for column in missing:
            findings.error(
                layer.path,
                None,
                column,
                f"there is no column {column!r}; the file has {listed(map(str, cells.columns))}.",
                f"Correct columns = {{ {east} = ..., {north} = ... }} for it in the project file.",
            )
        if missing:
            return None
        found = [layer.columns.get(axis) or _by_name(cells, AXES[axis]) for axis in (east, north)]
        if found[0] and found[1]:
            return found[0], found[1], east == "lon"
    findings.error(
        layer.path,
        None,
        "lon, lat",
        f"there are no coordinate columns; the file has {listed(map(str, cells.columns))}.",
        'Write columns = { lon = "...", lat = "..." }, or x and y with a crs, for it in the project file.',
    )
    return None


def _by_name(cells: pd.DataFrame, names: tuple[str, ...]) -> str:
    for column in cells.columns:
        if str(column).strip().lower() in names:
            return str(column)
    return ""


def to_wgs84(
    geometry: gpd.GeoSeries, rows: NDArray[np.int64], file: str, column: str, findings: Findings
) -> gpd.GeoSeries:
    """Geometries in EPSG:4326; what lies off the globe is noted and emptied.

    Parameters
    ----------
    geometry
        Geometries with a CRS; some may be missing.
    rows
        The row of each, as a person counts it.
    file, column
        Where they are from, for the findings.
    findings
        Takes what is wrong.
    """
    crs = geometry.crs
    assert crs is not None  # noqa: S101 - the callers establish it
    coordinates, owner = shapely.get_coordinates(geometry.to_numpy(), return_index=True)
    broken = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    for position in broken:
        wrong, mend = "a coordinate is not a number.", "Draw the feature again, or delete it."
        findings.error(file, int(rows[position]), column, wrong, mend)
    bounds = geometry.bounds.to_numpy(dtype=np.float64)
    present = np.isfinite(bounds).all(axis=1)
    present[broken] = False
    as_is = _plausible(crs, bounds)
    swapped = _plausible(crs, bounds[:, [1, 0, 3, 2]])
    bad = present & ~as_is
    mostly = bad.sum() * 2 > present.sum()
    if mostly and bool(swapped[bad].all()) and northing_first(crs):
        geometry = gpd.GeoSeries(
            shapely.transform(geometry.to_numpy(), lambda xy: xy[:, ::-1]), index=geometry.index, crs=crs
        )
        bad = present & ~swapped
    elif mostly and bool(swapped[bad].all()):
        findings.error(
            file,
            None,
            column,
            "longitude and latitude (or easting and northing) look swapped.",
            "Swap the two columns, or swap their names in columns = { ... } of the project file.",
        )
    elif mostly and (meant := _meant_crs(crs, bounds[bad])) is not None:
        findings.error(
            file,
            None,
            column,
            f"the coordinates lie outside what {crs.name} can mean, and inside {meant.name}.",
            f'Write crs = "EPSG:{meant.to_epsg()}" for it in the project file.',
        )
    else:
        for position in np.flatnonzero(bad):
            west, south = bounds[position, :2]
            doubt = " The two look swapped." if swapped[position] else ""
            findings.error(
                file,
                int(rows[position]),
                column,
                f"the coordinates ({west:g}, {south:g}) lie outside what {crs.name} can mean.{doubt}",
                "Correct the coordinates, or the crs in the project file.",
            )
    kept = geometry.where(pd.Series(present & ~bad, index=geometry.index), None)
    return gpd.GeoSeries(kept.to_crs(WGS84), index=geometry.index, crs=WGS84)


def _meant_crs(crs: CRS, bounds: NDArray[np.float64]) -> CRS | None:
    """The zone's CRS that explains bounds (west, south, east, north; shape (n, 4)), either axis first."""
    for ordered in (bounds, bounds[:, [1, 0, 3, 2]]) if crs.is_projected else ():
        meant = likely_crs(crs, ordered[:, [0, 2]].ravel())
        if meant is not None and bool(_plausible(meant, ordered).all()):
            return meant
    return None


def _plausible(crs: CRS, bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which bounds (west, south, east, north; shape (n, 4)) a CRS can mean; the null island is none."""
    if crs.is_geographic:
        lon, lat = bounds[:, [0, 2]], bounds[:, [1, 3]]
        inside = (np.abs(lon) <= 180).all(axis=1) & (np.abs(lat) <= 90).all(axis=1)
        return np.asarray(inside & (np.abs(bounds) > 0).any(axis=1))
    transformer = Transformer.from_crs(crs, WGS84, always_xy=True)
    x, y = bounds[:, [0, 2]].ravel(), bounds[:, [1, 3]].ravel()
    lon, lat = (np.reshape(v, (-1, 2)) for v in transformer.transform(x, y))
    inside = np.isfinite(lon).all(axis=1) & np.isfinite(lat).all(axis=1)
    area = crs.area_of_use
    if area is not None:
        inside &= ((lon >= area.west - NEAR_DEG) & (lon <= area.east + NEAR_DEG)).all(axis=1)
        inside &= ((lat >= area.south - NEAR_DEG) & (lat <= area.north + NEAR_DEG)).all(axis=1)
    return np.asarray(inside)
