"""The report: one HTML file that reads on screen and prints to A4, in Chinese or English."""

from __future__ import annotations

from functools import cache, partial
from importlib import metadata, resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dualgig.export.json import versions
from dualgig.export.words import code_word, header
from dualgig.render.report_assumptions import assumptions
from dualgig.render.report_coverage import coverage
from dualgig.render.report_explained import (
    curve_part,
    equity_part,
    funds_part,
    insight_part,
    phases_part,
)
from dualgig.render.report_fragile import fragile
from dualgig.render.report_gaps import unmet
from dualgig.render.report_maps import map_pictures, pattern_tiles
from dualgig.render.report_money import money_chart
from dualgig.render.report_summary import built, facts, proof, scoreboard, verdict
from dualgig.text import say
from dualgig.text.numbers import count, gap_text, money, percent

if TYPE_CHECKING:
    from dualgig.curve import BudgetCurve
    from dualgig.plan import Plan
    from dualgig.project import Language

LISTED = 200
"""Rows of the longest lists; the rest is in the workbook."""


def report_html(plan: Plan, *, date: str, plan_hash: str, curve: BudgetCurve | None = None) -> str:
    """Make the report of a plan.

    Parameters
    ----------
    plan
        The plan; its project says the language.
    date
        ``YYYY-MM-DD``, shown in the head.
    plan_hash
        The plan's mark, see `dualgig.export.json.plan_hash`.
    curve
        What other budgets would serve, where that was worked out.

    Returns
    -------
    str
        One HTML file without scripts, that loads nothing. Names from the data are escaped.
    """
    project = plan.region.project
    language = project.project.language
    page = _environment(language).get_template("report.html.jinja")
    style = resources.files("dualgig.render").joinpath("assets/report.css").read_text(encoding="utf-8")
    return page.render(
        language=language,
        html_language="zh-CN" if language == "zh" else "en",
        space="" if language == "zh" else " ",
        style=Markup(style),  # noqa: S704 - a file of this package
        title=project.title,
        notes=project.project.notes,
        date=date,
        plan_hash=plan_hash,
        duty=plan.duty if plan.stages else ("met" if plan.duty == "met" else "today"),
        verdict=verdict(plan),
        facts=facts(plan),
        goals=scoreboard(plan),
        maps=map_pictures(plan),
        patterns=pattern_tiles(),
        money=money_chart(plan),
        curve=curve_part(plan, curve),
        insight=insight_part(plan),
        phases=phases_part(plan),
        funds=funds_part(plan),
        equity=equity_part(plan),
        coverage=coverage(plan),
        built=built(plan, LISTED),
        over_years=bool(plan.years),
        unmet=unmet(plan, LISTED),
        fragile=fragile(plan, LISTED),
        conflicts=plan.conflicts.to_dict("records"),
        assumptions=assumptions(plan),
        proof=proof(plan),
        inputs=plan.region.inputs,
        warnings=plan.region.warnings,
        version=metadata.version("dualgig"),
        packages=", ".join(f"{name} {number}" for name, number in versions().items()),
        seed=project.project.seed,
    )


@cache
def _environment(language: Language) -> Environment:
    """Jinja with escaping on everywhere, missing names as errors, and the language's words and numbers."""
    environment = Environment(
        loader=PackageLoader("dualgig.render", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = partial(say, language)
    environment.globals["head"] = partial(header, language)
    environment.globals["word"] = partial(code_word, language)
    environment.filters["money"] = partial(money, language)
    environment.filters["count"] = count
    environment.filters["percent"] = percent
    environment.filters["fixed"] = _fixed
    environment.filters["gap"] = lambda of_100: gap_text(of_100 / 100)
    return environment


def _fixed(number: float, decimals: int = 1) -> str:
    """A number with a fixed number of decimals and a true minus sign."""
    text = f"{number:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")
