"""The map: one self-contained HTML page that works without a network."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import folium
from branca.element import MacroElement
from folium.template import Template
from folium.utilities import JsCode

import dualgig
from dualgig.plan import REASONS
from dualgig.render import payload
from dualgig.render.basemap import base_map, page_datum, security_policy
from dualgig.render.grid import WORLD_BITS, page_grid
from dualgig.render.hillshade import hillshade
from dualgig.render.layers import PackedLayer, pack
from dualgig.render.offline import OWN, OfflineFigure
from dualgig.render.panel import LANGUAGES, panel_html, sentence
from dualgig.render.signal import class_colours, signal
from dualgig.text import CATALOGUE, say

if TYPE_CHECKING:
    from folium.map import Layer

    from dualgig.plan import Plan
    from dualgig.render.grid import PageGrid
    from dualgig.render.hillshade import Picture
    from dualgig.render.signal import Signal

SCRIPTS = (
    "pack", "geometry", "words", "status", "symbols", "swatches", "painters", "labels", "layers", "popups",
    "pointer", "legend", "search", "swipe", "table", "address", "base", "print", "map",
)  # fmt: skip
"""Scripts of the page, in their order (`assets/`)."""

MAX_ZOOM = 17
VILLAGES_FROM_ZOOM, SITES_FROM_ZOOM = 9, 11
"""Zooms from which crowded layers are drawn."""

CROWDED = 3000
"""Villages or sites beyond which a layer waits for its zoom."""

ANIMATED = "!matchMedia('(prefers-reduced-motion: reduce)').matches"

HASH_DIGITS = 12

GAP_COLUMNS = (
    "level", "id", "name", "township_name", "service", "duty", "reason", "cost_to_serve_cny",
)  # fmt: skip
"""Columns of the table of gaps, under the headings of the lists (`assets/table.js`)."""


_FIXED_VIEWPORT = '<meta name="viewport" content="width=device-width,\n                initial-scale=1.0, maximum-scale=1.0, user-scalable=no" />'
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
"""Folium forbids readers to enlarge the page; ours may."""


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
            }, {{ this.packed|tojson }}, {{ this.options|tojson }});
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
    section = project.map
    grid = page_grid(plan.villages, page_datum(section))
    figure = OfflineFigure(project.title, project.project.language, security_policy(section))
    south, west, north, east = grid.bounds(plan.townships)
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
            relief.uri, _placed(relief, grid), pixelated=False, pane="tilePane", interactive=False
        )
    packed_layers = [
        PackedLayer(kind, columns(plan, grid), compressed=section.compress)
        for kind, columns in payload.TABLES.items()
    ]
    for layer in (*shapes.values(), *packed_layers):
        layer.control = False
        page.add_child(layer)
    words = pack(_words(), compressed=section.compress)
    levels = signal(plan)
    content = "".join([words, *(layer.packed for layer in packed_layers), str(levels)])
    if not plan_hash:
        plan_hash = hashlib.sha256(content.encode()).hexdigest()[:HASH_DIGITS]
    options = {
        "too_old": say(project.project.language, "map.old_browser"),
        "language": project.project.language,
        "name": project.name,
        "bounds": [[south, west], [north, east]],
        "unit": 2 ** (WORLD_BITS - grid.bits),
        "villages_from": VILLAGES_FROM_ZOOM if len(plan.villages) > CROWDED else 0,
        "sites_from": SITES_FROM_ZOOM if len(plan.sites) > CROWDED else 0,
        "signal": _signal_options(levels, grid),
        "base": base_map(section),
        "watermark": section.watermark,
    }
    page.add_child(Start(shapes, words, options))
    markup = panel_html(plan, date=date, plan_hash=plan_hash, version=dualgig.__version__)
    figure.add_child(Panel(markup))
    return figure.render().replace(_FIXED_VIEWPORT, _VIEWPORT)


def _placed(picture: Picture, grid: PageGrid) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a picture lies on the page."""
    (south, west), (north, east) = picture.bounds
    south, west, north, east = grid.box((south, west, north, east))
    return (south, west), (north, east)


def _signal_options(levels: Signal | None, grid: PageGrid) -> dict[str, Any] | None:
    """What the page needs to show the best server's level."""
    if levels is None:
        return None
    return {
        "before": levels.before.uri,
        "after": levels.after.uri,
        "bounds": _placed(levels.after, grid),
        "edges": levels.edges_dbm,
        "colours": class_colours(len(levels.edges_dbm) + 1),
        "cell": round(levels.cell_m),
    }


def _words() -> dict[str, list[str]]:
    """The words that the page's scripts need: their keys, and a column a language."""
    keys = {key: key.removeprefix("map.js.") for key in CATALOGUE if key.startswith("map.js.")}
    shared = [*(f"reason.{reason}" for reason in REASONS), *(f"state.{state}" for state in payload.STATES)]
    begun = {key: key for key in shared}
    begun |= {f"list.column.{column}": f"column.{column}" for column in GAP_COLUMNS}
    columns: dict[str, list[str]] = {
        "languages": list(LANGUAGES),
        "reasons": list(REASONS),
        "keys": [*keys.values(), *begun.values()],
    }
    for language in LANGUAGES:
        columns[language] = [say(language, key) for key in keys]
        columns[language] += [sentence(say(language, key)) for key in begun]
    return columns
