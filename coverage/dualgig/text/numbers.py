"""Numbers as people read them: money, counts and shares, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualgig.project import Language


def money(language: Language, cny: float) -> str:
    """An amount of money with three or four digits that matter.

    Chinese counts in 元, 万元 (10^4) and 亿元 (10^8), English in CNY, thousands (k) and millions.

    Parameters
    ----------
    language
        ``zh`` or ``en``.
    cny
        Amount, CNY; a negative amount gets a minus sign (U+2212).

    Returns
    -------
    str
        E.g. ``38.5万元`` or ``CNY 385k``.
    """
    sign, amount = ("−" if cny < 0 else ""), abs(cny)
    if language == "zh":
        if round(amount / 1e4, 1) >= 10_000:
            return f"{sign}{_digits(amount / 1e8)}亿元"
        if round(amount) >= 10_000:
            return f"{sign}{_digits(amount / 1e4, most=1)}万元"
        return f"{sign}{amount:,.0f}元"
    if round(amount / 1e3) >= 1_000:
        return f"{sign}CNY {_digits(amount / 1e6)} million"
    if round(amount) >= 10_000:
        return f"{sign}CNY {amount / 1e3:,.0f}k"
    return f"{sign}CNY {amount:,.0f}"


def count(number: int) -> str:
    """A whole number with a comma between the thousands, in both languages."""
    return f"{number:,}"


def percent(share: float) -> str:
    """A share as a percentage with at most one decimal; a share below 1 never reads as 100 %."""
    text = f"{100 * share:.1f}"
    if text == "100.0" and share < 1.0:
        text = "99.9"
    return text.removesuffix(".0") + "%"


def gap_text(gap: float, unit: str = "%") -> str:
    """A gap in percent, with the digits that matter and the unit as the place has it; 0 only when it is 0."""
    if gap == 0:
        return "0"
    return f"{100 * gap:.0f}{unit}" if gap >= 0.1 else f"{100 * gap:.2g}{unit}"


def _digits(number: float, most: int = 2) -> str:
    """A positive number with as many decimals as matter: two below 10, one below 1,000, then none."""
    decimals = min(most, 2 if number < 9.995 else 1 if number < 999.95 else 0)
    return f"{number:,.{decimals}f}"
