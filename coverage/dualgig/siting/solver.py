"""HiGHS at arm's length: hands integer programs to a child process and hears of each better plan and bound."""

from __future__ import annotations

import queue
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, Self

import numpy as np

from dualgig.errors import SolverError
from dualgig.siting import worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from numpy.typing import NDArray

_GRACE_S = 0.5
"""How long the child may overrun a time limit before it is ended; HiGHS checks its clock rarely."""

_SLICE_S = 0.5
"""Longest wait without a look at signals: where locks cannot be interrupted, Ctrl-C is seen between two."""

OPTIONS: dict[str, Any] = {
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "mip_min_logging_interval": 0.5,
}
"""HiGHS' parallel tree search finds other plans of equal value with another number of threads, so each
program is solved by one thread: equal inputs give the equal plan on any machine of a type."""


@dataclass(frozen=True)
class Program:
    """A mixed integer program as arrays.

    Parameters
    ----------
    maximise
        Sense of the objective.
    cost, lower, upper
        float64, one a column.
    integer
        int32, one a column: 1 where the column is integer.
    row_lower, row_upper
        float64, one a row.
    row_start, column, value
        The rows, CSR, int32, int32, float64.
    start
        float64, one a column: a plan to start from, or ``None``.
    """

    maximise: bool
    cost: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    integer: NDArray[np.int32]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    row_start: NDArray[np.int32]
    column: NDArray[np.int32]
    value: NDArray[np.float64]
    start: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class News:
    """What HiGHS has just found: the best bound so far, and a better plan's watched columns if there is one."""

    bound: float | None
    nodes: int
    watched: NDArray[np.int8] | None


@dataclass(frozen=True)
class Outcome:
    """How a program ended.

    ``status`` is ``"optimal"``, ``"infeasible"``, ``"work_limit"`` or ``"time_limit"``; ``solution`` is
    ``None`` where the child was ended or has none (each plan found has been told as `News`).
    """

    status: Literal["optimal", "infeasible", "work_limit", "time_limit"]
    bound: float | None
    nodes: int
    solution: NDArray[np.float64] | None


_STATUS: dict[str, Literal["optimal", "infeasible", "work_limit", "time_limit"]] = {
    "Optimal": "optimal",
    "Empty": "optimal",
    "Infeasible": "infeasible",
    "Primal infeasible or unbounded": "infeasible",
    "Time limit reached": "time_limit",
    "Iteration limit reached": "work_limit",
    "Solution limit reached": "work_limit",
}


@dataclass
class Worker:
    """The child process, started at the first program and used for all that follow."""

    _process: subprocess.Popen[bytes] | None = None
    _pump: threading.Thread | None = None
    _stderr: IO[bytes] | None = None
    _frames: queue.SimpleQueue[tuple[dict[str, Any], worker.Arrays] | None] = field(
        default_factory=queue.SimpleQueue
    )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def solve(
        self,
        program: Program,
        *,
        watch: NDArray[np.int64],
        options: dict[str, Any],
        deadline_s: float | None = None,
        on_news: Callable[[News], None] | None = None,
    ) -> Outcome:
        """Solve one program; whatever is raised meanwhile, Ctrl-C included, ends the child and passes on.

        Parameters
        ----------
        program
            The program.
        watch
            Columns whose values in each better plan are told, rounded.
        options
            Options of HiGHS beside `OPTIONS`.
        deadline_s
            Moment of `time.monotonic` at which to give up.
        on_news
            Called with each better plan and bound.

        Raises
        ------
        SolverError
            The child died, or HiGHS refused the program.
        """
        try:
            return self._solve(program, watch, options, deadline_s, on_news)
        except BaseException:
            self.close()
            raise

    def _solve(
        self,
        program: Program,
        watch: NDArray[np.int64],
        options: dict[str, Any],
        deadline_s: float | None,
        on_news: Callable[[News], None] | None,
    ) -> Outcome:
        self._send(program, watch, options, deadline_s)
        news = News(None, 0, None)
        while True:
            try:
                frame = self._receive(None if deadline_s is None else deadline_s + _GRACE_S)
            except TimeoutError:
                self.close()
                return Outcome("time_limit", news.bound, news.nodes, None)
            fields, arrays = frame
            news = News(fields["bound"], fields["nodes"], arrays.get("watched"))
            if fields["event"] == "done":
                if fields["status"] not in _STATUS:
                    raise SolverError(f"HiGHS gave up on a siting program: {fields['status']}.")
                solution = arrays["solution"] if fields["has_solution"] else None
                return Outcome(_STATUS[fields["status"]], news.bound, news.nodes, solution)
            if on_news is not None:
                on_news(news)

    def _send(
        self,
        program: Program,
        watch: NDArray[np.int64],
        options: dict[str, Any],
        deadline_s: float | None,
    ) -> None:
        process = self._process or self._start()
        if process.stdin is None:
            raise SolverError("The solver's process has no input.")
        fields = {"maximise": program.maximise, "options": OPTIONS | options}
        if deadline_s is not None:
            fields["options"]["time_limit"] = max(0.0, deadline_s - time.monotonic())
        names = ("cost", "lower", "upper", "integer", "row_lower", "row_upper", "row_start", "column", "value")
        arrays = {name: getattr(program, name) for name in names} | {"watch": watch}
        if program.start is not None:
            arrays["start"] = program.start
        try:
            worker.write_frame(process.stdin, fields, arrays)
        except OSError as error:
            raise SolverError(self._last_words()) from error

    def _start(self) -> subprocess.Popen[bytes]:
        """A new child. It leads a session of its own, so that a terminal's Ctrl-C reaches the parent only."""
        self._stderr = tempfile.TemporaryFile()
        command = [sys.executable, "-P", str(Path(worker.__file__))]
        process = subprocess.Popen(  # noqa: S603  (our own interpreter and file)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=True,
        )
        self._process, self._frames = process, queue.SimpleQueue()
        self._pump = threading.Thread(target=_pump, args=(process, self._frames), daemon=True)
        self._pump.start()
        return process

    def _receive(self, until_s: float | None) -> tuple[dict[str, Any], worker.Arrays]:
        while True:
            left_s = _SLICE_S if until_s is None else until_s - time.monotonic()
            try:
                frame = self._frames.get(timeout=min(max(0.0, left_s), _SLICE_S))
            except queue.Empty:
                if left_s <= 0.0:
                    raise TimeoutError from None
                continue
            if frame is None:
                raise SolverError(self._last_words())
            return frame

    def _last_words(self) -> str:
        code = None if self._process is None else self._process.wait()
        words = ""
        if self._stderr is not None:
            self._stderr.seek(0)
            lines = self._stderr.read().decode(errors="replace").strip().splitlines()
            words = f": {lines[-1]}" if lines else ""
        return f"The solver's process ended unexpectedly (exit code {code}){words}."

    def close(self) -> None:
        """End the child, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if self._pump is not None:
                self._pump.join()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    _close_quietly(stream)
        if self._stderr is not None:
            self._stderr.close()
            self._stderr = None


def _pump(
    process: subprocess.Popen[bytes],
    frames: queue.SimpleQueue[tuple[dict[str, Any], worker.Arrays] | None],
) -> None:
    """Move frames from the pipe to the queue, whose `get` can be given a time limit; `None` at the end."""
    try:
        while process.stdout is not None:
            frames.put(worker.read_frame(process.stdout))
    except (EOFError, OSError, ValueError):
        frames.put(None)


def _close_quietly(stream: IO[bytes]) -> None:
    """Close a pipe whose other end is gone; what it still held is of no use to anyone."""
    try:
        stream.close()
    except OSError:
        pass
