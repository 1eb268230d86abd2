"""How kernels are compiled, and how the compiled ones on disk are kept honest.

numba keeps compiled kernels on disk and compares only the kernel's own file: a kernel that calls one in
another file would go on running that file's old code after an update.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from hashlib import sha256
from pathlib import Path
from types import FunctionType

from numba import njit

kernel = njit(cache=True, error_model="numpy", nogil=True)
"""Compiled, kept on disk, divides as numpy does, and lets other threads run meanwhile."""

inlined = njit(inline="always", error_model="numpy")
"""Compiled into each kernel that calls it: a call passes a state's arrays one by one, which costs more than
a few lines do.
"""

_STAMP = "kernels.json"
_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t][^(\n]*(?:\([^)]*\))?", re.MULTILINE)


def drop_stale_kernels(folder: Path) -> int:
    """Remove numba's cache of the files of a folder that now call other code than they were compiled with.

    Call it before the kernels of the folder are used; numba then compiles afresh. Contents are compared,
    not times: a newer version may come with older files.

    Parameters
    ----------
    folder
        Folder of a package. Its kernels call kernels of the same folder only.

    Returns
    -------
    int
        How many files were removed.
    """
    cache = cache_folder(folder)
    if cache is None:
        return 0
    stamp, now = cache / _STAMP, _digests(folder)
    before: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        before = json.loads(stamp.read_text(encoding="utf-8"))
    if before == now:
        return 0
    removed = 0
    for cached in cache.glob("*.nb[ic]"):
        module = cached.name.partition(".")[0]
        if module not in now or before.get(module) != now[module]:
            with contextlib.suppress(OSError):
                cached.unlink()
                removed += 1
    with contextlib.suppress(OSError):
        # in one step: another process may be reading it
        new = stamp.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(now, indent=0), encoding="utf-8")
        new.replace(stamp)
    return removed


def cache_folder(folder: Path) -> Path | None:
    """Where numba keeps the compiled kernels of a folder; None where compiling is off.

    Beside the sources, or where ``NUMBA_CACHE_DIR`` says, or in the user's own cache if the folder cannot be
    written. None where the folder holds no source.
    """
    source = next(folder.glob("*.py"), None)
    if source is None:
        return None
    probe = FunctionType(_nothing.__code__.replace(co_filename=str(source)), {})
    path = getattr(getattr(njit(cache=True)(probe), "stats", None), "cache_path", None)
    return None if path is None else Path(path)


def _nothing() -> None:
    """Stand for a function of any folder."""


def _digests(folder: Path) -> dict[str, str]:
    """One digest a file with kernels: of this file, its own, and those of the folder that it takes names from.

    Files that it takes names from lead on to others where they have kernels themselves.
    """
    sources = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.py"))}
    own = {module: sha256(source).hexdigest() for module, source in sources.items()}
    words = {
        module: set(re.findall(r"\w+", " ".join(_IMPORT.findall(source.decode("utf-8")))))
        for module, source in sources.items()
    }
    compiled = {module for module in sources if words[module] & {"kernel", "inlined", "lane_kernel", "numba"}}
    here = sha256(Path(__file__).read_bytes()).hexdigest()
    digests = {}
    for module in sorted(compiled):
        reached, ahead = {module}, [module]
        while ahead:
            for name in words[ahead.pop()] & sources.keys() - reached:
                reached.add(name)
                if name in compiled:
                    ahead.append(name)
        parts = [here, *(f"{name} {own[name]}" for name in sorted(reached))]
        digests[module] = sha256("\n".join(parts).encode()).hexdigest()
    return digests
