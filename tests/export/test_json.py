"""plan.json keeps its contract: valid, finite, equal between equal runs, and bound to no machine."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from dualgig.export.json import plan_hash, plan_json, relative, run_json
from dualgig.export.schema import PlanDocument, json_schema

TOP = [
    "schema",
    "dualgig",
    "project",
    "status",
    "duty",
    "shortage_cny",
    "gap",
    "scoreboard",
    "stages",
    "cost_cny",
    "budget_cny",
    "funds",
    "years",
    "phases",
    "equity",
    "stations",
    "built",
    "builds",
    "coverage",
    "gaps",
    "insight",
    "prediction",
    "inputs",
    "options",
    "seed",
    "versions",
]


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=24)


@pytest.fixture(scope="module")
def document(plan):
    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(plan_json(plan), parse_constant=refuse)


def test_it_has_the_keys_of_the_contract_and_is_valid(document):
    assert list(document) == TOP
    PlanDocument.model_validate(document)
    assert set(json_schema()["required"]) == set(TOP)


def test_its_figures_are_those_of_the_plan(plan, document):
    assert document["cost_cny"]["total"] == plan.cost_cny
    assert sum(build["cost_cny"] for build in document["builds"]) == plan.cost_cny
    assert document["coverage"] == plan.coverage
    assert document["built"]["sites"] == plan.sites["state"].isin(["new", "upgraded"]).sum()
    assert document["built"]["trench_km"] == pytest.approx(plan.routes["new_km"].sum(), abs=5e-4)
    assert [gap["id"] for gap in document["gaps"]] == plan.gaps["id"].tolist()
    costs = [gap["cost_to_serve_cny"] for gap in document["gaps"]]
    assert costs == [
        None if missing else int(cost)
        for cost, missing in zip(plan.gaps["cost_cny"], plan.gaps["cost_cny"].isna(), strict=True)
    ]
    assert None in costs
    assert document["options"]["radio"]["threshold_dbm"] == -105.0
    assert document["options"]["solver"]["node_limit"] == plan.region.project.solver.node_limit
    assert document["seed"] == 1
    assert {"numpy", "pulp", "highspy", "python"} <= set(document["versions"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.update(shcema="x"), "shcema"),
        (lambda d: d.update(gap=float("nan")), "gap"),
        (lambda d: d.update(schema="dualgig-plan/0"), "schema"),
        (lambda d: d.update(duty="fine"), "duty"),
        (lambda d: d["cost_cny"].update(total=1), "do not add up"),
        (lambda d: d["builds"].pop(), "do not add up"),
        (lambda d: d.update(duty="met"), "a goal is missed"),
        (lambda d: d["gaps"][0].update(reason="laziness"), "reason"),
        (lambda d: d["coverage"]["after"].pop("people_5g"), "people_5g"),
        (lambda d: d["coverage"]["after"].update(villages_fragile=-1), "villages_fragile"),
    ],
)
def test_a_document_that_breaks_the_contract_is_refused(plan, change, says):
    broken = json.loads(plan_json(plan))
    change(broken)
    with pytest.raises(ValidationError, match=says):
        PlanDocument.model_validate(broken)


def test_a_gap_that_is_tiny_is_not_none(plan):
    stage = replace(plan.stages[0], gap=1e-12)
    document = json.loads(plan_json(replace(plan, gap=1e-12, stages=(stage,))))
    assert document["gap"] == document["stages"][0]["gap"] == 1e-12


def test_another_process_with_another_hash_seed_gives_the_same_bytes(plan):
    script = (
        "import importlib.util, sys\n"
        "spec = importlib.util.spec_from_file_location('fake_plan', sys.argv[1])\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "from dualgig.export.json import plan_json\n"
        "sys.stdout.buffer.write(plan_json(module.make_plan('zh', villages=24)))\n"
    )
    factory = Path(__file__).parents[1] / "fake_plan.py"
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Shanghai", "LC_ALL": "C"}
        run = subprocess.run(
            [sys.executable, "-c", script, str(factory)], env=environment, capture_output=True, check=True
        )
        assert run.stdout == plan_json(plan)


def test_the_hash_is_that_of_the_file(plan):
    assert plan_hash(plan) == hashlib.sha256(plan_json(plan)).hexdigest()[:12]


def test_paths_do_not_name_the_machine(plan, tmp_path):
    assert relative("data/dem.tif", tmp_path) == "data/dem.tif"
    assert relative(str(tmp_path / "data" / "dem.tif"), tmp_path) == "data/dem.tif"
    assert relative(str(tmp_path / "dem.tif"), tmp_path / "project") == "../dem.tif"
    # given an input that the project file names by its full path
    inputs = plan.region.project.inputs
    terrain = inputs.terrain.model_copy(update={"path": str(tmp_path / "dem.tif")})
    project = plan.region.project.model_copy(
        update={"inputs": inputs.model_copy(update={"terrain": terrain})}
    )
    project._path = tmp_path / "project.toml"
    about = plan.region.inputs | {
        "terrain": plan.region.inputs["terrain"] | {"path": str(tmp_path / "dem.tif")}
    }
    document = json.loads(
        plan_json(replace(plan, region=replace(plan.region, project=project, inputs=about)))
    )
    assert document["options"]["inputs"]["terrain"]["path"] == "dem.tif"
    assert document["inputs"]["terrain"]["path"] == "dem.tif"


def test_run_json_says_what_was_written(tmp_path):
    (tmp_path / "plan.json").write_bytes(b"{}")
    record = json.loads(run_json(tmp_path, date="2025-03-01", times_s={"solve": 1.23456}))
    assert record["date"] == "2025-03-01"
    assert record["times_s"] == {"solve": 1.235}
    assert record["outputs"] == {"plan.json": {"bytes": 2, "sha256": hashlib.sha256(b"{}").hexdigest()}}
    assert record["machine"]["cores"] == os.cpu_count()
