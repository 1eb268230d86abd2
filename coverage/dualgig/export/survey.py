"""Survey sheets (勘察表) of the new sites: what is proposed, whom it serves, where to look else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from dualgig.export.gpkg import ground_m
from dualgig.export.groups import village_points
from dualgig.export.survey_rules import azimuths, bearings, search_radius_m, sector_of, tilt_deg
from dualgig.export.tables import sites as site_list

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.export.datum import Datum
    from dualgig.plan import Plan

FALLBACKS = 3
"""Candidates that are named in place of a site."""


@dataclass(frozen=True)
class SiteSurvey:
    """What the survey sheet of one new site says.

    Parameters
    ----------
    id
        Of the site.
    facts
        One row: the site's row of the list, ``site_id`` first, with ``ground_m`` (height of the
        ground) and ``search_radius_m`` (0 where the structure stands).
    sectors
        One row a sector: ``option`` (configuration), ``operator``, ``bands``, ``sector``,
        ``azimuth_deg``, ``tilt_deg`` (missing where a height is unknown), ``villages``.
    villages
        Villages it serves, the heaviest first: ``id``, ``name``, ``population``, ``households``,
        ``distance_km``, ``bearing_deg``, ``rsrp_dbm``, ``margin_db``.
    fallbacks
        The nearest candidates that stay unused and are not forbidden: ``id``, ``name``,
        ``structure``, ``distance_km``, ``bearing_deg``, ``power_km``, ``track_km``, and the
        coordinates in the datum.
    """

    id: str
    facts: pd.DataFrame
    sectors: pd.DataFrame
    villages: pd.DataFrame
    fallbacks: pd.DataFrame


def surveys(plan: Plan, datum: Datum) -> list[SiteSurvey]:
    """The survey sheets of a plan's new sites, in the order of the table.

    Parameters
    ----------
    plan
        The plan.
    datum
        Of the coordinates.
    """
    listed = site_list(plan, datum)
    places = _places(plan)
    ground = ground_m(plan, plan.sites)
    new = np.flatnonzero((plan.sites["state"] == "new").to_numpy())
    return [_survey(plan, int(row), listed, places, float(ground[row])) for row in new]


def _places(plan: Plan) -> pd.DataFrame:
    """Villages served with 5G: where they are, over sea level, how many people, and their server."""
    points = village_points(plan)
    height = pd.Series(ground_m(plan, plan.villages), index=plan.villages.index)
    keypoints = plan.region.keypoints
    committees = (keypoints["kind"] == "committee").to_numpy()
    at_committee = pd.Series(ground_m(plan, keypoints)[committees], index=keypoints["village"][committees])
    at_committee = at_committee[~at_committee.index.duplicated()]
    places = pd.DataFrame(
        {
            "name": plan.villages["name"],
            "population": plan.villages["population"],
            "households": plan.villages["households"],
            "rsrp_dbm": plan.villages["rsrp_dbm"].round(2),
            "margin_db": plan.villages["margin_db"].round(2),
            "server": plan.villages["server"].where(plan.villages["after_5g"], ""),
            "lon": points.x,
            "lat": points.y,
            "receiver_m": at_committee.reindex(height.index).fillna(height) + _receiver_m(plan),
        }
    )
    return places.rename_axis("id").reset_index()


def _lonlat(plan: Plan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lonlat = np.asarray(shapely.get_coordinates(plan.sites.geometry.to_numpy()), dtype=np.float64)
    return lonlat[:, 0], lonlat[:, 1]


def _receiver_m(plan: Plan) -> float:
    return plan.region.project.radio.receiver_height_m


def _survey(plan: Plan, row: int, listed: pd.DataFrame, places: pd.DataFrame, ground: float) -> SiteSurvey:
    site_id = str(plan.sites.index[row])
    lon, lat = _lonlat(plan)
    azimuth, metres = bearings(lon[row], lat[row], places["lon"].to_numpy(), places["lat"].to_numpy())
    around = places.assign(bearing_deg=azimuth, distance_m=metres)
    served = around[around["server"] == site_id].sort_values(["population", "id"], ascending=[False, True])
    first = served if len(served) else around.sort_values("distance_m")
    mast_m = float(listed["mast_m"].iloc[row])
    distance = served["distance_m"].to_numpy()
    stands = listed["structure"].iloc[row] == "existing"
    radius = (
        0.0 if stands else search_radius_m(mast_m, distance, served["margin_db"].to_numpy(dtype=np.float64))
    )
    facts = (
        listed.iloc[[row]].rename(columns={"id": "site_id"}).assign(ground_m=ground, search_radius_m=radius)
    )
    return SiteSurvey(
        id=site_id,
        facts=facts.reset_index(drop=True),
        sectors=_sectors(
            plan,
            row,
            float(first["bearing_deg"].iloc[0]) if len(first) else 0.0,
            served,
            ground + mast_m,
        ),
        villages=_at_a_distance(served)[
            ["id", "name", "population", "households", "distance_km", "bearing_deg", "rsrp_dbm", "margin_db"]
        ],
        fallbacks=_fallbacks(plan, listed, row),
    )


def _sectors(plan: Plan, row: int, first_deg: float, served: pd.DataFrame, antenna_m: float) -> pd.DataFrame:
    """Azimuth and tilt of every sector of what is built, by the rules of `survey_rules`."""
    known = {configuration.id: configuration for configuration in plan.region.project.configurations}
    given = plan.sites["azimuths"].iloc[row] if "azimuths" in plan.sites else ()
    rows = []
    for name in (part for part in str(plan.sites["built"].iloc[row]).split(";") if part in known):
        configuration = known[name]
        planned = np.array([float(azimuth) for azimuth in given])
        spread = planned if len(planned) else azimuths(first_deg, configuration.sectors)
        nearest = sector_of(served["bearing_deg"].to_numpy(), spread)
        for sector, azimuth in enumerate(spread.tolist()):
            mine = served[nearest == sector]
            tilt = tilt_deg(
                antenna_m,
                mine["receiver_m"].to_numpy(),
                mine["distance_m"].to_numpy(),
                mine["population"].to_numpy(),
            )
            bands = ";".join(configuration.bands)
            rows.append((name, configuration.operator, bands, sector + 1, azimuth, tilt, len(mine)))
    columns = ["option", "operator", "bands", "sector", "azimuth_deg", "tilt_deg", "villages"]
    return pd.DataFrame(rows, columns=columns)


def _fallbacks(plan: Plan, listed: pd.DataFrame, row: int) -> pd.DataFrame:
    """The nearest candidates that could stand in; whether they serve the same villages is not known."""
    spare = ((plan.sites["state"] == "unused") & (plan.sites["decision"] != "forbidden")).to_numpy()
    lon, lat = _lonlat(plan)
    azimuth, metres = bearings(lon[row], lat[row], lon[spare], lat[spare])
    order = np.argsort(metres, kind="stable")[:FALLBACKS]
    first_coordinate = list(listed.columns).index("cost_cny") + 1
    where = [column for column in listed.columns[first_coordinate:] if not column.startswith("line.")]
    found = listed[spare].iloc[order].assign(bearing_deg=azimuth[order], distance_m=metres[order])
    columns = ["id", "name", "structure", "distance_km", "bearing_deg", "power_km", "track_km", *where]
    return _at_a_distance(found)[columns].reset_index(drop=True)


def _at_a_distance(table: pd.DataFrame) -> pd.DataFrame:
    """The table with distance and bearing as they are written."""
    bearing: NDArray[np.float64] = np.mod(np.round(table["bearing_deg"].to_numpy(dtype=np.float64)), 360.0)
    return table.assign(
        distance_km=np.round(table["distance_m"].to_numpy(dtype=np.float64) / 1000.0, 3), bearing_deg=bearing
    ).reset_index(drop=True)
