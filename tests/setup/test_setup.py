"""The set-up behind `scripts/plan` and `scripts/test`: done once, mended when broken, plain when it cannot."""

import fcntl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def commands(setup, monkeypatch):
    """What the set-up runs, instead of running it; making `.venv` links a Python."""
    commands = []

    def record(root, command, lock):
        words = [str(word) for word in command]
        commands.append(words)
        if words[-2:-1] == ["venv"]:
            (Path(words[-1]) / "bin").mkdir()
            (Path(words[-1]) / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(setup, "run", record)
    return commands


class TestNothingToDo:
    def test_a_second_set_up_runs_nothing(self, clone, setup, ready, commands):
        ready()

        setup.set_up(clone, set())

        assert commands == []

    def test_the_tests_set_up_serves_the_plan_too(self, clone, setup, ready, commands):
        ready("test")

        setup.set_up(clone, set())

        assert commands == []

    def test_an_extra_that_is_missing_is_added_to_the_others(self, clone, setup, ready, commands):
        ready("docs")

        setup.set_up(clone, {"test"})

        assert commands[-1][-2:] == ["--editable", ".[docs,test]"]
        assert setup.read_stamp(clone / ".venv")["extras"] == ["docs", "test"]

    @pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
    def test_changed_pins_are_installed_into_what_is_there(self, clone, setup, ready, commands, name):
        ready()
        kept = clone / ".venv" / "kept"
        kept.touch()
        with (clone / name).open("a") as file:
            file.write("# changed\n")

        setup.set_up(clone, set())

        assert commands[-1][-2:] == ["--editable", "."]
        assert kept.exists()
        commands.clear()
        setup.set_up(clone, set())
        assert commands == []


class TestMending:
    def test_what_an_interrupted_set_up_left_is_made_anew(self, clone, setup, ready, commands):
        ready()
        setup.write_stamp(clone / ".venv", {})
        half = clone / ".venv" / "half"
        half.touch()

        setup.set_up(clone, set())

        assert not half.exists()
        assert [words[3] for words in commands] == ["venv", "pip", "pip"]
        assert setup.is_ready(clone, clone / ".venv", set())

    def test_a_failure_on_the_way_leaves_the_stamp_empty(self, clone, setup, monkeypatch):
        def fail(root, command, lock):
            raise setup.SetupError("pip failed.")

        monkeypatch.setattr(setup, "run", fail)

        with pytest.raises(setup.SetupError):
            setup.set_up(clone, set())

        assert setup.read_stamp(clone / ".venv") == {}

    def test_a_folder_that_moved_is_set_up_anew(self, clone, setup, ready, commands):
        ready()
        moved = clone.with_name("moved")
        clone.rename(moved)

        setup.set_up(moved, set())

        assert [words[3] for words in commands] == ["venv", "pip", "pip"]

    def test_a_venv_whose_python_is_gone_is_made_anew(self, clone, setup, ready, commands):
        ready()
        (clone / ".venv" / "bin" / "python").unlink()

        setup.set_up(clone, set())

        assert [words[3] for words in commands] == ["venv", "pip", "pip"]

    def test_a_venv_that_the_user_made_is_kept(self, clone, setup, ready, commands):
        ready()
        setup.stamp_path(clone / ".venv").unlink()
        own = clone / ".venv" / "own"
        own.touch()

        setup.set_up(clone, set())

        assert own.exists()
        assert [words[3] for words in commands] == ["ensurepip", "pip", "pip"]

    def test_a_venv_of_an_old_python_that_the_user_made_is_left_to_the_user(self, clone, setup):
        python = clone / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text("#!/bin/sh\necho 3.9\n")
        python.chmod(0o755)

        with pytest.raises(setup.SetupError, match=r"remove that folder and run this again\.$"):
            setup.set_up(clone, set())

        assert python.exists()


class TestSayingWhy:
    def test_too_little_disk_is_told_before_anything_is_made(
        self, clone, setup, monkeypatch, capsys, assert_one_sentence
    ):
        monkeypatch.setattr(setup.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**8))
        monkeypatch.setattr(setup, "ROOT", clone)

        code = setup.main([])

        answer = subprocess.CompletedProcess([], code, *capsys.readouterr())
        assert_one_sentence(answer, "1300 MB of disk", str(clone))
        assert not (clone / ".venv").exists()

    @pytest.mark.parametrize(
        ("told", "sentence"),
        [
            (
                ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"],
                "not enough; free some",
            ),
            (["OSError: [Errno 122] Disk quota exceeded"], "not enough; free some"),
            (
                [
                    "WARNING: Retrying after connection broken by 'NewConnectionError(...)': /simple/pip/",
                    "ERROR: Could not find a version that satisfies the requirement pip (from versions: none)",
                ],
                "pip does not reach its package index",
            ),
            (["ERROR: No matching distribution found for numpy==2.5.5"], "the index lacks some of them"),
            (
                [
                    "error: subprocess-exited-with-error",
                    "",
                    "× Building wheel for shapely did not run successfully.",
                    "╰─> See above for output.",
                ],
                "failed (× Building wheel for shapely did not run successfully; details",
            ),
            (["python: No module named pip"], "failed (python: No module named pip; details"),
        ],
    )
    def test_what_pip_says_becomes_one_sentence(self, clone, setup, told, sentence):
        error = setup.failure(clone, [f"{line}\n" for line in told])

        assert sentence in str(error)
        assert "\n" not in str(error)
        if "details" in str(error):
            log = clone / ".dualgig-setup.log"
            assert log.read_text(encoding="utf-8").splitlines() == told

    def test_a_folder_that_cannot_be_written_is_one_sentence(
        self, clone, setup, monkeypatch, capsys, assert_one_sentence
    ):
        monkeypatch.setattr(setup, "ROOT", clone)
        (clone / ".dualgig-setup.lock").mkdir()

        code = setup.main([])

        answer = subprocess.CompletedProcess([], code, *capsys.readouterr())
        assert_one_sentence(answer, "cannot write", ".dualgig-setup.lock")


def test_a_set_up_waits_for_another_and_then_has_nothing_to_do(clone, ready):
    # Given a set-up under way,
    command = [sys.executable, "-I", clone / "scripts" / "_setup.py"]
    with (clone / ".dualgig-setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # when a second one is started,
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as second:
            told = second.stderr.readline()
            ready()
            fcntl.flock(lock, fcntl.LOCK_UN)
            rest = second.stderr.read()

    # then it waits for the first and finds everything done.
    assert told == "dualgig: another set-up of this folder is under way; waiting for it ...\n"
    assert (second.returncode, rest) == (0, "")
