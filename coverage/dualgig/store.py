"""Atomic outputs: a folder appears as a whole, or not at all.

The outputs are written to a sibling of the folder, forced to disk, and swapped into place by
renames. Names beside a folder ``maps/x``, all on the same file system:

``.dualgig-x-new``
    being written; worthless after a killed run.
``.dualgig-x-old``
    the former outputs, for the moment between the two renames; put back after a killed run.
``.dualgig-x-trash``
    the former outputs once the new ones stand; deleted.
``.dualgig-x.lock``
    held while a run writes, so that two runs do not clean up after each other.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dualgig.errors import OutputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN_NAME = "plan.json"
"""The file by which a folder is known as DualGig's."""

RECORD_NAME = "run.json"
"""The file whose ``outputs`` names what DualGig wrote into the folder."""

COMPARE_NAME = "compare.json"
"""The file by which a folder is known as a comparison of plans."""

_OURS = re.compile(rb'\s*\{\s*"schema"\s*:\s*"dualgig-(?:plan|compare)/')

_MENDS = {
    errno.ENOSPC: "the disk is full. Free some space or choose a folder on another disk.",
    errno.EDQUOT: "your disk quota is used up. Free some space or choose a folder on another disk.",
    errno.EFBIG: "a file grew beyond what is allowed here. Raise the limit or choose a folder on another disk.",
    errno.EACCES: "it may not be written. Ask for the right to write there, close the programs that have "
    "its files open, or choose another folder.",
    errno.EPERM: "it may not be written. Ask for the right to write there or choose another folder.",
    errno.EROFS: "the disk is read-only. Choose a folder on another disk.",
    errno.EIO: "the disk reports an error. Check the disk or choose a folder on another one.",
    errno.ENAMETOOLONG: "its name is too long. Choose a shorter one.",
    errno.ENOTDIR: "a part of its path is a file, not a folder. Choose another folder.",
    errno.EEXIST: "a part of its path is a file, not a folder. Choose another folder.",
    errno.EBUSY: "it is in use, or is a disk of its own. Choose a folder inside it.",
}


@contextmanager
def replacing(folder: str | Path) -> Iterator[Path]:
    """Give a temporary folder to write into, and swap it for ``folder`` when the block ends well.

    A run that fails or is killed leaves the former outputs as they were; one killed between the two
    renames of the swap leaves none in place, and the next call of `prepare` or `replacing` puts the
    former ones back. Files in the folder that DualGig did not write are kept.

    Parameters
    ----------
    folder
        Where the outputs belong. It may be missing, empty, or hold outputs of an earlier run.

    Yields
    ------
    pathlib.Path
        An empty folder on the same file system, to be filled.

    Raises
    ------
    OutputError
        The folder holds something else, another run is writing to it, the disk is full, or the
        right to write is missing; the text says which, and what to do.
    """
    target = _target(folder)
    with _told(target), _locked(target):
        _prepare(target)
        new = _sibling(target, "new")
        new.mkdir()
        try:
            yield new
            _keep_what_is_not_ours(target, new)
            _sync(new)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        _swap(target, new)


def prepare(folder: str | Path) -> None:
    """Clear up after a killed run, and refuse a folder that `replacing` would refuse.

    To be called before long work, so that the refusal does not come after it.

    Parameters
    ----------
    folder
        Where the outputs will belong.

    Raises
    ------
    OutputError
        As `replacing`.
    """
    target = _target(folder)
    with _told(target), _locked(target):
        _prepare(target)


def cannot_write(folder: Path, error: OSError) -> OutputError:
    """Make an `OutputError` with the mend of an operating system's error.

    Parameters
    ----------
    folder
        What was to be written.
    error
        What the operating system said.
    """
    mend = _MENDS.get(error.errno or 0, f"{error.strerror or error}. Choose another folder.")
    return OutputError(f"{folder}: the outputs cannot be written: {mend}")


def _target(folder: str | Path) -> Path:
    """Resolve symbolic links, so that a link to a folder stays one."""
    target = Path(os.path.realpath(folder))
    if not target.name or Path.cwd().is_relative_to(target):
        raise OutputError(f"{target}: this is the current folder or holds it. Give a folder inside it.")
    return target


def _sibling(target: Path, role: str) -> Path:
    return target.parent / f".dualgig-{target.name}-{role}"


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Turn the operating system's errors about writing into `OutputError`."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        if error.errno in _MENDS:
            raise cannot_write(target, error) from error
        raise


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Hold the folder's lock; the system frees it when the process dies."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(target, error) from error
    path = target.parent / f".dualgig-{target.name}.lock"
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            raise OutputError(f"{target}: another run is writing there. Wait until it ends.") from None
        # A run that ended may have removed the file between our opening and locking it.
        if path.exists() and os.path.samestat(path.stat(), os.fstat(handle)):
            break
        os.close(handle)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows keeps an open file
            path.unlink()
        os.close(handle)


def _lock(handle: int) -> None:
    """Lock an open file or raise OSError; file systems without locks are left unlocked."""
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                raise


def _prepare(target: Path) -> None:
    """Put former outputs back or clear them away after a killed run, then look at the folder."""
    old = _sibling(target, "old")
    if old.exists():
        old.rename(_sibling(target, "trash") if target.exists() else target)
    for role in ("new", "trash"):
        leftover = _sibling(target, role)
        if leftover.exists():
            shutil.rmtree(leftover)
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(f"{target}: this is a file. Give the name of a folder for the outputs.")
    if any(target.iterdir()) and not _is_ours(target):
        raise OutputError(
            f"{target}: this folder holds files and no {PLAN_NAME} of DualGig, so it is not replaced. "
            "Choose another folder, or empty it."
        )


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds a ``plan.json`` or ``compare.json`` that DualGig wrote."""
    for name in (PLAN_NAME, COMPARE_NAME):
        try:
            with (folder / name).open("rb") as file:
                if _OURS.match(file.read(200)) is not None:
                    return True
        except (FileNotFoundError, IsADirectoryError):
            continue
    return False


def _keep_what_is_not_ours(target: Path, new: Path) -> None:
    """Link or copy into the new folder whatever a person put beside the former outputs."""
    if not target.exists():
        return
    ours = {RECORD_NAME, *_recorded(target)}
    for entry in target.iterdir():
        kept = new / entry.name
        if entry.name in ours or kept.exists():
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, kept, symlinks=True, copy_function=_link_or_copy)
        else:
            _link_or_copy(entry, kept)


def _recorded(folder: Path) -> set[str]:
    """Names that the record of the former run says it wrote; none where there is no record."""
    try:
        record = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
        return set(record["outputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _link_or_copy(source: str | Path, copy: str | Path) -> None:
    """Make a hard link, which needs no space, or a copy where the file system has no links."""
    try:
        os.link(source, copy, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(source, copy, follow_symlinks=False)


def _sync(folder: Path) -> None:
    """Force a folder and all in it to disk."""
    for path in (*folder.rglob("*"), folder):
        if not path.is_symlink():
            _sync_one(path)


def _sync_one(path: Path) -> None:
    """Force one file, or the names in one folder, to disk; Windows has no such call for folders."""
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(target: Path, new: Path) -> None:
    """Rename the former outputs aside and the new ones in, then delete the former ones."""
    old, trash = _sibling(target, "old"), _sibling(target, "trash")
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        shutil.rmtree(new, ignore_errors=True)
        raise
    _sync_one(target.parent)
    if old.exists():
        old.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)  # what stays is cleared at the next start
