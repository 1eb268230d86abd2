"""Parts of the report that explain: budget curve, where the money goes, years, funds, balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from dualgig.explained import (
    duties_text,
    duty_places,
    goal_text,
    goals_text,
    more_text,
    reach_text,
    rule_text,
    why_text,
)
from dualgig.export.curve import curve_table
from dualgig.export.tables import alone_names
from dualgig.render.curve_svg import curve_svg, duty_words
from dualgig.text import say

if TYPE_CHECKING:
    from dualgig.curve import BudgetCurve
    from dualgig.plan import Plan

MOST_ALONE = 15
"""Sites that are listed with the places that they alone serve; the workbook has them all."""

MOST_LINES = 3
"""Cost lines that are named of what a fund pays."""


def curve_part(plan: Plan, curve: BudgetCurve | None) -> dict[str, Any] | None:
    """The curve: drawing, sentences, rows of `curve_table`, whether all budgets were planned."""
    if curve is None or not curve.points:
        return None
    language = plan.region.project.project.language
    return {
        "svg": Markup(curve_svg(curve, language)),  # noqa: S704 - our own drawing, its words escaped
        "text": say(
            language, "report.curve.text", duties=duty_words(curve, language) if curve.wanted else ""
        ),
        "rows": curve_table(curve).to_dict("records"),
        "budget_cny": plan.budget_cny,
        "stopped": ""
        if curve.complete
        else say(language, "curve.stopped", done=len(curve.points), asked=curve.asked),
    }


def insight_part(plan: Plan) -> dict[str, Any] | None:
    """Duties against money, duties within reach, the dearest ones, the next million, sites that alone serve."""
    insight = plan.insight
    if insight is None:
        return None
    language = plan.region.project.project.language
    sentences = [duties_text(plan, insight)] if insight.reach else []
    sentences += filter(None, (reach_text(language, reach) for reach in insight.reach))
    if insight.more is not None:
        sentences.append(more_text(language, insight.more))
    sites = plan.sites.assign(alone_names=alone_names(plan))
    sites = sites[sites["state"].isin(["new", "upgraded"]) & (sites["alone_places"] != "")]
    sites = sites.sort_values(["alone", "cost_cny"], ascending=[False, True], kind="stable")
    return {
        "sentences": sentences,
        "reach": [
            {
                "goals": goals_text(language, reach),
                "wanted": reach.wanted,
                "reachable": reach.reachable,
                "bound": reach.bound,
            }
            for reach in insight.reach
        ],
        "dearest": [
            {
                "places": duty_places(plan, duty),
                "together": len(duty.places) > 1,
                "saving_cny": duty.saving_cny,
                "how": duty.how,
            }
            for duty in insight.dearest
        ],
        "alone": sites.head(MOST_ALONE)
        .rename_axis("id")
        .reset_index()[["id", "name", "alone", "alone_names", "cost_cny"]]
        .to_dict("records"),
        "more_alone": max(len(sites) - MOST_ALONE, 0),
    }


def phases_part(plan: Plan) -> dict[str, Any] | None:
    """The years, and their targets with the reason of each that is missed."""
    if not plan.phases:
        return None
    language = plan.region.project.project.language
    targets = [
        {
            "year": phase.year,
            "goal": goal_text(language, target.score.goal),
            "score": target.score,
            "why": why_text(language, target),
        }
        for phase in plan.phases
        for target in phase.targets
    ]
    return {
        "years": plan.phases,
        "targets": targets,
        "money": any(phase.money_cny is not None for phase in plan.phases),
        "carried": any(phase.carried_cny for phase in plan.phases),
        "wanted": any(phase.stations_wanted is not None for phase in plan.phases),
        "elsewhere": any(phase.planned_elsewhere for phase in plan.phases),
        "unit": plan.stations.unit if plan.stations is not None else "site",
    }


def funds_part(plan: Plan) -> list[dict[str, Any]]:
    """The funds, with the cost lines that each pays most of."""
    language = plan.region.project.project.language
    rows = []
    for fund in plan.funds:
        dearest = sorted(fund.by_line, key=lambda line: (-fund.by_line[line], line))[:MOST_LINES]
        rows.append(
            {
                "name": fund.name or say(language, "report.funds.rest"),
                "fund": fund,
                "left_cny": fund.amount_cny - fund.spent_cny,
                "lines": [(line, fund.by_line[line]) for line in dearest],
            }
        )
    return rows


def equity_part(plan: Plan) -> list[dict[str, Any]]:
    """The rules of balance, and how the plan keeps them."""
    language = plan.region.project.project.language
    return [{"rule": rule_text(language, row), "row": row} for row in plan.equity]
