"""Building blocks of drawings in SVG: a plot's scale, round figures on its axes, texts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape as html_escape
from typing import TYPE_CHECKING

import numpy as np

from dualgig.export.groups import plain_text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WIDTH, HEIGHT = 1000, 580
LEFT, RIGHT, TOP, BOTTOM = 72, 28, 92, 112
"""Size of the drawing and of the margins around the plot, px."""


@dataclass(frozen=True)
class Scale:
    """From kilometres and metres to pixels.

    Attributes
    ----------
    length_km, low_m, high_m : float
        Length of the path; lowest and highest height of the plot.
    """

    length_km: float
    low_m: float
    high_m: float

    def x(self, km: ArrayLike) -> NDArray[np.float64]:
        """Pixels from the left."""
        return np.asarray(LEFT + np.asarray(km, np.float64) / self.length_km * (WIDTH - LEFT - RIGHT))

    def y(self, m: ArrayLike) -> NDArray[np.float64]:
        """Pixels from the top."""
        share = (np.asarray(m, np.float64) - self.low_m) / (self.high_m - self.low_m)
        return np.asarray(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))

    @property
    def exaggeration(self) -> float:
        """How many times as large as distances heights are drawn."""
        a_metre_up = (HEIGHT - TOP - BOTTOM) / (self.high_m - self.low_m)
        return float(a_metre_up / ((WIDTH - LEFT - RIGHT) / (1000.0 * self.length_km)))


def round_step(span: float, parts: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts a span into about so many parts."""
    raw = span / parts
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= raw * 0.999)


def round_values(low: float, high: float, parts: int) -> list[float]:
    """Round values within a span."""
    step = round_step(high - low, parts)
    first = math.ceil(low / step - 1e-9)
    return [round(step * i, 9) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def escaped(words: str) -> str:
    """Words as XML can hold them: what is markup is text, and control characters are spaces."""
    return html_escape(plain_text(words))


def text_element(
    x: float, y: float, words: str, css: str, *, anchor: str = "start", fill: str | None = None
) -> str:
    """A text element; names from data are text, never markup."""
    colour = f' style="fill:{fill}"' if fill else ""
    return (
        f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{colour}>{escaped(words)}</text>'
    )


def svg_points(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """Coordinates as polygons and polylines take them."""
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def signed(value: float) -> str:
    """A figure with one decimal and a true minus sign; a dash where there is none."""
    return f"{value:.1f}".replace("-", "\N{MINUS SIGN}") if math.isfinite(value) else "\N{EM DASH}"


def width_px(words: str) -> int:
    """About how wide a text of 12 px is: Chinese characters are as wide as high."""
    return round(sum(12.0 if ord(letter) > 0x2E80 else 6.2 for letter in words))
