"""Coverage sets in memory: rows of ascending place numbers, packed to about a byte an entry.

A row stores the gaps between its places in the base-128 code of variable length (LEB128): seven bits a
byte, the lowest first, the eighth bit set where more follow. Along a space-filling curve most gaps are 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from dualgig.kernels import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dualgig.radio.places import Places

LONGEST_GAP = 5
"""Bytes that a gap of 32 bits takes."""


@dataclass(frozen=True)
class CoverageSets:
    """Which places some sites serve, in each band: row ``site * len(bands) + band``.

    Attributes
    ----------
    site : ndarray of int64, shape (sites,)
        The sites that the rows stand for.
    bands : tuple of str
        Names of the bands.
    places : int
        How many places there are.
    start : ndarray of int64, shape (rows + 1,)
        Where the entries of a row start in ``margin_db``.
    packed_start : ndarray of int64, shape (rows + 1,)
        Where they start in ``packed``.
    packed : ndarray of uint8
        Places.
    margin_db : ndarray of int8, shape (entries,)
        What is left of the allowed loss, rounded down, 0 to 127 dB; empty where it was not asked for.
    """

    site: NDArray[np.int64]
    bands: tuple[str, ...]
    places: int
    start: NDArray[np.int64]
    packed_start: NDArray[np.int64]
    packed: NDArray[np.uint8]
    margin_db: NDArray[np.int8]

    @property
    def served(self) -> NDArray[np.int64]:
        """How many places each site serves in each band, shape (sites, bands)."""
        return np.diff(self.start).reshape(self.site.size, len(self.bands))

    def covered(self, band: str) -> NDArray[np.bool_]:
        """Whether each place is served by any of the sites, shape (places,)."""
        covered = np.zeros(self.places, np.bool_)
        mark(self.packed, self.packed_start, self._rows(band), covered)
        return covered

    def matrix(self, band: str) -> csr_array:
        """One band as a sparse array, shape (sites, places).

        Its values are margins, int8, where 0 dB is stored, not left out; or True where there are none.
        """
        rows = self._rows(band)
        start = np.concatenate([[0], np.cumsum(self.start[rows + 1] - self.start[rows])])
        place = np.empty(start[-1], np.int32)
        unpack(self.packed, self.packed_start, rows, place)
        values = np.ones(start[-1], np.int8 if self.margin_db.size else np.bool_)
        if self.margin_db.size:
            move_rows(self.margin_db, self.start[rows], values, start)
        return csr_array((values, place, start), shape=(self.site.size, self.places))

    def at_points(self, band: str, places: Places) -> csr_array:
        """The same for the demand points that have a place, shape (sites, points with a place)."""
        return self.matrix(band)[:, places.of_point[places.of_point >= 0]]

    def _rows(self, band: str) -> NDArray[np.int64]:
        """Rows of a band."""
        return np.arange(self.bands.index(band), self.start.size - 1, len(self.bands))


def joined(tiles: Sequence[CoverageSets], bands: tuple[str, ...], places: int) -> CoverageSets:
    """One set of tiles, its sites in ascending order.

    Parameters
    ----------
    tiles
        Sets of the same bands and places.
    bands
        Names of the bands.
    places
        How many places there are.
    """
    site = np.concatenate([np.empty(0, np.int64), *(tile.site for tile in tiles)])
    rank = np.argsort(np.argsort(site, kind="stable"), kind="stable")
    first_row = rank[:, None] * len(bands) + np.arange(len(bands))
    rows = np.split(first_row, np.cumsum([tile.site.size for tile in tiles])[:-1]) if tiles else []
    start, packed_start = (np.zeros(site.size * len(bands) + 1, np.int64) for _ in range(2))
    for row, tile in zip(rows, tiles, strict=True):
        start[row.ravel() + 1] = np.diff(tile.start)
        packed_start[row.ravel() + 1] = np.diff(tile.packed_start)
    start, packed_start = np.cumsum(start), np.cumsum(packed_start)
    packed = np.empty(packed_start[-1], np.uint8)
    margin_db = np.empty(sum(tile.margin_db.size for tile in tiles), np.int8)
    for row, tile in zip(rows, tiles, strict=True):
        move_rows(packed, packed_start[row.ravel()], tile.packed, tile.packed_start, back=True)
        if margin_db.size:
            move_rows(margin_db, start[row.ravel()], tile.margin_db, tile.start, back=True)
    return CoverageSets(np.sort(site), bands, places, start, packed_start, packed, margin_db)


@kernel
def move_rows(
    scattered: NDArray[Any],
    first: NDArray[np.int64],
    packed: NDArray[Any],
    start: NDArray[np.int64],
    back: bool = False,
) -> None:
    """Copy rows that start anywhere in an array to others that follow each other, or back.

    Parameters
    ----------
    scattered, first
        An array, and where each row starts in it.
    packed, start
        The other, and where the rows start in it, shape (rows + 1,).
    back
        Whether to write into ``scattered``.
    """
    for row in range(first.size):
        for i in range(start[row + 1] - start[row]):
            if back:
                scattered[first[row] + i] = packed[start[row] + i]
            else:
                packed[start[row] + i] = scattered[first[row] + i]


@kernel
def pack_gap(packed: NDArray[np.uint8], used: int, gap: int) -> int:
    """Write a gap after the bytes used, and return how many are used then."""
    while gap > 127:
        packed[used] = 128 | (gap & 127)
        gap >>= 7
        used += 1
    packed[used] = gap
    return used + 1


@kernel
def unpack(
    packed: NDArray[np.uint8],
    packed_start: NDArray[np.int64],
    rows: NDArray[np.int64],
    place: NDArray[np.int32],
) -> None:
    """Write the places of some rows one after the other."""
    entry = 0
    for row in rows:
        previous, gap, shift = -1, 0, 0
        for i in range(packed_start[row], packed_start[row + 1]):
            byte = int(packed[i])
            gap |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                previous += gap + 1
                place[entry] = previous
                entry += 1
                gap, shift = 0, 0


@kernel
def mark(
    packed: NDArray[np.uint8],
    packed_start: NDArray[np.int64],
    rows: NDArray[np.int64],
    covered: NDArray[np.bool_],
) -> None:
    """Set what any of some rows holds."""
    for row in rows:
        previous, gap, shift = -1, 0, 0
        for i in range(packed_start[row], packed_start[row + 1]):
            byte = int(packed[i])
            gap |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                previous += gap + 1
                covered[previous] = True
                gap, shift = 0, 0
