"""The Plan's tables from a solution: places, sites, nodes, routes, cost lines, scoreboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dualgig.cobuilding import TENANCY
from dualgig.ledger import counted, ledger_of
from dualgig.options import link_option
from dualgig.phases import first_served
from dualgig.project import SERVICES
from dualgig.region.model import BUILD_TYPES
from dualgig.served import any_on_air, bands_on_air, counts, fibre_service, radio_service
from dualgig.siting.explain import sole_service
from dualgig.siting.problem import serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.formulate import Places
    from dualgig.phases import Timeline
    from dualgig.predict import Coverage
    from dualgig.region.model import Region
    from dualgig.siting.problem import SitingProblem

NO_COST = -1
"""Marks a gap that nothing would serve in the tables of costs."""


def place_tables(
    coverage: Coverage,
    problem: SitingProblem,
    places: Places,
    timeline: Timeline,
    reason: NDArray[np.object_],
    cost_cny: NDArray[np.int64],
    doubts: dict[str, NDArray[np.bool_]],
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Townships and villages with what is served before and after, as `dualgig.plan.Plan` says.

    Parameters
    ----------
    timeline
        When each option is built.
    reason, cost_cny
        Per place of the problem; `NO_COST` where nothing would serve it.
    doubts
        Column -> per place of the problem, what makes its 5G doubtful: ``fragile``, ``interfered``.
    """
    region, chosen = coverage.region, timeline.chosen
    before = serve(problem, np.zeros(len(chosen), np.bool_))[1]
    after = serve(problem, chosen)[1]
    year = first_served(problem, timeline) if timeline.years else None
    duty = np.zeros(len(after), np.bool_)
    for goal in problem.goals:
        duty[goal.places] = True
    tables = {"township": region.townships.copy(), "village": region.villages.copy()}
    for service in SERVICES:
        verdict = counted(region, service)
        for level, table in tables.items():
            rows = places.slice(service, level)
            table[f"before_{service}"] = before[rows]
            table[f"after_{service}"] = after[rows]
            table[f"duty_{service}"] = duty[rows]
            table[f"source_{service}"] = ["ledger" if str(p) in verdict else "predicted" for p in table.index]
            table[f"reason_{service}"] = reason[rows].astype(str)
            missing = cost_cny[rows] == NO_COST
            table[f"cost_{service}_cny"] = pd.array(cost_cny[rows], dtype="Int64")
            table.loc[missing, f"cost_{service}_cny"] = pd.NA
            if year is not None:
                table[f"year_{service}"] = timeline.labels(year[rows])
    for level, table in tables.items():
        for column, doubtful in doubts.items():
            table[column] = doubtful[places.slice("5g", level)]
    radio = radio_service(coverage, chosen).iloc[len(region.townships) :]
    for column in radio.columns:
        tables["village"][column] = radio[column].to_numpy()
    fibre = fibre_service(coverage, chosen)
    tables["village"]["olt"] = fibre["olt"]
    tables["village"]["cable_km"] = fibre["cable_km"]
    return tables["township"], tables["village"]


def site_table(
    coverage: Coverage,
    problem: SitingProblem,
    places: Places,
    timeline: Timeline,
    villages: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Sites with their state after the plan, as `dualgig.plan.Plan` says."""
    region, options, chosen = coverage.region, coverage.options, timeline.chosen
    sites = region.sites.copy()
    radio = options[chosen & (options["kind"] == "radio").to_numpy()]
    built = radio.groupby("item", sort=False)["configuration"].agg(";".join)
    sites["built"] = built.reindex(sites.index, fill_value="")
    live = sites["on_air"].map(len) > 0
    has_built = sites["built"] != ""
    sites["state"] = np.select(
        [live & has_built, has_built, live], ["upgraded", "new", "existing"], default="unused"
    ).astype(str)
    on_air = bands_on_air(coverage, chosen)
    bands = coverage.reach.bands
    sites["operator"] = [
        ";".join(name for name, table in on_air.items() if table[row].any()) for row in range(len(sites))
    ]
    sites["bands"] = [
        ";".join(sorted(bands[b] for b in np.flatnonzero(row))) for row in any_on_air(coverage, chosen)
    ]
    of_site = options["kind"].isin(["structure", TENANCY, "radio"]).to_numpy()
    picked = options[chosen & of_site]
    cost = picked.groupby("item", sort=False)["cost_cny"].sum()
    sites["cost_cny"] = cost.reindex(sites.index, fill_value=0).astype(np.int64)
    served = villages[villages["after_5g"]]
    sites["villages"] = served["server"].value_counts().reindex(sites.index, fill_value=0).astype(np.int64)
    sites["alone"], sites["alone_places"] = _alone(coverage, problem, places, chosen, sites)
    if timeline.years:
        sites["year"] = _first_year(options, timeline, of_site, sites.index)
    return sites


def _first_year(
    options: pd.DataFrame, timeline: Timeline, wanted: NDArray[np.bool_], items: pd.Index
) -> pd.arrays.IntegerArray:
    """First year in which one of some options is built for each item; missing where none is."""
    built = wanted & timeline.chosen
    first = pd.Series(timeline.first[built]).groupby(options["item"].to_numpy()[built]).min()
    return timeline.labels(first.reindex(items, fill_value=-1).to_numpy(dtype=np.int64))


def _alone(
    coverage: Coverage,
    problem: SitingProblem,
    places: Places,
    chosen: NDArray[np.bool_],
    sites: gpd.GeoDataFrame,
) -> tuple[NDArray[np.int64], list[str]]:
    """Villages that would lose 5G without what is built on each site, and ids of townships and villages."""
    options = coverage.options
    row = np.where(options["kind"] == "radio", sites.index.get_indexer(pd.Index(options["item"])), -1)
    sole = sole_service(problem, chosen, row)
    radio = (sole.place < places.slice("5g", "village").stop) & (sole.place >= 0)
    group, place = sole.group[radio], sole.place[radio]
    ids = [*coverage.region.townships.index.astype(str), *coverage.region.villages.index.astype(str)]
    of_site: list[list[str]] = [[] for _ in range(len(sites))]
    for site, number in zip(group.tolist(), place.tolist(), strict=True):
        of_site[site].append(ids[number])
    villages = group[place >= places.first("5g", "village")]
    return np.bincount(villages, minlength=len(sites)), [";".join(own) for own in of_site]


def node_table(coverage: Coverage, timeline: Timeline, villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fibre nodes with their state after the plan, as `dualgig.plan.Plan` says."""
    nodes = coverage.region.nodes.copy()
    of_node = (coverage.options["kind"] == "node").to_numpy()
    options = coverage.options[timeline.chosen & of_node]
    cost = options.groupby("item", sort=False)["cost_cny"].sum()
    is_built = nodes.index.isin(cost.index)
    stands = (nodes["stands"] != "none").to_numpy()
    nodes["state"] = np.select(
        [is_built & stands, is_built, stands], ["upgraded", "new", "existing"], default="unused"
    ).astype(str)
    nodes["cost_cny"] = cost.reindex(nodes.index, fill_value=0).astype(np.int64)
    served = villages[villages["after_gigabit"]]
    nodes["villages"] = served["olt"].value_counts().reindex(nodes.index, fill_value=0).astype(np.int64)
    if timeline.years:
        nodes["year"] = _first_year(coverage.options, timeline, of_node, nodes.index)
    return nodes


def gap_table(townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    """Every place that is not served after the plan, duties first, as `dualgig.plan.Plan` says."""
    frames = []
    for level, table in (("township", townships), ("village", villages)):
        for service in SERVICES:
            rows = table[~table[f"after_{service}"]]
            frames.append(
                pd.DataFrame(
                    {
                        "id": rows.index.astype(str),
                        "name": rows["name"].to_numpy(),
                        "level": level,
                        "township": rows.index.astype(str)
                        if level == "township"
                        else rows["township"].to_numpy(),
                        "service": service,
                        "duty": rows[f"duty_{service}"].to_numpy(),
                        "reason": rows[f"reason_{service}"].to_numpy(),
                        "cost_cny": rows[f"cost_{service}_cny"].to_numpy(),
                    }
                )
            )
    gaps = pd.concat(frames, ignore_index=True)
    gaps["cost_cny"] = gaps["cost_cny"].astype("Int64")
    order = np.lexsort((gaps["service"], gaps["id"], gaps["level"], ~gaps["duty"].to_numpy(dtype=bool)))
    return gaps.iloc[order].reset_index(drop=True)


def conflict_table(region: Region, problem: SitingProblem, places: Places) -> pd.DataFrame:
    """Ledger entries that contradict the prediction.

    Parameters
    ----------
    problem
        The siting problem without the ledger: what would be predicted.
    """
    nothing = np.zeros(len(problem.option_ids), np.bool_)
    predicted = serve(problem, nothing)[1]
    rows: list[dict[str, object]] = []
    for service in SERVICES:
        verdict, ledger = counted(region, service), ledger_of(region, service)
        for level, table in (("township", region.townships), ("village", region.villages)):
            first = places.first(service, level)
            for number, place in enumerate(table.index):
                said = verdict.get(str(place))
                if said is None or said == bool(predicted[first + number]):
                    continue
                entry = ledger.loc[[place]].iloc[-1]
                rows.append(
                    {
                        "id": str(place),
                        "name": table["name"].iloc[number],
                        "service": service,
                        "predicted": bool(predicted[first + number]),
                        "ledger": said,
                        "source": entry["source"],
                        "date": entry["date"],
                    }
                )
    columns = ["id", "name", "service", "predicted", "ledger", "source", "date"]
    return pd.DataFrame(rows, columns=columns)


def coverage_counts(
    coverage: Coverage,
    problem: SitingProblem,
    places: Places,
    chosen: NDArray[np.bool_],
    fragile: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> dict[str, dict[str, int]]:
    """People, villages and townships with each service before and after, and all that there are.

    Parameters
    ----------
    fragile
        Per place of the problem, today and with the plan; see `dualgig.fragile`.
    """
    rural = (coverage.region.villages["kind"] == "village").to_numpy()
    result: dict[str, dict[str, int]] = {}
    for when, options, doubtful in zip(
        ("before", "after"), (np.zeros_like(chosen), chosen), fragile, strict=True
    ):
        told = counts(coverage, problem, places, options)
        told["villages_fragile"] = int(doubtful[places.slice("5g", "village")][rural].sum())
        result[when] = told
    return result


def route_table(coverage: Coverage, timeline: Timeline) -> gpd.GeoDataFrame:
    """Trench that the plan builds: links to villages, and uplinks of new nodes (no village)."""
    region, links, options = coverage.region, coverage.links, coverage.options
    chosen = timeline.chosen
    node_ids = [str(node) for node in region.nodes.index]
    village_ids = [str(village) for village in region.villages.index]
    lines = coverage.cost_lines
    trench = lines[lines["line"].str.startswith("trench_")]
    cost_cny = trench.groupby("option", sort=False)["amount_cny"].sum().to_dict()
    rows: list[dict[str, object]] = []
    for number in np.flatnonzero(chosen[(options["kind"] == "link").to_numpy()]):
        option = link_option(node_ids[links.node[number]], village_ids[links.village[number]])
        rows.append(
            _route(
                option,
                node_ids[links.node[number]],
                village_ids[links.village[number]],
                float(links.cable_m[number]),
                links.trench_m[number],
                int(cost_cny.get(option, 0)),
                links.polyline(int(number)),
            )
        )
    built_nodes = options.loc[chosen & (options["kind"] == "node").to_numpy(), "item"]
    for item in built_nodes:
        node = node_ids.index(item)
        option = f"node:{item}"
        rows.append(
            _route(
                str(option),
                node_ids[node],
                "",
                float(links.uplink_m[node].sum()),
                links.uplink_m[node],
                int(cost_cny.get(option, 0)),
                links.uplink_polyline(node),
            )
        )
    rows = [row for row in rows if row["new_km"]]
    columns = ["id", "node", "village", "length_km", "new_km", "build", "cost_cny", "geometry"]
    frame = pd.DataFrame(rows, columns=columns).set_index("id")
    if timeline.years:
        row = options.index.get_indexer(frame.index)
        frame.insert(6, "year", pd.Series(timeline.labels(timeline.first[row]), index=frame.index))
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=region.metric_crs).to_crs("EPSG:4326")


def _route(
    option: str,
    node: str,
    village: str,
    cable_m: float,
    trench_m: NDArray[np.float64],
    cost_cny: int,
    xy: NDArray[np.float64],
) -> dict[str, object]:
    new = [BUILD_TYPES[b] for b in range(1, len(BUILD_TYPES)) if trench_m[b] > 0]
    return {
        "id": option,
        "node": node,
        "village": village,
        "length_km": cable_m / 1000.0,
        "new_km": float(trench_m[1:].sum()) / 1000.0,
        "build": ";".join(new),
        "cost_cny": cost_cny,
        "geometry": shapely.LineString(xy) if len(xy) > 1 else shapely.LineString(),
    }
