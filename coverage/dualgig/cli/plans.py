"""``plan``, ``gaps`` and ``export``: what to build, what is served today, and a plan in other formats."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

import dualgig as dg
from dualgig.cli.app import DUTY_NOT_MET, app
from dualgig.cli.options import (
    DatabaseAddress,
    ExportFolder,
    Forbidden,
    LanguageChoice,
    Locked,
    MoneyAmount,
    OutputFolder,
    PlanPath,
    ProjectPath,
    ScenarioName,
    SchemaName,
    amount,
    chosen_language,
    load,
    planned,
)
from dualgig.export.datum import DATUMS
from dualgig.export.deliver import FORMATS, export_plan
from dualgig.export.postgis import prepare_postgis
from dualgig.export.saved import plan_folder, read_plan
from dualgig.export.write import default_folder
from dualgig.screen import show_exported, show_gaps, show_plan
from dualgig.text import say
from dualgig.whatif import what_if


@app.command()
def plan(
    project: ProjectPath,
    lock: Locked = None,
    forbid: Forbidden = None,
    budget: MoneyAmount = None,
    scenario: ScenarioName = None,
    out: OutputFolder = None,
    language: LanguageChoice = None,
    postgis: DatabaseAddress = None,
    schema: SchemaName = None,
) -> None:
    """Choose what to build, and write map, report and lists.

    With --lock, --forbid or --budget the plan goes to maps/ and the project's name with -what-if.
    """
    budget_cny = None if budget is None else amount(budget, "--budget")
    loaded = load(project, language, scenario)
    name = loaded.name
    if lock or forbid or budget_cny is not None:
        loaded = what_if(loaded, lock=lock or (), forbid=forbid or (), budget_cny=budget_cny)
        name = f"{name}-what-if"
    if postgis:
        prepare_postgis(postgis, schema or loaded.name)
    elif schema:
        raise typer.BadParameter("a schema needs a database: give --postgis as well", param_hint="--schema")
    result, folder = planned(loaded, out or default_folder(name), dg.make_plan)
    show_plan(Console(), result, folder, loaded.project.language)
    if postgis:
        target = dg.write_postgis(result, postgis, schema)
        told = say(loaded.project.language, "terminal.postgis", target=target)
        Console().print(told, markup=False, highlight=False, soft_wrap=True)
    if result.duty != "met":
        raise typer.Exit(DUTY_NOT_MET)


@app.command()
def gaps(
    project: ProjectPath,
    scenario: ScenarioName = None,
    out: OutputFolder = None,
    language: LanguageChoice = None,
) -> None:
    """Show what is served today and what is not; nothing is built."""
    loaded = load(project, language, scenario)
    result, folder = planned(loaded, out or default_folder(f"{loaded.name}-gaps"), dg.gaps_today)
    show_gaps(Console(), result, folder, loaded.project.language)


@app.command()
def export(
    plan: PlanPath,
    formats: Annotated[
        list[str],
        typer.Option("--format", help=f"{', '.join(FORMATS)}; may be given several times."),
    ],
    datum: Annotated[
        str, typer.Option("--datum", help=f"Datum of the coordinates: {', '.join(DATUMS)}.")
    ] = "wgs84",
    zoned: Annotated[
        bool, typer.Option("--zoned", help="CGCS2000 with the zone number before the easting.")
    ] = False,
    out: ExportFolder = None,
    language: LanguageChoice = None,
) -> None:
    """Write a plan in other formats and datums: field maps, drawings, lists, survey sheets."""
    kinds = [known for asked in formats for known in FORMATS if known == asked]
    names = [known for known in DATUMS if known == datum]
    if len(kinds) < len(formats):
        raise typer.BadParameter(f"known are {', '.join(FORMATS)}", param_hint="--format")
    if not names:
        raise typer.BadParameter(f"{datum!r} is none of {', '.join(DATUMS)}", param_hint="--datum")
    result = read_plan(plan_folder(plan))
    project = result.region.project
    project = project if language is None else project.in_language(chosen_language(language))
    result = replace(result, region=replace(result.region, project=project))
    folder = out or default_folder(f"{project.name}-export")
    files = export_plan(result, kinds, folder, datum=names[0], zoned=zoned)
    show_exported(Console(), folder, files, project.project.language)
