"""What may be built: configurations from the operators and on-air ids in a list of sites."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dualgig.project import DEFAULT_BANDS
from dualgig.region.cells import parse
from dualgig.region.schema import TABLES
from dualgig.scaffold.words import OPERATORS

if TYPE_CHECKING:
    from dualgig.scaffold.guess import Layer

USUAL_BANDS = ("n28", "n41")
"""Bands of an operator that nothing is known of: one that reaches far, one that carries much."""

MOST_OPERATORS = 8
"""Operators beyond this number are not operators but something else in that column."""

_BAND = re.compile(r"(?<![a-z0-9])n\d{1,3}(?![0-9])", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+-]*")


@dataclass(frozen=True)
class Proposal:
    """A configuration, and what about it is a guess."""

    id: str
    operator: str
    bands: tuple[str, ...]
    operator_asked: bool = False
    bands_asked: bool = False


def propose_configurations(sites: Layer | None) -> list[Proposal]:
    """Configurations for the operators on the sites: those on air today, else two an operator.

    Parameters
    ----------
    sites
        The list of sites, ``None`` where there is none.

    Returns
    -------
    list
        Empty where no operator is named.
    """
    operators = _lists(sites, "operators")
    on_air = _lists(sites, "on_air")
    count = Counter(operator for named in operators for operator in named)
    names = [name for name, _ in sorted(count.items(), key=lambda item: (-item[1], item[0]))]
    if len(names) > MOST_OPERATORS:
        names = []
    proposals = []
    numbers = sorted({n for ids in on_air for n in ids if _ID.fullmatch(n)})
    owners = {number: _always_there(number, names, operators, on_air) for number in numbers}
    # What is sure of one configuration goes for those whose ids begin alike: mb-n28 and mb-n28+n41.
    families = {_family(number): those[0] for number, those in owners.items() if len(those) == 1}
    for number, those in owners.items():
        owner = families.get(_family(number), "")
        bands = tuple(dict.fromkeys(band.lower() for band in _BAND.findall(number)))
        known = tuple(band for band in bands if band in DEFAULT_BANDS)
        proposals.append(
            Proposal(
                number,
                owner or next(iter([*those, *names]), number),
                known or USUAL_BANDS[:1],
                operator_asked=not owner,
                bands_asked=not known or known != bands,
            )
        )
    used = {proposal.id for proposal in proposals}
    for position, name in enumerate(names, start=1):
        if any(proposal.operator == name for proposal in proposals):
            continue
        short, bands, sure = _known(name, position)
        for held in (bands[:1], bands):
            number = f"{short}-{'+'.join(held)}"
            if number not in used:
                used.add(number)
                proposals.append(Proposal(number, name, held, bands_asked=not sure))
    return proposals


def _always_there(
    number: str, names: list[str], operators: list[tuple[str, ...]], on_air: list[tuple[str, ...]]
) -> list[str]:
    """Operators that are on every site where a configuration is on air."""
    together = [named for named, ids in zip(operators, on_air, strict=True) if number in ids]
    return [name for name in names if all(name in named for named in together)]


def _family(number: str) -> str:
    """The beginning of a configuration's id, before its bands."""
    return re.split(r"[-_+]", number)[0].lower()


def _known(name: str, position: int) -> tuple[str, tuple[str, ...], bool]:
    """Abbreviation and bands of an operator, and whether they are known."""
    lowered = name.lower()
    found = [(short, bands) for word, short, bands in OPERATORS if word in lowered]
    if not found:
        ascii_name = re.sub(r"[^a-z0-9]", "", lowered)
        return ascii_name[:8] if name.isascii() and ascii_name else f"op{position}", USUAL_BANDS, False
    shorts = dict.fromkeys(short for short, _ in found)
    bands = dict.fromkeys(band for _, held in found for band in held)
    return "".join(shorts), tuple(bands), len({held for _, held in found}) == 1


def _lists(sites: Layer | None, ours: str) -> list[tuple[str, ...]]:
    """The lists in a column of the sites; empty ones where there is no such column."""
    if sites is None:
        return []
    theirs = sites.columns.named.get(ours)
    if theirs is None:
        return [()] * len(sites.table.cells)
    spec = TABLES["sites"].columns[ours]
    cells = [parse(text, spec) if text.strip() else () for text in sites.table.cells[theirs].tolist()]
    return [cell if isinstance(cell, tuple) else () for cell in cells]
