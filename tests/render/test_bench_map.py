"""The benchmark of the map, small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench_map.py"
KEYS = {"html_mib", "ready_s", "pan_ms", "build_s", "peak_mib", "ready_over_folium", "size_over_folium"}


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_it_measures_a_small_province():
    small = ["--villages-across", "16", "--villages-up", "8", "--sites", "400", "--seed", "3"]

    done = subprocess.run([sys.executable, SCRIPT, *small], capture_output=True, text=True, check=True)

    found = json.loads(done.stdout)
    assert set(found) >= KEYS
    assert all(found[key] > 0 for key in KEYS)
    assert found["html_mib"] < 1.5
