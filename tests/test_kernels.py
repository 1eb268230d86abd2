"""Compiled kernels follow their sources."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dualgig
from dualgig.kernels import cache_folder, drop_stale_kernels

ROOT = Path(__file__).parents[1]

CALLER = """
from pathlib import Path
from dualgig.kernels import drop_stale_kernels, kernel
drop_stale_kernels(Path(__file__).parent)
from callee import inner

@kernel
def outer(x: float) -> float:
    return inner(x)

print(outer(1.0))
"""
CALLEE = """
from dualgig.kernels import kernel

@kernel
def inner(x: float) -> float:
    return x + {}
"""

# `far` is reached through `near`; `plain` compiles nothing, but `near` takes a constant from it; nobody asks `beside`
SOURCES = {
    "caller": "from numba import njit\nfrom package.near import (\n    one,\n    two,\n)\n",
    "near": "from dualgig.kernels import kernel\nfrom package.far import three\nfrom package.plain import FOUR\n",
    "far": "from dualgig.kernels import inlined\n",
    "beside": "from dualgig.kernels import kernel\n",
    "plain": "FOUR = 4\n",
    "text": "import plain\n",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of sources whose kernels are on disk already."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    for name, source in SOURCES.items():
        (tmp_path / f"{name}.py").write_text(source)
    drop_stale_kernels(tmp_path)
    for name in ("caller", "near", "far", "beside"):
        for end in ("nbi", "1.nbc"):
            (tmp_path / "__pycache__" / f"{name}.kernel-1.py312.{end}").touch()
    return tmp_path


def kept(folder):
    return {path.name.partition(".")[0] for path in (folder / "__pycache__").glob("*.nb[ic]")}


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ("caller", {"near", "far", "beside"}),
        ("near", {"far", "beside"}),
        ("far", {"beside"}),
        ("plain", {"far", "beside"}),
        ("beside", {"caller", "near", "far"}),
        ("text", {"caller", "near", "far", "beside"}),
    ],
)
def test_what_calls_a_changed_file_is_compiled_anew(folder, changed, left):
    assert drop_stale_kernels(folder) == 0
    source = folder / f"{changed}.py"
    # given a change that its date does not tell
    source.write_text(source.read_text() + "# changed\n")
    os.utime(source, (100, 100))
    # when, then
    assert drop_stale_kernels(folder) == 2 * (4 - len(left))
    assert kept(folder) == left
    assert drop_stale_kernels(folder) == 0


def test_what_is_left_of_files_that_are_gone_goes(folder):
    (folder / "beside.py").unlink()
    assert drop_stale_kernels(folder) == 2
    assert kept(folder) == {"caller", "near", "far"}


def test_a_cache_of_unknown_origin_goes(folder):
    (folder / "__pycache__" / "kernels.json").write_text("{broken")
    assert drop_stale_kernels(folder) == 8


def run(code, **environment):
    command = [sys.executable, *([code] if isinstance(code, Path) else ["-c", code])]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | environment,
        timeout=300,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("elsewhere", [False, True], ids=["beside the sources", "NUMBA_CACHE_DIR"])
def test_a_kernel_sees_that_its_callee_changed(tmp_path, elsewhere):
    # given a kernel on disk that calls one in another file
    caller, callee = tmp_path / "caller.py", tmp_path / "callee.py"
    caller.write_text(CALLER)
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache") if elsewhere else ""}
    results = []
    for add in (1, 1, 20):
        # when only the callee changes
        if CALLEE.format(add) != (callee.read_text() if callee.exists() else ""):
            callee.write_text(CALLEE.format(add))
        results.append(float(run(caller, **environment)))
    # then the caller gives the new result
    assert results == [2.0, 2.0, 21.0]
    assert list((tmp_path / "cache" if elsewhere else tmp_path / "__pycache__").rglob("caller.outer*.nbi"))


@pytest.mark.parametrize("room", ["radio", "siting"])
def test_rooms_with_kernels_look_after_their_cache(room, tmp_path):
    # given a cache of an older version
    code = (
        f"from pathlib import Path; import dualgig.kernels as k; "
        f"cache = k.cache_folder(Path('coverage/dualgig/{room}').resolve()); "
        f"old = cache / 'old.kernel-1.py312.nbi'; old.touch(); "
        f"import dualgig.{room}; print(old.exists(), (cache / 'kernels.json').exists())"
    )
    # when the room is imported, then it goes
    assert run(code, NUMBA_CACHE_DIR=str(tmp_path)) == "False True"


def test_no_other_room_compiles():
    package = Path(dualgig.__file__).parent
    compiling = {
        path.relative_to(package).parts[0]
        for path in package.rglob("*.py")
        if "from numba import" in path.read_text(encoding="utf-8")
    }
    assert compiling == {"kernels.py", "radio", "siting"}


def test_nothing_is_dropped_where_nothing_is_compiled():
    code = "from pathlib import Path; from dualgig.kernels import *; print(cache_folder(Path().resolve()))"
    assert run(code, NUMBA_DISABLE_JIT="1") == "None"
    assert cache_folder(Path(dualgig.__file__).parent / "radio") is not None


def test_the_package_imports_from_the_clones_root():
    # numba imports `coverage` when it can, and a folder of that name must not stand in for it
    code = "from dualgig.radio import p1812; print(p1812.basic_loss_db([0, 1], [0, 0], 30, 1.5, 2.6))"
    assert 100 < float(run(code)) < 102
