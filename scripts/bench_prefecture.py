"""Plan a prefecture over five years: how near the best each stage is proved to be, and in what time.

Give it a folder with ``townships.gpkg``, ``villages.gpkg`` and ``dem_15s.tif``. Divisions, people and coarse
relief are those of the data; fine relief, hamlets, towers, duties and prices are seeded. The project goes through
the whole line, from its file to the integer programs. First the duties are priced without any budget; the total is
then 1.1 times that, over five years with targets on the way, under a floor for the small counties.
The last line is one JSON object:

duty_cny, duty_bound_cny   least cost of the duties found, and what none can be below
total_cny                  money of the five years together
stages                     per stage: value, bound, gap, method
served_of_reachable        people with 5G at the end, of those that all candidates together would serve
stages_s                   wall time of the stages over the five years, s; other steps have keys of their own
peak_mib                   highest memory of this process and, apart, of the largest of the solver's
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

import dualgig as dg
from _prefecture import write_prefecture, write_project
from dualgig.policy import policy_of
from dualgig.siting.phased import solve_years
from dualgig.siting.problem import serve
from dualgig.siting.stages import solve
from dualgig.siting.years import at_year

GAP = 0.005


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with townships.gpkg, villages.gpkg and dem_15s.tif")
    parser.add_argument("--codes", default="3311", help="how the division codes begin")
    parser.add_argument("--sites", type=int, default=5000, help="candidates")
    parser.add_argument("--points", type=int, default=25_000, help="demand points")
    parser.add_argument("--limit", type=float, default=180.0, help="time limit of the stages, s")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measured(options, Path(folder))))


def measured(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Everything that is printed."""
    clock = _Clock()
    path = write_prefecture(
        options.folder,
        folder,
        codes=options.codes,
        candidates=options.sites,
        points=options.points,
        seed=options.seed,
    )
    clock.lap("write_s")
    region = dg.load_region(dg.Project.load(path))
    clock.lap("read_s")
    coverage = dg.predict_coverage(region)
    clock.lap("predict_s")
    plain = policy_of(coverage).plain
    duties = solve(plain, gap=GAP, time_limit_s=options.limit, duties_only=True)
    priced = next(stage for stage in duties.stages if stage.stage == "duty_cost")
    clock.lap("duty_s")
    total_cny = round(1.1 * priced.value)
    project = dg.Project.load(write_project(folder, total_cny))
    coverage = replace(coverage, region=replace(region, project=project))
    policy = policy_of(coverage)
    clock.lap("formulate_s")
    if policy.years is None:
        raise RuntimeError("the project has no years")
    result = solve_years(
        policy.problem, policy.years, policy.whole, gap=GAP, time_limit_s=options.limit, progress=clock.tell
    )
    clock.lap("stages_s")
    chosen = at_year(policy.plain, result.chosen, len(policy.years.labels) - 1)
    worth = policy.plain.point_worth
    served = int(worth[serve(policy.plain, chosen)[0]].sum())
    reachable = int(worth[serve(policy.plain, np.ones(len(chosen), np.bool_))[0]].sum())
    return {
        "villages": len(region.villages),
        "sites": len(region.sites),
        "demand_points": len(region.demand),
        "options": len(policy.plain.option_ids),
        "pairs_over_years": int(policy.whole.cover.nnz),
        "duty_cny": priced.value,
        "duty_bound_cny": priced.bound,
        "total_cny": total_cny,
        "status": result.status,
        "duty": result.duty,
        "stages": [asdict(stage) for stage in result.stages],
        "served_of_reachable": round(served / reachable, 4) if reachable else None,
        **clock.laps,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "solver_peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


class _Clock:
    """Times of the steps, told on stderr as they end."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.began_s = time.perf_counter()
        self.stage = ""

    def lap(self, name: str) -> None:
        now_s = time.perf_counter()
        self.laps[name] = round(now_s - self.began_s, 1)
        print(f"{name.removesuffix('_s')}: {self.laps[name]} s", file=sys.stderr, flush=True)
        self.began_s = now_s

    def tell(self, news: object) -> None:
        stage = getattr(news, "stage", "")
        if stage != self.stage:
            self.stage = stage
            print(f"{stage} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
