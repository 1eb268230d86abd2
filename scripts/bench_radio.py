"""Time exact paths, sweeps and SPLAT! on one job, and say how well sweep and exact agree.

3.5 GHz, 30 m masts, receivers at 1.5 m, 24 sites, every cell of 50 m within 5 km, seeded rough terrain.
Cells a second are those of one core. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS

from dualgig.project import Radio
from dualgig.radio.budget import link_budget
from dualgig.radio.paths import path_loss_db
from dualgig.radio.sweep import Sweeps, sweep_loss_db, sweep_served
from dualgig.region.model import Terrain

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SITES, RADIUS_M, CELL_M = 24, 5000.0, 50.0
FREQUENCY_GHZ, MAST_M, PHONE_M = 3.5, 30.0, 1.5
SIDE, RELIEF_M = 512, 900.0
ROUNDS = 5

# SPLAT! reads tiles of a degree with 1200 x 1200 points; the job's terrain repeats over one of them
SPLAT_SOUTH, SPLAT_WEST, SPLAT_POINTS = 28, 80, 1200
METRES_A_DEGREE = 111_195.0
SPLAT_LIMIT_S = 900


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=1, help="of the terrain and the sites")
    options = parser.parse_args()
    terrain, sites = rough_terrain(options.seed), scattered_sites(options.seed)
    rx_xy, tx, rx = cells_around(terrain, sites)
    job = (terrain, sites, MAST_M, PHONE_M, [FREQUENCY_GHZ], RADIUS_M)
    allowed_db = link_budget(Radio.model_validate({}), "n78").allowed_loss_db

    def exact(threads: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return path_loss_db(terrain, sites, MAST_M, rx_xy, PHONE_M, tx, rx, [FREQUENCY_GHZ], threads=threads)

    exact_db, free_db = (loss[:, 0] for loss in exact(1))
    swept = at_cells(sweep_loss_db(*job), terrain, rx_xy, tx, rx)
    served = at_cells(sweep_served(*job, [allowed_db]), terrain, rx_xy, tx, rx)

    exact_s = seconds(lambda: exact(1), rounds=2)
    loss_s = seconds(lambda: sweep_loss_db(*job, threads=1))
    served_s = seconds(lambda: sweep_served(*job, [allowed_db], threads=1))
    # enough sites that the threads' start does not count
    many = (terrain, np.tile(sites, (4, 1)), *job[2:])
    one_s = seconds(lambda: sweep_loss_db(*many, threads=1))
    two_s = seconds(lambda: sweep_loss_db(*many, threads=2))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    error_db = swept - exact_db
    figures: dict[str, object] = {
        "exact_cells_per_s": round(tx.size / exact_s),
        "sweep_db_cells_per_s": round(tx.size / loss_s),
        "sweep_threshold_cells_per_s": round(tx.size / served_s),
        "scaling_2_cores": round(one_s / two_s, 2) if usable_cores() > 1 else None,
        "sweep_mean_db": round(float(error_db.mean()), 3),
        "sweep_std_db": round(float(error_db.std()), 3),
        "sweep_agreement": round(float((served == (exact_db <= allowed_db)).mean()), 5),
        "peak_mib": round(peak_mib),
        "splat_cells_per_s": splat_cells_per_s(terrain, sites),
        "cells": tx.size,
        "seed": options.seed,
    }
    in_sight = exact_db - free_db < 6.0
    for name, cells in (("all", np.ones(tx.size, np.bool_)), ("in_sight", in_sight), ("blocked", ~in_sight)):
        figures[name] = wrong_cells(swept[cells], exact_db[cells])
    print(json.dumps(figures))


def rough_terrain(seed: int) -> Terrain:
    """Fractal mountains that repeat without a seam."""
    rng = np.random.default_rng(seed)
    wave = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None])
    wave[0, 0] = np.inf
    spectrum = (rng.normal(size=wave.shape) + 1j * rng.normal(size=wave.shape)) * wave**-2.0
    height = np.fft.irfft2(spectrum, (SIDE, SIDE))
    height = (height - height.min()) / np.ptp(height) * RELIEF_M
    return Terrain(height.astype(np.float32), 0.0, (SIDE - 1) * CELL_M, CELL_M, CRS.from_epsg(4549))


def scattered_sites(seed: int) -> NDArray[np.float64]:
    """Sites whose circles lie within the terrain, anywhere between the centres of cells."""
    low, high = RADIUS_M, (SIDE - 1) * CELL_M - RADIUS_M
    return np.random.default_rng(seed + 1).uniform(low, high, (SITES, 2))


def cells_around(
    terrain: Terrain, sites: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Centres of all cells, and the pairs of sites and cells within the radius."""
    row, column = np.indices(terrain.height_m.shape).reshape(2, -1)
    xy = np.column_stack([column * CELL_M, terrain.north_m - row * CELL_M])
    near = [np.flatnonzero(np.hypot(*(xy - site).T) <= RADIUS_M) for site in sites]
    return xy, np.repeat(np.arange(len(sites)), [cells.size for cells in near]), np.concatenate(near)


def at_cells(
    sweeps: Sweeps,
    terrain: Terrain,
    rx_xy: NDArray[np.float64],
    tx: NDArray[np.int64],
    rx: NDArray[np.int64],
) -> NDArray[Any]:
    """Values of the sweeps for the pairs."""
    column = np.rint(rx_xy[rx, 0] / CELL_M).astype(np.int64) - sweeps.first_column[tx]
    row = np.rint((terrain.north_m - rx_xy[rx, 1]) / CELL_M).astype(np.int64) - sweeps.first_row[tx]
    return np.asarray(sweeps.values[tx, 0, row, column])


def wrong_cells(swept_db: NDArray[np.float32], exact_db: NDArray[np.float64]) -> dict[str, float | int]:
    """Largest shares of wrong cells on either side, over thresholds from 10 % to 90 % served."""
    false_served, false_unserved = 0.0, 0.0
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        threshold_db = np.quantile(exact_db, share)
        served, said = exact_db <= threshold_db, swept_db <= threshold_db
        false_served = max(false_served, float((said & ~served).sum() / served.sum()))
        false_unserved = max(false_unserved, float((~said & served).sum() / (~served).sum()))
    return {
        "cells": int(exact_db.size),
        "false_served_of_served": round(false_served, 5),
        "false_unserved_of_unserved": round(false_unserved, 5),
    }


def splat_cells_per_s(terrain: Terrain, sites: NDArray[np.float64]) -> int | None:
    """Cells of SPLAT!, three arc-seconds wide, within the radius of all sites, by its time with start-up."""
    program = shutil.which("splat")
    if program is None:
        say("SPLAT! is not installed")
        return None
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        write_splat_terrain(terrain, where)
        names = write_splat_sites(sites, where)
        command = [program, "-t", *names, "-L", str(PHONE_M), "-R", str(RADIUS_M / 1000.0), "-metric"]
        command += ["-olditm", "-N", "-d", str(where), "-o", "map.ppm"]
        started = time.perf_counter()
        try:
            run = subprocess.run(command, cwd=where, capture_output=True, timeout=SPLAT_LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            say(f"SPLAT! was stopped after {SPLAT_LIMIT_S} s")
            return None
        took = time.perf_counter() - started
        if run.returncode or not (where / "map.ppm").exists():
            say(f"SPLAT! failed: {run.stdout[-500:].decode(errors='replace')}")
            return None
    step_m = METRES_A_DEGREE / SPLAT_POINTS
    cells = len(sites) * np.pi * RADIUS_M**2 / (step_m * step_m * np.cos(np.radians(SPLAT_SOUTH + 0.5)))
    say(f"SPLAT!: {cells:.0f} cells in {took:.1f} s")
    return round(float(cells) / took)


def write_splat_terrain(terrain: Terrain, folder: Path) -> None:
    """One tile in SPLAT!'s own format: rows from the south, each from east to west."""
    degrees = np.arange(SPLAT_POINTS) / SPLAT_POINTS
    x = (1.0 - degrees) * METRES_A_DEGREE * np.cos(np.radians(SPLAT_SOUTH + 0.5))
    y = degrees * METRES_A_DEGREE
    column, row = np.rint(x / CELL_M).astype(int) % SIDE, (SIDE - 1 - np.rint(y / CELL_M).astype(int)) % SIDE
    height = terrain.height_m[np.ix_(row, column)].astype(int)
    head = f"{SPLAT_WEST + 1}\n{SPLAT_SOUTH}\n{SPLAT_WEST}\n{SPLAT_SOUTH + 1}\n"
    name = f"{SPLAT_SOUTH}:{SPLAT_SOUTH + 1}:{SPLAT_WEST}:{SPLAT_WEST + 1}.sdf"
    (folder / name).write_text(head + "\n".join(map(str, height.ravel())) + "\n")


def write_splat_sites(sites: NDArray[np.float64], folder: Path) -> list[str]:
    """Sites moved into the middle of the tile, and what is radiated there."""
    names = []
    scale = METRES_A_DEGREE * np.cos(np.radians(SPLAT_SOUTH + 0.5))
    for number, (x, y) in enumerate(sites + SIDE * CELL_M):
        name = f"site{number:02}"
        west, north = SPLAT_WEST + 1 - x / scale, SPLAT_SOUTH + y / METRES_A_DEGREE
        (folder / f"{name}.qth").write_text(f"{name}\n{north:.6f}\n{west:.6f}\n{MAST_M} meters\n")
        values = (15.0, 0.005, 301.0, FREQUENCY_GHZ * 1000.0, 5, 1, 0.5, 0.5, 0)
        (folder / f"{name}.lrp").write_text("\n".join(map(str, values)) + "\n")
        names.append(f"{name}.qth")
    return names


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Least time of some rounds."""
    least = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - started)
    return least


def usable_cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
