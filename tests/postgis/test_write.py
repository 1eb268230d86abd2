"""A plan in a PostGIS schema: equal to the plan, replaced whole or not at all, and nobody else's tables touched."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely

from dualgig.errors import OutputError
from dualgig.export.gpkg import layers
from dualgig.export.json import plan_hash, plan_json
from dualgig.export.postgis import TABLES, prepare_postgis, write_postgis
from dualgig.export.tables import cost_lines, scoreboard

DATE = "2025-03-01"
# Columns that tell the rows of every table apart.
EXACT = {"id", "level", "service", "option", "line", "goal", "project"}


@pytest.fixture
def target(database):
    """The database, where the planner may make schemas."""
    database.run(f"grant create on database {database.name} to planner")
    return database


def read_back(database, schema, name):
    """A table as pandas sees it, its geometry as shapely does; independent of the code under test."""
    columns = [c for (c,) in database.run(
        "select column_name::text from information_schema.columns"
        " where table_schema = %s and table_name = %s order by ordinal_position", schema, name)]  # fmt: skip
    rows = database.run(f'select * from "{schema}"."{name}"')
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    if "geom" in frame:
        shapes = shapely.from_wkb(frame.pop("geom").tolist())
        assert set(shapely.get_srid(shapes)) <= {4326}
        frame = gpd.GeoDataFrame(frame, geometry=shapely.set_srid(shapes, 0), crs=4326)
    return frame


def assert_equal(found, expected):
    assert [c for c in found if c != "geometry"] == [c for c in expected if c != "geometry"]
    assert len(found) == len(expected)
    found, expected = in_order(found), in_order(expected)
    for column in expected.columns:
        wanted, given = expected[column], found[column]
        if column == "geometry":
            # polygons came back as multi-polygons of one part
            assert shapely.equals(shapely.normalize(multi(given)), shapely.normalize(multi(wanted))).all()
            assert (multi(given).geom_type == multi(wanted).geom_type).all()
        elif pd.api.types.is_float_dtype(wanted):
            np.testing.assert_array_equal(given.astype(float), wanted.to_numpy())
        else:
            missing = wanted.isna().to_numpy()
            assert given.isna().to_numpy().tolist() == missing.tolist(), column
            assert given[~missing].tolist() == wanted[~missing].tolist(), column


def in_order(frame):
    """The rows by what tells them apart; a database promises no order."""
    plain = frame[sorted(EXACT & set(frame))]
    keys = [tuple(str(v) for v in row) for row in plain.to_numpy().tolist()]
    return frame.iloc[sorted(range(len(frame)), key=keys.__getitem__)].reset_index(drop=True)


def multi(shapes):
    polygons = shapes.geom_type == "Polygon"
    wrapped = [shapely.MultiPolygon([s]) if p else s for s, p in zip(shapes, polygons, strict=True)]
    return gpd.GeoSeries(wrapped)


@pytest.mark.parametrize("years", [(), (2023, 2024, 2025)], ids=["at-once", "years"])
def test_everything_reads_back_equal_to_the_plan(make_plan, target, years):
    plan = make_plan(villages=24, years=years)

    told = write_postgis(plan, target.url, "双千兆 2025", date=DATE)

    assert told == f"{target.url} 双千兆 2025"
    for name, expected in layers(plan).items():
        assert_equal(read_back(target, "双千兆 2025", name), expected)
    assert_equal(read_back(target, "双千兆 2025", "cost_lines"), cost_lines(plan))
    assert_equal(read_back(target, "双千兆 2025", "scoreboard"), scoreboard(plan))
    (summary,) = read_back(target, "双千兆 2025", "plan").to_dict("records")
    assert (summary["project"], summary["duty"]) == (plan.region.project.name, plan.duty)
    assert (summary["hash"], str(summary["date"])) == (plan_hash(plan), DATE)
    assert summary["cost_cny"] == plan.cost_cny
    assert summary["document"] == json.loads(plan_json(plan))


def test_the_layers_are_what_a_gis_asks_for(make_plan, target):
    plan = make_plan()
    write_postgis(plan, target.url, "p", date=DATE)

    described = target.run(
        "select f_table_name::text, type::text, srid, coord_dimension from geometry_columns where f_table_schema = 'p'"
    )
    assert set(described) == {
        ("townships", "MULTIPOLYGON", 4326, 2),
        ("villages", "MULTIPOLYGON", 4326, 2),
        ("sites", "POINT", 4326, 2),
        ("nodes", "POINT", 4326, 2),
        ("routes", "LINESTRING", 4326, 2),
        ("gaps", "POINT", 4326, 2),
    }
    indexes = target.run("select tablename, indexdef from pg_indexes where schemaname = 'p'")
    assert {table for table, index in indexes if "USING gist (geom)" in index} == {t for t, *_ in described}
    keys = {table for table, index in indexes if "UNIQUE" in index and "(id)" in index}
    assert keys == {"townships", "villages", "sites", "nodes", "routes"}


def test_the_schema_is_the_projects_name_where_none_is_given(make_plan, target):
    plan = make_plan()

    assert write_postgis(plan, target.url, date=DATE).endswith(f" {plan.region.project.name}")
    assert target.run("select count(*) from pg_namespace where nspname = %s", plan.region.project.name) == [
        (1,)
    ]


def test_a_plan_without_anything_built_is_written(make_plan, target):
    plan = make_plan()
    empty = replace(
        plan, routes=plan.routes.iloc[:0], gaps=plan.gaps.iloc[:0], cost_lines=plan.cost_lines.iloc[:0]
    )

    write_postgis(empty, target.url, "p", date=DATE)

    assert target.run("select count(*) from p.routes") == [(0,)]
    assert target.run("select type::text from geometry_columns where f_table_name = 'routes'") == [
        ("LINESTRING",)
    ]


def test_the_next_plan_takes_the_place_of_the_last(make_plan, target):
    # given a plan with a view upon it and a reader who was let in
    write_postgis(make_plan(villages=30), target.url, "p", date=DATE)
    target.run("create view open_gaps as select * from p.gaps where duty")
    target.run("create role reader; grant usage on schema p to reader; grant select on p.villages to reader")
    later = make_plan(villages=12, seed=5)

    write_postgis(later, target.url, "p", date=DATE)

    for name, expected in layers(later).items():
        assert_equal(read_back(target, "p", name), expected)
    assert target.run("select count(*) from open_gaps") == [(int(later.gaps["duty"].sum()),)]
    assert target.run("select has_table_privilege('reader', 'p.villages', 'select')") == [(True,)]
    target.run("drop owned by reader; drop role reader")


def test_a_table_whose_columns_changed_is_made_anew(make_plan, target):
    plan = make_plan()
    write_postgis(plan, target.url, "p", date=DATE)
    target.run("alter table p.sites drop column bands; alter table p.nodes alter ports type text")

    write_postgis(plan, target.url, "p", date=DATE)

    assert_equal(read_back(target, "p", "sites"), layers(plan)["sites"])
    assert_equal(read_back(target, "p", "nodes"), layers(plan)["nodes"])


def test_readers_see_the_former_plan_until_the_new_one_is_whole(make_plan, target):
    # given a plan, and a writer who is held up at the last table
    write_postgis(make_plan(villages=30), target.url, "p", date=DATE)
    before = target.run("select count(*) from p.villages")
    later = make_plan(villages=12)
    address = f"postgresql://postgres@127.0.0.1:{target.port}/{target.name}"
    with psycopg.connect(address, password=os.environ["PGPASSWORD"]) as holder:
        holder.execute("lock table p.plan in share mode")
        writer = threading.Thread(target=write_postgis, args=(later, target.url, "p"), kwargs={"date": DATE})
        writer.start()
        waiting = "select count(*) from pg_locks where not granted"
        while target.run(waiting) == [(0,)]:
            assert writer.is_alive()

        # when someone reads meanwhile
        meanwhile = target.run("select count(*) from p.villages")
    writer.join()

    assert meanwhile == before
    assert target.run("select count(*) from p.villages") == [(len(later.villages),)]


def test_a_write_that_fails_on_the_way_changes_nothing(make_plan, target):
    write_postgis(make_plan(villages=30), target.url, "p", date=DATE)
    before = {name: target.run(f"select count(*) from p.{name}") for name in TABLES}
    target.run("alter table p.gaps add constraint small check (length(id) < 1) not valid")

    with pytest.raises(OutputError, match=r'schema p: the database refuses .*constraint "small"'):
        write_postgis(make_plan(villages=12), target.url, "p", date=DATE)

    assert {name: target.run(f"select count(*) from p.{name}") for name in TABLES} == before


def test_two_writers_leave_one_whole_plan(make_plan, target):
    plans = [make_plan(villages=30), make_plan(villages=12)]
    write_postgis(plans[0], target.url, "p", date=DATE)
    writers = [
        threading.Thread(target=write_postgis, args=(plan, target.url, "p"), kwargs={"date": DATE})
        for plan in plans
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    ((mark,),) = target.run("select hash from p.plan")
    left = next(plan for plan in plans if plan_hash(plan) == mark)
    for name, expected in layers(left).items():
        assert_equal(read_back(target, "p", name), expected)


class TestMistakes:
    def refused(self, make_plan, address, schema="p"):
        """What is said before the work and at its end; it is the same."""
        with pytest.raises(OutputError) as early:
            prepare_postgis(address, schema)
        with pytest.raises(OutputError) as late:
            write_postgis(make_plan(), address, schema, date=DATE)
        assert str(early.value).split("(")[0] == str(late.value).split("(")[0]
        assert "\n" not in str(early.value)
        return str(early.value)

    def test_nothing_is_wrong(self, make_plan, target):
        prepare_postgis(target.url, "p")
        assert target.run("select count(*) from pg_namespace where nspname = 'p'") == [(0,)]
        write_postgis(make_plan(), target.url, "p", date=DATE)
        prepare_postgis(target.url, "p")
        assert target.run("select count(*) from pg_tables where schemaname = 'p'") == [(len(TABLES),)]

    def test_the_right_is_missing(self, make_plan, database):
        assert "the right is missing (permission denied for database" in self.refused(make_plan, database.url)

    def test_the_right_to_a_schema_is_missing(self, make_plan, target):
        target.run("create schema p")
        assert "permission denied for schema p" in self.refused(make_plan, target.url)

    def test_there_is_no_postgis(self, make_plan, target):
        target.run("drop extension postgis")
        assert "Run create extension postgis" in self.refused(make_plan, target.url)

    @pytest.mark.parametrize(
        "thing", ["create table p.sites (id text)", "create view p.sites as select 1 as id"]
    )
    def test_a_table_of_somebody_else_is_left_alone(self, make_plan, target, thing):
        target.run(f"create schema p; {thing}; grant all on schema p to planner")

        assert "there is a table sites already that DualGig did not write" in self.refused(
            make_plan, target.url
        )
        assert len(target.run("select * from pg_class where relname = 'sites'")) == 1

    def test_a_view_upon_a_table_whose_columns_change(self, make_plan, target):
        write_postgis(make_plan(), target.url, "p", date=DATE)
        target.run("alter table p.sites add extra text; create view tall as select extra from p.sites")

        with pytest.raises(OutputError, match=r"view tall depends on table p\.sites") as told:
            write_postgis(make_plan(), target.url, "p", date=DATE)

        assert "Drop them first" in str(told.value)
        assert target.run("select count(*) from tall")[0][0] > 0

    def test_the_server_is_down_and_the_password_is_not_told(self, make_plan):
        told = self.refused(make_plan, "postgresql://u:geheim@127.0.0.1:1/d")

        assert told.startswith("postgresql://u@127.0.0.1:1/d, schema p: the database cannot be opened")
        assert "geheim" not in told

    @pytest.mark.parametrize("address", ["gis", "postgresql://u:ge/heim@h/d"])
    def test_that_is_no_address(self, make_plan, address):
        told = self.refused(make_plan, address)

        assert "postgresql://user@host" in told
        assert "heim" not in told


class TestCommandLine:
    def run(self, *arguments, cwd):
        return subprocess.run(
            [sys.executable, "-m", "dualgig", "plan", *map(str, arguments)],
            cwd=cwd,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
            check=False,
        )

    def test_a_plan_goes_to_files_and_database(self, tiny_project, target, tmp_path):
        project = tiny_project()

        done = self.run(project.path, "--postgis", target.url, "--schema", "规划", cwd=tmp_path)

        assert done.returncode in (0, 3), done.stderr
        assert f"{target.url} 规划" in done.stdout
        written = json.loads((tmp_path / "maps" / "tiny" / "plan.json").read_text(encoding="utf-8"))
        assert target.run('select document, hash from "规划".plan')[0][0] == written

    def test_a_database_that_refuses_is_told_before_the_work(self, tiny_project, tmp_path):
        project = tiny_project()
        project.resolve("sites.csv").unlink()

        done = self.run(project.path, "--postgis", "postgresql://u:geheim@127.0.0.1:1/d", cwd=tmp_path)

        assert done.returncode == 1
        assert "cannot be opened" in done.stderr
        assert "geheim" not in done.stderr + done.stdout
        assert "Traceback" not in done.stderr

    def test_a_schema_needs_a_database(self, tiny_project, tmp_path):
        done = self.run(tiny_project().path, "--schema", "p", cwd=tmp_path)

        assert done.returncode == 2
        assert "--postgis" in done.stderr
