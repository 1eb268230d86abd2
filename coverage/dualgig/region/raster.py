"""GeoTIFFs: the part of one that lies over a region, nodata as NaN."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from pyproj import CRS
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError
from rasterio.warp import transform_bounds
from rasterio.windows import Window, from_bounds

from dualgig.region.coordinates import parse_crs
from dualgig.region.read import existing_path

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from dualgig.project import Project, Raster
    from dualgig.region.findings import Findings

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Grid:
    """A window of a raster.

    Parameters
    ----------
    band
        float32, shape (rows, columns); NaN is nodata.
    transform
        Affine transform from (column, row) of cell corners to coordinates of ``crs``.
    crs
        The raster's CRS.
    cells
        Cells of the whole raster.
    """

    band: NDArray[np.float32]
    transform: Any
    crs: CRS
    cells: int

    def xy(self, column: NDArray[Any], row: NDArray[Any]) -> NDArray[np.float64]:
        """Coordinates, shape (n, 2), of columns and rows counted from the outer corner of cell (0, 0)."""
        t = self.transform
        return np.column_stack([t.a * column + t.b * row + t.c, t.d * column + t.e * row + t.f])


def read_raster(project: Project, name: str, bounds: Bounds, findings: Findings) -> Grid | None:
    """Read the part of an input raster that lies over a region.

    Parameters
    ----------
    project
        The project.
    name
        ``terrain`` or ``population``, which the project gives.
    bounds
        West, south, east, north of the region, degrees of EPSG:4326.
    findings
        Takes what is wrong.

    Returns
    -------
    Grid or None
        Band 1, two cells wider than the region where the file goes on; ``None`` where it cannot be
        read, has no CRS or lies elsewhere.
    """
    section: Raster = getattr(project.inputs, name)
    path = existing_path(project, name, section.path, findings)
    if path is None:
        return None
    try:
        with warnings.catch_warnings():
            # rasterio warns of a raster without a place; it is told with the other problems instead.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            dataset = rasterio.open(path)
        with dataset:
            crs = raster_crs(dataset, section, findings)
            if crs is None:
                return None
            if dataset.transform.is_identity:
                wrong = "the raster does not say where on Earth its cells lie."
                findings.error(
                    section.path, None, "", wrong, "Export it again as GeoTIFF, or georeference it."
                )
                return None
            window = _window(dataset, crs, bounds)
            if window is None:
                findings.error(
                    section.path,
                    None,
                    "",
                    "the raster does not lie over the townships.",
                    "Give a raster that covers them; check its CRS and theirs.",
                )
                return None
            band = dataset.read(1, window=window, masked=True)
            scale, offset = float(dataset.scales[0]), float(dataset.offsets[0])
            values = np.ma.filled(band.astype(np.float32) * np.float32(scale) + np.float32(offset), np.nan)
            return Grid(values, dataset.window_transform(window), crs, dataset.width * dataset.height)
    except RasterioIOError as error:
        tell_unreadable(section, path, error, findings)
        return None


def tell_unreadable(section: Raster, path: Path, error: Exception, findings: Findings) -> None:
    """Note a raster that GDAL cannot read."""
    reason = str(error).replace(str(path), path.name)
    findings.error(
        section.path, None, "", f"this is not a raster that can be read ({reason}).", "Give a whole GeoTIFF."
    )


def raster_crs(dataset: Any, section: Raster, findings: Findings) -> CRS | None:
    """CRS of an opened raster, the project file's where it carries none; ``None``, noted, where unknown."""
    given = parse_crs(section.crs, section.path, findings) if section.crs else None
    if section.crs and given is None:
        return None
    own = CRS.from_wkt(dataset.crs.to_wkt()) if dataset.crs else None
    if own is None and given is None:
        findings.error(
            section.path,
            None,
            "",
            "the CRS of the raster is unknown.",
            'Write crs = "EPSG:4326" or whichever it is in, for it in the project file.',
        )
    return own or given


def _window(dataset: Any, crs: CRS, bounds: Bounds) -> Window | None:
    """Pixels over the bounds, with a rim of two cells; ``None`` where there are none."""
    whole = Window(0, 0, dataset.width, dataset.height)
    transform = dataset.transform
    area = transform_bounds("EPSG:4326", crs.to_wkt(), *bounds)
    if transform.b or transform.d or transform.a < 0 or transform.e > 0:
        # Rotated and flipped rasters are rare: read them whole.
        west, south, east, north = dataset.bounds
        apart = area[0] > max(west, east) or area[2] < min(west, east)
        return None if apart or area[1] > max(south, north) or area[3] < min(south, north) else whole
    window = from_bounds(*area, transform=transform)
    first_column = max(0, int(np.floor(window.col_off)) - 2)
    first_row = max(0, int(np.floor(window.row_off)) - 2)
    last_column = min(dataset.width, int(np.ceil(window.col_off + window.width)) + 2)
    last_row = min(dataset.height, int(np.ceil(window.row_off + window.height)) + 2)
    if last_column <= first_column or last_row <= first_row:
        return None
    return Window(first_column, first_row, last_column - first_column, last_row - first_row)
