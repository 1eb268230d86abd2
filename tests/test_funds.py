"""Funds: the limits say the same as a maximal flow, and the allocation is one."""

from types import SimpleNamespace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualgig import funds as funds_module
from dualgig.funds import Payers, allocate, fund_limits, fund_uses
from dualgig.project import Fund

INSTANCE = st.integers(1, 4).flatmap(
    lambda funds: st.tuples(
        st.lists(st.integers(0, 60), min_size=funds, max_size=funds),
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(0, 25), st.integers(0, 2**funds - 1)),
            min_size=1,
            max_size=14,
        ),
        st.integers(0, 160),
        st.integers(0, 63),
    )
)


def most_payable(bills, funds):
    """What the funds can pay of bills (amount, bit set of funds), by networkx."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for number, (amount, mask) in enumerate(bills):
        graph.add_edge("source", ("bill", number), capacity=amount)
        for bit in range(len(funds)):
            if mask >> bit & 1:
                graph.add_edge(("bill", number), ("fund", bit), capacity=amount)
    for bit, amount in enumerate(funds):
        graph.add_edge(("fund", bit), "sink", capacity=amount)
    return nx.maximum_flow_value(graph, "source", "sink")


def coverage_of(amounts, lines):
    """As much of a coverage as funds look at: six options, and the cost lines as given."""
    funds = tuple(Fund(name=f"F{bit}", amount_cny=amount) for bit, amount in enumerate(amounts))
    project = SimpleNamespace(funds=funds)
    coverage = SimpleNamespace(
        region=SimpleNamespace(project=project), options=pd.DataFrame(index=[f"o{n}" for n in range(6)])
    )
    option, amount, mask = (np.array(column, np.int64) for column in zip(*lines, strict=True))
    names = np.array([f"line{n % 3}" for n in range(len(lines))], dtype=object)
    return coverage, Payers(option, names, amount, mask)


@settings(max_examples=400, deadline=None)
@given(INSTANCE)
def test_limits_hold_if_and_only_if_a_flow_pays_everything(instance):
    amounts, lines, budget, picked = instance
    coverage, paid = coverage_of(amounts, lines)
    chosen = np.array([bool(picked >> n & 1) for n in range(6)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(funds_module, "payers", lambda _: paid)
        limits = fund_limits(coverage, budget)
        bills = [(amount, mask) for option, amount, mask in lines if chosen[option]]
        total = sum(amount for amount, _ in bills)
        rest = max(0, budget - sum(amounts))
        payable = total <= budget and total - most_payable(bills, amounts) <= rest

        kept = total <= budget and all(
            int(limit.amount[chosen[limit.options]].sum()) <= limit.most for limit in limits
        )
        assert kept == payable
        assert all(limit.money and (np.diff(limit.options) > 0).all() for limit in limits)
        if not kept:
            return

        # what each pays: no more than it holds and may, everything together, and the funds as much as can be
        uses = fund_uses(coverage, chosen, budget)
        assert [use.name for use in uses] == [*(f"F{bit}" for bit in range(len(amounts))), ""]
        assert sum(use.spent_cny for use in uses) == total
        assert sum(use.spent_cny for use in uses[:-1]) == most_payable(bills, amounts)
        assert uses[-1].amount_cny == rest >= uses[-1].spent_cny
        for bit, use in enumerate(uses[:-1]):
            assert use.spent_cny == sum(use.by_line.values()) <= amounts[bit]
            assert use.payable_cny == sum(amount for amount, mask in bills if mask >> bit & 1)


@settings(max_examples=300, deadline=None)
@given(INSTANCE)
def test_allocation_is_a_maximal_flow(instance):
    amounts, lines, _, _ = instance
    bills = [(amount, mask) for _, amount, mask in lines]
    may = [[bit for bit in range(len(amounts)) if mask >> bit & 1] for _, mask in bills]

    pays = np.array(allocate([amount for amount, _ in bills], may, amounts))

    assert (pays >= 0).all()
    assert (pays.sum(axis=1) <= [amount for amount, _ in bills]).all()
    assert (pays.sum(axis=0) <= amounts).all()
    for row, allowed in zip(pays, may, strict=True):
        assert not row[[bit for bit in range(len(amounts)) if bit not in allowed]].any()
    assert pays.sum() == most_payable(bills, amounts)


def test_amounts_beyond_32_bits_are_paid_to_the_yuan():
    pays = allocate([10**13 + 1, 10**13], [[0], [0, 1]], [10**13 + 1, 10**13 - 1])

    assert pays == [[10**13 + 1, 0], [0, 10**13 - 1]]
