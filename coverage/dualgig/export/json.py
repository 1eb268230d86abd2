"""``plan.json``, the contract with other programs, and ``run.json``, what may differ between equal runs."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pandas as pd

from dualgig.export.schema import (
    Build,
    Built,
    Cost,
    Coverage,
    Gap,
    Input,
    InsightPart,
    PlanDocument,
    PredictionPart,
    Served,
    StageRow,
)
from dualgig.export.schema_part import ScoreRow
from dualgig.export.schema_policy import EquityPart, FundRow, PhaseRow, StationsPart
from dualgig.export.tables import LINE_ORDER, item_kinds
from dualgig.plan import SCHEMA
from dualgig.postgis import is_database

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dualgig.plan import EquityRow, Plan

PACKAGES = (
    "geopandas",
    "highspy",
    "numba",
    "numpy",
    "osmnx",
    "pandas",
    "pulp",
    "pyogrio",
    "pyproj",
    "rasterio",
    "scipy",
    "shapely",
)
"""Packages that a plan depends on; their versions stand in ``plan.json``."""

HASH_DIGITS = 12
"""Hexadecimal digits of the plan hash on map and report."""

_BUILT_STATES = ("new", "upgraded")


def plan_document(plan: Plan) -> PlanDocument:
    """Put a plan into the form of ``plan.json``.

    Raises
    ------
    pydantic.ValidationError
        The plan contradicts itself (a fault of DualGig).
    """
    project = plan.region.project
    folder = project.path.parent
    options = project.model_dump(mode="json")
    for value in options["inputs"].values():
        if value and value.get("path"):
            value["path"] = relative(value["path"], folder)
    return PlanDocument(
        schema=SCHEMA,
        dualgig=metadata.version("dualgig"),
        project=project.name,
        status=plan.status,
        duty=plan.duty,
        shortage_cny=plan.shortage_cny,
        gap=significant(plan.gap),
        scoreboard=tuple(ScoreRow.model_validate(asdict(score)) for score in plan.scoreboard),
        stages=tuple(
            StageRow(
                stage=stage.stage,
                sense=stage.sense,
                value=stage.value,
                bound=stage.bound,
                gap=significant(stage.gap),
                method=stage.method,
            )
            for stage in plan.stages
        ),
        cost_cny=_cost(plan),
        budget_cny=plan.budget_cny,
        funds=tuple(FundRow.model_validate(asdict(fund)) for fund in plan.funds),
        years=plan.years,
        phases=tuple(PhaseRow.model_validate(asdict(phase)) for phase in plan.phases),
        equity=tuple(_equity(rule) for rule in plan.equity),
        stations=None if plan.stations is None else StationsPart.model_validate(asdict(plan.stations)),
        built=_built(plan),
        builds=_builds(plan),
        coverage=Coverage(before=Served(**plan.coverage["before"]), after=Served(**plan.coverage["after"])),
        gaps=_gaps(plan),
        insight=None if plan.insight is None else InsightPart.model_validate(asdict(plan.insight)),
        prediction=_prediction(plan),
        inputs={
            name: Input(
                path=relative(str(about["path"]), folder),
                rows=None if about.get("rows") is None else int(str(about["rows"])),
                sha256=str(about["sha256"]),
                caveat=str(about.get("caveat") or ""),
            )
            for name, about in sorted(plan.region.inputs.items())
        },
        options=options,
        seed=project.project.seed,
        versions=versions(),
    )


def plan_json(plan: Plan) -> bytes:
    """The bytes of ``plan.json``: UTF-8, two spaces of indent, a line feed at the end.

    Equal inputs, options and versions give equal bytes: nothing in it depends on time or place.
    """
    document = plan_document(plan).model_dump(mode="json", by_alias=True)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    return (text + "\n").encode("utf-8")


def plan_hash(plan: Plan) -> str:
    """The plan's mark on map and report: the first 12 hexadecimal digits of SHA-256 of ``plan.json``."""
    return short_hash(plan_json(plan))


def short_hash(content: bytes) -> str:
    """The first 12 hexadecimal digits of SHA-256, as ``sha256sum plan.json`` begins."""
    return hashlib.sha256(content).hexdigest()[:HASH_DIGITS]


def run_json(folder: Path, *, date: str, times_s: Mapping[str, float]) -> bytes:
    """The bytes of ``run.json``: when and where the outputs were made, and what they are.

    Parameters
    ----------
    folder
        The outputs, complete but for ``run.json`` itself.
    date
        The date on map and report.
    times_s
        Seconds that the steps of the run took, by name.
    """
    outputs = {
        path.name: {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
    record = {
        "schema": "dualgig-run/1",
        "date": date,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "times_s": {name: round(seconds, 3) for name, seconds in times_s.items()},
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "outputs": outputs,
    }
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a plan depends on."""
    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for package in PACKAGES:
        found[package] = metadata.version(package)
    return found


def relative(path: str, folder: Path) -> str:
    """A path as seen from a folder, with forward slashes; the bare name where no such path exists.

    The address of a database stays as it is; it holds no password (`dualgig.project.Layer`).
    """
    if is_database(path):
        return path
    if not PurePath(path).is_absolute():
        return PurePath(path).as_posix()
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return PurePath(path).name


def significant(number: float) -> float:
    """A number with nine significant digits, so that a small gap never rounds to none."""
    return float(f"{number:.9g}")


def _cost(plan: Plan) -> Cost:
    """The plan's cost, in all and by line, in the order of the cost book."""
    by_line = plan.cost_lines.groupby("line")["amount_cny"].sum()
    order = [line for line in LINE_ORDER if line in by_line.index]
    order += sorted(set(by_line.index) - set(order))
    return Cost(total=plan.cost_cny, by_line={line: int(by_line[line]) for line in order})


def _built(plan: Plan) -> Built:
    nodes = plan.nodes[plan.nodes["state"].isin(_BUILT_STATES)]
    return Built(
        sites=int(plan.sites["state"].isin(_BUILT_STATES).sum()),
        nodes=len(nodes),
        trench_km=round(float(plan.routes["new_km"].sum()), 3),
        exchange_nodes=int((nodes["kind"] == "exchange").sum()),
    )


def _builds(plan: Plan) -> tuple[Build, ...]:
    """Every option that is built, sites first, then nodes, then villages, each sorted by id."""
    names = {"site": plan.sites["name"], "node": plan.nodes["name"], "village": plan.villages["name"]}
    lines = plan.cost_lines.assign(kind=item_kinds(plan))
    if "year" not in lines:
        lines = lines.assign(year=None)
    by_option = lines.groupby(["kind", "item", "option"])
    cost = by_option["amount_cny"].sum().reset_index().assign(year=by_option["year"].first().to_numpy())
    cost["order"] = cost["kind"].map(list(names).index)
    return tuple(
        Build(
            option=str(row["option"]),
            kind=row["kind"],
            item=str(row["item"]),
            name=str(names[row["kind"]].get(row["item"], "")),
            cost_cny=int(row["amount_cny"]),
            year=int(row["year"]) if plan.years else None,
        )
        for row in cost.sort_values(["order", "item", "option"]).to_dict("records")
    )


def _equity(rule: EquityRow) -> EquityPart:
    """One rule of balance, its shares with nine significant digits."""
    shares = {"before": significant(rule.before), "after": significant(rule.after)}
    return EquityPart.model_validate(asdict(rule) | shares)


def _prediction(plan: Plan) -> PredictionPart | None:
    """How radio coverage was predicted, to a thousandth of a dB."""
    if plan.prediction is None:
        return None
    about = asdict(plan.prediction)
    if about["check"] is not None:
        about["check"] |= {name: round(about["check"][name], 3) for name in ("mean_db", "std_db")}
    return PredictionPart.model_validate(about)


def _gaps(plan: Plan) -> tuple[Gap, ...]:
    """Places without a service after the plan, in the plan's order."""
    return tuple(
        Gap(
            id=str(gap["id"]),
            name=str(gap["name"]),
            level=gap["level"],
            township=str(gap["township"]),
            service=gap["service"],
            duty=bool(gap["duty"]),
            reason=gap["reason"],
            cost_to_serve_cny=None if pd.isna(gap["cost_cny"]) else int(gap["cost_cny"]),
        )
        for gap in plan.gaps.to_dict("records")
    )
