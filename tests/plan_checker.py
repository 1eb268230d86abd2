"""An independent check of a whole plan: service, cost, budget and locks worked out again from the inputs.

It shares the radio engine (checked against P.1812's own vectors) and nothing else: no siting model, no
formulation, no cost lines, plain loops over places.
"""

import math
from collections import defaultdict

import numpy as np
import shapely

from dualgig.radio.budget import link_budget
from dualgig.radio.paths import path_loss_db

LOW_BAND_MHZ = 1000.0


def check_plan(plan):
    """Raise AssertionError with a reason where the plan is not what its inputs make of it."""
    region = plan.region
    _check_decisions(plan)
    air = _on_air(plan)
    five_g = _radio_places(region, air)
    before = _radio_places(region, _on_air(plan, today=True))
    ledger = {(row.place, row.service): bool(row.served) for row in region.status.itertuples()}
    for level, table in (("township", plan.townships), ("village", plan.villages)):
        for place in table.index:
            said = ledger.get((place, "5g"))
            expected_before = before[place] if said is None else said
            assert table.at[place, "before_5g"] == expected_before, (level, place, "before_5g")
            if said is None:
                assert table.at[place, "after_5g"] == five_g[place], (level, place, "after_5g")
            if said is True:
                assert table.at[place, "after_5g"], (level, place, "ledger")
    _check_fibre(plan, ledger)
    cost = _cost(plan)
    assert plan.cost_cny == cost, (plan.cost_cny, cost)
    assert cost <= plan.budget_cny
    for row in plan.scoreboard:
        assert row.met == (row.achieved >= row.needed)
        assert row.needed == math.ceil(row.required * row.places - 1e-9)


def _check_decisions(plan):
    for table in (plan.sites, plan.nodes):
        built = table["state"].isin(["new", "upgraded"])
        assert not (built & (table["decision"] == "forbidden")).any()
        locked = table["decision"] == "locked"
        assert (built | (table["state"] == "existing"))[locked].all()


def _on_air(plan, *, today=False):
    """Operator -> site -> bands, from what the tables say is on air and built."""
    book = {c.id: c for c in plan.region.project.configurations}
    air = defaultdict(lambda: defaultdict(set))
    for site in plan.sites.itertuples():
        built = [] if today else [name for name in site.built.split(";") if name]
        names = [*site.on_air, *built]
        assert len({book[name].operator for name in built}) == len(built), (
            "two builds of one operator on a site"
        )
        for name in names:
            air[book[name].operator][site.Index].update(book[name].bands)
    return air


def _margins(region, air, xy):
    """Best margin of each operator at points (n, 2)."""
    radio = region.project.radio
    sites_xy = dict(zip(region.sites.index, region.xy_m(region.sites), strict=True))
    result = {}
    for operator in region.project.operators:
        best = np.full(len(xy), -np.inf)
        for site, bands in air.get(operator, {}).items():
            for band in sorted(bands):
                distance = np.hypot(*(xy - sites_xy[site]).T)
                near = np.flatnonzero(distance <= radio.bands[band].radius_km * 1000)
                if not len(near):
                    continue
                loss, _ = path_loss_db(
                    region.terrain,
                    sites_xy[site][None, :],
                    np.array([region.sites.at[site, "mast_m"]]),
                    xy[near],
                    radio.receiver_height_m,
                    np.zeros(len(near), np.int64),
                    np.arange(len(near)),
                    np.array([radio.bands[band].frequency_mhz / 1000]),
                    delta_n=radio.delta_n,
                    polarisation=radio.polarisation,
                )
                best[near] = np.fmax(best[near], link_budget(radio, band).margin_db(loss[:, 0]))
        result[operator] = best
    return result


def _radio_places(region, air):
    """5G of every place under the standards ``miit_5g`` (villages) and ``population`` (townships), any operator."""
    standards = region.project.standards
    assert (standards.village, standards.township, standards.operator) == ("miit_5g", "population", "any")
    at_key = _margins(region, air, region.xy_m(region.keypoints))
    at_demand = _margins(region, air, region.xy_m(region.demand))
    key, demand = region.keypoints, region.demand
    served = {}
    for village in region.villages.index:
        own = ((key["village"] == village) & key["kind"].isin(["committee", "school", "clinic"])).to_numpy()
        assert own.any(), village
        served[village] = any((margin[own] >= 0).all() for margin in at_key.values())
    for township in region.townships.index:
        inside = demand["village"].isin(_seat(region, township)).to_numpy()
        people = demand["weight"].to_numpy()[inside]
        need = standards.population_share * people.sum()
        served[township] = any(
            people[margin[inside] >= 0].sum() >= need - 1e-6 for margin in at_demand.values()
        )
    return served


def _seat(region, township):
    villages = region.villages[region.villages["township"] == township]
    communities = villages.index[villages["kind"] == "community"]
    if len(communities):
        return list(communities)
    seats = region.keypoints[
        (region.keypoints["kind"] == "seat") & (region.keypoints["township"] == township)
    ]
    if seats.empty:
        return list(villages.index)
    point = seats.geometry.to_crs(region.metric_crs).iloc[0]
    return [
        min(
            villages.index,
            key=lambda v: shapely.distance(villages.geometry.to_crs(region.metric_crs)[v], point),
        )
    ]


def _check_fibre(plan, ledger):
    region = plan.region
    options = plan.cost_lines["option"].unique()
    links = dict(option.split(":")[:0:-1] for option in options if option.startswith("link:"))
    built = {option.split(":")[1] for option in options if option.startswith("node:")}
    has = {}
    for village in region.villages.itertuples():
        today = ledger.get((village.Index, "gigabit"), village.fibre == "10gpon")
        assert plan.villages.at[village.Index, "before_gigabit"] == today, village.Index
        has[village.Index] = today or village.Index in links
        assert plan.villages.at[village.Index, "after_gigabit"] == has[village.Index], village.Index
        node = links.get(village.Index)
        if node is None:
            continue
        assert region.nodes.at[node, "stands"] == "10gpon" or node in built, (village.Index, node)
        if node != village.node:
            assert plan.villages.at[village.Index, "cable_km"] <= region.project.fibre.reach_km + 1e-9
    for township in region.townships.index:
        seat = _seat(region, township)
        people = region.villages.loc[seat, "population"]
        need = region.project.standards.population_share * people.sum()
        expected = people[[has[v] for v in seat]].sum() >= need - 1e-6
        if ledger.get((township, "gigabit")) is None:
            assert plan.townships.at[township, "after_gigabit"] == expected, township


def _cost(plan):
    """The bill worked out again: each option its lines, rounded to whole yuan, then contingency."""
    project = plan.region.project
    book = {name: price.amount_cny for name, price in project.costs.prices.items()}
    years = project.costs.horizon_years
    total = 0

    def pay(lines, running=()):
        base = sum(round(book[name] * quantity) for name, quantity in lines)
        later = sum(round(book[name] * quantity) for name, quantity in running)
        return base + round(base * project.costs.contingency) + later

    assert project.costs.vat == 0
    configurations = {c.id: c for c in project.configurations}
    for site in plan.sites.itertuples():
        built = [configurations[name] for name in site.built.split(";") if name]
        live = [configurations[name] for name in site.on_air]
        if built and not live:
            new = site.structure == "new"
            lines = [
                ("structure_new" if new else "structure_adapt", 1),
                ("power_site", 1),
                ("power_mains_km", site.power_km),
                ("track_km", site.track_km),
                (f"transport_{site.transport}_site", 1),
            ]
            total += pay(lines, [("rent_year_new" if new else "rent_year_existing", years)])
        for configuration in built:
            have = {band for c in live if c.operator == configuration.operator for band in c.bands}
            added = [band for band in configuration.bands if band not in have]
            low = [b for b in added if project.radio.bands[b].frequency_mhz < LOW_BAND_MHZ]
            sectors = configuration.sectors
            total += pay(
                [
                    ("radio_sector_low", len(low) * sectors),
                    ("radio_sector_mid", (len(added) - len(low)) * sectors),
                ],
                [("energy_sector_year", len(added) * sectors * years)],
            )
    fibre = plan.cost_lines[plan.cost_lines["option"].str.match("node:|link:")]
    for _, lines in fibre[~fibre["line"].isin(["contingency"])].groupby("option"):
        total += pay(list(zip(lines["line"], lines["quantity"], strict=True)))
    return total
