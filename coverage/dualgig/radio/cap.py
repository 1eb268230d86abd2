"""Places that a band loses to its radius cap: no site within it serves them, but one beyond would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from dualgig.radio.paths import path_loss_db
from dualgig.radio.profile import checked_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.budget import LinkBudget
    from dualgig.radio.p1812 import Polarisation
    from dualgig.radio.places import Places
    from dualgig.region.model import Terrain

SAMPLE = 2000
"""Unserved places that are looked at, evenly spread along their curve; all where there are fewer."""

_PATHS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class CapLoss:
    """What a radius cap costs a band.

    Attributes
    ----------
    unserved : int
        Places that no site within the cap serves.
    examined : int
        How many of them were looked at.
    lost : int
        How many of those a site beyond the cap would serve.
    """

    unserved: int
    examined: int
    lost: int


def lost_to_cap(
    terrain: Terrain,
    places: Places,
    covered: NDArray[np.bool_],
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_height_m: float,
    budget: LinkBudget,
    radius_m: float,
    *,
    wider: float = 2.0,
    sample: int = SAMPLE,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
    threads: int | None = None,
) -> CapLoss:
    """Count the places that a band loses to its radius cap, by exact profiles to the sites beyond it.

    Parameters
    ----------
    terrain, places, tx_xy_m, tx_height_m, rx_height_m, delta_n, polarisation, threads
        See `dualgig.radio.sets.coverage_tiles`.
    covered
        Shape (places,): whether a site within the cap serves the place, see
        `dualgig.radio.packed.CoverageSets.covered`.
    budget, radius_m
        The band's link budget and cap, m.
    wider
        How far beyond the cap sites are looked for, as a multiple of it.
    sample
        Most places that are looked at.

    Raises
    ------
    ValueError
        See `dualgig.radio.paths.path_loss_db`; or ``covered`` does not fit the places.
    """
    if covered.shape != (len(places),):
        raise ValueError(f"covered must have one entry for each of the {len(places)} places")
    unserved = np.flatnonzero(~covered)
    chosen = unserved
    if unserved.size > sample:
        chosen = unserved[np.arange(sample) * unserved.size // sample]
    sites_xy = checked_points(tx_xy_m, "tx_xy_m")
    rx_xy = places.xy_m(terrain)[chosen]

    def serves(tx: NDArray[np.int64], rx: NDArray[np.int64]) -> NDArray[np.bool_]:
        loss_db, _ = path_loss_db(
            terrain,
            sites_xy,
            tx_height_m,
            rx_xy,
            rx_height_m,
            tx,
            rx,
            [budget.frequency_ghz],
            delta_n=delta_n,
            polarisation=polarisation,
            threads=threads,
        )
        return np.asarray(budget.margin_db(loss_db[:, 0]) >= 0.0)

    lost = served_beyond(sites_xy, rx_xy, radius_m, serves, wider=wider)
    return CapLoss(unserved.size, chosen.size, int(lost.sum()))


def served_beyond(
    tx_xy_m: NDArray[np.float64],
    rx_xy_m: NDArray[np.float64],
    radius_m: float,
    serves: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]],
    *,
    wider: float,
) -> NDArray[np.bool_]:
    """Which receivers a transmitter beyond a radius would serve.

    Parameters
    ----------
    tx_xy_m, rx_xy_m
        Shape (transmitters, 2) and (receivers, 2), m.
    radius_m
        Nearer transmitters are left out, m.
    serves
        From the numbers of transmitters and receivers, shape (paths,), to whether each path serves. Called with
        as many paths as memory holds easily.
    wider
        How far transmitters are looked for, as a multiple of the radius.

    Returns
    -------
    numpy.ndarray
        bool, shape (receivers,).
    """
    lost = np.zeros(len(rx_xy_m), np.bool_)
    if not (len(rx_xy_m) and len(tx_xy_m)):
        return lost
    tree = cKDTree(tx_xy_m)
    counts = np.cumsum(tree.query_ball_point(rx_xy_m, wider * radius_m, return_length=True))
    first = 0
    while first < len(rx_xy_m):
        used = counts[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(counts, used + _PATHS_AT_ONCE, side="right")))
        near = tree.query_ball_point(rx_xy_m[first:last], wider * radius_m, return_sorted=True)
        rx = np.repeat(np.arange(first, last), [len(sites) for sites in near])
        tx = np.concatenate([np.empty(0, np.int64), *(np.asarray(sites, np.int64) for sites in near)])
        beyond = np.hypot(*(tx_xy_m[tx] - rx_xy_m[rx]).T) > radius_m
        tx, rx = tx[beyond], rx[beyond]
        lost[rx[serves(tx, rx)]] = True
        first = last
    return lost
