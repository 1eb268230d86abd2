"""Best-server rasters for the map: the strongest SS-RSRP of some sites in every cell, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.losses import Bands, clearance_limit, fill_losses
from dualgig.radio.paths import in_chunks
from dualgig.radio.pattern import checked_tables, gain_towards_db
from dualgig.radio.setting import sweep_setting
from dualgig.radio.sweep import checked_sites
from dualgig.radio.trace import trace
from dualgig.radio.traced import EVERY_CELL, Limit, Traced, room_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.budget import LinkBudget
    from dualgig.radio.fan import Lines, Relief
    from dualgig.radio.p1812 import Polarisation
    from dualgig.radio.pattern import Antennas
    from dualgig.region.model import Terrain

FLOOR_DBM = -130.0
"""Weaker signals are not drawn."""

_CHUNK_SITES = 8


@dataclass(frozen=True)
class BestServer:
    """Strongest signal of each band on the cells of a terrain.

    Attributes
    ----------
    bands : tuple of str
        Names of the bands.
    rsrp_dbm : ndarray of float16, shape (bands, rows, columns)
        Median SS-RSRP of the strongest site, dBm; NaN where none reaches the floor.
    site : ndarray of int32, shape (bands, rows, columns)
        Which site that is, -1 for none; of equally strong ones the first.
    """

    bands: tuple[str, ...]
    rsrp_dbm: NDArray[np.float16]
    site: NDArray[np.int32]


def best_server(
    terrain: Terrain,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_height_m: float,
    budgets: Sequence[LinkBudget],
    radius_m: ArrayLike,
    *,
    floor_dbm: float = FLOOR_DBM,
    antennas: Antennas | None = None,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
    threads: int | None = None,
) -> BestServer:
    """Strongest SS-RSRP of some sites on every cell of a terrain.

    Parameters
    ----------
    terrain, tx_xy_m, tx_height_m, rx_height_m, budgets, radius_m, antennas, delta_n, polarisation, threads
        See `dualgig.radio.sets.coverage_tiles`.
    floor_dbm
        Weaker signals are left out, dBm.

    Raises
    ------
    ValueError
        Shapes that do not fit, a height, radius or gradient out of range, no budget.
    """
    at, heights = checked_sites(terrain, tx_xy_m, tx_height_m)
    tables = checked_tables(antennas, len(at), len(budgets))
    frequency = [budget.frequency_ghz for budget in budgets]
    setting = sweep_setting(
        terrain, heights, rx_height_m, frequency, radius_m, delta_n=delta_n, polarisation=polarisation
    )
    # a level is this figure less the loss
    without_loss_dbm = np.array([float(budget.rsrp_dbm(0.0)) for budget in budgets])
    most = without_loss_dbm + float(tables.gain_db.max(initial=0.0)) - floor_dbm
    limit = clearance_limit(setting.frequency_ghz, most, setting.radius_m, terrain.cell_m)
    shape = (len(budgets), *terrain.height_m.shape)
    best_dbm, site = np.full(shape, -np.inf, np.float32), np.full(shape, -1, np.int32)
    one_at_a_time = Lock()

    def work(part: slice) -> None:
        lines = setting.lines()
        traced = room_for(lines)
        for number in range(*part.indices(len(at))):
            column, row = float(at[number, 0]), float(at[number, 1])
            mast = (float(heights[number]), setting.rx_height_m, setting.radius_m)
            count = _reach(setting.relief, lines, limit, setting.bands, column, row, *mast, traced)
            kind, turn_deg = int(tables.kind[number]), float(tables.turn_deg[number])
            for band in range(len(budgets)):
                power_dbm = float(without_loss_dbm[band])
                _levels(
                    setting.bands, band, traced, count, tables.gain_db, kind, turn_deg, power_dbm, floor_dbm
                )
                with one_at_a_time:
                    _keep_best(traced, count, column, row, lines.cells, number, best_dbm[band], site[band])

    in_chunks(work, len(at), threads, chunk=_CHUNK_SITES)
    best_dbm[site < 0] = np.nan
    return BestServer(tuple(budget.band for budget in budgets), best_dbm.astype(np.float16), site)


@kernel
def _reach(
    relief: Relief,
    lines: Lines,
    limit: Limit,
    bands: Bands,
    column: float,
    row: float,
    tx_height_m: float,
    rx_height_m: float,
    radius_m: float,
    traced: Traced,
) -> int:
    """Paths of one site to the cells that it may reach."""
    smooth_from_m = bands.smooth.from_m.min()
    return trace(
        relief,
        lines,
        EVERY_CELL,
        limit,
        column,
        row,
        tx_height_m,
        rx_height_m,
        radius_m,
        smooth_from_m,
        traced,
    )


@kernel
def _levels(
    bands: Bands,
    band: int,
    traced: Traced,
    count: int,
    gain_db: NDArray[np.float32],
    kind: int,
    turn_deg: float,
    without_loss_dbm: float,
    floor_dbm: float,
) -> None:
    """Turn the losses of traced paths into levels, minus infinity where there is none."""
    fill_losses(bands, band, traced, count)
    for i in range(count):
        level_dbm = without_loss_dbm - traced.loss_db[i]
        if kind >= 0:
            towards = (turn_deg, traced.bearing[i], traced.departure[i])
            level_dbm += gain_towards_db(gain_db[band, kind], *towards)
        if level_dbm < floor_dbm or traced.distance_m[i] > bands.radius_m[band]:
            level_dbm = -np.inf
        traced.loss_db[i] = level_dbm


@kernel
def _keep_best(
    traced: Traced,
    count: int,
    column: float,
    row: float,
    cells: int,
    number: int,
    best_dbm: NDArray[np.float32],
    site: NDArray[np.int32],
) -> None:
    """Write the levels of a site where they are the strongest so far."""
    side = 2 * cells + 1
    first_row, first_column = int(row) - cells, int(column) - cells
    for i in range(count):
        level_dbm = traced.loss_db[i]
        if level_dbm == -np.inf:
            continue
        r, c = first_row + traced.target[i] // side, first_column + traced.target[i] % side
        # a tie goes to the first site, whichever thread comes first
        if level_dbm > best_dbm[r, c] or (level_dbm == best_dbm[r, c] and number < site[r, c]):
            best_dbm[r, c] = level_dbm
            site[r, c] = number
