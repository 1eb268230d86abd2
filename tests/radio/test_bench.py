"""The benchmark script runs, and finds what the sweep must hold."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_benchmark_prints_its_figures():
    run = subprocess.run(
        [sys.executable, "scripts/bench_radio.py", "--seed", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=1200,
    )
    figures = json.loads(run.stdout.splitlines()[-1])
    speeds = ("exact_cells_per_s", "sweep_db_cells_per_s", "sweep_threshold_cells_per_s")
    assert 0 < figures[speeds[0]] < figures[speeds[1]] < figures[speeds[2]]
    assert {"scaling_2_cores", "peak_mib", "splat_cells_per_s"} <= set(figures)
    assert abs(figures["sweep_mean_db"]) <= 0.1
    assert figures["sweep_std_db"] <= 2.0
    assert figures["sweep_agreement"] >= 0.985
    assert figures["all"]["false_served_of_served"] <= 0.015
    assert figures["all"]["false_unserved_of_unserved"] <= 0.015
