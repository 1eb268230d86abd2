"""What a search makes of a solver that errs: wrong starts, false infeasibility, rounded plans that break a row."""

from dataclasses import replace

import numpy as np
import pytest

from dualgig.errors import SolverError
from dualgig.siting.problem import Goal, Limit, Mode
from dualgig.siting.program import Outcome
from dualgig.siting.solver import Worker
from dualgig.siting.stages import solve


class Erring(Worker):
    """A child process whose first answers are replaced: `lie` takes the program and the options of a call."""

    def __init__(self, lie):
        super().__init__()
        self.lie = lie
        self.asked = []

    def solve(self, program, **rest):
        self.asked.append((program, dict(rest["options"])))
        answer = self.lie(program, rest["options"])
        return super().solve(program, **rest) if answer is None else answer


@pytest.fixture
def problem(instances):
    """Three villages, of which the budget reaches two: the pair that costs 5 and 4 and carries 70 and 60."""
    return instances.build(
        [6, 5, 4],
        [[0], [1], [2]],
        clauses=[(p, 1, {p: 1}) for p in range(3)],
        places=[Mode.ANY] * 3,
        place_worth=[80, 70, 60],
        budget=9,
    )


def test_a_proof_that_is_none_is_asked_for_again_without_the_start(problem):
    # given a solver that stops at the start and takes it for better than it is
    def lie(program, _options):
        if program.start is None:
            return None
        return Outcome("optimal", 999.0 if program.maximise else 0.0, 0, program.start)

    with Erring(lie) as worker:
        result = solve(problem, worker=worker)

    assert result.chosen.tolist() == [False, True, True]
    assert result.status == "optimal"


def test_a_program_that_has_a_plan_is_not_believed_infeasible(problem):
    def lie(_program, options):
        return None if options.get("presolve") == "off" else Outcome("infeasible", None, 0, None)

    with Erring(lie) as worker:
        result = solve(problem, worker=worker)

    assert result.chosen.tolist() == [False, True, True]


def test_infeasible_whatever_is_tried_is_an_error(problem):
    with (
        Erring(lambda *_: Outcome("infeasible", None, 0, None)) as worker,
        pytest.raises(SolverError, match="most_good"),
    ):
        solve(problem, worker=worker)


def test_a_rounded_plan_beyond_the_budget_is_shut_out_and_the_program_solved_again(problem):
    # given a solver whose first plan, rounded, costs a yuan too much
    answers = iter([Outcome("optimal", 150.0, 0, np.ones(3))])

    def lie(_program, _options):
        return next(answers, None)

    # when the problem is solved
    with Erring(lie) as worker:
        result = solve(problem, worker=worker)

    # then the second program has one row more, and its plan is the best within the budget
    first, second = (asked[0] for asked in worker.asked[:2])
    assert len(second.row_lower) == len(first.row_lower) + 1
    assert result.chosen.tolist() == [False, True, True]


def test_a_rounded_plan_that_serves_too_little_is_shut_out(problem):
    # given a duty to serve two of the three, and a solver whose first plan serves one
    two = Goal("two", 0, np.arange(3, dtype=np.int32), 2)
    answers = iter([Outcome("optimal", 9.0, 0, np.array([0.0, 0.0, 1.0]))])

    with Erring(lambda *_: next(answers, None)) as worker:
        result = solve(replace(problem, goals=(two,), budget_cny=20), worker=worker)

    assert len(worker.asked[1][0].row_lower) == len(worker.asked[0][0].row_lower) + 1
    assert {stage.stage: stage.value for stage in result.stages}["duty_cost"] == 9
    assert result.status == "optimal"


def test_a_rounded_plan_that_breaks_a_limit_is_shut_out_alone(problem):
    # given a limit under which the first two are built together or not at all, and a solver that ignores it
    row = Limit("together", np.arange(2, dtype=np.int32), np.array([1, -1], np.int64), 0, money=False)
    answers = iter([Outcome("optimal", 140.0, 0, np.array([1.0, 0.0, 1.0]))])

    with Erring(lambda *_: next(answers, None)) as worker:
        result = solve(replace(problem, limits=(row,), budget_cny=15), worker=worker)

    # then that very plan is shut out, and one that contains it is found
    assert result.chosen.all()
    assert result.status == "optimal"
