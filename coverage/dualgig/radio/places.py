"""Demand points as cells of the terrain, in an order in which neighbours lie close together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.profile import checked_points, grid_places
from dualgig.radio.traced import Wanted

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.fan import Relief
    from dualgig.region.model import Terrain


@dataclass(frozen=True)
class Places:
    """The cells in which demand points lie; each is computed once, in its centre.

    A point is at most 0.71 cells from the centre of its cell: what is served there is decided up to that
    shift. `dualgig.radio.paths.path_loss_db` computes chosen pairs of sites and points where they are.

    Attributes
    ----------
    row, column : ndarray of int32, shape (places,)
        Cells of the terrain, along a Hilbert curve.
    of_point : ndarray of int32, shape (points,)
        Place of each point; -1 off the terrain or on nodata.
    """

    row: NDArray[np.int32]
    column: NDArray[np.int32]
    of_point: NDArray[np.int32]

    def __len__(self) -> int:
        return self.row.size

    def xy_m(self, terrain: Terrain) -> NDArray[np.float64]:
        """Centres of the cells, shape (places, 2), metres."""
        x = terrain.west_m + self.column * terrain.cell_m
        return np.column_stack([x, terrain.north_m - self.row * terrain.cell_m])

    def wanted(self, relief: Relief) -> Wanted:
        """The places on a terrain with its halo, as the sweep looks them up."""
        rows = np.full(relief.rows.shape, -1, dtype=np.int32)
        rows[self.row + relief.halo, self.column + relief.halo] = np.arange(len(self), dtype=np.int32)
        return Wanted(rows, np.ascontiguousarray(rows.T))


def demand_places(terrain: Terrain, xy_m: ArrayLike) -> Places:
    """Find the cells of demand points.

    Parameters
    ----------
    terrain
        The elevation model.
    xy_m
        Shape (points, 2), metres of the terrain's CRS.

    Raises
    ------
    ValueError
        The coordinates are not points.
    """
    at = np.rint(grid_places(terrain, checked_points(xy_m, "xy_m"))).astype(np.int64)
    rows, columns = terrain.height_m.shape
    known = ((at >= 0) & (at < (columns, rows))).all(axis=1)
    known[known] = ~np.isnan(terrain.height_m[at[known, 1], at[known, 0]])
    cells, of_known = np.unique(at[known, 1] * columns + at[known, 0], return_inverse=True)
    row, column = np.divmod(cells, columns)
    order = np.argsort(hilbert_distance(column, row), kind="stable")
    rank = np.empty(order.size, dtype=np.int32)
    rank[order] = np.arange(order.size, dtype=np.int32)
    of_point = np.full(len(at), -1, dtype=np.int32)
    of_point[known] = rank[of_known]
    return Places(row[order].astype(np.int32), column[order].astype(np.int32), of_point)


def hilbert_distance(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Distance along a Hilbert curve through a square of 2^31 cells a side.

    Parameters
    ----------
    x, y
        Shape (cells,), 0 or more: columns and rows.
    """
    x, y = x.copy(), y.copy()
    distance = np.zeros(x.shape, dtype=np.int64)
    level = 1 << int(max(x.max(initial=0), y.max(initial=0))).bit_length() >> 1
    while level:
        right, down = (x & level) > 0, (y & level) > 0
        distance += level * level * ((3 * right) ^ down)
        # turn the quarter so that its curve starts where that of the one before ends
        flip = ~down & right
        x, y = (
            np.where(flip, level - 1 - (x & (level - 1)), x),
            np.where(flip, level - 1 - (y & (level - 1)), y),
        )
        x, y = np.where(down, x, y), np.where(down, y, x)
        level >>= 1
    return distance
