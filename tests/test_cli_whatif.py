"""`dualgig plan` with --lock, --forbid, --budget and --scenario, run in this process."""

import json

import pytest


def plan_of(folder):
    return json.loads((folder / "plan.json").read_text(encoding="utf-8"))


def test_what_is_locked_is_built_and_what_is_forbidden_is_not(tiny_project, tmp_path, run_here):
    project = tiny_project()
    run_here("plan", project.path)
    plain = plan_of(tmp_path / "maps" / "tiny")
    built = {build["item"] for build in plain["builds"]}
    forbidden = next(site for site in ("S2", "S3", "S4", "S6") if site in built)
    locked = next(site for site in ("S5", "S6", "S4") if site not in built)

    code, _, err = run_here(
        "plan", project.path, "--lock", locked, "--forbid", forbidden, "--budget", "1200万"
    )

    assert code in (0, 3), err
    changed = plan_of(tmp_path / "maps" / "tiny-what-if")
    items = {build["item"] for build in changed["builds"]}
    assert locked in items
    assert forbidden not in items
    assert changed["budget_cny"] == 12_000_000
    assert changed["options"]["decisions"] == {"lock": [locked], "forbid": [forbidden]}
    # and the plain plan is still there
    assert plan_of(tmp_path / "maps" / "tiny") == plain


def test_a_scenario_is_planned_beside_the_plan(tiny_project, tmp_path, run_here):
    project = tiny_project(scenarios={"lean": {"budget": {"total_cny": 900_000}}})

    code, _, err = run_here("plan", project.path, "--scenario", "lean")

    assert code in (0, 3), err
    assert plan_of(tmp_path / "maps" / "tiny-lean")["budget_cny"] == 900_000


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--lock", "S1x"], 1, "'S1x' is neither a site nor a node"),
        (["--lock", "S2", "--forbid", "S2"], 1, "S2 is locked and forbidden at once. Choose one."),
        (["--budget", "plenty"], 2, "no amount of money"),
        (["--budget", "-5M"], 2, "no amount of money"),
        (["--budget", "0.3"], 2, "no whole number"),
        (["--scenario", "lush"], 1, "there is no scenario 'lush'"),
        (["--lock", "S5", "--budget", "1000"], 1, "more than the budget|locked sites cannot be built"),
    ],
)
def test_contradictory_wishes_are_one_sentence_before_the_work(
    tiny_project, tmp_path, run_here, options, code, told
):
    project = tiny_project()

    ended, out, err = run_here("plan", project.path, *options)

    assert ended == code
    assert any(part in " ".join(err.split()) for part in told.split("|")), err
    assert "Traceback" not in err
    assert not out
    assert not (tmp_path / "maps" / "tiny-what-if" / "plan.json").exists()
