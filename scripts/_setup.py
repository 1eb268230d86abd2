"""Make `.venv` and install the pinned packages in it; where that is done already, do nothing.

Run by `scripts/_setup.sh` as ``python -I scripts/_setup.py [EXTRA ...]`` with any Python that is new
enough; needs the standard library only. A stamp inside `.venv`, written last, says what was
installed; a set-up that was interrupted leaves an empty stamp and is made anew.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
DISK_NEEDED_MB = 1300

# What pip says when the disk is full, over quota, or a file grows beyond what is allowed.
NO_DISK_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_DISK = tuple(os.strerror(number) for number in NO_DISK_ERRNOS)
# What pip says when the index cannot be reached, or does not have a pinned version.
NO_INDEX = (
    "connection broken",
    "Max retries",
    "timed out",
    "ResolutionImpossible",
    "No matching distribution",
)


class SetupError(Exception):
    """The set-up cannot be made; the text is one sentence for the user."""


def say(text: str) -> None:
    """Tell the user on stderr, so that stdout stays the plan's."""
    print(f"dualgig: {text}", file=sys.stderr, flush=True)


def no_disk(root: Path) -> SetupError:
    """What to say when the disk is full."""
    return SetupError(
        f"the set-up needs about {DISK_NEEDED_MB} MB of disk for {root} and the temporary folder, and there is "
        "not enough; free some and run this again."
    )


def failure(root: Path, lines: list[str]) -> SetupError:
    """Turn what pip or venv said before it failed into one sentence; the whole of it goes to a log."""
    output = "".join(lines)
    if any(words in output for words in NO_DISK):
        return no_disk(root)
    log = root / ".dualgig-setup.log"
    try:
        log.write_text(output, encoding="utf-8")
    except OSError:
        return no_disk(root)
    if any(words in output for words in NO_INDEX):
        return SetupError(
            "the packages could not be fetched, since pip does not reach its package index or the index lacks "
            f"some of them; check network, proxy and pip's settings and run this again (details: {log})."
        )
    told = [line.strip() for line in lines if line.strip()]
    reason = next((line for line in reversed(told) if line.startswith(("ERROR: ", "× "))), (told or [""])[-1])
    return SetupError(f"the set-up failed ({reason.removeprefix('ERROR: ').rstrip('.')}; details: {log}).")


def python_of(venv: Path) -> str:
    """Version of a virtual environment's Python, as 3.12, or an empty text where it does not run."""
    command = [str(venv / "bin" / "python"), "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def read_stamp(venv: Path) -> dict[str, Any] | None:
    """What is installed; empty where a set-up was interrupted, None where the user made `.venv`."""
    try:
        stamp = json.loads(stamp_path(venv).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: Path, stamp: dict[str, Any]) -> None:
    """Write the stamp in one step."""
    path = stamp_path(venv)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    part.replace(path)


def stamp_path(venv: Path) -> Path:
    """Where the stamp lies."""
    return venv / "dualgig-setup.json"


def wanted_stamp(root: Path, venv: Path, extras: Iterable[str]) -> dict[str, Any]:
    """What the stamp says once these extras are installed for the files as they are now."""
    inputs = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        inputs.update(hashlib.sha256((root / name).read_bytes()).digest())
    return {
        "root": str(root),
        "python": python_of(venv),
        "inputs": inputs.hexdigest(),
        "extras": sorted(extras),
    }


def is_ready(root: Path, venv: Path, extras: set[str]) -> bool:
    """Tell whether everything wanted is installed."""
    stamp = read_stamp(venv)
    if not stamp or not extras <= set(stamp.get("extras", ())):
        return False
    return stamp == wanted_stamp(root, venv, stamp["extras"])


@contextmanager
def locked(root: Path) -> Iterator[int]:
    """Let one set-up of a clone run at a time; the operating system frees the lock of a killed one."""
    with (root / ".dualgig-setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up of this folder is under way; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def run(root: Path, command: list[str | Path], lock: int) -> None:
    """Run venv or pip, quietly but for a line that says which package is on its way.

    The child holds the lock as well, so that none that outlives a killed set-up meets the next one.
    """
    environment = os.environ | {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_USER": "0",
    }
    lines = []
    with subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        pass_fds=(lock,),
    ) as process:
        try:
            for line in process.stdout or ():
                lines.append(line)
                show_progress(line)
        finally:
            show_progress("")
    if process.returncode:
        raise failure(root, lines)


def show_progress(line: str) -> None:
    """Keep one line of a terminal on what pip is doing; an empty line wipes it."""
    if not sys.stderr.isatty():
        return
    words = line.split()
    if not words:
        shown = ""
    elif words[0] == "Collecting":
        shown = f"  {words[1]}"
    elif words[:2] == ["Installing", "collected"]:
        shown = f"  unpacking {len(words) - 3} packages"
    else:
        return
    print(f"\r\x1b[K{shown[:78]}", end="", file=sys.stderr, flush=True)


def prepare(root: Path, venv: Path, stamp: dict[str, Any] | None, lock: int) -> None:
    """Leave a `.venv` whose Python and pip run: keep a good one, make anew what our set-up left unfit."""
    python = python_of(venv)
    if stamp is not None and (stamp.get("root"), stamp.get("python")) != (str(root), python):
        shutil.rmtree(venv)
    if not venv.exists():
        if shutil.disk_usage(root).free < DISK_NEEDED_MB * 1_000_000:
            raise no_disk(root)
        say(f"making .venv and installing packages, once (about {DISK_NEEDED_MB} MB, a few minutes) ...")
        venv.mkdir()
        write_stamp(venv, {})
        # A virtual environment's own Python may have gone away with it.
        base = getattr(sys, "_base_executable", sys.executable)
        run(root, [base, "-I", "-m", "venv", venv], lock)
        return
    say("bringing .venv up to date ...")
    if stamp is not None:
        write_stamp(venv, {})
    elif not python or tuple(map(int, python.split("."))) < (3, 12):
        raise SetupError(
            f"{venv} is there already and its Python is older than 3.12 or does not run; "
            "remove that folder and run this again."
        )
    else:
        run(root, [venv / "bin" / "python", "-I", "-m", "ensurepip"], lock)


def set_up(root: Path, extras: set[str]) -> None:
    """Make `.venv` under the root hold the package, its pinned dependencies and these extras.

    Raises
    ------
    SetupError
        It cannot; the next call starts anew.
    """
    venv = root / ".venv"
    if is_ready(root, venv, extras):
        return
    start = time.monotonic()
    with locked(root) as lock:
        if is_ready(root, venv, extras):
            return
        stamp = read_stamp(venv)
        extras = extras | set((stamp or {}).get("extras", ()))
        prepare(root, venv, stamp, lock)
        constraints = root / "constraints.txt"
        pip: list[str | Path] = [
            venv / "bin" / "python",
            "-I",
            "-m",
            "pip",
            "install",
            "--progress-bar",
            "off",
        ]
        pip += ["--constraint", constraints]
        # The pip that came with Python may not know --build-constraint.
        run(root, [*pip, "pip"], lock)
        package = f".[{','.join(sorted(extras))}]" if extras else "."
        run(root, [*pip, "--build-constraint", constraints, "--editable", package], lock)
        write_stamp(venv, wanted_stamp(root, venv, extras))
    say(f"set-up done in {time.monotonic() - start:.0f} s.")


def main(arguments: list[str]) -> int:
    """Set up with the extras named; give the exit code."""
    try:
        set_up(ROOT, set(arguments))
    except SetupError as error:
        say(str(error))
    except OSError as error:
        if error.errno in NO_DISK_ERRNOS:
            say(str(no_disk(ROOT)))
        else:
            say(f"the set-up cannot write {error.filename or ROOT} ({error.strerror}).")
    except KeyboardInterrupt:
        say("the set-up was interrupted; the next call starts it anew.")
        return 130
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
