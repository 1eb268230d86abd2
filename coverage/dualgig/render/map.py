"""The map: one self-contained HTML page that works without a network."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import folium
import shapely
from branca.element import MacroElement
from folium.map import CustomPane, Layer
from folium.template import Template
from folium.utilities import JsCode

import dualgig
from dualgig.plan import REASONS
from dualgig.render import payload
from dualgig.render.hillshade import hillshade
from dualgig.render.layers import PackedLayer, pack
from dualgig.render.offline import OWN, OfflineFigure
from dualgig.render.panel import panel_html, sentence
from dualgig.text import CATALOGUE, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dualgig.plan import Plan
    from dualgig.project import Language

SCRIPTS = ("pack", "status", "symbols", "layers", "labels", "popups", "legend", "search", "map")
MAX_ZOOM = 17
VILLAGES_FROM_ZOOM, SITES_FROM_ZOOM = 9, 11
"""Zooms from which crowded layers are drawn."""

CROWDED = 3000
"""Villages or sites beyond which a layer waits for its zoom."""

ANIMATED = "!matchMedia('(prefers-reduced-motion: reduce)').matches"

PANES = {"veil": 350, "township": 360}
"""Panes of the GeoJson layers, between those of `assets/layers.js`."""

HASH_DIGITS = 12
OUTLINE_DIGITS = 5


class PlanMap(folium.Map):
    """A Folium map with no tiles, Leaflet alone and our own assets."""

    default_js: list[tuple[str, str]] = [  # noqa: RUF012  (Folium declares it so)
        *(link for link in folium.Map.default_js if link[0] == "leaflet"),
        *((f"dualgig_{name}", f"{OWN}{name}.js") for name in SCRIPTS),
    ]
    default_css: list[tuple[str, str]] = [  # noqa: RUF012
        *(link for link in folium.Map.default_css if link[0] == "leaflet_css"),
        ("dualgig_css", f"{OWN}map.css"),
    ]


class Panel(MacroElement):
    """HTML that stands beside the map."""

    _template = Template("{% macro html(this, kwargs) %}{{ this.markup }}{% endmacro %}")

    def __init__(self, markup: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Panel"
        self.markup = markup


class Start(MacroElement):
    """The call that brings the page to life, after every layer is there."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            dualgig.start({{ this._parent.get_name() }}, {
                {%- for name, layer in this.shapes.items() %}
                {{ name }}: {{ layer.get_name() }},
                {%- endfor %}
            }, {{ this.packed|tojson }}, {{ this.options|tojavascript }});
        {% endmacro %}
        """
    )

    def __init__(self, shapes: dict[str, Layer], packed: str, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.shapes = shapes
        self.packed = packed
        self.options = options


def map_html(plan: Plan, *, date: str, plan_hash: str = "") -> str:
    """The map of a plan as one HTML page that makes no request.

    Parameters
    ----------
    plan
        The plan; its project's language is the page's.
    date
        Date shown, e.g. ``2025-11-24``.
    plan_hash
        Hash that names the plan, shown beside the date; of what the map shows where empty.

    Returns
    -------
    str
        The page; equal plans, dates and hashes give equal texts.

    Raises
    ------
    OutputError
        An asset of the page is not packaged.
    """
    project = plan.region.project
    figure = OfflineFigure(project.title, project.project.language)
    south, west, north, east = _bounds(plan)
    page = PlanMap(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        max_zoom=MAX_ZOOM,
        zoom_snap=0.25,
        zoom_delta=0.5,
        zoom_control=False,
        attribution_control=False,
        font_size="14px",
    )
    # Folium writes code among the options, though its types do not say so.
    animated: Any = JsCode(ANIMATED)
    page.options |= {"fade_animation": animated, "zoom_animation": animated}
    figure.add_child(page)
    shapes: dict[str, Layer] = {}
    relief = hillshade(plan.region.terrain)
    if relief is not None:
        shapes["relief"] = folium.raster_layers.ImageOverlay(
            relief.uri, relief.bounds, pixelated=False, pane="tilePane", interactive=False
        )
    for pane, z_index in PANES.items():
        page.add_child(CustomPane(pane, z_index))
    shapes["veil"] = _shapes(_veil(plan), "veil")
    shapes["townships"] = _shapes(_outlines(plan), "township")
    packed_layers = list(_packed_layers(plan))
    for layer in (*shapes.values(), *packed_layers):
        layer.control = False
        page.add_child(layer)
    context = pack({**payload.townships(plan), **_words(project.project.language)})
    if not plan_hash:
        content = "".join([context, *(layer.packed for layer in packed_layers)])
        plan_hash = hashlib.sha256(content.encode("ascii")).hexdigest()[:HASH_DIGITS]
    options = {
        "too_old": say(project.project.language, "map.old_browser"),
        "bounds": [[south, west], [north, east]],
        "villages_from": VILLAGES_FROM_ZOOM if len(plan.villages) > CROWDED else 0,
        "sites_from": SITES_FROM_ZOOM if len(plan.sites) > CROWDED else 0,
    }
    page.add_child(Start(shapes, context, options))
    markup = panel_html(plan, date=date, plan_hash=plan_hash, version=dualgig.__version__)
    figure.add_child(Panel(markup))
    return figure.render()


def _shapes(data: dict[str, Any], kind: str) -> folium.GeoJson:
    """Shapes styled by a function of the page's script, so that one function serves every feature."""
    return folium.GeoJson(data, style=JsCode(f"dualgig.{kind}Style"), pane=kind, interactive=False)


def _packed_layers(plan: Plan) -> Iterator[PackedLayer]:
    """The layers on canvases, from below to above."""
    yield PackedLayer("villages", payload.villages(plan))
    yield PackedLayer("exclusions", payload.exclusions(plan))
    yield PackedLayer("roads", payload.roads(plan))
    yield PackedLayer("routes", payload.routes(plan))
    yield PackedLayer("sites", payload.sites(plan))
    yield PackedLayer("nodes", payload.nodes(plan))


def _bounds(plan: Plan) -> tuple[float, float, float, float]:
    """South, west, north and east of the townships, degrees."""
    west, south, east, north = (float(edge) for edge in plan.townships.total_bounds)
    return south, west, north, east


def _outlines(plan: Plan) -> dict[str, Any]:
    """The townships' outlines; a feature carries its row number alone.

    Branca takes rendered scripts for Jinja templates, so names from data travel in the packs only.
    """
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"row": row}, "geometry": _geometry(shape)}
            for row, shape in enumerate(plan.townships.geometry)
        ],
    }


def _veil(plan: Plan) -> dict[str, Any]:
    """Everything but the region, as one feature that pales what lies outside."""
    south, west, north, east = _bounds(plan)
    reach = 2.0 * max(north - south, east - west)
    world = shapely.box(
        max(west - reach, -180.0),
        max(south - reach, -85.0),
        min(east + reach, 180.0),
        min(north + reach, 85.0),
    )
    shape = shapely.difference(world, plan.townships.union_all())
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {}, "geometry": _geometry(shape)}],
    }


def _geometry(shape: shapely.Geometry) -> dict[str, Any]:
    """GeoJSON of a shape, coordinates rounded to a metre."""

    def rounded(values: Any) -> Any:
        if isinstance(values, list):
            return [rounded(value) for value in values]
        return round(values, OUTLINE_DIGITS)

    mapping = json.loads(shapely.to_geojson(shape))
    return {"type": mapping["type"], "coordinates": rounded(mapping["coordinates"])}


def _words(language: Language) -> dict[str, list[str]]:
    """The words that the page's script needs, as two columns: keys and texts."""
    keys = [key for key in CATALOGUE if key.startswith("map.js.")]
    words = {key.removeprefix("map.js."): say(language, key) for key in keys}
    common = [*(f"reason.{reason}" for reason in REASONS), *(f"state.{state}" for state in payload.STATES)]
    words |= {key: sentence(say(language, key)) for key in common}
    words["reasons"] = ";".join(REASONS)
    return {"word_keys": list(words), "words": list(words.values())}
