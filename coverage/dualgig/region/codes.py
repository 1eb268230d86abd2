"""Division codes (区划代码) that a spreadsheet damaged although they still look like codes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CODE_LENGTHS = (9, 12)
"""Digits of the code of a township, and of a village or of a township filled up with zeros (GB/T 10114)."""

_PASTE = "Format the column as text in Excel, copy the codes in again from their source, and save."


def damaged(table: str, codes: Sequence[str]) -> list[tuple[int, str, str]]:
    """Codes of a table that cannot be right.

    A column counts as division codes where at least half of it has 9 or 12 digits, the same number
    throughout; any other id is left alone. Such a code is damaged where it has fewer or more digits
    (leading zeros lost, a digit dropped), or ends in zeros that only a higher level has: a village's
    code ends in 001-399, and 331126000000 is what 3.31126E+11 becomes when it is typed back.

    Parameters
    ----------
    table
        ``townships`` or ``villages``.
    codes
        The codes; those that are empty or hold letters are passed over.

    Returns
    -------
    list
        Position, problem and mend of each damaged code.
    """
    digits = [code if code.isascii() and code.isdigit() else "" for code in codes]
    lengths = Counter(len(code) for code in digits if code)
    if not lengths:
        return []
    length, count = max(lengths.items(), key=lambda item: (item[1], item[0]))
    if length not in CODE_LENGTHS or count * 2 < len(codes):
        return []
    zeros = {("townships", 9): "000", ("townships", 12): "000000", ("villages", 12): "000"}.get(
        (table, length)
    )
    found = []
    for position, code in enumerate(digits):
        if not code:
            continue
        if len(code) != length:
            wrong = (
                f"the code {code} has {len(code)} digits, the others have {length}; zeros or digits are lost."
            )
            found.append((position, wrong, _PASTE))
        elif zeros and code.endswith(zeros):
            wrong = (
                f"the code {code} ends in zeros: it was rounded by Excel, or is the code of a higher level."
            )
            found.append((position, wrong, _PASTE))
    return found
