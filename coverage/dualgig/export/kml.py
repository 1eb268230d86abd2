"""KML 2.2 for Google Earth and field phones: folders, styles, and what the lists say of each feature.

KML is WGS 84 by definition (OGC 07-147r2, section 6.2); no other datum is ever written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import shapely

from dualgig.errors import OutputError
from dualgig.export.groups import groups, plain_text
from dualgig.export.words import header, in_words
from dualgig.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from dualgig.export.datum import Datum
    from dualgig.export.groups import Group
    from dualgig.plan import Plan
    from dualgig.project import Language

NAMESPACE = "http://www.opengis.net/kml/2.2"

DECIMALS = 9
"""Of a degree: a tenth of a millimetre."""


def write_kml(path: Path, plan: Plan, *, date: str, datum: Datum) -> None:
    """Write the plan as KML.

    Each table is a folder, each state a folder in it with a style of its own; candidates that are not
    built and boundaries of villages are there but hidden. A feature has its name, its id, and its row
    of the lists as data, in the project's language.

    Parameters
    ----------
    path
        The file.
    plan
        The plan.
    date
        ``YYYY-MM-DD``, told in the description.
    datum
        WGS 84.

    Raises
    ------
    OutputError
        Another datum is asked for.
    """
    if datum.name != "wgs84":
        raise OutputError(
            f"{path.name}: KML is in WGS 84 by definition, so it is not written in {datum.title}; every app would show it "
            "off its place. Choose --datum wgs84, or --format csv, xlsx or gpkg."
        )
    language = plan.region.project.project.language
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(root, "Document")
    _text(document, "name", plan.region.project.title)
    _text(document, "open", "1")
    _text(
        document,
        "description",
        "\n".join([say(language, "predicted"), date, *plan.region.project.project.notes]),
    )
    drawn = groups(plan)
    for group in drawn:
        _style(document, group)
    folders: dict[str, ET.Element] = {}
    for group in drawn:
        name, title = group.words(language)
        folder = folders.get(name)
        if folder is None:
            folder = folders[name] = _folder(document, name, shown=group.shown or bool(title))
        _placemarks(_folder(folder, title, shown=group.shown) if title else folder, group, language)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _folder(parent: ET.Element, name: str, *, shown: bool) -> ET.Element:
    folder = ET.SubElement(parent, "Folder")
    _text(folder, "name", name)
    _text(folder, "visibility", str(int(shown)))
    return folder


def _style(document: ET.Element, group: Group) -> None:
    """The style of a group; colours are alpha, blue, green, red."""
    style = ET.SubElement(document, "Style", id=group.layer)
    colour = f"ff{group.colour[5:7]}{group.colour[3:5]}{group.colour[1:3]}"
    if group.shape == "point":
        icon = ET.SubElement(style, "IconStyle")
        _text(icon, "color", colour)
        _text(icon, "scale", "1.1" if group.layer.endswith("_NEW") else "0.8")
        _text(ET.SubElement(style, "LabelStyle"), "scale", "0.8")
        return
    line = ET.SubElement(style, "LineStyle")
    _text(line, "color", colour)
    _text(line, "width", "3" if group.shape == "line" else "1.5")
    if group.shape == "polygon":
        _text(ET.SubElement(style, "PolyStyle"), "fill", "0")


def _placemarks(folder: ET.Element, group: Group, language: Language) -> None:
    spoken = in_words(group.details, language)
    keys = {header(language, key): key for key in group.details.columns}
    rows = spoken.astype(object).where(spoken.notna(), "").to_dict("records")
    shown = str(int(group.shown))
    for feature_id, name, shape, row in zip(
        group.features["id"], group.features["name"], group.features.geometry, rows, strict=True
    ):
        placemark = ET.SubElement(folder, "Placemark")
        _text(placemark, "name", name)
        _text(placemark, "visibility", shown)
        _text(placemark, "styleUrl", f"#{group.layer}")
        data = ET.SubElement(placemark, "ExtendedData")
        _data(data, "id", header(language, "id"), feature_id)
        for word, value in row.items():
            if keys[str(word)] not in ("id", "name") and str(value) != "":
                _data(data, keys[str(word)], str(word), _value(value))
        _geometry(placemark, shape)


def _data(parent: ET.Element, key: str, word: str, value: str) -> None:
    data = ET.SubElement(parent, "Data", name=key)
    _text(data, "displayName", word)
    _text(data, "value", value)


def _value(value: object) -> str:
    """A cell as text, a whole number without a fraction."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _geometry(parent: ET.Element, shape: BaseGeometry) -> None:
    if shape.geom_type.startswith("Multi"):
        parts = ET.SubElement(parent, "MultiGeometry")
        for part in shapely.get_parts(shape):
            _geometry(parts, part)
        return
    element = ET.SubElement(parent, shape.geom_type)
    if isinstance(shape, shapely.Polygon):
        for number, ring in enumerate((shape.exterior, *shape.interiors)):
            side = "innerBoundaryIs" if number else "outerBoundaryIs"
            linear = ET.SubElement(ET.SubElement(element, side), "LinearRing")
            _text(linear, "coordinates", _coordinates(ring))
        return
    if shape.geom_type == "LineString":
        _text(element, "tessellate", "1")
    _text(element, "coordinates", _coordinates(shape))


def _coordinates(shape: BaseGeometry) -> str:
    return " ".join(f"{lon:.{DECIMALS}f},{lat:.{DECIMALS}f}" for lon, lat in shapely.get_coordinates(shape))


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = "\n".join(plain_text(line) for line in text.split("\n"))
