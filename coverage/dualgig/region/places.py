"""Which township a village belongs to, and which village a point belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from dualgig.region.findings import closest
from dualgig.region.shapes import points_m

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.region.findings import Findings
    from dualgig.region.validate import Checked

SHIFT_M = 1000.0
"""Most points off their polygons by less than this hint at a datum shift (GCJ-02 shifts by 300-700 m)."""


def locate(xy_m: NDArray[np.float64], shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Position of the first polygon that holds each point, or -1.

    Parameters
    ----------
    xy_m
        Points, shape (n, 2); NaN is in no polygon.
    shapes
        Polygons in the same CRS; points and missing shapes hold nothing.
    """
    found = np.full(len(xy_m), -1, dtype=np.int64)
    areal = np.array(
        [i for i, s in enumerate(shapes) if s is not None and s.geom_type != "Point"], dtype=np.int64
    )
    points = np.flatnonzero(~np.isnan(xy_m).any(axis=1))
    if not len(areal) or not len(points):
        return found
    tree = shapely.STRtree(shapes[areal])
    which, holder = tree.query(shapely.points(xy_m[points]), predicate="intersects")
    order = np.lexsort((holder, which))[::-1]
    found[points[which[order]]] = areal[holder[order]]
    return found


def assign_townships(
    villages: Checked, townships: Checked, metric_crs: CRS, findings: Findings
) -> pd.Series[str]:
    """Township of each village: from its column, else by location.

    Parameters
    ----------
    villages, townships
        Checked tables.
    metric_crs
        Projected CRS in metres.
    findings
        Takes townships that are not known, villages in no township, and a warning where most
        villages lie beside their township as if in another datum.

    Returns
    -------
    pandas.Series
        Township id, on the villages' index; empty where there is none, which is noted.
    """
    shapes = townships.frame.geometry.to_crs(metric_crs).to_numpy()
    xy = villages.points_m(metric_crs)
    inside = locate(xy, shapes)
    ids = townships.frame.index.tolist()
    position_of = {township: position for position, township in enumerate(ids)}
    column = villages.column("township")
    named = villages.frame["township"].tolist()
    chosen = np.full(len(xy), -1, dtype=np.int64)
    homeless = []
    for position, code in enumerate(named):
        if not code:
            chosen[position] = inside[position]
            lost = villages.wrong["township"].iloc[position] or np.isnan(xy[position]).any()
            if inside[position] < 0 and townships.complete and not lost:
                homeless.append(position)
            continue
        township = _same_code(code, position_of)
        if township is None and not townships.complete:
            continue
        if township is None:
            meant = closest(code, ids, 0.6)
            hint = f" Did you mean {meant}?" if meant else ""
            wrong = f"the township {code} is not among the townships of {townships.file}."
            mend = f"Write a township's id, or leave the cell empty to go by location.{hint}"
            findings.error(villages.file, villages.row(position), column, wrong, mend)
        else:
            chosen[position] = position_of[township]
    for position in homeless:
        distance = [np.inf if s is None else shapely.distance(s, shapely.Point(xy[position])) for s in shapes]
        nearest = int(np.argmin(distance))
        findings.error(
            villages.file,
            villages.row(position),
            column,
            f"the village {villages.id(position)} lies in no township; the nearest is {ids[nearest]}, "
            f"{distance[nearest] / 1000:.2f} km away.",
            "Correct its coordinates, or write the id of its township in the column township.",
        )
        chosen[position] = nearest
    _check_shift(villages, xy, shapes, chosen, findings)
    chosen[homeless] = -1
    return pd.Series(["" if c < 0 else ids[c] for c in chosen], index=villages.frame.index, dtype="str")


def _same_code(code: str, known: dict[str, int]) -> str | None:
    """A township by its code, whether or not it is filled up to 12 digits with zeros."""
    for candidate in (code, code.removesuffix("000") if len(code) == 12 else code, f"{code}000"):
        if candidate in known:
            return candidate
    return None


def _check_shift(
    villages: Checked,
    xy: NDArray[np.float64],
    shapes: NDArray[np.object_],
    chosen: NDArray[np.int64],
    findings: Findings,
) -> None:
    """Warn of villages outside their township, with the datum as suspect where most of them are."""
    rows = np.flatnonzero((chosen >= 0) & ~np.isnan(xy).any(axis=1))
    rows = rows[[shapes[chosen[row]] is not None for row in rows]]
    distance = shapely.distance(shapes[chosen[rows]], shapely.points(xy[rows]))
    outside = np.flatnonzero(distance > 0)
    if not len(outside):
        return
    middle = float(np.median(distance[outside]))
    if 2 * len(outside) > len(rows) and middle <= SHIFT_M:
        findings.warn(
            villages.file,
            None,
            "",
            f"{len(outside)} of {len(rows)} villages lie just outside their township (median {middle:.0f} m), as "
            "when one of the two layers is in GCJ-02 (Gaode, Tencent) and the other in WGS 84 or CGCS2000.",
            "Ask for the datum of both layers, and bring them into the same one.",
        )
        return
    by_column = [int(row) for row in rows[outside] if villages.frame["township"].iloc[row]]
    if by_column:
        findings.warn(
            villages.file,
            villages.row(by_column[0]),
            villages.column("township"),
            f"{len(by_column)} villages lie outside the township that the column names, the first in this row.",
            "Check their coordinates and their township; the column is followed.",
        )


def assign_villages(
    points: Checked,
    villages: gpd.GeoDataFrame,
    townships: Checked,
    metric_crs: CRS,
    findings: Findings,
    *,
    complete: bool,
) -> pd.DataFrame:
    """Village and township of key points or demand points: from their columns, else by location.

    Where villages are points, a point without a village in its column goes to the nearest village
    of the township that it lies in.

    Parameters
    ----------
    points
        Key points or demand points.
    villages
        Villages with their townships.
    townships
        Checked townships.
    metric_crs
        Projected CRS in metres.
    findings
        Takes villages and townships that are not known, and points in none.
    complete
        Whether every village and township is there; where not, one that is not found is not noted.

    Returns
    -------
    pandas.DataFrame
        Columns ``village`` and ``township``, on the points' index. A seat has no village.
    """
    frame = points.frame
    xy = points.points_m(metric_crs)
    township_ids = townships.frame.index.tolist()
    town = locate(xy, townships.frame.geometry.to_crs(metric_crs).to_numpy())
    by_location = village_at(xy, town, villages, township_ids, metric_crs).tolist()
    village_ids = [*villages.index.tolist(), ""]
    known_towns = {township: position for position, township in enumerate(township_ids)}
    township_of = dict(zip(villages.index, villages["township"], strict=True))
    seat = (frame["kind"] == "seat").tolist() if "kind" in frame else [False] * len(frame)
    village, township = frame["village"].tolist(), frame["township"].tolist()
    wrong = points.wrong[["village", "township"]].to_numpy()
    for position in range(len(frame)):
        row = points.row(position)
        lost = not complete or bool(np.isnan(xy[position]).any() or wrong[position].any())
        if township[position]:
            same = _same_code(township[position], known_towns)
            if same is None:
                if complete:
                    _unknown(points, row, "township", township[position], township_ids, findings)
                lost = True
            township[position] = same or ""
        if village[position] and village[position] not in township_of:
            if complete:
                _unknown(points, row, "village", village[position], list(township_of), findings)
            village[position], lost = "", True
        if seat[position]:
            village[position] = ""
            if not township[position] and town[position] >= 0:
                township[position] = township_ids[town[position]]
            missing = not township[position]
        else:
            village[position] = village[position] or village_ids[by_location[position]]
            township[position] = township_of.get(village[position], "") or township[position]
            missing = not village[position] and not (points.name == "demand" and township[position])
        if missing and not lost:
            what = "township" if seat[position] else "village"
            findings.error(
                points.file,
                row,
                points.column(what),
                f"{points.id(position)} lies in no {what}.",
                f"Correct its coordinates, or write the id of its {what} in the column {what}.",
            )
    return pd.DataFrame({"village": village, "township": township}, index=frame.index, dtype="str")


def village_at(
    xy: NDArray[np.float64],
    town: NDArray[np.int64],
    villages: gpd.GeoDataFrame,
    township_ids: list[str],
    metric_crs: CRS,
) -> NDArray[np.int64]:
    """Position of the village of each point, or -1.

    Parameters
    ----------
    xy
        Points, shape (n, 2), metres.
    town
        Position of the township that each lies in, or -1.
    villages
        Villages with their townships; polygons hold the points inside them, and villages that are
        points get those of their township that are nearest to them.
    township_ids
        Ids of the townships.
    metric_crs
        Projected CRS in metres.
    """
    shapes = villages.geometry.to_crs(metric_crs).to_numpy()
    found = locate(xy, shapes)
    is_point = np.array(
        [shape is not None and shape.geom_type == "Point" for shape in shapes], dtype=np.bool_
    )
    if not is_point.any():
        return found
    centres = points_m(villages.geometry, metric_crs)
    for number, township in enumerate(township_ids):
        here = np.flatnonzero((found < 0) & (town == number))
        candidates = np.flatnonzero(is_point & (villages["township"] == township).to_numpy())
        if len(here) and len(candidates):
            tree = shapely.STRtree(np.asarray(shapely.points(centres[candidates])))
            found[here] = candidates[tree.nearest(shapely.points(xy[here]))]
    return found


def _unknown(points: Checked, row: int, column: str, code: str, known: list[str], findings: Findings) -> None:
    meant = closest(code, known, 0.6)
    hint = f" Did you mean {meant}?" if meant else ""
    findings.error(
        points.file,
        row,
        points.column(column),
        f"the {column} {code} is not known.",
        f"Write the id of a {column}, or leave the cell empty to go by location.{hint}",
    )
