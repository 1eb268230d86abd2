"""Effective antenna heights of a path between two lines of a fan; P.1812-8 Attachment 1, section 5.6."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.lanes import lane_kernel, larger

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAR = np.float32(1e30)
_ZERO, _ONE, _TWO, _THREE, _SIX = (np.float32(number) for number in (0, 1, 2, 3, 6))


@kernel
def effective_heights(
    slope: NDArray[np.float32],
    a: int,
    b: int,
    ramp: NDArray[np.float32],
    ramp_start: int,
    inverse: NDArray[np.float32],
    inverse_start: int,
    points: int,
    crossings: int,
    share: np.float32,
    near: np.float32,
    fall: np.float32,
    rise_m: np.float32,
    rx_height_m: np.float32,
    tx_height_m: np.float32,
    distance: np.float32,
    blocked: np.bool_,
) -> tuple[np.float32, np.float32]:
    """Effective antenna heights hte and hre, m; Attachment 1, section 5.6.

    Heights count from the transmitting antenna, lengths in columns; the equations do not mind.
    """
    ground_t = -tx_height_m
    ground_r = rise_m - rx_height_m
    if crossings == 0:
        v1 = distance * (ground_t + ground_r)
        v2 = distance * distance * (_TWO * ground_r + ground_t)
    else:
        area, moment = ground_sums(slope, a, b, ramp, ramp_start, points, share, fall)
        # the inner points are a column apart; the first lies near the transmitter
        begin = slope[a + points - crossings]
        begin = (begin + share * (slope[b + points - crossings] - begin) + near * fall) * near
        v1 = near * (ground_t + begin) + _TWO * area - begin + ground_r
        v2 = near * near * (_TWO * begin + ground_t)
        v2 += _SIX * moment - begin * (_THREE * near - _ONE) + ground_r * (_THREE * distance - _ONE)
    hst = (_TWO * v1 * distance - v2) / (distance * distance)
    hsr = (v2 - v1 * distance) / (distance * distance)
    if blocked:  # what is clear of the bulging earth is clear of a flat one
        highest, u, w = flat_obstruction(
            slope,
            a,
            b,
            ramp,
            ramp_start,
            inverse,
            inverse_start,
            points,
            share,
            fall,
            rise_m / distance,
        )
        if highest > _ZERO:
            hst -= highest * u / (u + w)
            hsr -= highest * w / (u + w)
    hte_m = -min(hst, ground_t)
    hre_m = rise_m - min(hsr, ground_r)
    return hte_m, hre_m


@lane_kernel
def ground_sums(
    slope: NDArray[np.float32],
    a: int,
    b: int,
    ramp: NDArray[np.float32],
    c: int,
    points: int,
    share: np.float32,
    fall: np.float32,
) -> tuple[np.float32, np.float32]:
    """Sums of a profile's heights above the transmitting antenna, and of heights times distance.

    Parameters
    ----------
    slope, a, b, points, share
        See `obstruction`.
    ramp, c
        `Lines.ramp`, and where the first point stands in it.
    fall
        The bulge at one column, m.
    """
    area, moment = _ZERO, _ZERO
    for i in range(points):
        k = np.uint64(i)
        d = ramp[np.uint64(c) + k]
        near = slope[np.uint64(a) + k]
        height = (near + share * (slope[np.uint64(b) + k] - near) + d * fall) * d
        area += height
        moment += height * d
    return area, moment


@lane_kernel
def flat_obstruction(
    slope: NDArray[np.float32],
    a: int,
    b: int,
    ramp: NDArray[np.float32],
    c: int,
    inverse: NDArray[np.float32],
    e: int,
    points: int,
    share: np.float32,
    fall: np.float32,
    sight: np.float32,
) -> tuple[np.float32, np.float32, np.float32]:
    """What a profile puts in the way of a path over a flat earth.

    Parameters
    ----------
    slope, a, b, ramp, c, points, share, fall
        See `ground_sums`.
    inverse, e
        `Lines.inverse`, and where the first point stands in it.
    sight
        Slope of the straight path over a flat earth, m a column.

    Returns
    -------
    tuple
        Largest height above the straight path, that over d1 and that over d2; m and columns. Right where
        the first is positive.
    """
    highest, highest_u, highest_w = -_FAR, -_FAR, -_FAR
    for i in range(points):
        k = np.uint64(i)
        d = ramp[np.uint64(c) + k]
        near = slope[np.uint64(a) + k]
        u = near + share * (slope[np.uint64(b) + k] - near) + d * fall - sight
        x = u * d
        highest = larger(highest, x)
        highest_u = larger(highest_u, u)
        highest_w = larger(highest_w, x * inverse[np.uint64(e) + k])
    return highest, highest_u, highest_w
