"""Cost against budget: the kinds of cost as parts of one bar, and the bill of quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dualgig.export.tables import bill
from dualgig.text import say
from dualgig.text.numbers import money

if TYPE_CHECKING:
    from dualgig.plan import Plan

PARTS: dict[str, tuple[str, ...]] = {
    "radio": ("radio_sector_low", "radio_sector_mid"),
    "structure": ("structure_new", "structure_adapt", "power_site", "power_mains_km", "track_km"),
    "transport": ("transport_fibre_site", "transport_microwave_site"),
    "running": ("rent_year_existing", "rent_year_new", "energy_sector_year"),
    "trench": ("trench_aerial_km", "trench_buried_km", "trench_duct_km"),
    "node": ("olt_new", "olt_upgrade", "pon_port"),
    "home": ("home_passed", "home_upgrade"),
    "contingency": ("contingency",),
    "vat": ("vat",),
}
"""Parts of the bar and the cost lines in them; any other line is ``other``."""

COLOURS = {
    "radio": "#313695",
    "structure": "#4575b4",
    "transport": "#74add1",
    "running": "#abd9e9",
    "trench": "#d73027",
    "node": "#fc8d59",
    "home": "#fdae61",
    "contingency": "#737373",
    "vat": "#a6a6a6",
    "other": "#c9c9c9",
}
"""Radio in blues, fibre in reds: told apart by colour-blind readers, and in the order of the legend."""

BAR_WIDTH = 1000.0
"""Width of the drawing in its own units."""


def money_chart(plan: Plan) -> dict[str, Any]:
    """Widths of the bar's parts, of budget and shortage, and the bill of quantities.

    Returns
    -------
    dict
        ``parts`` (key, label, amount, colour, x, width), ``budget_at`` and ``short_to`` in units of
        `BAR_WIDTH`, ``left_cny``, ``summary`` (the bar in words), ``bill`` (rows with their share).
    """
    language = plan.region.project.project.language
    total, budget, shortage = plan.cost_cny, plan.budget_cny, plan.shortage_cny
    scale = BAR_WIDTH / max(total, budget + shortage, 1)
    lines = bill(plan)
    part_of = {line: part for part, members in PARTS.items() for line in members}
    amounts = lines.groupby(lines["line"].map(part_of).fillna("other"))["amount_cny"].sum()
    parts: list[dict[str, Any]] = []
    at = 0.0
    for key, colour in COLOURS.items():
        amount = int(amounts.get(key, 0))
        if not amount:
            continue
        width = amount * scale
        label = say(language, f"report.part.{key}")
        parts.append(
            {"label": label, "amount": amount, "colour": colour, "x": round(at, 2), "width": round(width, 2)}
        )
        at += width
    words = say(language, "report.separator").join(
        f"{part['label']} {money(language, part['amount'])}" for part in parts
    )
    rows = lines.to_dict("records")
    for row in rows:
        row["share"] = row["amount_cny"] / total if total else 0.0
    return {
        "parts": parts,
        "total_cny": total,
        "budget_cny": budget,
        "shortage_cny": shortage,
        "left_cny": max(budget - total, 0),
        "budget_at": round(budget * scale, 2),
        "short_to": round((budget + shortage) * scale, 2),
        "summary": say(language, "report.money.chart", parts=words, budget=money(language, budget)),
        "bill": rows,
        "vat": plan.region.project.costs.vat,
        "years": f"{plan.region.project.costs.horizon_years:g}",
    }
