"""Shares of the time that is left."""

from __future__ import annotations

import time


def share_of(deadline_s: float | None, share: float) -> float | None:
    """Moment of `time.monotonic` at which a share of the time until a deadline is over; ``None`` without one."""
    now_s = time.monotonic()
    return None if deadline_s is None else now_s + share * max(0.0, deadline_s - now_s)
