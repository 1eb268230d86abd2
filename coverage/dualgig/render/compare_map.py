"""The map of a comparison: what is added, removed and changed, and who gains or loses service. Self-contained."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import folium
from folium.utilities import JsCode

from dualgig.render.basemap import security_policy
from dualgig.render.map import Panel
from dualgig.render.offline import OfflineFigure, literal
from dualgig.text import say
from dualgig.text.numbers import money

if TYPE_CHECKING:
    import geopandas as gpd

    from dualgig.compare import Comparison
    from dualgig.project import Language

COLOURS = {
    "added": "#2c5f9e",
    "removed": "#c0392b",
    "changed": "#8a5a00",
    "gained": "#2c5f9e",
    "lost": "#c0392b",
    "both": "#8a5a00",
    "earlier": "#74add1",
    "later": "#fc8d59",
}
"""Blue for more, red for less, brown for otherwise; each has its sign or its dashes beside the colour."""

SIGNS = {"added": "+", "removed": "\N{MINUS SIGN}", "changed": "\N{NOT EQUAL TO}"}
DASHES = {"gained": "", "earlier": "", "lost": "6 5", "later": "6 5", "both": "2 4"}

_CSS = """
html, body { margin: 0; height: 100%; font: 14px/1.45 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
.folium-map.leaflet-container { position: absolute !important; inset: 0; background: #f6f7f8; }
.legend { position: absolute; left: 10px; bottom: 10px; z-index: 1000; max-width: min(24rem, calc(100vw - 20px));
  max-height: 45vh; overflow: auto; padding: 10px 14px; background: #fff; border: 1px solid #b3bac1; color: #1c2733; }
.legend h1 { margin: 0 0 6px; font-size: 16px; overflow-wrap: anywhere; }
.legend p { margin: 2px 0; }
.legend .faint { color: #4f5b66; font-size: 12px; }
.legend svg { width: 22px; height: 14px; margin-right: 6px; vertical-align: -2px; }
.sign { display: flex; align-items: center; justify-content: center; width: 20px; height: 20px; border-radius: 50%;
  border: 2px solid #fff; color: #fff; font-weight: 700; line-height: 1; box-sizing: border-box; }
.sign.node { border-radius: 3px; }
"""


class _PlainMap(folium.Map):
    """A Folium map with Leaflet alone."""

    default_js: list[tuple[str, str]] = [link for link in folium.Map.default_js if link[0] == "leaflet"]  # noqa: RUF012
    default_css: list[tuple[str, str]] = [  # noqa: RUF012
        link for link in folium.Map.default_css if link[0] == "leaflet_css"
    ]


def compare_html(comparison: Comparison, names: tuple[str, str], *, date: str) -> str:
    """The map of a comparison as one HTML page that makes no request.

    Parameters
    ----------
    comparison
        The comparison.
    names
        What the two plans are called; shown as text.
    date
        ``YYYY-MM-DD``, shown below.
    """
    plan = comparison.second
    project = plan.region.project
    language = project.project.language
    title = say(language, "compare.title", first=names[0], second=names[1])
    figure = OfflineFigure(title, language, security_policy(project.map))
    west, south, east, north = plan.townships.total_bounds
    page = _PlainMap(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        max_zoom=17,
        zoom_snap=0.25,
        attribution_control=False,
    )
    figure.add_child(page)
    for layer in _layers(comparison, language):
        page.add_child(layer)
    page.fit_bounds([[south, west], [north, east]])
    folium.LayerControl(collapsed=False).add_to(page)
    figure.header.add_child(folium.Element(f"<style>{_CSS}</style>"))
    figure.add_child(Panel(_legend(comparison, title, language, date)))
    # Folium forbids readers to enlarge the page; ours may.
    return figure.render().replace(
        "initial-scale=1.0, maximum-scale=1.0, user-scalable=no", "initial-scale=1"
    )


def _layers(comparison: Comparison, language: Language) -> list[Any]:
    plan = comparison.second
    outlines = folium.GeoJson(
        _features(plan.townships, {str(item): {} for item in plan.townships.index}),
        name=say(language, "compare.map.townships"),
        style=JsCode("function () { return {color: '#8a939b', weight: 1, fillOpacity: 0}; }"),
        interactive=False,
    )
    return [outlines, _place_layer(comparison, language), _build_layer(comparison, language)]


def _place_layer(comparison: Comparison, language: Language) -> Any:
    """Townships and villages that gain or lose a service, as outlines with colour, dashes and a label."""
    by_place: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in comparison.places:
        by_place[row.level, row.id].append(row)
    told: dict[str, dict[str, dict[str, str]]] = {"township": {}, "village": {}}
    for (level, item), rows in by_place.items():
        kinds = {row.change for row in rows}
        kind = rows[0].change if len(kinds) == 1 else "both"
        words = "; ".join(
            f"{say(language, f'service.{row.service}')}: {say(language, f'compare.change.{row.change}')}"
            for row in rows
        )
        told[level][item] = {
            "label": literal(f"{rows[0].name}: {words}"),
            "colour": COLOURS[kind],
            "dashes": DASHES[kind],
        }
    plan = comparison.second
    features = [
        *_features(plan.townships, told["township"])["features"],
        *_features(plan.villages, told["village"])["features"],
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=say(language, "compare.map.places"),
        style=JsCode(
            "function (f) { return {color: f.properties.colour, weight: 2, dashArray: f.properties.dashes, "
            "fillColor: f.properties.colour, fillOpacity: 0.28}; }"
        ),
        point_to_layer=JsCode("function (f, at) { return L.circleMarker(at, {radius: 7}); }"),
        on_each_feature=JsCode(
            "function (f, layer) { layer.bindTooltip(f.properties.label, {sticky: true}); }"
        ),
    )


def _build_layer(comparison: Comparison, language: Language) -> Any:
    """Sites (round) and nodes (square) with a sign of what becomes of them."""
    group = folium.FeatureGroup(name=say(language, "compare.map.builds"))
    for row in comparison.builds:
        if row.kind == "village":
            continue
        name = "sites" if row.kind == "site" else "nodes"
        tables = [getattr(plan, name) for plan in (comparison.second, comparison.first)]
        table = next(table for table in tables if row.id in table.index)
        point = table.geometry.loc[row.id]
        words = [
            f"{row.name} {row.id}",
            say(language, f"compare.change.{row.change}"),
            f"{row.before or '–'} → {row.after or '–'}",
            f"{money(language, row.cost_before_cny)} → {money(language, row.cost_after_cny)}",
        ]
        if row.why:
            words.append(say(language, f"compare.because.{row.why}"))
        sign = (
            f'<div class="sign {row.kind}" style="background:{COLOURS[row.change]}">{SIGNS[row.change]}</div>'
        )
        folium.Marker(
            (point.y, point.x),
            icon=folium.DivIcon(html=sign, icon_size=(20, 20), icon_anchor=(10, 10), class_name="build"),
            tooltip=folium.Tooltip(literal("; ".join(words))),
            alt=literal(words[0]),
        ).add_to(group)
    return group


def _features(table: gpd.GeoDataFrame, told: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Rows as GeoJSON with the properties that are told of them."""
    own = table[table.index.isin(list(told))]
    shapes = json.loads(own.geometry.set_precision(1e-6).to_json())["features"]
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": shape["geometry"], "properties": told[item]}
            for item, shape in zip(own.index, shapes, strict=True)
        ],
    }


def _legend(comparison: Comparison, title: str, language: Language, date: str) -> str:
    """What the colours and signs mean, with counts."""
    rows = [f"<h1>{literal(title)}</h1>"]
    for change, sign in SIGNS.items():
        count = sum(row.change == change and row.kind != "village" for row in comparison.builds)
        dot = (
            f'<svg viewBox="0 0 22 14" aria-hidden="true"><circle cx="11" cy="7" r="7" fill="{COLOURS[change]}"/>'
            f'<text x="11" y="11" text-anchor="middle" font-size="12" font-weight="700" fill="#fff">{sign}</text></svg>'
        )
        rows.append(f"<p>{dot}{say(language, f'compare.change.{change}')} {count}</p>")
    for change in ("gained", "lost", "earlier", "later"):
        count = sum(row.change == change for row in comparison.places)
        if not count and change in ("earlier", "later"):
            continue
        box = (
            f'<svg viewBox="0 0 22 14" aria-hidden="true"><rect x="1.5" y="1.5" width="19" height="11" '
            f'fill="{COLOURS[change]}" fill-opacity="0.28" stroke="{COLOURS[change]}" stroke-width="2" '
            f'stroke-dasharray="{DASHES[change]}"/></svg>'
        )
        rows.append(f"<p>{box}{say(language, f'compare.change.{change}')} {count}</p>")
    costs = comparison.counts()["cost"]
    rows.append(
        f"<p>{say(language, 'compare.figure.cost')} {' → '.join(money(language, c) for c in costs)}</p>"
    )
    rows.append(f'<p class="faint">{say(language, "predicted")} · {literal(date)}</p>')
    return f'<aside class="legend">{"".join(rows)}</aside>'
