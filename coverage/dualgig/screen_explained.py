"""What a planner reads in the terminal of years, funds, balance, and what more money would buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.explained import (
    duties_text,
    duty_places,
    goal_text,
    more_text,
    reach_text,
    rule_text,
    why_text,
)
from dualgig.text import say
from dualgig.text.numbers import count, money, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dualgig.plan import Plan
    from dualgig.project import Language


def explained_lines(plan: Plan, language: Language) -> list[str]:
    """Lines that explain a plan: duties against money, years, funds, balance, the next million."""
    return [
        *_insight(plan, language),
        *_years(plan, language),
        *_money(plan, language),
    ]


def _insight(plan: Plan, language: Language) -> Iterator[str]:
    insight = plan.insight
    if insight is None:
        return
    if insight.reach:
        yield duties_text(plan, insight)
    yield from filter(None, (reach_text(language, reach) for reach in insight.reach))
    if insight.dearest:
        first = insight.dearest[0]
        saving = money(language, first.saving_cny)
        key = "insight.dearest" if first.how == "exact" else "insight.dearest.price"
        yield say(language, key, place=duty_places(plan, first), saving=saving)
    if insight.more is not None:
        yield more_text(language, insight.more)


def _years(plan: Plan, language: Language) -> Iterator[str]:
    for phase in plan.phases:
        yield say(
            language,
            "terminal.phase",
            year=phase.year,
            spent=money(language, phase.spent_cny),
            stations=count(phase.stations),
            villages_5g=count(phase.coverage["villages_5g"]),
            villages_gigabit=count(phase.coverage["villages_gigabit"]),
        )
    for phase in plan.phases:
        for target in phase.targets:
            if not target.score.met:
                yield say(
                    language,
                    "terminal.phase.missed",
                    year=phase.year,
                    goal=goal_text(language, target.score.goal),
                    short=count(target.score.short),
                    why=why_text(language, target),
                )


def _money(plan: Plan, language: Language) -> Iterator[str]:
    for fund in plan.funds:
        key = "terminal.fund" if fund.name else "terminal.fund.rest"
        amounts = {"spent": money(language, fund.spent_cny), "amount": money(language, fund.amount_cny)}
        yield say(language, key, name=fund.name, **amounts)
    for row in plan.equity:
        if not row.met:
            yield say(
                language,
                "terminal.equity.missed",
                rule=rule_text(language, row),
                required=percent(row.required),
                after=percent(row.after),
            )
