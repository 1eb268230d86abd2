"""What a planner reads in the terminal: verdict, scoreboard, money, gaps, progress."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dualgig.calibration_file import calibration_toml
from dualgig.screen_explained import explained_lines
from dualgig.screen_radio import prediction_lines
from dualgig.text import say
from dualgig.text.numbers import gap_text, money, percent

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from rich.console import Console

    from dualgig.calibration_file import Fitted
    from dualgig.errors import Problem
    from dualgig.plan import Plan
    from dualgig.project import Language
    from dualgig.scaffold.init import Scaffold

FIRST_GAPS = 10
"""Left-out duties that the terminal names; the lists have them all."""


class Steps:
    """Progress on standard error: a live bar in a terminal, a line a step elsewhere.

    ``times_s`` is filled with the seconds that each step took.
    """

    def __init__(self, console: Console, language: Language, times_s: dict[str, float] | None = None) -> None:
        self._console = console
        self._times_s = {} if times_s is None else times_s
        self._since_s = time.perf_counter()
        self._language: Language = language
        self._bar: Progress | None = None
        self._last = ""
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TimeElapsedColumn(),
                console=console,
                transient=True,
            )

    def __enter__(self) -> Self:
        """Start the live display."""
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the live display away."""
        if self._bar:
            self._bar.stop()

    def __call__(self, key: str, share: float) -> None:
        """Tell that a step, named by its message key, is done to a share."""
        words = say(self._language, key)
        now_s = time.perf_counter()
        if self._last:
            step = self._last.removeprefix("progress.")
            self._times_s[step] = self._times_s.get(step, 0.0) + now_s - self._since_s
        self._since_s = now_s
        if self._bar:
            if key != self._last:
                for task in self._bar.task_ids:
                    self._bar.remove_task(task)
                self._bar.add_task(words, total=1.0)
            self._bar.update(self._bar.task_ids[-1], completed=share)
        elif key != self._last:
            self._console.print(f"{words} ...", highlight=False)
        self._last = key


def show_plan(console: Console, plan: Plan, folder: Path, language: Language) -> None:
    """Verdict, scoreboard, cost, proof, and where the files are."""
    tone = "green" if plan.duty == "met" else "red"
    console.print()
    console.print(
        f"[bold]{escape(plan.region.project.title)}[/]: [bold {tone}]{say(language, f'duty.{plan.duty}')}[/]"
    )
    console.print(scoreboard(plan, language))
    total = plan.cost_cny
    share = percent(total / plan.budget_cny) if plan.budget_cny else "-"
    tell(
        console,
        say(
            language,
            "terminal.cost",
            cost=money(language, total),
            budget=money(language, plan.budget_cny),
            share=share,
        ),
    )
    built = plan.sites["state"].isin(["new", "upgraded"]).sum()
    nodes = plan.nodes["state"].isin(["new", "upgraded"]).sum() if len(plan.nodes) else 0
    trench = f"{plan.routes['new_km'].sum():,.0f}" if len(plan.routes) else "0"
    tell(console, say(language, "terminal.built", sites=int(built), nodes=int(nodes), trench=trench))
    before, after = plan.coverage["before"], plan.coverage["after"]
    tell(
        console,
        say(
            language,
            "terminal.others",
            before_5g=before["villages_5g"],
            after_5g=after["villages_5g"],
            before_gigabit=before["villages_gigabit"],
            after_gigabit=after["villages_gigabit"],
            villages=after["villages"],
        ),
    )
    tell(
        console,
        say(
            language,
            "terminal.proof",
            status=say(language, f"status.{plan.status}"),
            gap=gap_text(plan.gap, " %"),
        ),
    )
    for words in explained_lines(plan, language):
        tell(console, words)
    _left_out(console, plan, language)
    if plan.interfered:
        tell(console, _interfered(plan, language))
    for line in prediction_lines(plan, language):
        tell(console, line)
    if plan.region.warnings:
        tell(console, say(language, "terminal.warnings", count=len(plan.region.warnings)))
    console.print()
    show_files(console, folder, language)


def _interfered(plan: Plan, language: Language) -> str:
    """The places that what is built would disturb, the first of them by name."""
    names = pd.concat([plan.townships["name"], plan.villages["name"]])
    first = [str(names[place]) for place in plan.interfered[:FIRST_GAPS]]
    if len(plan.interfered) > FIRST_GAPS:
        first.append("…")
    listed = say(language, "report.separator").join(first)
    return say(language, "terminal.interfered", count=len(plan.interfered), names=listed)


def show_files(console: Console, folder: Path, language: Language) -> None:
    """Where the outputs are."""
    tell(console, say(language, "terminal.files", folder=folder))
    tell(console, "  " + "  ".join(sorted(file.name for file in folder.iterdir())))
    tell(console, say(language, "terminal.open", file=folder / "map.html"))


def show_exported(console: Console, folder: Path, files: list[Path], language: Language) -> None:
    """What was written where."""
    tell(console, say(language, "list.exported", folder=folder))
    tell(console, "  " + "  ".join(file.name for file in files))


def scoreboard(plan: Plan, language: Language, title: str = "scoreboard.title") -> Table:
    """The target scoreboard: before, after, required."""
    table = Table(
        title=say(language, title),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column(say(language, "scoreboard.goal"), overflow="fold")
    for key in ("before", "after", "required", "places"):
        table.add_column(say(language, f"scoreboard.{key}"), justify="right", no_wrap=True)
    table.add_column(say(language, "scoreboard.met"), no_wrap=True)
    short = any(not row.met for row in plan.scoreboard)
    if short:
        table.add_column(say(language, "scoreboard.cost_to_meet"), justify="right", no_wrap=True)
    for row in plan.scoreboard:
        met = (
            f"[green]{say(language, 'scoreboard.yes')}[/]"
            if row.met
            else f"[red]{say(language, 'scoreboard.no', short=row.short)}[/]"
        )
        cost = "" if row.met else _cost(language, row.cost_to_meet_cny)
        table.add_row(
            say(language, f"goal.{row.goal}"),
            str(row.before),
            str(row.achieved),
            str(row.needed),
            str(row.places),
            met,
            *([cost] if short else []),
        )
    return table


def show_gaps(console: Console, plan: Plan, folder: Path, language: Language) -> None:
    """What is served today: scoreboard, and gaps by service and reason."""
    console.print()
    console.print(f"[bold]{escape(plan.region.project.title)}[/]")
    console.print(scoreboard(plan, language, "terminal.gaps_title"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for key in ("gap_service", "gap_reason"):
        table.add_column(say(language, f"terminal.{key}"))
    table.add_column(say(language, "terminal.gap_count"), justify="right")
    groups = Counter(zip(plan.gaps["service"], plan.gaps["reason"], strict=True))
    for (service, reason), count in sorted(groups.items()):
        words = say(language, "terminal.buildable" if reason == "budget" else f"reason.{reason}")
        table.add_row(say(language, f"service.{service}"), words, str(count))
    console.print(table)
    tell(console, say(language, "terminal.gaps_note"))
    console.print()
    show_files(console, folder, language)


def show_scaffold(console: Console, made: Scaffold) -> None:
    """What was taken for which input, and what is left to fill in."""
    language = made.language
    table = Table(show_edge=False)
    table.add_column(say(language, "init.input"))
    table.add_column(say(language, "init.from"))
    for name, source in made.inputs.items():
        words = escape(source) if source else f"[dim]{say(language, 'init.none')}[/]"
        table.add_row(say(language, f"region.{name}"), words)
    console.print(table)
    tell(console, say(language, "init.written", file=made.path))
    tell(console, say(language, "init.marks", count=made.marks, file=made.path))


def show_calibration(console: Console, fitted: Fitted, file: Path, language: Language) -> None:
    """Offsets by band and clutter, their errors on what the fit had not seen, and the section to copy."""
    section = fitted.calibration
    title = say(language, "calibration.title", floor=f"{fitted.floor_dbm:g}")
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column(say(language, "calibration.band"))
    for key in ("samples", "censored", "offset", "before", "after"):
        table.add_column(say(language, f"calibration.{key}"), justify="right", no_wrap=True)
    for band, offset_db in section.offsets_db.items():
        told = section.held_out.get(band)
        errors = ["-", "-"]
        if told is not None:
            errors = [
                f"{told.mean_before_db:+.1f}/{told.std_before_db:.1f}/{told.rmse_before_db:.1f}",
                f"{told.mean_after_db:+.1f}/{told.std_after_db:.1f}/{told.rmse_after_db:.1f}",
            ]
        table.add_row(
            band, str(fitted.samples[band]), str(fitted.censored[band]), f"{offset_db:+.1f}", *errors
        )
        for name, of_cover_db in section.clutter_offsets_db.get(band, {}).items():
            table.add_row(f"  {escape(name)}", "", "", f"{of_cover_db:+.1f}", "", "")
    console.print(table)
    tell(console, say(language, f"calibration.{fitted.part}"))
    tell(console, say(language, "calibration.written", file=file))
    console.print()
    tell(console, calibration_toml(fitted).rstrip())


def show_problems(console: Console, problems: list[Problem], language: Language) -> None:
    """Every problem of the inputs, a line each, and their count."""
    for problem in problems:
        tone = "red" if problem.severity == "error" else "yellow"
        console.print(
            f"[{tone}]{say(language, f'terminal.{problem.severity}')}[/] {escape(str(problem))}",
            highlight=False,
            soft_wrap=True,
        )
    if not problems:
        tell(console, say(language, "terminal.check_clean"))
        return
    errors = sum(problem.severity == "error" for problem in problems)
    tell(console, say(language, "terminal.check_found", errors=errors, warnings=len(problems) - errors))


def _left_out(console: Console, plan: Plan, language: Language) -> None:
    """The duties that the plan leaves out, the first of them by name."""
    missing = plan.gaps[plan.gaps["duty"]]
    if not len(missing):
        return
    if plan.shortage_cny > 0:
        words = say(
            language, "terminal.shortage", shortage=money(language, plan.shortage_cny), count=len(missing)
        )
    else:
        words = say(language, "terminal.left_out", count=len(missing))
    tell(console, words)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for key in ("gap_place", "gap_service", "gap_reason"):
        table.add_column(say(language, f"terminal.{key}"))
    table.add_column(say(language, "terminal.gap_cost"), justify="right")
    first = missing.head(FIRST_GAPS)
    known = first["cost_cny"].notna()
    costs = first["cost_cny"].fillna(0).astype(int)
    for name, place, service, reason, cost, priced in zip(
        first["name"], first["id"], first["service"], first["reason"], costs, known, strict=True
    ):
        table.add_row(
            f"{escape(name)} [dim]{escape(place)}[/]",
            say(language, f"service.{service}"),
            say(language, f"reason.{reason}"),
            _cost(language, cost if priced else None),
        )
    console.print(table)


def _cost(language: Language, cost_cny: int | None) -> str:
    """Money, or the sign for what no money buys."""
    return say(language, "terminal.impossible") if cost_cny is None else money(language, cost_cny)


def tell(console: Console, words: str) -> None:
    """Plain words: names with brackets are not markup, numbers are not coloured."""
    console.print(words, markup=False, highlight=False, soft_wrap=True)
