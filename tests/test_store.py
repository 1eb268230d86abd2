"""A folder of outputs appears as a whole or not at all, whatever kills the run."""

from __future__ import annotations

import errno
import inspect
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dualgig.errors import OutputError
from dualgig.store import prepare, replacing

PLAN = '{\n  "schema": "dualgig-plan/1",\n  "run": %d\n}\n'


def write(folder, run):
    """A run's outputs: two files and a folder; the record names them."""
    (folder / "plan.json").write_text(PLAN % run)
    (folder / "tiles").mkdir()
    (folder / "tiles" / "0.bin").write_text(f"tile of run {run}")
    outputs = ["plan.json", "tiles", *(["old.csv"] if run == 1 else [])]
    if run == 1:
        (folder / "old.csv").write_text("only run 1 writes this")
    (folder / "run.json").write_text(json.dumps({"outputs": dict.fromkeys(outputs)}))


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(folder):
    return sorted(path.name for path in folder.parent.glob(".dualgig-*"))


def test_a_complete_block_becomes_the_folder(tmp_path):
    # given a place that does not exist yet, under a parent that does not either
    out = tmp_path / "maps" / "county"
    # when a run writes
    with replacing(out) as temporary:
        assert temporary.parent == out.parent
        assert list(temporary.iterdir()) == []
        assert not out.exists()
        write(temporary, 1)
    # then all is in place and nothing beside it
    assert json.loads((out / "plan.json").read_text())["run"] == 1
    assert (out / "tiles" / "0.bin").exists()
    assert leftovers(out) == []


def test_a_second_run_replaces_the_first_but_keeps_a_persons_files(tmp_path):
    out = tmp_path / "county"
    with replacing(out) as temporary:
        write(temporary, 1)
    # given notes and a folder that a person put there
    (out / "notes.docx").write_text("mine")
    (out / "photos").mkdir()
    (out / "photos" / "mast.jpg").write_text("mine too")
    # when the second run writes
    with replacing(out) as temporary:
        write(temporary, 2)
    # then the plan is new, what only the first run wrote is gone, and what is the person's is there
    assert json.loads((out / "plan.json").read_text())["run"] == 2
    assert not (out / "old.csv").exists()
    assert (out / "notes.docx").read_text() == "mine"
    assert (out / "photos" / "mast.jpg").read_text() == "mine too"
    assert leftovers(out) == []


def test_without_a_record_nothing_is_lost(tmp_path):
    out = tmp_path / "county"
    with replacing(out) as temporary:
        write(temporary, 1)
    (out / "run.json").unlink()
    with replacing(out) as temporary:
        write(temporary, 2)
    assert (out / "old.csv").exists()


def test_an_error_inside_leaves_the_former_outputs(tmp_path):
    out = tmp_path / "county"
    with replacing(out) as temporary:
        write(temporary, 1)
    before = content(out)

    def fail():
        with replacing(out) as temporary:
            write(temporary, 2)
            raise KeyError("a mistake of ours")

    with pytest.raises(KeyError):
        fail()
    assert content(out) == before
    assert leftovers(out) == []


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda out: (out.mkdir(), (out / "thesis.docx").write_text("years of work")),
            "no plan.json of DualGig",
        ),
        (
            lambda out: (out.mkdir(), (out / "plan.json").write_text('{"schema": "other/1"}')),
            "no plan.json of DualGig",
        ),
        (lambda out: out.write_text("a file"), "this is a file"),
    ],
    ids=["somebody's files", "another program's plan", "a file"],
)
def test_what_is_not_ours_is_refused_before_and_after_the_work(tmp_path, make, says):
    out = tmp_path / "county"
    make(out)
    before = content(tmp_path)
    for attempt in (prepare, lambda folder: replacing(folder).__enter__()):
        with pytest.raises(OutputError, match=says):
            attempt(out)
    assert content(tmp_path) == before
    assert leftovers(out) == []


def test_an_empty_folder_and_a_link_are_fine(tmp_path):
    real = tmp_path / "big-disk" / "county"
    real.mkdir(parents=True)
    link = tmp_path / "county"
    link.symlink_to(real)
    with replacing(link) as temporary:
        write(temporary, 1)
    assert link.is_symlink()
    assert (real / "plan.json").exists()


def test_the_current_folder_is_refused(tmp_path, monkeypatch):
    inside = tmp_path / "county" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    for folder in (".", "..", tmp_path / "county", "/"):
        with pytest.raises(OutputError, match="current folder"):
            prepare(folder)


def test_two_runs_do_not_write_at_once(tmp_path):
    out = tmp_path / "county"
    with replacing(out) as temporary:
        write(temporary, 1)
        with pytest.raises(OutputError, match="another run is writing"):
            prepare(out)
        assert (temporary / "plan.json").exists()
    assert json.loads((out / "plan.json").read_text())["run"] == 1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_the_systems_errors_are_said_with_a_mend(tmp_path, code):
    out = tmp_path / "county"

    def fail():
        with replacing(out):
            raise OSError(code, os.strerror(code))

    with pytest.raises(OutputError, match=r"cannot be written: .*(Free|Ask|Choose)"):
        fail()
    assert leftovers(out) == []


def test_a_file_in_the_path_is_said(tmp_path):
    (tmp_path / "maps").write_text("a file")
    with pytest.raises(OutputError, match="is a file, not a folder"):
        prepare(tmp_path / "maps" / "county")
    with pytest.raises(OutputError, match="is a file, not a folder"):
        prepare(tmp_path / "maps" / "deep" / "county")


def test_no_right_to_write_is_said():
    # given a folder that this user may not write (root becomes nobody for a moment)
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shut = folder / "shut"
        shut.mkdir(mode=0o555)
        try:
            if root:
                os.seteuid(65534)
            if not os.access(folder, os.X_OK, effective_ids=True):
                pytest.skip("the folder for temporary files is closed to other users")
            with pytest.raises(OutputError, match="may not be written"):
                prepare(shut / "county")
        finally:
            if root:
                os.seteuid(0)
            shut.chmod(0o755)


def test_a_file_beyond_the_limit_is_said(tmp_path):
    # given a process that may write 64 KiB a file, as a stand-in for a disk that fills up
    script = """
import resource, sys
from dualgig.errors import OutputError
from dualgig.store import replacing
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    with replacing(sys.argv[1]) as temporary:
        (temporary / "plan.json").write_bytes(b"x" * 1_000_000)
except OutputError as error:
    print(error)
"""
    out = tmp_path / "county"
    run = subprocess.run([sys.executable, "-c", script, str(out)], capture_output=True, text=True, check=True)
    assert "a file grew beyond what is allowed here" in run.stdout
    assert not out.exists()
    assert leftovers(out) == []


KILLER = """
import json, os, signal, sys
from pathlib import Path
from dualgig.store import replacing, prepare

out, state = Path(sys.argv[1]), Path(sys.argv[2])
PLAN = sys.argv[3]
exec(sys.argv[4])
WATCHED = {"open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "shutil.rmtree", "os.listdir"}

def forked(step):
    '''Run in a child that kills itself with SIGKILL before its step-th operation on files.'''
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    count = 0
    def hook(event, args):
        nonlocal count
        if event in WATCHED:
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    with replacing(out) as temporary:
        write(temporary, 2)
    os._exit(0)

def seen():
    '''What a person would find: None, or the files of the folder.'''
    if not out.exists():
        return None
    return {str(p.relative_to(out)): p.read_text() for p in sorted(out.rglob("*")) if p.is_file()}

report = []
for step in range(1, 10_000):
    if MAKE_FIRST:
        with replacing(out) as temporary:
            write(temporary, 1)
        (out / "notes.docx").write_text("mine")
    code = forked(step)
    killed = seen()
    prepare(out)
    mended = seen()
    left = sorted(p.name for p in out.parent.glob(".dualgig-*"))
    report.append([code, killed, mended, left])
    if code == 0:
        break
    if out.exists():
        import shutil
        shutil.rmtree(out)
state.write_text(json.dumps(report))
"""


@pytest.mark.parametrize("first", [True, False], ids=["over former outputs", "into nothing"])
def test_sigkill_at_every_step_leaves_the_old_outputs_or_none(tmp_path, first):
    out, state = tmp_path / "maps" / "county", tmp_path / "report.json"
    source = f"MAKE_FIRST = {first}\n" + inspect.getsource(write)
    subprocess.run([sys.executable, "-c", KILLER, str(out), str(state), PLAN, source], check=True)
    report = json.loads(state.read_text())

    # given what the folder holds before and after an undisturbed run
    def expected(run, notes):
        folder = tmp_path / f"run{run}"
        folder.mkdir(exist_ok=True)
        if not (folder / "plan.json").exists():
            write(folder, run)
        return content(folder) | ({"notes.docx": "mine"} if notes else {})

    old = expected(1, notes=True) if first else None
    new = expected(2, notes=first)

    # then a kill before any operation leaves the old outputs, the new ones, or (between the two renames) none
    *kills, undisturbed = report
    assert len(kills) > (20 if first else 10)
    assert all(code == -9 for code, *_ in kills)
    assert undisturbed == [0, new, new, []]
    assert all(killed in (old, new, None) for _, killed, _, _ in kills)
    # and after the next start the former or the new outputs stand, whole, with nothing beside them
    assert all(mended in (old, new) for _, _, mended, _ in kills)
    assert all(left == [] for *_, left in kills)
    # and the moment of the swap was really hit
    states = [mended == new for _, _, mended, _ in kills]
    assert states == sorted(states)
    if first:
        assert any(killed is None for _, killed, _, _ in kills)


def test_the_lock_of_a_killed_run_does_not_hold(tmp_path):
    out = tmp_path / "county"
    script = (
        "import os, signal, sys\nfrom dualgig.store import replacing\n"
        "with replacing(sys.argv[1]) as t:\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, str(out)], check=False)
    assert run.returncode == -9
    assert leftovers(out) == [".dualgig-county-new", ".dualgig-county.lock"]
    with replacing(out) as temporary:
        write(temporary, 1)
    assert leftovers(out) == []
    assert (out / "plan.json").exists()
