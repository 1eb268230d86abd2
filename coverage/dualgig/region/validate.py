"""Applies the schema to a table: columns, types, allowed values, ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from dualgig.region.cells import CellError, parse
from dualgig.region.codes import damaged
from dualgig.region.columns import match_columns
from dualgig.region.coordinates import WGS84
from dualgig.region.schema import TABLES
from dualgig.region.shapes import check_shapes, points_m

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.project import Project
    from dualgig.region.findings import Findings
    from dualgig.region.read import RawTable
    from dualgig.region.schema import Column


@dataclass(frozen=True)
class Checked:
    """A table that follows the schema, and where each row came from.

    Parameters
    ----------
    name
        Which table, a key of ``TABLES``.
    file
        Its file, as the project file names it.
    frame
        The schema's columns and the geometry (EPSG:4326, may be missing where noted), indexed by
        id; a table without ids by its row.
    rows
        int64, the row in the file of each row of the frame.
    columns
        Our column -> the file's.
    blank
        Per column, bool: where the cell was empty, or the column absent, and the default stands.
    wrong
        Per column, bool: where the cell was wrong (that is noted) and the default stands.
    complete
        Whether every row of the file is here; rows without an id of their own are not.
    sha256
        Hex digest of the file, or of what was read from a database.
    """

    name: str
    file: str
    frame: gpd.GeoDataFrame
    rows: NDArray[np.int64]
    columns: dict[str, str]
    blank: pd.DataFrame
    wrong: pd.DataFrame
    complete: bool
    sha256: str

    def column(self, ours: str) -> str:
        """The file's name of one of our columns; ours where the file lacks it."""
        return self.columns.get(ours, ours)

    def row(self, position: int) -> int:
        """Row in the file of a row of the frame."""
        return int(self.rows[position])

    def id(self, position: int) -> str:
        """Id of a row of the frame."""
        return str(self.frame.index[position])

    def points_m(self, crs: CRS) -> NDArray[np.float64]:
        """Points, and representative points of polygons, shape (rows, 2), metres; NaN where missing."""
        return points_m(self.frame.geometry, crs)


def validate(
    raw: RawTable, project: Project, optional: Collection[str], findings: Findings
) -> Checked | None:
    """Bring a table into the schema's form and note everything that does not fit.

    Parameters
    ----------
    raw
        The table as it stands in its file.
    project
        The project.
    optional
        Columns that need not be there although the schema requires them.
    findings
        Takes what is wrong. Rows with a wrong cell keep the default there, so that later checks do
        not complain of the same again.

    Returns
    -------
    Checked or None
        ``None`` where a required column is missing. Rows without an id or with an id that stood
        before are left out.
    """
    table = TABLES[raw.name]
    columns = match_columns(raw, project, optional, findings)
    if columns is None:
        return None
    values: dict[str, pd.Series[Any]] = {}
    blank: dict[str, NDArray[np.bool_]] = {}
    wrong: dict[str, NDArray[np.bool_]] = {}
    for ours, spec in table.columns.items():
        if ours not in columns:
            values[ours] = _typed([spec.default] * len(raw.cells), spec)
            blank[ours] = np.ones(len(raw.cells), dtype=np.bool_)
            wrong[ours] = ~blank[ours]
            continue
        required = spec.required and ours not in optional
        parsed, blank[ours], wrong[ours] = _parse_column(
            raw, columns[ours], spec, required=required, findings=findings
        )
        values[ours] = _typed(parsed, spec)
    frame = pd.DataFrame(values)
    if "id" in frame:
        ids = [str(value).strip() for value in frame["id"]]
        keep = _unique_ids(raw, columns["id"], ids, findings)
        if raw.name in ("townships", "villages"):
            for position, problem, mend in damaged(raw.name, ids):
                findings.error(raw.layer.path, int(raw.rows[position]), columns["id"], problem, mend)
        frame.index = pd.Index(ids, name="id", dtype="str")
        frame = frame.drop(columns="id")
    else:
        keep = np.ones(len(frame), dtype=np.bool_)
        frame.index = pd.Index([str(row) for row in raw.rows], name="id", dtype="str")
    shapes: object = [None] * len(frame)
    if raw.geometry is not None:
        shapes = check_shapes(raw.name, raw.layer.path, raw.geometry, raw.rows, findings).to_numpy()
    located = gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)
    return Checked(
        name=raw.name,
        file=raw.layer.path,
        frame=located[keep],
        rows=raw.rows[keep],
        columns=columns,
        blank=pd.DataFrame(blank)[keep],
        wrong=pd.DataFrame(wrong)[keep],
        complete=bool(keep.all()),
        sha256=raw.sha256,
    )


def empty_table(name: str) -> gpd.GeoDataFrame:
    """A table without rows, with its columns, as for an input that was not given."""
    columns = {ours: _typed([], spec) for ours, spec in TABLES[name].columns.items() if ours != "id"}
    frame = pd.DataFrame(columns, index=pd.Index([], name="id", dtype="str"))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], index=frame.index, crs=WGS84), crs=WGS84)


def _parse_column(
    raw: RawTable, theirs: str, spec: Column, *, required: bool, findings: Findings
) -> tuple[list[object], NDArray[np.bool_], NDArray[np.bool_]]:
    """Values of a column, where its cells are empty, and where they are wrong."""
    cells = raw.cells[theirs].tolist()
    parsed: list[object] = [spec.default] * len(cells)
    blank = np.zeros(len(cells), dtype=np.bool_)
    wrong = np.zeros(len(cells), dtype=np.bool_)
    known: dict[str, object] = {}
    for position, text in enumerate(cells):
        if text in known:
            parsed[position] = known[text]
            continue
        if not text.strip():
            blank[position] = True
            wrong[position] = required
            if required:
                mend = f"Fill it in ({spec.meaning})."
                findings.error(raw.layer.path, int(raw.rows[position]), theirs, "the cell is empty.", mend)
            continue
        try:
            parsed[position] = known[text] = parse(text, spec)
        except CellError as error:
            wrong[position] = True
            findings.error(raw.layer.path, int(raw.rows[position]), theirs, error.problem, error.mend)
    return parsed, blank, wrong


def _typed(values: list[object], spec: Column) -> pd.Series[Any]:
    """Values as the column's dtype; what is required and missing (already noted) becomes neutral."""
    match spec.kind:
        case "integer":
            return pd.Series([0 if v is None else v for v in values], dtype=np.int64)
        case "number":
            return pd.Series([0.0 if v is None else v for v in values], dtype=np.float64)
        case "flag":
            return pd.Series([bool(v) for v in values], dtype=np.bool_)
        case "list":
            tuples = np.empty(len(values), dtype=object)
            for position, value in enumerate(values):
                tuples[position] = value
            return pd.Series(tuples, dtype=object)
        case _:
            return pd.Series(["" if v is None else v for v in values], dtype="str")


def _unique_ids(raw: RawTable, theirs: str, ids: list[str], findings: Findings) -> NDArray[np.bool_]:
    """Which rows have an id of their own; a repeated id is noted with the row that had it first."""
    first: dict[str, int] = {}
    keep = np.ones(len(ids), dtype=np.bool_)
    for position, value in enumerate(ids):
        row = int(raw.rows[position])
        if value in first:
            findings.error(
                raw.layer.path,
                row,
                theirs,
                f"the id {value} is a duplicate of row {first[value]}.",
                "Give each row its own id, or delete one of the two.",
            )
        keep[position] = bool(value) and value not in first
        if value:
            first.setdefault(value, row)
    return keep
