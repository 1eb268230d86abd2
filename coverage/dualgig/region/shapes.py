"""Geometry of tables: kinds, validity, overlaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from dualgig.region.schema import POLYGON, TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.region.findings import Findings
    from dualgig.region.validate import Checked

OVERLAP_ERROR = 0.01
"""Two polygons that share more than this part of the smaller one contradict each other ..."""

OVERLAP_ERROR_M2 = 10_000.0
"""... when what they share is more than a hectare too; less is careless drawing, of small places."""

OVERLAP_SLIVER = 1e-4
"""Below this part of the smaller one an overlap is rounding, and nothing is said."""

_FIX = "Repair it, e.g. in QGIS: Processing > Vector geometry > Fix geometries."


def check_shapes(
    name: str, file: str, shapes: gpd.GeoSeries, rows: NDArray[np.int64], findings: Findings
) -> gpd.GeoSeries:
    """Note geometries of the wrong kind or invalid ones, and give shapes fit for further checks.

    Parameters
    ----------
    name
        The table, a key of ``TABLES``.
    file
        Its file, as the project file names it.
    shapes
        Geometries; missing ones, noted before, are passed over.
    rows
        The row of each in the file.
    findings
        Takes what is wrong.

    Returns
    -------
    geopandas.GeoSeries
        Wrong kinds are missing; a single point in a multipoint is a point; invalid polygons are
        repaired, which serves later checks only, since the error stands.
    """
    allowed = TABLES[name].geometry
    wanted = " or a ".join(dict.fromkeys(kind.removeprefix("Multi").lower() for kind in allowed))
    fit = shapes.to_numpy().copy()
    kinds = [getattr(shapely.GeometryType, kind.upper()) for kind in allowed]
    odd = ~shapely.is_missing(fit) & ~(np.isin(shapely.get_type_id(fit), kinds) & shapely.is_valid(fit))
    for position in np.flatnonzero(odd):
        shape, row = fit[position], int(rows[position])
        if shape.geom_type == "MultiPoint" and len(shape.geoms) == 1 and "Point" in allowed:
            fit[position] = shape.geoms[0]
        elif shape.geom_type not in allowed:
            wrong = f"the geometry is a {shape.geom_type}, a {wanted} is needed."
            findings.error(file, row, "", wrong, f"Give the layer of {name} whose features are {wanted}s.")
            fit[position] = None
        else:
            reason = shapely.is_valid_reason(shape).replace("[", " at ").replace("]", "")
            findings.error(file, row, "", f"the polygon is invalid ({reason}).", _FIX)
            fit[position] = _repaired(shape)
    return gpd.GeoSeries(fit, index=shapes.index, crs=shapes.crs)


def _repaired(shape: shapely.Geometry) -> shapely.Geometry | None:
    """The areas of an invalid polygon, or ``None`` where it has none."""
    parts = [part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type in POLYGON]
    return shapely.union_all(parts) if parts else None


def projected(shapes: gpd.GeoSeries, crs: CRS) -> NDArray[np.object_]:
    """Geometries in a projected CRS, repaired where the projection made a narrow polygon invalid."""
    moved = shapes.to_crs(crs).to_numpy().copy()
    broken = ~shapely.is_missing(moved) & ~shapely.is_valid(moved)
    moved[broken] = shapely.make_valid(moved[broken])
    return np.asarray(moved, dtype=object)


def points_m(shapes: gpd.GeoSeries, crs: CRS) -> NDArray[np.float64]:
    """Points, and representative points of polygons, in a projected CRS.

    Parameters
    ----------
    shapes
        Geometries, some of which may be missing.
    crs
        Projected CRS in metres.

    Returns
    -------
    ndarray of float64, shape (rows, 2)
        Easting and northing, metres; NaN where the geometry is missing.
    """
    points = gpd.GeoSeries(shapely.point_on_surface(shapes.to_numpy()), crs=shapes.crs).to_crs(crs).to_numpy()
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def check_overlaps(checked: Checked, metric_crs: CRS, findings: Findings) -> None:
    """Note polygons of a table that lie on one another.

    Parameters
    ----------
    checked
        Townships or villages; points among them are passed over.
    metric_crs
        Projected CRS in which areas are taken.
    findings
        Takes an error for each pair that shares more than `OVERLAP_ERROR` of the smaller polygon and
        `OVERLAP_ERROR_M2`, and one warning for all lesser overlaps together.
    """
    shapes = projected(checked.frame.geometry, metric_crs)
    areas = np.array([0.0 if shape is None else shape.area for shape in shapes])
    polygons = np.flatnonzero(areas > 0)
    tree = shapely.STRtree(shapes[polygons])
    first, second = polygons[tree.query(shapes[polygons], predicate="intersects")]
    pairs = sorted({(int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b})
    slivers = []
    for a, b in pairs:
        shared = shapely.intersection(shapes[a], shapes[b]).area
        share = shared / min(areas[a], areas[b])
        names = f"{checked.frame.index[b]} and {checked.frame.index[a]} (row {checked.row(a)})"
        if share > OVERLAP_ERROR and shared > OVERLAP_ERROR_M2:
            findings.error(
                checked.file,
                checked.row(b),
                "",
                f"the polygons of {names} overlap by {shared / 1e6:.3g} km2 ({share:.0%} of the smaller one).",
                "Cut one of the two, or delete the one that is stored twice.",
            )
        elif share > OVERLAP_SLIVER:
            slivers.append(names)
    if slivers:
        findings.warn(
            checked.file,
            None,
            "",
            f"{len(slivers)} pairs of polygons overlap along their borders, e.g. {slivers[0]}.",
            "Snap the borders to each other; points in the overlap go to the polygon that comes first.",
        )
