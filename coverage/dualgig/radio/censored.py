"""Means of groups and a common deviation, from errors of which some are known only to lie below a limit.

A receiver tells no level under its floor: there the error, measured less predicted, is at most the floor
less the prediction. Leaving such samples out, or taking the floor for the level, makes a prediction look
darker than the world is. Here they count by the probability of lying below: the type I Tobit model
(J. Tobin, "Estimation of relationships for limited dependent variables", Econometrica 26, 1958), by maximum
likelihood. In the parameters mean / deviation and 1 / deviation the likelihood has one maximum
(R. J. Olsen, "Note on the uniqueness of the maximum likelihood estimator for the Tobit model",
Econometrica 46, 1978), and Newton's steps, halved where they overshoot, reach it. Without censored samples
the fit is least squares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST_STEPS = 200
"""Newton's method needs about ten; more are a fault of the data."""

_CLOSE = 1e-10
_LEAST_STD = 1e-9


@dataclass(frozen=True)
class CensoredFit:
    """What was fitted.

    Attributes
    ----------
    mean : ndarray of float64, shape (groups,)
        Mean of each group.
    std : float
        Standard deviation around the means, the same in all groups.
    """

    mean: NDArray[np.float64]
    std: float


def fit_censored(error: ArrayLike, censored: ArrayLike, group: ArrayLike, groups: int) -> CensoredFit:
    """Fit a normal distribution to each group, with a mean of its own and one deviation for all.

    Parameters
    ----------
    error
        Shape (samples,): the error, or where censored the limit that it lies at or below.
    censored
        Shape (samples,), bool.
    group
        Shape (samples,): group of each sample, 0 to groups - 1.
    groups
        How many there are; each needs a sample that is not censored.

    Raises
    ------
    ValueError
        The shapes do not fit, an error is not finite, or a group has no sample that is not censored.
    """
    e = np.asarray(error, dtype=np.float64)
    hidden = np.asarray(censored, dtype=np.bool_)
    of = np.asarray(group, dtype=np.int64)
    if e.ndim != 1 or hidden.shape != e.shape or of.shape != e.shape:
        raise ValueError("error, censored and group must be one-dimensional and of one length")
    if not np.isfinite(e).all():
        raise ValueError("an error is not finite")
    if groups < 1 or (of.size and not 0 <= of.min() <= of.max() < groups):
        raise ValueError(f"group must hold numbers from 0 to {groups - 1}")
    seen = np.bincount(of[~hidden], minlength=groups)
    if not seen.all():
        raise ValueError(f"group {int(np.argmin(seen))} has no sample that is not censored")
    mean = np.bincount(of[~hidden], weights=e[~hidden], minlength=groups) / seen
    std = math.sqrt(float(np.mean((e[~hidden] - mean[of[~hidden]]) ** 2)))
    if not hidden.any() or std < _LEAST_STD:
        return CensoredFit(mean, std)
    return _newton(e, hidden, of, np.append(mean / std, 1.0 / std))


def _newton(
    e: NDArray[np.float64], hidden: NDArray[np.bool_], of: NDArray[np.int64], start: NDArray[np.float64]
) -> CensoredFit:
    """Maximum likelihood by damped Newton steps; the last parameter is 1 / std, the others mean / std."""
    parameters, value = start, _log_likelihood(e, hidden, of, start)
    for _ in range(MOST_STEPS):
        gradient, hessian = _derivatives(e, hidden, of, parameters)
        step = np.linalg.solve(hessian, -gradient)
        rise, size = float(gradient @ step), 1.0
        # a rise that drowns in rounding is the top
        while size * rise >= _CLOSE:
            trial = parameters + size * step
            reached = _log_likelihood(e, hidden, of, trial) if trial[-1] > 0.0 else -math.inf
            if reached >= value + 1e-4 * size * rise:
                parameters, value = trial, reached
                break
            size /= 2.0
        else:
            break
    return CensoredFit(parameters[:-1] / parameters[-1], float(1.0 / parameters[-1]))


def _log_likelihood(
    e: NDArray[np.float64], hidden: NDArray[np.bool_], of: NDArray[np.int64], parameters: NDArray[np.float64]
) -> float:
    """Logarithm of the likelihood but for a constant."""
    z = parameters[-1] * e - parameters[of]
    seen = ~hidden
    told = seen.sum() * math.log(parameters[-1]) - 0.5 * float(z[seen] @ z[seen])
    return told + float(log_ndtr(z[hidden]).sum())


def _derivatives(
    e: NDArray[np.float64], hidden: NDArray[np.bool_], of: NDArray[np.int64], parameters: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gradient and Hessian of `_log_likelihood`."""
    groups = len(parameters) - 1
    theta = parameters[-1]
    z = theta * e - parameters[of]
    # d log Phi / dz, the inverse Mills ratio, and its derivative; for what is seen -z and -1
    ratio = np.exp(-0.5 * z * z - 0.5 * math.log(2.0 * math.pi) - log_ndtr(z))
    slope = np.where(hidden, ratio, -z)
    bend = np.where(hidden, -ratio * (z + ratio), -1.0)
    seen = float((~hidden).sum())
    gradient = np.append(-np.bincount(of, slope, groups), float(slope @ e) + seen / theta)
    hessian = np.zeros((groups + 1, groups + 1))
    hessian[np.arange(groups), np.arange(groups)] = np.bincount(of, bend, groups)
    hessian[groups, :groups] = hessian[:groups, groups] = -np.bincount(of, bend * e, groups)
    hessian[groups, groups] = float(bend @ (e * e)) - seen / (theta * theta)
    return gradient, hessian
