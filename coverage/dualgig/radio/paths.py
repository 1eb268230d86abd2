"""Exact point-to-point loss for many paths over a terrain grid: the oracle of every faster method.

Each path gets its own profile, the one of `dualgig.radio.profile.path_profile`, and the full median of
ITU-R P.1812-8 on it. All bands share the profile and its geometry. The result does not depend on
how many threads work: each path is computed by one of them, alone.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from dualgig.kernels import kernel
from dualgig.radio.diffraction import (
    delta_bullington_db,
    diffraction_geometry,
    free_space_db,
    ray_elevation_deg,
)
from dualgig.radio.p1812 import effective_earth_radius_km, is_vertical
from dualgig.radio.profile import (
    checked_points,
    checked_step_m,
    clutter_grid,
    crossing_count,
    fill_crossings,
    fill_profile,
    grid_places,
    sampling_grid,
    step_count,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.p1812 import Polarisation
    from dualgig.region.model import Terrain

_CHUNK_PATHS = 4096

NO_CLUTTER = np.empty((0, 0), np.float32)
"""Stands for bare ground in the kernels."""


class PathLosses(NamedTuple):
    """Losses of many paths, and the directions in which they leave and arrive.

    Attributes
    ----------
    basic_db, free_space_db : numpy.ndarray
        float64, shape (paths, bands): median basic loss of P.1812-8, and the loss in free space, dB. NaN
        where the path leaves the model or meets nodata.
    departure_deg, arrival_deg : numpy.ndarray
        float64, shape (paths,): elevation of the path at the transmitter and at the receiver, degrees
        above the horizontal there, see `dualgig.radio.diffraction.ray_elevation_deg`; NaN likewise.
    """

    basic_db: NDArray[np.float64]
    free_space_db: NDArray[np.float64]
    departure_deg: NDArray[np.float64]
    arrival_deg: NDArray[np.float64]


def pairs_within(
    tx_xy_m: ArrayLike, rx_xy_m: ArrayLike, radius_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Transmitters and receivers that lie within a radius of each other.

    Parameters
    ----------
    tx_xy_m, rx_xy_m
        Shape (transmitters, 2) and (receivers, 2), metres of one projected CRS.
    radius_m
        Largest horizontal distance, itself included, metres.

    Returns
    -------
    tx_index, rx_index : numpy.ndarray
        int64, shape (pairs,), ordered by transmitter, then receiver.

    Raises
    ------
    ValueError
        The radius is negative or not finite, or the coordinates are not points.
    """
    if not 0.0 <= radius_m < math.inf:
        raise ValueError(f"radius_m is {radius_m}; it must be finite and not negative")
    tx_xy, rx_xy = checked_points(tx_xy_m, "tx_xy_m"), checked_points(rx_xy_m, "rx_xy_m")
    if not len(tx_xy) or not len(rx_xy):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    pairs = cKDTree(tx_xy).sparse_distance_matrix(cKDTree(rx_xy), radius_m, output_type="ndarray")
    order = np.lexsort((pairs["j"], pairs["i"]))
    return pairs["i"][order].astype(np.int64), pairs["j"][order].astype(np.int64)


def path_loss_db(
    terrain: Terrain,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_xy_m: ArrayLike,
    rx_height_m: ArrayLike,
    tx_index: ArrayLike,
    rx_index: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
    step_m: float | None = None,
    threads: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median basic loss of P.1812-8, and free-space loss, of many paths in several bands.

    Parameters
    ----------
    terrain
        The elevation model, in the CRS of the coordinates, with the clutter on it. Paths run over land.
    tx_xy_m, rx_xy_m
        Shape (transmitters, 2) and (receivers, 2), metres.
    tx_height_m, rx_height_m
        Antennas above ground, one for all or one each, metres, more than 0.
    tx_index, rx_index
        Shape (paths,): which transmitter and receiver each path joins.
    frequency_ghz
        Shape (bands,), GHz.
    delta_n
        Median refractivity gradient, N-units/km (P.1812-8 section 3.5).
    polarisation
        Enters the spherical-earth part only.
    step_m
        Largest spacing of evenly spaced profile points, metres; where absent, the points are where the
        path crosses the grid.
    threads
        How many work at once; as many as the process may use where absent.

    Returns
    -------
    basic_db, free_space_db : numpy.ndarray
        float64, shape (paths, bands), dB. NaN where the path leaves the model or meets nodata.
        Paths shorter than P.1812's 0.25 km follow the rule stated in `dualgig.radio.p1812`.

    Raises
    ------
    ValueError
        Shapes that do not fit, an index out of range, an antenna not above the ground, a frequency,
        step or gradient out of range.
    """
    losses = path_losses(
        terrain,
        tx_xy_m,
        tx_height_m,
        rx_xy_m,
        rx_height_m,
        tx_index,
        rx_index,
        frequency_ghz,
        delta_n=delta_n,
        polarisation=polarisation,
        step_m=step_m,
        threads=threads,
    )
    return losses.basic_db, losses.free_space_db


def path_losses(
    terrain: Terrain,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_xy_m: ArrayLike,
    rx_height_m: ArrayLike,
    tx_index: ArrayLike,
    rx_index: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
    step_m: float | None = None,
    threads: int | None = None,
) -> PathLosses:
    """`path_loss_db` with the directions of the paths, which a vertical antenna pattern needs.

    Parameters and errors are those of `path_loss_db`.
    """
    (tx_xy, tx_height, tx), (rx_xy, rx_height, rx) = checked_ends(
        tx_xy_m, tx_height_m, tx_index, rx_xy_m, rx_height_m, rx_index
    )
    frequency = checked_frequencies(frequency_ghz)
    step = 0.0 if step_m is None else checked_step_m(terrain, step_m)
    ae_km = effective_earth_radius_km(delta_n)
    vertical = is_vertical(polarisation)
    grid = sampling_grid(terrain)
    clutter = NO_CLUTTER if terrain.clutter is None else clutter_grid(terrain)
    tx_place, rx_place = grid_places(terrain, tx_xy), grid_places(terrain, rx_xy)
    basic_db = np.empty((tx.size, frequency.size))
    free_db = np.empty((tx.size, frequency.size))
    elevation_deg = np.empty((tx.size, 2))

    def work(part: slice) -> None:
        ends = (tx_place, tx_height, tx[part], rx_place, rx_height, rx[part])
        found = (basic_db[part], free_db[part], elevation_deg[part])
        _losses(grid, clutter, terrain.cell_m, *ends, frequency, ae_km, vertical, step, *found)

    in_chunks(work, tx.size, threads)
    return PathLosses(basic_db, free_db, elevation_deg[:, 0], elevation_deg[:, 1])


@kernel
def _losses(
    grid: NDArray[np.float32],
    clutter: NDArray[np.float32],
    cell_m: float,
    tx_place: NDArray[np.float64],
    tx_height_m: NDArray[np.float64],
    tx_index: NDArray[np.int64],
    rx_place: NDArray[np.float64],
    rx_height_m: NDArray[np.float64],
    rx_index: NDArray[np.int64],
    frequency_ghz: NDArray[np.float64],
    ae_km: float,
    vertical: bool,
    step_m: float,
    basic_db: NDArray[np.float64],
    free_db: NDArray[np.float64],
    elevation_deg: NDArray[np.float64],
) -> None:
    """Losses of some paths, written into ``basic_db`` and ``free_db``, shape (paths, bands).

    Elevations at both ends go into ``elevation_deg``, shape (paths, 2). A step of 0 stands for the crossings with the grid.
    """
    bands = frequency_ghz.size
    lowest_ghz = frequency_ghz.min()
    room = 64
    distance_km, ground_m, surface_m = np.empty(room), np.empty(room), np.empty(room)
    for path in range(tx_index.size):
        t, r = tx_index[path], rx_index[path]
        column_0, row_0 = tx_place[t]
        column_1, row_1 = rx_place[r]
        length_m = math.hypot(column_1 - column_0, row_1 - row_0) * cell_m
        line = (column_0, row_0, column_1, row_1)
        points = step_count(length_m, step_m) + 1 if step_m > 0.0 else crossing_count(*line) + 2
        if points > room:
            room = 2 * points
            distance_km, ground_m, surface_m = np.empty(room), np.empty(room), np.empty(room)
        d_km, h_m = distance_km[:points], ground_m[:points]
        if step_m > 0.0:
            whole = fill_profile(grid, *line, length_m / 1000.0, d_km, h_m)
        else:
            whole = fill_crossings(grid, *line, length_m / 1000.0, d_km, h_m)
        if not whole:
            basic_db[path, :] = math.nan
            free_db[path, :] = math.nan
            elevation_deg[path, :] = math.nan
            continue
        hts_m = h_m[0] + tx_height_m[t]
        hrs_m = h_m[points - 1] + rx_height_m[r]
        for band in range(bands):
            free_db[path, band] = free_space_db(d_km[points - 1], hts_m, hrs_m, frequency_ghz[band])
            basic_db[path, band] = free_db[path, band]
        if length_m == 0.0:
            elevation_deg[path, 0] = math.copysign(90.0, hrs_m - hts_m)
            elevation_deg[path, 1] = math.copysign(90.0, hts_m - hrs_m)
            continue
        g_m = h_m
        if clutter.size:
            g_m = surface_m[:points]
            if step_m > 0.0:
                fill_profile(clutter, *line, length_m / 1000.0, d_km, g_m)
            else:
                fill_crossings(clutter, *line, length_m / 1000.0, d_km, g_m)
            g_m[0], g_m[points - 1] = 0.0, 0.0  # section 3.2: none at the terminals
            g_m += h_m
        geometry = diffraction_geometry(d_km, h_m, g_m, hts_m, hrs_m, ae_km, lowest_ghz)
        total_km, slope_t, slope_r = geometry[0], geometry[7], geometry[8]
        elevation_deg[path, 0] = ray_elevation_deg(total_km, hrs_m - hts_m, slope_t, ae_km)
        elevation_deg[path, 1] = ray_elevation_deg(total_km, hts_m - hrs_m, slope_r, ae_km)
        for band in range(bands):
            basic_db[path, band] += delta_bullington_db(geometry, ae_km, frequency_ghz[band], 0.0, vertical)


def in_chunks(
    work: Callable[[slice], None], paths: int, threads: int | None, *, chunk: int = _CHUNK_PATHS
) -> None:
    """Let threads work on slices of the paths; each path is computed by one of them, alone.

    Parameters
    ----------
    work
        Called once a slice; it must release the interpreter's lock to gain anything.
    paths
        How many there are.
    threads
        How many work at once; as many as the process may use where None.
    chunk
        How many are handed out at a time.

    Raises
    ------
    ValueError
        Fewer than one thread is asked for.
    """
    if threads is not None and threads < 1:
        raise ValueError(f"threads is {threads}; one at least must work")
    chunks = [slice(first, first + chunk) for first in range(0, paths, chunk)]
    workers = min(threads or _usable_cores(), len(chunks))
    if workers <= 1:
        for part in chunks:
            work(part)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, chunks))


def checked_frequencies(frequency_ghz: ArrayLike) -> NDArray[np.float64]:
    """Frequencies of the bands, or a ValueError."""
    frequency = np.ascontiguousarray(frequency_ghz, dtype=np.float64)
    if frequency.ndim != 1 or not frequency.size or not ((frequency > 0.0) & np.isfinite(frequency)).all():
        raise ValueError("frequency_ghz must be one-dimensional and positive")
    return frequency


type End = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]
"""One end of some paths: places (places, 2), heights (places,), and the place of each path (paths,)."""


def checked_ends(
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    tx_index: ArrayLike,
    rx_xy_m: ArrayLike,
    rx_height_m: ArrayLike,
    rx_index: ArrayLike,
) -> tuple[End, End]:
    """Both ends of some paths as arrays, or a ValueError that names what does not fit."""
    tx_xy, rx_xy = checked_points(tx_xy_m, "tx_xy_m"), checked_points(rx_xy_m, "rx_xy_m")
    tx_height = checked_heights(tx_height_m, len(tx_xy), "tx_height_m")
    rx_height = checked_heights(rx_height_m, len(rx_xy), "rx_height_m")
    tx = checked_indices(tx_index, len(tx_xy), "tx_index")
    rx = checked_indices(rx_index, len(rx_xy), "rx_index")
    if tx.shape != rx.shape:
        raise ValueError("tx_index and rx_index must be of one length")
    return (tx_xy, tx_height, tx), (rx_xy, rx_height, rx)


def checked_heights(height_m: ArrayLike, places: int, name: str) -> NDArray[np.float64]:
    """Heights as one number each, or a ValueError that names them."""
    given = np.asarray(height_m, dtype=np.float64)
    if given.ndim and given.shape != (places,):
        raise ValueError(f"{name} must be one number, or one for each of the {places} places")
    if not ((given > 0.0) & np.isfinite(given)).all():
        raise ValueError(f"{name} must be above the ground, in metres")
    return np.ascontiguousarray(np.broadcast_to(given, (places,)))


def checked_indices(index: ArrayLike, places: int, name: str) -> NDArray[np.int64]:
    """Place numbers that are safe to hand to compiled code, or a ValueError that names them."""
    numbers = np.ascontiguousarray(index, dtype=np.int64)
    if numbers.ndim != 1 or (numbers.size and not 0 <= numbers.min() <= numbers.max() < places):
        raise ValueError(f"{name} must be one-dimensional, with numbers from 0 to {places - 1}")
    return numbers


def _usable_cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
