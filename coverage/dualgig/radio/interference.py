"""SINR of the sites' paths, with interference from the other sites on the band at a stated load.

Noise and interference are those of one resource element: thermal noise and the phone's noise figure in
one subcarrier, and, of every other site on the band, its carrier's level times the load. The carrier
is taken without the SSB's power offset, as what collides is traffic. A site's own other sectors
interfere too, where its azimuths are known. Sites beyond the radius cap are not heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.rate import noise_dbm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def noise_and_interference_dbm(
    point: ArrayLike,
    level_dbm: ArrayLike,
    total_dbm: ArrayLike,
    interfering: ArrayLike,
    *,
    load: float,
    noise_figure_db: float,
    subcarrier_khz: float,
) -> NDArray[np.float64]:
    """Noise and interference on one resource element that each path's signal meets, dBm.

    Parameters
    ----------
    point
        Shape (paths,), int: the receiver of each path, 0 or more.
    level_dbm
        Shape (paths,), level of a resource element of the serving sector, dBm; not finite where nothing
        arrives.
    total_dbm
        Shape (paths,), level of all the site's sectors together, not less than the serving one's, dBm.
    interfering
        Shape (paths,), bool: the path's site transmits and is heard at every point that it reaches. A
        path's own serving sector never interferes with it; its site's other sectors always do.
    load
        Share of the resource elements on which interfering sectors transmit, 0 to 1.
    noise_figure_db
        Noise figure of the phone, dB.
    subcarrier_khz
        Subcarrier spacing, kHz.

    Returns
    -------
    numpy.ndarray
        float64, shape (paths,), dBm.

    Raises
    ------
    ValueError
        The load is not a share.
    """
    if not 0.0 <= load <= 1.0:
        raise ValueError(f"load is {load}; it must lie between 0 and 1")
    receiver = np.asarray(point, dtype=np.int64)
    own_mw, site_mw = _milliwatts(level_dbm), _milliwatts(total_dbm)
    heard_mw = np.where(np.asarray(interfering, dtype=np.bool_), site_mw, 0.0)
    everyone_mw = np.bincount(receiver, weights=heard_mw)
    # sums lose the last digits of what is subtracted again; no interference is negative
    others_mw = np.maximum(everyone_mw[receiver] - heard_mw, 0.0) + np.maximum(site_mw - own_mw, 0.0)
    noise_mw = 10.0 ** (float(noise_dbm(1000.0 * subcarrier_khz, noise_figure_db)) / 10.0)
    return np.asarray(10.0 * np.log10(noise_mw + load * others_mw))


def _milliwatts(level_dbm: ArrayLike) -> NDArray[np.float64]:
    """Power of a level, mW; 0 where nothing arrives."""
    level = np.asarray(level_dbm, dtype=np.float64)
    heard = np.isfinite(level)
    return np.where(heard, 10.0 ** (np.where(heard, level, 0.0) / 10.0), 0.0)
