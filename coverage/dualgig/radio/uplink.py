"""Uplink budget of a band, line by line, and the rates at the cell edge in both directions.

A phone's power is shared by the resource blocks that it is given. Few blocks lift their SINR, many
carry more at a low one; the scheduler is taken to give the number that serves the phone best, up to
the whole carrier. What is held, is held at ``location_share`` of the locations: the shadow margin
stands here once, as in the downlink.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.budget import calibration_db, penetration_loss_db, shadow_margin_db
from dualgig.radio.rate import (
    DOWNLINK,
    UPLINK,
    bandwidth_hz,
    noise_dbm,
    required_sinr_db,
    spectral_efficiency,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from dualgig.project import Band, Radio

_AT_THE_RECEIVER = ("noise_dbm", "noise_rise_db", "required_sinr_db")


@dataclass(frozen=True)
class UplinkBudget:
    """The uplink budget of one band at the rate that is asked for at the cell edge.

    Parameters
    ----------
    band
        Name of the band.
    frequency_ghz
        Uplink centre frequency, GHz.
    phone_power_dbm
        Power of the phone, dBm.
    resource_blocks
        Resource blocks that carry the rate at the largest loss; 0 where none do.
    gain_dbi
        Antenna gain of the base station's receiving beam, dBi.
    cable_loss_db, body_loss_db, penetration_loss_db, shadow_margin_db
        As in `dualgig.radio.budget.LinkBudget`, dB.
    noise_dbm
        Thermal noise in those resource blocks and the base station's noise figure, dBm.
    noise_rise_db
        Interference margin, dB.
    required_sinr_db
        SINR at which those resource blocks carry the rate, dB; infinite where none do.
    calibration_db
        As in the downlink: a path that a drive test found brighter is so in both directions, dB.
    """

    band: str
    frequency_ghz: float
    phone_power_dbm: float
    resource_blocks: int
    gain_dbi: float
    cable_loss_db: float
    body_loss_db: float
    penetration_loss_db: float
    shadow_margin_db: float
    noise_dbm: float
    noise_rise_db: float
    required_sinr_db: float
    calibration_db: float = 0.0

    @property
    def lines(self) -> dict[str, float]:
        """The lines in order, signed: what adds to the allowed loss is positive; they sum to it."""
        return {
            "phone_power_dbm": self.phone_power_dbm,
            "gain_dbi": self.gain_dbi,
            "cable_loss_db": -self.cable_loss_db,
            "body_loss_db": -self.body_loss_db,
            "penetration_loss_db": -self.penetration_loss_db,
            "calibration_db": self.calibration_db,
            "shadow_margin_db": -self.shadow_margin_db,
            "noise_dbm": -self.noise_dbm,
            "noise_rise_db": -self.noise_rise_db,
            "required_sinr_db": -self.required_sinr_db,
        }

    @property
    def allowed_loss_db(self) -> float:
        """Largest median basic loss at which the rate is held (MAPL), dB; minus infinity where never."""
        return math.fsum(self.lines.values())

    def margin_db(self, basic_loss_db: ArrayLike) -> NDArray[np.float64]:
        """What is left of the allowed loss, dB; the rate is held exactly where it is not negative.

        Parameters
        ----------
        basic_loss_db
            Median basic loss at the uplink's frequency, any shape, dB; NaN stays NaN.
        """
        return np.asarray(self.allowed_loss_db - np.asarray(basic_loss_db, dtype=np.float64))


def uplink_budget(radio: Radio, band: str, mbps: float) -> UplinkBudget:
    """The uplink budget of a band at a rate.

    Of all numbers of resource blocks the one whose SINR, times their noise, needs the least power
    carries the rate at the largest loss; of equals the smallest.

    Parameters
    ----------
    radio
        The project file's ``[radio]``.
    band
        Name of one of its bands.
    mbps
        Rate at the cell edge, Mbit/s, more than 0.

    Raises
    ------
    KeyError
        There is no such band.
    """
    carrier: Band = radio.bands[band]
    frequency_ghz = (carrier.uplink_mhz or carrier.frequency_mhz) / 1000.0
    blocks = np.arange(1, carrier.resource_blocks + 1)
    wide_hz = bandwidth_hz(blocks, carrier.subcarrier_khz)
    sinr_db = required_sinr_db(1e6 * mbps / (carrier.uplink_share * wide_hz), UPLINK)
    noises_dbm = noise_dbm(wide_hz, radio.base_noise_figure_db)
    best = int(np.argmin(noises_dbm + sinr_db))
    return UplinkBudget(
        band=band,
        frequency_ghz=frequency_ghz,
        phone_power_dbm=radio.phone_power_dbm,
        resource_blocks=int(blocks[best]) if np.isfinite(sinr_db[best]) else 0,
        gain_dbi=traffic_gain_dbi(carrier),
        cable_loss_db=carrier.cable_loss_db,
        body_loss_db=radio.body_loss_db,
        penetration_loss_db=penetration_loss_db(radio, frequency_ghz),
        shadow_margin_db=shadow_margin_db(radio.location_std_db, radio.location_share),
        noise_dbm=float(noises_dbm[best]),
        noise_rise_db=radio.uplink_noise_rise_db,
        required_sinr_db=float(sinr_db[best]),
        calibration_db=calibration_db(radio, band),
    )


def uplink_mbps(radio: Radio, band: str, basic_loss_db: ArrayLike) -> NDArray[np.float64]:
    """Uplink rate at a median basic loss, held at the share of locations, Mbit/s.

    Parameters
    ----------
    radio, band
        As for `uplink_budget`.
    basic_loss_db
        Any shape, at the uplink's frequency, with what an antenna's pattern takes, dB; NaN gives 0.
    """
    return np.asarray(_rates_mbps(radio, band, basic_loss_db).max(axis=-1))


def uplink_blocks(radio: Radio, band: str, basic_loss_db: ArrayLike) -> NDArray[np.int64]:
    """Resource blocks that give `uplink_mbps`; of equals the fewest, so 1 where nothing gets through.

    Parameters are those of `uplink_mbps`.
    """
    return np.asarray(_rates_mbps(radio, band, basic_loss_db).argmax(axis=-1) + 1)


def _rates_mbps(radio: Radio, band: str, basic_loss_db: ArrayLike) -> NDArray[np.float64]:
    """Uplink rates with 1, 2, ... resource blocks along a last axis, Mbit/s."""
    carrier: Band = radio.bands[band]
    blocks = np.arange(1, carrier.resource_blocks + 1)
    wide_hz = bandwidth_hz(blocks, carrier.subcarrier_khz)
    # any rate does: what stands before the noise does not depend on it
    lines = uplink_budget(radio, band, 1.0).lines
    before_noise_db = math.fsum(lines[line] for line in lines if line not in _AT_THE_RECEIVER)
    level_dbm = before_noise_db - np.asarray(basic_loss_db, dtype=np.float64)[..., None]
    floor_dbm = noise_dbm(wide_hz, radio.base_noise_figure_db) + radio.uplink_noise_rise_db
    return carrier.uplink_share * wide_hz / 1e6 * spectral_efficiency(level_dbm - floor_dbm, UPLINK)


def downlink_mbps(radio: Radio, band: str, sinr_db: ArrayLike) -> NDArray[np.float64]:
    """Downlink rate of a user alone on the carrier, Mbit/s.

    Parameters
    ----------
    radio, band
        As for `uplink_budget`.
    sinr_db
        Any shape, SINR of the traffic, held at the share of locations, dB; NaN gives 0.
    """
    carrier: Band = radio.bands[band]
    hz = carrier.downlink_share * float(bandwidth_hz(carrier.resource_blocks, carrier.subcarrier_khz))
    return np.asarray(hz * spectral_efficiency(sinr_db, DOWNLINK) / 1e6)


def downlink_sinr_db(radio: Radio, band: str, mbps: float) -> float:
    """Least SINR of the traffic at which a user alone on the carrier has a rate, dB; infinite if never.

    Parameters
    ----------
    radio, band
        As for `uplink_budget`.
    mbps
        Rate, Mbit/s, more than 0.
    """
    carrier: Band = radio.bands[band]
    hz = carrier.downlink_share * float(bandwidth_hz(carrier.resource_blocks, carrier.subcarrier_khz))
    return float(required_sinr_db(1e6 * mbps / hz, DOWNLINK))


def traffic_gain_dbi(carrier: Band) -> float:
    """Antenna gain of a band's traffic beam, dBi."""
    return carrier.ssb_gain_dbi if carrier.traffic_gain_dbi is None else carrier.traffic_gain_dbi
