"""Time the demo county from reading to writing; the last line is one JSON object.

.venv/bin/python scripts/bench_demo.py [PROJECT]
"""

import json
import resource
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import dualgig as dg

ROOT = Path(__file__).parent.parent


def main(project_file: str | Path = ROOT / "data" / "qingyuan" / "project.toml") -> None:
    clock = time.perf_counter
    marks = [clock()]
    region = dg.load_region(dg.Project.load(project_file))
    marks.append(clock())
    coverage = dg.predict_coverage(region)
    marks.append(clock())
    plan = dg.make_plan(region, coverage)
    marks.append(clock())
    with tempfile.TemporaryDirectory() as folder:
        out = dg.write_outputs(plan, Path(folder) / "out")
        marks.append(clock())
        map_kib = (out / "map.html").stat().st_size // 1024
    read_s, predict_s, plan_s, write_s = (round(b - a, 2) for a, b in pairwise(marks))
    figures = {
        "villages": len(region.villages),
        "sites": len(region.sites),
        "options": len(coverage.options),
        "radio_paths": len(coverage.reach.site),
        "read_s": read_s,
        "predict_s": predict_s,
        "plan_s": plan_s,
        "write_s": write_s,
        "total_s": round(marks[-1] - marks[0], 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "map_kib": map_kib,
        "duty": plan.duty,
        "status": plan.status,
        "gap": plan.gap,
        "cost_cny": plan.cost_cny,
        "duty_cost_cny": next(stage.value for stage in plan.stages if stage.stage == "duty_cost"),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
