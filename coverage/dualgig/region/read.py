"""Any input table as text cells, rows as a person counts them, and geometry in EPSG:4326."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.region.coordinates import points_from_columns, to_wgs84
from dualgig.region.encoding import shapefile_parts
from dualgig.region.findings import closest
from dualgig.region.schema import TABLES
from dualgig.region.sheets import CSV_SUFFIXES, WORKBOOK_SUFFIXES, read_sheet
from dualgig.region.vector import read_vector

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from dualgig.project import Layer, Project
    from dualgig.region.findings import Findings


GEODATABASE_SUFFIX = ".gdb"
"""An Esri file geodatabase is a folder."""


@dataclass(frozen=True)
class RawTable:
    """An input table as it stands in its file.

    Parameters
    ----------
    name
        Which input it is, a key of ``TABLES``.
    layer
        Its entry in the project file.
    cells
        Text cells under the file's own column names.
    rows
        int64, the row of each as a person counts it: the header of a CSV or sheet is row 1, the
        first feature of a vector layer is row 1.
    geometry
        EPSG:4326, missing where it could not be read; ``None`` where the whole layer's geometry
        is of no use (that is noted) or not needed.
    """

    name: str
    layer: Layer
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    geometry: gpd.GeoSeries | None


def existing_path(project: Project, name: str, path: str, findings: Findings) -> Path | None:
    """Absolute path of an input file, or ``None`` with an error noted where there is none."""
    key = f"inputs.{name}.path"
    if not path:
        findings.error(
            project.path.name, None, key, "no file is named.", f'Write {name} = {{ path = "..." }}.'
        )
        return None
    resolved = project.resolve(path)
    if resolved.is_file() or (resolved.is_dir() and resolved.suffix.lower() == GEODATABASE_SUFFIX):
        if os.access(resolved, os.R_OK):
            return resolved
        findings.error(path, None, "", "the file may not be read.", "Give yourself the right to read it.")
        return None
    folder = resolved.parent
    meant = (
        closest(resolved.name, [p.name for p in sorted(folder.iterdir()) if p.is_file()])
        if folder.is_dir()
        else ""
    )
    hint = f" In that folder there is {meant}." if meant else ""
    wrong = "this is a folder, not a file." if resolved.is_dir() else "there is no such file."
    findings.error(path, None, "", wrong, f"Correct {key} in {project.path.name}.{hint}")
    return None


def read_layer(project: Project, name: str, findings: Findings) -> RawTable | None:
    """Read one input table of a project.

    Parameters
    ----------
    project
        The project.
    name
        A key of ``TABLES`` that the project gives.
    findings
        Takes what is wrong.

    Returns
    -------
    RawTable or None
        ``None`` where the file cannot be read or has no rows; that is noted.
    """
    layer: Layer = getattr(project.inputs, name)
    path = existing_path(project, name, layer.path, findings)
    if path is None:
        return None
    located = bool(TABLES[name].geometry)
    if path.suffix.lower() in (*CSV_SUFFIXES, *WORKBOOK_SUFFIXES):
        sheet = read_sheet(path, layer, findings)
        if sheet is None or _is_empty(sheet[0], name, layer, findings):
            return None
        cells, rows = sheet
        geometry = points_from_columns(cells, rows, layer, findings) if located else None
        column = "lon, lat"
    else:
        features = read_vector(path, layer, findings)
        if features is None or _is_empty(features[0], name, layer, findings):
            return None
        cells, geometry = features
        rows = np.arange(1, len(cells) + 1, dtype=np.int64)
        column = ""
        if geometry is not None and located:
            _note_missing_shapes(geometry, rows, layer, findings)
    if geometry is not None and located:
        geometry = to_wgs84(geometry, rows, layer.path, column, findings)
    return RawTable(name, layer, cells, rows, geometry if located else None)


def _note_missing_shapes(
    geometry: gpd.GeoSeries, rows: NDArray[np.int64], layer: Layer, findings: Findings
) -> None:
    """Note features of a vector layer without a geometry, or with one that cannot be built."""
    for position in np.flatnonzero((geometry.isna() | geometry.is_empty).to_numpy()):
        findings.error(
            layer.path,
            int(rows[position]),
            "",
            "the feature has no geometry, or a broken one.",
            "Draw it, or delete the feature.",
        )


def _is_empty(cells: pd.DataFrame, name: str, layer: Layer, findings: Findings) -> bool:
    if len(cells):
        return False
    tell = findings.warn if name in ("exclusions", "status") else findings.error
    tell(
        layer.path,
        None,
        "",
        "the layer is empty: it has no rows.",
        f"Give a file with rows, or take inputs.{name} out of the project file where that is allowed.",
    )
    return True


def sha256(path: Path) -> str:
    """Hex digest of a file; of a shapefile or a file geodatabase, of its parts, one after another."""
    digest = hashlib.sha256()
    parts = shapefile_parts(path) if path.suffix.lower() == ".shp" else [path]
    if path.is_dir():
        # Lock files come and go while another program looks at the geodatabase.
        parts = [part for part in sorted(path.iterdir()) if part.is_file() and part.suffix.lower() != ".lock"]
    for part in parts:
        with part.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
