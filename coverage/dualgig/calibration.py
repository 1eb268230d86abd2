"""``dualgig calibrate``: offsets for the project's link budgets from a drive test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.calibration_file import Fitted, Part
from dualgig.errors import InputError, Problem
from dualgig.project import Calibration, FitError
from dualgig.propagation import radio_paths
from dualgig.radio.budget import link_budget
from dualgig.radio.calibrate import LEAST_SAMPLES, Samples, fit_offsets, held_out_error
from dualgig.signals import antenna_gains

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from dualgig.drivetest import DriveTest
    from dualgig.radio.calibrate import HeldOut, Offsets
    from dualgig.region.model import Region

BIN_M = 20.0
"""Samples within squares of this edge count as one, at their median: the 40 wavelengths over which fading is
averaged (W. C. Y. Lee, "Estimate of local average power of a mobile radio signal", IEEE Transactions on
Vehicular Technology 34, 1985) are at most 20 m from 600 MHz on. A stop at a red light weighs no more."""


def calibrate(
    region: Region,
    test: DriveTest,
    *,
    floor_dbm: float | None = None,
    receiver_loss_db: float = 0.0,
    part: str = Part.SITE,
    bin_m: float = BIN_M,
) -> Fitted:
    """Fit offsets per band, and per class of clutter at the receiver, to a drive test.

    The prediction is the median that the plan itself uses, antennas and clutter included, without body and
    entry loss, at the project's receiver height, and without the offsets of an earlier calibration.

    Parameters
    ----------
    region
        The region whose sites were measured.
    test
        The drive test.
    floor_dbm
        Level at which the receiver hears nothing more, dBm; the lowest of the file where not given.
        Samples at it or below, and those without a level, are censored (`dualgig.radio.censored`).
    receiver_loss_db
        What the measuring receiver lost and did not correct: cable, vehicle, body, dB.
    part
        What is held out to tell the error: whole sites (``site``), or whole routes (``route``).
    bin_m
        Edge of the squares whose samples count as one, m; 0 takes every sample by itself.

    Raises
    ------
    InputError
        No band has enough samples above the floor.
    ValueError
        The edge of the squares is negative, or ``part`` is neither.
    """
    held = Part(part)
    if not bin_m >= 0.0:
        raise ValueError(f"bin_m is {bin_m}; it must not be negative")
    problems = list(test.warnings)
    floor = float(test.table["rsrp_dbm"].min()) if floor_dbm is None else floor_dbm
    if np.isnan(floor):
        raise InputError([_problem(test, "no row has a level.", "Give a drive test with levels.", "error")])
    table = _binned(test.table, floor, bin_m)
    predicted = predicted_dbm(region, table) - receiver_loss_db
    known = np.isfinite(predicted)
    if not known.all():
        lost = f"{int((~known).sum())} of {len(known)} samples have no prediction and are left out."
        problems.append(_problem(test, lost, "They lie off the terrain, or on its nodata.", "warning"))
    table, predicted = table[known].reset_index(drop=True), predicted[known]
    samples = _samples(region, table, predicted, floor, held)
    fits: dict[str, tuple[Samples, Offsets, HeldOut | None]] = {}
    for band in sorted(table["band"].unique()):
        own = samples.only((table["band"] == band).to_numpy())
        offsets = fit_offsets(own)
        if offsets is None:
            few = f"{band} has {int((~own.censored).sum())} samples above the floor, {LEAST_SAMPLES} are needed."
            problems.append(_problem(test, few, "Measure more; the band gets no offset.", "warning"))
            continue
        told = held_out_error(own)
        if told is None:
            blind = f"there are too few {held}s to tell the error of {band} on one that the fit had not seen."
            problems.append(_problem(test, blind, "Measure more of them, or hold out the other.", "warning"))
        fits[band] = own, offsets, told
    if not fits:
        few = f"no band has {LEAST_SAMPLES} samples above the floor of {floor:g} dBm."
        mend = "Measure more, or check the sites, the bands and the floor."
        raise InputError([*problems, _problem(test, few, mend, "error")])
    return Fitted(
        calibration=_section(region, test, table, bin_m, fits),
        samples={band: len(own.censored) for band, (own, *_) in fits.items()},
        censored={band: int(own.censored.sum()) for band, (own, *_) in fits.items()},
        floor_dbm=floor,
        part=held,
        warnings=tuple(problems),
    )


def predicted_dbm(region: Region, table: pd.DataFrame) -> NDArray[np.float64]:
    """Median SS-RSRP at the samples of a drive test, without body and entry loss and any calibration, dBm.

    Parameters
    ----------
    region
        The region.
    table
        Columns ``x_m``, ``y_m``, ``site`` and ``band`` of `dualgig.drivetest.DriveTest`.

    Returns
    -------
    numpy.ndarray
        float64, shape (samples,); NaN off the terrain.
    """
    radio = region.project.radio
    site = table["site"].to_numpy(dtype=np.int64)
    paths = radio_paths(region, table, (site, np.arange(len(table), dtype=np.int64)))
    level = np.full(len(table), np.nan)
    for b, band in enumerate(paths.bands):
        own = (table["band"] == band).to_numpy()
        budget = link_budget(radio, band)
        gains = antenna_gains(region, radio.bands[band], site, paths.bearing_deg, paths.departure_deg)
        sent_dbm = budget.reference_power_dbm + budget.ssb_offset_db + budget.ssb_gain_dbi
        lost_db = budget.cable_loss_db + paths.basic_db[:, b] + paths.clutter_db[:, b]
        level[own] = (sent_dbm + gains.best_db - lost_db)[own]
    return level


def _problem(test: DriveTest, problem: str, mend: str, severity: str) -> Problem:
    return Problem(test.file, None, "", problem, mend, severity=severity)


def _binned(table: pd.DataFrame, floor_dbm: float, bin_m: float) -> pd.DataFrame:
    """One row a square, site, band and route, with the median ``level``; silence is the floor."""
    table = table.assign(level=table["rsrp_dbm"].fillna(floor_dbm).clip(lower=floor_dbm))
    if bin_m == 0.0:
        return table
    column, row = (np.floor(table[axis] / bin_m).astype(np.int64) for axis in ("x_m", "y_m"))
    groups = table.groupby(["site", "band", "route", row.rename("r"), column.rename("c")], sort=True)
    return groups.agg(x_m=("x_m", "mean"), y_m=("y_m", "mean"), level=("level", "median")).reset_index()


def _samples(
    region: Region, table: pd.DataFrame, predicted: NDArray[np.float64], floor_dbm: float, part: Part
) -> Samples:
    level = table["level"].to_numpy(dtype=np.float64)
    sites = region.sites.index.astype(str).to_numpy()[table["site"]]
    return Samples(
        measured_dbm=level,
        predicted_dbm=predicted,
        censored=level <= floor_dbm,
        cover=region.terrain.clutter_at(table["x_m"].to_numpy(), table["y_m"].to_numpy()),
        part=np.asarray(sites if part is Part.SITE else table["route"], dtype=object),
    )


def _section(
    region: Region,
    test: DriveTest,
    table: pd.DataFrame,
    bin_m: float,
    fits: dict[str, tuple[Samples, Offsets, HeldOut | None]],
) -> Calibration:
    """The fits as a section of the project file, rounded to hundredths of a decibel."""
    squares = f" in squares of {bin_m:g} m" if bin_m else ""
    land = region.project.inputs.clutter
    over = f" over {land.path}" if land is not None else ""
    sites = table["site"].nunique()
    return Calibration(
        fitted_on=f"{test.file} ({test.sha256[:12]}): {len(table)} samples{squares}, {sites} sites{over}",
        offsets_db={band: round(offsets.band_db, 2) for band, (_, offsets, _) in fits.items()},
        clutter_offsets_db={
            band: {name: round(offset_db, 2) for name, offset_db in offsets.cover_db.items()}
            for band, (_, offsets, _) in fits.items()
            if offsets.cover_db
        },
        held_out={
            band: FitError(
                samples=len(own.censored),
                censored=int(own.censored.sum()),
                mean_before_db=round(told.before.mean_db, 2),
                std_before_db=round(told.before.std_db, 2),
                rmse_before_db=round(told.before.rmse_db, 2),
                mean_after_db=round(told.after.mean_db, 2),
                std_after_db=round(told.after.std_db, 2),
                rmse_after_db=round(told.after.rmse_db, 2),
            )
            for band, (own, _, told) in fits.items()
            if told is not None
        },
    )
