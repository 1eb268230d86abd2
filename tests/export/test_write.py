"""All outputs in one folder: complete, of one plan, equal between equal runs, and never half there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dualgig.errors import OutputError
from dualgig.export.json import plan_hash
from dualgig.export.write import output_date, write_outputs

FILES = {
    "map.html", "plan.gpkg", "plan.json", "report.html", "run.json", "sites.csv", "sites.xlsx", "villages.csv",
}  # fmt: skip

CHILD = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("fake_plan", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
plan = module.make_plan("zh", villages=24)
from dualgig.errors import OutputError
from dualgig.export.write import write_outputs
"""


def child(script, *arguments, **environment):
    factory = Path(__file__).parents[1] / "fake_plan.py"
    return subprocess.run(
        [sys.executable, "-c", CHILD + script, str(factory), *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=24)


@pytest.fixture(scope="module")
def folder(plan, tmp_path_factory):
    return write_outputs(plan, tmp_path_factory.mktemp("out") / "fake", date="2025-03-01")


def test_everything_is_there_and_of_one_plan(plan, folder):
    assert {path.name for path in folder.iterdir()} == FILES
    mark = plan_hash(plan)
    assert hashlib.sha256((folder / "plan.json").read_bytes()).hexdigest().startswith(mark)
    for name in ("map.html", "report.html"):
        page = (folder / name).read_text(encoding="utf-8")
        assert mark in page
        assert "2025-03-01" in page
        assert "<script>alert(1)</script>" not in page


def test_the_record_lists_what_was_written(folder):
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert set(record["outputs"]) == FILES - {"run.json"}
    for name, about in record["outputs"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == about["sha256"]
    assert {"lists", "map", "report"} <= set(record["times_s"])


def test_plan_and_lists_carry_no_date(folder):
    for name in ("plan.json", "sites.csv", "villages.csv"):
        assert "2025-03-01" not in (folder / name).read_text(encoding="utf-8-sig")


def test_another_process_writes_the_same_bytes(folder, tmp_path):
    # given the same day by SOURCE_DATE_EPOCH, another hash seed, time zone and folder
    run = child(
        "write_outputs(plan, sys.argv[2])",
        tmp_path / "elsewhere",
        SOURCE_DATE_EPOCH="1740787200",
        PYTHONHASHSEED="7",
        TZ="Pacific/Auckland",
    )
    assert run.returncode == 0, run.stderr
    for name in ("plan.json", "sites.csv", "villages.csv", "map.html", "report.html", "sites.xlsx"):
        assert (tmp_path / "elsewhere" / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_folder_is_named_after_the_project(plan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert write_outputs(plan, date="2025-03-01") == Path("maps") / "fake"
    assert {path.name for path in (tmp_path / "maps" / "fake").iterdir()} == FILES
    assert [path.name for path in (tmp_path / "maps").iterdir()] == ["fake"]


def test_the_date_is_that_of_the_environment(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1740787200")
    assert output_date() == "2025-03-01"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(OutputError, match="SOURCE_DATE_EPOCH: 'yesterday'"):
        output_date()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", output_date())


def test_a_disk_that_fills_up_leaves_the_former_outputs(folder, tmp_path):
    # given former outputs, and a process that may write so many bytes a file: plan.json, the workbook
    # and the GeoPackage stop there in turn
    shutil.copytree(folder, tmp_path / "fake")
    script = """
import resource
for limit in (4_000, 20_000, 100_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        write_outputs(plan, sys.argv[2], date="2025-03-02")
    except OutputError as error:
        print(error)
"""
    run = child(script, tmp_path / "fake")
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("the outputs cannot be written: ") == 3
    assert run.stderr == ""
    assert contents(tmp_path / "fake") == contents(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["fake"]


def test_a_run_that_is_killed_while_writing_leaves_the_former_outputs(folder, plan, tmp_path):
    shutil.copytree(folder, tmp_path / "fake")
    script = """
import os, signal
import dualgig.render.report as report
report.report_html = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
write_outputs(plan, sys.argv[2], date="2025-03-02")
"""
    run = child(script, tmp_path / "fake")
    assert run.returncode == -9
    assert contents(tmp_path / "fake") == contents(folder)
    # and the next run clears up
    write_outputs(plan, tmp_path / "fake", date="2025-03-03")
    assert [path.name for path in tmp_path.iterdir()] == ["fake"]
    assert "2025-03-03" in (tmp_path / "fake" / "report.html").read_text(encoding="utf-8")


def test_somebody_elses_folder_is_refused(plan, tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(OutputError, match=r"no plan\.json of DualGig"):
        write_outputs(plan, tmp_path, date="2025-03-01")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]
