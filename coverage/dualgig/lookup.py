"""Sites and places of a region by what a person types: an id, a name, or coordinates."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import shapely

from dualgig.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from dualgig.region.model import Region

PlaceKind = Literal["township", "village", "keypoint", "point"]

_COORDINATES = re.compile(r"\s*([+-]?\d+(?:\.\d*)?)\s*[,，;；\s]\s*([+-]?\d+(?:\.\d*)?)\s*")

_NAMED = 5
"""How many of several places of one name, or of similar names, are listed."""


@dataclass(frozen=True)
class Place:
    """A point to which a path is asked for.

    Parameters
    ----------
    kind
        What it is: a township (its seat), a village (its committee), a key point, or bare coordinates.
    id, name
        Id and name of the place; empty for coordinates.
    point
        Id of the key point that stands for it; empty where it is the place's own point.
    lon, lat
        Degrees, WGS 84.
    x_m, y_m
        Metres of the region's metric CRS.
    """

    kind: PlaceKind
    id: str
    name: str
    point: str
    lon: float
    lat: float
    x_m: float
    y_m: float


def find_site(region: Region, text: str) -> str:
    """Id of a site, given its id or its name.

    Raises
    ------
    NotFoundError
        There is no such site, or several of that name.
    """
    sites = region.sites
    if text in sites.index:
        return text
    named = [str(site) for site in sites.index[sites["name"] == text]]
    if len(named) == 1:
        return named[0]
    if named:
        raise NotFoundError(f"there are {len(named)} sites named {text}: {_some(named)}; give the id of one.")
    words = [*map(str, sites.index), *(name for name in sites["name"] if name)]
    raise NotFoundError(f"there is no site {text!r} among the {len(sites)} sites.{_close(text, words)}")


def find_place(region: Region, text: str) -> Place:
    """A village, township or key point, given its id or name, or a point, given as ``lon,lat``.

    A village is its committee, where that is known; a township its seat.

    Raises
    ------
    NotFoundError
        There is no such place, or several of that name, or the coordinates are none.
    """
    if match := _COORDINATES.fullmatch(text):
        lon, lat = (float(part) for part in match.groups())
        if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
            raise NotFoundError(f"{text} is not a place on earth; give longitude, then latitude, in degrees.")
        return _place(region, "point", "", "", "", shapely.Point(lon, lat))
    tables: tuple[tuple[PlaceKind, gpd.GeoDataFrame], ...] = (
        ("village", region.villages),
        ("township", region.townships),
        ("keypoint", region.keypoints),
    )
    for kind, table in tables:
        if text in table.index:
            return _of_table(region, kind, table, text)
    named = [(kind, table, str(row)) for kind, table in tables for row in table.index[table["name"] == text]]
    # a village and its own committee may share a name: the place goes before its key points
    areas = [found for found in named if found[0] != "keypoint"] or named
    if len(areas) == 1:
        return _of_table(region, *areas[0])
    if areas:
        listed = _some([row for _, _, row in areas])
        raise NotFoundError(f"there are {len(areas)} places named {text}: {listed}; give the id of one.")
    words = [word for _, table in tables for word in (*map(str, table.index), *table["name"]) if word]
    raise NotFoundError(
        f"there is no village, township or key point {text!r}.{_close(text, words)} A point is given as lon,lat."
    )


def _of_table(region: Region, kind: PlaceKind, table: gpd.GeoDataFrame, row: str) -> Place:
    """A row of one of the tables as a place."""
    name = str(table.at[row, "name"])
    if kind != "keypoint":
        keypoints = region.keypoints
        wanted = "committee" if kind == "village" else "seat"
        own = keypoints[(keypoints[kind] == row) & (keypoints["kind"] == wanted)]
        if len(own):
            return _place(region, kind, row, name, str(own.index[0]), own.geometry.iloc[0])
    shape = table.geometry.loc[row]
    point = shape if shape.geom_type == "Point" else shape.representative_point()
    return _place(region, kind, row, name, row if kind == "keypoint" else "", point)


def _place(region: Region, kind: PlaceKind, row: str, name: str, point: str, at: BaseGeometry) -> Place:
    wgs84 = gpd.GeoSeries([at], crs="EPSG:4326")
    metric = wgs84.to_crs(region.metric_crs)
    where = (float(axis.iloc[0]) for axis in (wgs84.x, wgs84.y, metric.x, metric.y))
    return Place(kind, row, name, point, *where)


def _some(words: list[str]) -> str:
    """The first few of some words."""
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return ", ".join(words[:_NAMED]) + more


def _close(text: str, words: Iterable[str]) -> str:
    """A hint at words like the one that was typed."""
    close = difflib.get_close_matches(text, list(dict.fromkeys(words)), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(close)}?" if close else ""
