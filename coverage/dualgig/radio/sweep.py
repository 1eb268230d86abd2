"""The sweep: losses from sites to every cell around them, from the lines that the paths of a site share.

The dB version gives the basic loss of each cell and band; the threshold version only whether it keeps to
an allowed loss, which a table of clearances decides without a logarithm. One pass over the ground serves
all bands. Results do not depend on how many threads work: each site is swept by one of them, alone.

What the sweep leaves out against `dualgig.radio.paths.path_loss_db` is stated in `dualgig.radio.fan`; the
tests hold it to |mean| <= 0.1 dB and a standard deviation of 2 dB, and to 1.5 % of wrong cells on either
side of a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.fan import Lines, Relief, cells_within
from dualgig.radio.losses import Bands, clearance_limit, fill_losses
from dualgig.radio.paths import checked_heights, in_chunks
from dualgig.radio.profile import checked_points, grid_places
from dualgig.radio.setting import sweep_setting
from dualgig.radio.trace import trace
from dualgig.radio.traced import EVERY_CELL, NO_LIMIT, Limit, Traced, room_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.p1812 import Polarisation
    from dualgig.radio.setting import SweepSetting
    from dualgig.region.model import Terrain

_CHUNK_SITES = 4


@dataclass(frozen=True)
class Sweeps:
    """Cells around sites: the same square window for each, around the cell in which it stands.

    Attributes
    ----------
    first_row, first_column : ndarray of int64, shape (sites,)
        Cell of the terrain at a window's north-west corner; may lie off the terrain.
    values : ndarray, shape (sites, bands, side, side)
        Loss as float32, dB, NaN where none was computed: beyond the radius, off the terrain, on nodata or
        behind it. Or whether the cell is served, as bool.
    """

    first_row: NDArray[np.int64]
    first_column: NDArray[np.int64]
    values: NDArray[Any]

    def cells(self, site: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of the terrain of one site's window, each of the shape (side, side)."""
        side = np.arange(self.values.shape[-1])
        row, column = np.meshgrid(side, side, indexing="ij")
        return row + self.first_row[site], column + self.first_column[site]


def sweep_loss_db(
    terrain: Terrain,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_height_m: float,
    frequency_ghz: ArrayLike,
    radius_m: ArrayLike,
    *,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
    threads: int | None = None,
) -> Sweeps:
    """Median basic loss from sites to all cells around them.

    Parameters
    ----------
    terrain
        The elevation model, in the CRS of the coordinates.
    tx_xy_m
        Shape (sites, 2), metres; anywhere, not only in the centres of cells.
    tx_height_m
        Antennas above ground, one for all or one each, m.
    rx_height_m
        Receivers above the ground of their cells' centres, m.
    frequency_ghz, radius_m
        Shape (bands,), and one radius for all or one each, GHz and m.
    delta_n, polarisation, threads
        See `dualgig.radio.paths.path_loss_db`.

    Returns
    -------
    Sweeps
        Losses, dB.

    Raises
    ------
    ValueError
        Shapes that do not fit, a height, frequency, radius or gradient out of range.
    """
    places, heights = checked_sites(terrain, tx_xy_m, tx_height_m)
    setting = sweep_setting(
        terrain, heights, rx_height_m, frequency_ghz, radius_m, delta_n=delta_n, polarisation=polarisation
    )
    relief, bands, receiver, radius = setting.relief, setting.bands, setting.rx_height_m, setting.radius_m

    def sweep(part: slice, values: NDArray[np.float32], lines: Lines, traced: Traced) -> None:
        site = (places[part], heights[part], receiver, radius)
        sweep_losses(relief, lines, bands, *site, traced, values)

    return _swept(setting, places, np.float32(np.nan), sweep, threads)


def sweep_served(
    terrain: Terrain,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_height_m: float,
    frequency_ghz: ArrayLike,
    radius_m: ArrayLike,
    allowed_loss_db: ArrayLike,
    *,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
    threads: int | None = None,
) -> Sweeps:
    """Whether the cells around sites keep to an allowed loss.

    Parameters
    ----------
    terrain, tx_xy_m, tx_height_m, rx_height_m, frequency_ghz, radius_m, delta_n, polarisation, threads
        See `sweep_loss_db`.
    allowed_loss_db
        Shape (bands,): largest median basic loss at which a cell is served, dB, see
        `dualgig.radio.budget.LinkBudget.allowed_loss_db`.

    Returns
    -------
    Sweeps
        Whether a cell is served, bool; never where no loss is computed.

    Raises
    ------
    ValueError
        As `sweep_loss_db`; or the allowed losses do not fit the bands.
    """
    places, heights = checked_sites(terrain, tx_xy_m, tx_height_m)
    setting = sweep_setting(
        terrain, heights, rx_height_m, frequency_ghz, radius_m, delta_n=delta_n, polarisation=polarisation
    )
    relief, bands, receiver, radius = setting.relief, setting.bands, setting.rx_height_m, setting.radius_m
    frequency = setting.frequency_ghz
    allowed = np.asarray(allowed_loss_db, dtype=np.float64)
    if allowed.shape != frequency.shape or not np.isfinite(allowed).all():
        raise ValueError(f"allowed_loss_db must be one finite number for each of the {frequency.size} bands")
    each = [
        clearance_limit(frequency[[band]], allowed[[band]], radius, terrain.cell_m)
        for band in range(frequency.size)
    ]
    clearance_m = np.stack([limit.clearance_m for limit in each])
    limit = Limit(clearance_m.max(axis=0), each[0].per_m)

    def sweep(part: slice, values: NDArray[np.bool_], lines: Lines, traced: Traced) -> None:
        site = (places[part], heights[part], receiver, radius)
        _sweep_served(relief, lines, bands, *site, limit, clearance_m, allowed, traced, values)

    return _swept(setting, places, np.False_, sweep, threads)


def checked_sites(
    terrain: Terrain, tx_xy_m: ArrayLike, tx_height_m: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places of sites in columns and rows, and their antennas' heights, or a ValueError."""
    xy = checked_points(tx_xy_m, "tx_xy_m")
    return grid_places(terrain, xy), checked_heights(tx_height_m, len(xy), "tx_height_m")


def _swept(
    setting: SweepSetting,
    places: NDArray[np.float64],
    nothing: np.generic,
    sweep: Callable[[slice, NDArray[Any], Lines, Traced], None],
    threads: int | None,
) -> Sweeps:
    """Windows of all sites, filled by threads."""
    half = cells_within(setting.radius_m, setting.terrain.cell_m)
    shape = (len(places), setting.frequency_ghz.size, 2 * half + 1, 2 * half + 1)
    values = np.full(shape, nothing)
    flat = values.reshape(*shape[:2], (2 * half + 1) ** 2)

    def work(part: slice) -> None:
        lines = setting.lines()
        sweep(part, flat[part], lines, room_for(lines))

    in_chunks(work, len(places), threads, chunk=_CHUNK_SITES)
    first = np.floor(places).astype(np.int64) - half
    return Sweeps(first[:, 1], first[:, 0], values)


@kernel
def sweep_losses(
    relief: Relief,
    lines: Lines,
    bands: Bands,
    place: NDArray[np.float64],
    tx_height_m: NDArray[np.float64],
    rx_height_m: float,
    radius_m: float,
    traced: Traced,
    loss_db: NDArray[np.float32],
) -> None:
    """Losses of some sites, written into ``loss_db``, shape (sites, bands, cells of a window)."""
    smooth_from_m = bands.smooth.from_m.min()
    for site in range(place.shape[0]):
        column, row = place[site]
        mast_m = tx_height_m[site]
        count = trace(
            relief,
            lines,
            EVERY_CELL,
            NO_LIMIT,
            column,
            row,
            mast_m,
            rx_height_m,
            radius_m,
            smooth_from_m,
            traced,
        )
        for band in range(bands.radius_m.size):
            fill_losses(bands, band, traced, count)
            for i in range(count):
                if traced.distance_m[i] <= bands.radius_m[band]:
                    loss_db[site, band, traced.target[i]] = traced.loss_db[i]


@kernel
def _sweep_served(
    relief: Relief,
    lines: Lines,
    bands: Bands,
    place: NDArray[np.float64],
    tx_height_m: NDArray[np.float64],
    rx_height_m: float,
    radius_m: float,
    limit: Limit,
    clearance_m: NDArray[np.float32],
    allowed_db: NDArray[np.float64],
    traced: Traced,
    served: NDArray[np.bool_],
) -> None:
    """Which cells of some sites are served, written into ``served``, shape (sites, bands, cells)."""
    smooth_from_m = bands.smooth.from_m.min()
    last = clearance_m.shape[1] - 1
    for site in range(place.shape[0]):
        column, row = place[site]
        mast_m = tx_height_m[site]
        count = trace(
            relief,
            lines,
            EVERY_CELL,
            limit,
            column,
            row,
            mast_m,
            rx_height_m,
            radius_m,
            smooth_from_m,
            traced,
        )
        for band in range(bands.radius_m.size):
            radius = bands.radius_m[band]
            if bands.smooth.from_m[band] < radius:
                fill_losses(bands, band, traced, count)
                for i in range(count):
                    keeps = traced.loss_db[i] <= allowed_db[band]
                    served[site, band, traced.target[i]] = keeps and traced.distance_m[i] <= radius
            else:  # no logarithm is needed
                for i in range(count):
                    entry = min(int(traced.slant_m[i] * limit.per_m), last)
                    keeps = traced.clearance_m[i] <= clearance_m[band, entry]
                    served[site, band, traced.target[i]] = keeps and traced.distance_m[i] <= radius
