"""The tables of a siting problem and of a set of options, as compiled kernels read and change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CREDIT = 1024
"""Credit of a served place; an unserved one has the whole part of this times the share of its need reached."""

NO_LIMIT = 1 << 61
"""What nothing limits may add up to."""

ALWAYS, NEVER = 0, 1 << 30
"""True clauses that a place needs where a ledger says it is served, and where it has no clause."""

COST, GOOD, GOOD_CREDIT, CHOSEN, OPEN, CLASHES, LACKING, ROWS_OVER = range(8)
"""Places in `State.total`: yuan; worth; worth with places by their credit (in units of 1/1024); options chosen;
places of goals that are not served; options chosen beyond one of their exclusive groups; requirements of chosen
options that are not chosen; rows above their most.
"""

OPTION_FIELDS = [("cost", "i8"), ("points", "i8"), ("needs", "i4"), ("users", "i4"), ("rows", "i4")]
OPTION_FIELDS += [("group", "i4"), ("using", "i4"), ("position", "i4"), ("chosen", "b1")]
POINT_FIELDS = [("worth", "i8"), ("clauses", "i8")]
CLAUSE_FIELDS = [("need", "i8"), ("reached", "i8"), ("points", "i8"), ("place", "i4")]
PLACE_FIELDS = [
    ("worth", "i8"),
    ("clauses", "i4"),
    ("goals", "i4"),
    ("rows", "i4"),
    ("needed", "i4"),
    ("true", "i4"),
]
PLACE_FIELDS += [("credit", "i4"), ("position", "i4"), ("credited", "b1")]
GOAL_FIELDS = [("level", "i4"), ("required", "i8"), ("weight", "i8"), ("met", "i8"), ("credit", "i8")]
LEVEL_FIELDS = [("duty", "i8"), ("credit", "i8")]
ROW_FIELDS = [("options", "i8"), ("most", "i8"), ("sum", "i8"), ("linear", "f8"), ("hinge", "f8")]
GROUP_FIELDS = [("members", "i4"), ("held", "i4")]
AMOUNT_FIELDS = [("item", "i4"), ("amount", "i8")]


class State(NamedTuple):
    """A siting problem and a set of options as tables of numbers, changed in place.

    Each table has a record an option, point, clause, place, goal, level (counted from 0), row (the limits
    in their order, then the balances) or exclusive group. Lists of other numbers lie end to end in arrays
    of their own: those of option j's points are ``points[option["points"][j]:option["points"][j + 1]]``,
    so the tables that own lists have one record more than things.

    `option`: cost; chosen; using (chosen options that require it); position in `listed`.
    `cover`: chosen options that cover each point, one more where it is covered before.
    `clause`: reached (weight of its served points) against need.
    `place`: true clauses against needed; credit; whether credit matters to goals or worth (credited).
    `goal`: met (places served); credit (sum of theirs). `level`: duty (weighted sum of min(served, required));
    credit, the same with places by their credit, in units of 1/1024.
    `row`: sum against most; linear and hinge, the prices of a unit of the sum and of one above most.
    `priced`: one number, what the rows cost at these prices.
    `listed`, `open`: the chosen options and the unserved places of goals, in no order, as many as `total` says.
    """

    option: NDArray[Any]
    point: NDArray[Any]
    clause: NDArray[Any]
    place: NDArray[Any]
    goal: NDArray[Any]
    level: NDArray[Any]
    row: NDArray[Any]
    group: NDArray[Any]
    cover: NDArray[np.int32]
    points: NDArray[np.int32]
    covering_first: NDArray[Any]
    covering: NDArray[np.int32]
    needs: NDArray[np.int32]
    users: NDArray[np.int32]
    members: NDArray[np.int32]
    option_rows: NDArray[Any]
    row_options: NDArray[Any]
    place_rows: NDArray[Any]
    point_clauses: NDArray[Any]
    clause_points: NDArray[np.int32]
    place_clauses: NDArray[np.int32]
    place_goals: NDArray[np.int32]
    listed: NDArray[np.int32]
    open: NDArray[np.int32]
    total: NDArray[np.int64]
    priced: NDArray[np.float64]
