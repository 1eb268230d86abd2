"""How this room compiles its kernels, and keeps the compiled ones on disk honest.

numba keeps compiled kernels beside the source and compares only the kernel's own file: a kernel that
calls one in another file would go on running that file's old code after an update.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    from pathlib import Path

kernel = njit(cache=True, error_model="numpy", nogil=True)
"""Compiled, kept on disk, divides as numpy does, and lets other threads run meanwhile."""


def drop_stale_kernels(folder: Path) -> int:
    """Remove numba's cache files that are older than the newest source of a folder.

    Call it before the kernels of the folder are used; numba then compiles afresh. A folder that cannot
    be written is left as it is.

    Parameters
    ----------
    folder
        Folder of a package, with numba's files in its ``__pycache__``.

    Returns
    -------
    int
        How many files were removed.
    """
    newest = max((source.stat().st_mtime for source in folder.glob("*.py")), default=0.0)
    removed = 0
    for cached in folder.glob("__pycache__/*.nb[ic]"):
        with contextlib.suppress(OSError):
            if cached.stat().st_mtime < newest:
                cached.unlink()
                removed += 1
    return removed
