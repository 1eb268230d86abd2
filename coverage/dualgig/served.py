"""Who serves whom once a set of options is chosen: best servers, nodes, people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.aims import UNCOUNTED_TOWNSHIPS
from dualgig.formulate import gigabit_before, people_before, radio_cover
from dualgig.ledger import counted
from dualgig.options import on_air_today
from dualgig.project import SERVICES
from dualgig.radio.budget import shadow_margin_db
from dualgig.siting.problem import serve
from dualgig.standards import operators_of_goal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.formulate import Places
    from dualgig.predict import Coverage
    from dualgig.siting.problem import SitingProblem


@dataclass(frozen=True)
class BestServer:
    """Best server of every radio point among one operator's sites on air.

    Attributes
    ----------
    margin_db : ndarray of float64, shape (points,)
        Margin over the threshold; -inf where no site reaches the point.
    site : ndarray of int64, shape (points,)
        Row of the serving site; -1 where none. Of equal margins the first site wins.
    level_db : ndarray of float64, shape (points,)
        Margin of its SS-RSRP alone; -inf where no site reaches the point.
    """

    margin_db: NDArray[np.float64]
    site: NDArray[np.int64]
    level_db: NDArray[np.float64]


def bands_on_air(coverage: Coverage, chosen: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Per operator, which band is on air on which site with the chosen options: (sites, bands)."""
    region, reach = coverage.region, coverage.reach
    row_of = {str(site): row for row, site in enumerate(region.sites.index)}
    on_air = on_air_today(region, reach.bands)
    configurations = {configuration.id: configuration for configuration in region.project.configurations}
    built = coverage.options[chosen & (coverage.options["kind"] == "radio").to_numpy()]
    for item, name in zip(built["item"], built["configuration"], strict=True):
        configuration = configurations[name]
        on_air[configuration.operator][row_of[item], [reach.bands.index(b) for b in configuration.bands]] = (
            True
        )
    return on_air


def any_on_air(coverage: Coverage, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which band any operator has on air on which site with the chosen options: (sites, bands)."""
    return np.any(np.stack(list(bands_on_air(coverage, chosen).values())), axis=0)


def best_server(coverage: Coverage, on_air: NDArray[np.bool_]) -> BestServer:
    """Best server of every radio point, given which band is on air where, (sites, bands)."""
    reach = coverage.reach
    points = len(coverage.tests.points)
    margin = np.where(on_air[reach.site], reach.margin_db, -np.inf).astype(np.float64)
    band = margin.argmax(axis=1) if margin.shape[1] else np.zeros(len(margin), np.int64)
    value = margin.max(axis=1, initial=-np.inf)
    live = np.flatnonzero(np.isfinite(value))
    order = live[np.lexsort((reach.site[live], -value[live], reach.point[live]))]
    first = np.unique(reach.point[order], return_index=True)[1]
    best = order[first]
    result = BestServer(np.full(points, -np.inf), np.full(points, -1, np.int64), np.full(points, -np.inf))
    result.margin_db[reach.point[best]] = value[best]
    result.site[reach.point[best]] = reach.site[best]
    result.level_db[reach.point[best]] = reach.level_db[best, band[best]]
    return result


def radio_service(coverage: Coverage, chosen: NDArray[np.bool_]) -> pd.DataFrame:
    """Server, SS-RSRP, margin and failing key points of every place, townships first.

    The point told of is the weakest of those that the place's test needs, under the operator whose
    coverage there is the best, or the worst where each operator is asked for. For a share of people or
    area it is the last point needed when the points are taken from the strongest on.

    Returns
    -------
    pandas.DataFrame
        One row a place, columns ``server``, ``rsrp_dbm``, ``margin_db``, ``fails``.
    """
    region, tests = coverage.region, coverage.tests
    servers = [
        best_server(coverage, on_air)
        for operator, on_air in bands_on_air(coverage, chosen).items()
        if operator in operators_of_goal(region)
    ]
    radio = region.project.radio
    margins = shadow_margin_db(radio.location_std_db, radio.location_share) + radio.threshold_dbm
    kinds = tests.points["kind"].to_numpy()
    sites = region.sites.index.astype(str)
    places = len(region.townships) + len(region.villages)
    table = pd.DataFrame(
        {"server": "", "rsrp_dbm": np.nan, "margin_db": np.nan, "fails": ""}, index=pd.RangeIndex(places)
    )
    pick = min if region.project.standards.operator == "each" else max
    indptr = tests.weights.indptr
    for test in np.flatnonzero(~tests.near):
        entries = slice(indptr[test], indptr[test + 1])
        points = tests.weights.indices[entries]
        weights = tests.weights.data[entries]
        weakest = []
        for number, server in enumerate(servers):
            order = np.argsort(-server.margin_db[points], kind="stable")
            last = order[np.searchsorted(np.cumsum(weights[order]), tests.need[test])]
            weakest.append((float(server.margin_db[points[last]]), number, int(points[last])))
        margin, number, point = pick(weakest, key=lambda told: told[0])
        server = servers[number]
        place = int(tests.place[test])
        if margin < 0:
            table.loc[place, "fails"] = ";".join(sorted(set(kinds[points[server.margin_db[points] < 0]])))
        if np.isfinite(margin):
            table.loc[place, "server"] = sites[server.site[point]]
            table.loc[place, "margin_db"] = margin
            table.loc[place, "rsrp_dbm"] = server.level_db[point] + margins
    return table


def people_served(coverage: Coverage, chosen: NDArray[np.bool_]) -> tuple[int, int]:
    """People with 5G before and after: demand points served by any operator.

    In a village on which the ledger decides, everybody or nobody is served today; there only what
    is built adds to nobody.
    """
    points = coverage.tests.points
    demand = (points["kind"] == "demand").to_numpy()
    people = points["weight"].to_numpy(dtype=np.int64)
    margin = coverage.reach.margin_db
    before = people_before(coverage, margin, counted(coverage.region, "5g"))
    built = (radio_cover(coverage, None, margin).astype(np.int32) @ chosen.astype(np.int32)) > 0
    after = before | built
    return int(people[demand & before].sum()), int(people[demand & after].sum())


def fibre_service(coverage: Coverage, chosen: NDArray[np.bool_]) -> pd.DataFrame:
    """Node and cable of every village with gigabit after the plan, in the region's order.

    Returns
    -------
    pandas.DataFrame
        One row a village, columns ``olt`` (node id or empty), ``cable_km`` (NaN where the cable
        stands already and its length is not known).
    """
    region, links = coverage.region, coverage.links
    villages = region.villages
    before = gigabit_before(region, counted(region, "gigabit"))
    olt = np.where(
        before & (villages["fibre"] == "10gpon").to_numpy(), villages["node"].to_numpy(), ""
    ).astype(object)
    cable = np.full(len(villages), np.nan)
    table = coverage.options
    is_link = (table["kind"] == "link").to_numpy()
    picked = np.flatnonzero(chosen[is_link])
    olt[links.village[picked]] = region.nodes.index.to_numpy()[links.node[picked]]
    cable[links.village[picked]] = links.cable_m[picked] / 1000.0
    return pd.DataFrame({"olt": olt.astype(str), "cable_km": cable}, index=villages.index)


def counts(
    coverage: Coverage, problem: SitingProblem, places: Places, chosen: NDArray[np.bool_]
) -> dict[str, int]:
    """People, villages and townships with each service once some options are chosen, and all that there are.

    Goals count administrative villages, and no development zones and farms; so do these counts.

    Returns
    -------
    dict
        ``people``, ``villages``, ``townships``, and with ``_5g`` and ``_gigabit`` those served.
    """
    region = coverage.region
    served = serve(problem, chosen)[1]
    rural = (region.villages["kind"] == "village").to_numpy()
    townships = ~region.townships["kind"].isin(UNCOUNTED_TOWNSHIPS).to_numpy()
    told = {
        "people": int(region.demand["weight"].sum()),
        "villages": int(rural.sum()),
        "townships": int(townships.sum()),
    }
    for service in SERVICES:
        told[f"villages_{service}"] = int(served[places.slice(service, "village")][rural].sum())
        told[f"townships_{service}"] = int(served[places.slice(service, "township")][townships].sum())
    told["people_5g"] = people_served(coverage, chosen)[1]
    gigabit = served[places.slice("gigabit", "village")]
    told["people_gigabit"] = int(region.villages["population"].to_numpy(dtype=np.int64)[gigabit].sum())
    return told
