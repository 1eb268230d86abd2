"""What the report says first and proves last: verdict, key figures, goals, what is built, proof."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dualgig.export.tables import cost_lines, nodes, routes, sites
from dualgig.text import CATALOGUE, say
from dualgig.text.numbers import count, gap_text, money, percent

if TYPE_CHECKING:
    from dualgig.plan import Plan, Stage
    from dualgig.project import Language

BUILT_STATES = ("new", "upgraded")

COST_STAGES = ("duty_cost", "least_cost")
"""Stages whose value is money."""


def verdict(plan: Plan) -> dict[str, str]:
    """The plan in one sentence, and a second one on what it brings."""
    language = plan.region.project.project.language
    missed = sum(not score.met for score in plan.scoreboard)
    goals = len(plan.scoreboard)
    if plan.stages:
        sentence = say(
            language,
            f"report.verdict.{plan.duty}",
            cost=money(language, plan.cost_cny),
            budget=money(language, plan.budget_cny),
            shortage=money(language, plan.shortage_cny),
            share=percent(plan.cost_cny / plan.budget_cny) if plan.budget_cny else percent(1.0),
            missed=missed,
            goals=goals,
        )
    else:
        sentence = say(language, "report.verdict.today", met=goals - missed, goals=goals)
    before, after = plan.coverage["before"], plan.coverage["after"]
    outcome = say(
        language,
        "report.outcome",
        villages=count(after["villages"]),
        before_5g=count(before["villages_5g"]),
        after_5g=count(after["villages_5g"]),
        before_gigabit=count(before["villages_gigabit"]),
        after_gigabit=count(after["villages_gigabit"]),
    )
    return {"sentence": sentence, "outcome": outcome}


def facts(plan: Plan) -> list[dict[str, str]]:
    """Key figures: label, figure, and a note under it."""
    language = plan.region.project.project.language
    new, upgraded = (int((plan.sites["state"] == state).sum()) for state in ("new", "upgraded"))
    node_count = int(plan.nodes["state"].isin(BUILT_STATES).sum())
    trench_km = float(plan.routes["new_km"].sum())
    budget = money(language, plan.budget_cny)
    if not plan.stages:
        proof_note = say(language, "report.fact.proof.none")
    elif plan.gap == 0:
        proof_note = say(language, "report.fact.proof.gap", gap="0")
    else:
        proof_note = say(language, "report.fact.proof.gap", gap=gap_text(plan.gap))
    rows = [
        ("cost", money(language, plan.cost_cny), say(language, "report.fact.cost.note", budget=budget)),
        (
            "sites",
            count(new + upgraded),
            say(language, "report.fact.sites.note", new=count(new), upgraded=count(upgraded)),
        ),
        (
            "fibre",
            f"{trench_km:,.1f} km",
            say(language, "report.fact.fibre.note", nodes=count(node_count)),
        ),
        ("proof", say(language, f"status.{plan.status}") if plan.stages else "–", proof_note),
    ]
    return [
        {"label": say(language, f"report.fact.{key}"), "figure": figure, "note": note}
        for key, figure, note in rows
    ]


def scoreboard(plan: Plan) -> list[dict[str, Any]]:
    """Goals with the widths of their bars, percent of the places."""
    rows = []
    for score in plan.scoreboard:
        places = max(score.places, 1)
        rows.append(
            {
                "goal": score.goal,
                "required": score.required,
                "places": score.places,
                "needed": score.needed,
                "before": score.before,
                "achieved": score.achieved,
                "met": score.met,
                "short": score.short,
                "cost_cny": score.cost_to_meet_cny,
                "before_width": 100 * min(score.before, score.achieved) / places,
                "achieved_width": 100 * score.achieved / places,
                "needed_at": 100 * score.needed / places,
            }
        )
    return rows


def built(plan: Plan, listed: int) -> dict[str, dict[str, Any]]:
    """What is built, the dearest first: up to ``listed`` rows a kind, and how many more there are."""
    lines = cost_lines(plan)
    site_rows = sites(plan)
    node_rows = nodes(plan)
    route_rows = routes(plan)
    links = lines[lines["option"].str.startswith("link:")] if len(lines) else lines
    villages = links.groupby(["item", "item_name"])["amount_cny"].sum().rename("cost_cny").reset_index()
    villages["node_name"] = villages["item"].map(plan.villages["olt"]).map(plan.nodes["name"]).fillna("")
    villages["cable_km"] = villages["item"].map(plan.villages["cable_km"])
    villages["township_name"] = (
        villages["item"].map(plan.villages["township"]).map(plan.townships["name"]).fillna("")
    )
    if plan.years:
        villages["year"] = villages["item"].map(links.groupby("item")["year"].max())
    tables = {
        "sites": site_rows[site_rows["state"].isin(BUILT_STATES)],
        "nodes": node_rows[node_rows["state"].isin(BUILT_STATES)],
        "links": villages,
        "routes": route_rows[route_rows["new_km"] > 0],
    }
    result = {}
    for name, table in tables.items():
        dearest = table.sort_values("cost_cny", ascending=False, kind="stable").head(listed)
        if plan.years:
            dearest = dearest.assign(year=dearest["year"].astype("Int64").astype("string").fillna(""))
        result[name] = {
            "rows": dearest.to_dict("records"),
            "count": len(table),
            "more": max(len(table) - listed, 0),
        }
    return result


def proof(plan: Plan) -> dict[str, Any]:
    """Stages in words, and the headline."""
    language = plan.region.project.project.language
    rows = [
        {
            "stage": _stage_words(language, stage.stage),
            "sense": stage.sense,
            "value": _stage_figure(language, stage, stage.value),
            "bound": _stage_figure(language, stage, stage.bound),
            "gap": gap_text(stage.gap),
            "method": _method_words(language, stage.method),
        }
        for stage in plan.stages
    ]
    return {
        "stages": rows,
        "status": say(language, f"status.{plan.status}"),
        "gap": gap_text(plan.gap),
        "fibre": plan.region.roads is not None,
        "village_worth": plan.region.project.objective.villages,
        "person_worth": plan.region.project.objective.people,
    }


def _stage_words(language: Language, stage: str) -> str:
    """A stage's name, with the level of its duties where it has one (``reach_0``), or its balance's number."""
    name, level = re.fullmatch(r"(.+?)(?:_(-?\d+))?", stage).groups()  # type: ignore[union-attr]
    key = f"report.stage.{name}"
    if key not in CATALOGUE:
        return stage
    words = say(language, key)
    if name == "balance" and level is not None:
        return f"{words} {int(level) + 1}"
    if level is not None and f"report.level.{level}" in CATALOGUE:
        words += say(language, "report.colon") + say(language, f"report.level.{level}")
    return words


def _stage_figure(language: Language, stage: Stage, figure: int) -> str:
    """A stage's figure in full: rounded, a value and its bound would look equal when they are not."""
    return (
        say(language, "report.proof.cny", amount=count(figure))
        if stage.stage in COST_STAGES
        else count(figure)
    )


def _method_words(language: Language, method: str) -> str:
    key = f"report.method.{method}"
    return say(language, key) if key in CATALOGUE else method
