"""The schedule of annealing: windows of moves between which a clock, prices and plans are looked at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Window:
    """Some moves of an annealing search.

    Parameters
    ----------
    part
        How much of the search lies before it, 0 to 1: of the moves or of the time, whichever is more.
    steps
        Moves in it.
    hot, cold
        Temperature at its begin and at its end.
    """

    part: float
    steps: int
    hot: float
    cold: float


def windows(moves: int, size: int, deadline_s: float | None, *, hot: float, cold: float) -> Iterator[Window]:
    """Cool geometrically (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983), sooner where the clock runs ahead.

    Parameters
    ----------
    moves
        Of the whole search.
    size
        Moves of a window at most, at least 1.
    deadline_s
        Moment of `time.monotonic` after which no window begins.
    hot, cold
        Temperature at first and at last.
    """
    begun_s, done = time.monotonic(), 0
    while done < moves:
        part = done / moves
        if deadline_s is not None:
            now_s = time.monotonic()
            if now_s >= deadline_s:
                return
            part = max(part, (now_s - begun_s) / (deadline_s - begun_s))
        steps = min(size, moves - done)
        ratio = cold / hot
        yield Window(part, steps, hot * ratio**part, hot * ratio ** min(1.0, part + steps / moves))
        done += steps
