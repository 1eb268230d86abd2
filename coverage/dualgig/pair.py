"""One site and one place: every line of the link budget in both directions, and the profile between them.

What a planner checks by hand. The figures are those of the plan: the same profile, loss, antenna,
interference and margin as `dualgig.reach` gives the pair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dualgig.errors import NotFoundError
from dualgig.lookup import find_place, find_site
from dualgig.options import on_air_bands
from dualgig.pair_lines import downlink_lines, interferers, sinr_lines, uplink_lines, uplink_loss
from dualgig.propagation import Paths, radio_paths
from dualgig.radio.budget import link_budget
from dualgig.radio.obstacle import Obstacle, main_obstacle, ridges
from dualgig.radio.p1812 import effective_earth_radius_km
from dualgig.radio.profile import path_clutter, path_profile
from dualgig.radio.uplink import downlink_mbps, uplink_blocks, uplink_budget, uplink_mbps
from dualgig.reach import band_margins
from dualgig.signals import interfering_sites, traffic_over_ssb_db

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.lookup import Place
    from dualgig.region.model import Region

STRONGEST = 3
"""How many interfering sites are named."""


@dataclass(frozen=True)
class Profile:
    """The ground between site and place.

    Attributes
    ----------
    distance_km, ground_m, clutter_m : ndarray of float64, shape (points,)
        Distance from the site; ground above sea level; what stands on it, 0 at both ends.
    hts_m, hrs_m : float
        Antennas above sea level, m.
    ae_km : float
        Effective earth radius, km.
    """

    distance_km: NDArray[np.float64]
    ground_m: NDArray[np.float64]
    clutter_m: NDArray[np.float64]
    hts_m: float
    hrs_m: float
    ae_km: float

    @property
    def top_m(self) -> NDArray[np.float64]:
        """Ground with what stands on it, m above sea level."""
        return np.asarray(self.ground_m + self.clutter_m)


@dataclass(frozen=True)
class BandLink:
    """One band between a site and a place.

    Attributes
    ----------
    band : str
        Its name.
    frequency_ghz, radius_km : float
        Downlink centre frequency and radius cap.
    on_air : bool
        Some operator has it on air on the site today.
    counted : bool
        The place is within the radius cap, so the plan counts this pair.
    downlink, sinr, uplink : dict of str to float
        Signed lines, each list summing to its result: median SS-RSRP, dBm; SINR of the SSB and of the
        phone's signal, both held at the share of locations, dB.
    rsrp_dbm, shadow_margin_db, threshold_dbm, level_margin_db : float
        Median SS-RSRP, what is taken off it, and what is left.
    sinr_db, uplink_sinr_db : float
        The sums of ``sinr`` and ``uplink``.
    downlink_mbps, uplink_mbps : float
        Rates at the cell edge, held at the share of locations, for a user alone in the cell, Mbit/s.
    uplink_blocks : int
        Resource blocks that the phone is given for it.
    uplink_margin_db : float or None
        Margin of the uplink rate that the project asks for.
    margin_db : float
        Margin of the least of the project's tests, as the plan has it: 0 or more is served.
    interferers : tuple of (str, float)
        The strongest interfering sites and their levels there, at the load, dBm a resource element.
    interfering : int
        How many sites interfere.
    azimuth_deg : float or None
        Boresight of the sector that serves, where the site tells of its sectors.
    obstacle : Obstacle
        What stands in the way, or comes nearest to it.
    """

    band: str
    frequency_ghz: float
    radius_km: float
    on_air: bool
    counted: bool
    downlink: dict[str, float]
    sinr: dict[str, float]
    uplink: dict[str, float]
    rsrp_dbm: float
    shadow_margin_db: float
    threshold_dbm: float
    level_margin_db: float
    sinr_db: float
    uplink_sinr_db: float
    downlink_mbps: float
    uplink_mbps: float
    uplink_blocks: int
    uplink_margin_db: float | None
    margin_db: float
    interferers: tuple[tuple[str, float], ...]
    interfering: int
    azimuth_deg: float | None
    obstacle: Obstacle


@dataclass(frozen=True)
class Link:
    """A site and a place, and every band between them, the lowest first.

    Attributes
    ----------
    region : Region
        The region.
    site, site_name : str
        Id and name of the site.
    place : Place
        Where the phone is.
    mast_m, receiver_m : float
        Antennas above ground, m.
    bearing_deg : float
        From the site, clockwise from true north.
    departure_deg, arrival_deg : float
        Elevation of the path at the site and at the place.
    profile : Profile
        The ground between them.
    ridges : ndarray of int64
        Points of the profile that a string stretched between the antennas touches.
    bands : tuple of BandLink
        The bands.
    """

    region: Region
    site: str
    site_name: str
    place: Place
    mast_m: float
    receiver_m: float
    bearing_deg: float
    departure_deg: float
    arrival_deg: float
    profile: Profile
    ridges: NDArray[np.int64]
    bands: tuple[BandLink, ...]

    @property
    def distance_km(self) -> float:
        """Length of the path, km."""
        return float(self.profile.distance_km[-1])

    def lonlat_of(self, point: int) -> tuple[float, float]:
        """Longitude and latitude of a point of the profile, degrees."""
        share = float(self.profile.distance_km[point]) / self.distance_km
        row = list(self.region.sites.index).index(self.site)
        lon, lat = (
            float(axis.iloc[row]) for axis in (self.region.sites.geometry.x, self.region.sites.geometry.y)
        )
        return lon + share * (self.place.lon - lon), lat + share * (self.place.lat - lat)


def link(region: Region, site: str, place: str, band: str | None = None) -> Link:
    """Everything between a site and a place.

    Parameters
    ----------
    region
        Checked inputs.
    site
        Id or name of a site.
    place
        Id or name of a village, township or key point, or ``lon,lat``.
    band
        Only this band; every band of the configurations where absent.

    Raises
    ------
    NotFoundError
        The site, the place or the band is not known, the two coincide, or the path leaves the elevation
        model.
    ProjectError
        ``radio.model`` is not stated for a mast.
    """
    sites = [str(known) for known in region.sites.index]
    row = sites.index(find_site(region, site))
    mast_m = float(region.sites["mast_m"].to_numpy()[row])
    where = find_place(region, place)
    point = pd.DataFrame({"x_m": [where.x_m], "y_m": [where.y_m]})
    profile = _profile(region, row, mast_m, where)
    paths = _paths(region, point, row)
    shown = sorted(
        range(len(paths.bands)), key=lambda b: region.project.radio.bands[paths.bands[b]].frequency_mhz
    )
    if band is not None:
        shown = [b for b in shown if paths.bands[b] == band]
        if not shown:
            raise NotFoundError(
                f"no configuration uses the band {band!r}; they use {', '.join(sorted(paths.bands))}."
            )
    heard = interfering_sites(region, paths.bands)
    return Link(
        region=region,
        site=sites[row],
        site_name=str(region.sites["name"].iloc[row]),
        place=where,
        mast_m=mast_m,
        receiver_m=region.project.radio.receiver_height_m,
        bearing_deg=float(paths.bearing_deg[0]),
        departure_deg=float(paths.departure_deg[0]),
        arrival_deg=float(paths.arrival_deg[0]),
        profile=profile,
        ridges=ridges(profile.distance_km, profile.top_m, profile.hts_m, profile.hrs_m, profile.ae_km),
        bands=tuple(_band(region, paths, b, heard[paths.site, b], profile) for b in shown),
    )


def _profile(region: Region, row: int, mast_m: float, place: Place) -> Profile:
    """The profile from a site to a place."""
    here = region.xy_m(region.sites.iloc[[row]])[0]
    there = np.array([place.x_m, place.y_m])
    if np.array_equal(here, there):
        raise NotFoundError(
            f"{region.sites.index[row]} stands at that very place: there is no path between them."
        )
    distance_km, ground_m = path_profile(region.terrain, here, there)
    if np.isnan(ground_m).any():
        raise NotFoundError("the path leaves the elevation model or meets cells without a height.")
    clutter_m = path_clutter(region.terrain, here, there)
    clutter_m[[0, -1]] = 0.0
    return Profile(
        distance_km,
        ground_m,
        clutter_m,
        float(ground_m[0]) + mast_m,
        float(ground_m[-1]) + region.project.radio.receiver_height_m,
        effective_earth_radius_km(region.project.radio.delta_n),
    )


def _paths(region: Region, point: pd.DataFrame, row: int) -> Paths:
    """The path from the site first, whatever the caps, then those of the others within them."""
    alone = radio_paths(region, point, (np.array([row]), np.array([0])), uplink=True)
    within = radio_paths(region, point, uplink=True)
    others = within.site != row

    def both(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(alone, name), getattr(within, name)[others]])

    arrays = {
        field.name: both(field.name) for field in fields(Paths) if field.name not in ("bands", "uplink")
    }
    return Paths(bands=alone.bands, uplink=alone.uplink, **arrays)


def _band(region: Region, paths: Paths, b: int, interfering: NDArray[np.bool_], profile: Profile) -> BandLink:
    """One band of the first path."""
    radio, name = region.project.radio, paths.bands[b]
    carrier, budget = radio.bands[name], link_budget(radio, name)
    found = band_margins(region, paths, b, interfering)
    downlink = downlink_lines(radio, budget, paths, b, found)
    sinr = sinr_lines(radio, name, budget, found)
    up = uplink_budget(radio, name, radio.uplink_mbps or 1.0)
    uplink_loss_db, beside = uplink_loss(radio, up, paths, b, found)
    blocks = int(uplink_blocks(radio, name, uplink_loss_db))
    uplink = uplink_lines(radio, up, blocks, beside)
    sector = int(found.gains.sector[0])
    azimuths = region.sites["azimuths"].iloc[int(paths.site[0])]
    levels = interferers(region, radio, name, paths, interfering, found)
    return BandLink(
        band=name,
        frequency_ghz=budget.frequency_ghz,
        radius_km=carrier.radius_km,
        on_air=any(
            name in own for own in on_air_bands(region, str(region.sites.index[paths.site[0]])).values()
        ),
        counted=float(profile.distance_km[-1]) <= carrier.radius_km,
        downlink=downlink,
        sinr=sinr,
        uplink=uplink,
        rsrp_dbm=float(found.rsrp_dbm[0]),
        shadow_margin_db=budget.shadow_margin_db,
        threshold_dbm=budget.threshold_dbm,
        level_margin_db=float(found.level_db[0]),
        sinr_db=math.fsum(sinr.values()),
        uplink_sinr_db=math.fsum(uplink.values()),
        downlink_mbps=float(
            downlink_mbps(radio, name, math.fsum(sinr.values()) + traffic_over_ssb_db(radio, name))
        ),
        uplink_mbps=float(uplink_mbps(radio, name, uplink_loss_db)),
        uplink_blocks=blocks,
        uplink_margin_db=None if radio.uplink_mbps is None else float(found.uplink_db[0]),
        margin_db=float(found.margin_db[0]),
        interferers=levels[:STRONGEST],
        interfering=len(levels),
        azimuth_deg=None if sector < 0 else float(azimuths[sector]),
        obstacle=main_obstacle(
            profile.distance_km,
            profile.top_m,
            profile.hts_m,
            profile.hrs_m,
            profile.ae_km,
            budget.frequency_ghz,
        ),
    )
