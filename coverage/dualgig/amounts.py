"""Amounts of money as planners write them: 38_000_000, 38M, 3800万, 0.38亿."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

MOST_CNY = 10**15
"""Largest amount, as in the project file."""

UNITS = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "million": 10**6,
    "b": 10**9,
    "billion": 10**9,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
"""What may stand behind a number, and how many yuan it makes of 1."""

_FORM = re.compile(
    r"(?:cny|rmb|¥)?\s*(\d[\d_,' ]*(?:\.\d+)?|\.\d+)\s*([a-z千百万亿]*?)\s*(?:元|cny|rmb)?", re.IGNORECASE
)


def parse_cny(text: str) -> int:
    """Whole yuan of an amount that a person wrote.

    Parameters
    ----------
    text
        Digits with ``_``, ``,`` or spaces between them, a decimal point, and one of `UNITS` behind; full-width
        letters and digits too. ``CNY``, ``¥`` or ``元`` may stand with it.

    Raises
    ------
    ValueError
        It is no amount, is no whole number of yuan, or is beyond `MOST_CNY`; the text says which.
    """
    found = _FORM.fullmatch(unicodedata.normalize("NFKC", text).strip())
    unit = UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise ValueError(
            f"{text!r} is no amount of money. Write whole yuan, e.g. 38000000, 38M, 3800万 or 0.38亿."
        )
    amount = Decimal(re.sub(r"[_,' ]", "", found[1])) * unit
    if amount != amount.to_integral_value():
        raise ValueError(f"{text!r} is no whole number of yuan.")
    if amount > MOST_CNY:
        raise ValueError(f"{text!r} is more than {MOST_CNY:,} yuan.")
    return int(amount)
