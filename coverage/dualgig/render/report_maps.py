"""The report's map pictures: every village before and with the plan, a pair of drawings a service."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from markupsafe import Markup

from dualgig.project import SERVICES
from dualgig.text import say
from dualgig.text.numbers import count

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from dualgig.plan import Plan
    from dualgig.project import Language, Service

WIDTH, MOST_HEIGHT, MARGIN = 440.0, 560.0, 8.0
"""Size of one drawing, and the white around what is drawn, px."""

COLOURS = ("#4575b4", "#fee090", "#fc8d59", "#d73027")
"""Served before, newly served, gap outside the duties, gap in a duty: as on the interactive map."""

SERVED_BEFORE, NEWLY_SERVED, GAP, DUTY_GAP = range(4)

PATTERNS = (
    "",
    '<circle cx="2" cy="2" r=".8" fill="#966400" fill-opacity=".6"/>',
    '<path d="M-1 8L8 -1" stroke="#782d05" stroke-opacity=".6"/>',
    '<path d="M-1 8L8 -1M-1 -1L8 8" stroke="#fff" stroke-opacity=".65"/>',
)
"""What lies over the colours, so that they can be told apart in grey: nothing, dots, lines, crossed lines."""

TILE = 7

DETAIL = 0.35
"""How far a drawn outline may lie from the true one, px."""

SHORTEST_BAR, STEPS = 60.0, (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class _Frame:
    """From metres to pixels.

    Attributes
    ----------
    west_m, north_m : float
        What the upper left corner shows.
    m_per_px : float
        Scale.
    height : float
        Height of the drawing, px.
    """

    west_m: float
    north_m: float
    m_per_px: float
    height: float

    def drawn(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Shapes in pixels."""

        def to_px(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            x = MARGIN + (xy[:, 0] - self.west_m) / self.m_per_px
            return np.column_stack([x, MARGIN + (self.north_m - xy[:, 1]) / self.m_per_px])

        return np.asarray(shapely.transform(shapes, to_px), dtype=object)


def map_pictures(plan: Plan) -> dict[str, Any]:
    """Drawings of the plan for the report.

    Parameters
    ----------
    plan
        The plan; its project says the language.

    Returns
    -------
    dict
        ``pairs``: per service, the titles and drawings (SVG) of today and of the plan, or of today
        alone where nothing was planned; ``key``: swatch and label of everything drawn.
    """
    language = plan.region.project.project.language
    crs = plan.region.metric_crs
    villages = plan.villages.geometry.to_crs(crs).to_numpy()
    townships = plan.townships.geometry.to_crs(crs).to_numpy()
    frame = _frame(np.concatenate([villages, townships]))
    land = shapely.simplify(frame.drawn(villages), DETAIL)
    borders = _path(shapely.simplify(frame.drawn(townships), DETAIL))
    bar = _scale_bar(frame, language)
    pairs, drawn_states = [], set()
    for service in SERVICES:
        pair = []
        for when in ("before", "after") if plan.stages else ("before",):
            state = states(plan, service, when)
            drawn_states |= set(state.tolist())
            assets = _assets(plan, service, frame) if when == "after" else ""
            title = _title(plan, service, when)
            pair.append({"title": title, "svg": _drawing(frame, title, land, state, borders, assets, bar)})
        pairs.append(pair)
    return {"pairs": pairs, "key": _key(language, sorted(drawn_states), planned=bool(plan.stages))}


def states(plan: Plan, service: Service, when: str) -> NDArray[np.int64]:
    """How each village is drawn: int64, shape (villages,), 0 to 3 as in `COLOURS`."""
    table = plan.villages
    before = table[f"before_{service}"].to_numpy(dtype=bool)
    served = before if when == "before" else table[f"after_{service}"].to_numpy(dtype=bool)
    duty = table[f"duty_{service}"].to_numpy(dtype=bool)
    return np.select(
        [served & before, served, duty], [SERVED_BEFORE, NEWLY_SERVED, DUTY_GAP], default=GAP
    ).astype(np.int64)


def _title(plan: Plan, service: Service, when: str) -> str:
    language = plan.region.project.project.language
    rural = (plan.villages["kind"] == "village").to_numpy()
    served = plan.villages[f"{when}_{service}"].to_numpy(dtype=bool) & rural
    return say(
        language,
        f"report.maps.{when}",
        served=count(int(served.sum())),
        all=count(int(rural.sum())),
        service=say(language, f"service.{service}"),
    )


def _frame(shapes: NDArray[np.object_]) -> _Frame:
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    wide, high = max(east - west, 1.0), max(north - south, 1.0)
    m_per_px = max(wide / (WIDTH - 2 * MARGIN), high / (MOST_HEIGHT - 2 * MARGIN))
    spare = (WIDTH - 2 * MARGIN) * m_per_px - wide
    return _Frame(west - spare / 2, north, m_per_px, high / m_per_px + 2 * MARGIN + 22)


def _drawing(
    frame: _Frame,
    title: str,
    land: NDArray[np.object_],
    state: NDArray[np.int64],
    borders: str,
    assets: str,
    bar: str,
) -> Markup:
    parts = [
        f'<svg class="map" viewBox="0 0 {WIDTH:g} {frame.height:.0f}" role="img" aria-label="{escape(title)}">'
    ]
    for number, colour in enumerate(COLOURS):
        path = _path(land[state == number])
        if not path:
            continue
        parts.append(
            f'<path d="{path}" fill="{colour}" stroke="#fff" stroke-width=".4" fill-rule="evenodd"/>'
        )
        if PATTERNS[number]:
            parts.append(f'<path d="{path}" fill="url(#pattern-{number})" fill-rule="evenodd"/>')
    parts += [f'<path d="{borders}" fill="none" stroke="#1c2733" stroke-width=".7"/>', assets, bar, "</svg>"]
    return Markup("".join(parts))  # noqa: S704 - our own drawing, its words escaped


def pattern_tiles() -> Markup:
    """The patterns that the drawings refer to, once a page, in a drawing that is not seen."""
    tiles = "".join(
        f'<pattern id="pattern-{number}" width="{TILE}" height="{TILE}" patternUnits="userSpaceOnUse">{tile}</pattern>'
        for number, tile in enumerate(PATTERNS)
        if tile
    )
    return Markup(f'<svg width="0" height="0" aria-hidden="true" class="hidden"><defs>{tiles}</defs></svg>')  # noqa: S704


def _path(shapes: NDArray[np.object_]) -> str:
    """SVG path of polygons and lines in pixels, tenths of a pixel; points become small squares."""
    parts = []
    for shape in shapely.get_parts(shapes):
        if shape.is_empty:
            continue
        if shape.geom_type == "Point":
            parts.append(f"M{shape.x - 2:.1f} {shape.y - 2:.1f}h4v4h-4z")
            continue
        closed = shape.geom_type == "Polygon"
        rings = [shape.exterior, *shape.interiors] if closed else [shape]
        parts += [
            _line(np.asarray(ring.coords)[: -1 if closed else None, :2]) + ("z" if closed else "")
            for ring in rings
        ]
    return "".join(parts)


def _line(xy: NDArray[np.float64]) -> str:
    """Relative steps in whole tenths of a pixel, which are shorter to write."""
    tenths = np.rint(xy * 10).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    first = f"M{tenths[0, 0] / 10:g} {tenths[0, 1] / 10:g}"
    return first + ("l" + " ".join(f"{x / 10:g} {y / 10:g}" for x, y in steps) if len(steps) else "")


def _assets(plan: Plan, service: Service, frame: _Frame) -> str:
    """What the plan builds for a service."""
    crs = plan.region.metric_crs
    if service == "5g":
        return "".join(_site(x, y) for x, y in _points(plan.sites, crs, frame))
    routes = plan.routes.geometry.to_crs(crs).to_numpy()
    routes = routes[~shapely.is_empty(routes)] if len(routes) else routes
    path = _path(shapely.simplify(frame.drawn(routes), DETAIL)) if len(routes) else ""
    nodes = "".join(_node(x, y) for x, y in _points(plan.nodes, crs, frame))
    return f'<path d="{path}" fill="none" stroke="#6a3d9a" stroke-width="1.3"/>{nodes}'


def _points(table: gpd.GeoDataFrame, crs: Any, frame: _Frame) -> NDArray[np.float64]:
    """Where something is built or upgraded, px, shape (k, 2)."""
    built = table[table["state"].isin(["new", "upgraded"])]
    return np.asarray(shapely.get_coordinates(frame.drawn(built.geometry.to_crs(crs).to_numpy())))


def _site(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y - 4:.1f}l3.6 6.4h-7.2z" fill="#0a6e68" stroke="#fff" stroke-width=".7"/>'


def _node(x: float, y: float) -> str:
    return f'<path d="M{x - 3:.1f} {y - 3:.1f}h6v6h-6z" fill="#6a3d9a" stroke="#fff" stroke-width=".7"/>'


def _scale_bar(frame: _Frame, language: Language) -> str:
    """A bar of a round number of kilometres, below the drawing."""
    km = SHORTEST_BAR * frame.m_per_px / 1000.0
    power = 10.0 ** math.floor(math.log10(km))
    length_km = next(step * power for step in STEPS if step * power >= km * 0.999)
    right = MARGIN + length_km * 1000.0 / frame.m_per_px
    y = frame.height - 8
    words = escape(say(language, "report.maps.scale", km=f"{length_km:g}"))
    return (
        f'<path d="M{MARGIN:g} {y - 4:.1f}v4H{right:.1f}v-4" fill="none" stroke="#1c2733"/>'
        f'<text x="{right + 5:.1f}" y="{y:.1f}" font-size="11" fill="#1c2733">{words}</text>'
    )


def _key(language: Language, drawn: list[int], *, planned: bool) -> list[dict[str, Any]]:
    """Swatches and labels of what is drawn."""
    swatches = [
        (
            f'<rect width="26" height="14" fill="{COLOURS[number]}"/>'
            + (f'<rect width="26" height="14" fill="url(#pattern-{number})"/>' if PATTERNS[number] else ""),
            say(language, f"map.js.status.{number}"),
        )
        for number in drawn
    ]
    if planned:
        swatches += [
            (_site(13, 8), say(language, "report.maps.sites")),
            (_node(13, 7), say(language, "report.maps.nodes")),
            (
                '<path d="M0 7h26" stroke="#6a3d9a" stroke-width="1.6"/>',
                say(language, "report.maps.routes"),
            ),
        ]
    return [
        {
            "svg": Markup(f'<svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true">{svg}</svg>'),  # noqa: S704
            "label": label,
        }
        for svg, label in swatches
    ]
