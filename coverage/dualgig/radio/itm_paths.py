"""The second opinion on many paths: Irregular Terrain Model losses over a terrain grid.

Each path runs over the bare ground that `dualgig.radio.paths.path_loss_db` sees, at evenly spaced points as
the model demands them, so what the two models disagree on is the models' doing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.itm import MEDIAN, check_range
from dualgig.radio.itm_loss import profile_loss_db
from dualgig.radio.paths import checked_ends, checked_frequencies, in_chunks
from dualgig.radio.profile import (
    checked_step_m,
    fill_profile,
    grid_places,
    sampling_grid,
    step_count,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.itm import Conditions
    from dualgig.radio.itm_loss import Ground, Statistics
    from dualgig.region.model import Terrain


def itm_path_loss_db(
    terrain: Terrain,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_xy_m: ArrayLike,
    rx_height_m: ArrayLike,
    tx_index: ArrayLike,
    rx_index: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    conditions: Conditions = MEDIAN,
    step_m: float | None = None,
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Point-to-point loss of the Irregular Terrain Model, of many paths in several bands.

    Parameters
    ----------
    terrain
        The elevation model, in the CRS of the coordinates.
    tx_xy_m, rx_xy_m
        Shape (transmitters, 2) and (receivers, 2), metres.
    tx_height_m, rx_height_m
        Antennas above ground, one for all or one each, 0.5 to 3000 m.
    tx_index, rx_index
        Shape (paths,): which transmitter and receiver each path joins.
    frequency_ghz
        Shape (bands,), 0.02 to 20 GHz.
    conditions
        Ground, air and statistics.
    step_m
        Largest spacing of the evenly spaced profile points, metres; the terrain's cell where absent.
    threads
        How many work at once; as many as the process may use where absent.

    Returns
    -------
    numpy.ndarray
        float64, shape (paths, bands), dB. NaN where the path leaves the model or meets nodata, has no
        length, or lies at a height for whose air the model is not stated.

    Raises
    ------
    ValueError
        Shapes that do not fit, an index out of range, a height, frequency or step out of range.
    """
    (tx_xy, tx_height, tx), (rx_xy, rx_height, rx) = checked_ends(
        tx_xy_m, tx_height_m, tx_index, rx_xy_m, rx_height_m, rx_index
    )
    check_range(tx_height, "tx_height_m", 0.5, 3000.0)
    check_range(rx_height, "rx_height_m", 0.5, 3000.0)
    frequency = checked_frequencies(frequency_ghz)
    check_range(frequency, "frequency_ghz", 0.02, 20.0)
    step = checked_step_m(terrain, step_m)
    grid = sampling_grid(terrain)
    tx_place, rx_place = grid_places(terrain, tx_xy), grid_places(terrain, rx_xy)
    loss_db = np.empty((tx.size, frequency.size))
    ground, statistics = conditions.ground, conditions.statistics

    def work(part: slice) -> None:
        ends = (tx_place, tx_height, tx[part], rx_place, rx_height, rx[part])
        _losses(grid, terrain.cell_m, *ends, 1000.0 * frequency, ground, statistics, step, loss_db[part])

    in_chunks(work, tx.size, threads)
    return loss_db


@kernel
def _losses(
    grid: NDArray[np.float32],
    cell_m: float,
    tx_place: NDArray[np.float64],
    tx_height_m: NDArray[np.float64],
    tx_index: NDArray[np.int64],
    rx_place: NDArray[np.float64],
    rx_height_m: NDArray[np.float64],
    rx_index: NDArray[np.int64],
    frequency_mhz: NDArray[np.float64],
    ground: Ground,
    statistics: Statistics,
    step_m: float,
    loss_db: NDArray[np.float64],
) -> None:
    """Losses of some paths, written into ``loss_db``, shape (paths, bands)."""
    room = 64
    distance_km, ground_m = np.empty(room), np.empty(room)
    for path in range(tx_index.size):
        t, r = tx_index[path], rx_index[path]
        column_0, row_0 = tx_place[t]
        column_1, row_1 = rx_place[r]
        length_m = math.hypot(column_1 - column_0, row_1 - row_0) * cell_m
        steps = step_count(length_m, step_m)
        if steps + 1 > room:
            room = 2 * (steps + 1)
            distance_km, ground_m = np.empty(room), np.empty(room)
        d_km, h_m = distance_km[: steps + 1], ground_m[: steps + 1]
        whole = fill_profile(grid, column_0, row_0, column_1, row_1, length_m / 1000.0, d_km, h_m)
        if not whole or length_m == 0.0:
            loss_db[path, :] = math.nan
            continue
        heights_m = (tx_height_m[t], rx_height_m[r])
        for band in range(frequency_mhz.size):
            loss_db[path, band] = profile_loss_db(
                h_m, length_m / steps, heights_m, frequency_mhz[band], ground, statistics
            )
