"""What the Irregular Terrain Model reads off a profile: horizons, effective heights, irregularity.

Compiled kernels of `dualgig.radio.itm`, which names the sources. Distances are metres; a profile is its
heights above sea level, evenly spaced ``step_m`` apart from transmitter to receiver. The order of the
sums and the truncations to whole points are those of the published program: a fit that starts one point
earlier is another fit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dualgig.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

type Ends = tuple[float, float]
"""A figure at the transmitter and at the receiver."""


@kernel
def horizons(
    ground_m: NDArray[np.float64], step_m: float, heights_m: Ends, earth_radius_m: float
) -> tuple[Ends, Ends]:
    """Horizon angles, rad, and distances, m, seen from both ends; TN 101 equation (6.15).

    Without an obstacle the other end is the horizon.
    """
    last = ground_m.size - 1
    length = last * step_m
    top_t = ground_m[0] + heights_m[0]
    top_r = ground_m[last] + heights_m[1]
    bulge = length / (2.0 * earth_radius_m)
    angle_t = (top_r - top_t) / length - bulge
    angle_r = -(top_r - top_t) / length - bulge
    distance_t = distance_r = length
    along_t = 0.0
    along_r = length
    for i in range(1, last):
        along_t += step_m
        along_r -= step_m
        angle = (ground_m[i] - top_t) / along_t - along_t / (2.0 * earth_radius_m)
        if angle > angle_t:
            angle_t, distance_t = angle, along_t
        angle = -(top_r - ground_m[i]) / along_r - along_r / (2.0 * earth_radius_m)
        if angle > angle_r:
            angle_r, distance_r = angle, along_r
    return (angle_t, angle_r), (distance_t, distance_r)


@kernel
def line_fit(ground_m: NDArray[np.float64], step_m: float, start_m: float, end_m: float) -> Ends:
    """Heights at both ends of the profile of a line fitted to a part of it, m; Hufford's `zlsq1`.

    The ends of the part weigh half; a part shorter than a step is widened by one.
    """
    last = ground_m.size - 1
    first_i = int(max(start_m / step_m, 0.0))
    last_i = last - int(max(last - end_m / step_m, 0.0))
    if last_i <= first_i:
        first_i = int(max(first_i - 1.0, 0.0))
        last_i = last - int(max(last - (last_i + 1.0), 0.0))
    length = float(last_i - first_i)
    offset = -0.5 * length
    middle = last_i + offset
    total = 0.5 * (ground_m[first_i] + ground_m[last_i])
    moment = 0.5 * (ground_m[first_i] - ground_m[last_i]) * offset
    for i in range(first_i + 1, last_i):
        offset += 1.0
        total += ground_m[i]
        moment += ground_m[i] * offset
    mean = total / length
    slope = moment * 12.0 / ((length * length + 2.0) * length)
    return mean - slope * middle, mean + slope * (last - middle)


@kernel
def irregularity(ground_m: NDArray[np.float64], step_m: float, start_m: float, end_m: float) -> float:
    """Terrain irregularity parameter delta h of a part of a profile, m; Hufford's `d1thx`.

    The range between the tenth and the ninetieth percent of the heights above their fitted line, scaled
    to an infinitely long path (ERL 79-ITS 67, equation (3)).
    """
    last = ground_m.size - 1
    at = start_m / step_m
    end = end_m / step_m
    if end - at < 2.0:
        return 0.0
    tenth = min(max(4, int(0.1 * (end - at + 8.0))), 25)
    count = 10 * tenth - 5
    stride = (end - at) / (count - 1)
    sample = np.empty(count)
    i = int(at)
    at -= i + 1.0
    for j in range(count):
        while at > 0.0 and i + 1 < last:
            at -= 1.0
            i += 1
        sample[j] = ground_m[i + 1] + (ground_m[i + 1] - ground_m[i]) * at
        at += stride
    line, right = line_fit(sample, 1.0, 0.0, count - 1.0)
    slope = (right - line) / (count - 1)
    for j in range(count):
        sample[j] -= line
        line += slope
    sample.sort()
    spread: float = sample[count - tenth] - sample[tenth - 1]
    return spread / (1.0 - 0.8 * math.exp(-(end_m - start_m) / 50e3))


@kernel
def smooth_horizon_m(height_m: float, irregularity_m: float, earth_radius_m: float) -> float:
    """Typical horizon distance over irregular ground, m; Hufford, algorithm, equation (3.3)."""
    smooth: float = math.sqrt(2.0 * height_m * earth_radius_m)
    return smooth * math.exp(-0.07 * math.sqrt(irregularity_m / max(height_m, 5.0)))


@kernel
def smooth_angle(height_m: float, horizon_m: float, irregularity_m: float, earth_radius_m: float) -> float:
    """Typical horizon angle over irregular ground, rad; Hufford, algorithm, equation (3.4)."""
    smooth: float = math.sqrt(2.0 * height_m * earth_radius_m)
    return (0.65 * irregularity_m * (smooth / horizon_m - 1.0) - 2.0 * height_m) / smooth


@kernel
def path_geometry(
    ground_m: NDArray[np.float64], step_m: float, heights_m: Ends, earth_radius_m: float
) -> tuple[Ends, Ends, Ends, float]:
    """Horizon angles, rad, horizon distances, effective heights and irregularity, m; Hufford's `qlrpfl`.

    Parameters
    ----------
    ground_m
        float64, shape (points,), two or more.
    step_m
        Spacing of the points.
    heights_m
        Antennas above ground.
    earth_radius_m
        Effective earth radius.
    """
    last = ground_m.size - 1
    length = last * step_m
    angles, distances = horizons(ground_m, step_m, heights_m, earth_radius_m)
    start = min(15.0 * heights_m[0], 0.1 * distances[0])
    end = length - min(15.0 * heights_m[1], 0.1 * distances[1])
    irregularity_m = irregularity(ground_m, step_m, start, end)
    if distances[0] + distances[1] <= 1.5 * length:
        fit_t, _ = line_fit(ground_m, step_m, start, 0.9 * distances[0])
        _, fit_r = line_fit(ground_m, step_m, length - 0.9 * distances[1], end)
        effective_t = heights_m[0] + max(ground_m[0] - fit_t, 0.0)
        effective_r = heights_m[1] + max(ground_m[last] - fit_r, 0.0)
        return angles, distances, (effective_t, effective_r), irregularity_m
    # well in sight: the horizons follow from heights over the fitted ground
    fit_t, fit_r = line_fit(ground_m, step_m, start, end)
    effective_t = heights_m[0] + max(ground_m[0] - fit_t, 0.0)
    effective_r = heights_m[1] + max(ground_m[last] - fit_r, 0.0)
    horizon_t = smooth_horizon_m(effective_t, irregularity_m, earth_radius_m)
    horizon_r = smooth_horizon_m(effective_r, irregularity_m, earth_radius_m)
    if horizon_t + horizon_r <= length:
        raised = (length / (horizon_t + horizon_r)) ** 2
        effective_t *= raised
        effective_r *= raised
        horizon_t = smooth_horizon_m(effective_t, irregularity_m, earth_radius_m)
        horizon_r = smooth_horizon_m(effective_r, irregularity_m, earth_radius_m)
    angle_t = smooth_angle(effective_t, horizon_t, irregularity_m, earth_radius_m)
    angle_r = smooth_angle(effective_r, horizon_r, irregularity_m, earth_radius_m)
    return (angle_t, angle_r), (horizon_t, horizon_r), (effective_t, effective_r), irregularity_m
