"""The projected CRS in which distances and areas are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyproj import CRS, Proj
from pyproj.exceptions import CRSError

from dualgig.errors import ProjectError

if TYPE_CHECKING:
    import geopandas as gpd

    from dualgig.project import Project

SCALE_TOLERANCE = 0.01
"""Distances that a projection stretches or shrinks by more than this part would mislead a plan."""


def metric_crs(project: Project, townships: gpd.GeoDataFrame) -> CRS:
    """The project's metric CRS, or the UTM zone of the townships where it names none.

    Parameters
    ----------
    project
        The project; ``project.metric_crs`` may name a CRS.
    townships
        Township polygons in EPSG:4326.

    Raises
    ------
    ProjectError
        The CRS is not known, is not projected, is not in metres, or distorts distances at the
        townships by more than `SCALE_TOLERANCE` (Web Mercator, a far zone).
    """
    named = project.project.metric_crs
    where = f"{project.path.name}: project.metric_crs"
    if not named:
        return townships.geometry.estimate_utm_crs()
    try:
        crs = CRS.from_user_input(named)
    except CRSError:
        raise ProjectError(
            f"{where}: the CRS {named!r} is not known; write an EPSG code, e.g. EPSG:4549, or take the line out."
        ) from None
    if not crs.is_projected or any(axis.unit_conversion_factor != 1.0 for axis in crs.axis_info[:2]):
        unit = crs.axis_info[0].unit_name if crs.axis_info else "no unit"
        raise ProjectError(
            f"{where}: {named} ({crs.name}) is not a projected CRS in metres (its unit is {unit}); "
            "write one, e.g. EPSG:4549, or take the line out to use the UTM zone."
        )
    west, south, east, north = townships.total_bounds
    factors = Proj(crs).get_factors((west + east) / 2, (south + north) / 2)
    scale = max(abs(factors.meridional_scale - 1), abs(factors.parallel_scale - 1))
    if not scale <= SCALE_TOLERANCE:
        raise ProjectError(
            f"{where}: {named} ({crs.name}) distorts distances by {scale:.1%} at the townships; write the CRS of "
            "their own zone, or take the line out to use the UTM zone."
        )
    return crs
