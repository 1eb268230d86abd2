"""The lists of a plan on years, targets, funds, balance between groups, and base stations."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from dualgig.plan import Plan

COUNTS = ("townships", "villages", "people")


def phases(plan: Plan) -> pd.DataFrame:
    """The years of a plan, one a row.

    Columns: ``year``, ``money_cny``, ``carried_cny``, ``spent_cny``, ``stations_built``, ``stations``,
    ``planned_elsewhere``, ``stations_wanted``, and what is served by its end: ``townships_5g``,
    ``villages_5g``, ``people_5g``, and the same for gigabit.
    """
    served = [f"{what}_{service}" for service in ("5g", "gigabit") for what in COUNTS]
    columns = [
        "year", "money_cny", "carried_cny", "spent_cny", "stations_built", "stations", "planned_elsewhere",
        "stations_wanted", *served,
    ]  # fmt: skip
    rows = [{**asdict(phase), **phase.coverage} for phase in plan.phases]
    return pd.DataFrame(rows, columns=columns).astype("Int64")


def targets(plan: Plan) -> pd.DataFrame:
    """The targets of the years, one a row.

    Columns: ``year``, ``goal``, ``service``, ``required`` (share), ``places``, ``needed``, ``before``,
    ``achieved``, ``met``, ``short``, ``cost_to_meet_cny`` (beyond what stands then), ``why`` (it is
    missed), ``least_cny`` (least cost found of it alone), ``money_to_cny`` (of the years up to it).
    """
    columns = [
        "year", "goal", "service", "required", "places", "needed", "before", "achieved", "met", "short",
        "cost_to_meet_cny", "why", "least_cny", "money_to_cny",
    ]  # fmt: skip
    rows = [
        {
            **asdict(target.score),
            "year": phase.year,
            "why": target.why,
            "least_cny": target.least_cny,
            "money_to_cny": target.money_cny,
        }
        for phase in plan.phases
        for target in phase.targets
    ]
    listed = pd.DataFrame(rows, columns=columns)
    return listed.astype({"cost_to_meet_cny": "Int64", "least_cny": "Int64"})


def funds(plan: Plan) -> pd.DataFrame:
    """The funds, one a row; the last one, without a name, is the rest of the total.

    Columns: ``fund``, ``holds_cny``, ``payable_cny``, ``pays_cny``, and what it pays by cost line as
    columns ``line.<name>``.
    """
    rows = [
        {
            "fund": fund.name or "rest",
            "holds_cny": fund.amount_cny,
            "payable_cny": fund.payable_cny,
            "pays_cny": fund.spent_cny,
        }
        for fund in plan.funds
    ]
    lines = [
        line for line in dict.fromkeys(plan.cost_lines["line"]) if any(line in f.by_line for f in plan.funds)
    ]
    listed = pd.DataFrame(rows, columns=["fund", "holds_cny", "payable_cny", "pays_cny"])
    for line in lines:
        listed[f"line.{line}"] = [fund.by_line.get(line, 0) for fund in plan.funds]
    return listed


def equity(plan: Plan) -> pd.DataFrame:
    """The rules of balance between groups, one a row.

    Columns: ``rule``, ``rule_kind``, ``group``, ``against``, ``measure``, ``required``, ``before_share``,
    ``after_share``, ``met``.
    """
    columns = [
        "rule", "rule_kind", "group", "against", "measure", "required", "before_share", "after_share", "met",
    ]  # fmt: skip
    rows = [
        (r.name, r.kind, r.group, r.against, r.measure, r.required, r.before, r.after, r.met)
        for r in plan.equity
    ]
    return pd.DataFrame(rows, columns=columns)


def stations(plan: Plan) -> pd.DataFrame:
    """Base stations by county, then in all, one a row; empty where the project says nothing of them.

    Columns: ``county``, ``station_unit``, ``before``, ``achieved``, ``planned_elsewhere``,
    ``stations_wanted`` (in all only).
    """
    columns = ["county", "station_unit", "before", "achieved", "planned_elsewhere", "stations_wanted"]
    told, about = plan.region.project.base_stations, plan.stations
    if about is None or not (told.targets or told.planned_elsewhere):
        return pd.DataFrame(columns=columns)
    rows = [
        (each.county, about.unit, each.before, each.after, each.planned_elsewhere, None)
        for each in about.counties
    ]
    total = ("total", about.unit, about.before, about.after, about.planned_elsewhere, about.wanted)
    return pd.DataFrame([*rows, total], columns=columns).astype({"stations_wanted": "Int64"})
