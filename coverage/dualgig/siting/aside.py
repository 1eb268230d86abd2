"""Compiled work in a thread of its own, so that Ctrl-C and clocks are heard while it runs."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SLICE_S = 0.2
"""Longest wait without a look at signals."""


def aside[T](work: Callable[[], T], *, deadline_s: float | None = None) -> T | None:
    """Run a function in a thread and wait for it; Ctrl-C ends the waiting at once.

    A compiled loop does not hear Ctrl-C until it is over. Work that is given up goes on in the background
    until it ends by itself, so it must end soon and change nothing but what is its own.

    Parameters
    ----------
    work
        The function.
    deadline_s
        Moment of `time.monotonic` at which to give up.

    Returns
    -------
    What the function returned, or ``None`` when there was no time.

    Raises
    ------
    Exception
        What the function raised.
    """
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((work(), None))
        except BaseException as error:  # noqa: BLE001  (raised again where it is waited for)
            answers.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    while True:
        left_s = _SLICE_S if deadline_s is None else deadline_s - time.monotonic()
        try:
            found, error = answers.get(timeout=min(max(0.0, left_s), _SLICE_S))
        except queue.Empty:
            if left_s <= 0.0:
                return None
            continue
        if error is not None:
            raise error
        return found
