"""Places that a band loses to its radius cap: no site within it serves them, but one beyond would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from dualgig.radio.paths import path_loss_db
from dualgig.radio.profile import checked_points

if TYPE_CHECKING:
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
    lost = np.zeros(chosen.size, np.bool_)
    if not (chosen.size and len(sites_xy)):
        return CapLoss(unserved.size, chosen.size, 0)
    tree = cKDTree(sites_xy)
    counts = np.cumsum(tree.query_ball_point(rx_xy, wider * radius_m, return_length=True))
    first = 0
    while first < chosen.size:
        used = counts[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(counts, used + _PATHS_AT_ONCE, side="right")))
        near = tree.query_ball_point(rx_xy[first:last], wider * radius_m, return_sorted=True)
        rx = np.repeat(np.arange(first, last), [len(sites) for sites in near])
        tx = np.concatenate([np.empty(0, np.int64), *(np.asarray(sites, np.int64) for sites in near)])
        beyond = np.hypot(*(sites_xy[tx] - rx_xy[rx]).T) > radius_m
        tx, rx = tx[beyond], rx[beyond]
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
        lost[rx[budget.margin_db(loss_db[:, 0]) >= 0.0]] = True
        first = last
    return CapLoss(unserved.size, chosen.size, int(lost.sum()))
