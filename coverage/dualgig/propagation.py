"""How the signals of the region's sites fare on their way to the radio points, before any link budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.errors import ProjectError
from dualgig.radio.clutter import clutter_loss_db
from dualgig.radio.flat import MAST_M, flat_path_losses
from dualgig.radio.paths import pairs_within, path_losses
from dualgig.region.findings import listed
from dualgig.signals import bearings_deg

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from dualgig.project import Project, Radio
    from dualgig.radio.paths import PathLosses
    from dualgig.region.model import Region


@dataclass(frozen=True)
class Paths:
    """Propagation from sites to points, before any link budget.

    Attributes
    ----------
    site, point : ndarray of int64, shape (pairs,)
        Rows of the region's sites and of the radio points.
    bands : tuple of str
        Bands of the columns.
    uplink : tuple of int
        Per band the column of its uplink: the band's own, or one beyond the bands where the uplink is
        computed and has a frequency of its own.
    basic_db, free_db : ndarray of float64, shape (pairs, columns)
        Median basic loss and loss in free space, dB; NaN beyond the band's radius cap or off the terrain.
    bearing_deg : ndarray of float64, shape (pairs,)
        Bearing of the point from the site, clockwise from true north, degrees.
    departure_deg, arrival_deg : ndarray of float64, shape (pairs,)
        Elevation of the path at the site and at the point, degrees.
    clutter_db : ndarray of float64, shape (pairs, columns)
        What buildings around the point add where no profile holds them, dB; 0 unless the project asks for
        it (`dualgig.radio.clutter`).
    cover : ndarray of str, shape (pairs,)
        Class of land cover at the point, empty where none is known.
    """

    site: NDArray[np.int64]
    point: NDArray[np.int64]
    bands: tuple[str, ...]
    uplink: tuple[int, ...]
    basic_db: NDArray[np.float64]
    free_db: NDArray[np.float64]
    bearing_deg: NDArray[np.float64]
    departure_deg: NDArray[np.float64]
    arrival_deg: NDArray[np.float64]
    clutter_db: NDArray[np.float64]
    cover: NDArray[np.object_]


def bands_used(project: Project) -> tuple[str, ...]:
    """Bands of the configurations, those of the larger radius caps first."""
    used = {band for configuration in project.configurations for band in configuration.bands}
    return tuple(sorted(used, key=lambda band: (-project.radio.bands[band].radius_km, band)))


def radio_paths(
    region: Region,
    points: pd.DataFrame,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
    *,
    sites: NDArray[np.bool_] | None = None,
    wanted: NDArray[np.bool_] | None = None,
    uplink: bool | None = None,
) -> Paths:
    """Losses from every site to every radio point within the radius caps, by exact profiles.

    The pairs of a larger cap are computed for the bands that reach so far only; the geometry of a
    path is shared by its bands.

    Parameters
    ----------
    points
        Radio points, columns ``x_m``, ``y_m``.
    pairs
        Rows of sites and points to compute instead, in every band, whatever the caps.
    sites, wanted
        Which sites and which points are asked for, shape (sites,) and (points,); all where absent.
    uplink
        Whether uplinks at a frequency of their own are computed too; where they are tested, if absent.

    Raises
    ------
    ProjectError
        ``radio.model`` is not stated for the height of a mast.
    """
    radio = region.project.radio
    bands = bands_used(region.project)
    radius_m = np.array([radio.bands[band].radius_km * 1000.0 for band in bands])
    both_ways = radio.uplink_mbps is not None if uplink is None else uplink
    frequency_ghz, column_band, uplink_column = _columns(radio, bands, both_ways=both_ways)
    sites_xy = region.xy_m(region.sites)
    points_xy = points[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    site, point = pairs or _pairs(sites_xy, points_xy, float(radius_m.max(initial=0.0)), sites, wanted)
    distance_m = np.hypot(*(sites_xy[site] - points_xy[point]).T)
    if pairs is not None:
        radius_m = np.full(len(bands), distance_m.max(initial=0.0))
    basic_db, free_db = np.full((2, len(site), len(frequency_ghz)), np.nan)
    departure_deg, arrival_deg = np.full((2, len(site)), np.nan)
    clutter_db = np.zeros((len(site), len(frequency_ghz)))
    if radio.clutter_loss == "p2108":
        clutter_db = clutter_loss_db(region.terrain, points_xy, point, distance_m, frequency_ghz)
    cover = region.terrain.clutter_at(points_xy[:, 0], points_xy[:, 1])[point]
    edges = np.unique(radius_m)
    for inner, outer in zip([-1.0, *edges[:-1]], edges, strict=True):
        ring = np.flatnonzero((distance_m > inner) & (distance_m <= outer))
        reaching = np.flatnonzero(radius_m[column_band] >= outer)
        if not len(ring):
            continue
        losses = _losses(region, sites_xy, points_xy, site[ring], point[ring], frequency_ghz[reaching])
        basic_db[np.ix_(ring, reaching)] = losses.basic_db
        free_db[np.ix_(ring, reaching)] = losses.free_space_db
        departure_deg[ring], arrival_deg[ring] = losses.departure_deg, losses.arrival_deg
    return Paths(
        site=site,
        point=point,
        bands=bands,
        uplink=uplink_column,
        basic_db=basic_db,
        free_db=free_db,
        bearing_deg=bearings_deg(region, site, points_xy[point]),
        departure_deg=departure_deg,
        arrival_deg=arrival_deg,
        clutter_db=clutter_db,
        cover=cover,
    )


def _pairs(
    sites_xy: NDArray[np.float64],
    points_xy: NDArray[np.float64],
    radius_m: float,
    sites: NDArray[np.bool_] | None,
    wanted: NDArray[np.bool_] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the sites and points asked for that lie within a radius."""
    site_rows = np.arange(len(sites_xy)) if sites is None else np.flatnonzero(sites)
    point_rows = np.arange(len(points_xy)) if wanted is None else np.flatnonzero(wanted)
    site, point = pairs_within(sites_xy[site_rows], points_xy[point_rows], radius_m)
    return site_rows[site], point_rows[point]


def _columns(
    radio: Radio, bands: tuple[str, ...], *, both_ways: bool
) -> tuple[NDArray[np.float64], NDArray[np.int64], tuple[int, ...]]:
    """Frequency of each column, GHz, the band that it belongs to, and each band's uplink column."""
    frequency_ghz = [radio.bands[band].frequency_mhz / 1000.0 for band in bands]
    column_band = list(range(len(bands)))
    uplink = list(range(len(bands)))
    for b, band in enumerate(bands):
        uplink_mhz = radio.bands[band].uplink_mhz
        if both_ways and uplink_mhz is not None:
            uplink[b] = len(frequency_ghz)
            frequency_ghz.append(uplink_mhz / 1000.0)
            column_band.append(b)
    return np.array(frequency_ghz), np.array(column_band, np.int64), tuple(uplink)


def _losses(
    region: Region,
    sites_xy: NDArray[np.float64],
    points_xy: NDArray[np.float64],
    site: NDArray[np.int64],
    point: NDArray[np.int64],
    frequency_ghz: NDArray[np.float64],
) -> PathLosses:
    """Losses of some pairs under the model of the project."""
    radio, mast_m = region.project.radio, region.sites["mast_m"].to_numpy(dtype=np.float64)
    ends = (sites_xy, mast_m, points_xy, radio.receiver_height_m, site, point, frequency_ghz)
    if radio.model == "p1812":
        return path_losses(region.terrain, *ends, delta_n=radio.delta_n, polarisation=radio.polarisation)
    least_m, most_m = MAST_M[radio.model]
    wrong = region.sites.index[(mast_m < least_m) | (mast_m > most_m)]
    if len(wrong):
        raise ProjectError(
            f"{region.project.path.name}: radio.model: {radio.model} is stated for antennas from {least_m:g} to "
            f"{most_m:g} m, and {listed(wrong, 5)} are outside; correct their mast_m or write p1812."
        )
    return flat_path_losses(radio.model, *ends)
