"""Coverage sets: the places that each site serves in each band, straight from the sweep to packed rows.

Sites and places are taken along space-filling curves, so that neighbours share the ground and a row holds
runs of neighbours. `coverage_tiles` hands out one tile of sites after the other: what it holds at a time is
the terrain, the places and one tile, whatever the size of the province. Results do not depend on how many
threads work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dualgig.kernels import kernel
from dualgig.radio.lanes import trailing_zeros
from dualgig.radio.losses import Bands, clearance_limit, fill_losses
from dualgig.radio.packed import LONGEST_GAP, CoverageSets, joined, pack_gap
from dualgig.radio.paths import in_chunks
from dualgig.radio.pattern import Tables, checked_tables, gain_towards_db
from dualgig.radio.places import hilbert_distance
from dualgig.radio.setting import sweep_setting
from dualgig.radio.sweep import checked_sites
from dualgig.radio.trace import trace
from dualgig.radio.traced import Limit, Traced, Wanted, room_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.fan import Lines, Relief
    from dualgig.radio.p1812 import Polarisation
    from dualgig.radio.pattern import Antennas
    from dualgig.radio.places import Places
    from dualgig.radio.setting import SweepSetting
    from dualgig.region.model import Terrain

TILE_SITES = 1024
"""Sites of a tile."""

type _Rows = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int8]]

_CHUNK_SITES = 32
_SLACK_DB = 0.3
"""By so much the table that rules out paths allows more than the budget, which then decides."""


class Budget(Protocol):
    """What the sets ask of a link budget: a name, a frequency and the largest basic loss."""

    @property
    def band(self) -> str:
        """Name of the band."""

    @property
    def frequency_ghz(self) -> float:
        """Frequency, GHz."""

    @property
    def allowed_loss_db(self) -> float:
        """Largest median basic loss at which a place is served, dB."""


def coverage_sets(
    terrain: Terrain,
    places: Places,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_height_m: float,
    budgets: Sequence[Budget],
    radius_m: ArrayLike,
    *,
    antennas: Antennas | None = None,
    margins: bool = True,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
    threads: int | None = None,
) -> CoverageSets:
    """Sets of all sites, in their order.

    Parameters and errors are those of `coverage_tiles`.
    """
    tiles = list(
        coverage_tiles(
            terrain,
            places,
            tx_xy_m,
            tx_height_m,
            rx_height_m,
            budgets,
            radius_m,
            antennas=antennas,
            margins=margins,
            delta_n=delta_n,
            polarisation=polarisation,
            threads=threads,
        )
    )
    return joined(tiles, tuple(budget.band for budget in budgets), len(places))


def coverage_tiles(
    terrain: Terrain,
    places: Places,
    tx_xy_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_height_m: float,
    budgets: Sequence[Budget],
    radius_m: ArrayLike,
    *,
    antennas: Antennas | None = None,
    margins: bool = True,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
    threads: int | None = None,
    tile_sites: int = TILE_SITES,
) -> Iterator[CoverageSets]:
    """Sets of one tile of sites after the other, along a Hilbert curve.

    Parameters
    ----------
    terrain
        The elevation model, in the CRS of the coordinates.
    places
        Where the demand is, see `dualgig.radio.places.demand_places`.
    tx_xy_m, tx_height_m
        Shape (sites, 2), m, and antennas above ground, one for all or one each, m.
    rx_height_m
        Receivers above ground, m.
    budgets
        Link budgets of the bands.
    radius_m
        Radius cap, one for all or one a band, m.
    antennas
        What the sites' antennas gain in each direction; the budget's gain in all where absent.
    margins
        Whether margins are kept; else the sets only say who is served.
    delta_n, polarisation, threads
        See `dualgig.radio.paths.path_loss_db`.
    tile_sites
        Sites of a tile.

    Yields
    ------
    CoverageSets
        A tile; its ``site`` says which sites.

    Raises
    ------
    ValueError
        Shapes that do not fit, a height, radius or gradient out of range, no budget.
    """
    at, heights = checked_sites(terrain, tx_xy_m, tx_height_m)
    tables = checked_tables(antennas, len(at), len(budgets))
    frequency = [budget.frequency_ghz for budget in budgets]
    setting = sweep_setting(
        terrain, heights, rx_height_m, frequency, radius_m, delta_n=delta_n, polarisation=polarisation
    )
    allowed = np.array([budget.allowed_loss_db for budget in budgets])
    most = allowed + float(tables.gain_db.max(initial=0.0)) + _SLACK_DB
    limit = clearance_limit(setting.frequency_ghz, most, setting.radius_m, terrain.cell_m)
    wanted = places.wanted(setting.relief)
    job = _Job(setting, wanted, limit, len(places), at, heights, allowed, tables, margins)
    cell = np.maximum(np.floor(at), 0.0).astype(np.int64)
    order = np.argsort(hilbert_distance(cell[:, 0], cell[:, 1]), kind="stable")
    bands = tuple(budget.band for budget in budgets)
    for begin in range(0, order.size, tile_sites):
        tile = order[begin : begin + tile_sites]
        parts = job.cover(tile, threads)
        counts, lengths, packed, margin_db = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        start, packed_start = (np.concatenate([[0], np.cumsum(each)]) for each in (counts, lengths))
        yield CoverageSets(tile, bands, len(places), start, packed_start, packed, margin_db)


@dataclass(frozen=True)
class _Job:
    """What the tiles have in common."""

    setting: SweepSetting
    wanted: Wanted
    limit: Limit
    places: int
    at: NDArray[np.float64]
    height_m: NDArray[np.float64]
    allowed_db: NDArray[np.float64]
    antennas: Tables
    margins: bool

    def cover(self, tile: NDArray[np.int64], threads: int | None) -> list[_Rows]:
        """Rows of the sites of a tile, in parts."""
        parts: dict[int, _Rows] = {}
        setting = self.setting

        def work(part: slice) -> None:
            site = tile[part]
            lines = setting.lines()
            ground = (setting.relief, lines, setting.bands, self.wanted, self.limit)
            masts = (self.at[site], self.height_m[site], setting.rx_height_m, setting.radius_m)
            antennas = Tables(self.antennas.gain_db, self.antennas.kind[site], self.antennas.turn_deg[site])
            bits, left = np.zeros(self.places // 64 + 1, np.uint64), np.zeros(self.places, np.int8)
            room = (room_for(lines), bits, left, self.margins)
            parts[part.start] = _cover(*ground, *masts, self.allowed_db, antennas, *room)

        in_chunks(work, tile.size, threads, chunk=_CHUNK_SITES)
        return [parts[first] for first in sorted(parts)]


@kernel
def _cover(
    relief: Relief,
    lines: Lines,
    bands: Bands,
    wanted: Wanted,
    limit: Limit,
    at: NDArray[np.float64],
    tx_height_m: NDArray[np.float64],
    rx_height_m: float,
    radius_m: float,
    allowed_db: NDArray[np.float64],
    antennas: Tables,
    traced: Traced,
    served: NDArray[np.uint64],
    left: NDArray[np.int8],
    keep_margins: bool,
) -> _Rows:
    """How many places a row holds, its length in bytes, the bytes, and the margins, of some sites.

    ``served``, a bit a place, and ``left`` are room; the bits are 0 before and after.
    """
    used, entries = 0, 0
    packed, margins = np.empty(1 << 16, np.uint8), np.empty(1 << 16 if keep_margins else 0, np.int8)
    counts = np.zeros(at.shape[0] * allowed_db.size, np.int64)
    lengths = np.zeros(at.shape[0] * allowed_db.size, np.int64)
    smooth_from_m = bands.smooth.from_m.min()
    for site in range(at.shape[0]):
        column, row = at[site]
        mast_m, kind = tx_height_m[site], antennas.kind[site]
        paths = trace(
            relief, lines, wanted, limit, column, row, mast_m, rx_height_m, radius_m, smooth_from_m, traced
        )
        most = paths * allowed_db.size
        if used + LONGEST_GAP * most > packed.size:
            packed = _with_room(packed, used, 2 * used + LONGEST_GAP * most)
        if keep_margins and entries + most > margins.size:
            margins = _with_room(margins, entries, 2 * entries + most)
        for band in range(allowed_db.size):
            fill_losses(bands, band, traced, paths)
            first, last = served.size, -1
            for i in range(paths):
                if traced.distance_m[i] > bands.radius_m[band]:
                    continue
                left_db = allowed_db[band] - traced.loss_db[i]
                if kind >= 0:
                    table, turn = antennas.gain_db[band, kind], antennas.turn_deg[site]
                    left_db += gain_towards_db(table, turn, traced.bearing[i], traced.departure[i])
                if left_db >= 0.0:
                    place = traced.target[i]
                    word = place >> 6
                    served[word] |= np.uint64(1) << np.uint64(place & 63)
                    left[place] = min(int(left_db), 127)
                    first, last = min(first, word), max(last, word)
            before, used_before, previous = entries, used, -1
            for word in range(first, last + 1):
                bits = served[word]
                served[word] = 0
                while bits:
                    place = (word << 6) + int(trailing_zeros(bits))
                    bits &= bits - np.uint64(1)
                    used = pack_gap(packed, used, place - previous - 1)
                    previous = place
                    if keep_margins:
                        margins[entries] = left[place]
                    entries += 1
            counts[site * allowed_db.size + band] = entries - before
            lengths[site * allowed_db.size + band] = used - used_before
    return counts, lengths, packed[:used].copy(), margins[: entries if keep_margins else 0].copy()


@kernel
def _with_room(array: NDArray[Any], used: int, size: int) -> NDArray[Any]:
    """The same array with more room."""
    more = np.empty(size, array.dtype)
    more[:used] = array[:used]
    return more
