"""HiGHS at arm's length: hands integer programs to a child process and hears of each better plan and bound."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, Self

import numpy as np
import scipy.sparse as sp

from dualgig.errors import SolverError
from dualgig.siting import worker
from dualgig.siting.program import News, Outcome, Program, Relaxed, Root

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

WITHOUT_PROBING: dict[str, Any] = {"presolve_rule_off": 1 << 15}
"""HiGHS' presolve tries both values of each whole column, which takes longer than it saves where there are thousands
of options (a prefecture's duties: 24 s with it, 16 s without)."""

_ROOT_OPTIONS: dict[str, Any] = {
    "presolve": "off",
    "mip_max_nodes": 1,
    "mip_allow_restart": False,
    "mip_detect_symmetry": False,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""Only the root's cuts, in the program's own columns: without presolve, restarts and searches for plans."""


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

    def relax(self, program: Program, *, deadline_s: float | None = None) -> Relaxed | None:
        """Solve a program without its integrality; `None` if there was no time.

        Raises
        ------
        SolverError
            The child died, or the program has no best.
        """
        loose = replace(program, integer=np.zeros_like(program.integer), start=None)
        return self._linear("relax", _arrays(loose), {"maximise": program.maximise}, deadline_s)

    def extend(
        self, rows: sp.csr_array, upper: NDArray[np.float64], *, deadline_s: float | None = None
    ) -> Relaxed | None:
        """Add ``rows @ columns <= upper`` to the program that was relaxed last, and solve it again."""
        arrays = {
            "row_lower": np.full(len(upper), -np.inf),
            "row_upper": upper,
            "row_start": rows.indptr.astype(np.int32),
            "column": rows.indices.astype(np.int32),
            "value": rows.data.astype(np.float64),
        }
        return self._linear("extend", arrays, {}, deadline_s)

    def root(self, program: Program, *, deadline_s: float | None = None) -> Root | None:
        """The cuts and the bound of a program's root; `None` if there was no time.

        HiGHS derives some of them for plans better than one that it happens to have found, so they guide
        a search and prove nothing.

        Raises
        ------
        SolverError
            The child died, or HiGHS refused the program.
        """
        fields = {"task": "root", "maximise": program.maximise, "options": OPTIONS | _ROOT_OPTIONS}
        try:
            self._send(fields, _arrays(program))
            answer, found = self._receive(deadline_s)
        except TimeoutError:
            self.close()
            return None
        except BaseException:
            self.close()
            raise
        columns = len(program.cost)
        if "cut_start" not in found:
            none = np.zeros(0)
            return Root(answer["bound"], sp.csr_array((0, columns)), none, none)
        parts = (found["cut_value"], found["cut_column"], found["cut_start"])
        cuts = sp.csr_array(parts, shape=(len(found["cut_lower"]), columns))
        return Root(answer["bound"], cuts, found["cut_lower"], found["cut_upper"])

    def _linear(
        self, task: str, arrays: worker.Arrays, fields: dict[str, Any], deadline_s: float | None
    ) -> Relaxed | None:
        try:
            self._send({"task": task, "options": dict(OPTIONS), **fields}, arrays)
            answer, found = self._receive(deadline_s)
        except TimeoutError:
            self.close()
            return None
        except BaseException:
            self.close()
            raise
        if answer["status"] != "Optimal":
            raise SolverError(f"HiGHS gave up on a relaxation: {answer['status']}.")
        return Relaxed(answer["objective"], found["solution"])

    def _solve(
        self,
        program: Program,
        watch: NDArray[np.int64],
        options: dict[str, Any],
        deadline_s: float | None,
        on_news: Callable[[News], None] | None,
    ) -> Outcome:
        options = OPTIONS | options
        if deadline_s is not None:
            options["time_limit"] = max(0.0, deadline_s - time.monotonic())
        fields = {"task": "solve", "maximise": program.maximise, "options": options}
        self._send(fields, _arrays(program) | {"watch": watch})
        news = News(None, 0, None)
        while True:
            try:
                frame = self._receive(None if deadline_s is None else deadline_s + _GRACE_S)
            except TimeoutError:
                self.close()
                return Outcome("time_limit", news.bound, news.nodes, None)
            answer, arrays = frame
            news = News(answer["bound"], answer["nodes"], arrays.get("watched"))
            if answer["event"] == "done":
                if answer["status"] not in _STATUS:
                    raise SolverError(f"HiGHS gave up on a siting program: {answer['status']}.")
                solution = arrays["solution"] if answer["has_solution"] else None
                return Outcome(_STATUS[answer["status"]], news.bound, news.nodes, solution)
            if on_news is not None:
                on_news(news)

    def _send(self, fields: dict[str, Any], arrays: worker.Arrays) -> None:
        process = self._process or self._start()
        if process.stdin is None:
            raise SolverError("The solver's process has no input.")
        try:
            worker.write_frame(process.stdin, fields, arrays)
        except OSError as error:
            raise SolverError(self._last_words()) from error

    def _start(self) -> subprocess.Popen[bytes]:
        """A new child. It leads a session of its own, so that a terminal's Ctrl-C reaches the parent only."""
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the child)
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
        # another thread may be ending it too
        stderr, self._stderr = self._stderr, None
        if stderr is not None:
            stderr.close()


def _arrays(program: Program) -> worker.Arrays:
    names = ("cost", "lower", "upper", "integer", "row_lower", "row_upper", "row_start", "column", "value")
    start = {} if program.start is None else {"start": program.start}
    return {name: getattr(program, name) for name in names} | start


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
    with contextlib.suppress(OSError):
        stream.close()
