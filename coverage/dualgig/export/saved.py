"""A plan read back from the folder that it was written to: ``plan.json`` and ``plan.gpkg``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pydantic import ValidationError
from pyogrio.errors import DataLayerError, DataSourceError

from dualgig.errors import InputError, Problem
from dualgig.export.gpkg import KINDS, RECORDS
from dualgig.export.schema import PlanDocument
from dualgig.export.write import default_folder
from dualgig.insight import DutyPrice, Insight, MoreMoney, Place, Reach
from dualgig.plan import (
    EquityRow,
    FundUse,
    Phase,
    Plan,
    Score,
    Stage,
    StationCount,
    Stations,
    Target,
)
from dualgig.prediction import CapLoss, Prediction, SweepCheck
from dualgig.project import SERVICES, Project
from dualgig.region.metric import metric_crs
from dualgig.region.model import Region, Terrain
from dualgig.region.schema import TABLES
from dualgig.region.validate import empty_table
from dualgig.store import PLAN_NAME

if TYPE_CHECKING:
    from pyproj import CRS

LAYERS_NAME = "plan.gpkg"

PLACED = ("townships", "villages", "keypoints", "sites", "nodes")
"""Layers that are tables of the region too, with more columns."""

YEARS = ("year", *(f"year_{service}" for service in SERVICES))
"""Columns that hold years, missing where nothing happens."""

_AGAIN = "Write it again: dualgig plan PROJECT --out FOLDER."


def plan_folder(path: Path) -> Path:
    """The folder of a plan: the path itself, that of a ``plan.json``, or where a project file's plan lands.

    Raises
    ------
    InputError
        The project has not been planned.
    ProjectError
        The project file is wrong.
    """
    if path.name == PLAN_NAME:
        return path.parent
    if path.suffix.lower() != ".toml":
        return path
    folder = default_folder(Project.load(path).name)
    if not (folder / PLAN_NAME).is_file():
        raise _wrong(
            path,
            f"it has no plan in {folder}.",
            f"Plan it first: dualgig plan {path}. If the plan is elsewhere, give its folder instead.",
        )
    return folder


def read_plan(folder: str | Path) -> Plan:
    """Read a plan back from its outputs.

    What is read is what was planned, whatever has become of the inputs since. Terrain, roads and
    demand are not among the outputs: the terrain of the region is empty, and so are its roads,
    demand, ledger and exclusions. Sites, nodes, villages and key points carry ``ground_m``, the height
    of the ground, instead.

    Parameters
    ----------
    folder
        A folder with the ``plan.json`` and ``plan.gpkg`` of one plan.

    Returns
    -------
    Plan
        Its ``plan.json`` is that in the folder, to the byte.

    Raises
    ------
    InputError
        A file is missing, is not DualGig's, or the two are of different plans.
    """
    folder = Path(folder)
    document = _document(folder)
    path = folder / LAYERS_NAME
    layers = {name: _layer(path, name) for name in (*KINDS, "keypoints")}
    cost_lines, conflicts = (_records(path, name) for name in RECORDS)
    if int(cost_lines["amount_cny"].sum()) != document.cost_cny.total:
        raise _wrong(
            path, f"its cost is not that of the {PLAN_NAME} beside it: they are of different plans.", _AGAIN
        )
    project = Project.model_validate(document.options)
    project._path = folder.resolve() / "project.toml"  # noqa: SLF001 - the paths in it are as seen from there
    region = _region(project, layers, document)
    return Plan(
        region=region,
        status=document.status,
        duty=document.duty,
        shortage_cny=document.shortage_cny,
        budget_cny=document.budget_cny,
        gap=document.gap,
        scoreboard=tuple(Score(**row.model_dump()) for row in document.scoreboard),
        stages=tuple(Stage(**row.model_dump()) for row in document.stages),
        townships=layers["townships"],
        villages=layers["villages"],
        sites=layers["sites"],
        nodes=layers["nodes"],
        routes=layers["routes"],
        cost_lines=cost_lines,
        gaps=pd.DataFrame(layers["gaps"].reset_index().drop(columns="geometry")),
        conflicts=conflicts,
        coverage={
            "before": document.coverage.before.model_dump(),
            "after": document.coverage.after.model_dump(),
        },
        years=document.years,
        phases=_phases(document),
        funds=tuple(FundUse(**fund.model_dump()) for fund in document.funds),
        equity=tuple(EquityRow(**rule.model_dump()) for rule in document.equity),
        stations=_stations(document),
        insight=_insight(document),
        prediction=_prediction(document),
    )


def _phases(document: PlanDocument) -> tuple[Phase, ...]:
    """The years of the plan."""
    phases = []
    for row in document.phases:
        targets = tuple(
            Target(Score(**target.score.model_dump()), target.why, target.least_cny, target.money_cny)
            for target in row.targets
        )
        phases.append(Phase(**row.model_dump(exclude={"targets"}), targets=targets))
    return tuple(phases)


def _stations(document: PlanDocument) -> Stations | None:
    """Base stations in the policy's unit."""
    about = document.stations
    if about is None:
        return None
    counties = tuple(StationCount(**county.model_dump()) for county in about.counties)
    return Stations(**about.model_dump(exclude={"counties"}), counties=counties)


def _insight(document: PlanDocument) -> Insight | None:
    """What explains the plan as a whole."""
    about = document.insight
    if about is None:
        return None
    return Insight(
        reach=tuple(Reach(**row.model_dump()) for row in about.reach),
        duty_cost_cny=about.duty_cost_cny,
        duty_bound_cny=about.duty_bound_cny,
        dearest=tuple(
            DutyPrice(tuple(Place(**place.model_dump()) for place in row.places), row.saving_cny, row.how)
            for row in about.dearest
        ),
        more=None if about.more is None else MoreMoney(**about.more.model_dump()),
    )


def _prediction(document: PlanDocument) -> Prediction | None:
    """How radio coverage was predicted."""
    about = document.prediction
    if about is None:
        return None
    return Prediction(
        method=about.method,
        sites=about.sites,
        points=about.points,
        paths=about.paths,
        check=None if about.check is None else SweepCheck(**about.check.model_dump()),
        caps=tuple(CapLoss(**cap.model_dump()) for cap in about.caps),
    )


def _document(folder: Path) -> PlanDocument:
    """The checked ``plan.json`` of a folder."""
    path = folder / PLAN_NAME
    try:
        return PlanDocument.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise _wrong(
            path, "there is no such file.", "Give the folder that `dualgig plan` wrote, e.g. maps/qingyuan."
        ) from None
    except OSError as error:
        raise _wrong(
            path, f"it cannot be read ({error.strerror}).", "Give yourself the right to read it."
        ) from None
    except (ValidationError, json.JSONDecodeError):
        raise _wrong(path, "this is not a plan.json of this version of DualGig.", _AGAIN) from None


def _layer(path: Path, name: str) -> gpd.GeoDataFrame:
    """A layer of the plan as it was written, with the text id as its index."""
    table = _read(path, name)
    if not isinstance(table, gpd.GeoDataFrame) or table.crs is None or table.crs.to_epsg() != 4326:
        raise _wrong(path, f"the layer {name} is not in EPSG:4326.", _AGAIN)
    table = table.set_index("id")
    for column in table.columns:
        if column.endswith("_cny") and (
            column.startswith("cost_") and name in ("townships", "villages", "gaps")
        ):
            table[column] = table[column].astype("Int64")
    for column in YEARS:
        if column in table:
            table[column] = table[column].astype("Int64")
    for column, spec in TABLES[name].columns.items() if name in TABLES else ():
        if spec.kind == "list" and column in table:
            lists = np.empty(len(table), dtype=object)
            for row, text in enumerate(table[column]):
                lists[row] = tuple(text.split(";")) if text else ()
            table[column] = lists
    return table


def _records(path: Path, name: str) -> pd.DataFrame:
    table = pd.DataFrame(_read(path, name))
    return table.astype({column: "Int64" for column in YEARS if column in table})


def _read(path: Path, name: str) -> pd.DataFrame:
    """A table of the GeoPackage."""
    if not path.is_file():
        raise _wrong(path, "there is no such file.", _AGAIN)
    try:
        table: pd.DataFrame = pyogrio.read_dataframe(path, layer=name)
    except (DataSourceError, DataLayerError):
        raise _wrong(path, f"there is no readable table {name} in it.", _AGAIN) from None
    return table


def _region(project: Project, layers: dict[str, gpd.GeoDataFrame], document: PlanDocument) -> Region:
    """The region of a plan, as far as the plan's tables hold it."""
    frames = {}
    for name in PLACED:
        known = (*TABLES[name].columns, "ground_m", "geometry")
        frames[name] = layers[name][[column for column in layers[name].columns if column in known]]
    crs = metric_crs(project, frames["townships"])
    return Region(
        project=project,
        townships=frames["townships"],
        villages=frames["villages"],
        keypoints=frames["keypoints"],
        sites=frames["sites"],
        nodes=frames["nodes"],
        demand=empty_table("demand"),
        status=empty_table("status"),
        exclusions=empty_table("exclusions"),
        terrain=_no_terrain(crs),
        roads=None,
        metric_crs=crs,
        inputs={name: about.model_dump() for name, about in document.inputs.items()},
    )


def _no_terrain(crs: CRS) -> Terrain:
    """An elevation model of which nothing is known."""
    return Terrain(np.full((1, 1), np.nan, dtype=np.float32), 0.0, 0.0, 1.0, crs)


def _wrong(path: Path, problem: str, mend: str) -> InputError:
    return InputError([Problem(str(path), None, "", problem, mend)])
