"""What a planner reads in the terminal of two plans against each other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from dualgig.compare import shown
from dualgig.project import SERVICES
from dualgig.screen import tell
from dualgig.text import say
from dualgig.text.numbers import count, money

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from dualgig.compare import Comparison
    from dualgig.project import Language

FIRST = 12
"""Changes that the terminal names of each list; the files have them all."""


def show_comparison(
    console: Console, comparison: Comparison, names: tuple[str, str], folder: Path, language: Language
) -> None:
    """Figures side by side, what was asked differently, what is built and served differently."""
    title = say(language, "compare.title", first=names[0], second=names[1])
    console.print()
    console.print(f"[bold]{escape(title)}[/]")
    _figures(console, comparison, names, language)
    if comparison.causes:
        tell(console, say(language, "compare.causes"))
        for cause in comparison.causes[:FIRST]:
            tell(console, f"  {cause.key}: {shown(cause.before)} -> {shown(cause.after)}")
        _rest(console, len(comparison.causes), "causes.csv", language)
    else:
        tell(console, say(language, "compare.no_causes"))
    changes = Counter(row.change for row in comparison.builds)
    kinds = {key: changes[key] for key in ("added", "removed", "changed")}
    tell(console, say(language, "compare.builds", **kinds))
    dearest = sorted(comparison.builds, key=lambda row: (-abs(row.difference_cny), row.kind, row.id))
    for row in dearest[:FIRST]:
        why = f" ({say(language, f'compare.because.{row.why}')})" if row.why else ""
        tell(
            console,
            f"  {say(language, f'compare.change.{row.change}')} {say(language, f'compare.kind.{row.kind}')} "
            f"{row.name} {row.id}: {row.before or '–'} -> {row.after or '–'}, "
            f"{money(language, row.difference_cny)}{why}",
        )
    _rest(console, len(comparison.builds), "builds.csv", language)
    for service in SERVICES:
        own = Counter(row.change for row in comparison.places if row.service == service)
        words = say(language, f"service.{service}")
        tell(console, say(language, "compare.places", service=words, gained=own["gained"], lost=own["lost"]))
    for place in comparison.places[:FIRST]:
        tell(
            console,
            f"  {say(language, f'compare.change.{place.change}')} {say(language, f'service.{place.service}')}: "
            f"{place.name} {place.id}",
        )
    _rest(console, len(comparison.places), "places.csv", language)
    if not (comparison.causes or comparison.builds or comparison.places):
        tell(console, say(language, "compare.same"))
    tell(console, say(language, "compare.written", folder=folder))
    tell(console, "  " + "  ".join(sorted(file.name for file in folder.iterdir())))


def _figures(console: Console, comparison: Comparison, names: tuple[str, str], language: Language) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(say(language, "compare.figure"))
    for name in names:
        table.add_column(escape(name), justify="right")
    table.add_column(say(language, "compare.difference"), justify="right")
    for key, (before, after) in comparison.counts().items():
        is_money = key in ("budget", "cost")
        words = say(language, f"compare.figure.{key}" if is_money else f"list.column.{key}")
        figure = (lambda value: money(language, value)) if is_money else count
        table.add_row(words, figure(before), figure(after), figure(after - before))
    for key, (before, after) in comparison.money().items():
        kind, _, name = key.partition(" ")
        words = say(language, f"compare.{kind}", name=escape(name or say(language, "report.funds.rest")))
        table.add_row(words, *(money(language, value) for value in (before, after, after - before)))
    console.print(table)


def _rest(console: Console, number: int, file: str, language: Language) -> None:
    if number > FIRST:
        tell(console, "  " + say(language, "compare.more", count=number - FIRST, file=file))
