"""``check``, ``init``, ``calibrate`` and ``link``: what is done with inputs before a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import dualgig as dg
from dualgig.calibration_file import Part, write_calibration
from dualgig.cli.app import MISTAKE, app
from dualgig.cli.options import LanguageChoice, ProjectPath, ScenarioName, chosen_language, load
from dualgig.export.write import default_folder
from dualgig.screen import Steps, show_calibration, show_problems, show_scaffold
from dualgig.screen_link import show_link


@app.command()
def check(project: ProjectPath, scenario: ScenarioName = None, language: LanguageChoice = None) -> None:
    """List every problem of the inputs at once: file, row, column, and how to mend it."""
    loaded = load(project, language, scenario)
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
    loaded = load(project, language)
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
    # Drawing a profile loads the radio room and its compiler, which no other command here needs.
    from dualgig.render.profile_svg import profile_name, write_profile  # noqa: PLC0415

    loaded = load(project, language)
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
    made = dg.init_project(folder, out, language=chosen_language(language) if language else None)
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
