"""Solve one covering problem with spopt, which needs a PuLP of its own; run by that environment's Python.

Reads an .npz (cover, weight, sites) and prints one JSON object.
"""

import json
import sys
import time

import numpy as np
import pulp
from spopt.locate import LSCP, MCLP  # type: ignore[import-not-found]  # of its own environment

FAR = 2.0
"""What a site that does not cover a point is away from it; the radius is 1."""


def main(path: str, kind: str) -> None:
    with np.load(path) as data:
        away, weight, sites = np.where(data["cover"], 0.0, FAR), data["weight"], int(data["sites"])
    solver = pulp.HiGHS(msg=False, gapRel=0.0, threads=1)
    start = time.perf_counter()
    if kind == "mclp":
        model = MCLP.from_cost_matrix(away, weight, service_radius=1.0, p_facilities=sites)
    else:
        model = LSCP.from_cost_matrix(away, service_radius=1.0)
    built = time.perf_counter()
    model = model.solve(solver)
    solved = time.perf_counter()
    value = round(float(model.problem.objective.value()))
    print(json.dumps({"value": value, "build_s": built - start, "total_s": solved - start}))


if __name__ == "__main__":
    main(*sys.argv[1:])
