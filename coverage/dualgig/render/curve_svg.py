"""The budget curve as SVG: who is served at each budget, and the objective with what is not ruled out above it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.render.svg import escaped, round_values, svg_points, text_element, width_px
from dualgig.text import say
from dualgig.text.numbers import count, money, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.curve import BudgetCurve
    from dualgig.project import Language

WIDTH, HEIGHT = 1000, 640
LEFT, RIGHT = 64, 176
UPPER, LOWER = (84, 384), (424, 566)
"""Top and bottom of the two plots, px."""

LINES = (
    ("villages_5g", "#2c5f9e", "", "circle"),
    ("people_5g", "#2c5f9e", "7 4", "circle"),
    ("villages_gigabit", "#c0392b", "", "square"),
    ("people_gigabit", "#c0392b", "7 4", "square"),
)
"""What is drawn: colour by service, dashes by what is counted, markers by service."""

FONT = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Zen Hei',sans-serif"
)

STYLE = f"""
.curve text {{ font-family: {FONT}; font-size: 14px; fill: #1c2733; }}
.curve .head {{ font-size: 19px; font-weight: 600; }}
.curve .axis {{ fill: #5b6874; font-size: 13px; }}
.curve .grid {{ stroke: #e4e7ea; stroke-width: 1; }}
.curve .frame {{ stroke: #8a939b; stroke-width: 1; fill: none; }}
.curve .line {{ fill: none; stroke-width: 2.2; stroke-linejoin: round; }}
.curve .good {{ stroke: #1c2733; }}
.curve .leader {{ stroke: #b3bac1; stroke-width: 1; }}
.curve .duty {{ stroke: #8a5a00; stroke-width: 1.6; stroke-dasharray: 3 3; }}
.curve .money {{ stroke: #1c2733; stroke-width: 1.6; }}
.curve .halo {{ stroke: #fff; stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }}
""".strip()

HATCH = (
    '<defs><pattern id="curve-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="7" height="7" fill="#f3ead6"/>'
    '<rect width="2.4" height="7" fill="#c98500"/></pattern></defs>'
)


@dataclass(frozen=True)
class _Plot:
    """From money and shares to pixels."""

    first: float
    last: float
    low: float
    high: float
    top: float
    bottom: float

    def x(self, cny: NDArray[np.float64] | float) -> NDArray[np.float64]:
        span = max(self.last - self.first, 1.0)
        return np.asarray(LEFT + (np.asarray(cny, np.float64) - self.first) / span * (WIDTH - LEFT - RIGHT))

    def y(self, share: NDArray[np.float64] | float) -> NDArray[np.float64]:
        part = (np.asarray(share, np.float64) - self.low) / (self.high - self.low)
        return np.asarray(self.bottom - part * (self.bottom - self.top))


def curve_svg(curve: BudgetCurve, language: Language) -> str:
    """The curve as an SVG that stands alone, and inside a page: its ids and classes are its own.

    Lines are told apart by colour, dashes, markers and a label at their end; the band above the objective
    is hatched; hollow markers are plans that do not meet every duty.

    Parameters
    ----------
    curve
        The curve; one without points is an empty plot.
    language
        Of its words.
    """
    title = say(language, "curve.title")
    described = describe(curve, language)
    parts = [
        (
            f'<svg class="curve" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'lang="{language}" aria-labelledby="curve-title curve-text">'
        ),
        f'<title id="curve-title">{escaped(title)}</title>',
        f'<desc id="curve-text">{escaped(described)}</desc>',
        f"<style>{STYLE}</style>",
        HATCH,
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text_element(LEFT, 30, title, "head"),
    ]
    if curve.points:
        parts += _money_axis(curve, language)
        parts += _served(curve, language)
        parts += _good(curve, language)
    return "\n".join([*parts, "</svg>"]) + "\n"


def describe(curve: BudgetCurve, language: Language) -> str:
    """The curve in a sentence or two, for those who do not see it."""
    if not curve.points:
        return say(language, "curve.stopped", done=0, asked=curve.asked)
    first, last = curve.points[0], curve.points[-1]
    words = say(
        language,
        "curve.description",
        first=money(language, first.budget_cny),
        last=money(language, last.budget_cny),
        first_5g=count(first.served["villages_5g"]),
        last_5g=count(last.served["villages_5g"]),
        first_gigabit=count(first.served["villages_gigabit"]),
        last_gigabit=count(last.served["villages_gigabit"]),
        villages=count(curve.total["villages"]),
    )
    if curve.wanted:
        words += ("" if language == "zh" else " ") + duty_words(curve, language)
    return words


def duty_words(curve: BudgetCurve, language: Language) -> str:
    """What the duties cost, and at least cost."""
    proved = curve.duty_cost_cny == curve.duty_bound_cny
    return say(
        language,
        "report.curve.duties.proved" if proved else "report.curve.duties",
        cost=money(language, curve.duty_cost_cny),
        bound=money(language, curve.duty_bound_cny),
    )


def _span(curve: BudgetCurve) -> tuple[float, float]:
    """First and last money of the axis; a lone budget stands in the middle."""
    first, last = float(curve.points[0].budget_cny), float(curve.points[-1].budget_cny)
    if first < last:
        return first, last
    return first - max(0.1 * first, 1.0), last + max(0.1 * last, 1.0)


def _range(shares: NDArray[np.float64]) -> tuple[float, float]:
    """Round ends around shares, at least a tenth apart."""
    low, high = float(shares.min()), float(shares.max())
    step = 0.1 if high - low > 0.2 else 0.05
    low = math.floor((low - 1e-9) / step) * step
    high = math.ceil((high + 1e-9) / step) * step
    return max(0.0, low), max(high, low + 0.1)


def _served(curve: BudgetCurve, language: Language) -> list[str]:
    """The upper plot: shares of villages and people."""
    budgets = np.array([point.budget_cny for point in curve.points], np.float64)
    shares = {
        key: np.array([point.served[key] for point in curve.points]) / max(curve.total[key.split("_")[0]], 1)
        for key, *_ in LINES
    }
    plot = _Plot(*_span(curve), *_range(np.concatenate(list(shares.values()))), *UPPER)
    parts = _frame(plot, say(language, "curve.axis.served"))
    parts += _marks(curve, plot, language)
    ends = []
    for key, colour, dashes, marker in LINES:
        x, y = plot.x(budgets), plot.y(shares[key])
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<polyline class="line" stroke="{colour}"{dashed} points="{svg_points(x, y)}"/>')
        for at_x, at_y, point in zip(x.tolist(), y.tolist(), curve.points, strict=True):
            parts.append(_marker(at_x, at_y, marker, colour, hollow=point.duty != "met"))
        label = f"{say(language, f'curve.{key}')} {percent(float(shares[key][-1]))}"
        ends.append((float(y[-1]), label, colour))
    return parts + _labels(ends, plot)


def _good(curve: BudgetCurve, language: Language) -> list[str]:
    """The lower plot: the objective, and the band between it and its bound."""
    budgets = np.array([point.budget_cny for point in curve.points], np.float64)
    good = np.array([curve.share(point.good) for point in curve.points])
    bound = np.array([curve.share(point.bound) for point in curve.points])
    plot = _Plot(*_span(curve), *_range(np.concatenate([good, bound])), *LOWER)
    parts = _frame(plot, say(language, "curve.axis.good"))
    parts += _marks(curve, plot, None)
    x = plot.x(budgets)
    open_ = bool((bound > good).any())
    if open_:
        band = svg_points(np.concatenate([x, x[::-1]]), np.concatenate([plot.y(bound), plot.y(good)[::-1]]))
        parts.append(
            f'<polygon fill="url(#curve-hatch)" stroke="#c98500" stroke-width="0.8" points="{band}"/>'
        )
    parts.append(f'<polyline class="line good" points="{svg_points(x, plot.y(good))}"/>')
    for at_x, at_y, point in zip(x.tolist(), plot.y(good).tolist(), curve.points, strict=True):
        parts.append(_marker(at_x, at_y, "diamond", "#1c2733", hollow=point.duty != "met"))
    top = LOWER[0] + 16
    key = WIDTH - RIGHT + 14
    parts.append(_marker(key + 5, top - 5, "diamond", "#1c2733", hollow=False))
    parts.append(text_element(key + 18, top, say(language, "curve.value"), "axis"))
    if open_:
        parts.append(
            f'<rect x="{key}" y="{top + 14}" width="11" height="11" fill="url(#curve-hatch)" stroke="#c98500"/>'
        )
    words = say(language, "curve.band" if open_ else "curve.proved")
    shift = 18 if open_ else 0
    for number, line in enumerate(_wrapped(words, RIGHT - 18 - shift)):
        parts.append(text_element(key + shift, top + 24 + 17 * number, line, "axis"))
    if any(point.duty != "met" for point in curve.points):
        for number, line in enumerate(_wrapped(say(language, "curve.short"), RIGHT - 36)):
            parts.append(text_element(key + 18, top + 78 + 17 * number, line, "axis"))
        parts.append(_marker(key + 5, top + 73, "circle", "#5b6874", hollow=True))
    return parts


def _money_axis(curve: BudgetCurve, language: Language) -> list[str]:
    """Figures of money under the lower plot, and its unit."""
    first, last = _span(curve)
    plot = _Plot(first, last, 0.0, 1.0, *LOWER)
    unit, size = _unit(language, last)
    parts = []
    for value in round_values(first / size, last / size, 8):
        x = float(plot.x(value * size))
        for top, bottom in (UPPER, LOWER):
            parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>')
        parts.append(text_element(x, LOWER[1] + 20, f"{value:,g}", "axis", anchor="middle"))
    label = say(language, "curve.axis.money", unit=say(language, f"curve.unit.{unit}"))
    parts.append(text_element(WIDTH - RIGHT, LOWER[1] + 42, label, "axis", anchor="end"))
    return parts


def _unit(language: Language, cny: float) -> tuple[str, float]:
    """The unit of the axis and its yuan: Chinese count by ten thousand and a hundred million."""
    units = (
        [("yi", 1e8, 1e9), ("wan", 1e4, 1e5), ("yuan", 1.0, 0.0)]
        if language == "zh"
        else [("million", 1e6, 2e6), ("thousand", 1e3, 1e4), ("yuan", 1.0, 0.0)]
    )
    return next((name, size) for name, size, least in units if cny >= least)


def _frame(plot: _Plot, label: str) -> list[str]:
    """Grid, figures and frame of a plot."""
    parts = []
    for share in round_values(plot.low, plot.high, max(2, round((plot.bottom - plot.top) / 60))):
        y = float(plot.y(share))
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(text_element(LEFT - 8, y + 5, percent(share), "axis", anchor="end"))
    parts.append(text_element(LEFT, plot.top - 10, label, "axis"))
    parts.append(
        f'<rect class="frame" x="{LEFT}" y="{plot.top}" width="{WIDTH - LEFT - RIGHT}" '
        f'height="{plot.bottom - plot.top}"/>'
    )
    return parts


def _marks(curve: BudgetCurve, plot: _Plot, language: Language | None) -> list[str]:
    """What the duties cost, from its bound to its value, and the project's budget; labelled in a language."""
    parts = []
    duty, bound = float(curve.duty_cost_cny), float(curve.duty_bound_cny)
    if curve.wanted and bound < duty and plot.first <= duty and bound <= plot.last:
        left, right = (float(plot.x(min(max(v, plot.first), plot.last))) for v in (bound, duty))
        parts.append(
            f'<rect x="{left:.1f}" y="{plot.top}" width="{right - left:.1f}" height="{plot.bottom - plot.top}" '
            'fill="#f3ead6"/>'
        )
    marks = [("money", float(curve.budget_cny), "curve.budget", "budget")]
    if curve.wanted:
        marks.insert(0, ("duty", duty, "curve.duty_cost", "cost"))
    taken: list[tuple[float, float]] = []
    for css, cny, key, field in marks:
        if not plot.first <= cny <= plot.last:
            continue
        x = float(plot.x(cny))
        parts.append(f'<line class="{css}" x1="{x:.1f}" x2="{x:.1f}" y1="{plot.top}" y2="{plot.bottom}"/>')
        if language is None:
            continue
        words = say(language, key, **{field: money(language, cny)})
        half = 0.55 * width_px(words) * 14 / 12
        middle = min(max(x, LEFT + 110 + half), WIDTH - half - 4)
        row = 1 if any(middle - half < right and left < middle + half for left, right in taken) else 0
        taken.append((middle - half, middle + half))
        parts.append(text_element(middle, plot.top - 10 - 20 * row, words, "halo", anchor="middle"))
    return parts


def _marker(x: float, y: float, kind: str, colour: str, *, hollow: bool) -> str:
    """A point of a line."""
    fill = "#fff" if hollow else colour
    look = f'fill="{fill}" stroke="{colour}" stroke-width="1.8"'
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" {look}/>'
    if kind == "square":
        return f'<rect x="{x - 3.9:.1f}" y="{y - 3.9:.1f}" width="7.8" height="7.8" {look}/>'
    points = f"{x:.1f},{y - 5.4:.1f} {x + 5.4:.1f},{y:.1f} {x:.1f},{y + 5.4:.1f} {x - 5.4:.1f},{y:.1f}"
    return f'<polygon points="{points}" {look}/>'


def _labels(ends: list[tuple[float, str, str]], plot: _Plot) -> list[str]:
    """Labels at the ends of the lines, pushed apart so that none covers another."""
    apart = 19.0
    order = sorted(range(len(ends)), key=lambda i: ends[i][0])
    at = [ends[i][0] for i in order]
    for i in range(1, len(at)):
        at[i] = max(at[i], at[i - 1] + apart)
    overshoot = max(0.0, at[-1] - (plot.bottom - 4))
    at = [y - overshoot for y in at]
    for i in range(len(at) - 2, -1, -1):
        at[i] = min(at[i], at[i + 1] - apart)
    parts = []
    edge = WIDTH - RIGHT
    for i, y in zip(order, at, strict=True):
        end, words, colour = ends[i]
        parts.append(f'<line class="leader" x1="{edge + 5}" y1="{end:.1f}" x2="{edge + 14}" y2="{y:.1f}"/>')
        parts.append(text_element(edge + 17, y + 5, words, "halo", fill=colour))
    return parts


def _wrapped(words: str, width: int) -> list[str]:
    """Words in lines of at most so many pixels; Chinese may break anywhere."""
    pieces = list(words) if any(ord(letter) > 0x2E80 for letter in words) else words.split(" ")
    joint = "" if len(pieces) == len(words) else " "
    lines = [""]
    for piece in pieces:
        longer = f"{lines[-1]}{joint}{piece}" if lines[-1] else piece
        if width_px(longer) * 13 / 12 > width and lines[-1]:
            lines.append(piece)
        else:
            lines[-1] = longer
    return lines
