"""What delta-Bullington adds for the smooth earth, as a table that the sweep looks up.

Equation (39) of ITU-R P.1812-8 adds max(Ldsph - Lbs, 0) to the Bullington loss of the profile, where both
terms depend on the path's length and the two effective antenna heights alone. A sweep would compute the
same few surfaces a million times, so they are tabulated once per job, with `dualgig.radio.diffraction`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.diffraction import (
    bullington_db,
    bullington_nu,
    smooth_clearance,
    spherical_earth_db,
    wavelength_m,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

NODES = (64, 64, 48)
"""Nodes along length, transmitter height and receiver height."""

HIGHEST_M = 20_000.0
"""No effective antenna height is looked for beyond this."""


class SmoothTable(NamedTuple):
    """Added loss over the smooth earth, on a regular grid of the length's root and the heights' logarithms.

    Attributes
    ----------
    added_db : ndarray of float32, shape (bands, lengths, tx heights, rx heights)
        Loss, dB.
    length_root_step : float
        Spacing of the square roots of length, from 0, m^0.5.
    tx_log, tx_log_step, rx_log, rx_log_step : float
        First natural logarithm of the effective height, m, and spacing, for either end.
    from_m : ndarray of float64, shape (bands,)
        Length from which on anything is added; infinite where nothing ever is.
    """

    added_db: NDArray[np.float32]
    length_root_step: float
    tx_log: float
    tx_log_step: float
    rx_log: float
    rx_log_step: float
    from_m: NDArray[np.float64]


def smooth_table(
    frequency_ghz: NDArray[np.float64],
    radius_m: NDArray[np.float64],
    tx_height_m: float,
    rx_height_m: float,
    ae_km: float,
    cell_m: float,
    *,
    vertical: bool,
) -> SmoothTable:
    """Tabulate what the smooth earth adds.

    Parameters
    ----------
    frequency_ghz, radius_m
        Shape (bands,): frequency, and radius to which the band is swept.
    tx_height_m, rx_height_m
        Lowest antennas above ground, m; effective heights are never less (Attachment 1, section 5.6).
    ae_km
        Effective earth radius, km.
    cell_m
        Spacing of the smooth profile's points, m.
    vertical
        Whether the polarisation is vertical.
    """
    longest_m = float(radius_m.max())
    band = int(frequency_ghz.argmin())
    lowest_ghz = float(frequency_ghz[band])

    def enough_m(lowest_m: float, *, tx: bool) -> float:
        """Height of one end from which on nothing is added, whatever the other's."""
        low, high = lowest_m, HIGHEST_M
        while high > 1.01 * low:
            middle = math.sqrt(low * high)
            heights = (middle, rx_height_m) if tx else (tx_height_m, middle)
            if smooth_added_db(longest_m, *heights, ae_km, lowest_ghz, vertical, cell_m) > 0.0:
                low = middle
            else:
                high = middle
        return high

    tops = enough_m(tx_height_m, tx=True), enough_m(rx_height_m, tx=False)
    logs = [
        np.linspace(math.log(low), math.log(top), nodes)
        for low, top, nodes in zip((tx_height_m, rx_height_m), tops, NODES[1:], strict=True)
    ]
    length_roots = np.linspace(0.0, math.sqrt(longest_m), NODES[0])
    lengths_m = length_roots**2
    added = np.zeros((frequency_ghz.size, *NODES), dtype=np.float32)
    _fill(added, lengths_m, np.exp(logs[0]), np.exp(logs[1]), frequency_ghz, ae_km, vertical, cell_m)
    within = lengths_m[None, :-1] < radius_m[:, None]
    adding = within & (added[:, 1:, 0, 0] > 0.0)
    from_m = np.where(adding.any(axis=1), lengths_m[adding.argmax(axis=1)], np.inf)
    steps = [float(log[1] - log[0]) for log in logs]
    first = [float(log[0]) for log in logs]
    return SmoothTable(added, float(length_roots[1]), first[0], steps[0], first[1], steps[1], from_m)


@kernel
def smooth_added_db(
    length_m: float,
    hte_m: float,
    hre_m: float,
    ae_km: float,
    frequency_ghz: float,
    vertical: bool,
    cell_m: float,
) -> float:
    """What the smooth earth adds to a path, dB; second term of equation (39).

    Parameters
    ----------
    length_m
        Path length, m.
    hte_m, hre_m
        Effective antenna heights, equations (37) and (38), m.
    ae_km, frequency_ghz, vertical
        Effective earth radius, frequency, polarisation.
    cell_m
        Spacing of the smooth profile's points, m.
    """
    d_km = length_m / 1000.0
    hse_m, product_km = smooth_clearance(d_km, hte_m, hre_m, ae_km)
    sphere_db = spherical_earth_db(d_km, hte_m, hre_m, ae_km, frequency_ghz, 0.0, vertical, hse_m, product_km)
    if sphere_db <= 0.0:
        return 0.0
    steps = max(2, math.ceil(length_m / cell_m))
    profile_km = np.linspace(0.0, d_km, steps + 1)
    nu = bullington_nu(profile_km, np.zeros(steps + 1), hte_m, hre_m, ae_km)
    smooth_db = bullington_db(nu / math.sqrt(wavelength_m(frequency_ghz)), d_km)
    return max(sphere_db - smooth_db, 0.0)


@kernel
def _fill(
    added_db: NDArray[np.float32],
    length_m: NDArray[np.float64],
    hte_m: NDArray[np.float64],
    hre_m: NDArray[np.float64],
    frequency_ghz: NDArray[np.float64],
    ae_km: float,
    vertical: bool,
    cell_m: float,
) -> None:
    """Compute the nodes that are not 0: lower antennas than one for which nothing is added."""
    for band in range(frequency_ghz.size):
        for i in range(1, length_m.size):
            for j in range(hte_m.size):
                for k in range(hre_m.size):
                    added_db[band, i, j, k] = smooth_added_db(
                        length_m[i], hte_m[j], hre_m[k], ae_km, frequency_ghz[band], vertical, cell_m
                    )
                    if added_db[band, i, j, k] == 0.0:
                        break
                if added_db[band, i, j, 0] == 0.0:
                    break


@kernel
def looked_up_db(table: SmoothTable, band: int, length_m: float, hte_m: float, hre_m: float) -> float:
    """Added loss of a path by linear interpolation, dB; beyond the table its last node.

    Parameters
    ----------
    table
        The table.
    band
        Which of its bands.
    length_m, hte_m, hre_m
        Path length and effective antenna heights, m.
    """
    added = table.added_db
    nodes = added.shape
    x = min(math.sqrt(length_m) / table.length_root_step, nodes[1] - 1.001)
    y = (math.log(hte_m) - table.tx_log) / table.tx_log_step
    y = min(max(y, 0.0), nodes[2] - 1.001)
    z = (math.log(hre_m) - table.rx_log) / table.rx_log_step
    z = min(max(z, 0.0), nodes[3] - 1.001)
    i, j, k = int(x), int(y), int(z)
    x, y, z = x - i, y - j, z - k
    total = 0.0
    for a in range(2):
        for b in range(2):
            low, high = added[band, i + a, j + b, k], added[band, i + a, j + b, k + 1]
            weight = (x if a else 1.0 - x) * (y if b else 1.0 - y)
            total += weight * (low + (high - low) * z)
    return total
