"""Offsets that a drive test adds to predicted levels, and their error on what the fit did not see.

A band has one offset, and one for each class of clutter at the receiver of which enough was heard. Points
of a drive test stand close together and hang together, so random points held out would tell too good an
error: whole sites or routes are held out instead, each once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.censored import fit_censored

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_SAMPLES = 30
"""Samples above the floor that an offset needs: with a deviation of 8 dB its standard error is 1.5 dB."""

MOST_FOLDS = 10
"""Sites or routes are held out one by one up to this many, beyond in this many parts."""


@dataclass(frozen=True)
class Samples:
    """Measured and predicted levels of one band.

    Attributes
    ----------
    measured_dbm : ndarray of float64, shape (samples,)
        Level, or where censored the floor.
    predicted_dbm : ndarray of float64, shape (samples,)
        Median without any offset.
    censored : ndarray of bool, shape (samples,)
        The level is at the floor or below it.
    cover : ndarray of str, shape (samples,)
        Class of clutter at the receiver, empty where none is known.
    part : ndarray of str, shape (samples,)
        Site or route; the parts that are held out.
    """

    measured_dbm: NDArray[np.float64]
    predicted_dbm: NDArray[np.float64]
    censored: NDArray[np.bool_]
    cover: NDArray[np.object_]
    part: NDArray[np.object_]

    @property
    def error_db(self) -> NDArray[np.float64]:
        """Measured less predicted; where censored the limit that it lies at or below, dB."""
        return self.measured_dbm - self.predicted_dbm

    def only(self, chosen: NDArray[np.bool_]) -> Samples:
        """Some of the samples."""
        return Samples(
            self.measured_dbm[chosen],
            self.predicted_dbm[chosen],
            self.censored[chosen],
            self.cover[chosen],
            self.part[chosen],
        )


@dataclass(frozen=True)
class Offsets:
    """Offsets of one band, dB.

    Attributes
    ----------
    band_db : float
        Where the clutter at the receiver has no offset of its own.
    cover_db : dict
        By class of clutter at the receiver, instead of the band's.
    std_db : float
        Standard deviation of what the offsets leave.
    """

    band_db: float
    cover_db: dict[str, float]
    std_db: float

    def at(self, cover: NDArray[np.object_]) -> NDArray[np.float64]:
        """Offset at receivers among some classes of clutter, in the shape of ``cover``, dB."""
        return np.array([self.cover_db.get(str(name), self.band_db) for name in cover], np.float64)


@dataclass(frozen=True)
class ErrorFigures:
    """Mean, standard deviation and root mean square of an error, dB; the deviation is that of a population."""

    mean_db: float
    std_db: float

    @property
    def rmse_db(self) -> float:
        """Root mean square, dB."""
        return math.hypot(self.mean_db, self.std_db)


@dataclass(frozen=True)
class HeldOut:
    """Error on parts that the fit had not seen, without and with the offsets.

    Attributes
    ----------
    parts : int
        Sites or routes, each held out once.
    before, after : ErrorFigures
        Of measured less predicted, the censored samples reckoned with.
    """

    parts: int
    before: ErrorFigures
    after: ErrorFigures


def fit_offsets(samples: Samples) -> Offsets | None:
    """Offsets of a band and of each class of clutter with `LEAST_SAMPLES` above the floor.

    Returns
    -------
    Offsets or None
        ``None`` where fewer samples than that lie above the floor in all.
    """
    heard = ~samples.censored
    if int(heard.sum()) < LEAST_SAMPLES:
        return None
    whole = fit_censored(samples.error_db, samples.censored, np.zeros(len(heard), np.int64), 1)
    names, group = np.unique(samples.cover.astype(str), return_inverse=True)
    enough = np.bincount(group[heard], minlength=len(names)) >= LEAST_SAMPLES
    own = np.flatnonzero(enough & (names != ""))
    if not len(own):
        return Offsets(float(whole.mean[0]), {}, whole.std)
    # what has no offset of its own is set against the band's: it tells nothing of the classes
    chosen = np.isin(group, own)
    number = np.searchsorted(own, group[chosen])
    fit = fit_censored(samples.error_db[chosen], samples.censored[chosen], number, len(own))
    cover_db = {str(names[row]): float(mean) for row, mean in zip(own, fit.mean, strict=True)}
    return Offsets(float(whole.mean[0]), cover_db, fit.std)


def held_out_error(samples: Samples) -> HeldOut | None:
    """Error on whole sites or routes, each predicted with offsets fitted to the others.

    Returns
    -------
    HeldOut or None
        ``None`` where there are not two parts, or without one of them too few samples are left to fit.
    """
    parts, part = np.unique(samples.part.astype(str), return_inverse=True)
    if len(parts) < 2:
        return None
    fold = _folds(np.bincount(part))[part]
    offset_db = np.zeros(len(part))
    for number in range(int(fold.max()) + 1):
        out = fold == number
        fitted = fit_offsets(samples.only(~out))
        if fitted is None:
            return None
        offset_db[out] = fitted.at(samples.cover[out])
    before, after = (
        _figures(samples.error_db - offset, samples.censored) for offset in (np.zeros(len(part)), offset_db)
    )
    return HeldOut(len(parts), before, after)


def _folds(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Fold of each part: one each, or the larger first into the fold that holds the least so far."""
    if len(sizes) <= MOST_FOLDS:
        return np.arange(len(sizes))
    fold, filled = np.zeros(len(sizes), np.int64), np.zeros(MOST_FOLDS, np.int64)
    for part in np.argsort(-sizes, kind="stable"):
        fold[part] = np.argmin(filled)
        filled[fold[part]] += sizes[part]
    return fold


def _figures(error_db: NDArray[np.float64], censored: NDArray[np.bool_]) -> ErrorFigures:
    fit = fit_censored(error_db, censored, np.zeros(len(error_db), np.int64), 1)
    return ErrorFigures(float(fit.mean[0]), fit.std)
