"""Compiled kernels follow their sources."""

import os
import subprocess
import sys
from pathlib import Path

from dualgig.radio.kernels import drop_stale_kernels

CALLER = """
from pathlib import Path
from dualgig.radio.kernels import drop_stale_kernels, kernel
drop_stale_kernels(Path(__file__).parent)
from callee import inner

@kernel
def outer(x: float) -> float:
    return inner(x)

print(outer(1.0))
"""
CALLEE = """
from dualgig.radio.kernels import kernel

@kernel
def inner(x: float) -> float:
    return x + {}
"""


def test_only_what_is_older_than_a_source_goes(tmp_path):
    # given a source, a kernel compiled before its last edit and one after
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    for path, time in (
        ("a.py", 100),
        ("b.py", 200),
        ("__pycache__/a.1.nbi", 150),
        ("__pycache__/b.1.nbi", 250),
    ):
        (tmp_path / path).touch()
        os.utime(tmp_path / path, (time, time))
    (cache / "a.cpython.pyc").touch()
    os.utime(cache / "a.cpython.pyc", (50, 50))
    # when, then
    assert drop_stale_kernels(tmp_path) == 1
    assert sorted(path.name for path in cache.iterdir()) == ["a.cpython.pyc", "b.1.nbi"]
    assert drop_stale_kernels(tmp_path / "nowhere") == 0


def test_a_kernel_sees_that_its_callee_changed(tmp_path):
    # given a kernel on disk that calls one in another file
    caller, callee = tmp_path / "caller.py", tmp_path / "callee.py"
    caller.write_text(CALLER)
    results = []
    for add in (1, 1, 20):
        # when only the callee changes
        if CALLEE.format(add) != (callee.read_text() if callee.exists() else ""):
            callee.write_text(CALLEE.format(add))
        run = subprocess.run(
            [sys.executable, caller], capture_output=True, text=True, check=True, cwd=tmp_path, timeout=120
        )
        results.append(float(run.stdout))
    # then the caller gives the new result
    assert results == [2.0, 2.0, 21.0]
    assert list((tmp_path / "__pycache__").glob("caller.outer*.nbi"))


def test_the_package_imports_from_the_clones_root():
    # numba imports `coverage` when it can, and a folder of that name must not stand in for it
    root = Path(__file__).parents[2]
    code = "from dualgig.radio import p1812; print(p1812.basic_loss_db([0, 1], [0, 0], 30, 1.5, 2.6))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert 100 < float(run.stdout) < 102
