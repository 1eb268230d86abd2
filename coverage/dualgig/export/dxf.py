"""DXF by layers (AutoCAD 2007, text), in metres of a projected CRS that the drawing names.

Points are blocks with the attributes ``ID`` and ``NAME``, where a very long name is cut; routes and
boundaries are polylines, a ring each. Every entity carries id and whole name as extended data of the
application ``DUALGIG``.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import shapely
from ezdxf import units
from ezdxf.filemanagement import new as new_drawing
from ezdxf.tools.codepage import tocodepage

from dualgig.errors import OutputError
from dualgig.export.datum import middle_lon
from dualgig.export.groups import groups, plain_text
from dualgig.text import say

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from ezdxf.document import Drawing
    from ezdxf.entities.dxfgfx import DXFGraphic
    from ezdxf.layouts.blocklayout import BlockLayout
    from ezdxf.layouts.layout import Modelspace
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from dualgig.export.datum import Datum
    from dualgig.export.groups import Group
    from dualgig.plan import Plan

VERSION = "R2007"
"""The first version that is UTF-8 throughout; in older ones names in rare characters get lost."""

CODE_PAGE = "ANSI_65001"
"""Windows' name of UTF-8. CAD programs do not look at it from R2007 on; GDAL, and so QGIS, does."""

APPLICATION = "DUALGIG"
"""Name under which entities carry extended data: ``id=...``, then ``name=...`` in pieces."""

PIECE_BYTES = 240
"""Bytes of a text or of a piece of extended data, whose strings may hold 255; GDAL reads no longer lines."""

SYMBOL_M, TEXT_M = 40.0, 30.0
"""Size of a point's block and height of its name, metres: to be read at 1:10,000."""


def write_dxf(path: Path, plan: Plan, *, date: str, datum: Datum) -> None:
    """Write the plan as a drawing.

    Parameters
    ----------
    path
        The file.
    plan
        The plan.
    date
        ``YYYY-MM-DD``, told in the drawing.
    datum
        CGCS2000 draws in the 3-degree zone of the plan's middle, WGS 84 in its UTM zone.

    Raises
    ------
    OutputError
        GCJ-02 or BD-09 is asked for, or the plan lies outside the zones of CGCS2000.
    """
    crs = drawing_crs(path, plan, datum)
    language = plan.region.project.project.language
    drawing = new_drawing(VERSION, units=units.M)
    drawing.appids.new(APPLICATION)
    drawing.styles.new(APPLICATION, dxfattribs={"font": "simsun.ttc"})
    space = drawing.modelspace()
    for group in groups(plan):
        layer = drawing.layers.add(group.layer)
        layer.rgb = _rgb(group.colour)
        if not group.shown:
            layer.off()
        features = group.features.to_crs(crs)
        if group.shape == "point":
            _points(drawing, space, group, features)
        else:
            _lines(space, group, features)
    drawing.layers.add("NOTES")
    west, south, east, north = plan.townships.to_crs(crs).total_bounds
    notes = [
        plan.region.project.title,
        f"{crs.name}, {crs.to_string()}",
        f"{say(language, 'predicted')}, {date}",
    ]
    for line, note in enumerate(notes, start=1):
        text = space.add_text(
            plain_text(note), height=4 * TEXT_M, dxfattribs={"layer": "NOTES", "style": APPLICATION}
        )
        text.set_placement((west, south - 8 * TEXT_M * line))
    drawing.header["$EXTMIN"], drawing.header["$EXTMAX"] = (west, south, 0.0), (east, north, 0.0)
    drawing.set_modelspace_vport(
        height=1.2 * (north - south), center=((west + east) / 2, (south + north) / 2)
    )
    _write(drawing, path)


def _write(drawing: Drawing, path: Path) -> None:
    """Write a drawing, with its true code page in the header: ezdxf knows only those before UTF-8."""
    text = io.StringIO()
    drawing.write(text)
    whole = text.getvalue().replace(
        f"$DWGCODEPAGE\n  3\n{tocodepage(drawing.encoding)}", f"$DWGCODEPAGE\n  3\n{CODE_PAGE}", 1
    )
    path.write_text(whole, encoding="utf-8", newline="\r\n")


def drawing_crs(path: Path, plan: Plan, datum: Datum) -> CRS:
    """The projected CRS of a drawing of the plan.

    Raises
    ------
    OutputError
        As `write_dxf`.
    """
    if datum.name == "wgs84":
        return plan.townships.estimate_utm_crs()
    crs = datum.crs(middle_lon(plan.townships))
    if crs is None:
        raise OutputError(
            f"{path.name}: a drawing is in metres of a projection, and {datum.title} has none. "
            "Choose --datum cgcs2000 or wgs84."
        )
    return crs


def _points(drawing: Drawing, space: Modelspace, group: Group, features: gpd.GeoDataFrame) -> None:
    """Blocks of a group's symbol, each with its id and name."""
    block = drawing.blocks.new(group.layer)
    _symbol(block, group.layer)
    for tag, row in (("NAME", 0), ("ID", 1)):
        at = (SYMBOL_M, -1.5 * TEXT_M * row)
        attributes = {"style": APPLICATION, "layer": group.layer, "invisible": int(tag == "ID")}
        block.add_attdef(tag, at, height=TEXT_M, dxfattribs=attributes)
    where = shapely.get_coordinates(features.geometry.to_numpy()).tolist()
    for feature_id, name, point in zip(features["id"], features["name"], where, strict=True):
        insert = space.add_blockref(group.layer, point, dxfattribs={"layer": group.layer})
        insert.add_auto_attribs({"ID": feature_id, "NAME": _pieces(name)[0]})
        _tag(insert, feature_id, name)


def _symbol(block: BlockLayout, layer: str) -> None:
    """A triangle for sites, a square for nodes, a circle for villages."""
    attributes = {"layer": layer}
    half = SYMBOL_M / 2
    if layer.startswith("SITES"):
        corners = [(-half, -half), (half, -half), (0.0, half)]
    elif layer.startswith("NODES"):
        corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
    else:
        block.add_circle((0, 0), half / 2, dxfattribs=attributes)
        return
    block.add_lwpolyline(corners, close=True, dxfattribs=attributes)


def _lines(space: Modelspace, group: Group, features: gpd.GeoDataFrame) -> None:
    """Polylines of a group's lines or rings."""
    for feature_id, name, shape in zip(features["id"], features["name"], features.geometry, strict=True):
        for line, closed in _parts(shape):
            coordinates = shapely.get_coordinates(line)
            if closed:
                coordinates = coordinates[:-1]
            entity = space.add_lwpolyline(
                coordinates.tolist(), close=closed, dxfattribs={"layer": group.layer}
            )
            _tag(entity, feature_id, name)


def _parts(shape: BaseGeometry) -> list[tuple[BaseGeometry, bool]]:
    """The lines of a geometry, or its rings, which are closed."""
    parts: list[tuple[BaseGeometry, bool]] = []
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon):
            parts += [(ring, True) for ring in (part.exterior, *part.interiors)]
        else:
            parts.append((part, False))
    return parts


def _tag(entity: DXFGraphic, feature_id: str, name: str) -> None:
    """Put id and whole name into an entity's extended data."""
    strings = [f"id={feature_id}", *(f"name={piece}" for piece in _pieces(name))]
    entity.set_xdata(APPLICATION, [(1000, string) for string in strings])


def _pieces(text: str) -> list[str]:
    """Text in pieces of at most `PIECE_BYTES`, at least one."""
    pieces = [""]
    size = 0
    for character in text:
        size += len(character.encode())
        if size > PIECE_BYTES:
            pieces.append("")
            size = len(character.encode())
        pieces[-1] += character
    return pieces


def _rgb(colour: str) -> tuple[int, int, int]:
    """A colour ``#rrggbb`` as numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
