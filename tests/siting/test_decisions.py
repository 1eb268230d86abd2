"""What decisions imply, against enumeration; contradictions are told in a sentence."""

import pytest

from dualgig.errors import ContradictionError
from dualgig.siting.decisions import settle
from dualgig.siting.problem import Decision, Mode

FREE, LOCKED, FORBIDDEN = Decision.FREE, Decision.LOCKED, Decision.FORBIDDEN


def test_what_every_plan_and_no_plan_contains(instances, oracle):
    implied = 0
    for seed in range(300):
        problem = instances.small(seed)
        plans = oracle.subsets(problem)
        if len(plans) == 0:
            with pytest.raises(ContradictionError):
                settle(problem)
            continue

        chosen, out = settle(problem)

        assert plans[:, chosen].all()
        assert not plans[:, out].any()
        implied += int((chosen & (problem.decision == FREE)).sum() + (out & (problem.decision == FREE)).sum())
    assert implied > 100


def three(instances, decision, **rules):
    return instances.build(
        [1, 1, 1],
        [[0], [0], [0]],
        clauses=[(0, 1, {0: 1})],
        places=[Mode.ANY],
        budget=3,
        decision=decision,
        **rules,
    )


@pytest.mark.parametrize(
    ("decision", "rules", "sentence"),
    [
        ([LOCKED, LOCKED, FREE], {"exclusive": [4, 4, 4]}, "o0 and o1 exclude one another"),
        (
            [LOCKED, FORBIDDEN, FREE],
            {"requires": [(0, 1)]},
            "o0 is locked, but o1, which it requires, is forb",
        ),
        (
            [LOCKED, FREE, FORBIDDEN],
            {"requires": [(0, 1), (1, 2)]},
            "o0 is locked, but o2, which it requires, is f",
        ),
        (
            [LOCKED, FREE, FREE],
            {"requires": [(0, 1)], "exclusive": [2, 2, -1]},
            "o0 and o1 exclude one anoth",
        ),
    ],
)
def test_contradictions_name_the_options(decision, rules, sentence, instances):
    with pytest.raises(ContradictionError, match=sentence):
        settle(three(instances, decision, **rules))
