"""Terrain profiles: the ground along straight paths over a grid, bilinear between cell centres.

The profile of a path has a point wherever it crosses a line of the grid that lies across its main
direction: a column of cell centres where it runs more west-east, a row otherwise. There the surface is
linear between two cells and has its edges, so ridges are met where they stand, not near by, and both
directions of a path see the same points. Evenly spaced points, a chosen step apart, are the alternative;
at a cell's length they blunt ridges and lose 0.1 to 0.3 dB of a mountain path's loss.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dualgig.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from dualgig.region.model import Terrain


def path_profile(
    terrain: Terrain, start_xy_m: ArrayLike, end_xy_m: ArrayLike, *, step_m: float | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The profile that `dualgig.radio.paths.path_loss_db` uses for a path.

    Parameters
    ----------
    terrain
        The elevation model.
    start_xy_m, end_xy_m
        Shape (2,), metres of the terrain's CRS.
    step_m
        Largest spacing of evenly spaced points, metres; where absent, the points are where the path
        crosses the grid, at most 1.42 cells apart.

    Returns
    -------
    distance_km, ground_m : numpy.ndarray
        float64, shape (points,), both ends included, at least three points; NaN heights where the path
        leaves the model or meets nodata.

    Raises
    ------
    ValueError
        The ends are not points or coincide, or the step is not positive.
    """
    return _along(terrain, sampling_grid(terrain), start_xy_m, end_xy_m, step_m)


def path_clutter(
    terrain: Terrain, start_xy_m: ArrayLike, end_xy_m: ArrayLike, *, step_m: float | None = None
) -> NDArray[np.float64]:
    """Clutter heights at the points of `path_profile`, as `dualgig.radio.p1812` takes them.

    Between cell centres they are linear, as the ground is: what stands on it is a surface without steps.

    Parameters
    ----------
    terrain, start_xy_m, end_xy_m, step_m
        As for `path_profile`.

    Returns
    -------
    numpy.ndarray
        float64, shape (points,), m; 0 where the terrain knows no clutter, NaN off it.

    Raises
    ------
    ValueError
        As for `path_profile`.
    """
    return _along(terrain, clutter_grid(terrain), start_xy_m, end_xy_m, step_m)[1]


def _along(
    terrain: Terrain,
    grid: NDArray[np.float32],
    start_xy_m: ArrayLike,
    end_xy_m: ArrayLike,
    step_m: float | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances, km, and what a grid on the terrain's cells has along a path."""
    ends = checked_points(np.stack([np.asarray(start_xy_m), np.asarray(end_xy_m)]), "a path's ends")
    places = grid_places(terrain, ends)
    length_m = float(np.hypot(*(places[1] - places[0]))) * terrain.cell_m
    if length_m == 0.0:
        raise ValueError("a profile needs two different ends")
    (column_0, row_0), (column_1, row_1) = places
    line = (column_0, row_0, column_1, row_1)
    if step_m is None:
        points, fill = crossing_count(*line) + 2, fill_crossings
    else:
        points, fill = step_count(length_m, checked_step_m(terrain, step_m)) + 1, fill_profile
    distance_km, ground_m = np.empty(points), np.empty(points)
    fill(grid, *line, length_m / 1000.0, distance_km, ground_m)
    return distance_km, ground_m


@kernel
def crossing_count(column_0: float, row_0: float, column_1: float, row_1: float) -> int:
    """How many points a path has between its ends: its crossings, or its middle where it has none."""
    p0, p1 = column_0, column_1
    if abs(row_1 - row_0) > abs(column_1 - column_0):
        p0, p1 = row_0, row_1
    return max(1, math.ceil(max(p0, p1)) - math.floor(min(p0, p1)) - 1)


@kernel
def fill_crossings(
    grid: NDArray[np.float32],
    column_0: float,
    row_0: float,
    column_1: float,
    row_1: float,
    length_km: float,
    distance_km: NDArray[np.float64],
    ground_m: NDArray[np.float64],
) -> bool:
    """Write the profile between two places of a grid, a point for each line of the grid that it crosses.

    Parameters and result are those of `fill_profile`, but that the arrays hold `crossing_count` and two
    points.
    """
    upright = abs(row_1 - row_0) > abs(column_1 - column_0)
    p0, p1, v0, v1 = column_0, column_1, row_0, row_1
    if upright:
        p0, p1, v0, v1 = row_0, row_1, column_0, column_1
    inner = ground_m.size - 2
    distance_km[0] = 0.0
    ground_m[0] = height_at(grid, column_0, row_0)
    distance_km[inner + 1] = length_km
    ground_m[inner + 1] = height_at(grid, column_1, row_1)
    total = ground_m[0] + ground_m[inner + 1]
    first = math.floor(p0) + 1 if p1 > p0 else math.ceil(p0) - 1
    step = 1 if p1 > p0 else -1
    if (p1 - first) * step <= 0.0:  # no line lies between the ends
        distance_km[1] = 0.5 * length_km
        ground_m[1] = height_at(grid, 0.5 * (column_0 + column_1), 0.5 * (row_0 + row_1))
        return not math.isnan(total + ground_m[1])
    across = grid.shape[1] if upright else grid.shape[0]
    along = grid.shape[0] if upright else grid.shape[1]
    last_j, next_j = max(across - 2, 0), min(1, across - 1)
    for i in range(inner):
        k = first + step * i
        share = (k - p0) / (p1 - p0)
        v = v0 + (v1 - v0) * share
        distance_km[i + 1] = length_km * share
        if not (0 <= k < along and 0.0 <= v <= across - 1.0):
            ground_m[i + 1] = math.nan
        else:
            j = min(int(v), last_j)
            beside = v - j
            if upright:
                here, there = grid[k, j], grid[k, j + next_j]
            else:
                here, there = grid[j, k], grid[j + next_j, k]
            ground_m[i + 1] = here if beside == 0.0 else here * (1.0 - beside) + there * beside
        total += ground_m[i + 1]
    return not math.isnan(total)


@kernel
def height_at(grid: NDArray[np.float32], column: float, row: float) -> float:
    """Ground height at a place of a grid, bilinear, m; NaN off the grid or where nodata enters."""
    rows, columns = grid.shape
    if not (0.0 <= column <= columns - 1.0 and 0.0 <= row <= rows - 1.0):
        return math.nan
    c, r = min(int(column), max(columns - 2, 0)), min(int(row), max(rows - 2, 0))
    right, down = column - c, row - r
    # what has no weight is not asked, lest it be nodata
    next_c, next_r = int(right > 0.0), int(down > 0.0)
    top = grid[r, c] * (1.0 - right) + grid[r, c + next_c] * right
    bottom = grid[r + next_r, c] * (1.0 - right) + grid[r + next_r, c + next_c] * right
    return float(top * (1.0 - down) + bottom * down)


@kernel
def step_count(length_m: float, step_m: float) -> int:
    """How many equal steps a path has: two or more, so that it sees the ground between its ends."""
    return max(2, math.ceil(length_m / step_m))


@kernel
def fill_profile(
    grid: NDArray[np.float32],
    column_0: float,
    row_0: float,
    column_1: float,
    row_1: float,
    length_km: float,
    distance_km: NDArray[np.float64],
    ground_m: NDArray[np.float64],
) -> bool:
    """Write the profile between two places of a grid, its points evenly spaced.

    Parameters
    ----------
    grid
        float32, shape (rows, columns); NaN is nodata.
    column_0, row_0, column_1, row_1
        The ends, in columns and rows of cell centres.
    length_km
        Distance between them, km.
    distance_km, ground_m
        float64, shape (points,), written; NaN where the path leaves the grid or beside nodata.

    Returns
    -------
    bool
        Whether the whole profile has ground.
    """
    rows, columns = grid.shape
    steps = ground_m.size - 1
    for i in range(steps + 1):
        distance_km[i] = length_km * i / steps
    d_column = (column_1 - column_0) / steps
    d_row = (row_1 - row_0) / steps
    # a grid is convex: with both ends inside, every point is
    whole = (
        min(column_0, column_1) >= 0.0
        and min(row_0, row_1) >= 0.0
        and max(column_0, column_1) <= columns - 1.0
        and max(row_0, row_1) <= rows - 1.0
    )
    last_c, last_r = max(columns - 2, 0), max(rows - 2, 0)
    next_c, next_r = min(1, columns - 1), min(1, rows - 1)
    total = 0.0
    for i in range(steps + 1):
        column = column_0 + d_column * i
        row = row_0 + d_row * i
        if not whole and not (0.0 <= column <= columns - 1.0 and 0.0 <= row <= rows - 1.0):
            ground_m[i] = math.nan
            continue
        c = min(int(column), last_c)
        r = min(int(row), last_r)
        right = column - c
        down = row - r
        top = grid[r, c] * (1.0 - right) + grid[r, c + next_c] * right
        bottom = grid[r + next_r, c] * (1.0 - right) + grid[r + next_r, c + next_c] * right
        ground_m[i] = top * (1.0 - down) + bottom * down
        total += ground_m[i]
    return whole and not math.isnan(total)


def sampling_grid(terrain: Terrain) -> NDArray[np.float32]:
    """Heights of a terrain as the kernels take them."""
    return np.ascontiguousarray(terrain.height_m, dtype=np.float32)


def clutter_grid(terrain: Terrain) -> NDArray[np.float32]:
    """Clutter heights of a terrain as the kernels take them, 0 where none are known."""
    if terrain.clutter is None:
        return np.zeros(terrain.height_m.shape, np.float32)
    return np.ascontiguousarray(terrain.clutter.height_m, dtype=np.float32)


def grid_places(terrain: Terrain, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places as (column, row) of cell centres, shape (places, 2)."""
    return np.column_stack(
        [(xy_m[:, 0] - terrain.west_m) / terrain.cell_m, (terrain.north_m - xy_m[:, 1]) / terrain.cell_m]
    )


def checked_points(xy_m: ArrayLike, name: str) -> NDArray[np.float64]:
    """Coordinates as float64 (places, 2), or a ValueError that names them."""
    xy = np.ascontiguousarray(xy_m, dtype=np.float64)
    if xy.ndim != 2 or xy.shape[1] != 2 or not np.isfinite(xy).all():
        raise ValueError(f"{name} must have the shape (places, 2) and be finite")
    return xy


def checked_step_m(terrain: Terrain, step_m: float | None) -> float:
    """The largest spacing of profile points, or a ValueError."""
    step = float(terrain.cell_m if step_m is None else step_m)
    if not 0.0 < step < math.inf:
        raise ValueError(f"step_m is {step_m}; it must be positive")
    return step
