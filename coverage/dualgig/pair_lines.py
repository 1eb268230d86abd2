"""Lines of one site's and one place's link budgets in both directions, signed so that they add up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.budget import LinkBudget, cover_offset_db, steep_entry_db
from dualgig.radio.rate import bandwidth_hz, noise_dbm
from dualgig.signals import phone_noise_dbm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.project import Radio
    from dualgig.propagation import Paths
    from dualgig.radio.uplink import UplinkBudget
    from dualgig.reach import BandMargins
    from dualgig.region.model import Region


def downlink_lines(
    radio: Radio, budget: LinkBudget, paths: Paths, b: int, found: BandMargins
) -> dict[str, float]:
    """From the carrier's power to the median SS-RSRP of the first path, dBm."""
    lines = budget.lines
    free_db, basic_db = float(paths.free_db[0, b]), float(paths.basic_db[0, b])
    # TR 38.901 has no free-space part to tell apart
    loss = (
        {"free_space_db": -free_db, "diffraction_db": free_db - basic_db}
        if radio.model == "p1812"
        else {"path_loss_db": -basic_db}
    )
    return {
        **{key: lines[key] for key in ("carrier_power_dbm", "per_resource_element_db", "ssb_offset_db")},
        "ssb_gain_dbi": lines["ssb_gain_dbi"],
        "pattern_db": float(found.gains.best_db[0]),
        "cable_loss_db": lines["cable_loss_db"],
        **loss,
        "clutter_db": 0.0 - float(paths.clutter_db[0, b]),
        "body_loss_db": lines["body_loss_db"],
        "penetration_loss_db": lines["penetration_loss_db"],
        "steep_entry_db": 0.0 - float(found.steep_db[0]),
        "calibration_db": lines["calibration_db"]
        + float(cover_offset_db(radio, budget.band, paths.cover)[0]),
    }


def sinr_lines(radio: Radio, band: str, budget: LinkBudget, found: BandMargins) -> dict[str, float]:
    """From the median SS-RSRP to the SINR that is held at the share of locations."""
    noise = phone_noise_dbm(radio, band)
    return {
        "rsrp_dbm": float(found.rsrp_dbm[0]),
        "noise_dbm": -noise,
        "interference_rise_db": noise - float(found.disturbance_dbm[0]),
        "shadow_margin_db": -budget.shadow_margin_db,
    }


def uplink_loss(
    radio: Radio, up: UplinkBudget, paths: Paths, b: int, found: BandMargins
) -> tuple[float, dict[str, float]]:
    """Loss that the uplink meets beside its budget's own lines, and the lines that it is made of."""
    column = paths.uplink[b]
    lines = {
        "pattern_db": float(found.gains.best_db[0]),
        "path_loss_db": -float(paths.basic_db[0, column]),
        "clutter_db": 0.0 - float(paths.clutter_db[0, column]),
        "steep_entry_db": 0.0 - float(steep_entry_db(radio, up.frequency_ghz, paths.arrival_deg)[0]),
        "cover_db": float(cover_offset_db(radio, up.band, paths.cover)[0]),
    }
    return -math.fsum(lines.values()), lines


def uplink_lines(radio: Radio, up: UplinkBudget, blocks: int, beside: dict[str, float]) -> dict[str, float]:
    """From the phone's power to the SINR at the base station that is held at the share of locations."""
    lines = up.lines
    wide_hz = bandwidth_hz(blocks, radio.bands[up.band].subcarrier_khz)
    return {
        "phone_power_dbm": lines["phone_power_dbm"],
        "body_loss_db": lines["body_loss_db"],
        "penetration_loss_db": lines["penetration_loss_db"],
        "steep_entry_db": beside["steep_entry_db"],
        "path_loss_db": beside["path_loss_db"],
        "clutter_db": beside["clutter_db"],
        "calibration_db": lines["calibration_db"] + beside["cover_db"],
        "gain_dbi": lines["gain_dbi"],
        "pattern_db": beside["pattern_db"],
        "cable_loss_db": lines["cable_loss_db"],
        "shadow_margin_db": lines["shadow_margin_db"],
        "noise_dbm": -float(noise_dbm(wide_hz, radio.base_noise_figure_db)),
        "noise_rise_db": lines["noise_rise_db"],
    }


def interferers(
    region: Region,
    radio: Radio,
    band: str,
    paths: Paths,
    interfering: NDArray[np.bool_],
    found: BandMargins,
) -> tuple[tuple[str, float], ...]:
    """Sites that interfere at the place, the strongest first, and their levels at the load, dBm."""
    if radio.load == 0.0:
        return ()
    carrier = radio.bands[band]
    level_dbm = found.rsrp_dbm - carrier.ssb_offset_db + found.gains.others_db + 10.0 * math.log10(radio.load)
    others = np.flatnonzero(interfering & np.isfinite(level_dbm) & (np.arange(len(level_dbm)) > 0))
    order = others[np.argsort(-level_dbm[others], kind="stable")]
    return tuple((str(region.sites.index[paths.site[pair]]), float(level_dbm[pair])) for pair in order)
