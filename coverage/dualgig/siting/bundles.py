"""Bundles: options that are chosen or left out at once, so that requirements and exclusions are kept; what
a bundle costs, and what it does to the weights of places that are not served and of rows that are broken.
"""  # noqa: D205

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dualgig.siting.flip import flip
from dualgig.siting.kernels import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dualgig.siting.tables import State

LONGEST = 32
"""Options that one bundle may change; a longer chain of requirements is no move."""

_FURTHEST = 0.9
"""Share of its furthest clause in what an unserved place has reached; the rest is its clauses' mean."""

BEST, STEP, LAST, TOKEN, FOUND = range(5)
"""Places in `Weights.total`: least cost found; moves made; the option chosen last, which stays for a move;
number of the evaluation; whether there is a plan."""


class Weights(NamedTuple):
    """Weights and memory of a row-weighting search, changed in place, beside the `State`.

    By place: weight. By row: weight, and unit (its largest amount). By option: best (the cheapest plan found),
    free (may be changed), moved and dropped (the moves when it last was). By point: changed (move of its last
    change). By level: floor. The others are scratch: the bundle, and what it would change, valid where the token is that of the evaluation.
    """

    place_weight: NDArray[np.int64]
    row_weight: NDArray[np.int64]
    row_unit: NDArray[np.float64]
    best: NDArray[np.bool_]
    free: NDArray[np.bool_]
    moved: NDArray[np.int64]
    dropped: NDArray[np.int64]
    changed: NDArray[np.int64]
    floor: NDArray[np.int64]
    bundle: NDArray[np.int64]
    picked: NDArray[np.int64]
    point_token: NDArray[np.int64]
    point_shift: NDArray[np.int64]
    points: NDArray[np.int64]
    clause_token: NDArray[np.int64]
    clause_shift: NDArray[np.int64]
    place_token: NDArray[np.int64]
    places: NDArray[np.int64]
    row_token: NDArray[np.int64]
    row_shift: NDArray[np.int64]
    rows: NDArray[np.int64]
    total: NDArray[np.int64]
    random: NDArray[np.uint64]


@kernel
def bundle_to_drop(s: State, w: Weights, j: int, instead: int) -> int:
    """Leave out chosen option j with what requires it and what only it needed; choose `instead` unless -1.

    Returns how many options the bundle changes, 0 if it is no move.
    """
    size = _leave_out(s, w, 0, j)
    if instead >= 0 and size > 0:
        size = _choose(s, w, size, instead)
    if size == 0:
        return 0
    # What serves nothing by itself and was chosen for the sake of these alone goes with them.
    a = 0
    while a < size < LONGEST:
        k = w.bundle[a]
        a += 1
        if not s.option["chosen"][k]:
            continue
        for q in range(s.option["needs"][k], s.option["needs"][k + 1]):
            n = s.needs[q]
            if size < LONGEST and w.free[n] and s.option["chosen"][n] and not _holds(w, size, n):
                serves = s.option["points"][n + 1] > s.option["points"][n]
                if not serves and _users_left(s, w, size, n) == 0:
                    w.bundle[size] = n
                    size += 1
    return size


@kernel
def bundle_to_choose(s: State, w: Weights, j: int) -> int:
    """Choose option j with what it requires, without the other of its group, and with what its rows ask for.

    Returns how many options the bundle changes, 0 if it is no move.
    """
    size = _choose(s, w, 0, j)
    if size == 0:
        return 0
    # A row that would break is mended where one more option can: a tower's tenant brings a tenancy.
    for a in range(size):
        k = w.bundle[a]
        for q in range(s.option["rows"][k], s.option["rows"][k + 1]):
            r = s.option_rows["item"][q]
            now = s.row["sum"][r]
            for b in range(s.row["options"][r], s.row["options"][r + 1]):
                if _holds(w, size, s.row_options["item"][b]):
                    sign = -1 if s.option["chosen"][s.row_options["item"][b]] else 1
                    now += sign * s.row_options["amount"][b]
            if now <= s.row["most"][r]:
                continue
            for b in range(s.row["options"][r], s.row["options"][r + 1]):
                n = s.row_options["item"][b]
                if s.row_options["amount"][b] < 0 and not s.option["chosen"][n] and not _holds(w, size, n):
                    larger = _choose(s, w, size, n)
                    if larger > 0:
                        size = larger
                        break
    return size


@kernel
def _choose(s: State, w: Weights, size: int, j: int) -> int:
    """Add to the bundle what choosing j takes; 0 if it cannot be."""
    if not w.free[j] or size >= LONGEST:
        return 0
    first = size
    w.bundle[size] = j
    size += 1
    a = first
    while a < size:
        k = w.bundle[a]
        a += 1
        if s.option["chosen"][k]:
            continue
        for q in range(s.option["needs"][k], s.option["needs"][k + 1]):
            n = s.needs[q]
            if s.option["chosen"][n]:
                if _holds(w, size, n):
                    return 0
                continue
            if _holds(w, size, n):
                continue
            if not w.free[n] or size >= LONGEST:
                return 0
            w.bundle[size] = n
            size += 1
        g = s.option["group"][k]
        if g < 0:
            continue
        for q in range(s.group["members"][g], s.group["members"][g + 1]):
            n = s.members[q]
            if n == k:
                continue
            if not s.option["chosen"][n]:
                if _holds(w, size, n):
                    return 0
            elif not _holds(w, size, n):
                size = _leave_out(s, w, size, n)
                if size == 0:
                    return 0
    # What is left out for the sake of a group may have been required by what comes in.
    for a in range(size):
        k = w.bundle[a]
        if not s.option["chosen"][k]:
            for q in range(s.option["needs"][k], s.option["needs"][k + 1]):
                if s.option["chosen"][s.needs[q]] and _holds(w, size, s.needs[q]):
                    return 0
    return size


@kernel
def _leave_out(s: State, w: Weights, size: int, j: int) -> int:
    """Add to the bundle a chosen option and, through every chain, those chosen that require it; 0 if not free."""
    if not w.free[j] or size >= LONGEST:
        return 0
    a = size
    w.bundle[size] = j
    size += 1
    while a < size:
        k = w.bundle[a]
        a += 1
        if s.option["using"][k] == 0 or not s.option["chosen"][k]:
            continue
        for q in range(s.option["users"][k], s.option["users"][k + 1]):
            n = s.users[q]
            if s.option["chosen"][n] and not _holds(w, size, n):
                if not w.free[n] or size >= LONGEST:
                    return 0
                w.bundle[size] = n
                size += 1
    return size


@kernel
def _holds(w: Weights, size: int, j: int) -> bool:
    for a in range(size):  # noqa: SIM110  (a generator does not compile)
        if w.bundle[a] == j:
            return True
    return False


@kernel
def _users_left(s: State, w: Weights, size: int, j: int) -> int:
    """How many options that require j would be chosen after the bundle."""
    left = int(s.option["using"][j])
    for a in range(size):
        k = w.bundle[a]
        for q in range(s.option["needs"][k], s.option["needs"][k + 1]):
            if s.needs[q] == j:
                left += -1 if s.option["chosen"][k] else 1
    return left


@kernel
def carry_out(s: State, w: Weights, size: int) -> None:
    """Change the bundle's options."""
    for a in range(size):
        j = w.bundle[a]
        w.moved[j] = w.total[STEP]
        if s.option["chosen"][j]:
            w.dropped[j] = w.total[STEP]
        for q in range(s.option["points"][j], s.option["points"][j + 1]):
            w.changed[s.points[q]] = w.total[STEP]
        flip(s, j)


@kernel
def cost_of(s: State, w: Weights, size: int) -> int:
    """What the bundle costs, in yuan; negative where it saves."""
    cost = 0
    for a in range(size):
        j = w.bundle[a]
        cost += -s.option["cost"][j] if s.option["chosen"][j] else s.option["cost"][j]
    return cost


@kernel
def gain_of(s: State, w: Weights, size: int) -> float:
    """By how much the bundle lessens the weight of what is not served or broken; negative where it adds to it."""
    w.total[TOKEN] += 1
    token = w.total[TOKEN]
    points, places, rows = 0, 0, 0
    for a in range(size):
        j = w.bundle[a]
        sign = -1 if s.option["chosen"][j] else 1
        for q in range(s.option["points"][j], s.option["points"][j + 1]):
            i = s.points[q]
            if w.point_token[i] != token:
                w.point_token[i] = token
                w.point_shift[i] = 0
                w.points[points] = i
                points += 1
            w.point_shift[i] += sign
        for q in range(s.option["rows"][j], s.option["rows"][j + 1]):
            r = s.option_rows["item"][q]
            if w.row_token[r] != token:
                w.row_token[r] = token
                w.row_shift[r] = 0
                w.rows[rows] = r
                rows += 1
            w.row_shift[r] += sign * s.option_rows["amount"][q]
    for a in range(points):
        i = w.points[a]
        turned = (1 if s.cover[i] + w.point_shift[i] > 0 else 0) - (1 if s.cover[i] > 0 else 0)
        if turned == 0:
            continue
        for q in range(s.point["clauses"][i], s.point["clauses"][i + 1]):
            k = s.point_clauses["item"][q]
            if w.clause_token[k] != token:
                w.clause_token[k] = token
                w.clause_shift[k] = 0
                p = s.clause["place"][k]
                if w.place_token[p] != token:
                    w.place_token[p] = token
                    w.places[places] = p
                    places += 1
            w.clause_shift[k] += turned * s.point_clauses["amount"][q]
    gain = 0.0
    for a in range(places):
        p = w.places[a]
        served = s.place["true"][p] >= s.place["needed"][p]
        counts = _is_lost(s, w, p) if served else is_wanted(s, w, p)
        if counts:
            gain += w.place_weight[p] * (_missing(s, w, p, 0) - _missing(s, w, p, token))
    for a in range(rows):
        r = w.rows[a]
        over = s.row["sum"][r] - s.row["most"][r]
        gain += w.row_weight[r] * (_excess(w, r, over) - _excess(w, r, over + w.row_shift[r]))
    return gain


@kernel
def _missing(s: State, w: Weights, p: int, token: int) -> float:
    """0 for a served place, else 1 and the share of its need that is missing; under a token after the bundle."""
    first, end = s.place["clauses"][p], s.place["clauses"][p + 1]
    true, furthest, added = 0, 0.0, 0.0
    for q in range(first, end):
        k = s.place_clauses[q]
        reached = s.clause["reached"][k]
        if token > 0 and w.clause_token[k] == token:
            reached += w.clause_shift[k]
        share = 1.0
        if reached < s.clause["need"][k]:
            share = reached / s.clause["need"][k]
        else:
            true += 1
        furthest = max(furthest, share)
        added += share
    if true >= s.place["needed"][p] or first == end:
        return 0.0
    mean = added / (end - first)
    have = mean if s.place["needed"][p] > 1 else _FURTHEST * furthest + (1.0 - _FURTHEST) * mean
    return float(2.0 - have)


@kernel
def _excess(w: Weights, r: int, over: int) -> float:
    return 1.0 + over / w.row_unit[r] if over > 0 else 0.0


@kernel
def is_wanted(s: State, w: Weights, p: int) -> bool:
    """Whether some goal that is short, of a level that is short, asks for place p."""
    for q in range(s.place["goals"][p], s.place["goals"][p + 1]):
        g = s.place_goals[q]
        level = s.goal["level"][g]
        if s.goal["met"][g] < s.goal["required"][g] and s.level["duty"][level] < w.floor[level]:
            return True
    return False


@kernel
def _is_lost(s: State, w: Weights, p: int) -> bool:
    """Whether a duty is lost when place p, served now, is not served any more."""
    for q in range(s.place["goals"][p], s.place["goals"][p + 1]):
        g = s.place_goals[q]
        level = s.goal["level"][g]
        short = s.level["duty"][level] - s.goal["weight"][g] < w.floor[level]
        if short and s.goal["met"][g] <= s.goal["required"][g]:
            return True
    return False
