"""Any input table as text cells, rows as a person counts them, and geometry in EPSG:4326."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.postgis import is_database
from dualgig.region.coordinates import points_from_columns, to_wgs84
from dualgig.region.database import digest, read_database
from dualgig.region.datum import TO_WGS84, moved, shifted_datum
from dualgig.region.encoding import shapefile_parts
from dualgig.region.findings import closest
from dualgig.region.schema import TABLES
from dualgig.region.sheets import CSV_SUFFIXES, WORKBOOK_SUFFIXES, read_sheet
from dualgig.region.vector import note_missing_shapes, read_vector

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
        Its entry in the project file; the ``path`` of a database's is followed by the table's name.
    cells
        Text cells under the file's own column names.
    rows
        int64, the row of each as a person counts it: the header of a CSV or sheet is row 1, the
        first feature of a vector layer is row 1; a database's rows are counted in the order of
        their ids.
    geometry
        EPSG:4326, missing where it could not be read; ``None`` where the whole layer's geometry
        is of no use (that is noted) or not needed.
    sha256
        Hex digest of the file, or of what was read from a database.
    coordinates
        Columns that the geometry was made from, for the findings.
    """

    name: str
    layer: Layer
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    geometry: gpd.GeoSeries | None
    sha256: str
    coordinates: str = ""


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
    raw = (
        _from_database(project, name, layer, findings)
        if is_database(layer.path)
        else _from_file(project, name, layer, findings)
    )
    if raw is None or raw.geometry is None:
        return raw
    geometry = to_wgs84(raw.geometry, raw.rows, raw.layer.path, raw.coordinates, findings)
    datum = shifted_datum(layer.crs)
    return replace(raw, geometry=moved(geometry, TO_WGS84[datum]) if datum else geometry)


def _from_file(project: Project, name: str, layer: Layer, findings: Findings) -> RawTable | None:
    """A table of a file, its geometry in its own CRS."""
    path = existing_path(project, name, layer.path, findings)
    if path is None:
        return None
    located = bool(TABLES[name].geometry)
    if path.suffix.lower() in (*CSV_SUFFIXES, *WORKBOOK_SUFFIXES):
        sheet = read_sheet(path, layer, findings)
        if sheet is None or _is_empty(project, sheet[0], name, layer, findings):
            return None
        cells, rows = sheet
        geometry = points_from_columns(cells, rows, layer, findings) if located else None
        return RawTable(name, layer, cells, rows, geometry, sha256(path), "lon, lat")
    features = read_vector(path, layer, findings)
    if features is None or _is_empty(project, features[0], name, layer, findings):
        return None
    cells, geometry = features
    rows = np.arange(1, len(cells) + 1, dtype=np.int64)
    if geometry is not None and located:
        note_missing_shapes(geometry, rows, layer, findings)
    return RawTable(name, layer, cells, rows, geometry if located else None, sha256(path))


def _from_database(project: Project, name: str, layer: Layer, findings: Findings) -> RawTable | None:
    """A table of a database, its geometry in its own CRS."""
    key = next(iter(TABLES[name].columns))
    table = read_database(layer, key, findings, located=bool(TABLES[name].geometry))
    named = layer.model_copy(update={"path": layer.source})
    if table is None or _is_empty(project, table[0], name, named, findings):
        return None
    cells, geometry = table
    rows = np.arange(1, len(cells) + 1, dtype=np.int64)
    return RawTable(name, named, cells, rows, geometry, digest(cells, geometry))


def _is_empty(project: Project, cells: pd.DataFrame, name: str, layer: Layer, findings: Findings) -> bool:
    """Whether a table has no rows where it must; where sites are generated, none need be given."""
    if len(cells) or (name == "sites" and project.candidates.generate):
        return False
    tell = findings.warn if name in ("exclusions", "status") else findings.error
    mend = "Give a file with rows."
    if name == "sites":
        mend = "Give a file with rows, or set candidates.generate = true to have sites proposed."
    elif not type(project.inputs).model_fields[name].is_required():
        mend = f"Give a file with rows, or take inputs.{name} out of the project file."
    tell(layer.path, None, "", "the layer is empty: it has no rows.", mend)
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
