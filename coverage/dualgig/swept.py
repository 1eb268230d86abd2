"""How far sites reach by the radial sweep: for regions too large for an exact profile of every path.

The sweep answers for the centre of the cell in which a point lies and lists only the paths that serve, so
a province fits in memory. Antennas, entry loss and calibration are those of the exact margins
(`dualgig.reach`); what stands already, and what a plan builds, is told by exact profiles afterwards
(`dualgig.confirm`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from dualgig.propagation import bands_used
from dualgig.radio.antenna import Pattern
from dualgig.radio.budget import calibration_db, cover_offset_db, link_budget, steep_entry_db
from dualgig.radio.clutter import clutter_loss_db
from dualgig.radio.pattern import ELEVATIONS, Antennas, sector_antennas
from dualgig.radio.places import demand_places, hilbert_distance
from dualgig.radio.sets import coverage_sets
from dualgig.radio.uplink import uplink_budget
from dualgig.signals import true_north_deg

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from dualgig.project import Radio
    from dualgig.radio.packed import CoverageSets
    from dualgig.radio.places import Places
    from dualgig.region.model import Region

EXACT_PATHS = 4_000_000
"""Paths up to which ``radio.method = "auto"`` takes an exact profile of each: about a gigabyte, and seconds."""

SITES_AT_ONCE = 1024
"""Sites with sectors whose patterns are tabulated at once."""

HALF_DB = 0.5
"""Margins of the sets are rounded down to whole dB: on average they are half a dB more."""


@dataclass(frozen=True)
class SweptPairs:
    """Sites and points that the sweep joins, with their margins.

    Attributes
    ----------
    site, point : ndarray of int64, shape (pairs,)
        Rows of the region's sites and of the radio points, sorted by site, then point.
    margin_db : ndarray of float32, shape (pairs, bands)
        Planning margin to half a dB, as in `dualgig.reach.Reach`; -inf where it is not listed.
    """

    site: NDArray[np.int64]
    point: NDArray[np.int64]
    margin_db: NDArray[np.float32]


@dataclass(frozen=True)
class _Carrier:
    """One frequency of a band in one direction: a budget of `coverage_sets`, whose bands are these."""

    band: str
    of_band: str
    frequency_ghz: float
    allowed_loss_db: float


def paths_within(region: Region, points: pd.DataFrame) -> int:
    """How many sites and radio points lie within the largest radius cap of each other."""
    caps_km = [region.project.radio.bands[band].radius_km for band in bands_used(region.project)]
    sites_xy, points_xy = region.xy_m(region.sites), points[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    if not (len(sites_xy) and len(points_xy)):
        return 0
    return int(cKDTree(sites_xy).count_neighbors(cKDTree(points_xy), 1000.0 * max(caps_km, default=0.0)))


def sweeps(region: Region, points: pd.DataFrame) -> bool:
    """Whether the region's radio coverage is predicted by the sweep: ``radio.method``, or by size."""
    radio = region.project.radio
    if radio.method != "auto":
        return radio.method == "sweep"
    return not needs_exact(radio) and paths_within(region, points) > EXACT_PATHS


def needs_exact(radio: Radio) -> bool:
    """Whether the project asks for what a sweep does not tell: interference, or a model without terrain."""
    return radio.model != "p1812" or radio.sinr_threshold_db is not None or radio.downlink_mbps is not None


def swept_pairs(
    region: Region, points: pd.DataFrame, sites: NDArray[np.bool_], *, beyond_db: float = 0.0
) -> SweptPairs:
    """Margins from some sites to the radio points that they serve.

    Parameters
    ----------
    points
        Radio points, columns ``x_m``, ``y_m``.
    sites
        Shape (sites,): which sites are swept.
    beyond_db
        Pairs that miss the threshold by this much are listed too, dB.
    """
    radio, bands = region.project.radio, bands_used(region.project)
    carriers = [carrier for band in bands for carrier in _carriers(radio, band)]
    sites_xy, points_xy = region.xy_m(region.sites), points[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    rows = np.flatnonzero(sites)
    if not (len(rows) and len(points_xy) and carriers):
        empty = np.empty(0, np.int64)
        return SweptPairs(empty, empty, np.empty((0, len(bands)), np.float32))
    places = demand_places(region.terrain, points_xy)
    # the cell of the terrain, from its corner on: neighbours share the tables of their antennas
    cell = np.floor((sites_xy[rows] - sites_xy.min(axis=0)) / region.terrain.cell_m).astype(np.int64)
    rows = rows[np.argsort(hilbert_distance(cell[:, 0], cell[:, 1]), kind="stable")]
    sectors = any(region.sites["azimuths"].iloc[rows].map(len))
    at_once = SITES_AT_ONCE if sectors else len(rows)
    parts = []
    for first in range(0, len(rows), at_once):
        own = rows[first : first + at_once]
        sets = coverage_sets(
            region.terrain,
            places,
            sites_xy[own],
            region.sites["mast_m"].to_numpy(dtype=np.float64)[own],
            radio.receiver_height_m,
            [_raised(carrier, radio, beyond_db) for carrier in carriers],
            [1000.0 * radio.bands[carrier.of_band].radius_km for carrier in carriers],
            antennas=site_antennas(
                region,
                own,
                [carrier.of_band for carrier in carriers],
                [carrier.frequency_ghz for carrier in carriers],
            ),
            delta_n=radio.delta_n,
            polarisation=radio.polarisation,
        )
        parts.append(_margins(region, sets, places, own, points_xy, carriers, beyond_db))
    site, point, margin_db = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.lexsort((point, site))
    return SweptPairs(site[order], point[order], margin_db[order])


def _carriers(radio: Radio, band: str) -> list[_Carrier]:
    """What a band must hold: SS-RSRP, and the uplink's rate where it is tested.

    Both directions on one frequency are one carrier with the smaller allowed loss.
    """
    down = link_budget(radio, band)
    allowed_db = down.allowed_loss_db
    carriers = []
    if radio.uplink_mbps is not None:
        up = uplink_budget(radio, band, radio.uplink_mbps)
        if up.frequency_ghz == down.frequency_ghz:
            allowed_db = min(allowed_db, up.allowed_loss_db)
        else:
            carriers.append(_Carrier(f"{band} uplink", band, up.frequency_ghz, up.allowed_loss_db))
    return [_Carrier(band, band, down.frequency_ghz, allowed_db), *carriers]


def _raised(carrier: _Carrier, radio: Radio, beyond_db: float) -> _Carrier:
    """The carrier as the sweep asks for it: with the brightest offset of any clutter, and room beyond."""
    # a rate that no path carries has an allowed loss of minus infinity
    allowed_db = max(carrier.allowed_loss_db, -1000.0) + _brightest_db(radio, carrier.of_band) + beyond_db
    return replace(carrier, allowed_loss_db=allowed_db)


def _brightest_db(radio: Radio, band: str) -> float:
    """Most that the clutter at a receiver adds to the band's own offset, dB."""
    if radio.calibration is None:
        return 0.0
    offsets = radio.calibration.clutter_offsets_db.get(band, {}).values()
    return max((offset - calibration_db(radio, band) for offset in offsets), default=0.0)


def site_antennas(
    region: Region, rows: NDArray[np.int64], bands: list[str], frequency_ghz: list[float]
) -> Antennas | None:
    """Sectors of some sites, and what indoor targets lose more on steep paths, as sweeps take them.

    Parameters
    ----------
    rows
        Which of the region's sites.
    bands, frequency_ghz
        Of each carrier its band, and its frequency, GHz.

    Returns
    -------
    Antennas or None
        None where every site gains alike in all directions.
    """
    radio, table = region.project.radio, region.sites.iloc[rows]
    own = [radio.bands[band] for band in bands]
    antennas = None
    if any(table["azimuths"].map(len)):
        antennas = sector_antennas(
            [[float(azimuth) for azimuth in azimuths] for azimuths in table["azimuths"]],
            [[float(tilt) for tilt in tilts] for tilts in table["tilt"]],
            [Pattern(band.horizontal_beamwidth_deg, band.vertical_beamwidth_deg) for band in own],
            [band.electrical_tilt_deg for band in own],
            true_north_deg=true_north_deg(region)[rows],
        )
    if radio.target == "outdoor":
        return antennas
    if antennas is None:
        antennas = Antennas(
            np.zeros((len(bands), 0, 1, ELEVATIONS), np.float32),
            np.full(len(rows), -1, np.int32),
            np.zeros(len(rows), np.float32),
        )
    # the path arrives as steeply as it leaves: so it is in sight, and nearly so behind one edge
    elevation_deg = np.linspace(-90.0, 90.0, ELEVATIONS)
    steep_db = np.stack([steep_entry_db(radio, ghz, elevation_deg) for ghz in frequency_ghz])
    omni_db = np.zeros((len(bands), 1, *antennas.gain_db.shape[2:]), np.float32)
    gain_db = np.concatenate([antennas.gain_db, omni_db], axis=1) - steep_db[:, None, None, :]
    kind = np.where(antennas.kind < 0, gain_db.shape[1] - 1, antennas.kind)
    return Antennas(gain_db.astype(np.float32), kind.astype(np.int32), antennas.turn_deg)


def _margins(
    region: Region,
    sets: CoverageSets,
    places: Places,
    rows: NDArray[np.int64],
    points_xy: NDArray[np.float64],
    carriers: list[_Carrier],
    beyond_db: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Sites, points and margins by band that some sets join."""
    radio, bands = region.project.radio, bands_used(region.project)
    placed = np.flatnonzero(places.of_point >= 0)
    found = []
    for carrier in carriers:
        joined = sets.at_points(carrier.band, places).tocoo()
        found.append((rows[joined.row] * len(points_xy) + placed[joined.col], joined.data))
    pairs = np.unique(np.concatenate([keys for keys, _ in found]))
    site, point = np.divmod(pairs, len(points_xy))
    margin_db = np.full((len(pairs), len(bands)), np.inf, np.float32)
    frequency_ghz = np.array([carrier.frequency_ghz for carrier in carriers])
    beside_db = np.zeros((len(pairs), len(carriers)))
    if radio.clutter_loss == "p2108":
        distance_m = np.hypot(*(region.xy_m(region.sites)[site] - points_xy[point]).T)
        beside_db -= clutter_loss_db(region.terrain, points_xy, point, distance_m, frequency_ghz)
    if radio.calibration is not None:
        cover = region.terrain.clutter_at(points_xy[:, 0], points_xy[:, 1])
        for column, carrier in enumerate(carriers):
            own_db = cover_offset_db(radio, carrier.of_band, cover) - _brightest_db(radio, carrier.of_band)
            beside_db[:, column] += own_db[point]
    for column, (carrier, (keys, left_db)) in enumerate(zip(carriers, found, strict=True)):
        own = np.full(len(pairs), -np.inf, np.float32)
        at = np.searchsorted(pairs, keys)
        own[at] = left_db + HALF_DB - beyond_db + beside_db[at, column]
        b = bands.index(carrier.of_band)
        margin_db[:, b] = np.minimum(margin_db[:, b], own)
    listed = (margin_db >= -beyond_db).any(axis=1)
    return site[listed], point[listed], margin_db[listed]
