"""From SINR to rate and back: noise, and the truncated Shannon bound of 3GPP's system studies.

The mapping of TR 36.942 annex A: an attenuation ``alpha`` of the Shannon bound that stands for what
coding, control and reference signals take, a least SINR below which nothing gets through, and a largest
one from which on it rises no more. The largest ones are assumptions: LTE's there are 22 and 15 dB, where
its rates of 4.4 and 2.0 bit/s/Hz end; NR's modulation goes further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

THERMAL_NOISE_DBM_HZ = -174.0
"""Thermal noise at 290 K rounded, dBm/Hz: 10 log10(1.38e-23 x 290 x 1000)."""

SUBCARRIERS = 12
"""Subcarriers of a resource block (3GPP TS 38.211 section 4.4.4.1)."""


@dataclass(frozen=True)
class Mapping:
    """A truncated Shannon bound; TR 36.942 section A.1.

    Parameters
    ----------
    alpha
        Attenuation of the bound.
    least_db, most_db
        SINR below which nothing gets through, and from which on it rises no more, dB.
    """

    alpha: float
    least_db: float
    most_db: float

    @property
    def most_bps_hz(self) -> float:
        """Spectral efficiency from the largest SINR on, bit/s/Hz."""
        return self.alpha * float(np.log2(1.0 + 10.0 ** (self.most_db / 10.0)))


DOWNLINK = Mapping(0.6, -10.0, 30.0)
"""Downlink; alpha and least SINR of TR 36.942 annex A, the largest an assumption for 256QAM."""

UPLINK = Mapping(0.4, -10.0, 22.0)
"""Uplink; alpha and least SINR of TR 36.942 annex A, the largest an assumption for 64QAM."""


def spectral_efficiency(sinr_db: ArrayLike, mapping: Mapping) -> NDArray[np.float64]:
    """Spectral efficiency at a SINR, bit/s/Hz; TR 36.942 section A.1.

    Parameters
    ----------
    sinr_db
        Any shape, dB; NaN and what is below the least gives 0.
    mapping
        Parameters of the direction.
    """
    sinr = np.asarray(sinr_db, dtype=np.float64)
    heard = sinr >= mapping.least_db
    used = 10.0 ** (np.where(heard, np.minimum(sinr, mapping.most_db), 0.0) / 10.0)
    return np.where(heard, mapping.alpha * np.log2(1.0 + used), 0.0)


def required_sinr_db(bps_hz: ArrayLike, mapping: Mapping) -> NDArray[np.float64]:
    """Least SINR at which a spectral efficiency is reached, dB; infinite where none is enough.

    Parameters
    ----------
    bps_hz
        Any shape, bit/s/Hz, more than 0.
    mapping
        Parameters of the direction.

    Raises
    ------
    ValueError
        A spectral efficiency is not positive.
    """
    wanted = np.asarray(bps_hz, dtype=np.float64)
    if not (wanted > 0.0).all():
        raise ValueError("bps_hz must be positive")
    reachable = wanted <= mapping.most_bps_hz
    sinr = 10.0 * np.log10(2.0 ** (np.where(reachable, wanted, 1.0) / mapping.alpha) - 1.0)
    return np.where(reachable, np.clip(sinr, mapping.least_db, mapping.most_db), np.inf)


def bandwidth_hz(resource_blocks: ArrayLike, subcarrier_khz: float) -> NDArray[np.float64]:
    """Bandwidth of some resource blocks, Hz.

    Parameters
    ----------
    resource_blocks
        How many, any shape.
    subcarrier_khz
        Subcarrier spacing, kHz.
    """
    return np.asarray(resource_blocks, dtype=np.float64) * (SUBCARRIERS * 1000.0 * subcarrier_khz)


def noise_dbm(bandwidth_hz: ArrayLike, noise_figure_db: float) -> NDArray[np.float64]:
    """Noise of a receiver in a bandwidth, dBm.

    Parameters
    ----------
    bandwidth_hz
        Any shape, Hz.
    noise_figure_db
        Noise figure of the receiver, dB.
    """
    return np.asarray(
        THERMAL_NOISE_DBM_HZ + 10.0 * np.log10(np.asarray(bandwidth_hz, np.float64)) + noise_figure_db
    )
