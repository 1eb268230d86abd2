"""The budget curve on disk: ``budget.json`` for programs, and read back; the table behind ``budget.csv``."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dualgig.curve import COUNTS, BudgetCurve, BudgetPoint
from dualgig.export.csv import write_csv
from dualgig.export.json import relative, significant
from dualgig.plan import Duty, Status  # noqa: TC001 - pydantic reads the annotations
from dualgig.project import SERVICES

if TYPE_CHECKING:
    from pathlib import Path

    from dualgig.plan import Plan

CURVE_JSON, CURVE_CSV, CURVE_SVG = "budget.json", "budget.csv", "budget.svg"
"""Files of a curve, beside the outputs of the plan."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Point(_Part):
    budget_cny: int = Field(ge=0)
    cost_cny: int = Field(ge=0)
    duty: Duty
    status: Status
    duties: tuple[int, ...]
    balances: tuple[int, ...]
    good: int
    bound: int
    gap: float = Field(ge=0)
    served: dict[str, int]


class _Curve(_Part):
    schema_: Literal["dualgig-budget/1"] = Field(alias="schema")
    project: str
    inputs: str
    asked: int
    wanted: tuple[int, ...]
    duty_cost_cny: int
    duty_bound_cny: int
    budget_cny: int
    baseline: int
    whole: int
    before: dict[str, int]
    total: dict[str, int]
    points: tuple[_Point, ...]


def inputs_mark(plan: Plan) -> str:
    """What a curve depends on, as SHA-256: the inputs and the options, without budget, words and map.

    Two plans with one mark differ in their money at most, so a curve of one is a curve of the other.
    """
    project = plan.region.project
    options = project.model_dump(mode="json", exclude={"budget", "map"})
    options["project"] = {"metric_crs": project.project.metric_crs, "seed": project.project.seed}
    for layer in options["inputs"].values():
        if layer:
            layer.pop("caveat", None)
            layer["path"] = relative(layer.get("path") or "", project.path.parent)
    hashes = {name: str(about["sha256"]) for name, about in sorted(plan.region.inputs.items())}
    text = json.dumps({"inputs": hashes, "options": options}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def curve_json(curve: BudgetCurve, plan: Plan) -> bytes:
    """The bytes of ``budget.json``: UTF-8, two spaces of indent; equal curves give equal bytes."""
    document = {
        "schema": "dualgig-budget/1",
        "project": plan.region.project.name,
        "inputs": inputs_mark(plan),
        "asked": curve.asked,
        "wanted": curve.wanted,
        "duty_cost_cny": curve.duty_cost_cny,
        "duty_bound_cny": curve.duty_bound_cny,
        "budget_cny": curve.budget_cny,
        "baseline": curve.baseline,
        "whole": curve.whole,
        "before": curve.before,
        "total": curve.total,
        "points": [
            {
                "budget_cny": point.budget_cny,
                "cost_cny": point.cost_cny,
                "duty": point.duty,
                "status": point.status,
                "duties": point.duties,
                "balances": point.balances,
                "good": point.good,
                "bound": point.bound,
                "gap": significant(point.gap),
                "served": point.served,
            }
            for point in curve.points
        ],
    }
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n").encode("utf-8")


def write_curve(folder: Path, curve: BudgetCurve, plan: Plan) -> None:
    """Write ``budget.json``, ``budget.csv`` and ``budget.svg`` into a folder."""
    # The drawing is render's; lists alone do without.
    from dualgig.render.curve_svg import curve_svg  # noqa: PLC0415

    language = plan.region.project.project.language
    (folder / CURVE_JSON).write_bytes(curve_json(curve, plan))
    write_csv(folder / CURVE_CSV, curve_table(curve), language)
    (folder / CURVE_SVG).write_text(curve_svg(curve, language), encoding="utf-8", newline="\n")


def read_curve(folder: Path, plan: Plan) -> BudgetCurve | None:
    """The curve in a folder, if there is one and it is of this plan's inputs and options; else ``None``."""
    try:
        read = _Curve.model_validate_json((folder / CURVE_JSON).read_bytes())
    except (OSError, ValidationError):
        return None
    if read.inputs != inputs_mark(plan):
        return None
    fields: dict[str, Any] = read.model_dump(exclude={"schema_", "project", "inputs", "points"})
    fields["budget_cny"] = plan.budget_cny
    return BudgetCurve(points=tuple(BudgetPoint(**point.model_dump()) for point in read.points), **fields)


def curve_table(curve: BudgetCurve) -> pd.DataFrame:
    """The curve as a table, one budget a row.

    Columns: ``budget_cny``, ``cost_cny``, ``verdict``, ``duties_met``, ``duties_wanted``, per count C of
    townships, villages, people and service S ``C_S``; ``good``, ``bound``, ``gap_percent``, ``status``.
    """
    rows = []
    for point in curve.points:
        row: dict[str, object] = {
            "budget_cny": point.budget_cny,
            "cost_cny": point.cost_cny,
            "verdict": point.duty,
            "duties_met": sum(point.duties),
            "duties_wanted": sum(curve.wanted),
        }
        row |= {
            f"{count}_{service}": point.served[f"{count}_{service}"]
            for service in SERVICES
            for count in COUNTS
        }
        row |= {"good": point.good, "bound": point.bound, "gap_percent": significant(100 * point.gap)}
        row["status"] = point.status
        rows.append(row)
    return pd.DataFrame(rows)
