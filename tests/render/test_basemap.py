"""Base maps on request: what is asked for, and that a key stays out of the file."""

from __future__ import annotations

import dataclasses
import re

import pytest

from dualgig.errors import OutputError
from dualgig.project import MapPage
from dualgig.render.basemap import BASES, TIANDITU_KEY, base_map, page_datum, security_policy
from dualgig.render.map import map_html


def with_map(plan, **options):
    project = plan.region.project.model_copy(update={"map": MapPage(rsrp=False, **options)})
    return dataclasses.replace(plan, region=dataclasses.replace(plan.region, project=project))


def policy_of(page):
    return re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page).group(1)


def test_none_is_the_default(make_plan):
    page = map_html(make_plan(), date="2025-11-24")

    assert base_map(MapPage()) is None
    for base in BASES.values():
        for host in base["hosts"]:
            assert host not in page
    assert "http" not in policy_of(page)
    assert "default-src &#39;none&#39;" in policy_of(page) or "default-src 'none'" in policy_of(page)


@pytest.mark.parametrize("base", list(BASES))
def test_a_base_map_opens_its_hosts_and_no_other(make_plan, base):
    page = map_html(with_map(make_plan(), base=base), date="2025-11-24")

    hosts = re.findall(r"https://[\w.]+", policy_of(page))
    assert hosts == BASES[base]["hosts"]
    for url in BASES[base]["urls"]:
        begins = url.partition("{s}")[0]
        assert all(host.startswith(begins) or begins.startswith(host) for host in hosts)


def test_gaode_alone_is_shifted():
    assert {base: page_datum(MapPage(base=base)) for base in ("none", "osm", "tianditu", "gaode")} == {
        "none": "WGS-84",
        "osm": "WGS-84",
        "tianditu": "WGS-84",
        "gaode": "GCJ-02",
    }


def test_the_key_is_written_only_where_asked(make_plan, monkeypatch):
    monkeypatch.setenv(TIANDITU_KEY, "s3cret-key")
    plan = make_plan()

    assert "s3cret-key" not in map_html(with_map(plan, base="tianditu"), date="2025-11-24")
    assert "s3cret-key" in map_html(with_map(plan, base="tianditu", key_in_file=True), date="2025-11-24")
    assert "s3cret-key" not in map_html(with_map(plan, base="osm", key_in_file=True), date="2025-11-24")


def test_a_key_that_is_not_there_is_told(make_plan, monkeypatch):
    monkeypatch.delenv(TIANDITU_KEY, raising=False)

    with pytest.raises(OutputError, match=f"{TIANDITU_KEY}.*Set it"):
        map_html(with_map(make_plan(), base="tianditu", key_in_file=True), date="2025-11-24")


def test_policy_names_no_host_without_a_base():
    assert "http" not in security_policy(MapPage())
