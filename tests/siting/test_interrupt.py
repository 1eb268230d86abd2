"""Ctrl-C, time limits, and the child process: its end, its frames, its parent's death."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dualgig.errors import SolverError
from dualgig.plan import Stage
from dualgig.siting import search
from dualgig.siting.program import Program
from dualgig.siting.solver import Worker
from dualgig.siting.stages import solve
from dualgig.siting.worker import read_frame, write_frame
from dualgig.siting.years import Years, over_years

HERE = Path(__file__).parent


MOST_GOOD = 354_450
"""Most worth that the budget buys in county 1, as branch and bound proves in minutes."""


def start(seed, time_limit_s=0):
    """The script of a planner, in a process of its own."""
    command = [sys.executable, HERE / "interrupted.py", HERE / "instances.py", str(seed), str(time_limit_s)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509
    )


def hear_ctrl_c():
    """Hear SIGINT, which processes that a script starts in the background inherit as ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for(process, word):
    """Read the script's lines until one begins with a word."""
    for line in process.stdout:
        if line.startswith(word):
            return
    raise AssertionError(f"the script never said {word}: {process.stderr.read()}")


def finish(process):
    """The result that the script printed, with the moment of `time.monotonic` at which it did."""
    out = ""
    for line in process.stdout:
        out, told_s = line, time.monotonic()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    result = json.loads(out)
    result["told_s"] = told_s
    result["stages"] = [Stage(**stage) for stage in result["stages"]]
    for name in ("chosen", "points", "places"):
        result[name] = np.array(result[name])
    return SimpleNamespace(**result)


def busy():
    """How many times longer things take than with a core for each that computes."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def state_and_parent(pid):
    """State letter and parent of a process, from Linux' process table; None if it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return words[0], int(words[1])


def children(pid):
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [number for number in numbers if (state_and_parent(number) or ("", 0))[1] == pid]


def alive(pid):
    return (state_and_parent(pid) or "Z")[0] != "Z"


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
@pytest.mark.parametrize("moment", ["begun", "duty_cost", "most_good"])
def test_ctrl_c_gives_the_best_plan_so_far_at_once(moment, instances, checker):
    # given a script in the middle of a search
    process = start(1)
    wait_for(process, moment)
    if moment == "begun":
        time.sleep(4.0)

    # when Ctrl-C is pressed
    pressed = time.monotonic()
    process.send_signal(signal.SIGINT)
    result = finish(process)

    # then at once there is a valid plan, and what is not proved of it
    assert result.told_s - pressed < 2.0 * busy()
    assert result.status == "interrupted"
    assert result.gap > 0.0
    checker.check(instances.county(1), result)
    # and it is a good one: every duty within reach is met, and most of what money can buy is served
    stages = {stage.stage: stage for stage in result.stages}
    assert not any(name.startswith("duty_within_budget") for name in stages)
    assert stages["most_good"].value > 0.9 * MOST_GOOD


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux' process table")
def test_the_child_dies_with_its_parent():
    # given a script whose child solves
    process = start(1)
    wait_for(process, "duty_cost")
    until = time.monotonic() + 20.0
    while not children(process.pid) and time.monotonic() < until:
        time.sleep(0.05)
    (child,) = children(process.pid)

    # when the script is killed outright
    process.kill()
    process.communicate()

    # then the child does not go on
    until = time.monotonic() + 5.0
    while alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(child)


@pytest.mark.slow
def test_a_time_limit_is_kept_and_told(instances, checker):
    process = start(1, time_limit_s=6)
    wait_for(process, "begun")
    begun = time.monotonic()

    result = finish(process)

    assert result.told_s - begun < 6.0 + 2.0 * busy()
    assert result.status == "time_limit"
    checker.check(instances.county(1), result)
    assert {stage.stage: stage for stage in result.stages}["most_good"].value > 0.9 * MOST_GOOD


@pytest.mark.slow
@pytest.mark.parametrize("limit_s", [0.5, 3.0])
def test_a_time_limit_is_kept_over_years(instances, checker, limit_s):
    # given four counties' worth of options: one over four years, whose money is short in the first
    money = np.array([3, 9, 9, 9]) * 1_000_000
    years = Years((2022, 2023, 2024, 2025), money, carry_over=True, worth=np.ones(4, np.int64))
    problem = over_years(instances.county(1), years)

    begun = time.monotonic()
    result = solve(problem, time_limit_s=limit_s)

    assert time.monotonic() - begun < limit_s + 2.0 * busy()
    assert result.status == "time_limit"
    checker.check(problem, result)


def test_when_the_time_is_over_no_stage_begins_to_formulate(instances, checker, monkeypatch):
    # given no time, and a stage that would notice only once its program is written down
    def build(*_):
        raise AssertionError("a stage began")

    monkeypatch.setattr(search, "build_model", build)
    problem = instances.county(1)

    result = solve(problem, time_limit_s=0.0)

    assert result.status == "time_limit"
    checker.check(problem, result)


def tiny(**changes):
    """Maximise x + y with x + y <= 1, both binary."""
    arrays = {
        "maximise": True,
        "cost": np.ones(2),
        "lower": np.zeros(2),
        "upper": np.ones(2),
        "integer": np.ones(2, np.int32),
        "row_lower": np.array([-np.inf]),
        "row_upper": np.ones(1),
        "row_start": np.array([0, 2], np.int32),
        "column": np.array([0, 1], np.int32),
        "value": np.ones(2),
    }
    return Program(**arrays | changes)


def test_a_child_that_died_is_told_and_replaced():
    with Worker() as worker:
        worker.solve(tiny(), watch=np.arange(2), options={})
        worker._process.kill()
        worker._process.wait()

        with pytest.raises(SolverError, match="ended unexpectedly"):
            worker.solve(tiny(), watch=np.arange(2), options={})

        assert worker.solve(tiny(), watch=np.arange(2), options={}).status == "optimal"


def test_a_program_without_a_plan_is_infeasible():
    with Worker() as worker:
        outcome = worker.solve(tiny(row_lower=np.full(1, 3.0)), watch=np.arange(2), options={})

    assert (outcome.status, outcome.solution) == ("infeasible", None)


@pytest.mark.parametrize("whole", [0, 1])
def test_the_bound_of_a_program_is_its_best_whether_or_not_columns_are_whole(whole):
    with Worker() as worker:
        outcome = worker.solve(tiny(integer=np.full(2, whole, np.int32)), watch=np.arange(2), options={})

    assert outcome.solution is not None
    assert outcome.bound == pytest.approx(tiny().cost @ outcome.solution)
    assert outcome.bound != 0.0
    assert outcome.nodes >= 0


def test_no_time_gives_no_bound_below_the_best():
    with Worker() as worker:
        outcome = worker.solve(tiny(), watch=np.arange(2), options={}, deadline_s=time.monotonic() - 1.0)

    assert outcome.bound is None or outcome.bound >= 1.0


def test_a_moment_that_has_passed_leaves_no_time():
    with Worker() as worker:
        assert worker.relax(tiny(), deadline_s=time.monotonic() - 1.0) is None


def test_frames_come_back_as_they_went_and_carry_no_objects():
    stream = io.BytesIO()
    write_frame(stream, {"a": 1, "b": None}, {"x": np.arange(3), "y": np.array([0.5])})
    stream.seek(0)

    fields, arrays = read_frame(stream)

    assert fields == {"a": 1, "b": None}
    assert arrays["x"].tolist() == [0, 1, 2]
    assert arrays["y"].tolist() == [0.5]
    with pytest.raises(EOFError):
        read_frame(stream)
    with pytest.raises(ValueError, match="allow_pickle"):
        write_frame(io.BytesIO(), {}, {"z": np.array([{}], object)})
