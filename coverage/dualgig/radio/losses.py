"""From the geometry of traced paths to losses of each band, and back from a loss to a clearance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.diffraction import MIN_SLANT_KM, wavelength_m
from dualgig.radio.lanes import larger
from dualgig.radio.smooth import SmoothTable, looked_up_db
from dualgig.radio.traced import Limit, Traced

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_EDGE_DB, _NO_EDGE = np.float32(6.9), np.float32(-0.78 * 0.78)
_DB_A_NEPER = np.float32(20.0 / math.log(10.0))
_NEAREST_M = np.float32(1000.0 * MIN_SLANT_KM)

_LIMITS_A_CELL = 8
"""Entries of a limit a cell: half of one is 0.1 dB at 5 cells, and less beyond."""


class Bands(NamedTuple):
    """What the losses of several bands are made of.

    Attributes
    ----------
    free_db : ndarray of float64, shape (bands,)
        Free-space loss at 1 m, dB; equation (8).
    per_wavelength : ndarray of float64, shape (bands,)
        2 / wavelength, 1/m.
    radius_m : ndarray of float64, shape (bands,)
        Length to which paths of a band are computed, m.
    smooth : SmoothTable
        What the smooth earth adds.
    """

    free_db: NDArray[np.float64]
    per_wavelength: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    smooth: SmoothTable


def bands_of(frequency_ghz: NDArray[np.float64], radius_m: NDArray[np.float64], smooth: SmoothTable) -> Bands:
    """Bands of some frequencies.

    Parameters
    ----------
    frequency_ghz, radius_m
        Shape (bands,).
    smooth
        Table of the same bands.
    """
    per_wavelength = np.array([2.0 / wavelength_m(float(f)) for f in frequency_ghz])
    return Bands(92.4 + 20.0 * np.log10(frequency_ghz / 1000.0), per_wavelength, radius_m, smooth)


@kernel
def fill_losses(bands: Bands, band: int, traced: Traced, count: int) -> None:
    """Median basic loss of traced paths in a band, into ``traced.loss_db``, dB; equations (39) and (42).

    Parameters
    ----------
    bands, band
        The bands, and which of them.
    traced, count
        The paths, and how many.
    """
    free_db, per_wavelength = np.float32(bands.free_db[band]), np.float32(bands.per_wavelength[band])
    for i in range(count):
        traced.loss_db[i] = _without_smooth_earth_db(
            free_db, per_wavelength, traced.distance_m[i], traced.slant_m[i], traced.clearance_m[i]
        )
    from_m = bands.smooth.from_m[band]
    for i in range(count):
        if traced.distance_m[i] >= from_m:
            traced.loss_db[i] += looked_up_db(
                bands.smooth, band, traced.distance_m[i], traced.hte_m[i], traced.hre_m[i]
            )


@kernel
def _without_smooth_earth_db(
    free_db: np.float32,
    per_wavelength: np.float32,
    distance_m: np.float32,
    slant_m: np.float32,
    clearance_m: np.float32,
) -> np.float32:
    """Free-space and Bullington loss in single precision, dB; equations (8), (12) and (21).

    The logarithms of the slant distance and of the knife edge are taken together.
    """
    product: np.float32 = larger(slant_m, _NEAREST_M)
    edge_db = _ZERO
    nu_squared = clearance_m * per_wavelength
    if nu_squared > _NO_EDGE:
        t = np.float32(math.copysign(math.sqrt(abs(nu_squared)), nu_squared)) - np.float32(0.1)
        edge = np.float32(math.sqrt(t * t + _ONE)) + t
        product *= edge
        edge_db = _EDGE_DB + _DB_A_NEPER * np.float32(math.log(edge))
        further = np.float32(10.0) + np.float32(2e-5) * distance_m
        edge_db = _EDGE_DB + (_ONE - np.float32(math.exp(edge_db * np.float32(-1.0 / 6.0)))) * further
    return free_db + _DB_A_NEPER * np.float32(math.log(product)) + edge_db


def clearance_limit(
    frequency_ghz: NDArray[np.float64],
    allowed_db: NDArray[np.float64],
    radius_m: float,
    cell_m: float,
) -> Limit:
    """Largest clearance at which any of some bands keeps to an allowed loss, the smooth earth left aside.

    Parameters
    ----------
    frequency_ghz, allowed_db
        Shape (bands,): frequency, and largest basic loss, dB.
    radius_m
        Largest length of a path, m.
    cell_m
        Edge of a cell, m.
    """
    per_m = _LIMITS_A_CELL / cell_m
    # antennas differ in height: the slant distance goes beyond the radius
    entries = math.ceil(math.hypot(radius_m, 9000.0) * per_m)
    slant_m = (np.arange(entries, dtype=np.float64) + 0.5) / per_m
    limits = [
        largest_clearance_m(float(f), float(allowed), slant_m)
        for f, allowed in zip(frequency_ghz, allowed_db, strict=True)
    ]
    return Limit(np.max(limits, axis=0).astype(np.float32), per_m)


def largest_clearance_m(
    frequency_ghz: float, allowed_db: float, distance_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Clearance at which free space and Bullington's loss add up to an allowed loss, m.

    Equations (12) and (21) inverted. What is left for diffraction is J + (1 - exp(-J / 6)) (10 + 0.02 d)
    of a knife-edge loss J, which rises with J; and J = 6.9 + 20 log10(e^asinh(nu - 0.1)).

    Parameters
    ----------
    frequency_ghz, allowed_db
        Frequency and largest basic loss.
    distance_m
        Any shape: slant distances, more than 0.

    Returns
    -------
    numpy.ndarray
        In the shape of ``distance_m``; `dualgig.radio.traced.Traced.clearance_m` up to which the allowed
        loss is kept; minus infinity where free space alone exceeds it.
    """
    d_km: NDArray[np.float64] = np.maximum(distance_m / 1000.0, MIN_SLANT_KM)
    left_db = allowed_db - 92.4 - 20.0 * np.log10(frequency_ghz * d_km)
    low, high = np.zeros(d_km.shape), np.maximum(left_db, 0.0)
    for _ in range(60):
        edge_db = 0.5 * (low + high)
        too_much = edge_db + (1.0 - np.exp(-edge_db / 6.0)) * (10.0 + 0.02 * d_km) > left_db
        low, high = np.where(too_much, low, edge_db), np.where(too_much, edge_db, high)
    nu = np.maximum(0.1 + np.sinh((low - 6.9) * math.log(10.0) / 20.0), -0.78)
    clearance_m = nu * np.abs(nu) * wavelength_m(frequency_ghz) / 2.0
    return np.where(left_db < 0.0, -np.inf, clearance_m)
