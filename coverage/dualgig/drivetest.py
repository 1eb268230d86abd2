"""A drive test: levels measured along roads, each of a site and a band, read from a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.drivetest_sites import sites_of
from dualgig.errors import InputError
from dualgig.project import Layer
from dualgig.region.coordinates import AXES, points_from_columns, to_wgs84
from dualgig.region.datum import TO_WGS84, moved, shifted_datum
from dualgig.region.findings import Findings, closest, listed
from dualgig.region.read import sha256
from dualgig.region.sheets import CSV_SUFFIXES, WORKBOOK_SUFFIXES, read_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from dualgig.errors import Problem
    from dualgig.region.model import Region

NAMES: dict[str, tuple[str, ...]] = {
    "rsrp_dbm": (
        *("rsrp", "rsrpdbm", "ssrsrp", "ssbrsrp", "nrrsrp", "nrssrsrp", "servingrsrp", "servingssrsrp"),
        *(
            "电平",
            "电平值",
            "接收电平",
            "参考信号接收功率",
            "服务小区rsrp",
            "主服务小区rsrp",
            "服务小区ssrsrp",
        ),
    ),
    "site": (
        *("site", "siteid", "sitename", "gnb", "gnbid", "gnbname", "basestation"),
        *("站点", "站点编号", "站点名称", "站址", "站名", "站号", "基站", "基站编号", "基站名称"),
    ),
    "pci": ("pci", "nrpci", "servingpci", "physicalcellid", "物理小区标识", "物理小区id", "服务小区pci"),
    "band": ("band", "nrband", "frequencyband", "频段", "频带", "工作频段"),
    "route": (
        *("route", "drive", "track", "log", "logfile", "filename"),
        *("路线", "线路", "测试路线", "测试线路", "日志", "文件名"),
    ),
}
"""Names under which the columns come, without case, blanks, signs and units."""

MEANING = {
    "rsrp_dbm": "SS-RSRP, dBm; empty where nothing was received",
    "site": "id or name of the site",
    "pci": "physical cell id, 0 to 1007 (3GPP TS 38.211 section 7.4.2.1)",
    "band": "band, e.g. n28",
    "route": "route or log, for hold-outs",
}

LOWEST_DBM, HIGHEST_DBM = -156.0, -31.0
"""Range in which SS-RSRP is reported (3GPP TS 38.133 table 10.1.6.1-1)."""

NOTHING = ("", "-", "--", "na", "n/a", "nan", "null", "none")
"""Cells that say that nothing was received."""


@dataclass(frozen=True)
class DriveTest:
    """Levels of the region's sites along roads.

    Attributes
    ----------
    file : str
        Name of the file.
    sha256 : str
        Its digest.
    table : pandas.DataFrame
        One row a sample: ``row`` (of the file), ``x_m``, ``y_m`` (the region's CRS), ``site`` (row of the
        region's sites), ``band``, ``rsrp_dbm`` (NaN where nothing was received), ``route``.
    warnings : tuple of Problem
        What was left out, and why.
    """

    file: str
    sha256: str
    table: pd.DataFrame
    warnings: tuple[Problem, ...]


def read_drive_test(
    region: Region, path: str | Path, columns: Mapping[str, str] | None = None, *, crs: str = ""
) -> DriveTest:
    """Read a drive test.

    Parameters
    ----------
    region
        The region whose sites were measured.
    path
        CSV or XLSX table: ``lon`` and ``lat`` (or ``x`` and ``y`` with a CRS), ``rsrp_dbm``, ``site`` or
        ``pci``, and where there are several, ``band`` and ``route``.
    columns
        Our column = the file's, where it is none of `NAMES`.
    crs
        CRS of the coordinates; WGS 84 degrees where empty. GCJ-02 and BD-09 are known.

    Raises
    ------
    InputError
        The file cannot be read, a column is missing, or a cell is wrong: each by row and column.
    """
    path = Path(path)
    findings = Findings()
    layer = Layer(path=path.name, columns=dict(columns or {}), crs=crs)
    read = _sheet(path, layer, findings)
    if read is None:
        raise InputError(findings.errors)
    cells, rows = read
    found = _columns(region, cells, layer, findings)
    geometry = _points(cells, rows, layer, findings)
    if findings.errors or geometry is None:
        raise InputError(findings.errors)
    xy = geometry.to_crs(region.metric_crs)
    table = pd.DataFrame({"row": rows, "x_m": xy.x.to_numpy(), "y_m": xy.y.to_numpy()})
    table["rsrp_dbm"] = _levels(cells[found["rsrp_dbm"]], rows, layer, findings)
    table["band"] = _bands(region, cells, rows, found, layer, findings)
    table["route"] = cells[found["route"]].str.strip().to_numpy() if "route" in found else ""
    table["site"] = sites_of(region, cells, table, found, layer, findings)
    if findings.errors:
        raise InputError(findings.errors)
    table = table[table["site"] >= 0].reset_index(drop=True)
    if table.empty:
        findings.error(
            path.name,
            None,
            found.get("site") or found["pci"],
            "no row is of a site of the project.",
            "Give the sites' ids or names, or the sites' PCIs in their column pci.",
        )
        raise InputError(findings.errors)
    return DriveTest(path.name, sha256(path), table, tuple(findings.warnings))


def _sheet(path: Path, layer: Layer, findings: Findings) -> tuple[pd.DataFrame, NDArray[np.int64]] | None:
    """Cells and rows of the file, or ``None`` with what is wrong noted."""
    if not path.is_file():
        wrong = "this is a folder, not a file." if path.is_dir() else "there is no such file."
        findings.error(str(path), None, "", wrong, "Give the path of the drive test.")
        return None
    if path.suffix.lower() not in (*CSV_SUFFIXES, *WORKBOOK_SUFFIXES):
        findings.error(
            path.name,
            None,
            "",
            "this is neither CSV nor XLSX.",
            "Export the drive test as CSV: lon, lat, site, RSRP.",
        )
        return None
    read = read_sheet(path, layer, findings)
    if read is not None and read[0].empty:
        findings.error(path.name, None, "", "the file has no rows.", "Give a file with samples.")
    return None if findings.errors else read


def _plain(header: str) -> str:
    """A header without case, unit in brackets, blanks and signs."""
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", header.lower())
    return "".join(letter for letter in bare if letter.isalnum())


def _columns(region: Region, cells: pd.DataFrame, layer: Layer, findings: Findings) -> dict[str, str]:
    """Our column to the file's; what is missing or in doubt is noted."""
    available = [str(column) for column in cells.columns]
    known = [*NAMES, *AXES]
    found: dict[str, str] = {}
    for ours, theirs in layer.columns.items():
        if ours not in known:
            meant = closest(ours, known)
            mend = f"Did you mean {meant}?" if meant else f"Known here: {listed(known, 20)}."
            findings.error(layer.path, None, ours, f"a drive test has no column {ours!r}.", mend)
        elif theirs not in available:
            findings.error(
                layer.path,
                None,
                theirs,
                f"there is no column {theirs!r}; the file has {listed(available, 20)}.",
                f"Write --columns {ours}=... with one of them.",
            )
        elif ours in NAMES:
            found[ours] = theirs
    for ours, names in NAMES.items():
        like = [column for column in available if _plain(column) in (*names, _plain(ours))]
        if ours in layer.columns or not like:
            continue
        if len(like) > 1:
            findings.error(
                layer.path,
                None,
                like[1],
                f"{listed(like)} could all be {ours} ({MEANING[ours]}).",
                f"Write --columns {ours}=... with the one that is meant.",
            )
        found[ours] = like[0]
    needed = {"rsrp_dbm": "rsrp_dbm" in found, "site": "site" in found or "pci" in found}
    needed["band"] = "band" in found or len(_used_bands(region)) == 1
    for ours in (ours for ours, there in needed.items() if not there and ours not in layer.columns):
        findings.error(
            layer.path,
            None,
            ours,
            f"there is no column {ours!r} ({MEANING[ours]}); the file has {listed(available, 20)}.",
            f'Write --columns "{ours}=the file\'s column".',
        )
    return found


def _used_bands(region: Region) -> list[str]:
    """Bands that a configuration of the project uses."""
    return sorted({band for own in region.project.configurations for band in own.bands})


def _points(
    cells: pd.DataFrame, rows: NDArray[np.int64], layer: Layer, findings: Findings
) -> gpd.GeoSeries | None:
    """Where the samples were taken, EPSG:4326."""
    points = points_from_columns(cells, rows, layer, findings)
    if points is None or findings.errors:
        return None
    points = to_wgs84(points, rows, layer.path, "lon, lat", findings)
    datum = shifted_datum(layer.crs)
    return moved(points, TO_WGS84[datum]) if datum else points


def _levels(
    texts: pd.Series, rows: NDArray[np.int64], layer: Layer, findings: Findings
) -> NDArray[np.float64]:
    """SS-RSRP, NaN where nothing was received."""
    plain = texts.str.strip()
    silent = plain.str.lower().isin(NOTHING).to_numpy()
    level = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    level[silent] = np.nan
    for position in np.flatnonzero(~silent & ~((level >= LOWEST_DBM) & (level <= HIGHEST_DBM))):
        findings.error(
            layer.path,
            int(rows[position]),
            str(texts.name),
            f"{plain.iloc[position]!r} is no SS-RSRP in dBm.",
            f"Write a number from {LOWEST_DBM:g} to {HIGHEST_DBM:g}, or nothing where nothing was received.",
        )
    return level


def _bands(
    region: Region,
    cells: pd.DataFrame,
    rows: NDArray[np.int64],
    found: dict[str, str],
    layer: Layer,
    findings: Findings,
) -> list[str]:
    """Band of each sample: ``n28`` for n28, N28, 28 and B28."""
    used = _used_bands(region)
    if "band" not in found:
        return [used[0]] * len(rows)
    texts = cells[found["band"]].str.strip()
    named = texts.str.lower().str.replace(r"^(?:nr|n|b|band)?[\s_-]*(\d+)$", r"n\1", regex=True)
    named = named.where(~texts.isin(used), texts)
    for text in dict.fromkeys(texts[~named.isin(used)]):
        there = np.flatnonzero((texts == text).to_numpy())
        findings.error(
            layer.path,
            int(rows[there[0]]),
            found["band"],
            f"{text!r} is no band of the project's configurations (this and {len(there) - 1} more rows).",
            f"Write one of {listed(used)}.",
        )
    return [str(band) for band in named]
