"""The child process that runs HiGHS, and the frames that pass between it and its parent.

A signal that reaches HiGHS inside the planner's own process loses the plan, and its clock is checked too
rarely to keep a limit. Here the parent may end the child at any moment, since every better plan and bound
has been sent already. The file is started by its path and imports nothing of the package, so that a child
costs a fraction of a second. Frames are JSON and npz; nothing is unpickled.
"""

from __future__ import annotations

import io
import json
import math
import os
import queue
import signal
import struct
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEADER = struct.Struct("<QQ")
_FEASIBLE = 2
"""`highspy.SolutionStatus.kSolutionStatusFeasible`"""

Arrays = dict[str, "NDArray[Any]"]


def write_frame(stream: IO[bytes], fields: dict[str, Any], arrays: Arrays | None = None) -> None:
    """Write one message: its JSON fields and its numpy arrays.

    Parameters
    ----------
    stream
        Binary stream; it is flushed.
    fields
        What JSON can carry.
    arrays
        Numeric arrays by name.
    """
    packed = io.BytesIO()
    if arrays:
        np.savez(packed, allow_pickle=False, **arrays)
    text = json.dumps(fields).encode()
    stream.write(_HEADER.pack(len(text), packed.tell()) + text + packed.getvalue())
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], Arrays]:
    """Read one message written by `write_frame`.

    Returns
    -------
    fields, arrays

    Raises
    ------
    EOFError
        The other side has closed the stream.
    """
    text_bytes, packed_bytes = _HEADER.unpack(_read_exactly(stream, _HEADER.size))
    fields: dict[str, Any] = json.loads(_read_exactly(stream, text_bytes))
    if packed_bytes == 0:
        return fields, {}
    with np.load(io.BytesIO(_read_exactly(stream, packed_bytes)), allow_pickle=False) as packed:
        return fields, dict(packed)


def _read_exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if data is None or len(data) < count:
        raise EOFError("the other side has closed the stream")
    return data


def main() -> None:
    """Serve the requests that arrive on stdin until it closes, which also ends a solve under way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # HiGHS prints its banner on stdout whatever the options say; frames get a descriptor of their own.
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    requests: queue.SimpleQueue[tuple[dict[str, Any], Arrays]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    solver: Any = None
    while True:
        fields, arrays = requests.get()
        if fields["task"] == "extend":
            _add_rows(solver, arrays)
        else:
            solver = _load(fields, arrays)
        if fields["task"] == "solve":
            _report(solver, arrays["watch"], frames)
        cuts = _cuts(solver) if fields["task"] == "root" else {}
        solver.run()
        _answer(solver, frames, cuts)


def _listen(requests: queue.SimpleQueue[tuple[dict[str, Any], Arrays]]) -> None:
    """Queue requests; end the process with its parent, even in the middle of a solve."""
    try:
        while True:
            requests.put(read_frame(sys.stdin.buffer))
    except EOFError:
        os._exit(0)


def _load(fields: dict[str, Any], arrays: Arrays) -> Any:
    """A solver that holds the program of a request."""
    import highspy  # noqa: PLC0415  (the parent imports this module for its frames and needs no solver)

    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in fields["options"].items():
        solver.setOptionValue(option, value)
    columns, rows = len(arrays["cost"]), len(arrays["row_lower"])
    taken = solver.passModel(
        columns,
        rows,
        len(arrays["value"]),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize if fields["maximise"] else highspy.ObjSense.kMinimize),
        0.0,
        arrays["cost"],
        arrays["lower"],
        arrays["upper"],
        arrays["row_lower"],
        arrays["row_upper"],
        arrays["row_start"],
        arrays["column"],
        arrays["value"],
        arrays["integer"],
    )
    if taken == highspy.HighsStatus.kError:
        raise ValueError("HiGHS refuses the program")
    if "start" in arrays:
        solver.setSolution(columns, np.arange(columns, dtype=np.int32), arrays["start"])
    return solver


def _add_rows(solver: Any, arrays: Arrays) -> None:
    solver.addRows(
        len(arrays["row_lower"]),
        arrays["row_lower"],
        arrays["row_upper"],
        len(arrays["value"]),
        arrays["row_start"][:-1],
        arrays["column"],
        arrays["value"],
    )


def _report(solver: Any, watch: NDArray[np.int64], frames: IO[bytes]) -> None:
    """Tell each better plan and bound as soon as HiGHS has it."""

    def on_incumbent(event: Any) -> None:
        out = event.data_out
        found = np.rint(np.asarray(out.mip_solution)[watch]).astype(np.int8)
        write_frame(frames, {"event": "incumbent", **_state(out)}, {"watched": found})

    def on_progress(event: Any) -> None:
        write_frame(frames, {"event": "bound", **_state(event.data_out)})

    solver.cbMipImprovingSolution += on_incumbent
    solver.cbMipLogging += on_progress


def _cuts(solver: Any) -> Arrays:
    """The cuts of the root's last relaxation, filled in when HiGHS has them: rows over the columns as they are."""
    found: Arrays = {}

    def on_cuts(event: Any) -> None:
        out = event.data_out
        found["cut_start"] = np.array(out.cutpool_start, np.int32)
        found["cut_column"] = np.array(out.cutpool_index, np.int32)
        found["cut_value"] = np.array(out.cutpool_value, np.float64)
        found["cut_lower"] = np.array(out.cutpool_lower, np.float64)
        found["cut_upper"] = np.array(out.cutpool_upper, np.float64)

    solver.cbMipGetCutPool += on_cuts
    return found


def _answer(solver: Any, frames: IO[bytes], more: Arrays) -> None:
    info = solver.getInfo()
    status = solver.modelStatusToString(solver.getModelStatus())
    bound = info.mip_dual_bound
    if info.mip_node_count < 0:
        # There was no tree, since no column is whole or the time was over before it began; HiGHS then tells 0.
        bound = info.objective_function_value if status == "Optimal" else math.inf
    answer: dict[str, Any] = {
        "event": "done",
        "status": status,
        "has_solution": info.primal_solution_status == _FEASIBLE,
        "objective": _finite(info.objective_function_value),
        "bound": _finite(bound),
        "nodes": max(0, int(info.mip_node_count)),
    }
    solution = np.asarray(solver.getSolution().col_value, dtype=np.float64)
    write_frame(frames, answer, {"solution": solution, **more})


def _state(out: Any) -> dict[str, Any]:
    return {"bound": _finite(out.mip_dual_bound), "nodes": int(out.mip_node_count)}


def _finite(value: float) -> float | None:
    """JSON has no infinity; HiGHS answers one while nothing is known."""
    return float(value) if abs(value) < 1e300 else None


if __name__ == "__main__":
    main()
