"""The prefecture's benchmark on one county with few candidates: every step, figures that fit together."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "zhejiang"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the province's data are not beside this clone")
def test_one_county_with_few_candidates():
    # when
    command = [sys.executable, str(ROOT / "scripts" / "bench_prefecture.py"), str(DATA), "--codes", "331126"]
    command += ["--sites", "60", "--points", "400", "--limit", "30"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    # then
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["villages"] == 203
    assert told["total_cny"] == round(1.1 * told["duty_cny"])
    assert told["duty_bound_cny"] <= told["duty_cny"]
    assert 0 < told["served_of_reachable"] <= 1
    stages = {stage["stage"]: stage for stage in told["stages"]}
    assert stages["most_good"]["value"] <= stages["most_good"]["bound"]
    assert stages["least_cost"]["bound"] <= stages["least_cost"]["value"] <= told["total_cny"]
