"""A plan read back from its outputs equals the plan that was written."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pyogrio
import pytest
import shapely

from dualgig.errors import InputError
from dualgig.export import tables
from dualgig.export.gpkg import ground_m, write_gpkg
from dualgig.export.json import plan_json
from dualgig.export.saved import plan_folder, read_plan

FRAMES = ("townships", "villages", "sites", "nodes", "routes")


def write(plan, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.json").write_bytes(plan_json(plan))
    write_gpkg(folder / "plan.gpkg", plan, date="2025-03-01")
    return folder


@pytest.fixture(
    scope="module",
    params=[{"villages": 24}, {"points": True, "duty": "met"}, {"villages": 24, "years": (2023, 2024, 2025)}],
    ids=["areas", "points", "years"],
)
def plan(make_plan, request):
    return make_plan("zh", **request.param)


@pytest.fixture(scope="module")
def folder(plan, tmp_path_factory):
    return write(plan, tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="module")
def saved(folder):
    return read_plan(folder)


def test_its_plan_json_is_the_same_to_the_byte(plan, folder, saved):
    assert plan_json(saved) == plan_json(plan) == (folder / "plan.json").read_bytes()


@pytest.mark.parametrize("name", FRAMES)
def test_its_tables_are_the_plan_s(plan, saved, name):
    found, truth = getattr(saved, name), getattr(plan, name)
    assert found.crs == truth.crs
    assert shapely.equals(found.geometry.to_numpy(), truth.geometry.to_numpy()).all()
    columns = truth.columns.drop("geometry")
    pd.testing.assert_frame_equal(
        pd.DataFrame(found[columns]), pd.DataFrame(truth[columns]), check_dtype=False, check_index_type=False
    )


@pytest.mark.parametrize("name", ["gaps", "conflicts", "cost_lines"])
def test_its_records_are_the_plan_s(plan, saved, name):
    pd.testing.assert_frame_equal(getattr(saved, name), getattr(plan, name), check_dtype=False)


def test_its_years_funds_and_rules_are_the_plan_s(plan, saved):
    for name in ("years", "phases", "funds", "stations"):
        assert getattr(saved, name) == getattr(plan, name)
    for found, truth in zip(saved.equity, plan.equity, strict=True):
        assert found.after == pytest.approx(truth.after, rel=1e-8)
        assert (found.name, found.kind, found.met) == (truth.name, truth.kind, truth.met)


def test_every_list_comes_out_the_same(plan, saved):
    for name, table in tables.all_tables(plan).items():
        pd.testing.assert_frame_equal(tables.all_tables(saved)[name], table, check_dtype=False)


def test_key_points_and_the_ground_are_there(plan, saved):
    keypoints = saved.region.keypoints
    truth = plan.region.keypoints
    assert keypoints.index.tolist() == truth.index.tolist()
    assert (
        keypoints[["village", "kind"]].to_numpy().tolist() == truth[["village", "kind"]].to_numpy().tolist()
    )
    for found, known in ((saved.sites, plan.sites), (keypoints, truth)):
        assert ground_m(saved, found).tolist() == ground_m(plan, known).tolist()
    assert saved.region.metric_crs == plan.region.metric_crs


def test_writing_what_was_read_changes_nothing(folder, saved, tmp_path):
    again = write(saved, tmp_path / "again")
    assert (again / "plan.json").read_bytes() == (folder / "plan.json").read_bytes()
    for layer in ("townships", "villages", "routes", "keypoints", "nodes", "sites", "gaps"):
        first, second = (pyogrio.read_dataframe(f / "plan.gpkg", layer=layer) for f in (folder, again))
        assert second.equals(first)


def test_a_demo_like_plan_of_the_real_pipeline_is_read_back(tiny_project, tmp_path):
    """The tables of a real plan have every column that the schema knows."""
    import dualgig as dg  # noqa: PLC0415 - only here

    region = dg.load_region(tiny_project())
    plan = dg.gaps_today(region, dg.predict_coverage(region))
    saved = read_plan(write(plan, tmp_path / "out"))
    assert plan_json(saved) == plan_json(plan)
    for name in FRAMES:
        columns = getattr(plan, name).columns.drop("geometry")
        pd.testing.assert_frame_equal(
            pd.DataFrame(getattr(saved, name)[columns]),
            pd.DataFrame(getattr(plan, name)[columns]),
            check_dtype=False,
        )


def problem_of(path):
    with pytest.raises(InputError) as caught:
        read_plan(path)
    (problem,) = caught.value.problems
    return problem


def test_a_folder_without_a_plan(tmp_path):
    problem = problem_of(tmp_path / "nowhere")
    assert problem.file.endswith("plan.json")
    assert problem.problem == "there is no such file."
    assert "dualgig plan" in problem.mend


def test_a_plan_json_of_something_else(tmp_path):
    (tmp_path / "plan.json").write_text('{"schema": "other"}', encoding="utf-8")
    assert "not a plan.json of this version" in problem_of(tmp_path).problem


def test_a_folder_without_layers(folder, tmp_path):
    shutil.copy(folder / "plan.json", tmp_path)
    problem = problem_of(tmp_path)
    assert problem.file.endswith("plan.gpkg")
    assert problem.problem == "there is no such file."
    (tmp_path / "plan.gpkg").write_bytes(b"nothing")
    assert "no readable table townships" in problem_of(tmp_path).problem


def test_files_of_two_plans(folder, tmp_path):
    document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    document["cost_cny"]["total"] += 1
    line = next(iter(document["cost_cny"]["by_line"]))
    document["cost_cny"]["by_line"][line] += 1
    document["builds"][0]["cost_cny"] += 1
    for part in (document["phases"], document["funds"]):
        if part:
            part[0]["spent_cny"] += 1
    (tmp_path / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    shutil.copy(folder / "plan.gpkg", tmp_path)
    assert "different plans" in problem_of(tmp_path).problem


def test_the_folder_of_a_plan(folder, tiny_project, tmp_path, monkeypatch):
    assert plan_folder(folder) == folder
    assert plan_folder(folder / "plan.json") == folder
    monkeypatch.chdir(tmp_path)
    project = tiny_project().path
    with pytest.raises(InputError, match=r"it has no plan in maps.tiny\. Plan it first: dualgig plan"):
        plan_folder(project)
    shutil.copytree(folder, tmp_path / "maps" / "tiny")
    assert (tmp_path / plan_folder(project)).samefile(tmp_path / "maps" / "tiny")
