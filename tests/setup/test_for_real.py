"""Set-ups that really make a `.venv`, really call pip and really run out of disk."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest


@pytest.fixture
def small_disk(tmp_path, run):
    """A file system of 64 MB."""
    disk = tmp_path / "small disk"
    disk.mkdir()
    if run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk]).returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield disk
    run(["umount", disk]).check_returncode()


def test_a_small_disk_is_told_before_anything_is_made(clone, small_disk, run, assert_one_sentence):
    shutil.copytree(clone, small_disk / "clone")

    answer = run([small_disk / "clone" / "scripts" / "plan"])

    assert_one_sentence(answer, "1300 MB of disk")
    assert not (small_disk / "clone" / ".venv").exists()


@pytest.mark.slow
def test_no_room_while_unpacking_is_one_sentence(whole_clone, run, assert_one_sentence):
    # Given a limit on the size of a file that the solvers and compilers exceed,
    limited = f"ulimit -f 4000; exec '{whole_clone}/scripts/plan'"

    answer = run(["bash", "-c", limited])

    assert_one_sentence(answer, "not enough; free some")


@pytest.mark.slow
def test_no_registry_is_one_sentence_and_the_next_set_up_heals_it(bare_clone, run, assert_one_sentence):
    plan = [bare_clone / "scripts" / "plan", "x.toml"]
    offline = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}

    answer = run(plan, env=offline)
    assert_one_sentence(answer, "pip does not reach its package index")

    answer = run(plan)
    assert (answer.returncode, answer.stdout) == (0, "planned\n"), answer.stderr

    # Done once, it needs no network and installs nothing.
    stamp = bare_clone / ".venv" / "dualgig-setup.json"
    before = stamp.stat().st_mtime_ns
    answer = run(plan, env=offline)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "planned\n", "")
    assert stamp.stat().st_mtime_ns == before


@pytest.mark.slow
def test_a_killed_set_up_is_mended_by_the_next(bare_clone, run):
    command = [sys.executable, "-I", bare_clone / "scripts" / "_setup.py"]
    stamp = bare_clone / ".venv" / "dualgig-setup.json"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as first:
        pip = bare_clone / ".venv" / "bin" / "pip"
        deadline = time.monotonic() + 60
        while not pip.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        first.send_signal(signal.SIGKILL)
    assert json.loads(stamp.read_text()) == {}

    answer = run([bare_clone / "scripts" / "plan"])

    assert (answer.returncode, answer.stdout) == (0, "planned\n"), answer.stderr
    assert json.loads(stamp.read_text())["root"] == str(bare_clone)


@pytest.mark.slow
def test_of_two_set_ups_at_once_one_does_the_work(bare_clone):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}

    both = [subprocess.Popen([bare_clone / "scripts" / "plan"], **pipes) for _ in range(2)]
    answers = [process.communicate() for process in both]

    assert [process.returncode for process in both] == [0, 0], answers
    assert [out for out, _ in answers] == ["planned\n", "planned\n"]
    assert sum("set-up done" in err for _, err in answers) == 1


@pytest.mark.slow
def test_the_demo_is_planned_in_a_fresh_clone_from_any_folder(whole_clone, run, tmp_path):
    answer = run([whole_clone / "scripts" / "plan"], cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert "maps/qingyuan" in answer.stdout
    plan = json.loads((whole_clone / "maps" / "qingyuan" / "plan.json").read_text(encoding="utf-8"))
    assert plan["duty"] == "met"
    assert (whole_clone / "maps" / "qingyuan" / "map.html").exists()
