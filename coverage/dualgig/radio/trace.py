"""One pass over the ground around a site: the geometry of every path that may matter, all bands at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.effective import effective_heights
from dualgig.radio.fan import LANES, draw_lines, obstruction
from dualgig.radio.profile import height_at

if TYPE_CHECKING:
    from dualgig.radio.fan import Lines, Relief
    from dualgig.radio.traced import Limit, Traced, Wanted


@kernel
def trace(
    relief: Relief,
    lines: Lines,
    wanted: Wanted,
    limit: Limit,
    column: float,
    row: float,
    tx_height_m: float,
    rx_height_m: float,
    radius_m: float,
    smooth_from_m: float,
    traced: Traced,
) -> int:
    """Trace the paths from a site to cells around it.

    Parameters
    ----------
    relief
        Ground, with a halo for this radius.
    lines
        Room for the lines of a side.
    wanted, limit
        Which paths are listed.
    column, row
        The site, in columns and rows of the terrain without its halo.
    tx_height_m, rx_height_m
        Antennas above ground, m.
    radius_m
        Largest length of a path, m.
    smooth_from_m
        Length from which on the smooth earth may add to the loss, m.
    traced
        Written, in an order that the geometry alone decides.

    Returns
    -------
    int
        How many paths were listed: none for a site off the terrain or without data. Cells without data,
        or behind a cell without, are not listed.
    """
    count = 0
    rows, columns = relief.rows.shape[0] - 2 * relief.halo, relief.rows.shape[1] - 2 * relief.halo
    if not (0.0 <= column <= columns - 1.0 and 0.0 <= row <= rows - 1.0):
        return 0
    x, y = column + relief.halo, row + relief.halo
    hts_m = height_at(relief.rows, x, y) + tx_height_m
    if math.isnan(hts_m):
        return 0
    for side in range(4):
        count = _trace_side(
            relief,
            lines,
            wanted,
            limit,
            side,
            x,
            y,
            hts_m,
            tx_height_m,
            rx_height_m,
            radius_m,
            smooth_from_m,
            traced,
            count,
        )
    if column == int(column) and row == int(row):
        count = _trace_own_cell(relief, lines, wanted, int(x), int(y), hts_m, rx_height_m, traced, count)
    return count


@kernel
def _trace_own_cell(
    relief: Relief,
    lines: Lines,
    wanted: Wanted,
    x: int,
    y: int,
    hts_m: float,
    rx_height_m: float,
    traced: Traced,
    count: int,
) -> int:
    """List the path of no length to the cell in whose centre the site stands."""
    index = lines.cells * (2 * lines.cells + 2)
    if wanted.rows.size:
        index = wanted.rows[y, x]
        if index < 0:
            return count
    traced.target[count] = index
    traced.distance_m[count] = 0.0
    traced.slant_m[count] = abs(relief.rows[y, x] + rx_height_m - hts_m)
    traced.clearance_m[count] = -np.inf
    traced.hte_m[count] = np.inf
    traced.hre_m[count] = np.inf
    traced.bearing[count] = 13.0
    traced.departure[count] = math.copysign(math.inf, relief.rows[y, x] + rx_height_m - hts_m)
    return count + 1


@kernel
def _trace_side(
    relief: Relief,
    lines: Lines,
    wanted: Wanted,
    limit: Limit,
    side: int,
    x: float,
    y: float,
    hts_m: float,
    tx_height_m: float,
    rx_height_m: float,
    radius_m: float,
    smooth_from_m: float,
    traced: Traced,
    count: int,
) -> int:
    """Trace the paths of one side: 0 east, 1 west, 2 south, 3 north; x and y are in the halo's cells."""
    upright = side >= 2
    step = 1 if side % 2 == 0 else -1
    grid = relief.rows if upright else relief.columns
    numbers = wanted.rows if upright else wanted.columns
    everything = wanted.rows.size == 0
    along, lateral = (y, x) if upright else (x, y)
    first = math.floor(along) + 1 if step == 1 else math.ceil(along) - 1
    near = abs(first - along)
    cell_m, halo = relief.cell_m, relief.halo
    radius = radius_m / cell_m
    crossings = math.floor(radius - near) + 1
    if crossings <= 0:
        return count
    top = relief.top_rows if upright else relief.top_columns
    view = (first, step, near, lateral, hts_m, cell_m, relief.bulge_per_m, crossings)
    draw_lines(top, *view, lines.slope, lines)
    if relief.cluttered:
        draw_lines(grid, *view, lines.bare, lines)
    slope, bare = lines.slope.reshape(lines.slope.size), lines.bare.reshape(lines.bare.size)
    width = lines.slope.shape[1]
    half, window = lines.half, 2 * lines.cells + 1
    first_x, first_y = math.floor(x) - lines.cells, math.floor(y) - lines.cells
    limits = limit.clearance_m.size - 1
    cell, antenna_m = np.float32(cell_m), np.float32(hts_m)
    fall_1 = np.float32(relief.bulge_per_m * cell_m * cell_m)
    receiver = np.float32(rx_height_m)
    fine = np.float32(half)
    for n in range(crossings):
        k = first + step * n
        # outside the terrain lies the halo
        if not halo <= k < grid.shape[0] - halo:
            break
        across = abs(k - along)
        reach = min(across, math.sqrt(max(radius * radius - across * across, 0.0)))
        begin = max(math.ceil(lateral - reach) - 1, halo)
        end = min(math.floor(lateral + reach) + 1, grid.shape[1] - halo - 1)
        points = (n + LANES - 1) // LANES * LANES
        start = LANES + n - points
        inverse_start = lines.inverse.size - points
        distance = np.float32(across)
        inverse = np.float32(1.0 / across)
        for j in range(begin, end + 1):
            if not everything and numbers[k, j] < 0:
                continue
            beside = abs(j - lateral)
            # a cell on the diagonal is east's or west's
            if beside >= across and (upright or beside > across):
                continue
            if across * across + beside * beside > radius * radius:
                continue
            height = grid[k, j]
            if math.isnan(height):
                continue
            m = np.float32(j - lateral) * inverse
            place = (m + np.float32(1.0)) * fine
            line = min(int(place), 2 * half - 1)
            share = place - np.float32(line)
            whole, other_whole = lines.reach[line] >= n, lines.reach[line + 1] >= n
            if not (whole and other_whole):
                # beside a gap the path keeps to the line that has data, if it runs on that line
                if whole and share < np.float32(1e-4):
                    share = np.float32(0.0)
                elif other_whole and share > np.float32(1.0 - 1e-4):
                    share = np.float32(1.0)
                else:
                    continue
            stretch = np.float32(1.0) + m * m
            scale = cell * np.float32(math.sqrt(stretch))
            length_m = distance * scale
            rise_m = height + receiver - antenna_m
            slant_m = np.float32(math.sqrt(length_m * length_m + rise_m * rise_m))
            a = line * width + start
            sight = (rise_m - length_m * length_m * np.float32(relief.bulge_per_m)) * inverse
            u, w, least = obstruction(
                slope, a, a + width, lines.inverse, inverse_start, points, share, sight, distance
            )
            blocked = u >= np.float32(0.0)
            clearance_m = (u * w if blocked else -least) * distance / scale
            if clearance_m > limit.clearance_m[min(int(slant_m * limit.per_m), limits)]:
                continue
            hte_m, hre_m = np.float32(np.inf), np.float32(np.inf)
            if length_m >= smooth_from_m:
                hte_m, hre_m = effective_heights(
                    bare,
                    a,
                    a + width,
                    lines.ramp,
                    start,
                    lines.inverse,
                    inverse_start,
                    points,
                    n,
                    share,
                    np.float32(near),
                    fall_1 * stretch,
                    rise_m,
                    receiver,
                    np.float32(tx_height_m),
                    distance,
                    blocked,
                )
            if everything:
                wide, tall = (j, k) if upright else (k, j)
                traced.target[count] = (tall - first_y) * window + wide - first_x
            else:
                traced.target[count] = numbers[k, j]
            traced.distance_m[count] = length_m
            traced.slant_m[count] = slant_m
            traced.clearance_m[count] = clearance_m
            traced.hte_m[count] = hte_m
            traced.hre_m[count] = hre_m
            horizon = u / scale if blocked else np.float32(0.0)
            traced.departure[count] = rise_m / length_m + horizon - length_m * np.float32(relief.bulge_per_m)
            traced.bearing[count] = side * np.float32(4.0) + np.float32(1.0) + m
            count += 1
    return count
