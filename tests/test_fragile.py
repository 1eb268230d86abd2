"""Fragile places: served by P.1812 alone. The oracle asks both models path by path, and judges in plain loops."""

from dataclasses import replace

import numpy as np
import pytest

import dualgig as dg
from dualgig.formulate import siting_problem
from dualgig.fragile import fragile_places, pessimistic
from dualgig.options import on_air_bands
from dualgig.radio import itm, p1812
from dualgig.radio.profile import path_profile
from dualgig.region.model import Clutter
from dualgig.siting.problem import serve

NEEDED = ("committee", "school", "clinic")


def predicted(project):
    region = dg.load_region(project)
    return dg.predict_coverage(region)


def more_loss_db(region, site, point_xy, band):
    """What ITM sees beyond P.1812 on one bare path, dB; nothing on a path of a kilometre or less."""
    radio = region.project.radio
    site_xy = region.xy_m(region.sites)[region.sites.index.get_loc(site)]
    if np.hypot(*(site_xy - point_xy)) <= 1000:
        return 0.0
    mast_m, phone_m = region.sites.at[site, "mast_m"], radio.receiver_height_m
    ghz = radio.bands[band].frequency_mhz / 1000
    d, h = path_profile(region.terrain, site_xy, point_xy)
    bare = p1812.basic_loss_db(d, h, mast_m, phone_m, ghz, delta_n=radio.delta_n)
    even_d, even_h = path_profile(region.terrain, site_xy, point_xy, step_m=region.terrain.cell_m)
    step_m = 1000 * even_d[-1] / (len(even_d) - 1)
    return itm.point_to_point_loss_db(even_h, step_m, mast_m, phone_m, ghz) - bare


def on_air(coverage, chosen):
    """Operator and site to the bands that are on air there with the chosen options."""
    region = coverage.region
    live = {}
    for site in region.sites.index:
        for operator, bands in on_air_bands(region, site).items():
            live.setdefault((operator, site), set()).update(bands)
    configurations = {c.id: c for c in region.project.configurations}
    for item, name in coverage.options.loc[chosen, ["item", "configuration"]].itertuples(index=False):
        if name:
            live.setdefault((configurations[name].operator, item), set()).update(configurations[name].bands)
    return live


def served(coverage, village, live, *, doubting):
    """Whether one operator serves the committee, school and clinic of a village."""
    region, reach, points = coverage.region, coverage.reach, coverage.tests.points
    limit = region.project.radio.fragile_margin_db
    own = np.flatnonzero((points["village"] == village) & points["kind"].isin(NEEDED))
    for operator in region.project.operators:
        held = []
        for point in own:
            margins = [-np.inf]
            for pair in np.flatnonzero(reach.point == point):
                site = region.sites.index[reach.site[pair]]
                for band in live.get((operator, site), ()):
                    margin = float(reach.margin_db[pair, reach.bands.index(band)])
                    if doubting and margin >= 0:
                        xy = points.loc[point, ["x_m", "y_m"]].to_numpy(float)
                        more = more_loss_db(region, site, xy, band)
                        margin -= max(more, 0.0) if more >= limit else 0.0
                    margins.append(margin)
            held.append(max(margins) >= 0)
        if held and all(held):
            return True
    return False


def choices(coverage):
    """Nothing, all that may be built, and each site alone with its first configuration."""
    kind, item = coverage.options["kind"].to_numpy(), coverage.options["item"].to_numpy()
    radio = np.flatnonzero(kind == "radio")
    yield np.zeros(len(kind), np.bool_)
    for site in dict.fromkeys(item[radio]):
        alone = np.zeros(len(kind), np.bool_)
        alone[radio[item[radio] == site][0]] = True
        yield alone


@pytest.mark.parametrize(("threshold_dbm", "margin_db"), [(-130.0, 6.0), (-130.0, 0.0), (-130.0, 22.0)])
def test_the_villages_marked_are_those_of_the_models_path_by_path(tiny_project, threshold_dbm, margin_db):
    # given sites one by one, so that villages hang on far and shadowed paths
    coverage = predicted(tiny_project(radio={"threshold_dbm": threshold_dbm, "fragile_margin_db": margin_db}))
    problem, places = siting_problem(coverage)
    rows = places.slice("5g", "village")
    villages = coverage.region.villages.index
    certain = problem.place_before[rows]
    found, expected, before = [], [], []
    for chosen in choices(coverage):
        live = on_air(coverage, chosen)
        first, after = fragile_places(coverage, problem, chosen)
        found += after[rows].tolist()
        before.append(first[rows].tolist())
        expected += [
            served(coverage, village, live, doubting=False)
            and not served(coverage, village, live, doubting=True)
            and not by_ledger
            for village, by_ledger in zip(villages, certain, strict=True)
        ]
        assert not (after & ~serve(problem, chosen)[1]).any()
    # then
    assert found == expected
    assert 0 < sum(found) < len(found)
    assert all(row == found[: len(villages)] for row in before), (
        "what is fragile today does not hang on the plan"
    )


def test_the_plan_carries_them(tiny_project):
    coverage = predicted(tiny_project(radio={"fragile_margin_db": 0.0}))
    plan = dg.make_plan(coverage.region, coverage)
    chosen = np.isin(coverage.options.index, plan.cost_lines["option"])
    problem, places = siting_problem(coverage)
    before, after = fragile_places(coverage, problem, chosen)
    for level, table in (("village", plan.villages), ("township", plan.townships)):
        assert table["fragile"].tolist() == after[places.slice("5g", level)].tolist()
        assert table["fragile"].dtype == bool
    rural = (plan.villages["kind"] == "village").to_numpy()
    assert plan.coverage["after"]["villages_fragile"] == (plan.villages["fragile"] & rural).sum()
    assert (
        plan.coverage["before"]["villages_fragile"] == (before[places.slice("5g", "village")] & rural).sum()
    )


def test_what_the_ledger_calls_served_is_not_in_doubt(tiny_project):
    # given a village that hangs on one doubtful path
    coverage = predicted(tiny_project(radio={"threshold_dbm": -130.0}))
    problem, places = siting_problem(coverage)
    rows = places.slice("5g", "village")
    for chosen in choices(coverage):
        after = fragile_places(coverage, problem, chosen)[1]
        if after[rows].any():
            break
    village = coverage.region.villages.index[np.flatnonzero(after[rows])[0]]
    # when the ledger says that it is served
    status = coverage.region.status.copy()
    status.loc["measured"] = status.iloc[0]
    status.loc["measured", ["place", "service", "served", "date"]] = [village, "5g", True, "2025-06-30"]
    told = replace(coverage, region=replace(coverage.region, status=status))
    # then
    again = fragile_places(told, siting_problem(told)[0], chosen)[1]
    assert after[rows].sum() - again[rows].sum() == 1
    assert not again[rows][np.flatnonzero(after[rows])[0]]


def test_models_that_agree_leave_nothing_fragile(tiny_project):
    coverage = predicted(tiny_project(radio={"threshold_dbm": -130.0, "fragile_margin_db": 200.0}))
    problem, _ = siting_problem(coverage)
    for chosen in choices(coverage):
        assert not np.concatenate(fragile_places(coverage, problem, chosen)).any()
        assert np.array_equal(pessimistic(coverage, chosen).reach.margin_db, coverage.reach.margin_db)


def test_trees_are_no_part_of_the_comparison(tiny_project):
    # given the same coverage, once over ground on which something stands
    coverage = predicted(tiny_project(radio={"threshold_dbm": -130.0}))
    terrain = coverage.region.terrain
    kind = np.ones(terrain.height_m.shape, np.uint8)
    trees = Clutter(np.full_like(terrain.height_m, 30), kind, ("", "trees"))
    clad = replace(coverage, region=replace(coverage.region, terrain=replace(terrain, clutter=trees)))
    problem, _ = siting_problem(coverage)
    for chosen in choices(coverage):
        bare = np.concatenate(fragile_places(coverage, problem, chosen))
        assert np.array_equal(bare, np.concatenate(fragile_places(clad, problem, chosen)))


def test_antennas_lower_than_the_second_model_knows_are_compared_at_its_lowest(tiny_project):
    coverage = predicted(tiny_project(radio={"receiver_height_m": 0.2, "fragile_margin_db": 0.0}))
    problem, _ = siting_problem(coverage)
    for chosen in choices(coverage):
        assert np.isfinite(np.concatenate(fragile_places(coverage, problem, chosen))).all()
