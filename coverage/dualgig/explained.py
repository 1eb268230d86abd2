"""The explanations of a plan in words, for the terminal and the report alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.export.words import code_word
from dualgig.project import REST
from dualgig.text import CATALOGUE, say
from dualgig.text.numbers import count, money, percent

if TYPE_CHECKING:
    from dualgig.insight import DutyPrice, Insight, MoreMoney, Reach
    from dualgig.plan import EquityRow, Plan, Target
    from dualgig.project import Language


def duties_text(plan: Plan, insight: Insight) -> str:
    """What the duties cost, against the budget."""
    language = plan.region.project.project.language
    share = insight.duty_cost_cny / plan.budget_cny if plan.budget_cny else 1.0
    proved = insight.duty_cost_cny == insight.duty_bound_cny
    return say(
        language,
        "insight.duties.proved" if proved else "insight.duties",
        cost=money(language, insight.duty_cost_cny),
        bound=money(language, insight.duty_bound_cny),
        share=percent(share),
    )


def reach_text(language: Language, reach: Reach) -> str:
    """Duties of a level that cannot all be met together; empty where they can."""
    if reach.reachable == reach.wanted:
        return ""
    key = "insight.unreachable" if reach.reachable == reach.bound else "insight.unproved"
    return say(
        language,
        key,
        reachable=count(reach.reachable),
        bound=count(reach.bound),
        wanted=count(reach.wanted),
        goals=goals_text(language, reach),
    )


def goals_text(language: Language, reach: Reach) -> str:
    """The goals of a level by name, targets with their year."""
    return say(language, "report.separator").join(goal_text(language, goal) for goal in reach.goals)


def goal_text(language: Language, goal: str) -> str:
    """A goal by name; the year of a target stands behind its key, and a rule of balance has its own name."""
    key, _, year = goal.partition(" ")
    if f"goal.{key}" not in CATALOGUE:
        return goal
    return f"{say(language, f'goal.{key}')} {year}".strip()


def more_text(language: Language, more: MoreMoney) -> str:
    """What more money would buy."""
    extra = money(language, more.extra_cny)
    parts = {"duties": more.duties, **more.served}
    order = [
        "duties",
        *(
            f"{what}_{service}"
            for service in ("5g", "gigabit")
            for what in ("townships", "villages", "people")
        ),
    ]
    words = [
        say(language, f"insight.more.{key}", count=_signed(parts[key])) for key in order if parts.get(key)
    ]
    if not words:
        if not more.proved:
            return say(language, "insight.more.none_found", extra=extra)
        words = [say(language, "insight.more.nothing")]
    key = "insight.more" if more.proved else "insight.more.at_least"
    return say(language, key, extra=extra, what=say(language, "report.separator").join(words))


def duty_places(plan: Plan, duty: DutyPrice) -> str:
    """The places of a dear duty by name, with service and year."""
    language = plan.region.project.project.language
    names = []
    for place in duty.places:
        table = plan.townships if place.level == "township" else plan.villages
        name = str(table["name"].get(place.id, place.id))
        service = say(language, f"service.{place.service}")
        names.append(" ".join(filter(None, [name, service, str(place.year or "")])))
    return say(language, "report.separator").join(names)


def why_text(language: Language, target: Target) -> str:
    """Why a target is missed; empty where it is met."""
    if not target.why:
        return ""
    return say(
        language,
        f"why.{target.why}",
        least=money(language, target.least_cny or 0),
        money=money(language, target.money_cny),
    )


def rule_text(language: Language, row: EquityRow) -> str:
    """A rule of balance in words; the name that the project file gives it where it gives one."""
    if not row.name.startswith(f"{row.kind} "):
        return row.name
    rest = row.against == REST
    against = say(language, "report.equity.rest") if rest else code_word(language, "list.group", row.against)
    return say(
        language,
        f"report.equity.{row.kind}",
        group=code_word(language, "list.group", row.group),
        against=against,
        measure=say(language, f"report.equity.measure.{row.measure}"),
    )


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "\N{MINUS SIGN}")
