"""All outputs of a plan, in one folder that appears as a whole."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dualgig.errors import OutputError
from dualgig.export.csv import write_csv
from dualgig.export.curve import read_curve, write_curve
from dualgig.export.gpkg import write_gpkg
from dualgig.export.json import plan_json, run_json, short_hash
from dualgig.export.tables import places, sites
from dualgig.export.xlsx import write_xlsx
from dualgig.store import PLAN_NAME, RECORD_NAME, replacing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dualgig.curve import BudgetCurve
    from dualgig.plan import Plan


def write_outputs(
    plan: Plan,
    folder: str | Path | None = None,
    *,
    date: str | None = None,
    times_s: Mapping[str, float] | None = None,
    curve: BudgetCurve | None = None,
) -> Path:
    """Write ``plan.json``, the lists, the map, the report and ``run.json``.

    They are written beside the folder and swapped in when complete, so that a killed run leaves
    either the former outputs or none; see `dualgig.store.replacing`.

    Parameters
    ----------
    plan
        The plan.
    folder
        Where to; ``maps/<project name>`` in the current folder by default.
    date
        ``YYYY-MM-DD`` on map and report; by default that of ``SOURCE_DATE_EPOCH`` (seconds since
        1970, UTC) where the environment has it, else today.
    times_s
        Seconds that the steps before took, by name, for ``run.json``.
    curve
        The budget curve, written beside the plan and shown in the report. Where there is none, one that
        stands in the folder is kept as long as it is of the same inputs and options.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    OutputError
        The folder holds something else, the disk is full, or the right to write is missing.
    """
    # The map draws on Leaflet and the report on Jinja; lists alone need neither.
    from dualgig.render.map import map_html  # noqa: PLC0415
    from dualgig.render.report import report_html  # noqa: PLC0415

    project = plan.region.project
    language = project.project.language
    target = default_folder(project.name) if folder is None else Path(folder)
    date = output_date() if date is None else date
    times = dict(times_s or {})
    curve = curve or read_curve(target, plan)
    with replacing(target) as out:
        start = time.perf_counter()
        document = plan_json(plan)
        mark = short_hash(document)
        (out / PLAN_NAME).write_bytes(document)
        write_csv(out / "sites.csv", sites(plan), language)
        write_csv(out / "villages.csv", places(plan), language)
        write_xlsx(out / "sites.xlsx", plan, date=date)
        write_gpkg(out / "plan.gpkg", plan, date=date)
        times["lists"], start = time.perf_counter() - start, time.perf_counter()
        (out / "map.html").write_text(map_html(plan, date=date, plan_hash=mark), encoding="utf-8", newline="")
        times["map"], start = time.perf_counter() - start, time.perf_counter()
        if curve is not None:
            write_curve(out, curve, plan)
        report = report_html(plan, date=date, plan_hash=mark, curve=curve)
        (out / "report.html").write_text(report, encoding="utf-8", newline="")
        times["report"] = time.perf_counter() - start
        (out / RECORD_NAME).write_bytes(run_json(out, date=date, times_s=times))
    return target


def default_folder(name: str) -> Path:
    """``maps/<project name>`` in the current folder."""
    return Path("maps") / name


def output_date() -> str:
    """The date on map and report: of ``SOURCE_DATE_EPOCH`` where set, else today, ``YYYY-MM-DD``.

    Raises
    ------
    OutputError
        ``SOURCE_DATE_EPOCH`` is not a number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now().astimezone().date().isoformat()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise OutputError(
            f"SOURCE_DATE_EPOCH: {epoch!r} is not a number of seconds since 1970. Unset it, or write whole seconds."
        ) from None
