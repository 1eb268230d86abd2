"""Moves that keep the rules: an option with all that it requires, or without all that requires it.

Every flip is written into a journal, so that a move can be taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.siting.flip import flip
from dualgig.siting.kernels import kernel
from dualgig.siting.tables import CLASHES, LACKING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.tables import State


class Desk(NamedTuple):
    """What moves need beside the state.

    `fixed`: per option 1 where every plan contains it, -1 where none does, else 0. `rule`: per row, whether
    it is a rule of building, which every move keeps. `journal`: options flipped, `size[0]` of them.
    """

    fixed: NDArray[np.int8]
    rule: NDArray[np.bool_]
    journal: NDArray[np.int32]
    size: NDArray[np.int64]
    adding: NDArray[np.int32]
    dropping: NDArray[np.int32]
    random: NDArray[np.uint64]


def make_desk(s: State, fixed: NDArray[np.int8], rule: NDArray[np.bool_], seed: int) -> Desk:
    """Room for the moves of a state."""
    n = len(s.option) - 1
    room = 4 * n + len(s.needs) + len(s.users) + 64
    return Desk(
        fixed=fixed,
        rule=rule,
        journal=np.zeros(room, np.int32),
        size=np.zeros(1, np.int64),
        adding=np.zeros(room, np.int32),
        dropping=np.zeros(room, np.int32),
        random=np.array([seed], np.uint64),
    )


@kernel
def below(random: NDArray[np.uint64], count: int) -> int:
    """A number from 0 to count - 1 (splitmix64: Steele, Lea and Flood, OOPSLA 2014)."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    z = random[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return int(np.int64((z >> np.uint64(33)) % np.uint64(count)))


@kernel
def undo(s: State, d: Desk, size: int) -> None:
    """Take back every flip beyond the first `size` of the journal."""
    while d.size[0] > size:
        d.size[0] -= 1
        flip(s, d.journal[d.size[0]])


@kernel
def add(s: State, d: Desk, j: int) -> bool:
    """Choose option j with all that it requires; what excludes them goes, with all that requires it.

    Returns whether that keeps the rules; where it does not, the caller takes the move back.
    """
    option, begin, room = s.option, d.size[0], len(d.adding) - 1
    d.adding[0] = j
    top = 1
    while top > 0:
        top -= 1
        k = d.adding[top]
        if option["chosen"][k]:
            continue
        if d.fixed[k] < 0 or d.size[0] > room - 2:
            return False
        g = option["group"][k]
        if g >= 0 and s.group["held"][g] > 0:
            for q in range(s.group["members"][g], s.group["members"][g + 1]):
                if option["chosen"][s.members[q]] and not drop(s, d, s.members[q]):
                    return False
        _flip(s, d, k)
        for q in range(option["needs"][k], option["needs"][k + 1]):
            if not option["chosen"][s.needs[q]]:
                if top >= room:
                    return False
                d.adding[top] = s.needs[q]
                top += 1
        if top == 0:
            helper = _helper(s, d, begin)
            if helper >= 0:
                d.adding[0] = helper
                top = 1
    kept = s.total[LACKING] == 0 and s.total[CLASHES] == 0 and option["chosen"][j]
    return kept and _keeps_rules(s, d, begin)


@kernel
def drop(s: State, d: Desk, j: int) -> bool:
    """Leave option j out with all that requires it; whether decisions allow that (else the caller undoes)."""
    option, room = s.option, len(d.dropping) - 1
    d.dropping[0] = j
    top = 1
    while top > 0:
        top -= 1
        k = d.dropping[top]
        if not option["chosen"][k]:
            continue
        if d.fixed[k] > 0 or d.size[0] > room - 2:
            return False
        _flip(s, d, k)
        if option["using"][k] > 0:
            for q in range(option["users"][k], option["users"][k + 1]):
                if option["chosen"][s.users[q]]:
                    if top >= room:
                        return False
                    d.dropping[top] = s.users[q]
                    top += 1
    return True


@kernel
def release(s: State, d: Desk, begin: int) -> bool:
    """Leave out what was there only for options left out since `begin` of the journal; whether rules are kept.

    That is what they required, and what made room for them in a row, where nothing needs it and it serves nothing.
    """
    option = s.option
    at = begin
    while at < d.size[0]:
        k = d.journal[at]
        at += 1
        if option["chosen"][k]:
            continue
        for q in range(option["needs"][k], option["needs"][k + 1]):
            if _idle(s, d, s.needs[q]):
                _flip(s, d, s.needs[q])
        for q in range(option["rows"][k], option["rows"][k + 1]):
            r = s.option_rows["item"][q]
            if not d.rule[r]:
                continue
            for e in range(s.row["options"][r], s.row["options"][r + 1]):
                o = s.row_options["item"][e]
                spare = s.row["most"][r] - s.row["sum"][r]
                if 0 < -s.row_options["amount"][e] <= spare and _idle(s, d, o):
                    _flip(s, d, o)
    return _keeps_rules(s, d, begin)


@kernel
def _flip(s: State, d: Desk, j: int) -> None:
    flip(s, j)
    d.journal[d.size[0]] = j
    d.size[0] += 1


@kernel
def _idle(s: State, d: Desk, j: int) -> bool:
    """Whether a free chosen option is required by nothing and alone serves nothing that matters."""
    option = s.option
    if not option["chosen"][j] or option["using"][j] > 0 or d.fixed[j] != 0:
        return False
    for q in range(option["points"][j], option["points"][j + 1]):
        i = s.points[q]
        matters = s.point["worth"][i] > 0 or s.point["clauses"][i] < s.point["clauses"][i + 1]
        if s.cover[i] == 1 and matters:
            return False
    return True


@kernel
def _helper(s: State, d: Desk, begin: int) -> int:
    """Of the options that would mend a rule broken since `begin`, the cheapest that lacks nothing, or -1."""
    option = s.option
    for at in range(begin, d.size[0]):
        k = d.journal[at]
        for q in range(option["rows"][k], option["rows"][k + 1]):
            r = s.option_rows["item"][q]
            if not d.rule[r] or s.row["sum"][r] <= s.row["most"][r]:
                continue
            best, cost = -1, 0
            for e in range(s.row["options"][r], s.row["options"][r + 1]):
                o = int(np.int64(s.row_options["item"][e]))
                free = not option["chosen"][o] and d.fixed[o] >= 0
                if s.row_options["amount"][e] >= 0 or not free or _lacks(s, o):
                    continue
                if best < 0 or option["cost"][o] < cost:
                    best, cost = o, option["cost"][o]
            if best >= 0:
                return best
    return -1


@kernel
def _lacks(s: State, j: int) -> bool:
    for q in range(s.option["needs"][j], s.option["needs"][j + 1]):
        if not s.option["chosen"][s.needs[q]]:
            return True
    return False


@kernel
def _keeps_rules(s: State, d: Desk, begin: int) -> bool:
    for at in range(begin, d.size[0]):
        k = d.journal[at]
        for q in range(s.option["rows"][k], s.option["rows"][k + 1]):
            r = s.option_rows["item"][q]
            if d.rule[r] and s.row["sum"][r] > s.row["most"][r]:
                return False
    return True
