"""Clutter at the receiver that no path profile holds: when ITU-R P.2108 is added, and when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.p2108 import terrestrial_loss_db
from dualgig.radio.profile import checked_points

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from dualgig.region.model import Terrain

LEAST_KM = 0.25
"""Where P.2108 section 3.2 begins; a shorter path has the loss of this one."""


def in_profile(terrain: Terrain, xy_m: ArrayLike) -> NDArray[np.bool_]:
    """Whether the paths that end at a place have its clutter in their profile, and P.2108 has no part there.

    So it is over a surface model, and wherever land cover is known: open ground too is told of.

    Parameters
    ----------
    terrain
        The elevation model, with what stands on it.
    xy_m
        Shape (places, 2), metres.
    """
    xy = checked_points(xy_m, "xy_m")
    if terrain.surface:
        return np.ones(len(xy), np.bool_)
    return np.asarray(terrain.clutter_at(xy[:, 0], xy[:, 1]) != "", np.bool_)


def clutter_loss_db(
    terrain: Terrain,
    rx_xy_m: ArrayLike,
    rx_index: ArrayLike,
    distance_m: ArrayLike,
    frequency_ghz: ArrayLike,
) -> NDArray[np.float64]:
    """Median clutter loss of P.2108-1 section 3.2 at receivers of which the terrain tells nothing, dB.

    The median: the spread between locations is the shadow margin's. Transmitters stand above the clutter.

    Parameters
    ----------
    terrain
        The elevation model, with what stands on it.
    rx_xy_m
        Shape (receivers, 2), metres.
    rx_index
        Shape (paths,): the receiver of each path.
    distance_m
        Shape (paths,), length of each path, m.
    frequency_ghz
        Shape (bands,), 0.5 to 67 GHz.

    Returns
    -------
    numpy.ndarray
        float64, shape (paths, bands); 0 where the profile holds the clutter, see `in_profile`.

    Raises
    ------
    ValueError
        A frequency is out of range, or the shapes do not fit.
    """
    distance_km = np.maximum(np.asarray(distance_m, dtype=np.float64) / 1000.0, LEAST_KM)
    loss_db = terrestrial_loss_db(np.asarray(frequency_ghz, np.float64)[None, :], distance_km[:, None], 50.0)
    return np.where(in_profile(terrain, rx_xy_m)[np.asarray(rx_index)][:, None], 0.0, loss_db)
