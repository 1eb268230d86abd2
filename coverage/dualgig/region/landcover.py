"""Land cover on the cells of the elevation model: classes, and the clutter heights that follow from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioIOError
from rasterio.transform import from_origin
from rasterio.vrt import WarpedVRT

from dualgig.region.findings import closest, listed
from dualgig.region.model import Clutter
from dualgig.region.raster import raster_crs, tell_unreadable
from dualgig.region.read import existing_path

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from dualgig.project import LandCover, Project
    from dualgig.region.findings import Findings
    from dualgig.region.model import Terrain

type Legend = dict[int, tuple[str, float]]
"""Name and representative clutter height, m, of each class of a raster."""

OPEN_M, SUBURBAN_M, TREES_M = 0.0, 10.0, 15.0
"""Default representative clutter heights of ITU-R P.1812-8, section 3.2.1, table 2 (water, open and rural;
suburban; urban, trees and forest)."""

LEGENDS: dict[str, Legend] = {
    "worldcover": {
        10: ("tree_cover", TREES_M),
        20: ("shrubland", OPEN_M),
        30: ("grassland", OPEN_M),
        40: ("cropland", OPEN_M),
        50: ("built_up", SUBURBAN_M),
        60: ("bare", OPEN_M),
        70: ("snow_ice", OPEN_M),
        80: ("water", OPEN_M),
        90: ("wetland", OPEN_M),
        95: ("mangroves", TREES_M),
        100: ("moss_lichen", OPEN_M),
    },
    "globeland30": {
        10: ("cultivated", OPEN_M),
        20: ("forest", TREES_M),
        30: ("grassland", OPEN_M),
        40: ("shrubland", OPEN_M),
        50: ("wetland", OPEN_M),
        60: ("water", OPEN_M),
        70: ("tundra", OPEN_M),
        80: ("artificial", SUBURBAN_M),
        90: ("bare", OPEN_M),
        100: ("snow_ice", OPEN_M),
        255: ("sea", OPEN_M),
    },
}
"""Classes of ESA WorldCover v200 (product user manual 2.0, table 2) and of GlobeLand30 (V2020).

Neither tells low buildings from high ones: built-up ground counts as suburban. Both write 0 where nothing is
known.
"""

NOTHING_KNOWN = 0
"""Code of cells without a class in both known legends."""


def legend_of(section: LandCover) -> Legend:
    """Classes of the project's land cover, with its own heights.

    Parameters
    ----------
    section
        The project file's ``[inputs.clutter]``.
    """
    if section.legend == "custom":
        return {int(code): (known.name, known.height_m) for code, known in section.classes.items()}
    return {
        code: (name, section.heights_m.get(name, height_m))
        for code, (name, height_m) in LEGENDS[section.legend].items()
    }


def with_clutter(project: Project, terrain: Terrain, findings: Findings) -> Terrain:
    """The terrain with the project's land cover on its cells.

    A cell of the terrain takes the class that most of it belongs to. Where the elevation model is of the
    surface, the clutter heights are taken off it first: then ground and clutter add up to what the model
    holds, and nothing is counted twice (P.1812-8 section 3.2.2: the surface along the path, the ground at
    its ends).

    Parameters
    ----------
    project
        The project.
    terrain
        The elevation model as read.
    findings
        Takes what is wrong; a class that the legend does not have is an error.
    """
    section = project.inputs.clutter
    if section is None:
        _check_calibration(project, (), findings)
        return terrain
    legend = legend_of(section)
    names = tuple(dict.fromkeys(name for name, _ in legend.values()))
    _check_names(project, section, names, findings)
    _check_calibration(project, names, findings)
    path = existing_path(project, "clutter", section.path, findings)
    codes = None if path is None else _codes_on(terrain, path, section, findings)
    if codes is None:
        return terrain
    _check_codes(section, codes, legend, findings)
    kind = np.zeros(codes.shape, np.uint8)
    height_m = np.zeros(codes.shape, np.float32)
    for code, (name, height) in legend.items():
        here = codes == code
        kind[here] = 1 + names.index(name)
        height_m[here] = height
    clutter = Clutter(height_m, kind, ("", *names), section.caveat)
    ground_m = terrain.height_m - height_m if terrain.surface else terrain.height_m
    return replace(terrain, height_m=ground_m, clutter=clutter, surface=False)


def _codes_on(
    terrain: Terrain, path: Path, section: LandCover, findings: Findings
) -> NDArray[np.int64] | None:
    """The raster's codes on the terrain's cells, the most frequent of each; `NOTHING_KNOWN` off it."""
    rows, columns = terrain.height_m.shape
    half = terrain.cell_m / 2
    transform = from_origin(terrain.west_m - half, terrain.north_m + half, terrain.cell_m, terrain.cell_m)
    try:
        with rasterio.open(path) as dataset:
            crs = raster_crs(dataset, section, findings)
            if crs is None:
                return None
            if np.dtype(dataset.dtypes[0]).kind not in "ui":
                findings.error(
                    section.path,
                    None,
                    "",
                    f"land cover is whole numbers, and this raster holds {dataset.dtypes[0]}.",
                    "Give a raster of classes, not of heights or shares.",
                )
                return None
            with WarpedVRT(
                dataset,
                src_crs=crs.to_wkt(),
                crs=terrain.crs.to_wkt(),
                transform=transform,
                width=columns,
                height=rows,
                resampling=Resampling.mode,
                add_alpha=dataset.nodata is None,
            ) as warped:
                codes: NDArray[np.int64] = warped.read(1).astype(np.int64)
                there = warped.dataset_mask() > 0
    except RasterioIOError as error:
        tell_unreadable(section, path, error, findings)
        return None
    codes[~there] = NOTHING_KNOWN if section.legend != "custom" else -1
    return codes


def _check_codes(section: LandCover, codes: NDArray[np.int64], legend: Legend, findings: Findings) -> None:
    """Note classes that the legend does not have, and ground of which nothing is known."""
    nothing = -1 if section.legend == "custom" else NOTHING_KNOWN
    values, counts = np.unique(codes[codes != nothing], return_counts=True)
    for code, count in zip(values.tolist(), counts.tolist(), strict=True):
        if code not in legend:
            whose = "the legend given" if section.legend == "custom" else section.legend
            findings.error(
                section.path,
                None,
                "",
                f"{count} cells are of class {code}, which {whose} does not have "
                f"({listed(str(known) for known in sorted(legend))}).",
                "Name the legend that the raster follows, or write a table of its classes.",
            )
    missing = int((codes == nothing).sum())
    if missing == codes.size:
        findings.error(
            section.path,
            None,
            "",
            "the raster does not lie over the terrain.",
            "Give land cover of this region; check its CRS.",
        )
    elif missing:
        findings.warn(
            section.path,
            None,
            "",
            f"{missing} of {codes.size} cells of the terrain have no land cover; they count as bare ground.",
            "Give a raster that covers the terrain.",
        )


def _check_names(project: Project, section: LandCover, names: tuple[str, ...], findings: Findings) -> None:
    """Note heights for classes that the legend does not have."""
    for name in section.heights_m:
        if name not in names:
            meant = closest(name, names)
            findings.error(
                project.path.name,
                None,
                "inputs.clutter.heights_m",
                f"{name!r} is no class of {section.legend}.",
                f"Did you mean {meant!r}?" if meant else f"It has {listed(names, len(names))}.",
            )


def _check_calibration(project: Project, names: tuple[str, ...], findings: Findings) -> None:
    """Note offsets of a calibration for classes that occur nowhere."""
    calibration = project.radio.calibration
    offsets = {} if calibration is None else calibration.clutter_offsets_db
    unknown = sorted({name for of_band in offsets.values() for name in of_band} - set(names))
    if unknown:
        findings.warn(
            project.path.name,
            None,
            "radio.calibration.clutter_offsets_db",
            f"no land cover has the class {listed(unknown)}; the band's offset is used instead.",
            "Give the land cover that the calibration was fitted with, or fit it again.",
        )
