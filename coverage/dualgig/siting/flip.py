"""Chooses an option or leaves it out, and keeps what the options chosen serve and cost up to date.

A flip costs the option's points, and of those whose service changes the clauses, places, goals and rows;
nothing else is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.siting.kernels import inlined, kernel
from dualgig.siting.tables import (
    CHOSEN,
    CLASHES,
    COST,
    CREDIT,
    GOOD,
    GOOD_CREDIT,
    LACKING,
    OPEN,
    ROWS_OVER,
    State,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@kernel
def choose(s: State, chosen: NDArray[np.bool_]) -> None:
    """Flip options until the chosen ones are those of `chosen`, bool, shape (n,)."""
    for j in range(len(chosen)):
        if s.option["chosen"][j] != chosen[j]:
            flip(s, j)


@kernel
def flip(s: State, j: int) -> None:
    """Choose option j where it is not chosen, else leave it out."""
    option, total = s.option, s.total
    sign = -1 if option["chosen"][j] else 1
    option["chosen"][j] = sign > 0
    if sign > 0:
        s.listed[total[CHOSEN]] = j
        option["position"][j] = total[CHOSEN]
    else:
        last = s.listed[total[CHOSEN] - 1]
        s.listed[option["position"][j]] = last
        option["position"][last] = option["position"][j]
    total[CHOSEN] += sign
    total[COST] += sign * option["cost"][j]
    g = option["group"][j]
    if g >= 0:
        was = max(0, s.group["held"][g] - 1)
        s.group["held"][g] += sign
        total[CLASHES] += max(0, s.group["held"][g] - 1) - was
    for q in range(option["needs"][j], option["needs"][j + 1]):
        k = s.needs[q]
        option["using"][k] += sign
        if not option["chosen"][k]:
            total[LACKING] += sign
    total[LACKING] -= sign * option["using"][j]
    for q in range(option["rows"][j], option["rows"][j + 1]):
        _add_to_row(s, s.option_rows["item"][q], sign * s.option_rows["amount"][q])
    edge = 1 if sign > 0 else 0
    for q in range(option["points"][j], option["points"][j + 1]):
        i = s.points[q]
        s.cover[i] += sign
        if s.cover[i] == edge:
            _turn_point(s, i, sign)


@inlined
def _add_to_row(s, r, amount):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    most = s.row["most"][r]
    was = max(0, s.row["sum"][r] - most)
    s.row["sum"][r] += amount
    now = max(0, s.row["sum"][r] - most)
    s.total[ROWS_OVER] += (1 if now > 0 else 0) - (1 if was > 0 else 0)
    s.priced[0] += s.row["linear"][r] * amount + s.row["hinge"][r] * (now - was)


@inlined
def _turn_point(s, i, sign):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """A point becomes served (sign 1) or ceases to be (-1)."""
    s.total[GOOD] += sign * s.point["worth"][i]
    s.total[GOOD_CREDIT] += sign * CREDIT * s.point["worth"][i]
    for q in range(s.point["clauses"][i], s.point["clauses"][i + 1]):
        _turn_in_clause(s, s.point_clauses["item"][q], sign * s.point_clauses["amount"][q])


@kernel
def _turn_in_clause(s: State, k: int, amount: int) -> None:
    """A point of this weight becomes served in clause k, or ceases to be where it is below 0."""
    p = s.clause["place"][k]
    was = s.clause["reached"][k] >= s.clause["need"][k]
    s.clause["reached"][k] += amount
    now = s.clause["reached"][k] >= s.clause["need"][k]
    if was != now:
        served = s.place["true"][p] >= s.place["needed"][p]
        s.place["true"][p] += 1 if now else -1
        if (s.place["true"][p] >= s.place["needed"][p]) != served:
            _turn_place(s, p, 1 if now else -1)
    if s.place["credited"][p]:
        _give_credit(s, p)


@inlined
def _turn_place(s, p, sign):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    place, goal, total = s.place, s.goal, s.total
    total[GOOD] += sign * place["worth"][p]
    for q in range(place["rows"][p], place["rows"][p + 1]):
        _add_to_row(s, s.place_rows["item"][q], sign * s.place_rows["amount"][q])
    for q in range(place["goals"][p], place["goals"][p + 1]):
        g = s.place_goals[q]
        before = min(goal["met"][g], goal["required"][g])
        goal["met"][g] += sign
        more = min(goal["met"][g], goal["required"][g]) - before
        s.level["duty"][goal["level"][g]] += goal["weight"][g] * more
    if place["goals"][p] < place["goals"][p + 1]:
        if sign > 0:
            last = s.open[total[OPEN] - 1]
            s.open[place["position"][p]] = last
            place["position"][last] = place["position"][p]
        else:
            s.open[total[OPEN]] = p
            place["position"][p] = total[OPEN]
        total[OPEN] -= sign


@inlined
def _give_credit(s, p):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Credit of a place: where any of its clauses suffices the furthest one's, else their mean."""
    place, clause, goal = s.place, s.clause, s.goal
    credit = CREDIT
    if place["true"][p] < place["needed"][p]:
        furthest, added = 0, 0
        for q in range(place["clauses"][p], place["clauses"][p + 1]):
            k = s.place_clauses[q]
            share = CREDIT
            if clause["reached"][k] < clause["need"][k]:
                share = CREDIT * clause["reached"][k] // clause["need"][k]
            furthest = max(furthest, share)
            added += share
        credit = added // (place["clauses"][p + 1] - place["clauses"][p])
        if place["needed"][p] == 1:
            credit = furthest
    more = credit - place["credit"][p]
    if more != 0:
        place["credit"][p] = credit
        s.total[GOOD_CREDIT] += more * place["worth"][p]
        for q in range(place["goals"][p], place["goals"][p + 1]):
            g = s.place_goals[q]
            enough = CREDIT * goal["required"][g]
            before = min(goal["credit"][g], enough)
            goal["credit"][g] += more
            more_duty = goal["weight"][g] * (min(goal["credit"][g], enough) - before)
            s.level["credit"][goal["level"][g]] += more_duty


@kernel
def begin(s: State, covered_before: NDArray[np.bool_]) -> None:
    """Enter what stands before anything is chosen."""
    place = s.place
    for p in range(len(place) - 1):
        if place["goals"][p] < place["goals"][p + 1]:
            s.open[s.total[OPEN]] = p
            place["position"][p] = s.total[OPEN]
            s.total[OPEN] += 1
    for k in range(len(s.clause) - 1):
        place["true"][s.clause["place"][k]] += 1 if s.clause["need"][k] <= 0 else 0
    for p in range(len(place) - 1):
        served = place["true"][p] >= place["needed"][p]
        if served:
            _turn_place(s, p, 1)
        if served or place["credited"][p]:
            _give_credit(s, p)
    for i in range(len(covered_before)):
        if covered_before[i]:
            s.cover[i] = 1
            _turn_point(s, i, 1)
