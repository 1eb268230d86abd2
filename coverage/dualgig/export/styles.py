"""QGIS styles (QML) of the plan's layers: status colours, symbols that differ in shape too, labels.

The colours are those of the map: safe for colour-blind readers, and never the only sign.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree as ET

from dualgig.plan import REASONS
from dualgig.text import say

if TYPE_CHECKING:
    from dualgig.project import Language

QML_VERSION = "3.22.0"
"""QGIS version whose form the styles have; newer ones read it, and so do those from 3.4 on."""

DRAW_ORDER = ("gaps", "sites", "nodes", "keypoints", "routes", "villages", "townships")
"""Layers from the uppermost down."""

BOTH, ONLY_5G, ONLY_GIGABIT, NONE = "#4575b4", "#fee090", "#fc8d59", "#d73027"
RADIO, FIBRE, MUTED, INK, PAPER = "#0a6e68", "#6a3d9a", "#7b8794", "#1c2733", "#ffffff"

REASON_SHAPES = (
    "circle",
    "pentagon",
    "diamond",
    "star",
    "cross_fill",
    "hexagon",
    "equilateral_triangle",
    "octagon",
)
"""Signs of the reasons of a gap, as QGIS calls them."""

Shape = Literal["marker", "line", "fill"]

SERVED_BY = (
    'CASE WHEN "after_5g" AND "after_gigabit" THEN \'both\' WHEN "after_5g" THEN \'5g\' '
    "WHEN \"after_gigabit\" THEN 'gigabit' ELSE 'none' END"
)
BUILD_TYPE = "CASE WHEN strpos(\"build\", ';') > 0 THEN 'several' ELSE \"build\" END"


@dataclass(frozen=True)
class _Category:
    """One value of a layer, its words in the legend, and how it is drawn."""

    value: str
    key: str
    symbol: dict[str, str]
    shown: bool = True


@dataclass(frozen=True)
class _Style:
    """How a layer is drawn."""

    shape: Shape
    attribute: str
    categories: tuple[_Category, ...]
    label_scale: int = 0
    """Scale from which names are written; 0 writes none."""
    scale: int = 0
    """Scale from which the layer is drawn; 0 draws it always."""
    label: dict[str, str] = field(default_factory=dict)


def _rgba(colour: str) -> str:
    """A colour ``#rrggbb`` as QGIS writes it."""
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"


def _marker(name: str, colour: str, size_mm: float, outline: str = PAPER) -> dict[str, str]:
    return {
        "name": name,
        "color": _rgba(colour),
        "outline_color": _rgba(outline),
        "outline_width": "0.3",
        "size": f"{size_mm:g}",
    }


def _line(colour: str, width_mm: float, style: str) -> dict[str, str]:
    return {"line_color": _rgba(colour), "line_width": f"{width_mm:g}", "line_style": style}


def _fill(colour: str, style: str, outline: str, width_mm: float) -> dict[str, str]:
    return {
        "color": _rgba(colour),
        "style": style,
        "outline_color": _rgba(outline),
        "outline_width": f"{width_mm:g}",
        "outline_style": "solid",
    }


STYLES: dict[str, _Style] = {
    "townships": _Style(
        "fill",
        "",
        (_Category("", "list.sheet.townships", _fill(PAPER, "no", INK, 0.6)),),
        label_scale=1_000_000,
        label={"fontSize": "11", "fontWeight": "75"},
    ),
    "villages": _Style(
        "fill",
        SERVED_BY,
        (
            _Category("both", "list.served.both", _fill(BOTH, "solid", PAPER, 0.1)),
            _Category("5g", "list.served.5g", _fill(ONLY_5G, "solid", PAPER, 0.1)),
            _Category("gigabit", "list.served.gigabit", _fill(ONLY_GIGABIT, "f_diagonal", ONLY_GIGABIT, 0.1)),
            _Category("none", "list.served.none", _fill(NONE, "diagonal_x", NONE, 0.1)),
        ),
        label_scale=150_000,
        label={"fontSize": "8"},
    ),
    "routes": _Style(
        "line",
        BUILD_TYPE,
        (
            _Category("aerial", "list.build.aerial", _line(FIBRE, 0.5, "dash")),
            _Category("buried", "list.build.buried", _line(FIBRE, 0.5, "solid")),
            _Category("duct", "list.build.duct", _line(FIBRE, 0.9, "solid")),
            _Category("existing", "list.build.existing", _line(MUTED, 0.4, "dot")),
            _Category("several", "list.build.several", _line(FIBRE, 0.5, "dash dot")),
        ),
    ),
    "keypoints": _Style(
        "marker",
        "",
        (_Category("", "list.sheet.keypoints", _marker("circle", INK, 1.4)),),
        scale=100_000,
    ),
    "nodes": _Style(
        "marker",
        "state",
        (
            _Category("new", "state.new", _marker("square", FIBRE, 3.2)),
            _Category("upgraded", "state.upgraded", _marker("square", PAPER, 3.2, FIBRE)),
            _Category("existing", "state.existing", _marker("square", MUTED, 2.4)),
            _Category("unused", "state.unused", _marker("square", PAPER, 1.6, MUTED), shown=False),
        ),
        label_scale=100_000,
        label={"fontSize": "8"},
    ),
    "sites": _Style(
        "marker",
        "state",
        (
            _Category("new", "state.new", _marker("triangle", RADIO, 4.0)),
            _Category("upgraded", "state.upgraded", _marker("triangle", PAPER, 4.0, RADIO)),
            _Category("existing", "state.existing", _marker("triangle", MUTED, 3.0)),
            _Category("unused", "state.unused", _marker("triangle", PAPER, 2.0, MUTED), shown=False),
        ),
        label_scale=100_000,
        label={"fontSize": "8"},
    ),
    "gaps": _Style(
        "marker",
        "reason",
        tuple(
            _Category(reason, f"reason.{reason}", _marker(shape, NONE, 2.6))
            for reason, shape in zip(REASONS, cycle(REASON_SHAPES), strict=False)
        ),
    ),
}
"""How each layer of ``plan.gpkg`` is drawn."""


def qml(layer: str, language: Language, *, points: bool = False) -> str:
    """The style of a layer as a QML document.

    Parameters
    ----------
    layer
        A key of `STYLES`.
    language
        Of the legend.
    points
        Whether the layer's places are points, though they may be polygons (villages).
    """
    return ET.tostring(_root(layer, language, points=points), encoding="unicode")


def layer_title(layer: str, language: Language) -> str:
    """What a layer is called."""
    return say(language, f"list.sheet.{layer}")


def _root(layer: str, language: Language, *, points: bool) -> ET.Element:
    style = STYLES[layer]
    shape: Shape = "marker" if points else style.shape
    root = ET.Element(
        "qgis",
        version=QML_VERSION,
        styleCategories="Symbology|Labeling|Rendering",
        labelsEnabled=str(int(style.label_scale > 0)),
        hasScaleBasedVisibilityFlag=str(int(style.scale > 0)),
        minScale=str(style.scale or 100_000_000),
        maxScale="0",
    )
    single = not style.attribute
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        {
            "type": "singleSymbol" if single else "categorizedSymbol",
            "symbollevels": "0",
            "forceraster": "0",
            "enableorderby": "0",
            **({} if single else {"attr": style.attribute}),
        },
    )
    if not single:
        categories = ET.SubElement(renderer, "categories")
        for number, category in enumerate(style.categories):
            ET.SubElement(
                categories,
                "category",
                render="true" if category.shown else "false",
                symbol=str(number),
                value=category.value,
                type="string",
                label=say(language, category.key),
            )
    symbols = ET.SubElement(renderer, "symbols")
    for number, category in enumerate(style.categories):
        symbol = category.symbol
        if points and style.shape == "fill":
            symbol = {"name": "circle", "color": symbol["color"], "outline_color": _rgba(INK), "size": "2.4"}
        _symbol(symbols, str(number), shape, symbol)
    if style.label_scale:
        _labels(root, style, over_point=shape == "marker")
    # Which geometry the style is for: 0 points, 1 lines, 2 polygons.
    ET.SubElement(root, "layerGeometryType").text = str(("marker", "line", "fill").index(shape))
    return root


def _symbol(parent: ET.Element, name: str, shape: Shape, properties: dict[str, str]) -> None:
    """A symbol of one layer; ``prop`` is for QGIS before 3.26, ``Option`` for the later ones."""
    symbol = ET.SubElement(
        parent, "symbol", name=name, type=shape, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    kind = {"marker": "SimpleMarker", "line": "SimpleLine", "fill": "SimpleFill"}[shape]
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0", "locked": "0"})
    units = dict.fromkeys(("size_unit", "line_width_unit", "outline_width_unit"), "MM")
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in {**properties, **units}.items():
        ET.SubElement(options, "Option", type="QString", name=key, value=value)
        ET.SubElement(layer, "prop", k=key, v=value)


def _labels(root: ET.Element, style: _Style, *, over_point: bool) -> None:
    """The names of a layer's features, with a white halo, from a scale on."""
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings,
        "text-style",
        {
            "fieldName": "name",
            "isExpression": "0",
            "fontFamily": "Microsoft YaHei",
            "fontSizeUnit": "Point",
            "textColor": _rgba(INK),
            "textOpacity": "1",
            **style.label,
        },
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=_rgba(PAPER),
        bufferOpacity="0.9",
    )
    ET.SubElement(
        settings,
        "placement",
        placement="6" if over_point else "0",
        dist="1",
        distUnits="MM",
        priority="5",
    )
    ET.SubElement(
        settings,
        "rendering",
        scaleVisibility="1",
        scaleMin="1",
        scaleMax=str(style.label_scale),
        obstacle="1",
        displayAll="0",
        drawLabels="1",
    )
