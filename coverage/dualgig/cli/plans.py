"""``plan``, ``gaps`` and ``export``: what to build, what is served today, and a plan in other formats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

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
from dualgig.curve import budgets_between
from dualgig.export.datum import DATUMS
from dualgig.export.deliver import FORMATS, export_plan
from dualgig.export.postgis import prepare_postgis
from dualgig.export.saved import plan_folder, read_plan
from dualgig.export.write import default_folder
from dualgig.screen import Steps, show_exported, show_gaps, show_plan
from dualgig.screen_curve import show_curve
from dualgig.text import say
from dualgig.whatif import what_if

if TYPE_CHECKING:
    from dualgig.curve import BudgetCurve


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


@app.command()
def budget(
    project: ProjectPath,
    first: Annotated[
        str | None, typer.Option("--from", metavar="CNY", help="The smallest budget; half of the project's.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="CNY", help="The largest one; one and a half times that.")
    ] = None,
    steps: Annotated[int, typer.Option("--steps", help="How many budgets, both ends included.")] = 9,
    scenario: ScenarioName = None,
    out: OutputFolder = None,
    language: LanguageChoice = None,
) -> None:
    """Plan, and show what more or less money would serve: budget.csv, budget.json, budget.svg and the report.

    Amounts may be written 38000000, 38M, 3800万 or 0.38亿. Ctrl-C keeps the budgets that are done.
    """
    ends = [amount(text, option) if text else None for text, option in ((first, "--from"), (last, "--to"))]
    loaded = load(project, language, scenario)
    total = loaded.budget.total_cny
    low = total // 2 if ends[0] is None else ends[0]
    high = max(total + total // 2, low) if ends[1] is None else ends[1]
    try:
        budgets = budgets_between(low, high, steps)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--from, --to, --steps") from None
    curves: list[BudgetCurve] = []

    def decide(region: dg.Region, coverage: dg.Coverage, tell: Steps) -> dg.Plan:
        made, curve = dg.plan_with_curve(region, coverage, budgets, tell)
        curves.append(curve)
        return made

    result, folder = planned(loaded, out or default_folder(loaded.name), decide, curves)
    show_plan(Console(), result, folder, loaded.project.language)
    show_curve(Console(), curves[0], folder, loaded.project.language)
    if result.duty != "met":
        raise typer.Exit(DUTY_NOT_MET)
