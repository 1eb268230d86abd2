"""Layers that sit off the others the way GCJ-02 or BD-09 is off WGS 84.

A layer and a reference are compared by what should coincide: points inside the place that their row
names, points of two layers at one spot, borders along borders. Each is looked at as the layers stand
and with the one moved as if it, or the reference, were in a shifted datum. To be told, the move must
explain most of what does not fit, and moves of the same length in other directions must not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree
from scipy.stats import binomtest

from dualgig.region.coordinates import WGS84
from dualgig.region.datum import FROM_WGS84, TO_WGS84, in_china, shifted_datum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.project import Project
    from dualgig.region.datum import ShiftedDatum
    from dualgig.region.findings import Findings
    from dualgig.region.validate import Checked

    Hits = Callable[[NDArray[np.float64]], NDArray[np.bool_]]
    ToMetres = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

COINCIDE_M = 100.0
"""Two features nearer than this are taken for the same; the shifts are several times as long."""

INSIDE_SHARE = 0.5
"""Points that must lie in their places after a move, and part of those that did not before it."""

COINCIDE_SHARE = 0.3
"""The same for features that coincide with the reference's: fewer have a counterpart there."""

LEAST = 5
"""Fewer features than this, put right by a move, say nothing."""

CHANCE = 0.05
"""One-sided sign test: how likely as many features are put right by chance."""

TURNS_DEG = (90.0, 135.0, 180.0, 225.0, 270.0)
"""Directions, from that of the shift, in which a move of its length must not help half as much."""

SAMPLE = 2000
"""Features of a layer that are looked at."""

POINT_LAYERS = ("villages", "keypoints", "demand", "sites", "nodes")
USED_BY = {"GCJ-02": "Gaode, Tencent", "BD-09": "Baidu"}


@dataclass(frozen=True)
class _Comparison:
    """A layer against a reference: which of its points, moved anywhere, are where they should be."""

    layer: Checked
    reference: Checked
    lonlat: NDArray[np.float64]
    hits: Hits
    share: float
    """Part of the points that must fit after a move, and part of the misfits that it must put right."""


@dataclass(frozen=True)
class _Displaced:
    """What a comparison found: a layer, the datum that it is in, and how many features say so."""

    layer: Checked
    reference: Checked
    datum: ShiftedDatum
    right: int
    of: int
    metres: float
    declared: bool
    """Whether the layer is declared in that datum, and fits better without."""


def check_datum(project: Project, tables: dict[str, Checked], metric_crs: CRS, findings: Findings) -> None:
    """Warn of layers that seem to be in GCJ-02 or BD-09, or wrongly declared so.

    Parameters
    ----------
    project
        The project, for the datum that it declares a layer in.
    tables
        Checked tables by name.
    metric_crs
        Projected CRS in metres.
    findings
        Takes one warning a layer, with how to declare its datum.
    """
    townships = tables["townships"].frame.total_bounds
    if not in_china(townships[[0, 2]], townships[[1, 3]]).any():
        return
    to_metres = Transformer.from_crs(WGS84, metric_crs, always_xy=True).transform
    found: dict[str, _Displaced] = {}
    for comparison in _comparisons(tables, metric_crs):
        displaced = _displaced(project, comparison, lambda lon, lat: np.column_stack(to_metres(lon, lat)))
        if displaced is not None:
            known = found.get(displaced.layer.name)
            if known is None or displaced.right > known.right:
                found[displaced.layer.name] = displaced
    for displaced in found.values():
        _tell(displaced, findings)


def _tell(displaced: _Displaced, findings: Findings) -> None:
    datum = displaced.datum
    if displaced.declared:
        problem = (
            f"it is declared as {datum}, and lies about {displaced.metres:.0f} m off {displaced.reference.file} as "
            f"if it were not: {displaced.right} of {displaced.of} features fit better without."
        )
        mend = f'Take crs = "{datum}" out of the project file, unless {displaced.reference.file} is in {datum} too.'
    else:
        problem = (
            f"it lies about {displaced.metres:.0f} m off {displaced.reference.file}, the way {datum} "
            f"({USED_BY[datum]}) is off WGS 84: {displaced.right} of {displaced.of} features fit when read so."
        )
        mend = f'If it was taken from such a map, write crs = "{datum}" for it in the project file.'
    findings.warn(displaced.layer.file, None, "", problem, mend)


def _displaced(project: Project, comparison: _Comparison, to_metres: ToMetres) -> _Displaced | None:
    """The datum that explains best why a layer and its reference do not fit, where one does."""
    here = to_metres(*comparison.lonlat.T)
    before = comparison.hits(here)
    best: tuple[int, ShiftedDatum, bool, float] | None = None
    for datum in TO_WGS84:
        for of_layer, move in ((True, TO_WGS84[datum]), (False, FROM_WGS84[datum])):
            there = to_metres(*move(*comparison.lonlat.T))
            gain = _gain(comparison, here, there, before)
            if gain is not None and (best is None or gain > best[0]):
                metres = float(np.median(np.hypot(*(there - here).T)))
                best = gain, datum, of_layer, metres
    if best is None:
        return None
    gain, datum, of_layer, metres = best
    moved, other = comparison.layer, comparison.reference
    if not of_layer:
        moved, other = other, moved
    declared = shifted_datum(getattr(project.inputs, other.name).crs) == datum
    if declared:
        moved, other = other, moved
    return _Displaced(moved, other, datum, gain, len(here), metres, declared)


def _gain(
    comparison: _Comparison,
    here: NDArray[np.float64],
    there: NDArray[np.float64],
    before: NDArray[np.bool_],
) -> int | None:
    """How many more points fit after a move, or ``None`` where that says nothing."""
    after = comparison.hits(there)
    right, wrong = int((after & ~before).sum()), int((before & ~after).sum())
    gain = right - wrong
    if (
        gain < LEAST
        or after.mean() < comparison.share
        or gain < comparison.share * (~before).sum()
        or binomtest(right, right + wrong, alternative="greater").pvalue > CHANCE
    ):
        return None
    for turn in np.radians(TURNS_DEG):
        turned = (there - here) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        if 2 * (int(comparison.hits(here + turned).sum()) - int(before.sum())) >= gain:
            return None
    return gain


def _comparisons(tables: dict[str, Checked], metric_crs: CRS) -> Iterator[_Comparison]:
    """Layers and references that have something in common."""
    areas = [tables[name] for name in ("townships", "villages") if name in tables and _areal(tables[name])]
    points = [tables[name] for name in POINT_LAYERS if name in tables and not _areal(tables[name])]
    for layer in points:
        for reference in areas:
            yield from _inside(layer, reference, metric_crs)
    if len(areas) == 2:
        yield from _inside(areas[1], areas[0], metric_crs)
        yield from _along(areas[0], areas[1], metric_crs)
    for number, reference in enumerate(points):
        for layer in points[number + 1 :]:
            pair = sorted((layer, reference), key=lambda table: len(table.frame))
            yield from _together(pair[0], pair[1], metric_crs)


def _inside(layer: Checked, reference: Checked, metric_crs: CRS) -> Iterator[_Comparison]:
    """Points inside the polygon that their row names, or inside any where no row names one."""
    key = reference.name.removesuffix("s")
    frame = _placed(layer)
    shapes = _placed(reference).geometry.to_crs(metric_crs)
    number = {place: position for position, place in enumerate(shapes.index)}
    ids = frame[key].tolist() if key in frame else []
    # Codes may be filled up to 12 digits with zeros.
    own = np.array(
        [number.get(code, number.get(code.removesuffix("000"), -1)) for code in ids], dtype=np.int64
    )
    polygons = np.asarray(shapes)
    if (own >= 0).any():
        rows = np.flatnonzero(own >= 0)
        rows = rows[_sample(len(rows))]
        frame, named = frame.iloc[rows], polygons[own[rows]]

        def hits(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
            return np.asarray(shapely.intersects_xy(named, xy[:, 0], xy[:, 1]))

    else:
        frame = frame.iloc[_sample(len(frame))]
        tree = shapely.STRtree(polygons)

        def hits(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
            return _any(len(xy), tree.query(shapely.points(xy), predicate="intersects")[0])

    yield from _comparison(layer, reference, _lonlat(frame), hits, INSIDE_SHARE)


def _along(layer: Checked, reference: Checked, metric_crs: CRS) -> Iterator[_Comparison]:
    """Corners of the layer's polygons along the borders of the reference's."""
    corners = shapely.get_coordinates(_placed(layer).geometry.to_numpy())
    shapes = _placed(reference).geometry.to_crs(metric_crs)
    tree = shapely.STRtree(shapely.boundary(np.asarray(shapes)))

    def hits(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        near = tree.query(shapely.points(xy), predicate="dwithin", distance=COINCIDE_M)[0]
        return _any(len(xy), near)

    corners = corners[_sample(len(corners))]
    yield from _comparison(layer, reference, corners, hits, COINCIDE_SHARE)


def _together(layer: Checked, reference: Checked, metric_crs: CRS) -> Iterator[_Comparison]:
    """Points of the layer at points of the reference."""
    frame = _placed(layer)
    others = reference.points_m(metric_crs)
    others = others[~np.isnan(others).any(axis=1)]
    if not len(others):
        return
    tree = cKDTree(others)

    def hits(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray(tree.query(xy, distance_upper_bound=COINCIDE_M)[0] <= COINCIDE_M)

    frame = frame.iloc[_sample(len(frame))]
    yield from _comparison(layer, reference, _lonlat(frame), hits, COINCIDE_SHARE)


def _comparison(
    layer: Checked, reference: Checked, lonlat: NDArray[np.float64], hits: Hits, share: float
) -> Iterator[_Comparison]:
    if len(lonlat) >= LEAST:
        yield _Comparison(layer, reference, lonlat, hits, share)


def _areal(table: Checked) -> bool:
    """Whether a table's geometries are polygons."""
    shapes = table.frame.geometry.to_numpy()
    return bool((shapely.get_dimensions(shapes) == 2).any())


def _placed(table: Checked) -> gpd.GeoDataFrame:
    """The rows that have a geometry."""
    geometry = table.frame.geometry
    return table.frame[~(geometry.isna() | geometry.is_empty)]


def _lonlat(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Points, and a point inside each polygon, degrees, shape (n, 2)."""
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy())))


def _sample(count: int) -> NDArray[np.int64]:
    """Positions of at most `SAMPLE` rows, evenly spread."""
    return (
        np.unique(np.linspace(0, count - 1, min(count, SAMPLE)).astype(np.int64)) if count else np.arange(0)
    )


def _any(count: int, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
    hit = np.zeros(count, np.bool_)
    hit[positions] = True
    return hit
