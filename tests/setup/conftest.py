"""Copies of the clone that the set-up can be tried on; the clone's own `.venv` is never touched."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", ".dualgig-*", "__pycache__", ".*_cache", ".hypothesis")

# A package without dependencies, so that a real set-up takes seconds.
BARE_PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "dualgig"
version = "0.1.0"
scripts = { dualgig = "dualgig:main" }
[tool.hatch.build.targets.wheel]
packages = ["coverage/dualgig"]
"""


@pytest.fixture
def clone(tmp_path):
    """A copy of the starters and what they read, in a folder whose name has a space."""
    clone = tmp_path / "a clone"
    clone.mkdir()
    for folder in ("scripts", ".ci"):
        shutil.copytree(ROOT / folder, clone / folder, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "constraints.txt", ".python-version"):
        shutil.copy(ROOT / name, clone / name)
    return clone


@pytest.fixture
def whole_clone(tmp_path):
    """A copy of everything but plans, in a folder whose name has a space."""

    def left_out(folder, names):
        return names if Path(folder) == ROOT / "maps" else LEFT_OUT(folder, names)

    clone = shutil.copytree(ROOT, tmp_path / "a whole clone", ignore=left_out)
    yield clone
    # pytest keeps the folders of three sessions.
    shutil.rmtree(clone / ".venv", ignore_errors=True)


@pytest.fixture
def bare_clone(clone):
    """A clone whose package needs nothing and prints a word."""
    (clone / "pyproject.toml").write_text(BARE_PYPROJECT)
    package = clone / "coverage" / "dualgig" / "__init__.py"
    package.parent.mkdir(parents=True)
    package.write_text("def main():\n    print('planned')\n")
    return clone


@pytest.fixture
def setup(clone):
    """The clone's `scripts/_setup.py` as a module."""
    spec = importlib.util.spec_from_file_location("clone_setup", clone / "scripts" / "_setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def program():
    """Write a shell script that can be run as a program."""

    def write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    return write


@pytest.fixture
def ready(clone, setup, program):
    """Make the clone look as after a set-up with these extras; programs in `.venv/bin` tell how they were called."""

    def make(*extras, exit_code=0):
        python = clone / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.symlink_to(sys.executable)
        for name in ("dualgig", "pytest", "ruff", "mypy"):
            program(python.with_name(name), f'printf "%s\\n" "$PWD" {name} "$@"; exit {exit_code}')
        setup.write_stamp(clone / ".venv", setup.wanted_stamp(clone, clone / ".venv", extras))

    return make


@pytest.fixture
def run():
    """Run a command to its end."""

    def run(command, **options):
        return subprocess.run(command, check=False, capture_output=True, text=True, **options)

    return run


@pytest.fixture
def shell(clone, tmp_path, run):
    """Run a bash command in the clone where no program is found but a few of the system's and those in `tmp_path / "bin"`."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "env", "true"):
        (tools / name).symlink_to(shutil.which(name))

    def shell(*command):
        environment = {"PATH": str(tools), "HOME": str(tools), "PYENV_ROOT": str(tools)}
        return run([tools / "bash", *command], env=environment, cwd=clone)

    return shell


@pytest.fixture
def assert_one_sentence():
    """Assert that a command failed with exit code 1 and said why in one sentence."""

    def check(answer, *words):
        assert answer.returncode == 1
        lines = [line for line in answer.stderr.splitlines() if "making .venv" not in line]
        assert len(lines) == 1, answer.stderr
        assert lines[0].startswith("dualgig: ")
        assert lines[0].endswith(".")
        for word in words:
            assert word in lines[0]
        assert answer.stdout == ""

    return check
