"""The same plan, to the byte, whatever the number of threads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def printed(threads):
    """What the script prints with so many threads."""
    done = subprocess.run(
        [sys.executable, HERE / "same_plan.py", HERE / "instances.py"],
        env={**os.environ, "NUMBA_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
def test_one_thread_and_two_give_the_same_bytes():
    one = printed(1)

    assert "local_search+branch_and_bound" in one
    assert "local_search+dual_bound" in one
    assert printed(2) == one
