"""What a plan rests on: standards, link budgets, optical budget, cost book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dualgig.export.tables import LINE_ORDER
from dualgig.radio.budget import link_budget
from dualgig.render.report_radio import prediction_text, radio_text
from dualgig.text import say
from dualgig.text.numbers import percent

if TYPE_CHECKING:
    from dualgig.plan import Plan
    from dualgig.project import Project


def assumptions(plan: Plan) -> dict[str, Any]:
    """Sections of the assumptions.

    ``standards``, ``model``, ``prediction``, ``bands``, ``links``, ``optics``, ``ports``, ``prices``.
    """
    project = plan.region.project
    language = project.project.language
    radio = project.radio
    bands = sorted(
        {band for configuration in project.configurations for band in configuration.bands},
        key=lambda band: radio.bands[band].frequency_mhz,
    )
    return {
        "standards": _standards(plan),
        "model": radio_text(plan),
        "prediction": prediction_text(plan),
        "bands": bands,
        "links": _links(project, bands),
        "optics": _optics(project),
        "ports": say(
            language,
            "report.optics.ports",
            take_rate=percent(project.fibre.take_rate),
            split=project.fibre.split,
            fill=percent(project.fibre.port_fill),
        ),
        "prices": [
            {"line": line, "price": project.costs.prices[line]}
            for line in (*LINE_ORDER, *sorted(set(project.costs.prices) - set(LINE_ORDER)))
            if line in project.costs.prices
        ],
    }


def _standards(plan: Plan) -> list[tuple[str, str]]:
    """What a place needs, as label and text."""
    project = plan.region.project
    standards = project.standards
    language = project.project.language
    shares = {
        "population": percent(standards.population_share),
        "area": percent(standards.area_share),
    }
    village = say(language, f"report.standard.{standards.village}.text", **shares)
    own = int((~plan.villages["standard"].isin(["", standards.village])).sum())
    if own:
        space = "" if language == "zh" else " "
        village += space + say(language, "report.standard.own", count=own)
    if standards.operator == "any":
        operator = say(language, "report.standard.operator.any")
    elif standards.operator == "each":
        names = say(language, "report.separator").join(project.operators)
        operator = say(language, "report.standard.operator.each", operators=names)
    else:
        operator = say(language, "report.standard.operator.named", operator=standards.operator)
    rows = [
        ("village", village),
        ("township", say(language, f"report.standard.{standards.township}.text", **shares)),
        ("gigabit", say(language, "report.standard.gigabit.text", share=shares["population"])),
        ("operator", operator),
    ]
    return [(say(language, f"report.standard.{key}"), text) for key, text in rows]


def _links(project: Project, bands: list[str]) -> list[tuple[str, list[tuple[float, int]], bool]]:
    """Rows of the link budget table: key, (figure, decimals) of each band, whether it is the sum."""
    budgets = [link_budget(project.radio, band) for band in bands]
    carriers = [project.radio.bands[band] for band in bands]
    rows = [
        ("frequency_mhz", [(carrier.frequency_mhz, 1) for carrier in carriers], False),
        ("resource_blocks", [(float(carrier.resource_blocks), 0) for carrier in carriers], False),
    ]
    if budgets:
        rows += [(line, [(budget.lines[line], 1) for budget in budgets], False) for line in budgets[0].lines]
    rows.append(("allowed_loss_db", [(budget.allowed_loss_db, 1) for budget in budgets], True))
    rows.append(("radius_km", [(carrier.radius_km, 1) for carrier in carriers], False))
    return rows


def _optics(project: Project) -> list[tuple[str, float, int]]:
    """Lines of the optical budget: label, figure, decimals."""
    language = project.project.language
    fibre = project.fibre
    left = fibre.budget_db - fibre.splitter_loss_db - fibre.fixed_loss_db
    return [
        (say(language, "report.optics.budget"), fibre.budget_db, 1),
        (say(language, "report.optics.splitter", split=fibre.split), -fibre.splitter_loss_db, 1),
        (say(language, "report.optics.fixed"), -fibre.fixed_loss_db, 1),
        (say(language, "report.optics.left"), left, 1),
        (say(language, "report.optics.cable"), fibre.loss_db_per_km, 2),
        (say(language, "report.optics.reach"), fibre.reach_km, 1),
    ]
