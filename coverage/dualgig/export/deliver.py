"""A plan in the formats and datums that others ask for, beside the outputs of `dualgig.export.write`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from dualgig.errors import OutputError
from dualgig.export.csv import write_csv
from dualgig.export.datum import Datum
from dualgig.export.gpkg import write_gpkg
from dualgig.export.kml import write_kml
from dualgig.export.survey_book import write_surveys
from dualgig.export.tables import all_tables
from dualgig.export.write import output_date
from dualgig.export.xlsx import write_xlsx
from dualgig.store import cannot_write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dualgig.export.datum import DatumName
    from dualgig.plan import Plan

FormatName = Literal["kml", "dxf", "csv", "xlsx", "gpkg", "survey"]

FORMATS: tuple[FormatName, ...] = get_args(FormatName)


def export_plan(
    plan: Plan,
    formats: Sequence[FormatName],
    folder: str | Path,
    *,
    datum: DatumName = "wgs84",
    zoned: bool = False,
    date: str | None = None,
) -> list[Path]:
    """Write a plan in further formats.

    The datum is part of every file's name: ``sites_gcj02.csv``, ``plan_cgcs2000.dxf``. All files are
    complete before the first one appears in the folder; files of the same name are replaced, and
    nothing else in it is touched.

    Parameters
    ----------
    plan
        The plan, made or read back (`dualgig.export.saved.read_plan`).
    formats
        ``kml``, ``dxf``, ``csv`` (every list), ``xlsx`` (every list), ``gpkg`` (with QGIS styles),
        ``survey`` (a sheet a new site).
    folder
        Where to; made where it does not exist.
    datum
        ``wgs84``, ``cgcs2000`` (3-degree zone by place), ``gcj02`` or ``bd09``. KML is in WGS 84 only;
        a drawing is in metres, of CGCS2000 or of the UTM zone of WGS 84.
    zoned
        Of CGCS2000: eastings with the number of the zone before them.
    date
        ``YYYY-MM-DD`` in the files; by default as for `dualgig.export.write.write_outputs`.

    Returns
    -------
    list of pathlib.Path
        The files.

    Raises
    ------
    OutputError
        The format does not go with the datum, the plan lies outside the zones of CGCS2000, or the
        folder cannot be written.
    """
    target = Path(folder)
    date = output_date() if date is None else date
    frame = Datum(datum, zoned=zoned)
    if zoned and datum != "cgcs2000":
        raise OutputError(
            f"{target}: only CGCS2000 has zone numbers. Add --datum cgcs2000, or leave --zoned out."
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".dualgig-export-", dir=target) as room:
            made = [path for name in formats for path in _write(name, Path(room), plan, frame, date)]
            return [path.replace(target / path.name) for path in made]
    except OutputError:
        raise
    except OSError as error:
        raise cannot_write(target, error) from error


def _write(name: FormatName, room: Path, plan: Plan, datum: Datum, date: str) -> list[Path]:
    """One format, into a folder that nobody looks at yet."""
    if name == "csv":
        return _csv(room, plan, datum)
    path = room / (f"survey_{datum.suffix}.xlsx" if name == "survey" else f"plan_{datum.suffix}.{name}")
    match name:
        case "survey":
            return write_surveys(path, plan, date=date, datum=datum)
        case "kml":
            write_kml(path, plan, date=date, datum=datum)
        case "dxf":
            from dualgig.export.dxf import write_dxf  # noqa: PLC0415 - ezdxf takes long to import

            write_dxf(path, plan, date=date, datum=datum)
        case "xlsx":
            write_xlsx(path, plan, date=date, datum=datum)
        case "gpkg":
            write_gpkg(path, plan, date=date, datum=datum)
    return [path]


def _csv(room: Path, plan: Plan, datum: Datum) -> list[Path]:
    language = plan.region.project.project.language
    made = []
    for name, table in all_tables(plan, datum).items():
        made.append(room / f"{name}_{datum.suffix}.csv")
        write_csv(made[-1], table, language)
    return made
