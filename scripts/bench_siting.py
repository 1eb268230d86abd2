"""Time and prove covering plans of four sizes; the last line is one JSON object.

.venv/bin/python scripts/bench_siting.py [--seed N] [--part a,b,c,d] [--small]

(a) 1,000 sites and 4,000 demand points to the proved optimum, beside spopt, which gets an environment of its own
in the user's cache folder. (b) 50 k sites, 200 k points, 2 M nonzeros, 3,000 sites to choose, beside plain HiGHS
in as much time. (c) 100 k sites with costs, 1 M points, 20 M nonzeros, a budget that reaches about 65 % of the
weight; (d) the same with about 93 %. Each part runs in a process of its own, whose peak memory is told, making
the instance included; its seconds begin when the instance is made. Bounds and values are recomputed from saved
multipliers and plans before they are told.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from _instances import Instance, Size, cover_all, make_instance, most_weight, within_reach
from dualgig.siting.ask import Ask
from dualgig.siting.covering import exact_bound, make_covering
from dualgig.siting.covering_dual import covering_bound
from dualgig.siting.covering_plan import round_plan
from dualgig.siting.covering_walk import anneal
from dualgig.siting.ground import prepare
from dualgig.siting.highs import assemble
from dualgig.siting.model import build_model
from dualgig.siting.reduce import ALL_REDUCTIONS
from dualgig.siting.stages import solve

HERE = Path(__file__).resolve().parent

SIZES = {
    "a": Size(1_000, 4_000, 40, costs=False, share=0.03),
    "b": Size(50_000, 200_000, 40, costs=False, share=0.06),
    "c": Size(100_000, 1_000_000, 200, costs=True, share=0.0083),
    "d": Size(100_000, 1_000_000, 200, costs=True, share=0.0205),
}
"""The shares of c and d reach about 65 % and 93 % of the weight."""

SMALLER, SMALLER_BESIDE_SPOPT = 50, 5
"""How many times fewer sites and points a small run has, with as many points a site."""

WORK = {"b": (800, 100_000_000), "c": (300, 20_000_000), "d": (500, 20_000_000)}
"""Most iterations of the dual method, and moves of the annealing."""

TOLERANCE = 2e-4
"""The dual method ends when its bound is within this share of the relaxation."""

SURE = 0.5
"""Value in the relaxation from which a site is taken before the greedy steps."""

PEER_S = 120.0
"""What plain HiGHS is given for (b)."""

PEER_PACKAGES = ("spopt>=0.6", "pulp<4", "highspy")
LSCP_SMALLER = 8
"""How many times fewer sites and points than (a) the set covering beside spopt's LSCP has."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of every random choice")
    parser.add_argument("--part", default="a,b,c,d", help="which of the four to run")
    parser.add_argument("--small", action="store_true", help=f"{SMALLER} times fewer sites and points")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    parts = options.part.split(",")
    if unknown := sorted(set(parts) - set(SIZES)):
        parser.error(f"--part takes a, b, c and d, not {', '.join(unknown)}")
    if options.alone:
        print(json.dumps(run_part(parts[0], options.seed, small=options.small)))
        return
    figures: dict[str, Any] = {}
    for part in parts:
        command = [sys.executable, __file__, "--seed", str(options.seed), "--part", part, "--alone"]
        answer = subprocess.run(
            [*command, *(["--small"] if options.small else [])], check=True, stdout=subprocess.PIPE
        )
        found = json.loads(answer.stdout.splitlines()[-1])
        print(json.dumps(found), file=sys.stderr, flush=True)
        figures |= found
    print(json.dumps(figures | {"seed": options.seed, "small": options.small}))


def run_part(part: str, seed: int, *, small: bool) -> dict[str, Any]:
    size = SIZES[part]
    if small:
        times = SMALLER_BESIDE_SPOPT if part == "a" else SMALLER
        size = replace(size, sites=size.sites // times, demand=size.demand // times)
    if part == "a":
        return beside_spopt(size, seed)
    iterations, moves = WORK[part]
    if small:
        moves //= SMALLER
    instance = make_instance(size, seed)
    figures = plan_and_prove(part, instance, iterations, moves)
    if part == "b":
        figures |= plain_highs(instance, PEER_S / SMALLER if small else PEER_S)
    return figures


def plan_and_prove(part: str, instance: Instance, iterations: int, moves: int) -> dict[str, Any]:
    start = time.perf_counter()
    covering = make_covering(instance.cover, instance.weight, instance.cost, instance.budget)
    dual = covering_bound(covering, iterations=iterations, tolerance=TOLERANCE)
    chosen = anneal(covering, round_plan(covering, dual.solution, sure=SURE), dual, moves=moves)
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "proof.npz"
        np.savez(saved, multipliers=dual.multipliers, price=dual.price, chosen=chosen)
        with np.load(saved, allow_pickle=False) as proof:
            bound = exact_bound(covering, proof["multipliers"], float(proof["price"])).weight
            value = weight_of(instance, proof["chosen"])
    seconds = time.perf_counter() - start
    return {
        f"{part}_value": value,
        f"{part}_bound": bound,
        f"{part}_gap": round((bound - value) / bound, 6),
        f"{part}_seconds": round(seconds, 1),
        f"{part}_peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        f"{part}_share": round(value / int(instance.weight.sum()), 4),
        f"{part}_nonzeros": instance.cover.nnz,
    }


def weight_of(instance: Instance, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> int:
    """Weight that sites cover, from the matrix; they must fit the budget."""
    if int(instance.cost[chosen].sum()) > instance.budget:
        raise SystemExit("The plan costs more than the budget.")
    return int(instance.weight[instance.cover.astype(np.int32) @ chosen.astype(np.int32) > 0].sum())


def plain_highs(instance: Instance, limit_s: float) -> dict[str, Any]:
    """Value and bound that HiGHS finds with its own choices: one row a point, and the budget."""
    import highspy  # noqa: PLC0415  (one part needs it)

    points, sites = instance.cover.shape
    rows = instance.cover
    start = np.append(rows.indptr + np.arange(points + 1), rows.nnz + points + sites).astype(np.int32)
    own = rows.indptr[1:]
    column = np.concatenate([np.insert(rows.indices, own, sites + np.arange(points)), np.arange(sites)])
    value = np.concatenate([np.insert(np.full(rows.nnz, -1.0), own, 1.0), instance.cost.astype(float)])
    columns = sites + points
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value_of in {"output_flag": False, "time_limit": limit_s}.items():
        solver.setOptionValue(option, value_of)
    solver.passModel(
        columns,
        points + 1,
        len(value),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        np.concatenate([np.zeros(sites), instance.weight]).astype(float),
        np.zeros(columns),
        np.ones(columns),
        np.full(points + 1, -np.inf),
        np.append(np.zeros(points), float(instance.budget)),
        start,
        column.astype(np.int32),
        value,
        np.append(np.ones(sites), np.zeros(points)).astype(np.int32),
    )
    solver.run()
    info = solver.getInfo()
    found = np.asarray(solver.getSolution().col_value)
    has_plan = len(found) == columns and info.primal_solution_status == int(
        highspy.SolutionStatus.kSolutionStatusFeasible
    )
    return {
        "b_highs_value": weight_of(instance, found[:sites] > 0.5) if has_plan else None,
        "b_highs_bound": round(info.mip_dual_bound) if abs(info.mip_dual_bound) < 1e300 else None,
    }


def beside_spopt(size: Size, seed: int) -> dict[str, Any]:
    keys = ("a_build_ratio", "a_total_ratio", "a_equal", "a_lscp_equal")
    instance = make_instance(size, seed)
    problem = most_weight(instance)
    start = time.perf_counter()
    ground = prepare(problem, ALL_REDUCTIONS)
    model = build_model(ground, Ask("most_good", "good", budget_cny=instance.budget), ground.chosen)
    assemble(model.lp, model.block, from_start=True)
    built_s = time.perf_counter() - start
    start = time.perf_counter()
    result = solve(problem)
    total_s = time.perf_counter() - start
    good = next(stage for stage in result.stages if stage.stage == "most_good")
    ours = {"a_value": good.value, "a_bound": good.bound, "a_build_s": round(built_s, 3)}
    ours |= {"a_total_s": round(total_s, 3)}
    fewer = replace(size, sites=size.sites // LSCP_SMALLER, demand=size.demand // LSCP_SMALLER)
    lscp = within_reach(make_instance(fewer, seed))
    cheapest = next(stage for stage in solve(cover_all(lscp)).stages if stage.stage == "duty_cost")
    python = spopt_python()
    theirs = None if python is None else ask_spopt(python, instance, "mclp")
    theirs_lscp = None if python is None else ask_spopt(python, lscp, "lscp")
    if theirs is None or theirs_lscp is None:
        return ours | dict.fromkeys(keys)
    return ours | {
        "a_build_ratio": round(theirs["build_s"] / built_s, 2),
        "a_total_ratio": round(theirs["total_s"] / total_s, 2),
        "a_equal": theirs["value"] == good.value and good.gap == 0.0,
        "a_lscp_equal": theirs_lscp["value"] == cheapest.value and cheapest.gap == 0.0,
    }


def spopt_python() -> Path | None:
    """Python of the environment that has spopt; made where it is missing, `None` where that fails."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "dualgig" / "spopt"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / "ready"
    if ready.is_file():
        return python
    try:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *PEER_PACKAGES], check=True, stdout=sys.stderr
        )
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"spopt cannot be installed, so nothing is compared with it: {error}.", file=sys.stderr)
        return None
    ready.touch()
    return python


def ask_spopt(python: Path, instance: Instance, kind: str) -> dict[str, Any] | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instance.npz"
        np.savez(path, cover=instance.cover.toarray(), weight=instance.weight, sites=instance.budget)
        command = [str(python), str(HERE / "_spopt_peer.py"), str(path), kind]
        answer = subprocess.run(command, check=False, capture_output=True, text=True)
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"])[-1]
        print(f"spopt could not solve the instance: {last}", file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
