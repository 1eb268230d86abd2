"""Level of the best server at any points, before and after a plan: what the map's raster shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from dualgig.propagation import radio_paths
from dualgig.radio.budget import cover_offset_db, link_budget
from dualgig.radio.profile import grid_places
from dualgig.radio.raster import best_server
from dualgig.reach import band_margins
from dualgig.swept import site_antennas

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.plan import Plan
    from dualgig.region.model import Region

NEAREST_SITES = 12
"""Sites on air that are tried for a point, the nearest within the radius caps."""

MOST_SWEPT = 2e8
"""Cells around sites, in each band on air there, up to which they are swept: tens of seconds on one core."""


def best_server_dbm(
    plan: Plan, points_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median SS-RSRP of the best server at points, over all bands on air, before and after the plan.

    The link budgets, antennas and propagation model are the project's (`dualgig.reach.band_margins`).
    Of the sites on air the `NEAREST_SITES` nearest are tried, each band within its radius cap; where the
    sweep predicted and not too many cells are to be swept, all of them, in the centres of the cells.

    Parameters
    ----------
    plan
        The plan.
    points_m
        Shape (points, 2), metres of the region's metric CRS.

    Returns
    -------
    before, after : numpy.ndarray
        float64, shape (points,), dBm; -inf where no site is near enough or the terrain is not known.
    """
    region = replace(plan.region, sites=plan.sites)
    sites_m = region.xy_m(plan.sites)
    on_air = [bands_on_air(plan, time) for time in ("before", "after")]
    if _sweeps(plan, on_air[1]):
        before = _swept_dbm(region, on_air[0], bands_of(plan), points_m)
        added = _swept_dbm(region, on_air[1] & ~on_air[0], bands_of(plan), points_m)
        return before, np.maximum(before, added)
    pairs = [_nearest(plan, sites_m, bands.any(axis=1), points_m) for bands in on_air]
    site, point = np.unique(np.concatenate(pairs), axis=0).T
    best = [np.full(len(points_m), -np.inf) for _ in on_air]
    if not len(site):
        return best[0], best[1]
    points = pd.DataFrame({"x_m": points_m[:, 0], "y_m": points_m[:, 1]})
    paths = radio_paths(region, points, (site, point))
    distance_m = np.hypot(*(sites_m[site] - points_m[point]).T)
    names = bands_of(plan)
    for column, name in enumerate(paths.bands):
        level = band_margins(region, paths, column, None).rsrp_dbm
        reached = np.isfinite(level) & (distance_m <= region.project.radio.bands[name].radius_km * 1000.0)
        for levels, bands in zip(best, on_air, strict=True):
            heard = reached & bands[site, names.index(name)]
            np.maximum.at(levels, point[heard], level[heard])
    return best[0], best[1]


def _sweeps(plan: Plan, on_air: NDArray[np.bool_]) -> bool:
    """Whether the sweep draws the picture: it predicted, knows all losses, and has not too much to do."""
    radio, about = plan.region.project.radio, plan.prediction
    if about is None or about.method != "sweep" or radio.clutter_loss != "none":
        return False
    radius_m = 1000.0 * np.array([radio.bands[name].radius_km for name in bands_of(plan)])
    cells = np.pi * (radius_m / plan.region.terrain.cell_m) ** 2
    return bool((on_air * cells).sum() <= MOST_SWEPT)


def _swept_dbm(
    region: Region, on_air: NDArray[np.bool_], names: tuple[str, ...], points_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Level of the best of the sites on air in the cells of the points, dBm; -inf where nothing is heard."""
    terrain, radio, sites_m = region.terrain, region.project.radio, region.xy_m(region.sites)
    cell = np.rint(grid_places(terrain, points_m)).astype(np.int64)
    known = ((cell >= 0) & (cell < terrain.height_m.shape[::-1])).all(axis=1)
    cover = terrain.clutter_at(points_m[:, 0], points_m[:, 1])
    best = np.full(len(points_m), -np.inf)
    for column, name in enumerate(names):
        rows = np.flatnonzero(on_air[:, column])
        if not len(rows):
            continue
        budget = link_budget(radio, name)
        raster = best_server(
            terrain,
            sites_m[rows],
            region.sites["mast_m"].to_numpy(dtype=np.float64)[rows],
            radio.receiver_height_m,
            [budget],
            1000.0 * radio.bands[name].radius_km,
            antennas=site_antennas(region, rows, [name], [budget.frequency_ghz]),
            delta_n=radio.delta_n,
            polarisation=radio.polarisation,
        )
        level = np.full(len(points_m), -np.inf)
        level[known] = raster.rsrp_dbm[0, cell[known, 1], cell[known, 0]]
        level += cover_offset_db(radio, name, cover)
        best = np.fmax(best, level)
    return best


def bands_of(plan: Plan) -> tuple[str, ...]:
    """Bands of the project's configurations, in the order of the file."""
    return tuple(dict.fromkeys(band for one in plan.region.project.configurations for band in one.bands))


def bands_on_air(plan: Plan, time: str) -> NDArray[np.bool_]:
    """Which bands are on air at each site, shape (sites, bands), in the order of `bands_of`.

    Parameters
    ----------
    plan
        The plan.
    time
        ``before`` or ``after``.
    """
    bands = {one.id: one.bands for one in plan.region.project.configurations}
    names, table = bands_of(plan), plan.sites
    built = table["built"].tolist() if time == "after" else [""] * len(table)
    together = [
        (*today, *(one for one in new.split(";") if one))
        for today, new in zip(table["on_air"].tolist(), built, strict=True)
    ]
    known = {
        some: [any(name in bands.get(one, ()) for one in some) for name in names] for some in set(together)
    }
    return np.array([known[some] for some in together], bool).reshape(len(table), len(names))


def _nearest(
    plan: Plan, sites_m: NDArray[np.float64], live: NDArray[np.bool_], points_m: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Rows of sites and points, shape (pairs, 2): for each point the nearest sites on air within the caps."""
    rows = np.flatnonzero(live)
    if not len(rows) or not len(points_m):
        return np.empty((0, 2), np.int64)
    cap_m = 1000.0 * max(plan.region.project.radio.bands[name].radius_km for name in bands_of(plan))
    ranks = range(1, min(NEAREST_SITES, len(rows)) + 1)
    _, found = cKDTree(sites_m[rows]).query(points_m, k=ranks, distance_upper_bound=cap_m)
    point, rank = np.nonzero(found < len(rows))
    return np.column_stack([rows[found[point, rank]], point]).astype(np.int64)
