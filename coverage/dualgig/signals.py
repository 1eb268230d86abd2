"""What reaches the points beside the budget's own lines: antennas' directions, steep entries, interference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from dualgig.options import on_air_today
from dualgig.radio.antenna import Pattern, site_gain_db, true_bearings_deg
from dualgig.radio.budget import shadow_margin_db
from dualgig.radio.interference import noise_and_interference_dbm
from dualgig.radio.rate import noise_dbm
from dualgig.radio.uplink import downlink_sinr_db, traffic_gain_dbi

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.project import Band, Radio
    from dualgig.region.model import Region

NORTHWARD_DEG = 0.001
"""How far north of a site true north is looked for, degrees of latitude."""


@dataclass(frozen=True)
class Gains:
    """What the directions of some paths take from the maximum of a site's antenna.

    Attributes
    ----------
    best_db : ndarray of float64, shape (pairs,)
        Gain of the best sector relative to its maximum, 0 or less.
    others_db : ndarray of float64, shape (pairs,)
        Power of all the site's sectors over the best one's, 0 or more.
    sector : ndarray of int64, shape (pairs,)
        The best sector's place among the site's azimuths; -1 where the site tells of none.
    """

    best_db: NDArray[np.float64]
    others_db: NDArray[np.float64]
    sector: NDArray[np.int64]


def bearings_deg(
    region: Region, site: NDArray[np.int64], to_xy_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bearings from sites to places, clockwise from true north, degrees.

    Parameters
    ----------
    site
        Shape (pairs,): rows of the region's sites.
    to_xy_m
        Shape (pairs, 2), metres of the region's CRS.
    """
    return true_bearings_deg(region.xy_m(region.sites)[site], to_xy_m, _northward_xy_m(region)[site])


def true_north_deg(region: Region) -> NDArray[np.float64]:
    """Azimuth of true north at each site, clockwise from the grid's north, degrees, shape (sites,)."""
    east, north = (_northward_xy_m(region) - region.xy_m(region.sites)).T
    return np.asarray(np.degrees(np.arctan2(east, north)))


def _northward_xy_m(region: Region) -> NDArray[np.float64]:
    """Places a little to the true north of the sites, metres, shape (sites, 2)."""
    places = region.sites.geometry
    north = gpd.GeoSeries(gpd.points_from_xy(places.x, places.y + NORTHWARD_DEG), crs=places.crs).to_crs(
        region.metric_crs
    )
    return np.column_stack([north.x.to_numpy(), north.y.to_numpy()])


def antenna_gains(
    region: Region,
    band: Band,
    site: NDArray[np.int64],
    bearing_deg: NDArray[np.float64],
    departure_deg: NDArray[np.float64],
) -> Gains:
    """What the antennas of the sites give towards some directions in a band.

    A site without azimuths radiates the maximum in every direction.

    Parameters
    ----------
    site, bearing_deg, departure_deg
        Shape (pairs,): rows of the region's sites, and directions in which the paths leave.
    """
    pattern = Pattern(horizontal_deg=band.horizontal_beamwidth_deg, vertical_deg=band.vertical_beamwidth_deg)
    best_db, others_db = np.zeros((2, len(site)))
    sector = np.full(len(site), -1)
    azimuths, tilts = region.sites["azimuths"].to_numpy(), region.sites["tilt"].to_numpy()
    order = np.argsort(site, kind="stable")
    starts = np.searchsorted(site[order], np.arange(len(azimuths) + 1))
    for row, (own_azimuths, own_tilts) in enumerate(zip(azimuths, tilts, strict=True)):
        if not own_azimuths:
            continue
        pairs = order[starts[row] : starts[row + 1]]
        best_db[pairs], total_db, sector[pairs] = site_gain_db(
            bearing_deg[pairs],
            departure_deg[pairs],
            [float(azimuth) for azimuth in own_azimuths],
            [float(tilt) for tilt in own_tilts],
            pattern,
            electrical_tilt_deg=band.electrical_tilt_deg,
        )
        others_db[pairs] = total_db - best_db[pairs]
    return Gains(best_db, others_db, sector)


def interfering_sites(region: Region, bands: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which sites interfere in which band, as ``radio.interferers`` says; bool, shape (sites, bands)."""
    sites = region.sites
    heard = np.any(np.stack(list(on_air_today(region, bands).values())), axis=0)
    if region.project.radio.interferers == "all":
        heard |= (sites["decision"] != "forbidden").to_numpy()[:, None]
    return heard


def disturbance_dbm(
    radio: Radio,
    band: str,
    point: NDArray[np.int64],
    rsrp_dbm: NDArray[np.float64],
    others_db: NDArray[np.float64],
    interfering: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Noise and interference that each path's signal meets, dBm a resource element.

    Parameters
    ----------
    point
        Shape (pairs,): rows of the radio points; all paths to a point must be there.
    rsrp_dbm
        Shape (pairs,), median SS-RSRP, dBm; not finite where nothing arrives.
    others_db
        Shape (pairs,), see `Gains`.
    interfering
        Shape (pairs,), bool: the path's site interferes in this band.
    """
    carrier = radio.bands[band]
    level_dbm = rsrp_dbm - carrier.ssb_offset_db
    return noise_and_interference_dbm(
        point,
        level_dbm,
        level_dbm + others_db,
        interfering,
        load=radio.load,
        noise_figure_db=radio.noise_figure_db,
        subcarrier_khz=carrier.subcarrier_khz,
    )


def phone_noise_dbm(radio: Radio, band: str) -> float:
    """Noise of the phone in one resource element, dBm."""
    return float(noise_dbm(1000.0 * radio.bands[band].subcarrier_khz, radio.noise_figure_db))


def needed_sinr_db(radio: Radio, band: str) -> float | None:
    """Median SS-SINR that the tests of SINR and downlink rate ask for, dB; None where neither is asked for.

    The shadow margin is in it, once: what is asked for is held at the share of locations. The rate is
    asked of the traffic beam, whose level differs from the SSB's by its gain and the SSB's power offset.
    """
    shadow_db = shadow_margin_db(radio.location_std_db, radio.location_share)
    needs = []
    if radio.sinr_threshold_db is not None:
        needs.append(radio.sinr_threshold_db + shadow_db)
    if radio.downlink_mbps is not None:
        least_db = downlink_sinr_db(radio, band, radio.downlink_mbps)
        needs.append(least_db + shadow_db - traffic_over_ssb_db(radio, band))
    return max(needs, default=None)


def traffic_over_ssb_db(radio: Radio, band: str) -> float:
    """By how much a traffic resource element is stronger than an SSB's at the phone, dB."""
    carrier = radio.bands[band]
    return traffic_gain_dbi(carrier) - carrier.ssb_gain_dbi - carrier.ssb_offset_db
