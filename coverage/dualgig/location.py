"""Where each option is built: its township, and whether it stands in an administrative village."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from dualgig.errors import ProjectError
from dualgig.region.places import locate
from dualgig.region.shapes import points_m, projected

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from dualgig.predict import Coverage
    from dualgig.region.model import Region


@dataclass(frozen=True)
class Location:
    """Where options are built.

    Attributes
    ----------
    township : ndarray of int64, shape (n,)
        Row of the township; -1 outside all of them.
    rural : ndarray of bool, shape (n,)
        Built in an administrative village, not in an urban community.
    """

    township: NDArray[np.int64]
    rural: NDArray[np.bool_]


def option_location(coverage: Coverage) -> Location:
    """Where every option is built: a link in its village, all else where its site or node stands.

    A site or node belongs to the village whose area holds it, else to the nearest one.
    """
    region, options = coverage.region, coverage.options
    villages = region.villages
    village_township = region.townships.index.get_indexer(pd.Index(villages["township"])).astype(np.int64)
    is_rural = (villages["kind"] == "village").to_numpy()
    township = np.full(len(options), -1, np.int64)
    rural = np.zeros(len(options), np.bool_)
    kinds = options["kind"].to_numpy()
    link = kinds == "link"
    row = villages.index.get_indexer(options["item"][link])
    township[link], rural[link] = village_township[row], is_rural[row]
    for table, wanted in ((region.sites, ~link & (kinds != "node")), (region.nodes, kinds == "node")):
        if not wanted.any():
            continue
        row = table.index.get_indexer(options["item"][wanted])
        township[wanted] = township_of(region, table)[row]
        rural[wanted] = is_rural[_village_of(region, table)][row]
    return Location(township, rural)


def township_of(region: Region, points: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Row of the township that holds each point; -1 outside all of them."""
    shapes = projected(region.townships.geometry, region.metric_crs)
    return locate(points_m(points.geometry, region.metric_crs), shapes)


def townships_of(region: Region, name: str, key: str) -> NDArray[np.bool_]:
    """Which townships are in a group, or in a county of that name: bool, shape (townships,).

    Parameters
    ----------
    region
        The region.
    name
        A value of the townships' column ``group``, else of their column ``county``.
    key
        Where the project file names it, for the error.

    Raises
    ------
    ProjectError
        There is no such group or county.
    """
    for column in ("group", "county"):
        inside = (region.townships[column].astype(str) == name).to_numpy(dtype=np.bool_)
        if name and inside.any():
            return inside
    raise ProjectError(
        f"{region.project.path}: {key}: {name!r} is neither a group of the townships nor a county. "
        f"{_known(region.townships)}"
    )


def check_county(region: Region, name: str, key: str) -> None:
    """Refuse the name of a county that no township is in.

    Raises
    ------
    ProjectError
        There is no such county.
    """
    if name not in set(region.townships["county"].astype(str)) - {""}:
        raise ProjectError(
            f"{region.project.path}: {key}: {name!r} is no county of the townships. "
            f"{_known(region.townships, ('county',))}"
        )


def _known(townships: pd.DataFrame, columns: tuple[str, ...] = ("group", "county")) -> str:
    names = [name for column in columns for name in dict.fromkeys(townships[column].astype(str)) if name]
    if not names:
        return f"Fill the townships' column {' or '.join(columns)}, or take it out."
    return f"Write one of {', '.join(names)}."


def _village_of(region: Region, points: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Row of the village whose area holds each point, else of the nearest one."""
    shapes = projected(region.villages.geometry, region.metric_crs)
    xy = points_m(points.geometry, region.metric_crs)
    village = locate(xy, shapes)
    lost = np.flatnonzero(village < 0)
    if len(lost):
        village[lost] = shapely.STRtree(shapes).nearest(shapely.points(xy[lost]))
    return village
