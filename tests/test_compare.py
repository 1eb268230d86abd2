"""Two plans against each other: what changed and why, on disk and as a map."""

import csv
import json
from dataclasses import replace

import numpy as np

from dualgig.compare import compare
from dualgig.export.compare import write_comparison
from dualgig.export.csv import restored

HOSTILE = '=1+1|"<script>alert(1)</script>'


def without(plan, site):
    """The plan with nothing built on a site and the villages that it serves lost."""
    villages, sites = plan.villages.copy(), plan.sites.copy()
    villages.loc[villages["server"] == site, "after_5g"] = False
    sites.loc[site, ["built", "cost_cny", "state"]] = ["", 0, "unused"]
    lines = plan.cost_lines[plan.cost_lines["item"] != site]
    return replace(plan, villages=villages, sites=sites, cost_lines=lines.reset_index(drop=True))


def dearest(plan):
    """The dearest site that is built and serves somebody."""
    serving = plan.sites[plan.sites.index.isin(plan.villages.loc[plan.villages["after_5g"], "server"])]
    return serving.index[serving["cost_cny"].argmax()]


def test_a_plan_is_the_same_as_itself(make_plan):
    plan = make_plan()

    found = compare(plan, plan)

    assert (found.causes, found.builds, found.places) == ((), (), ())
    assert all(before == after for before, after in found.counts().values())


def test_what_is_taken_out_is_removed_and_its_villages_are_lost(make_plan):
    plan = make_plan()
    site = dearest(plan)
    other = without(plan, site)

    found = compare(plan, other)
    back = compare(other, plan)

    assert [(row.kind, row.id, row.change) for row in found.builds] == [("site", site, "removed")]
    assert (
        found.builds[0].difference_cny
        == -plan.cost_lines.loc[plan.cost_lines["item"] == site, "amount_cny"].sum()
    )
    served = plan.villages["after_5g"] & (plan.villages["server"] == site)
    assert [row.id for row in found.places] == plan.villages.index[served].tolist()
    assert {row.change for row in found.places} == {"lost"}
    # and the other way round everything is the other way round
    assert [(row.id, row.change) for row in back.builds] == [(site, "added")]
    assert {row.change for row in back.places} == {"gained"}
    assert back.builds[0].difference_cny == -found.builds[0].difference_cny


def test_causes_name_options_and_inputs_that_differ(make_plan):
    plan = make_plan()
    site = dearest(plan)
    project = plan.region.project
    changed = project.model_copy(
        update={"decisions": project.decisions.model_copy(update={"forbid": (site,)})}
    ).in_language("zh")
    inputs = {name: dict(about) for name, about in plan.region.inputs.items()}
    first = next(iter(inputs))
    inputs[first]["sha256"] = "f" * 64
    region = replace(plan.region, project=changed, inputs=inputs)
    other = replace(without(plan, site), region=region, budget_cny=plan.budget_cny + 5)

    found = compare(plan, other)

    assert [row.key for row in found.causes] == ["budget.total_cny", "decisions.forbid", f"inputs.{first}"]
    assert found.causes[1].after == [site]
    assert found.builds[0].why == "forbidden"


def test_years_of_places_that_both_plans_serve_are_compared(make_plan):
    plan = make_plan()
    served = plan.villages.index[plan.villages["after_5g"] & ~plan.villages["before_5g"]]
    tables = [
        plan.villages.assign(year_5g=np.where(plan.villages.index.isin(served), year, 0))
        for year in (2024, 2023)
    ]
    tables = [table.astype({"year_5g": "Int64"}).mask(table["year_5g"] == 0, other=table) for table in tables]
    first, second = (replace(plan, villages=table, years=(2023, 2024)) for table in tables)

    assert {row.change for row in compare(first, second).places} == {"earlier"}
    assert {row.change for row in compare(second, first).places} == {"later"}


def test_lists_and_map_are_written_and_hostile_names_are_text(make_plan, tmp_path):
    plan = make_plan()
    site = dearest(plan)
    plan = replace(
        plan,
        sites=plan.sites.assign(name=HOSTILE),
        villages=plan.villages.assign(name=HOSTILE),
        townships=plan.townships.assign(name=HOSTILE),
    )
    found = compare(plan, without(plan, site))

    folder = write_comparison(found, (HOSTILE.replace("/", "_"), "b"), tmp_path / "out", date="2025-01-01")
    again = write_comparison(found, (HOSTILE.replace("/", "_"), "b"), tmp_path / "again", date="2025-01-01")

    page = (folder / "map.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "alert(1)" in page
    for name in ("compare.json", "builds.csv", "places.csv", "causes.csv", "map.html"):
        assert (folder / name).read_bytes() == (again / name).read_bytes()
    with (folder / "builds.csv").open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)
    assert row[2].startswith("'=")
    assert restored(row[2]) == HOSTILE
    document = json.loads((folder / "compare.json").read_text(encoding="utf-8"))
    assert document["builds"][0]["id"] == site
    # the folder is known as a comparison's, and may be written again
    write_comparison(found, ("a", "b"), folder, date="2025-01-01")


def test_two_plans_of_the_command_line(tiny_project, tmp_path, run_here):
    project = tiny_project()
    run_here("plan", project.path)
    run_here("plan", project.path, "--budget", "0")

    code, out, err = run_here("compare", project.path, "maps/tiny-what-if")

    assert code == 0, err
    assert "budget.total_cny: 6,000,000 -> 0" in out
    folder = tmp_path / "maps" / "tiny-vs-tiny-what-if"
    figures = json.loads((folder / "compare.json").read_text(encoding="utf-8"))["figures"]
    assert figures["budget"] == [6_000_000, 0]
    assert figures["cost"][1] == 0
    assert (folder / "map.html").exists()

    code, out, err = run_here("compare", project.path, "nowhere")
    assert code == 1
    assert "there is no such file" in err
