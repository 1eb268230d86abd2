"""Which file is which input, and in which CRS: guesses, and what is left to ask."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from scipy.optimize import linear_sum_assignment

from dualgig.region.gauss import PLAIN_EASTING_M, PLAIN_EPSG, ZONED_EPSG, likely_crs
from dualgig.region.schema import POINT, POLYGON, TABLES
from dualgig.scaffold.columns import Columns, guess_columns
from dualgig.scaffold.words import COUNTIES, GRIDS, LAYERS

if TYPE_CHECKING:
    from dualgig.scaffold.survey import Bounds, Grid, Survey, Table

ENOUGH = 2.0
"""Score from which a table is taken for an input."""

ALIKE = 0.75
"""Difference of scores below which two tables are both named."""

COARSER = 3.0
"""A raster whose cells are so many times as large is no rival of a finer one."""

OWN = 0.9
"""Share of the references that must be ids of the other table."""

DISTINCTIVE: dict[str, tuple[str, ...]] = {
    "villages": ("priority", "eligible", "fibre", "standard"),
    "sites": ("structure", "operators", "on_air", "mast_m", "power_km", "track_km", "transport"),
    "nodes": ("stands", "ports"),
    "demand": ("weight",),
    "status": ("service", "served"),
}
"""Columns that tell a table from the others."""

CODE_DIGITS = {"townships": 9, "villages": 12}
"""Digits of a division code by level (GB/T 10114)."""

REFERENCES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("villages", "township", ("townships",)),
    ("villages", "node", ("nodes",)),
    ("keypoints", "village", ("villages",)),
    ("keypoints", "township", ("townships",)),
    ("demand", "village", ("villages",)),
    ("demand", "township", ("townships",)),
    ("status", "place", ("villages", "townships")),
)
"""Columns whose cells are ids of other tables."""


@dataclass(frozen=True)
class Layer:
    """A table that is taken for an input.

    Parameters
    ----------
    table
        What was found.
    columns
        Its columns.
    crs
        What to write as its CRS; empty where the file says it.
    crs_asked
        Whether the CRS is to be confirmed or filled in.
    rivals
        Titles of other tables that it might be as well.
    """

    table: Table
    columns: Columns
    crs: str = ""
    crs_asked: bool = False
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """What each file is taken for.

    Parameters
    ----------
    layers
        By name of the input.
    grids
        ``terrain`` and ``population``: the raster, and the paths of others that it might be.
    clutter
        Land cover: paths that look like it.
    roads
        OpenStreetMap files; the first is used.
    unused
        Titles of tables and paths of rasters that are no input.
    """

    layers: dict[str, Layer]
    grids: dict[str, tuple[Grid, tuple[str, ...]]]
    clutter: tuple[str, ...] = ()
    roads: tuple[str, ...] = ()
    unused: tuple[str, ...] = field(default=())


def guess(found: Survey) -> Guess:
    """Tell which file is which input.

    Names of files and columns, what stands in the columns, geometry and the digits of codes are
    weighed for every pair of table and input; the pairs that weigh most together are taken.

    Parameters
    ----------
    found
        What lies in the folder.
    """
    layers = _assigned(found.tables)
    layers = {name: _with_crs(layer, layers) for name, layer in layers.items()}
    layers = _with_references(layers)
    grids, clutter, spare = _grids(found.grids)
    used = {id(layer.table) for layer in layers.values()}
    unused = [table.title for table in found.tables if id(table) not in used]
    return Guess(layers, grids, clutter, found.roads, (*unused, *spare))


def _assigned(tables: tuple[Table, ...]) -> dict[str, Layer]:
    """The best tables for the inputs, each used once."""
    if not tables:
        return {}
    columns = {(name, n): guess_columns(table, name) for name in TABLES for n, table in enumerate(tables)}
    scores = np.array(
        [[_score(table, name, columns[name, n]) for n, table in enumerate(tables)] for name in TABLES]
    )
    layers = {}
    for row, best in zip(*linear_sum_assignment(scores, maximize=True), strict=True):
        if scores[row, best] < ENOUGH:
            continue
        name = list(TABLES)[row]
        near = np.flatnonzero(scores[row] >= max(ENOUGH, scores[row, best] - ALIKE))
        # A table that is another input with more right is no rival.
        rivals = tuple(tables[n].title for n in near if n != best and int(np.argmax(scores[:, n])) == row)
        layers[name] = Layer(tables[best], columns[name, int(best)], rivals=rivals)
    return {name: layers[name] for name in TABLES if name in layers}


def _score(table: Table, name: str, columns: Columns) -> float:
    """How well a table goes as an input."""
    kinds = TABLES[name].geometry
    shape = table.shape or ("point" if columns.axes else "")
    allowed = {"polygon": POLYGON, "point": POINT}.get(shape, ())
    if kinds and not set(allowed) & set(kinds):
        return -10.0
    score = _name_score(table, name)
    if kinds == () and shape:
        score -= 1.0
    if name == "villages" and shape == "point":
        score -= 0.5
    for ours, column in TABLES[name].columns.items():
        if ours in columns.named:
            score += 1.0 if column.required else 1.0 if ours in DISTINCTIVE.get(name, ()) else 0.2
            score += 1.5 if column.required and column.values else 0.0
        elif column.required and not (name == "villages" and ours == "population"):
            score -= 1.5
    return score + _code_score(table, name, columns)


def _name_score(table: Table, name: str) -> float:
    """What the names of file and layer say: the longest word counts, whichever input it speaks for."""
    title = f"{PurePosixPath(table.path).stem} {table.layer}".lower()
    if any(word in title for word in COUNTIES):
        return -2.0
    said = {key: _longest(title, words) for key, words in LAYERS.items()}
    if not said[name]:
        return 0.0
    return 3.0 if said[name] == max(said.values()) else 1.0


def _longest(title: str, words: tuple[str, ...]) -> int:
    """Letters of the longest of the words in a title; a Chinese one counts double, 0 for none."""
    tokens = set(re.split(r"[^a-z]+", title))
    lengths = [0]
    for word in words:
        if not word.isascii():
            lengths.append(2 * len(word) if word in title else 0)
        elif word in tokens or f"{word}s" in tokens or (len(word) > 3 and word in title):
            lengths.append(len(word))
    return max(lengths)


def _code_score(table: Table, name: str, columns: Columns) -> float:
    """What the digits of the ids say."""
    theirs = columns.named.get("id")
    if theirs is None or name not in CODE_DIGITS:
        return 0.0
    codes = [text.strip() for text in table.cells[theirs].tolist() if text.strip()]
    digits = [code for code in codes if code.isascii() and code.isdigit()]
    if len(digits) * 2 < len(codes) or not digits:
        return 0.0
    # A township's code is often filled up to 12 digits with zeros, a county's to 9 or 12.
    levels = [len(code.rstrip("0")) for code in digits]
    level = float(np.median(levels))
    expected = "villages" if level > 9 else "townships" if level > 6 else ""
    return 1.5 if name == expected else -1.5 if min(map(len, digits)) >= 6 else 0.0


def _with_crs(layer: Layer, layers: dict[str, Layer]) -> Layer:
    """The layer with a CRS where its file has none."""
    table, columns = layer.table, layer.columns
    bounds = columns.bounds if columns.axes else table.bounds
    if bounds is None or table.crs is not None or "lon" in columns.axes:
        return layer
    crs = guess_crs(bounds, _reference(layers))
    return replace(layer, crs=crs, crs_asked=True)


def guess_crs(bounds: Bounds, reference: Bounds | None) -> str:
    """The EPSG code of a CRS by its numbers, or an empty text.

    Parameters
    ----------
    bounds
        West, south, east, north (or their like with northing first) of the layer.
    reference
        West, south, east, north of what is known to lie there, degrees; ``None`` where nothing is.
    """
    west, south, east, north = bounds
    if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 180:
        return "EPSG:4490" if west > 70 and east < 140 and north < 60 else "EPSG:4326"
    for low, high in ((west, east), (south, north)):
        zoned = likely_crs(None, np.array([low, high]))
        if zoned is not None:
            return f"EPSG:{zoned.to_epsg()}"
    if reference is None:
        return ""
    low, high = PLAIN_EASTING_M
    for box in (bounds, (south, west, north, east)):
        if not (low <= box[0] and box[2] <= high):
            continue
        for code in range(PLAIN_EPSG, PLAIN_EPSG + (PLAIN_EPSG - ZONED_EPSG)):
            if _overlaps(box, code, reference):
                return f"EPSG:{code}"
    return ""


def _overlaps(box: Bounds, code: int, reference: Bounds) -> bool:
    """Whether the middle of a box in metres lies in the reference, and the reference's middle in its zone."""
    crs = CRS.from_epsg(code)
    try:
        lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(
            (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        )
    except ProjError:
        return False
    west, south, east, north = reference
    area = crs.area_of_use
    inside = west <= lon <= east and south <= lat <= north
    return bool(inside and (area is None or area.west <= (west + east) / 2 <= area.east))


def _reference(layers: dict[str, Layer]) -> Bounds | None:
    """Where the layers with a known CRS lie, degrees."""
    for layer in layers.values():
        bounds = layer.columns.bounds if layer.columns.axes else layer.table.bounds
        if bounds is None:
            continue
        if "lon" in layer.columns.axes:
            return bounds
        if layer.table.crs is not None:
            to_degrees = Transformer.from_crs(layer.table.crs, 4326, always_xy=True)
            west, south, east, north = to_degrees.transform_bounds(*bounds)
            return (float(west), float(south), float(east), float(north))
    return None


def _with_references(layers: dict[str, Layer]) -> dict[str, Layer]:
    """Columns that name places of other tables: by their cells, since names of them deceive."""
    ids = {
        name: {text.strip() for text in layer.table.cells[layer.columns.named["id"]]}
        for name, layer in layers.items()
        if "id" in layer.columns.named
    }
    for name, ours, targets in REFERENCES:
        if name not in layers:
            continue
        layer = layers[name]
        known = set().union(*(ids.get(target, set()) for target in targets))
        named = {key: theirs for key, theirs in layer.columns.named.items() if key != ours}
        taken = (*named.values(), *layer.columns.axes.values())
        before = layer.columns.named.get(ours)
        shares = {
            str(column): _share(layer.table.cells[column].tolist(), known)
            for column in layer.table.cells.columns
            if column not in taken
        }
        unfit = dict(layer.columns.unfit)
        best = max(shares, key=lambda column: (shares[column], column == before), default="")
        if best and shares[best] >= OWN:
            named[ours] = best
            unfit.pop(ours, None)
        elif before is not None:
            foreign = next((t for t in layer.table.cells[before] if t.strip() and t.strip() not in known), "")
            unfit[ours] = (before, foreign)
        layers = {**layers, name: replace(layer, columns=replace(layer.columns, named=named, unfit=unfit))}
    return layers


def _share(texts: list[str], known: set[str]) -> float:
    """Share of the filled cells that are among the known ids."""
    filled = [text.strip() for text in texts if text.strip()]
    return sum(text in known for text in filled) / len(filled) if filled else 0.0


def _grids(
    grids: tuple[Grid, ...],
) -> tuple[dict[str, tuple[Grid, tuple[str, ...]]], tuple[str, ...], tuple[str, ...]]:
    """Terrain and population among the rasters, land cover, and the paths of the others."""
    said: dict[str, list[Grid]] = {name: [] for name in (*GRIDS, "")}
    for grid in grids:
        title = PurePosixPath(grid.path).stem.lower()
        lengths = {name: _longest(title, words) for name, words in GRIDS.items()}
        name = max(lengths, key=lambda key: lengths[key])
        said[name if lengths[name] else ""].append(grid)
    if not said["terrain"] and len(said[""]) == 1:
        said["terrain"], said[""] = said[""], []
    taken = {}
    spare = [grid.path for grid in said[""]]
    for name in ("terrain", "population"):
        # With a CRS before without, fine before coarse.
        ranked = sorted(said[name], key=lambda grid: (grid.crs is None, _cell_m(grid), grid.path))
        if ranked:
            best = ranked[0]
            rivals = [g for g in ranked[1:] if _cell_m(g) < COARSER * _cell_m(best)]
            taken[name] = (best, tuple(grid.path for grid in rivals))
            spare += [grid.path for grid in ranked[1:]]
    return taken, tuple(grid.path for grid in said["clutter"]), tuple(spare)


def _cell_m(grid: Grid) -> float:
    """Size of a cell, metres or thereabouts."""
    degrees = grid.crs.is_geographic if grid.crs is not None else grid.cell < 1
    return grid.cell * (111_000 if degrees else 1)
