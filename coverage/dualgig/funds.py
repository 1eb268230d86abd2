"""Several funds under one total: what each may pay, the limits that follow, and what each pays of a plan.

The cost lines of a plan can be paid by the funds if and only if, for every set F of funds, the lines that
only funds of F may pay cost at most what F holds (max-flow min-cut; D. Gale, "A theorem on flows in
networks", Pacific Journal of Mathematics 7, 1957). So the funds need limits, but no variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.cobuilding import TENANCY
from dualgig.errors import Problem
from dualgig.location import check_county, option_location, townships_of
from dualgig.plan import FundUse
from dualgig.siting.problem import Limit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.predict import Coverage
    from dualgig.project import Fund
    from dualgig.region.model import Region

SERVICE_OF_KIND = {"structure": "5g", TENANCY: "5g", "radio": "5g", "node": "gigabit", "link": "gigabit"}
"""Which service each kind of option is built for."""


@dataclass(frozen=True)
class Payers:
    """Which funds may pay each cost line.

    Attributes
    ----------
    option : ndarray of int64, shape (lines,)
        Row of the option of each line of ``coverage.cost_lines``.
    line : ndarray of str, shape (lines,)
        Its name.
    amount_cny : ndarray of int64, shape (lines,)
        What it costs.
    funds : ndarray of int64, shape (lines,)
        Bit i is set where the project's i-th fund may pay it.
    """

    option: NDArray[np.int64]
    line: NDArray[np.object_]
    amount_cny: NDArray[np.int64]
    funds: NDArray[np.int64]


def payers(coverage: Coverage) -> Payers:
    """Which funds may pay each cost line, by the rules of ``[[funds]]``.

    Raises
    ------
    ProjectError
        A fund names a group or county that does not exist.
    """
    table, options = coverage.cost_lines, coverage.options
    option = options.index.get_indexer(pd.Index(table["option"])).astype(np.int64)
    line = table["line"].to_numpy(dtype=object)
    mask = np.zeros(len(option), np.int64)
    for bit, fund in enumerate(coverage.region.project.funds):
        may = _options_of(coverage, fund, f"funds.{bit}.pays")[option]
        if fund.pays.lines:
            may &= np.isin(line, fund.pays.lines)
        mask |= may.astype(np.int64) << bit
    return Payers(option, line, table["amount_cny"].to_numpy(dtype=np.int64), mask)


def fund_limits(coverage: Coverage, budget_cny: int) -> tuple[Limit, ...]:
    """The limits that hold if and only if the funds, and the rest of the total, can pay what is chosen.

    Parameters
    ----------
    coverage
        What can be built.
    budget_cny
        The total; what it holds beyond the funds pays anything.

    Raises
    ------
    ProjectError
        A fund names a group or county that does not exist.
    """
    funds = coverage.region.project.funds
    if not funds:
        return ()
    paid = payers(coverage)
    rest = max(0, budget_cny - sum(fund.amount_cny for fund in funds))
    count = len(coverage.options)
    limits = []
    for those in _unions(np.unique(paid.funds).tolist()):
        members = [fund for bit, fund in enumerate(funds) if those >> bit & 1]
        most = rest + sum(fund.amount_cny for fund in members)
        if most >= budget_cny:
            continue
        only = (paid.funds & ~those) == 0
        # Whole numbers beyond 2^53 would be rounded by bincount.
        amount = np.zeros(count, np.int64)
        np.add.at(amount, paid.option[only], paid.amount_cny[only])
        options = np.flatnonzero(amount).astype(np.int32)
        if len(options):
            names = ["rest of the total"] * (rest > 0) + [fund.name for fund in members]
            limits.append(Limit(f"funds: {', '.join(names)}", options, amount[options], most, money=True))
    return tuple(limits)


def fund_uses(coverage: Coverage, chosen: NDArray[np.bool_], budget_cny: int) -> tuple[FundUse, ...]:
    """What each fund pays of a plan: as much as can be from the funds, the remainder from the rest of the total.

    Parameters
    ----------
    coverage
        What can be built.
    chosen
        bool, shape (n,): a plan that keeps the limits of `fund_limits`.
    budget_cny
        The total.
    """
    funds = coverage.region.project.funds
    if not funds:
        return ()
    paid = payers(coverage)
    built = chosen[paid.option]
    bills: dict[tuple[str, int], int] = {}
    for line, mask, amount in zip(
        paid.line[built], paid.funds[built].tolist(), paid.amount_cny[built].tolist(), strict=True
    ):
        bills[str(line), mask] = bills.get((str(line), mask), 0) + amount
    wanted = list(bills)
    may = [[bit for bit in range(len(funds)) if mask >> bit & 1] for _, mask in wanted]
    pays = allocate(list(bills.values()), may, [fund.amount_cny for fund in funds])
    uses = []
    for bit, fund in enumerate(funds):
        by_line = _by_line([(line, pays[b][bit]) for b, (line, _) in enumerate(wanted)])
        payable = sum(amount for (_, mask), amount in bills.items() if mask >> bit & 1)
        uses.append(FundUse(fund.name, fund.amount_cny, sum(by_line.values()), payable, by_line))
    left = _by_line([(line, bills[line, mask] - sum(pays[b])) for b, (line, mask) in enumerate(wanted)])
    rest = max(0, budget_cny - sum(fund.amount_cny for fund in funds))
    return (*uses, FundUse("", rest, sum(left.values()), sum(bills.values()), left))


def idle_funds(coverage: Coverage) -> tuple[Problem, ...]:
    """A warning for each fund that nothing may use."""
    project = coverage.region.project
    if not project.funds:
        return ()
    used = payers(coverage).funds
    return tuple(
        Problem(
            project.path.name,
            None,
            f"funds.{bit}.pays",
            f"the fund {fund.name!r} may pay nothing that can be built.",
            "Widen what it pays, or take it out; its money is lost to the plan.",
            "warning",
        )
        for bit, fund in enumerate(project.funds)
        if not (used >> bit & 1).any()
    )


def allocate(bills_cny: list[int], may_pay: list[list[int]], funds_cny: list[int]) -> list[list[int]]:
    """Pay as much of some bills as the funds can, each only from those that may (augmenting paths).

    L. R. Ford and D. R. Fulkerson, "Maximal flow through a network", Canadian Journal of Mathematics 8, 1956,
    on whole numbers of any size.

    Parameters
    ----------
    bills_cny
        What each bill comes to.
    may_pay
        Per bill, the funds that may pay it.
    funds_cny
        What each fund holds.

    Returns
    -------
    list of list of int
        Per bill and fund, what it pays.
    """
    pays = [[0] * len(funds_cny) for _ in bills_cny]
    free = list(funds_cny)
    for bill, amount in enumerate(bills_cny):
        due = amount
        while due and (path := _path(bill, may_pay, pays, free)):
            # From the bill to a fund, back over a bill that the fund pays, and so on to a fund with money.
            most = min([due, free[path[-1][1]], *(pays[b][f] for (_, f), (b, _) in _steps(path))])
            for (_, left), (other, _) in _steps(path):
                pays[other][left] -= most
            for b, f in path:
                pays[b][f] += most
            free[path[-1][1]] -= most
            due -= most
    return pays


def _steps(path: list[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(pairwise(path))


def _path(
    bill: int, may_pay: list[list[int]], pays: list[list[int]], free: list[int]
) -> list[tuple[int, int]]:
    """Shortest chain from a bill to a fund with money, as (bill, fund that is to pay it more); empty if none.

    Each fund of the chain but the last one pays the bill after it, and gives that up.
    """
    came: dict[int, tuple[int, int]] = {}
    queue, asked = [bill], set[int]()
    for at in queue:
        for fund in may_pay[at]:
            if fund in asked:
                continue
            asked.add(fund)
            if free[fund]:
                path = [(at, fund)]
                while path[0][0] != bill:
                    path.insert(0, came[path[0][0]])
                return path
            for other in range(len(pays)):
                if pays[other][fund] and other != bill and other not in came:
                    came[other] = (at, fund)
                    queue.append(other)
    return []


def _by_line(amounts: list[tuple[str, int]]) -> dict[str, int]:
    """Sums by cost line, those that are 0 left out."""
    total: dict[str, int] = {}
    for line, amount in amounts:
        if amount:
            total[line] = total.get(line, 0) + amount
    return total


def _unions(sets: list[int]) -> list[int]:
    """All unions of some bit sets, the empty one too, ascending; other sets of funds bind no tighter."""
    unions = {0}
    for one in sets:
        unions |= {union | one for union in unions}
    return sorted(unions)


def _options_of(coverage: Coverage, fund: Fund, key: str) -> NDArray[np.bool_]:
    """Options of which a fund may pay at least some lines: bool, shape (n,)."""
    rules, kinds = fund.pays, coverage.options["kind"]
    may = np.ones(len(kinds), np.bool_)
    if rules.services:
        may &= kinds.map(SERVICE_OF_KIND).isin(rules.services).to_numpy(dtype=np.bool_)
    if rules.kinds:
        may &= kinds.isin(rules.kinds).to_numpy(dtype=np.bool_)
    if rules.places == "all" and not rules.groups and not rules.counties:
        return may
    location = option_location(coverage)
    if rules.places == "villages":
        may &= location.rural
    for names, column in ((rules.groups, "groups"), (rules.counties, "counties")):
        if names:
            inside = _townships(coverage.region, names, f"{key}.{column}", counties=column == "counties")
            may &= np.append(inside, False)[location.township]
    return may


def _townships(region: Region, names: tuple[str, ...], key: str, *, counties: bool) -> NDArray[np.bool_]:
    """Townships in any of some groups or counties."""
    inside = np.zeros(len(region.townships), np.bool_)
    for name in names:
        if counties:
            check_county(region, name, key)
            inside |= (region.townships["county"].astype(str) == name).to_numpy(dtype=np.bool_)
        else:
            inside |= townships_of(region, name, key)
    return inside
