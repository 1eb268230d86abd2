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


class _GivenUpError(Exception):
    """Nobody waits any more."""


def aside[T, N](
    work: Callable[[Callable[[N], None]], T],
    *,
    deadline_s: float | None = None,
    on_news: Callable[[N], None] | None = None,
) -> T | None:
    """Run a function in a thread and wait for it; Ctrl-C ends the waiting at once.

    A loop that is compiled, or compiling itself, does not hear Ctrl-C until it is over. Work that is given up
    ends when it has news, or by itself; it must change nothing but what is its own.

    Parameters
    ----------
    work
        The function; it gets another that it may call with news.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    on_news
        Called with the news, in the thread that waits.

    Returns
    -------
    What the function returned, or ``None`` when there was no time.

    Raises
    ------
    Exception
        What the function raised.
    """
    told: queue.SimpleQueue[Callable[[], tuple[T] | None]] = queue.SimpleQueue()
    given_up = threading.Event()

    def tell(news: N) -> None:
        if given_up.is_set():
            raise _GivenUpError
        told.put(lambda: None if on_news is None else on_news(news))

    def run() -> None:
        try:
            found = work(tell)
        except BaseException as error:  # noqa: BLE001  (raised again where it is waited for)
            told.put(_raising(error))
        else:
            told.put(lambda: (found,))

    threading.Thread(target=run, daemon=True).start()
    try:
        while True:
            left_s = _SLICE_S if deadline_s is None else deadline_s - time.monotonic()
            try:
                answer = told.get(timeout=min(max(0.0, left_s), _SLICE_S))()
            except queue.Empty:
                if left_s <= 0.0:
                    return None
                continue
            if answer is not None:
                return answer[0]
    finally:
        given_up.set()


def _raising(error: BaseException) -> Callable[[], None]:
    def raise_it() -> None:
        raise error

    return raise_it
