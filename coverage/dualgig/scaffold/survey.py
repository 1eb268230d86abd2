"""What lies in a folder: tables with their columns, geometry and CRS, grids, and roads."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openpyxl
import pyogrio
import rasterio
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.errors import RasterioIOError

from dualgig.project import Layer
from dualgig.region.findings import Findings
from dualgig.region.sheets import CSV_SUFFIXES, WORKBOOK_SUFFIXES, read_sheet
from dualgig.region.vector import GEOJSON_SUFFIXES, read_vector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Literal

    import pandas as pd

    Shape = Literal["", "point", "line", "polygon"]
    Bounds = tuple[float, float, float, float]

DEPTH = 3
"""Folders within folders that are looked into."""

VECTOR_SUFFIXES = (".gpkg", ".shp", ".gdb", ".kml", ".gml", ".tab", ".fgb", *GEOJSON_SUFFIXES)
GRID_SUFFIXES = (".tif", ".tiff", ".img", ".asc", ".vrt")
ROAD_SUFFIXES = (".osm", ".osm.gz", ".osm.bz2")
UNREAD_SUFFIXES = (".xls", ".et", ".mdb", ".osm.pbf", ".dwg", ".dxf", ".kmz", ".rar", ".zip", ".7z")
"""Files that hold data which DualGig does not read as they are."""

OUTPUTS = "plan.json"
"""A folder with this file holds a plan, not inputs."""

_HOUSEKEEPING = ("layer_styles", "qgis_projects")


@dataclass(frozen=True)
class Table:
    """A table that was found.

    Parameters
    ----------
    path
        Relative to the folder, with forward slashes.
    layer
        Layer or sheet where the file has several, else empty.
    cells
        Text cells under the file's own column names.
    shape
        ``point``, ``line`` or ``polygon``; empty for a sheet or a layer without geometry.
    crs
        What the file says, ``None`` where it says nothing or cannot mean it.
    bounds
        West, south, east, north in the file's CRS; ``None`` without geometry.
    """

    path: str
    layer: str
    cells: pd.DataFrame
    shape: Shape
    crs: CRS | None
    bounds: Bounds | None

    @property
    def title(self) -> str:
        """File and layer, as a person names them."""
        return f"{self.path} ({self.layer})" if self.layer else self.path


@dataclass(frozen=True)
class Grid:
    """A raster that was found; ``whole`` says whether its numbers are whole."""

    path: str
    crs: CRS | None
    cell: float
    whole: bool


@dataclass(frozen=True)
class Survey:
    """Everything that was found in a folder, each in the order of the paths.

    Parameters
    ----------
    tables, grids
        What can be read.
    roads
        Paths of OpenStreetMap files.
    unread
        Paths of files that cannot be read.
    """

    tables: tuple[Table, ...]
    grids: tuple[Grid, ...]
    roads: tuple[str, ...]
    unread: tuple[str, ...]


def survey(folder: Path) -> Survey:
    """Look at the files of a folder and of the folders within it; plans and hidden files are left out.

    Parameters
    ----------
    folder
        A folder that exists.
    """
    tables: list[Table] = []
    grids: list[Grid] = []
    roads: list[str] = []
    unread: list[str] = []
    for path in _files(folder, DEPTH):
        name, relative = path.name.lower(), path.relative_to(folder).as_posix()
        if name.endswith(ROAD_SUFFIXES):
            roads.append(relative)
        elif name.endswith(GRID_SUFFIXES):
            grid = _grid(path, relative)
            if grid is None:
                unread.append(relative)
            else:
                grids.append(grid)
        elif name.endswith((*VECTOR_SUFFIXES, *CSV_SUFFIXES, *WORKBOOK_SUFFIXES)):
            found = list(_tables(path, relative))
            tables += found
            if not found:
                unread.append(relative)
        elif name.endswith(UNREAD_SUFFIXES):
            unread.append(relative)
    return Survey(tuple(tables), tuple(grids), tuple(roads), tuple(unread))


def _files(folder: Path, depth: int) -> Iterator[Path]:
    """Files, and file geodatabases, in the order of their names."""
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    if any(entry.name == OUTPUTS for entry in entries):
        return
    for entry in entries:
        # "~$" begins the file that Excel keeps while a workbook is open.
        if entry.name.startswith((".", "~$")) or not os.access(entry, os.R_OK):
            continue
        if entry.is_file() or entry.suffix.lower() == ".gdb":
            yield entry
        elif entry.is_dir() and depth > 1:
            yield from _files(entry, depth - 1)


def _tables(path: Path, relative: str) -> Iterator[Table]:
    """The tables of a file that hold rows."""
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        yield from _sheet(path, relative, "")
    elif suffix in WORKBOOK_SUFFIXES:
        names = _sheet_names(path)
        for name in names:
            yield from _sheet(path, relative, name if len(names) > 1 else "")
    else:
        layers = [name for name in _layers(path) if name not in _HOUSEKEEPING]
        for name in layers:
            yield from _vector(path, relative, name, several=len(layers) > 1)


def _sheet(path: Path, relative: str, sheet: str) -> Iterator[Table]:
    read = read_sheet(path, Layer(path=relative, layer=sheet), Findings())
    # One column is no table: a text, or a file whose separator is another.
    if read is not None and len(read[0]) and len(read[0].columns) > 1:
        yield Table(relative, sheet, read[0], "", None, None)


def _sheet_names(path: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True)
            names = [sheet.title for sheet in book.worksheets]
            book.close()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not read
        return []
    return names


def _layers(path: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except (DataSourceError, DataLayerError):
        return []


def _vector(path: Path, relative: str, layer: str, *, several: bool) -> Iterator[Table]:
    findings = Findings()
    read = read_vector(path, Layer(path=relative, layer=layer if several else ""), findings)
    if read is None or not len(read[0]):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        info = pyogrio.read_info(path, layer=layer, force_total_bounds=True)
    kind = str(info["geometry_type"] or "")
    geometry = read[1]
    if geometry is not None and kind in ("", "Unknown", "Geometry", "GeometryCollection"):
        kinds = geometry.geom_type.dropna()
        kind = str(kinds.iloc[0]) if len(kinds) else ""
    shape: Shape = "point" if "Point" in kind else "line" if "Line" in kind or kind == "Curve" else ""
    if "Polygon" in kind or "Surface" in kind:
        shape = "polygon"
    bounds = None
    if shape and info["total_bounds"] is not None:
        west, south, east, north = map(float, info["total_bounds"])
        bounds = (west, south, east, north)
    crs = _crs(info["crs"])
    # GDAL takes any GeoJSON for WGS 84.
    if crs is not None and crs.is_geographic and bounds is not None and max(map(abs, bounds)) > 360:
        crs = None
    yield Table(relative, layer if several else "", read[0], shape, crs, bounds)


def _crs(text: str | None) -> CRS | None:
    """The CRS, or ``None`` where it is none that places anything on the earth."""
    try:
        crs = CRS.from_user_input(text) if text else None
    except CRSError:
        return None
    return crs if crs is not None and (crs.is_geographic or crs.is_projected or crs.is_compound) else None


def _grid(path: Path, relative: str) -> Grid | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with rasterio.open(path) as raster:
                crs = CRS.from_wkt(raster.crs.to_wkt()) if raster.crs else None
                return Grid(relative, crs, abs(float(raster.res[0])), "int" in raster.dtypes[0])
    except (RasterioIOError, CRSError):
        return None
