"""The command line as a planner meets it: what is told where, and the exit codes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEMO = Path(__file__).parent.parent / "data" / "qingyuan"


def run(*args, cwd, **env):
    return subprocess.run(
        [sys.executable, "-m", "dualgig", *map(str, args)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "160", "PYTHONIOENCODING": "utf-8", **env},
        check=False,
        timeout=300,
    )


def test_plan_tells_the_scoreboard_and_writes_everything(tiny_project, tmp_path):
    project = tiny_project()

    done = run("plan", project.path, cwd=tmp_path)

    assert done.returncode in (0, 3), done.stderr
    folder = tmp_path / "maps" / "tiny"
    assert {file.name for file in folder.iterdir()} == {
        "map.html",
        "plan.gpkg",
        "plan.json",
        "report.html",
        "run.json",
        "sites.csv",
        "sites.xlsx",
        "villages.csv",
    }
    assert "Target scoreboard" in done.stdout
    assert "maps/tiny" in done.stdout.replace("\\", "/")
    assert "gap" in done.stdout
    assert "Predicting radio coverage" in done.stderr
    assert "Predicting" not in done.stdout


def test_a_duty_that_is_not_met_is_exit_code_3_and_named(tiny_project, tmp_path):
    project = tiny_project(budget={"total_cny": 0})

    done = run("plan", project.path, "--out", tmp_path / "out", cwd=tmp_path)

    assert done.returncode == 3, done.stderr
    assert "more than the budget" in done.stdout
    assert (tmp_path / "out" / "plan.json").exists()


def test_language_is_changed_for_every_output(tiny_project, tmp_path):
    project = tiny_project()

    done = run("plan", project.path, "--language", "zh", cwd=tmp_path)

    assert "目标完成表" in done.stdout
    assert "Target" not in done.stdout
    assert 'lang="zh' in (tmp_path / "maps" / "tiny" / "report.html").read_text(encoding="utf-8")[:400]


def test_gaps_builds_nothing(tiny_project, tmp_path):
    project = tiny_project()

    done = run("gaps", project.path, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "Served today, nothing built" in done.stdout
    assert (tmp_path / "maps" / "tiny-gaps" / "map.html").exists()


def test_check_lists_every_problem_at_once(tiny_project, tmp_path):
    project = tiny_project()
    sites = project.resolve("sites.csv")
    text = sites.read_text(encoding="utf-8").replace("S2,", "S1,", 1).replace("S3,", ",", 1)
    sites.write_text(text, encoding="utf-8")

    done = run("check", project.path, cwd=tmp_path)

    assert done.returncode == 1
    assert "row 3" in done.stdout
    assert "row 4" in done.stdout
    assert "Errors: 2" in done.stdout


def test_check_of_sound_inputs(tiny_project, tmp_path):
    done = run("check", tiny_project().path, cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    assert "Errors: 0" in done.stdout or "in order" in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["plan", "nowhere.toml"], 1, "there is no such file"),
        (["plan"], 2, "PROJECT"),
        (["paln", "x.toml"], 2, "No such command"),
        (["plan", "x.toml", "--language", "fr"], 1, "there is no such file"),
    ],
)
def test_mistakes_are_one_plain_sentence(tmp_path, args, code, told):
    done = run(*args, cwd=tmp_path)

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("date", ["yesterday", "99999999999999999999"])
def test_a_date_that_is_none_is_told_before_the_work(tiny_project, tmp_path, date):
    done = run("plan", tiny_project().path, cwd=tmp_path, SOURCE_DATE_EPOCH=date)

    assert done.returncode == 1
    assert done.stderr.startswith("SOURCE_DATE_EPOCH")
    assert "Traceback" not in done.stderr


def test_a_terminal_of_ascii_and_an_empty_date_are_no_obstacle(tiny_project, tmp_path):
    done = run(
        "plan",
        tiny_project().path,
        "--language",
        "zh",
        cwd=tmp_path,
        SOURCE_DATE_EPOCH="",
        PYTHONIOENCODING="ascii",
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


def test_an_unknown_language_is_wrong_usage(tiny_project, tmp_path):
    done = run("plan", tiny_project().path, "--language", "fr", cwd=tmp_path)

    assert done.returncode == 2
    assert "neither zh nor en" in done.stderr


def test_what_check_lets_pass_is_planned(tiny_project, tmp_path):
    # Without nodes the villages' own nodes are named in vain: check only warns.
    project = tiny_project(
        inputs={"nodes": None}, goals={"township_gigabit": None, "eligible_village_gigabit": None}
    )

    checked = run("check", project.path, cwd=tmp_path)
    planned = run("plan", project.path, cwd=tmp_path)

    assert checked.returncode == 0
    assert "no fibre is planned" in checked.stdout
    assert planned.returncode == 0, planned.stderr


def test_wrong_inputs_leave_the_old_outputs_alone(tiny_project, tmp_path):
    project = tiny_project()
    run("plan", project.path, cwd=tmp_path)
    kept = (tmp_path / "maps" / "tiny" / "plan.json").read_bytes()
    project.resolve("villages.geojson").unlink()

    done = run("plan", project.path, cwd=tmp_path)

    assert done.returncode == 1
    assert "villages.geojson" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "maps" / "tiny" / "plan.json").read_bytes() == kept


def test_help_reads_well(tmp_path):
    done = run("--help", cwd=tmp_path)

    assert done.returncode == 0
    for words in ("plan", "gaps", "check", "Exit codes"):
        assert words in done.stdout

    assert "the project's name" in run("plan", "--help", cwd=tmp_path).stdout


def test_equal_runs_write_equal_bytes(tiny_project, tmp_path):
    project = tiny_project()
    for folder in ("a", "b"):
        run("plan", project.path, "--out", tmp_path / folder, cwd=tmp_path, SOURCE_DATE_EPOCH="1760000000")

    for name in ("plan.json", "sites.csv", "villages.csv", "map.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.5, 2.0, 4.0, 5.0, 6.0, 7.0])
def test_a_killed_run_leaves_the_old_outputs_or_none(tmp_path, after_s):
    # given a run of the demo that is killed somewhere on its way
    command = [sys.executable, "-m", "dualgig", "plan", DEMO / "project.toml", "--out", tmp_path / "out"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after_s)
    process.kill()
    process.wait()

    # then the folder is not there, or it is whole
    out = tmp_path / "out"
    assert not out.exists() or len(list(out.iterdir())) == 8


@pytest.mark.slow
def test_ctrl_c_is_told_in_a_sentence(tmp_path):
    command = [sys.executable, "-m", "dualgig", "plan", DEMO / "project.toml", "--out", tmp_path / "out"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # Processes that a script starts in the background inherit SIGINT as ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    for line in process.stderr:
        if "按地形预测无线覆盖" in line:
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "nothing was written" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "out").exists()
