"""Arguments that several commands share, and what they make of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

import dualgig as dg
from dualgig.amounts import parse_cny
from dualgig.project import Language, Project
from dualgig.screen import Steps
from dualgig.store import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dualgig.curve import BudgetCurve

ProjectPath = Annotated[Path, typer.Argument(metavar="PROJECT", help="The project file (project.toml).")]
OutputFolder = Annotated[
    Path | None,
    typer.Option("--out", help="Folder of the outputs; maps/ and the project's name where not given."),
]
LanguageChoice = Annotated[
    str | None,
    typer.Option("--language", help="Language of every output, zh or en; the project's where not given."),
]

DatabaseAddress = Annotated[
    str | None,
    typer.Option(
        "--postgis",
        metavar="URL",
        help="Write the plan to a PostGIS database too: postgresql://user@host:port/database. "
        "Leave the password to PGPASSWORD or ~/.pgpass.",
    ),
]
SchemaName = Annotated[
    str | None, typer.Option("--schema", help="Schema of that database; the project's name where not given.")
]
ExportFolder = Annotated[
    Path | None,
    typer.Option("--out", help="Folder; maps/ and the project's name with -export where not given."),
]
ComparedFolder = Annotated[
    Path | None,
    typer.Option(
        "--out", help="Folder; maps/ and the names of both plans with -vs- between where not given."
    ),
]
PlanPath = Annotated[
    Path,
    typer.Argument(metavar="PLAN", help="Folder that `dualgig plan` wrote, or its project file."),
]
ScenarioName = Annotated[
    str | None,
    typer.Option("--scenario", metavar="NAME", help="A scenario of the project file, [scenarios.NAME]."),
]
Locked = Annotated[
    list[str] | None,
    typer.Option("--lock", metavar="ID", help="A site or node that must be built; once for each."),
]
Forbidden = Annotated[
    list[str] | None,
    typer.Option("--forbid", metavar="ID", help="A site or node that must not be built; once for each."),
]
MoneyAmount = Annotated[
    str | None,
    typer.Option("--budget", metavar="CNY", help="Another budget: 38000000, 38M, 3800万 or 0.38亿."),
]


def load(path: Path, language: str | None, scenario: str | None = None) -> Project:
    """The project, in the language and with the scenario asked for."""
    project = Project.load(path, scenario=scenario)
    return project if language is None else project.in_language(chosen_language(language))


def amount(text: str, option: str) -> int:
    """Whole yuan of an option's text."""
    try:
        return parse_cny(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def chosen_language(text: str) -> Language:
    """The language that was asked for."""
    chosen: dict[str, Language] = {"zh": "zh", "en": "en"}
    if text not in chosen:
        raise typer.BadParameter(f"{text!r} is neither zh nor en", param_hint="--language")
    return chosen[text]


def planned(
    project: Project,
    folder: Path,
    decide: Callable[[dg.Region, dg.Coverage, Steps], dg.Plan],
    curves: Sequence[BudgetCurve] = (),
) -> tuple[dg.Plan, Path]:
    """Read, predict, decide and write, with progress on standard error; a curve may come of the decision."""
    prepare(folder)
    times_s: dict[str, float] = {}
    with Steps(Console(stderr=True), project.project.language, times_s) as steps:
        steps("progress.read", 0.0)
        region = dg.load_region(project)
        coverage = dg.predict_coverage(region, steps)
        result = decide(region, coverage, steps)
        steps("progress.write", 0.0)
        return result, dg.write_outputs(result, folder, times_s=times_s, curve=next(iter(curves), None))
