"""Which site of the region each sample of a drive test is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.project import Layer
    from dualgig.region.findings import Findings
    from dualgig.region.model import Region

HIGHEST_PCI = 1007
"""Physical cell ids are 0 to 1007 (3GPP TS 38.211 section 7.4.2.1)."""

REUSE_M = 50_000.0
"""A physical cell id is looked for among sites within this distance; the nearest that has it counts."""


def sites_of(
    region: Region,
    cells: pd.DataFrame,
    table: pd.DataFrame,
    found: dict[str, str],
    layer: Layer,
    findings: Findings,
) -> NDArray[np.int64]:
    """Row of each sample's site among the region's; -1 where it is none of them, which is noted.

    Parameters
    ----------
    region
        The region.
    cells
        The file's cells.
    table
        One row a sample: ``row`` of the file, ``x_m``, ``y_m``.
    found
        Our column to the file's: ``site``, ``pci`` or both; the site counts where both are given.
    layer
        The file.
    findings
        Takes cells that are wrong, and a warning for each site that is not the region's.
    """
    site = np.full(len(table), -1, np.int64)
    left = np.ones(len(table), np.bool_)
    if "site" in found:
        texts = cells[found["site"]].str.strip()
        left = (texts == "").to_numpy()
        site[~left] = _by_id_or_name(region, texts[~left])
        _tell_unknown(texts.where(texts != ""), site, table["row"].to_numpy(), found["site"], layer, findings)
    if "pci" in found and left.any():
        texts = cells[found["pci"]].str.strip()
        number = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
        wrong = (
            left & (texts != "").to_numpy() & ~((number >= 0) & (number <= HIGHEST_PCI) & (number % 1 == 0))
        )
        for position in np.flatnonzero(wrong):
            findings.error(
                layer.path,
                int(table["row"].iloc[position]),
                found["pci"],
                f"{texts.iloc[position]!r} is no physical cell id.",
                f"Write a whole number from 0 to {HIGHEST_PCI}.",
            )
        asked = np.flatnonzero(left & (texts != "").to_numpy() & ~wrong)
        site[asked] = _by_pci(region, table[["x_m", "y_m"]].to_numpy()[asked], number[asked].astype(np.int64))
        known = texts.where(left & (texts != "").to_numpy())
        _tell_unknown(known, site, table["row"].to_numpy(), found["pci"], layer, findings)
        left = left & (texts == "").to_numpy()
    if left.any():
        findings.warn(
            layer.path,
            int(table["row"].to_numpy()[left][0]),
            found.get("site") or found["pci"],
            f"{int(left.sum())} rows name no site, this one first; they are left out.",
            "Give the site or the PCI of every sample.",
        )
    return site


def _by_id_or_name(region: Region, texts: pd.Series) -> NDArray[np.int64]:
    """Rows of sites by id, else by a name that only one of them has; -1 where none."""
    ids = {str(site): row for row, site in enumerate(region.sites.index)}
    names = region.sites["name"].astype(str)
    alone = ~names.duplicated(keep=False).to_numpy() & (names != "").to_numpy()
    by_name = {name: row for row, name in enumerate(names) if alone[row]}
    return np.array([ids.get(text, by_name.get(text, -1)) for text in texts], np.int64)


def _by_pci(region: Region, xy_m: NDArray[np.float64], pci: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row of the nearest site with a physical cell id, within `REUSE_M`; -1 where there is none."""
    site = np.full(len(pci), -1, np.int64)
    sites_xy = region.xy_m(region.sites)
    holders: dict[int, list[int]] = {}
    for row, own in enumerate(region.sites["pci"]):
        for text in own:
            if str(text).isdecimal():
                holders.setdefault(int(text), []).append(row)
    for number in np.unique(pci):
        rows = holders.get(int(number))
        if rows:
            asked = np.flatnonzero(pci == number)
            distance_m, nearest = cKDTree(sites_xy[rows]).query(xy_m[asked])
            site[asked] = np.where(distance_m <= REUSE_M, np.array(rows)[nearest], -1)
    return site


def _tell_unknown(
    texts: pd.Series,
    site: NDArray[np.int64],
    rows: NDArray[np.int64],
    column: str,
    layer: Layer,
    findings: Findings,
) -> None:
    """Note the sites that are none of the region's, once each."""
    unknown = (texts.notna() & (site < 0)).to_numpy()
    for text in dict.fromkeys(texts[unknown]):
        there = np.flatnonzero(unknown & (texts == text).to_numpy())
        findings.warn(
            layer.path,
            int(rows[there[0]]),
            column,
            f"{text!r} is no site of the project (this and {len(there) - 1} more rows); they are left out.",
            "Add the site to inputs.sites, or leave its samples out.",
        )
