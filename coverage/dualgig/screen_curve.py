"""What a planner reads in the terminal of the budget curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from dualgig.render.curve_svg import duty_words
from dualgig.screen import tell
from dualgig.text import say
from dualgig.text.numbers import count, gap_text, money

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from dualgig.curve import BudgetCurve
    from dualgig.project import Language


def show_curve(console: Console, curve: BudgetCurve, folder: Path, language: Language) -> None:
    """The curve as a table, what the duties cost, and where its files are."""
    table = Table(
        title=say(language, "curve.title"),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for key in (
        "budget",
        "cost",
        "duties",
        "villages_5g",
        "villages_gigabit",
        "people_5g",
        "people_gigabit",
        "gap",
    ):
        table.add_column(say(language, f"curve.column.{key}"), justify="right")
    for point in curve.points:
        own = point.budget_cny == curve.budget_cny
        table.add_row(
            money(language, point.budget_cny),
            money(language, point.cost_cny),
            say(language, "report.curve.of", met=sum(point.duties), wanted=sum(curve.wanted)),
            *(
                count(point.served[key])
                for key in ("villages_5g", "villages_gigabit", "people_5g", "people_gigabit")
            ),
            gap_text(point.gap, " %"),
            style="bold" if own else None,
        )
    console.print(table)
    if curve.wanted:
        tell(console, duty_words(curve, language))
    if not curve.complete:
        tell(console, say(language, "curve.stopped", done=len(curve.points), asked=curve.asked))
    files = sorted(file.name for file in folder.glob("budget.*"))
    tell(console, say(language, "curve.written", files="  ".join(files)))
