"""How far the region's sites reach: margins over the threshold at the radio points, by band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.budget import link_budget
from dualgig.radio.clutter import clutter_loss_db
from dualgig.radio.paths import pairs_within, path_losses

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from dualgig.region.model import Region


@dataclass(frozen=True)
class Reach:
    """Margins over the threshold from sites to points, sparse and by band.

    Attributes
    ----------
    site, point : ndarray of int64, shape (pairs,)
        Rows of the region's sites and of the radio points; sorted by site, then point.
    bands : tuple of str
        Bands of the columns.
    margin_db : ndarray of float32, shape (pairs, bands)
        Planning margin: 0 or more is served; -inf beyond the band's radius cap or off the terrain.
    clear_db : ndarray of float32, shape (pairs, bands)
        The same margin in free space, the reason's counterfactual.
    """

    site: NDArray[np.int64]
    point: NDArray[np.int64]
    bands: tuple[str, ...]
    margin_db: NDArray[np.float32]
    clear_db: NDArray[np.float32]


@dataclass(frozen=True)
class Paths:
    """Propagation from sites to points, before any link budget.

    Attributes
    ----------
    site, point : ndarray of int64, shape (pairs,)
        Rows of the region's sites and of the radio points.
    bands : tuple of str
        Bands of the columns.
    basic_db, free_db : ndarray of float64, shape (pairs, bands)
        Median basic loss and loss in free space, dB; NaN beyond the band's radius cap or off the terrain.
    departure_deg, arrival_deg : ndarray of float64, shape (pairs,)
        Elevation of the path at the site and at the point, degrees.
    clutter_db : ndarray of float64, shape (pairs, bands)
        What buildings around the point add where no profile holds them, dB; 0 unless the project asks for
        it (`dualgig.radio.clutter`).
    cover : ndarray of str, shape (pairs,)
        Class of land cover at the point, empty where none is known.
    """

    site: NDArray[np.int64]
    point: NDArray[np.int64]
    bands: tuple[str, ...]
    basic_db: NDArray[np.float64]
    free_db: NDArray[np.float64]
    departure_deg: NDArray[np.float64]
    arrival_deg: NDArray[np.float64]
    clutter_db: NDArray[np.float64]
    cover: NDArray[np.object_]


def radio_reach(region: Region, points: pd.DataFrame) -> Reach:
    """Margins from every site to every radio point within the radius caps."""
    return reach_of(region, radio_paths(region, points))


def radio_paths(region: Region, points: pd.DataFrame) -> Paths:
    """Losses from every site to every radio point within the radius caps.

    The pairs of a larger cap are computed for the bands that reach so far only; the geometry of a
    path is shared by its bands.
    """
    radio = region.project.radio
    used = {band for configuration in region.project.configurations for band in configuration.bands}
    bands = tuple(sorted(used, key=lambda band: (-radio.bands[band].radius_km, band)))
    radius_m = np.array([radio.bands[band].radius_km * 1000.0 for band in bands])
    sites_xy = region.xy_m(region.sites)
    points_xy = points[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    mast_m = region.sites["mast_m"].to_numpy(dtype=np.float64)
    site, point = pairs_within(sites_xy, points_xy, float(radius_m.max(initial=0.0)))
    distance_m = np.hypot(*(sites_xy[site] - points_xy[point]).T)
    basic_db, free_db = np.full((2, len(site), len(bands)), np.nan)
    departure_deg, arrival_deg = np.full((2, len(site)), np.nan)
    clutter_db = np.zeros((len(site), len(bands)))
    if radio.clutter_loss == "p2108":
        frequency_ghz = [radio.bands[band].frequency_mhz / 1000.0 for band in bands]
        clutter_db = clutter_loss_db(region.terrain, points_xy, point, distance_m, frequency_ghz)
    cover = region.terrain.clutter_at(points_xy[:, 0], points_xy[:, 1])[point]
    edges = np.unique(radius_m)
    for inner, outer in zip([-1.0, *edges[:-1]], edges, strict=True):
        ring = np.flatnonzero((distance_m > inner) & (distance_m <= outer))
        reaching = np.flatnonzero(radius_m >= outer)
        if not len(ring):
            continue
        losses = path_losses(
            region.terrain,
            sites_xy,
            mast_m,
            points_xy,
            radio.receiver_height_m,
            site[ring],
            point[ring],
            np.array([radio.bands[bands[b]].frequency_mhz / 1000.0 for b in reaching]),
            delta_n=radio.delta_n,
            polarisation=radio.polarisation,
        )
        basic_db[np.ix_(ring, reaching)] = losses.basic_db
        free_db[np.ix_(ring, reaching)] = losses.free_space_db
        departure_deg[ring], arrival_deg[ring] = losses.departure_deg, losses.arrival_deg
    return Paths(site, point, bands, basic_db, free_db, departure_deg, arrival_deg, clutter_db, cover)


def reach_of(region: Region, paths: Paths) -> Reach:
    """Margins that the link budgets leave on some paths."""
    budgets = [link_budget(region.project.radio, band) for band in paths.bands]
    margin, clear = np.empty((2, *paths.basic_db.shape), np.float32)
    for b, budget in enumerate(budgets):
        margin[:, b] = _finite(budget.margin_db(paths.basic_db[:, b] + paths.clutter_db[:, b]))
        clear[:, b] = _finite(budget.margin_db(paths.free_db[:, b] + paths.clutter_db[:, b]))
    return Reach(paths.site, paths.point, paths.bands, margin, clear)


def _finite(margin_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """Margins with NaN (beyond the cap, off the terrain) as -inf."""
    return np.where(np.isnan(margin_db), -np.inf, margin_db)
