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
    _check_years(plan, ledger)
    _check_funds(plan)
    _check_equity(plan, ledger)
    check_stations(plan)


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
    terms = project.costs.co_building
    each = terms.lines if terms else ()
    for site in plan.sites.itertuples():
        built = [configurations[name] for name in site.built.split(";") if name]
        live = [configurations[name] for name in site.on_air]
        new = site.structure == "new"
        lines = [
            ("structure_new" if new else "structure_adapt", 1),
            ("power_site", 1),
            ("power_mains_km", site.power_km),
            ("track_km", site.track_km),
            (f"transport_{site.transport}_site", 1),
        ]
        running = [("rent_year_new" if new else "rent_year_existing", years)]
        if built and not live:
            total += pay(
                [line for line in lines if line[0] not in each],
                [line for line in running if line[0] not in each],
            )
        # every operator who comes pays the lines of the terms, with the discount for all who are there then
        there = len({c.operator for c in live})
        for tenant in range(there, len({c.operator for c in [*live, *built]})):
            share = _paid_together(terms, tenant + 1) - _paid_together(terms, tenant) if terms else 0
            total += pay(
                [(name, share * amount) for name, amount in lines if name in each],
                [(name, share * amount) for name, amount in running if name in each],
            )
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


def _paid_together(terms, tenants):
    """What so many tenants pay, each less its discount, the anchor a further one."""
    if tenants <= 1:
        return tenants
    discount = terms.two_tenants if tenants == 2 else terms.three_tenants
    return (tenants - 1) * (1 - discount) + (1 - discount - terms.anchor)


def _check_years(plan, ledger):
    project, lines = plan.region.project, plan.cost_lines
    if not plan.years:
        assert not plan.phases
        for table in (plan.sites, plan.nodes, plan.routes, plan.townships, plan.villages, lines):
            assert not [column for column in table.columns if str(column).startswith("year")]
        return
    assert plan.years == project.phases.years
    assert lines["year"].isin(plan.years).all()
    for table, kinds in (
        (plan.sites, ("structure", "radio", "tenancy")),
        (plan.nodes, ("node",)),
        (plan.routes, None),
    ):
        for item in table.index:
            own = lines["option"] == item
            if kinds:
                own = (lines["item"] == item) & lines["option"].str.split(":").str[0].isin(kinds)
            year = lines.loc[own, "year"].min()
            told = table.at[item, "year"]
            assert (year is told) or year == told or (np.isnan(year) and told is not None), item
    rural = plan.villages["kind"] == "village"
    counted = ~plan.townships["kind"].isin(["zone", "farm"])
    held = 0
    for number, (year, phase) in enumerate(zip(plan.years, plan.phases, strict=True)):
        standing = lines[lines["year"] <= year]
        air = _on_air(plan, today=True)
        book = {c.id: c for c in project.configurations}
        for option in standing["option"].unique():
            kind, _, rest = option.partition(":")
            if kind == "radio":
                site, _, name = rest.rpartition(":")
                air[book[name].operator][site].update(book[name].bands)
        served = _radio_places(plan.region, air)
        linked = {o.rsplit(":", 1)[1] for o in standing["option"].unique() if o.startswith("link:")}
        by_then = {}
        for level, table in (("township", plan.townships), ("village", plan.villages)):
            for service in ("5g", "gigabit"):
                by_then[level, service] = table[f"before_{service}"] | (
                    table[f"year_{service}"].fillna(9999) <= year
                )
            for place in table.index:
                said = ledger.get((place, "5g"))
                expected = served[place] if said is None else said or table.at[place, "after_5g"]
                if said is None:
                    assert by_then[level, "5g"][place] == expected, (place, year)
        for village in plan.villages.index:
            now = plan.villages.at[village, "before_gigabit"] or village in linked
            assert by_then["village", "gigabit"][village] == now, (village, year)
        spent = int(lines.loc[lines["year"] == year, "amount_cny"].sum())
        assert phase.spent_cny == spent
        for service in ("5g", "gigabit"):
            assert phase.coverage[f"villages_{service}"] == (by_then["village", service] & rural).sum()
            assert phase.coverage[f"townships_{service}"] == (by_then["township", service] & counted).sum()
        if project.phases.budget_cny:
            money = project.phases.budget_cny[number]
            carried = held if project.phases.carry_over else 0
            assert phase.carried_cny == carried
            assert spent <= money + carried, (year, spent, money, carried)
            held = money + carried - spent
        for target, asked in zip(
            phase.targets, [t for t in project.phases.targets if t.by == year], strict=True
        ):
            level, service = asked.goal.rsplit("_", 1)
            table = plan.townships if level == "township" else plan.villages
            members = {
                "township": counted,
                "priority_village": rural & plan.villages["priority"],
                "eligible_village": rural & plan.villages["eligible"],
                "village": rural,
            }[level]
            now = by_then["township" if level == "township" else "village", service]
            achieved = int((now & members).sum())
            assert (target.score.goal, target.score.achieved) == (asked.goal, achieved)
            needed = math.ceil(asked.share * members.sum() - 1e-9)
            assert target.score.met == (achieved >= needed) == (target.why == "")
            assert len(table) >= members.sum()
    assert sum(phase.spent_cny for phase in plan.phases) == plan.cost_cny


def _where(plan, option, item):
    """Township and kind of village of what a cost line is for."""
    region = plan.region
    metric = region.metric_crs
    villages = region.villages
    if option.startswith("link:"):
        village = item
    else:
        table = region.nodes if option.startswith("node:") else region.sites
        point = table.geometry.to_crs(metric)[item]
        distance = villages.geometry.to_crs(metric).distance(point)
        village = distance.index[int(np.argmin(distance.to_numpy()))]
        inside = region.townships.index[region.townships.geometry.to_crs(metric).intersects(point)]
        return (inside[0] if len(inside) else None), villages.at[village, "kind"]
    return villages.at[village, "township"], villages.at[village, "kind"]


def _check_funds(plan):
    project = plan.region.project
    assert len(plan.funds) == (len(project.funds) + 1 if project.funds else 0)
    if not plan.funds:
        return
    place = {}
    for option, item in dict(zip(plan.cost_lines["option"], plan.cost_lines["item"], strict=True)).items():
        place[option] = _where(plan, option, item)
    towns = plan.region.townships
    total = defaultdict(int)
    for use, fund in zip(plan.funds, [*project.funds, None], strict=True):
        may = defaultdict(int)
        for row in plan.cost_lines.itertuples():
            kind = row.option.split(":")[0]
            township, village_kind = place[row.option]
            rules = fund.pays if fund else None
            ok = rules is None or (
                (not rules.services or ("gigabit" if kind in ("node", "link") else "5g") in rules.services)
                and (not rules.kinds or kind in rules.kinds)
                and (not rules.lines or row.line in rules.lines)
                and (rules.places == "all" or village_kind == "village")
                and (not rules.groups or (township and towns.at[township, "group"] in rules.groups))
                and (not rules.counties or (township and towns.at[township, "county"] in rules.counties))
            )
            may[row.line] += row.amount_cny if ok else 0
        assert use.payable_cny == sum(may.values()), use.name
        assert use.spent_cny == sum(use.by_line.values()) <= use.amount_cny, use.name
        for line, amount in use.by_line.items():
            assert 0 < amount <= may[line], (use.name, line)
            total[line] += amount
    assert dict(total) == plan.cost_lines.groupby("line")["amount_cny"].sum().to_dict()


def _check_equity(plan, ledger):
    region = plan.region
    towns = region.townships
    for row, rule in zip(plan.equity, region.project.equity, strict=True):
        group = {t for t in towns.index if rule.group in (towns.at[t, "group"], towns.at[t, "county"])}
        other = set(towns.index) - group
        if rule.against not in ("", "rest"):
            other = {t for t in towns.index if rule.against in (towns.at[t, "group"], towns.at[t, "county"])}
        if rule.kind == "least_spending":
            there = sum(
                line.amount_cny
                for line in plan.cost_lines.itertuples()
                if _where(plan, line.option, line.item)[0] in group
            )
            share = there / plan.cost_cny if plan.cost_cny else 0.0
            assert row.met == (not plan.cost_cny or share >= rule.share - 1e-12)
            assert math.isclose(row.after, share, rel_tol=1e-9)
            continue
        after = [_coverage(plan, rule.measure, side, ledger) for side in (group, other)]
        if rule.kind == "least_coverage":
            assert math.isclose(row.after, after[0], rel_tol=1e-9, abs_tol=1e-12)
            assert row.met == (after[0] >= rule.share - 1e-9)
        else:
            assert math.isclose(row.after, after[1] - after[0], rel_tol=1e-9, abs_tol=1e-12)
            assert row.met == (after[1] - after[0] <= rule.share + 1e-12)


def _coverage(plan, measure, side, ledger):
    """Share of the villages or people in some townships that are served with the plan."""
    what, service = measure.split("_")
    villages = plan.villages[plan.villages["township"].isin(side)]
    if what == "villages":
        villages = villages[villages["kind"] == "village"]
        return villages[f"after_{service}"].mean() if len(villages) else 0.0
    if service == "gigabit":
        people = villages["population"].sum()
        return villages.loc[villages["after_gigabit"], "population"].sum() / people if people else 0.0
    demand = plan.region.demand
    demand = demand[demand["township"].isin(side) | demand["village"].isin(villages.index)]
    built = defaultdict(lambda: defaultdict(set))
    book = {c.id: c for c in plan.region.project.configurations}
    for site in plan.sites.itertuples():
        for name in filter(None, site.built.split(";")):
            built[book[name].operator][site.Index].update(book[name].bands)
    xy = plan.region.xy_m(demand)
    today, anew = (
        np.any([margin >= 0 for margin in _margins(plan.region, air, xy).values()], axis=0)
        for air in (_on_air(plan, today=True), built)
    )
    said = np.array([ledger.get((village, "5g"), None) for village in demand["village"]], dtype=object)
    served = np.where(said == None, today, said == True) | anew  # noqa: E711, E712 - elementwise
    people = demand["weight"].to_numpy()
    return people[served].sum() / people.sum() if people.sum() else 0.0


def check_stations(plan):
    """Raise AssertionError where the stations are not those of the sites that are on air."""
    air = _on_air(plan)
    unit = plan.region.project.base_stations.unit
    before = _on_air(plan, today=True)
    counts = []
    for which in (before, air):
        pairs = [
            (site, operator, band)
            for operator in which
            for site in which[operator]
            for band in which[operator][site]
        ]
        counts.append(
            len(
                {"site": {s for s, _, _ in pairs}, "operator": {p[:2] for p in pairs}, "band": set(pairs)}[
                    unit
                ]
            )
        )
    assert (plan.stations.before, plan.stations.after) == tuple(counts)
    assert sum(county.after for county in plan.stations.counties) == plan.stations.after
    if plan.phases:
        assert plan.phases[-1].stations == plan.stations.after
        assert sum(phase.stations_built for phase in plan.phases) == counts[1] - counts[0]
