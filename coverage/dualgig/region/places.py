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
    areal = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
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
        Takes townships that are not known, villages in no township, and a warning where villages lie
        outside the township that they name.

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
    _check_inside(villages, xy, shapes, chosen, findings)
    chosen[homeless] = -1
    return pd.Series(["" if c < 0 else ids[c] for c in chosen], index=villages.frame.index, dtype="str")


def _same_code(code: str, known: dict[str, int]) -> str | None:
    """A township by its code, whether or not it is filled up to 12 digits with zeros."""
    for candidate in (code, code.removesuffix("000") if len(code) == 12 else code, f"{code}000"):
        if candidate in known:
            return candidate
    return None


def _check_inside(
    villages: Checked,
    xy: NDArray[np.float64],
    shapes: NDArray[np.object_],
    chosen: NDArray[np.int64],
    findings: Findings,
) -> None:
    """Warn of villages outside the township that their row names."""
    rows = np.flatnonzero((chosen >= 0) & ~np.isnan(xy).any(axis=1))
    rows = rows[[shapes[chosen[row]] is not None for row in rows]]
    outside = shapely.distance(shapes[chosen[rows]], shapely.points(xy[rows])) > 0
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
    xy = points.points_m(metric_crs)
    township_ids = townships.frame.index.to_numpy(dtype=object)
    town = locate(xy, townships.frame.geometry.to_crs(metric_crs).to_numpy())
    here = village_at(xy, town, villages, township_ids.tolist(), metric_crs)
    is_known = {township: position for position, township in enumerate(township_ids)}
    codes = {code: _same_code(code, is_known) or "" for code in points.frame["township"].unique() if code}

    given_village = points.frame["village"].to_numpy(dtype=object)
    given_township = points.frame["township"].to_numpy(dtype=object)
    village = np.where(np.isin(given_village, villages.index.to_numpy(dtype=object)), given_village, "")
    township = np.array([codes.get(code, "") for code in given_township], dtype=object)
    unknown = {
        "village": (given_village != "") & (village == ""),
        "township": (given_township != "") & (township == ""),
    }
    lost = np.isnan(xy).any(axis=1) | points.wrong[["village", "township"]].any(axis=1).to_numpy()
    lost |= unknown["village"] | unknown["township"]
    seat = (
        (points.frame["kind"] == "seat").to_numpy() if "kind" in points.frame else np.zeros(len(xy), np.bool_)
    )
    demand = np.full(len(xy), points.name == "demand")

    village = np.where(
        (village == "") & (here >= 0), np.append(villages.index.to_numpy(dtype=object), "")[here], village
    )
    village[seat] = ""
    of_village = pd.Series(village, dtype="str").map(villages["township"].to_dict()).to_numpy(dtype=object)
    township = np.where(village != "", of_village, township)
    by_location = (township == "") & (town >= 0) & (seat | demand)
    township = np.where(by_location, np.append(township_ids, "")[town], township)
    if complete:
        _note_unknown(
            points, unknown, {"village": villages.index.tolist(), "township": township_ids.tolist()}, findings
        )
        homeless = {
            "township": seat & (township == ""),
            "village": ~seat & (village == "") & (~demand | (township == "")),
        }
        _note_homeless(points, {what: rows & ~lost for what, rows in homeless.items()}, findings)
        _note_without_village(points, demand & (village == "") & (township != ""), findings)
    return pd.DataFrame({"village": village, "township": township}, index=points.frame.index, dtype="str")


def _note_unknown(
    points: Checked, unknown: dict[str, NDArray[np.bool_]], known: dict[str, list[str]], findings: Findings
) -> None:
    """Note ids of villages and townships that nothing bears."""
    for what, rows in unknown.items():
        for position in np.flatnonzero(rows).tolist():
            code = str(points.frame[what].iloc[position])
            meant = closest(code, known[what], 0.6)
            hint = f" Did you mean {meant}?" if meant else ""
            findings.error(
                points.file,
                points.row(position),
                points.column(what),
                f"the {what} {code} is not known.",
                f"Write the id of a {what}, or leave the cell empty to go by location.{hint}",
            )


def _note_homeless(points: Checked, homeless: dict[str, NDArray[np.bool_]], findings: Findings) -> None:
    """Note points that neither their columns nor their location place anywhere."""
    for what, rows in homeless.items():
        for position in np.flatnonzero(rows).tolist():
            findings.error(
                points.file,
                points.row(position),
                points.column(what),
                f"{points.id(position)} lies in no {what}.",
                f"Correct its coordinates, or write the id of its {what} in the column {what}.",
            )


def _note_without_village(points: Checked, rows: NDArray[np.bool_], findings: Findings) -> None:
    """Tell of demand points that are in a township but in none of its villages."""
    if rows.any():
        findings.warn(
            points.file,
            points.row(int(np.argmax(rows))),
            points.column("village"),
            f"{int(rows.sum())} demand points lie in no village, the first in this row.",
            "Their people count for the township only; write a village where they belong to one.",
        )


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
    pointlike = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POINT)
    free = np.flatnonzero((found < 0) & (town >= 0))
    if not len(pointlike) or not len(free):
        return found
    centres = points_m(villages.geometry, metric_crs)
    number = {township: position for position, township in enumerate(township_ids)}
    villages_town = np.array([number.get(township, -1) for township in villages["township"]])[pointlike]
    free = free[np.argsort(town[free], kind="stable")]
    for group in np.split(free, np.flatnonzero(np.diff(town[free])) + 1):
        candidates = pointlike[villages_town == town[group[0]]]
        if len(candidates):
            tree = shapely.STRtree(np.asarray(shapely.points(centres[candidates])))
            found[group] = candidates[tree.nearest(shapely.points(xy[group]))]
    return found
