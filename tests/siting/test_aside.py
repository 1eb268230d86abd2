"""Work in a thread of its own: what it returns, raises and tells; clocks."""

import threading
import time

import pytest

from dualgig.siting.aside import aside


def test_what_it_returns_and_tells_comes_back_in_this_thread():
    heard = []

    def work(tell):
        tell(1)
        tell(2)
        return threading.current_thread()

    thread = aside(work, on_news=lambda news: heard.append((news, threading.current_thread())))

    assert thread is not threading.current_thread()
    assert heard == [(1, threading.current_thread()), (2, threading.current_thread())]


def test_what_it_raises_is_raised():
    def work(_):
        raise ValueError("no plan")

    with pytest.raises(ValueError, match="no plan"):
        aside(work)


def test_work_that_takes_too_long_is_given_up_and_ends_at_its_next_news():
    ended = threading.Event()

    def work(tell):
        try:
            while True:
                time.sleep(0.01)
                tell(None)
        finally:
            ended.set()

    begun = time.monotonic()
    assert aside(work, deadline_s=begun + 0.3) is None
    assert 0.3 <= time.monotonic() - begun < 2.0
    assert ended.wait(5.0)
