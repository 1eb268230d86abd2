"""``[radio.bands]``: carriers, and the defaults of the known bands."""

import math
from typing import Literal

from pydantic import Field

from dualgig.project.section import Section


class Band(Section):
    """``[radio.bands.<name>]``: one carrier of a band, as the link budgets in both directions need it.

    The defaults are typical of rural macro sites in China and are the user's to change. Sites on one
    band interfere; operators with carriers of their own in it need bands of different names.
    """

    frequency_mhz: float = Field(
        gt=30, lt=6000, description="Downlink centre frequency; P.1812 ends at 6 GHz."
    )
    resource_blocks: int = Field(
        gt=0, description="Resource blocks of the carrier (3GPP TS 38.101-1 table 5.3.2-1)."
    )
    power_dbm: float = Field(description="Carrier power of a sector, all ports, dBm.")
    ssb_gain_dbi: float = Field(description="Antenna gain of the SSB beam, dBi (not the traffic beam's).")
    cable_loss_db: float = Field(0.5, ge=0, description="Jumpers and feeder, dB.")
    radius_km: float = Field(gt=0, le=100, description="Radius cap, km.")
    ssb_offset_db: float = Field(
        0.0, ge=-10, le=10, description="Power of an SSB resource element above the carrier's others, dB."
    )
    horizontal_beamwidth_deg: float = Field(
        65.0, gt=0, le=360, description="Half-power beamwidth of a sector, horizontal; used with azimuths."
    )
    vertical_beamwidth_deg: float = Field(
        10.0, gt=0, le=180, description="Half-power beamwidth of a sector, vertical; used with azimuths."
    )
    electrical_tilt_deg: float = Field(
        0.0, ge=-30, le=30, description="Electrical downtilt, degrees; used with azimuths."
    )
    subcarrier_khz: Literal[15, 30, 60] = Field(30, description="Subcarrier spacing, kHz.")
    downlink_share: float = Field(
        1.0, gt=0, le=1, description="Share of the time that is downlink (TDD frame); 1 for FDD."
    )
    uplink_share: float = Field(
        1.0, gt=0, le=1, description="Share of the time that is uplink (TDD frame); 1 for FDD."
    )
    uplink_mhz: float | None = Field(
        None, gt=30, lt=6000, description="Uplink centre frequency; the downlink's (TDD) where absent."
    )
    traffic_gain_dbi: float | None = Field(
        None, description="Antenna gain of the traffic beam, for rates, dBi; the SSB beam's where absent."
    )

    @property
    def reference_power_dbm(self) -> float:
        """SS-RSRP reference power: carrier power - 10 log10(12 x RB), dBm a resource element."""
        return self.power_dbm - 10.0 * math.log10(12 * self.resource_blocks)

    @property
    def lowest_mhz(self) -> float:
        """The lower one of the centre frequencies of both directions, MHz."""
        return min(self.frequency_mhz, self.uplink_mhz or self.frequency_mhz)


# Vertical beamwidths go with the gains: about 32,400 / (linear gain x horizontal beamwidth). TDD shares: n41
# 5 ms, seven downlink and two uplink slots of ten, special slot 6:4:4; n78 and n79 2.5 ms double period
# (DDDSU DDSUU), special slot 10:2:2.
DEFAULT_BANDS: dict[str, dict[str, float]] = {
    "n28": {
        "frequency_mhz": 773.0,
        "resource_blocks": 160,
        "power_dbm": 53.8,
        "ssb_gain_dbi": 14.5,
        "radius_km": 15.0,
        "vertical_beamwidth_deg": 16.0,
        "subcarrier_khz": 15,
        "uplink_mhz": 718.0,
    },
    "n5": {
        "frequency_mhz": 881.5,
        "resource_blocks": 106,
        "power_dbm": 49.0,
        "ssb_gain_dbi": 15.0,
        "radius_km": 13.0,
        "vertical_beamwidth_deg": 15.0,
        "subcarrier_khz": 15,
        "uplink_mhz": 836.5,
    },
    "n8": {
        "frequency_mhz": 947.5,
        "resource_blocks": 106,
        "power_dbm": 49.0,
        "ssb_gain_dbi": 15.0,
        "radius_km": 13.0,
        "vertical_beamwidth_deg": 15.0,
        "subcarrier_khz": 15,
        "uplink_mhz": 902.5,
    },
    "n1": {
        "frequency_mhz": 2140.0,
        "resource_blocks": 106,
        "power_dbm": 49.0,
        "ssb_gain_dbi": 17.0,
        "radius_km": 8.0,
        "subcarrier_khz": 15,
        "uplink_mhz": 1950.0,
    },
    "n41": {
        "frequency_mhz": 2593.0,
        "resource_blocks": 273,
        "power_dbm": 53.8,
        "ssb_gain_dbi": 17.0,
        "radius_km": 8.0,
        "downlink_share": 0.743,
        "uplink_share": 0.229,
    },
    "n78": {
        "frequency_mhz": 3450.0,
        "resource_blocks": 273,
        "power_dbm": 53.0,
        "ssb_gain_dbi": 17.5,
        "radius_km": 5.0,
        "downlink_share": 0.643,
        "uplink_share": 0.329,
    },
    "n79": {
        "frequency_mhz": 4850.0,
        "resource_blocks": 273,
        "power_dbm": 53.0,
        "ssb_gain_dbi": 17.5,
        "radius_km": 3.0,
        "downlink_share": 0.643,
        "uplink_share": 0.329,
    },
}
