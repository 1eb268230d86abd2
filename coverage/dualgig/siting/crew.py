"""Several child processes at once: programs that do not depend on one another are solved side by side."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numba

from dualgig.siting.solver import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

_SLICE_S = 0.2
"""Longest wait without a look at signals."""


@dataclass
class Crew:
    """Child processes, as many as there are threads to use; what they answer does not depend on how many."""

    workers: list[Worker] = field(default_factory=list, init=False)

    def __enter__(self) -> Self:
        self.workers = [Worker() for _ in range(max(1, numba.get_num_threads()))]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children, whatever they are doing."""
        for worker in self.workers:
            worker.close()

    def _end(self, threads: list[threading.Thread]) -> None:
        """End the children until no thread is left that might start one for the item that it has in hand."""
        while any(thread.is_alive() for thread in threads):
            self.close()
            for thread in threads:
                thread.join(_SLICE_S)

    def each[I, R](
        self,
        work: Callable[[Worker, I], R],
        items: Sequence[I],
        *,
        on_done: Callable[[], None] | None = None,
    ) -> list[R]:
        """Do some work for each item, one item at a time in each child; the answers in the order of the items.

        Parameters
        ----------
        work
            Called in a thread with a child of its own and an item.
        items
            Taken in their order, so the longest is best the first.
        on_done
            Called where one waits, whenever an item is done and every now and then.

        Raises
        ------
        Exception
            What the work raised; the other children are ended.
        """
        answers: dict[int, R] = {}
        told: queue.SimpleQueue[tuple[int, R] | BaseException] = queue.SimpleQueue()
        left = iter(range(len(items)))
        lock = threading.Lock()

        def serve(worker: Worker) -> None:
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    return
                try:
                    told.put((number, work(worker, items[number])))
                except BaseException as error:  # noqa: BLE001  (raised again where it is waited for)
                    told.put(error)
                    return

        threads = [threading.Thread(target=serve, args=(worker,), daemon=True) for worker in self.workers]
        for thread in threads:
            thread.start()
        try:
            while len(answers) < len(items):
                try:
                    answer = told.get(timeout=_SLICE_S)
                except queue.Empty:
                    continue
                finally:
                    if on_done is not None:
                        on_done()
                if isinstance(answer, BaseException):
                    raise answer  # noqa: TRY301  (it ends the others)
                answers[answer[0]] = answer[1]
        except BaseException:
            with lock:
                left = iter(())
            self._end(threads)
            raise
        return [answers[number] for number in range(len(items))]
