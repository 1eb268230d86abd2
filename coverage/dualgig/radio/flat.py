"""3GPP TR 38.901 losses of many paths: the labelled choice for flat ground, which looks at no terrain.

The loss is the mean, in dB, of the loss with and without line of sight, weighted by the probability of
line of sight at the path's length. The report's loss without line of sight already holds what stands
in the way: no diffraction is added to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from dualgig.radio.p1812 import free_space_loss_db
from dualgig.radio.paths import PathLosses, checked_ends, checked_frequencies
from dualgig.radio.tr38901 import (
    rma_los_loss_db,
    rma_los_probability,
    rma_nlos_loss_db,
    uma_los_loss_db,
    uma_los_probability,
    uma_nlos_loss_db,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FlatModel = Literal["tr38901_rma", "tr38901_uma"]

NEAREST_M, FARTHEST_M = 10.0, 5000.0
"""Range of the loss without line of sight (table 7.4.1-1); nearer paths are taken at its beginning."""

MAST_M: dict[FlatModel, tuple[float, float]] = {"tr38901_rma": (10.0, 150.0), "tr38901_uma": (1.01, 1000.0)}
"""Antenna heights of sites: table 7.4.1-1 for RMa; for UMa, fitted at 25 m, above its environment of 1 m."""

RECEIVER_M: dict[FlatModel, tuple[float, float]] = {"tr38901_rma": (1.0, 10.0), "tr38901_uma": (1.5, 13.0)}
"""Antenna heights of users; UMa up to where its environment height is 1 m for certain (note 1)."""


def flat_loss_db(
    model: FlatModel,
    distance_m: ArrayLike,
    frequency_ghz: ArrayLike,
    base_height_m: ArrayLike,
    user_height_m: ArrayLike,
) -> NDArray[np.float64]:
    """Loss with and without line of sight, weighted by their probabilities, dB.

    Parameters
    ----------
    model
        Rural or urban macro.
    distance_m
        Horizontal distance, m; NaN comes back beyond `FARTHEST_M`.
    frequency_ghz
        0.5 to 30 GHz (RMa) or 100 GHz (UMa).
    base_height_m, user_height_m
        Antennas above ground, in `MAST_M` and `RECEIVER_M`. All four arrays broadcast.

    Raises
    ------
    ValueError
        A height or frequency is outside its range.
    """
    given = np.asarray(distance_m, dtype=np.float64)
    far = given > FARTHEST_M
    distance = np.clip(given, NEAREST_M, FARTHEST_M)
    heights = {"base_height_m": base_height_m, "user_height_m": user_height_m}
    if model == "tr38901_rma":
        los_db = rma_los_loss_db(distance, frequency_ghz, **heights)
        nlos_db = rma_nlos_loss_db(distance, frequency_ghz, **heights)
        share = rma_los_probability(distance)
    else:
        los_db = uma_los_loss_db(distance, frequency_ghz, **heights)
        nlos_db = uma_nlos_loss_db(distance, frequency_ghz, **heights)
        share = uma_los_probability(distance, user_height_m=user_height_m)
    return np.where(far, np.nan, share * los_db + (1.0 - share) * nlos_db)


def flat_path_losses(
    model: FlatModel,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_xy_m: ArrayLike,
    rx_height_m: ArrayLike,
    tx_index: ArrayLike,
    rx_index: ArrayLike,
    frequency_ghz: ArrayLike,
) -> PathLosses:
    """`flat_loss_db` of many paths in several bands, as `dualgig.radio.paths.path_losses` gives losses.

    Parameters
    ----------
    model
        Rural or urban macro.
    tx_xy_m, tx_height_m, rx_xy_m, rx_height_m, tx_index, rx_index, frequency_ghz
        As for `dualgig.radio.paths.path_losses`.

    Returns
    -------
    PathLosses
        Losses are NaN beyond `FARTHEST_M`; elevations are those between the antennas over level ground.

    Raises
    ------
    ValueError
        Shapes that do not fit, an index out of range, or a height or frequency out of the report's range.
    """
    (tx_xy, tx_height, tx), (rx_xy, rx_height, rx) = checked_ends(
        tx_xy_m, tx_height_m, tx_index, rx_xy_m, rx_height_m, rx_index
    )
    mast_m, user_m = tx_height[tx], rx_height[rx]
    frequency = checked_frequencies(frequency_ghz)[None, :]
    distance_m = np.hypot(*(rx_xy[rx] - tx_xy[tx]).T)
    basic_db = flat_loss_db(model, distance_m[:, None], frequency, mast_m[:, None], user_m[:, None])
    free_db = free_space_loss_db(distance_m[:, None] / 1000.0, mast_m[:, None], user_m[:, None], frequency)
    fall_deg = np.degrees(np.arctan2(mast_m - user_m, distance_m))
    return PathLosses(basic_db, free_db, -fall_deg, fall_deg)
