"""Downlink SS-RSRP link budget of a band, line by line.

The convention, everywhere in DualGig: ``rsrp_dbm`` is the *median* SS-RSRP at the receiver, the level
that half of the locations around a point exceed; body and entry loss are in it, the shadow margin is
not. The shadow margin appears once, between the median and the threshold:

    margin_db = rsrp_dbm - shadow_margin_db - threshold_dbm

A point is served exactly when ``margin_db >= 0``, that is when the threshold is held at the required
share of locations. Noise figure and interference margin have no place in a budget of RSRP; they
belong to SINR (`dualgig.radio.interference`) and rates (`dualgig.radio.uplink`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.p2109 import entry_loss_db
from dualgig.radio.rate import SUBCARRIERS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from dualgig.project import Band, Radio


@dataclass(frozen=True)
class LinkBudget:
    """The budget of one band: gains and losses from the carrier to the threshold.

    Parameters
    ----------
    band
        Name of the band.
    frequency_ghz
        Downlink centre frequency, GHz.
    carrier_power_dbm
        Power of the carrier, all ports of a sector, dBm.
    resource_elements
        Subcarriers of the carrier, 12 a resource block (3GPP TS 38.211 section 4.4.4.1).
    ssb_offset_db
        Power of an SSB resource element above the carrier's others, dB.
    ssb_gain_dbi
        Antenna gain of the SSB beam, dBi.
    cable_loss_db, body_loss_db, penetration_loss_db
        Feeder, body and building entry loss, dB.
    shadow_margin_db
        Margin for location variability, dB; see `shadow_margin_db`.
    threshold_dbm
        SS-RSRP at which a point is served, dBm.
    calibration_db
        What a drive test adds to the prediction, dB; see `calibration_db`.
    """

    band: str
    frequency_ghz: float
    carrier_power_dbm: float
    resource_elements: int
    ssb_offset_db: float
    ssb_gain_dbi: float
    cable_loss_db: float
    body_loss_db: float
    penetration_loss_db: float
    shadow_margin_db: float
    threshold_dbm: float
    calibration_db: float = 0.0

    @property
    def reference_power_dbm(self) -> float:
        """Power of one resource element: the carrier's, spread evenly over its subcarriers, dBm."""
        return self.carrier_power_dbm - 10.0 * math.log10(self.resource_elements)

    @property
    def lines(self) -> dict[str, float]:
        """The lines in order, signed: what adds to the allowed loss is positive; they sum to it."""
        return {
            "carrier_power_dbm": self.carrier_power_dbm,
            "per_resource_element_db": -10.0 * math.log10(self.resource_elements),
            "ssb_offset_db": self.ssb_offset_db,
            "ssb_gain_dbi": self.ssb_gain_dbi,
            "cable_loss_db": -self.cable_loss_db,
            "body_loss_db": -self.body_loss_db,
            "penetration_loss_db": -self.penetration_loss_db,
            "calibration_db": self.calibration_db,
            "shadow_margin_db": -self.shadow_margin_db,
            "threshold_dbm": -self.threshold_dbm,
        }

    @property
    def allowed_loss_db(self) -> float:
        """Largest median basic loss at which a point is served (MAPL), dB."""
        return math.fsum(self.lines.values())

    def margin_db(self, basic_loss_db: ArrayLike) -> NDArray[np.float64]:
        """What is left of the allowed loss, dB; served exactly where it is not negative.

        Parameters
        ----------
        basic_loss_db
            Median basic loss, any shape, dB; NaN stays NaN and is not served.
        """
        return np.asarray(self.allowed_loss_db - np.asarray(basic_loss_db, dtype=np.float64))

    def rsrp_dbm(self, basic_loss_db: ArrayLike) -> NDArray[np.float64]:
        """Median SS-RSRP at the receiver, dBm.

        Parameters
        ----------
        basic_loss_db
            Median basic loss, any shape, dB.
        """
        return np.asarray(self.margin_db(basic_loss_db) + self.shadow_margin_db + self.threshold_dbm)


def shadow_margin_db(location_std_db: float, location_share: float) -> float:
    """Margin by which the median exceeds what a share of locations holds, dB.

    Location variability is log-normal: Q^-1 of the share times its standard deviation (ITU-R P.1812-8
    sections 4.7 and 4.8, the loss exceeded at 1 - share of the locations).

    Parameters
    ----------
    location_std_db
        Standard deviation of the local means around the median, dB.
    location_share
        Share of the locations that hold the threshold, 0.5 or more and less than 1.

    Raises
    ------
    ValueError
        The share or the deviation is out of range.
    """
    if not 0.5 <= location_share < 1.0:
        raise ValueError(f"location_share is {location_share}; it must be 0.5 or more and less than 1")
    if not 0.0 <= location_std_db < math.inf:
        raise ValueError(f"location_std_db is {location_std_db}; it must not be negative")
    return NormalDist().inv_cdf(location_share) * location_std_db


def calibration_db(radio: Radio, band: str) -> float:
    """Offset of a band that a drive test adds to the prediction, dB; 0 without one.

    It is what was measured less what was predicted (`dualgig.radio.calibrate`); positive where the world is
    brighter.
    """
    calibration = radio.calibration
    return 0.0 if calibration is None else calibration.offsets_db.get(band, 0.0)


def cover_offset_db(radio: Radio, band: str, cover: NDArray[np.object_]) -> NDArray[np.float64]:
    """What the clutter at receivers adds to the band's own offset, dB.

    Parameters
    ----------
    radio, band
        The project file's ``[radio]``, and one of its bands.
    cover
        Any shape: class of clutter at each receiver.

    Returns
    -------
    numpy.ndarray
        In the shape of ``cover``; 0 where its class has no offset of its own.
    """
    added_db = np.zeros(np.shape(cover))
    if radio.calibration is not None:
        for name, offset_db in radio.calibration.clutter_offsets_db.get(band, {}).items():
            added_db[cover == name] = offset_db - calibration_db(radio, band)
    return added_db


def penetration_loss_db(radio: Radio, frequency_ghz: float) -> float:
    """Building entry loss of the project's target on a level path, dB.

    That of ITU-R P.2109-2 for an indoor target, else the project's own figure, 0 outdoors. How much
    more a steep path loses is `steep_entry_db`.

    Parameters
    ----------
    radio
        The project file's ``[radio]``.
    frequency_ghz
        Frequency, GHz.
    """
    if radio.target == "outdoor":
        return radio.penetration_loss_db
    return float(entry_loss_db(frequency_ghz, 100.0 * radio.entry_probability, radio.building))


def steep_entry_db(radio: Radio, frequency_ghz: float, elevation_deg: ArrayLike) -> NDArray[np.float64]:
    """What a path loses more at an indoor target for not being level, dB; P.2109-2 section 3.

    Parameters
    ----------
    radio
        The project file's ``[radio]``.
    frequency_ghz
        Frequency, GHz.
    elevation_deg
        Any shape, elevation of the path at the building, degrees; NaN stays NaN.

    Returns
    -------
    numpy.ndarray
        0 or more; 0 outdoors, and for an entry loss that is the project's own figure.
    """
    elevation = np.asarray(elevation_deg, dtype=np.float64)
    if radio.target == "outdoor":
        return np.zeros(elevation.shape)
    known = np.isfinite(elevation)
    steep_db = entry_loss_db(
        frequency_ghz,
        100.0 * radio.entry_probability,
        radio.building,
        elevation_deg=np.where(known, elevation, 0.0),
    )
    return np.where(known, steep_db - penetration_loss_db(radio, frequency_ghz), np.nan)


def link_budget(radio: Radio, band: str) -> LinkBudget:
    """The budget of a band of the project.

    Parameters
    ----------
    radio
        The project file's ``[radio]``.
    band
        Name of one of its bands.

    Raises
    ------
    KeyError
        There is no such band.
    """
    carrier: Band = radio.bands[band]
    return LinkBudget(
        band=band,
        frequency_ghz=carrier.frequency_mhz / 1000.0,
        carrier_power_dbm=carrier.power_dbm,
        resource_elements=SUBCARRIERS * carrier.resource_blocks,
        ssb_offset_db=carrier.ssb_offset_db,
        ssb_gain_dbi=carrier.ssb_gain_dbi,
        cable_loss_db=carrier.cable_loss_db,
        body_loss_db=radio.body_loss_db,
        penetration_loss_db=penetration_loss_db(radio, carrier.frequency_mhz / 1000.0),
        shadow_margin_db=shadow_margin_db(radio.location_std_db, radio.location_share),
        threshold_dbm=radio.threshold_dbm,
        calibration_db=calibration_db(radio, band),
    )
