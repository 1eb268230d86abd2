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

BEST, STEP, TICK, TOKEN, FOUND = range(5)
"""Places in `Weights.total`: least cost found; moves made; bundles carried out; number of the evaluation; whether there is a plan."""


class Weights(NamedTuple):
    """Weights and memory of a row-weighting search, changed in place, beside the `State`.

    By place: weight. By row: weight, and unit (its largest amount). By option: best (the cheapest plan found),
    free (may be left out), useful (may be chosen), moved and dropped (the bundle when it last was). By point:
    changed (the bundle of its last change). By level: floor. The others are scratch: the bundle, and what it
    would change, valid where the token is that of the evaluation.
    """

    place_weight: NDArray[np.int64]
    row_weight: NDArray[np.int64]
    row_unit: NDArray[np.float64]
    best: NDArray[np.bool_]
    free: NDArray[np.bool_]
    useful: NDArray[np.bool_]
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
    option, needs = s.option, s.needs
    free, bundle = w.free, w.bundle
    size = _leave_out(s, w, 0, j)
    if instead >= 0 and size > 0:
        size = _choose(s, w, size, instead)
    if size == 0:
        return 0
    # What serves nothing by itself and was chosen for the sake of these alone goes with them.
    a = 0
    while a < size < LONGEST:
        k = bundle[a]
        a += 1
        if not option["chosen"][k]:
            continue
        for q in range(option["needs"][k], option["needs"][k + 1]):
            n = needs[q]
            if size < LONGEST and free[n] and option["chosen"][n] and not _holds(bundle, size, n):
                serves = option["points"][n + 1] > option["points"][n]
                if not serves and _users_left(s, w, size, n) == 0:
                    bundle[size] = n
                    size += 1
    return size


@kernel
def bundle_to_choose(s: State, w: Weights, j: int) -> int:
    """Choose option j with what it requires, without the other of its group, and with what its rows ask for.

    Returns how many options the bundle changes, 0 if it is no move.
    """
    option, row, option_rows, row_options = s.option, s.row, s.option_rows, s.row_options
    bundle = w.bundle
    size = _choose(s, w, 0, j)
    if size == 0:
        return 0
    # A row that would break is mended where one more option can: a tower's tenant brings a tenancy.
    for a in range(size):
        k = bundle[a]
        for q in range(option["rows"][k], option["rows"][k + 1]):
            r = option_rows["item"][q]
            now = row["sum"][r]
            for b in range(row["options"][r], row["options"][r + 1]):
                if _holds(bundle, size, row_options["item"][b]):
                    sign = -1 if option["chosen"][row_options["item"][b]] else 1
                    now += sign * row_options["amount"][b]
            if now <= row["most"][r]:
                continue
            for b in range(row["options"][r], row["options"][r + 1]):
                n = row_options["item"][b]
                if row_options["amount"][b] < 0 and not option["chosen"][n] and not _holds(bundle, size, n):
                    larger = _choose(s, w, size, n)
                    if larger > 0:
                        size = larger
                        break
    return size


@kernel
def _choose(s: State, w: Weights, size: int, j: int) -> int:
    """Add to the bundle what choosing j takes; 0 if it cannot be."""
    option, group, needs, members = s.option, s.group, s.needs, s.members
    useful, bundle = w.useful, w.bundle
    if not useful[j] or size >= LONGEST:
        return 0
    first = size
    bundle[size] = j
    size += 1
    a = first
    while a < size:
        k = bundle[a]
        a += 1
        if option["chosen"][k]:
            continue
        for q in range(option["needs"][k], option["needs"][k + 1]):
            n = needs[q]
            if option["chosen"][n]:
                if _holds(bundle, size, n):
                    return 0
                continue
            if _holds(bundle, size, n):
                continue
            if not useful[n] or size >= LONGEST:
                return 0
            bundle[size] = n
            size += 1
        g = option["group"][k]
        if g < 0:
            continue
        for q in range(group["members"][g], group["members"][g + 1]):
            n = members[q]
            if n == k:
                continue
            if not option["chosen"][n]:
                if _holds(bundle, size, n):
                    return 0
            elif not _holds(bundle, size, n):
                size = _leave_out(s, w, size, n)
                if size == 0:
                    return 0
    # What is left out for the sake of a group may have been required by what comes in.
    for a in range(size):
        k = bundle[a]
        if not option["chosen"][k]:
            for q in range(option["needs"][k], option["needs"][k + 1]):
                if option["chosen"][needs[q]] and _holds(bundle, size, needs[q]):
                    return 0
    return size


@kernel
def _leave_out(s: State, w: Weights, size: int, j: int) -> int:
    """Add to the bundle a chosen option and, through every chain, those chosen that require it; 0 if not free."""
    option, users = s.option, s.users
    free, bundle = w.free, w.bundle
    if not free[j] or size >= LONGEST:
        return 0
    a = size
    bundle[size] = j
    size += 1
    while a < size:
        k = bundle[a]
        a += 1
        if option["using"][k] == 0 or not option["chosen"][k]:
            continue
        for q in range(option["users"][k], option["users"][k + 1]):
            n = users[q]
            if option["chosen"][n] and not _holds(bundle, size, n):
                if not free[n] or size >= LONGEST:
                    return 0
                bundle[size] = n
                size += 1
    return size


@kernel
def _holds(bundle: NDArray[np.int64], size: int, j: int) -> bool:
    for a in range(size):  # noqa: SIM110  (a generator does not compile)
        if bundle[a] == j:
            return True
    return False


@kernel
def _users_left(s: State, w: Weights, size: int, j: int) -> int:
    """How many options that require j would be chosen after the bundle."""
    option, needs = s.option, s.needs
    bundle = w.bundle
    left = int(option["using"][j])
    for a in range(size):
        k = bundle[a]
        for q in range(option["needs"][k], option["needs"][k + 1]):
            if needs[q] == j:
                left += -1 if option["chosen"][k] else 1
    return left


@kernel
def carry_out(s: State, w: Weights, size: int) -> None:
    """Change the bundle's options."""
    option, covered = s.option, s.points
    moved, dropped, changed, bundle, total = w.moved, w.dropped, w.changed, w.bundle, w.total
    total[TICK] += 1
    for a in range(size):
        j = bundle[a]
        moved[j] = total[TICK]
        if option["chosen"][j]:
            dropped[j] = total[TICK]
        for q in range(option["points"][j], option["points"][j + 1]):
            changed[covered[q]] = total[TICK]
        flip(s, j)


@kernel
def cost_of(s: State, w: Weights, size: int) -> int:
    """What the bundle costs, in yuan; negative where it saves."""
    option = s.option
    bundle = w.bundle
    cost = 0
    for a in range(size):
        j = bundle[a]
        cost += -option["cost"][j] if option["chosen"][j] else option["cost"][j]
    return cost


@kernel
def gain_of(s: State, w: Weights, size: int) -> float:
    """By how much the bundle lessens the weight of what is not served or broken; negative where it adds to it."""
    option, point, clause, place, row = s.option, s.point, s.clause, s.place, s.row
    covered, cover, option_rows, point_clauses = s.points, s.cover, s.option_rows, s.point_clauses
    bundle, total, place_weight, row_weight = w.bundle, w.total, w.place_weight, w.row_weight
    point_token, point_shift, turned_points = w.point_token, w.point_shift, w.points
    clause_token, clause_shift = w.clause_token, w.clause_shift
    place_token, turned_places = w.place_token, w.places
    row_token, row_shift, turned_rows = w.row_token, w.row_shift, w.rows
    total[TOKEN] += 1
    token = total[TOKEN]
    points, places, rows = 0, 0, 0
    for a in range(size):
        j = bundle[a]
        sign = -1 if option["chosen"][j] else 1
        for q in range(option["points"][j], option["points"][j + 1]):
            i = covered[q]
            if point_token[i] != token:
                point_token[i] = token
                point_shift[i] = 0
                turned_points[points] = i
                points += 1
            point_shift[i] += sign
        for q in range(option["rows"][j], option["rows"][j + 1]):
            r = option_rows["item"][q]
            if row_token[r] != token:
                row_token[r] = token
                row_shift[r] = 0
                turned_rows[rows] = r
                rows += 1
            row_shift[r] += sign * option_rows["amount"][q]
    for a in range(points):
        i = turned_points[a]
        turned = (1 if cover[i] + point_shift[i] > 0 else 0) - (1 if cover[i] > 0 else 0)
        if turned == 0:
            continue
        for q in range(point["clauses"][i], point["clauses"][i + 1]):
            k = point_clauses["item"][q]
            if clause_token[k] != token:
                clause_token[k] = token
                clause_shift[k] = 0
                p = clause["place"][k]
                if place_token[p] != token:
                    place_token[p] = token
                    turned_places[places] = p
                    places += 1
            clause_shift[k] += turned * point_clauses["amount"][q]
    gain = 0.0
    for a in range(places):
        p = turned_places[a]
        served = place["true"][p] >= place["needed"][p]
        counts = _is_lost(s, w, p) if served else is_wanted(s, w, p)
        if counts:
            gain += place_weight[p] * (_missing(s, w, p, 0) - _missing(s, w, p, token))
    for a in range(rows):
        r = turned_rows[a]
        over = row["sum"][r] - row["most"][r]
        gain += row_weight[r] * (_excess(w, r, over) - _excess(w, r, over + row_shift[r]))
    return gain


@kernel
def _missing(s: State, w: Weights, p: int, token: int) -> float:
    """0 for a served place, else 1 and the share of its need that is missing; under a token after the bundle."""
    place, clause, place_clauses = s.place, s.clause, s.place_clauses
    clause_token, clause_shift = w.clause_token, w.clause_shift
    first, end = place["clauses"][p], place["clauses"][p + 1]
    true, furthest, added = 0, 0.0, 0.0
    for q in range(first, end):
        k = place_clauses[q]
        reached = clause["reached"][k]
        if token > 0 and clause_token[k] == token:
            reached += clause_shift[k]
        share = 1.0
        if reached < clause["need"][k]:
            share = reached / clause["need"][k]
        else:
            true += 1
        furthest = max(furthest, share)
        added += share
    if true >= place["needed"][p] or first == end:
        return 0.0
    mean = added / (end - first)
    have = mean if place["needed"][p] > 1 else _FURTHEST * furthest + (1.0 - _FURTHEST) * mean
    return float(2.0 - have)


@kernel
def _excess(w: Weights, r: int, over: int) -> float:
    return 1.0 + over / w.row_unit[r] if over > 0 else 0.0


@kernel
def is_wanted(s: State, w: Weights, p: int) -> bool:
    """Whether some goal that is short, of a level that is short, asks for place p."""
    place, goal, levels, place_goals = s.place, s.goal, s.level, s.place_goals
    floor = w.floor
    for q in range(place["goals"][p], place["goals"][p + 1]):
        g = place_goals[q]
        level = goal["level"][g]
        if goal["met"][g] < goal["required"][g] and levels["duty"][level] < floor[level]:
            return True
    return False


@kernel
def _is_lost(s: State, w: Weights, p: int) -> bool:
    """Whether a duty is lost when place p, served now, is not served any more."""
    place, goal, levels, place_goals = s.place, s.goal, s.level, s.place_goals
    floor = w.floor
    for q in range(place["goals"][p], place["goals"][p + 1]):
        g = place_goals[q]
        level = goal["level"][g]
        short = levels["duty"][level] - goal["weight"][g] < floor[level]
        if short and goal["met"][g] <= goal["required"][g]:
            return True
    return False
