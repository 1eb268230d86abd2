"""How far the region's sites reach: margins over the threshold at the radio points, by band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.options import on_air_today
from dualgig.propagation import Paths, bands_used, radio_paths
from dualgig.radio.budget import cover_offset_db, link_budget, steep_entry_db
from dualgig.radio.uplink import uplink_budget
from dualgig.signals import (
    Gains,
    antenna_gains,
    disturbance_dbm,
    interfering_sites,
    needed_sinr_db,
    phone_noise_dbm,
)
from dualgig.swept import sweeps, swept_pairs

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
        Planning margin, the least of all tests: 0 or more is served; -inf beyond the band's radius cap or
        off the terrain.
    clear_db : ndarray of float32, shape (pairs, bands)
        The same margin with the path itself in free space, the counterfactual of terrain.
    quiet_db : ndarray of float32, shape (pairs, bands)
        The same margin without interference, the counterfactual of interference.
    level_db : ndarray of float32, shape (pairs, bands)
        Margin of SS-RSRP alone. Where only SS-RSRP is tested this and ``quiet_db`` are ``margin_db``.
    swept : Swept or None
        Where the sweep predicted; None where every pair is an exact path.
    """

    site: NDArray[np.int64]
    point: NDArray[np.int64]
    bands: tuple[str, ...]
    margin_db: NDArray[np.float32]
    clear_db: NDArray[np.float32]
    quiet_db: NDArray[np.float32]
    level_db: NDArray[np.float32]
    swept: Swept | None = None


@dataclass(frozen=True)
class Swept:
    """What of a `Reach` is told by exact profiles although the sweep predicted it.

    The sweep lists only pairs that serve, in the centres of the points' cells; all margins of such a pair
    are its planning margin.

    Attributes
    ----------
    exact_site : ndarray of bool, shape (sites,)
        All pairs of these sites within the caps are exact paths.
    exact_point : ndarray of bool, shape (points,)
        So are all pairs of these points.
    """

    exact_site: NDArray[np.bool_]
    exact_point: NDArray[np.bool_]


def radio_reach(region: Region, points: pd.DataFrame) -> Reach:
    """Margins from every site to every radio point within the radius caps.

    By an exact profile of every path, or by the sweep (`dualgig.swept.sweeps`). Sites on air today are
    exact in either case.
    """
    if not sweeps(region, points):
        return reach_of(region, radio_paths(region, points))
    bands = bands_used(region.project)
    live = np.any(np.stack(list(on_air_today(region, bands).values())), axis=(0, 2))
    none = Swept(np.zeros(len(region.sites), np.bool_), np.zeros(len(points), np.bool_))
    return exact_where(region, points, swept_reach(region, points, ~live), live, none.exact_point)


def swept_reach(
    region: Region, points: pd.DataFrame, sites: NDArray[np.bool_], *, beyond_db: float = 0.0
) -> Reach:
    """The pairs of some sites as the sweep sees them; parameters as for `dualgig.swept.swept_pairs`."""
    pairs = swept_pairs(region, points, sites, beyond_db=beyond_db)
    margin_db = pairs.margin_db
    none = Swept(np.zeros(len(region.sites), np.bool_), np.zeros(len(points), np.bool_))
    bands = bands_used(region.project)
    return Reach(pairs.site, pairs.point, bands, margin_db, margin_db, margin_db, margin_db, none)


def exact_where(
    region: Region,
    points: pd.DataFrame,
    reach: Reach,
    sites: NDArray[np.bool_],
    wanted: NDArray[np.bool_],
) -> Reach:
    """The same reach with the pairs of some sites, and of some points, told by exact profiles.

    Parameters
    ----------
    sites, wanted
        Which sites, shape (sites,), and which points, shape (points,).
    """
    swept = reach.swept
    if swept is None:
        return reach
    new_sites, new_points = sites & ~swept.exact_site, wanted & ~swept.exact_point
    if not (new_sites.any() or new_points.any()):
        return reach
    already = swept.exact_site[reach.site] | swept.exact_point[reach.point]
    kept = already | ~(new_sites[reach.site] | new_points[reach.point])
    known = Swept(swept.exact_site | sites, swept.exact_point | wanted)
    told = [
        reach_of(region, radio_paths(region, points, sites=new_sites, wanted=~swept.exact_point)),
        reach_of(region, radio_paths(region, points, sites=~known.exact_site, wanted=new_points)),
    ]
    return _joined(
        reach.bands, [reach, *told], [kept, *(np.ones(len(part.site), np.bool_) for part in told)], known
    )


def _joined(
    bands: tuple[str, ...], parts: list[Reach], chosen: list[NDArray[np.bool_]], swept: Swept | None
) -> Reach:
    """Some pairs of several reaches as one; arrays that are one and the same stay so."""

    def together(name: str) -> NDArray[np.float32]:
        pairs = zip(parts, chosen, strict=True)
        return np.concatenate([getattr(part, name)[rows] for part, rows in pairs])[order]

    site, point = (
        np.concatenate([getattr(part, name)[rows] for part, rows in zip(parts, chosen, strict=True)])
        for name in ("site", "point")
    )
    order = np.lexsort((point, site))
    margin_db = together("margin_db")
    clear_db, quiet_db, level_db = (
        margin_db if all(getattr(part, name) is part.margin_db for part in parts) else together(name)
        for name in ("clear_db", "quiet_db", "level_db")
    )
    return Reach(site[order], point[order], bands, margin_db, clear_db, quiet_db, level_db, swept)


def reach_of(region: Region, paths: Paths, heard: NDArray[np.bool_] | None = None) -> Reach:
    """Margins that the link budgets, the antennas and the tests of the project leave on some paths.

    Parameters
    ----------
    paths
        All paths to their points within the caps, for the sake of interference.
    heard
        Which sites interfere in which band, shape (sites, bands); as ``radio.interferers`` says where absent.
    """
    radio = region.project.radio
    shape = (len(paths.site), len(paths.bands))
    margin, clear, level = np.empty((3, *shape), np.float32)
    disturbed = needed_sinr_db(radio, paths.bands[0]) is not None if paths.bands else False
    quiet = np.empty(shape, np.float32) if disturbed else margin
    if disturbed and heard is None:
        heard = interfering_sites(region, paths.bands)
    for b in range(len(paths.bands)):
        interfering = heard[paths.site, b] if disturbed and heard is not None else None
        tested = band_margins(region, paths, b, interfering)
        level[:, b] = _finite(tested.level_db)
        margin[:, b] = _finite(tested.margin_db)
        clear[:, b] = _finite(tested.clear_db)
        quiet[:, b] = _finite(tested.quiet_db)
    if not disturbed and radio.uplink_mbps is None:
        level = margin
    return Reach(paths.site, paths.point, paths.bands, margin, clear, quiet, level)


@dataclass(frozen=True)
class BandMargins:
    """Margins of one band on some paths; every array of shape (pairs,), NaN where nothing arrives.

    Attributes
    ----------
    gains : Gains
        What the antennas give in these directions.
    steep_db : ndarray of float64
        What the paths lose more at an indoor target for not being level, dB.
    rsrp_dbm : ndarray of float64
        Median SS-RSRP, dBm.
    disturbance_dbm : ndarray of float64
        Noise and, where interference is asked after, interference on one resource element, dBm.
    level_db, uplink_db, margin_db, clear_db, quiet_db : ndarray of float64
        Margins: of SS-RSRP, of the uplink (infinite where not tested), and as in `Reach`.
    """

    gains: Gains
    steep_db: NDArray[np.float64]
    rsrp_dbm: NDArray[np.float64]
    disturbance_dbm: NDArray[np.float64]
    level_db: NDArray[np.float64]
    uplink_db: NDArray[np.float64]
    margin_db: NDArray[np.float64]
    clear_db: NDArray[np.float64]
    quiet_db: NDArray[np.float64]


def band_margins(region: Region, paths: Paths, b: int, interfering: NDArray[np.bool_] | None) -> BandMargins:
    """Margins of one band on some paths.

    Parameters
    ----------
    b
        Which of the paths' bands.
    interfering
        Shape (pairs,): which paths' sites interfere; None leaves interference aside.
    """
    radio, band = region.project.radio, paths.bands[b]
    budget = link_budget(radio, band)
    gains = antenna_gains(region, radio.bands[band], paths.site, paths.bearing_deg, paths.departure_deg)
    steep_db = steep_entry_db(radio, budget.frequency_ghz, paths.arrival_deg)
    cover_db = cover_offset_db(radio, band, paths.cover)
    beside_db = paths.clutter_db[:, b] - gains.best_db + steep_db - cover_db
    loss_db = paths.basic_db[:, b] + beside_db
    # without terrain in the model there is none to take away
    clear_db = loss_db if radio.model != "p1812" else paths.free_db[:, b] + beside_db
    level_db = margin_db = quiet_db = budget.margin_db(loss_db)
    cleared_db = budget.margin_db(clear_db)
    uplink_db = np.full(len(loss_db), np.inf)
    if radio.uplink_mbps is not None:
        up, column = uplink_budget(radio, band, radio.uplink_mbps), paths.uplink[b]
        beside_db = (
            paths.clutter_db[:, column]
            - gains.best_db
            - cover_db
            + steep_entry_db(radio, up.frequency_ghz, paths.arrival_deg)
        )
        uplink_db = up.margin_db(paths.basic_db[:, column] + beside_db)
        free_db = paths.free_db if radio.model == "p1812" else paths.basic_db
        margin_db = quiet_db = np.minimum(level_db, uplink_db)
        cleared_db = np.minimum(cleared_db, up.margin_db(free_db[:, column] + beside_db))
    rsrp_dbm = budget.rsrp_dbm(loss_db)
    noise_dbm = phone_noise_dbm(radio, band)
    disturbed_dbm = np.full(len(loss_db), noise_dbm)
    if interfering is not None:
        disturbed_dbm = disturbance_dbm(radio, band, paths.point, rsrp_dbm, gains.others_db, interfering)
    needed_db = needed_sinr_db(radio, band)
    if needed_db is not None:
        quiet_db = np.minimum(quiet_db, rsrp_dbm - noise_dbm - needed_db)
        margin_db = np.minimum(margin_db, rsrp_dbm - disturbed_dbm - needed_db)
        cleared_db = np.minimum(cleared_db, budget.rsrp_dbm(clear_db) - disturbed_dbm - needed_db)
    return BandMargins(
        gains, steep_db, rsrp_dbm, disturbed_dbm, level_db, uplink_db, margin_db, cleared_db, quiet_db
    )


def _finite(margin_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """Margins with NaN (beyond the cap, off the terrain) as -inf."""
    return np.where(np.isnan(margin_db), -np.inf, margin_db)
