"""Interference: as the reason of a gap, and from what a plan itself puts on air."""

import pytest

import dualgig as dg


def planned(project):
    region = dg.load_region(project)
    return dg.make_plan(region, dg.predict_coverage(region))


def today(project):
    region = dg.load_region(project)
    return dg.gaps_today(region, dg.predict_coverage(region))


def with_on_air(project, on_air):
    """Put configurations on air in the sites table; what stands is no longer new."""
    path = project.path.parent / "sites.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    columns = head.split(",")
    lines = []
    for row in rows:
        cells = row.split(",")
        if wanted := on_air.get(cells[0]):
            cells[columns.index("on_air")] = ";".join(wanted)
            cells[columns.index("structure")] = "existing"
        lines.append(",".join(cells))
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return project


@pytest.fixture
def crowded(tiny_project, tmp_path):
    """Function: the tiny region, without its ledger, with sites on air and a test of SINR."""

    def make(name, on_air, **radio):
        settings = {"sinr_threshold_db": 5.0, "load": 1.0, **radio}
        return with_on_air(
            tiny_project(
                tmp_path / name, radio=settings, inputs={"status": None}, budget={"total_cny": 30_000_000}
            ),
            on_air,
        )

    return make


def test_places_that_the_plans_own_sites_disturb_are_named(crowded, tmp_path):
    # given a plan made with today's interference
    plan = planned(crowded("plan", {}))
    # when what it builds is really on air
    on_air = {
        site: [*row.on_air, *(built for built in row.built.split(";") if built)]
        for site, row in plan.sites.iterrows()
    }
    later = today(crowded("later", on_air))
    # then what it told is what falls out
    lost = [
        place
        for table, after in ((plan.townships, later.townships), (plan.villages, later.villages))
        for place in table.index
        if table.at[place, "after_5g"] and not after.at[place, "before_5g"]
    ]
    assert lost
    assert list(plan.interfered) == lost
    # and it outlives the run
    dg.write_outputs(plan, tmp_path / "out")
    assert dg.read_plan(tmp_path / "out").interfered == tuple(lost)


def test_a_plan_made_with_everybodys_interference_keeps_what_it_promises(crowded):
    plan = planned(crowded("all", {}, interferers="all"))
    assert plan.interfered == ()
    on_air = {
        site: [*row.on_air, *(built for built in row.built.split(";") if built)]
        for site, row in plan.sites.iterrows()
    }
    later = today(crowded("later", on_air))
    assert plan.villages["after_5g"].any()
    assert later.villages.loc[plan.villages["after_5g"], "before_5g"].all()


def test_interference_is_a_reason_that_passes_its_counterfactual(crowded):
    # given a SINR that only quiet neighbours allow
    everywhere = {site: ["cm-n28n41", "cu-n78"] for site in ("S1", "S2", "S3", "S4", "S5", "S6")}
    loud = today(crowded("loud", everywhere, sinr_threshold_db=12.0))
    disturbed = loud.villages.index[loud.villages["reason_5g"] == "interference"]
    assert len(disturbed)
    # when the others are silent, then it is served
    quiet = today(crowded("quiet", everywhere, sinr_threshold_db=12.0, load=0.0))
    assert quiet.villages.loc[disturbed, "before_5g"].all()
    assert not quiet.villages["reason_5g"].eq("interference").any()


def test_without_a_test_nothing_is_asked(tiny_project):
    assert planned(tiny_project()).interfered == ()
