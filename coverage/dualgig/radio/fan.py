"""The fan of lines that a site's paths share, and the obstruction of a path between two of them.

Around a site lie four sides: east and west, whose lines cross the columns of the grid, and south and
north, whose lines cross its rows. On each side straight lines leave the site at evenly spaced slopes
between the diagonals, two thirds of a row (or column) apart where the radius ends. They are drawn once a site: at each
crossing the ground is linear between two cells, as on the exact profile of `dualgig.radio.profile`. A cell
of that side is itself on a column, and its path runs between two neighbouring lines, so its profile is
interpolated between theirs, crossing by crossing. What differs from the exact profile is only the ground
between the two lines, less than a cell apart, and that paths which cross nothing see nothing on their way.

Heights are flattened by the earth's bulge, y = h - d^2 / 2 ae, and kept as slopes seen from the
transmitter, so that the height of a point above the straight path is a difference of slopes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.lanes import lane_kernel, larger, smaller
from dualgig.radio.profile import clutter_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.region.model import Terrain

LANES = 64
"""Profiles are read in whole groups of so many points, as the compiler unrolls the loops over them; what
lies before the first point is padding."""

LINES_A_CELL = 1.5
"""Lines a cell at the radius: more of them err less and take longer to draw."""

_DEEP = np.float32(-1e9)
"""Slope of the padding: below any ground."""

_NEAR_ZERO = np.float32(1e-6)
_FAR = np.float32(1e30)
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)


class Relief(NamedTuple):
    """Ground of a terrain as the fan reads it.

    Attributes
    ----------
    rows, columns : ndarray of float32
        Heights of the ground, m, with a halo of their edge all around; the second is the transpose of the
        first.
    top_rows, top_columns : ndarray of float32
        The same with what stands on it.
    cluttered : bool
        Whether anything does; else the two are the same arrays.
    halo : int
        Width of the halo, cells.
    cell_m : float
        Edge of a cell, m.
    bulge_per_m : float
        1 / 2 ae: fall of the earth below the tangent over a distance squared.
    """

    rows: NDArray[np.float32]
    columns: NDArray[np.float32]
    top_rows: NDArray[np.float32]
    top_columns: NDArray[np.float32]
    cluttered: bool
    halo: int
    cell_m: float
    bulge_per_m: float


class Lines(NamedTuple):
    """The lines of one side of a site, drawn anew for each; every thread has its own.

    Attributes
    ----------
    slope : ndarray of float32, shape (lines, `LANES` + crossings)
        Slope from the transmitter to the flattened ground with what stands on it, m a column.
    bare : ndarray of float32
        The same of the bare ground; the same array where nothing stands on it.
    ramp : ndarray of float32, shape (`LANES` + crossings,)
        Distance of a crossing from the site, columns; 0 for the padding.
    reach : ndarray of int32, shape (lines,)
        How many crossings lie before the first without data.
    inverse : ndarray of float32
        1 / n, counted from the end: the last is 1.
    half : int
        Lines on each side of the middle one.
    cells : int
        Cells from the site to the edge of its window, which is ``2 * cells + 1`` wide.
    """

    slope: NDArray[np.float32]
    bare: NDArray[np.float32]
    ramp: NDArray[np.float32]
    reach: NDArray[np.int32]
    inverse: NDArray[np.float32]
    half: int
    cells: int


def relief_of(terrain: Terrain, radius_m: float, ae_km: float) -> Relief:
    """A terrain with a halo as wide as a radius.

    Parameters
    ----------
    terrain
        The elevation model.
    radius_m
        Largest radius that will be swept, m.
    ae_km
        Effective earth radius, km.
    """
    halo = cells_within(radius_m, terrain.cell_m) + 3
    rows = np.pad(np.asarray(terrain.height_m, dtype=np.float32), halo, mode="edge")
    columns = np.ascontiguousarray(rows.T)
    scale = (halo, float(terrain.cell_m), 1.0 / (2000.0 * ae_km))
    cluttered = terrain.clutter is not None
    top_rows, top_columns = rows, columns
    if cluttered:
        top_rows = rows + np.pad(clutter_grid(terrain), halo, mode="edge")
        top_columns = np.ascontiguousarray(top_rows.T)
    return Relief(rows, columns, top_rows, top_columns, cluttered, *scale)


def lines_for(radius_m: float, cell_m: float, *, cluttered: bool) -> Lines:
    """Room for the lines of any site swept to a radius.

    Parameters
    ----------
    radius_m, cell_m
        Radius of the sweep and edge of a cell, m.
    cluttered
        Whether anything stands on the ground.
    """
    cells = cells_within(radius_m, cell_m)
    half = max(math.ceil(LINES_A_CELL * cells), 1)
    length = LANES + cells + 1
    slope = np.full((2 * half + 1, length), _DEEP, dtype=np.float32)
    inverse = (1.0 / np.arange(length, 0, -1)).astype(np.float32)
    reach = np.zeros(2 * half + 1, dtype=np.int32)
    bare = slope.copy() if cluttered else slope
    return Lines(slope, bare, np.zeros(length, dtype=np.float32), reach, inverse, half, cells)


def cells_within(radius_m: float, cell_m: float) -> int:
    """Cells from a site to the edge of its sweep, rounded up."""
    return math.ceil(radius_m / cell_m)


@kernel
def draw_lines(
    grid: NDArray[np.float32],
    first: int,
    step: int,
    near: float,
    lateral: float,
    hts_m: float,
    cell_m: float,
    bulge_per_m: float,
    crossings: int,
    slope: NDArray[np.float32],
    lines: Lines,
) -> None:
    """Draw the lines of one side.

    Parameters
    ----------
    grid
        Heights, m, shape (columns, rows): the side's lines cross its first axis.
    first, step
        Index of the first column crossed, and the way on from there, 1 or -1.
    near
        Distance of that column from the site, columns, more than 0 and at most 1.
    lateral
        The site's place on the other axis.
    hts_m
        Transmitting antenna above sea level, m.
    cell_m, bulge_per_m
        See `Relief`.
    crossings
        Columns within the radius.
    slope
        ``slope`` or ``bare`` of the lines; written, but for the padding.
    lines
        The lines; reach and ramp are written.
    """
    half = lines.half
    base = int(lateral) - crossings - 2
    middle = np.float32(lateral - base)
    top = np.float32(hts_m)
    for k in range(crossings):
        lines.ramp[LANES + k] = near + k
    for line in range(2 * half + 1):
        m = (line - half) / half
        stretch = 1.0 + m * m
        fall = np.float32(bulge_per_m * stretch * cell_m * cell_m)
        rise = np.float32(m)
        row = slope[line, LANES:]
        # a line leaves the circle before its diagonal leaves the square; two more serve the neighbours
        needed = min(crossings, int((crossings + 1) / math.sqrt(stretch)) + 2)
        reach = needed
        for k in range(needed):
            distance = np.float32(near + k)
            v = middle + rise * distance
            j = np.int32(v)
            here = grid[first + step * k, base + j]
            there = grid[first + step * k, base + j + 1]
            height = here + (there - here) * (v - np.float32(j))
            if math.isnan(height):
                if v == np.float32(j) and not math.isnan(here):
                    height = here
                else:
                    reach = min(reach, k)
                    height = _ZERO
            row[k] = (height - top - distance * distance * fall) / distance
        lines.reach[line] = reach if reach < needed else slope.shape[1]


@lane_kernel
def obstruction(
    slope: NDArray[np.float32],
    a: int,
    b: int,
    inverse: NDArray[np.float32],
    c: int,
    points: int,
    share: np.float32,
    sight: np.float32,
    distance: np.float32,
) -> tuple[np.float32, np.float32, np.float32]:
    """What a profile between two lines puts in the way of a path.

    With x the height of a point above the straight path, at d1 from the transmitter and d2 from the
    receiver: u = x / d1 is its slope less the path's, and w = x / d2 = u (d / d2 - 1).

    Parameters
    ----------
    slope
        All slopes of a side, flattened.
    a, b
        Where the points of the two lines start.
    inverse, c
        `Lines.inverse`, and where 1 / (distance to the receiver) of the first point stands in it.
    points
        How many, padding included.
    share
        Nearness of the path to the second line, 0 to 1.
    sight
        Slope of the straight path, m a column.
    distance
        Length of the path, columns.

    Returns
    -------
    tuple
        Largest u, largest w, and smallest u w, m a column.
    """
    highest_u, highest_w, least = -_FAR, -_FAR, _FAR
    for i in range(points):
        k = np.uint64(i)
        near = slope[np.uint64(a) + k]
        u = near + share * (slope[np.uint64(b) + k] - near) - sight
        w = u * larger(distance * inverse[np.uint64(c) + k] - _ONE, _NEAR_ZERO)
        highest_u = larger(highest_u, u)
        highest_w = larger(highest_w, w)
        least = smaller(least, u * w)
    return highest_u, highest_w, least
