"""What the radius caps cost: against a plain search through all sites, and a project without caps."""

import numpy as np
import pytest

import dualgig as dg
from dualgig.caps import WIDER, cap_losses
from dualgig.predict import predict_coverage
from dualgig.propagation import radio_paths
from dualgig.radio.budget import link_budget


@pytest.fixture
def coverage_with(tiny_project):
    def make(**radio):
        return predict_coverage(dg.load_region(tiny_project(radio=radio)))

    return make


def served_within(coverage, band, radius_m):
    """Ids of the places that some site within a radius serves in a band, in plain loops."""
    region, points = coverage.region, coverage.tests.points
    sites = [row for row, decision in enumerate(region.sites["decision"]) if decision != "forbidden"]
    xy, sites_xy = points[["x_m", "y_m"]].to_numpy(), region.xy_m(region.sites)
    site, point = (part.ravel() for part in np.meshgrid(sites, np.arange(len(points)), indexing="ij"))
    paths = radio_paths(region, points, (site, point))
    margin_db = link_budget(region.project.radio, band).margin_db(paths.basic_db[:, paths.bands.index(band)])
    near = np.hypot(*(sites_xy[site] - xy[point]).T) <= radius_m
    covered = set(point[near & (margin_db >= 0)].tolist())
    ids = [*region.townships.index, *region.villages.index]
    tests, served = coverage.tests, set()
    for number, place in enumerate(tests.place):
        row = tests.weights[[number]].tocoo()
        weight = sum(int(w) for p, w in zip(row.col, row.data, strict=True) if int(p) in covered)
        if weight >= tests.need[number]:
            served.add(str(ids[place]))
    return served


@pytest.mark.parametrize("cap_km", [0.7, 1.5, 3.0])
@pytest.mark.parametrize("method", ["exact", "sweep"])
def test_places_lost_are_those_that_sites_beyond_the_cap_serve(coverage_with, method, cap_km):
    coverage = coverage_with(
        method=method, bands={"n28": {"radius_km": cap_km}, "n41": {"radius_km": cap_km / 2}}
    )
    region = coverage.region
    places = {*map(str, region.townships.index), *map(str, region.villages.index)}
    for loss in cap_losses(coverage):
        cap_m = 1000.0 * region.project.radio.bands[loss.band].radius_km
        within = served_within(coverage, loss.band, cap_m)
        wider = served_within(coverage, loss.band, WIDER * cap_m)
        assert loss.unserved == loss.examined == len(places - within)
        assert set(loss.places) == wider - within
    assert any(loss.places for loss in cap_losses(coverage)) or cap_km > 2.0


def test_no_place_is_lost_to_a_cap_that_holds_the_whole_region(coverage_with):
    coverage = coverage_with(bands={"n28": {"radius_km": 30.0}, "n41": {"radius_km": 30.0}})
    assert all(loss.places == () for loss in cap_losses(coverage))


def test_where_too_many_are_unserved_some_are_looked_at_evenly(coverage_with, monkeypatch):
    coverage = coverage_with(bands={band: {"radius_km": 0.7} for band in ("n28", "n41", "n78")})
    every = {loss.band: loss for loss in cap_losses(coverage)}
    monkeypatch.setattr("dualgig.caps.MOST_POINTS", 6)
    for loss in cap_losses(coverage):
        assert 0 < loss.examined < loss.unserved == every[loss.band].unserved
        assert set(loss.places) <= set(every[loss.band].places)
