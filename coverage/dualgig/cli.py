"""The command line: a thin shell over the Python functions."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

import dualgig as dg
from dualgig.calibration_file import Part, write_calibration
from dualgig.errors import DualGigError, InputError
from dualgig.export.datum import DATUMS
from dualgig.export.deliver import FORMATS, export_plan
from dualgig.export.postgis import prepare_postgis
from dualgig.export.saved import plan_folder, read_plan
from dualgig.export.write import default_folder, output_date
from dualgig.project import Language, Project
from dualgig.render.profile_svg import profile_name, write_profile
from dualgig.screen import (
    Steps,
    show_calibration,
    show_exported,
    show_gaps,
    show_plan,
    show_problems,
    show_scaffold,
)
from dualgig.screen_link import show_link
from dualgig.store import prepare
from dualgig.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

MISTAKE, DUTY_NOT_MET, INTERRUPTED = 1, 3, 130

app = typer.Typer(
    name="dualgig",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Plan 5G and gigabit-fibre coverage: what is served today, what to build, and what stays a gap.\n\n"
    "Exit codes: 0 fine, 1 something in the inputs is wrong, 2 wrong usage, 3 planned but a duty is not met.",
)

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


@app.command()
def plan(
    project: ProjectPath,
    out: OutputFolder = None,
    language: LanguageChoice = None,
    postgis: DatabaseAddress = None,
    schema: SchemaName = None,
) -> None:
    """Choose what to build, and write map, report and lists."""
    loaded = _load(project, language)
    if postgis:
        prepare_postgis(postgis, schema or loaded.name)
    elif schema:
        raise typer.BadParameter("a schema needs a database: give --postgis as well", param_hint="--schema")
    result, folder = _planned(loaded, out or default_folder(loaded.name), dg.make_plan)
    show_plan(Console(), result, folder, loaded.project.language)
    if postgis:
        target = dg.write_postgis(result, postgis, schema)
        told = say(loaded.project.language, "terminal.postgis", target=target)
        Console().print(told, markup=False, highlight=False, soft_wrap=True)
    if result.duty != "met":
        raise typer.Exit(DUTY_NOT_MET)


@app.command()
def gaps(project: ProjectPath, out: OutputFolder = None, language: LanguageChoice = None) -> None:
    """Show what is served today and what is not; nothing is built."""
    loaded = _load(project, language)
    result, folder = _planned(loaded, out or default_folder(f"{loaded.name}-gaps"), dg.gaps_today)
    show_gaps(Console(), result, folder, loaded.project.language)


@app.command()
def export(
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN", help="Folder that `dualgig plan` wrote, or its project file."),
    ],
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
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder; maps/ and the project's name with -export where not given."),
    ] = None,
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
    project = project if language is None else project.in_language(_language(language))
    result = replace(result, region=replace(result.region, project=project))
    folder = out or default_folder(f"{project.name}-export")
    files = export_plan(result, kinds, folder, datum=names[0], zoned=zoned)
    show_exported(Console(), folder, files, project.project.language)


@app.command()
def check(project: ProjectPath, language: LanguageChoice = None) -> None:
    """List every problem of the inputs at once: file, row, column, and how to mend it."""
    loaded = _load(project, language)
    problems = dg.check(loaded)
    show_problems(Console(), problems, loaded.project.language)
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(MISTAKE)


@app.command()
def calibrate(
    project: ProjectPath,
    drive_test: Annotated[
        Path,
        typer.Option("--drive-test", metavar="FILE", help="CSV or XLSX: lon, lat, site or PCI, band, RSRP."),
    ],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("calibration.toml"),
    columns: Annotated[
        list[str] | None,
        typer.Option("--columns", metavar="OURS=THEIRS", help="Name of a column of the file; once for each."),
    ] = None,
    crs: Annotated[str, typer.Option("--crs", help="CRS of its coordinates; WGS 84 where not given.")] = "",
    floor_dbm: Annotated[
        float | None,
        typer.Option(
            "--floor-dbm",
            help="Level below which the receiver heard nothing; the file's lowest if not given.",
        ),
    ] = None,
    receiver_loss_db: Annotated[
        float,
        typer.Option("--receiver-loss-db", min=0.0, help="What the receiver lost: cable, vehicle, body."),
    ] = 0.0,
    hold_out: Annotated[
        Part,
        typer.Option("--hold-out", help="What is held out to tell the error: whole sites or whole routes."),
    ] = Part.SITE,
    bin_m: Annotated[
        float,
        typer.Option("--bin-m", min=0.0, help="Samples in squares of this edge count as one, m; 0: all."),
    ] = 20.0,
    language: LanguageChoice = None,
) -> None:
    """Fit offsets of the link budget to a drive test; the project file is left as it is."""
    loaded = _load(project, language)
    if out.resolve() == loaded.path:
        raise typer.BadParameter("the project file is yours to change: give another file", param_hint="--out")
    with Steps(Console(stderr=True), loaded.project.language) as steps:
        steps("progress.read", 0.0)
        region = dg.load_region(loaded)
        steps("progress.drive_test", 0.0)
        test = dg.read_drive_test(region, drive_test, _pairs(columns or []), crs=crs)
        steps("progress.calibrate", 0.0)
        fitted = dg.calibrate(
            region, test, floor_dbm=floor_dbm, receiver_loss_db=receiver_loss_db, part=hold_out, bin_m=bin_m
        )
        write_calibration(fitted, out)
    show_problems(Console(stderr=True), list(fitted.warnings), loaded.project.language)
    show_calibration(Console(), fitted, out, loaded.project.language)


@app.command()
def link(
    project: ProjectPath,
    site: Annotated[str, typer.Option("--site", metavar="ID", help="A site, by its id or name.")],
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="PLACE", help="A village, township or key point, by id or name, or lon,lat."
        ),
    ],
    band: Annotated[
        str | None, typer.Option("--band", help="Only this band; all of the configurations' if not given.")
    ] = None,
    svg: Annotated[
        Path | None,
        typer.Option(
            "--svg",
            metavar="FILE",
            help="The profile to write; in maps/ and the project's name with -links if not given.",
        ),
    ] = None,
    language: LanguageChoice = None,
) -> None:
    """Check one link by hand: its budget line by line, and the terrain profile as a drawing."""
    loaded = _load(project, language)
    with Steps(Console(stderr=True), loaded.project.language) as steps:
        steps("progress.read", 0.0)
        region = dg.load_region(loaded)
        steps("progress.link", 0.0)
        found = dg.link(region, site, to, band)
        file = svg or default_folder(f"{loaded.name}-links") / profile_name(found, band)
        write_profile(found, file, loaded.project.language)
    show_link(Console(), found, loaded.project.language, file)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with your files.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write; project.toml in DIR where not given.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="zh or en; that of your files where not given.")
    ] = None,
) -> None:
    """Guess a project file from the files in a folder; what is left to you is marked ???."""
    made = dg.init_project(folder, out, language=_language(language) if language else None)
    show_scaffold(Console(), made)


def _pairs(texts: list[str]) -> dict[str, str]:
    """``ours=theirs`` as a mapping."""
    pairs = {}
    for text in texts:
        ours, sign, theirs = text.partition("=")
        if not (ours.strip() and sign and theirs.strip()):
            raise typer.BadParameter(f"{text!r} is not of the form ours=theirs", param_hint="--columns")
        pairs[ours.strip()] = theirs.strip()
    return pairs


def _load(path: Path, language: str | None) -> Project:
    """The project, in the language asked for."""
    project = Project.load(path)
    return project if language is None else project.in_language(_language(language))


def _language(text: str) -> Language:
    """The language that was asked for."""
    chosen: dict[str, Language] = {"zh": "zh", "en": "en"}
    if text not in chosen:
        raise typer.BadParameter(f"{text!r} is neither zh nor en", param_hint="--language")
    return chosen[text]


def _planned(
    project: Project, folder: Path, decide: Callable[[dg.Region, dg.Coverage, Steps], dg.Plan]
) -> tuple[dg.Plan, Path]:
    """Read, predict, decide and write, with progress on standard error."""
    prepare(folder)
    times_s: dict[str, float] = {}
    with Steps(Console(stderr=True), project.project.language, times_s) as steps:
        steps("progress.read", 0.0)
        region = dg.load_region(project)
        coverage = dg.predict_coverage(region, steps)
        result = decide(region, coverage, steps)
        steps("progress.write", 0.0)
        return result, dg.write_outputs(result, folder, times_s=times_s)


def _told(run: Callable[[], object]) -> int:
    """Run the command line; a user's mistake is told in plain words, never as a traceback."""
    complain = Console(stderr=True)
    try:
        _look_at_surroundings()
        run()
    except InputError as error:
        show_problems(complain, list(error.problems), "en")
        return MISTAKE
    except DualGigError as error:
        complain.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return MISTAKE
    except SystemExit as exit_:
        if exit_.code == INTERRUPTED:  # typer makes it of Ctrl-C, in silence
            complain.print(say("en", "terminal.stopped"), markup=False, highlight=False)
        return exit_.code if isinstance(exit_.code, int) else MISTAKE
    return 0


def _look_at_surroundings() -> None:
    """Refuse a wrong ``SOURCE_DATE_EPOCH`` (numpy stumbles over it on import), and print whatever the terminal."""
    if not os.environ.get("SOURCE_DATE_EPOCH", "unset").strip():
        del os.environ["SOURCE_DATE_EPOCH"]
    output_date()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    """Entry point of ``dualgig``."""
    sys.exit(_told(app))
