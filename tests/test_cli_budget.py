"""`dualgig budget`, run in this process."""

import csv
import json

import pytest


def test_the_curve_stands_beside_the_plan_and_in_its_report(tiny_project, tmp_path, run_here):
    project = tiny_project()

    code, out, err = run_here("budget", project.path, "--from", "0", "--to", "800万", "--steps", "3")

    assert code in (0, 3), err
    folder = tmp_path / "maps" / "tiny"
    points = json.loads((folder / "budget.json").read_text(encoding="utf-8"))["points"]
    assert [point["budget_cny"] for point in points] == [0, 4_000_000, 6_000_000, 8_000_000]
    with (folder / "budget.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 5
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert 'class="curve"' in report
    assert (folder / "budget.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "What each budget serves" in out

    # a plan of the same inputs keeps it, one of other goals does not
    run_here("plan", project.path)
    assert 'class="curve"' in (folder / "report.html").read_text(encoding="utf-8")
    other = tiny_project(goals={"township_5g": 0.5})
    run_here("plan", other.path)
    assert 'class="curve"' not in (folder / "report.html").read_text(encoding="utf-8")
    assert not (folder / "budget.json").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--from", "5M", "--to", "4M"], "less than the first"),
        (["--steps", "1"], "at least 2"),
        (["--from", "much"], "no amount of money"),
    ],
)
def test_nonsense_is_one_sentence(tiny_project, run_here, options, told):
    code, _, err = run_here("budget", tiny_project().path, *options)

    assert code == 2
    assert told in " ".join(err.split())
