"""What is asked of a trace around a site, and the room for what it finds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.radio.fan import Lines


class Traced(NamedTuple):
    """Paths of one site, as many as were counted; room that a thread uses for one site after the other.

    Attributes
    ----------
    target : ndarray of int32
        What the path leads to: a number of the wanted places, or a cell of the site's window.
    distance_m, slant_m : ndarray of float32
        Horizontal length, and distance between the antennas, m.
    clearance_m : ndarray of float32
        Bullington's nu^2 times half the wavelength, m; negative in sight (section 4.3.1).
    hte_m, hre_m : ndarray of float32
        Effective antenna heights over the smooth earth, m; infinite where it adds nothing.
    bearing : ndarray of float32
        Way to the place: four times the side (0 east, 1 west, 2 south, 3 north), and 1 more than the tangent of
        the angle to that side's middle, positive to the south or east; see `azimuth_rad`.
    departure : ndarray of float32
        Tangent of the elevation in which the path leaves the site, see
        `dualgig.radio.diffraction.ray_elevation_deg`.
    loss_db : ndarray of float32
        Room for the losses of one band.
    """

    target: NDArray[np.int32]
    distance_m: NDArray[np.float32]
    slant_m: NDArray[np.float32]
    clearance_m: NDArray[np.float32]
    hte_m: NDArray[np.float32]
    hre_m: NDArray[np.float32]
    bearing: NDArray[np.float32]
    departure: NDArray[np.float32]
    loss_db: NDArray[np.float32]


class Wanted(NamedTuple):
    """The cells that paths are wanted to.

    Attributes
    ----------
    rows, columns : ndarray of int32
        Shaped as `Relief.rows` and `Relief.columns`: number of the place in a cell, -1 for none. Empty:
        every cell of the terrain is wanted, and numbered by its place in the site's window.
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]


class Limit(NamedTuple):
    """Where a path is hopeless.

    Attributes
    ----------
    clearance_m : ndarray of float32
        Paths with more than this are left out, by slant distance; the last holds beyond.
    per_m : float
        Entries a metre.
    """

    clearance_m: NDArray[np.float32]
    per_m: float


EVERY_CELL = Wanted(np.empty((0, 0), np.int32), np.empty((0, 0), np.int32))
"""All cells are wanted."""

NO_LIMIT = Limit(np.array([np.inf], np.float32), 0.0)
"""No path is hopeless."""


def room_for(lines: Lines) -> Traced:
    """Room for all cells of a site's window."""
    cells = (2 * lines.cells + 1) ** 2
    return Traced(np.empty(cells, np.int32), *(np.empty(cells, np.float32) for _ in range(8)))


@kernel
def azimuth_rad(bearing: float) -> float:
    """Azimuth of `Traced.bearing`, clockwise from the grid's north, 0 to 2 pi."""
    side = int(bearing * 0.25)
    angle = math.atan(bearing - 4.0 * side - 1.0)
    if side == 0:
        return 0.5 * math.pi + angle
    if side == 1:
        return 1.5 * math.pi - angle
    if side == 2:
        return math.pi - angle
    return angle if angle >= 0.0 else angle + 2.0 * math.pi
