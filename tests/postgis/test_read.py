"""Inputs from PostGIS come out as from files, and what is wrong with them is told with its mend."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from dualgig.errors import InputError
from dualgig.region.findings import Findings
from dualgig.region.load import check, load_region
from dualgig.region.read import read_layer
from dualgig.region.validate import validate

TABLES = ("townships", "villages", "sites", "nodes", "keypoints", "status", "exclusions")


def file_of(project, name):
    path = project.resolve(getattr(project.inputs, name).path)
    return gpd.read_file(path) if path.suffix == ".geojson" else pd.read_csv(path, dtype=str)


def in_database(tiny_project, database, name, **options):
    """The tiny project with one input in the database, taken from its file."""
    project = tiny_project()
    database.load(name, file_of(project, name), **options)
    return tiny_project(inputs={name: {"path": database.url, "layer": f"public.{name}"}})


def only(problems):
    (problem,) = problems
    return problem


def test_every_table_reads_like_its_file(tiny_project, database):
    # given a region whose files are loaded into the database, points both as columns and as geometry
    project = tiny_project()
    before = load_region(project)
    inputs = {}
    for name in TABLES:
        frame = file_of(project, name)
        if name in ("nodes", "keypoints"):
            points = gpd.points_from_xy(frame.pop("lon").astype(float), frame.pop("lat").astype(float))
            frame = gpd.GeoDataFrame(frame, geometry=points, crs=4326)
        database.load(name, frame.sample(frac=1, random_state=1), types={"population": "integer"})
        inputs[name] = {"path": database.url, "layer": f"public.{name}"}

    # when
    after = load_region(tiny_project(inputs=inputs))

    # then every table is the same, its rows in the order of their ids
    for name in TABLES:
        expected = getattr(before, name)
        expected = expected.sort_values("place") if name == "status" else expected.sort_index()
        found = getattr(after, name)
        if name == "status":
            expected.index, found.index = found.index, found.index
        pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected), check_dtype=True)
    assert after.inputs["villages"]["path"] == f"{database.url} public.villages"
    assert after.inputs["villages"]["rows"] == 7
    assert after.inputs["townships"]["path"] == f"{database.url} public.townships"


def test_the_digest_is_of_what_was_read(tiny_project, database):
    project = in_database(tiny_project, database, "exclusions")
    first = load_region(project).inputs["exclusions"]["sha256"]

    assert load_region(project).inputs["exclusions"]["sha256"] == first
    database.run("update exclusions set name = name || '（扩大）'")
    second = load_region(project).inputs["exclusions"]["sha256"]
    database.run("update exclusions set geom = ST_Translate(geom, 1e-7, 0)")
    third = load_region(project).inputs["exclusions"]["sha256"]

    assert len({first, second, third}) == 3
    assert all(len(digest) == 64 for digest in (first, second, third))


def test_a_query_chooses_and_renames(tiny_project, database):
    project = tiny_project()
    villages = file_of(project, "villages").rename(columns={"id": "行政区划代码", "population": "总 人口"})
    database.load("村", villages, types={"总 人口": "numeric(12,2)"})
    query = """
        select "行政区划代码" as id, name, population * 2 as population, geom -- 人口翻倍 100%
        from (select *, "总 人口" as population from "村") v
        where name like '%村' -- without the community
    """

    region = load_region(
        tiny_project(
            inputs={"villages": {"path": database.url, "query": query}, "keypoints": None, "status": None}
        )
    )

    expected = villages[villages["name"].str.endswith("村")]
    assert region.villages.index.tolist() == sorted(expected["行政区划代码"])
    assert region.villages.at["331126201201", "population"] == 3600


@pytest.mark.parametrize("layer", ["villages", "PUBLIC.Villages", '"public"."villages"', "public.villages"])
def test_names_of_tables(tiny_project, database, layer):
    in_database(tiny_project, database, "villages")

    assert len(
        load_region(tiny_project(inputs={"villages": {"path": database.url, "layer": layer}})).villages
    )


def test_a_view_in_another_schema_with_signs_in_its_name(tiny_project, database):
    in_database(tiny_project, database, "villages")
    database.run('create schema "规划.2025"')
    database.run('create view "规划.2025"."Vil""lages" as select * from villages')
    database.run('grant usage on schema "规划.2025" to planner')
    database.run('grant select on "规划.2025"."Vil""lages" to planner')

    layer = '"规划.2025"."Vil""lages"'
    assert len(
        load_region(tiny_project(inputs={"villages": {"path": database.url, "layer": layer}})).villages
    )


@pytest.mark.parametrize("srid", [4326, 4490, 4549, 4528, 32650])
def test_any_srid_is_the_same_place(tiny_project, database, srid):
    before = load_region(tiny_project()).townships
    project = in_database(tiny_project, database, "townships")
    database.run(
        f"alter table townships alter geom type geometry(Geometry, {srid}) using ST_Transform(geom, {srid})"
    )

    after = load_region(project).townships

    for one, other in zip(before.geometry, after.geometry, strict=True):
        assert one.hausdorff_distance(other) < 1e-7


def test_postgis_in_a_schema_of_its_own_and_geography(tiny_project, database):
    before = load_region(tiny_project()).townships
    project = in_database(tiny_project, database, "townships")
    database.run("alter table townships alter geom type geography using geom::geography")
    database.run("create schema tools")
    database.run("update pg_extension set extrelocatable = true where extname = 'postgis'")
    database.run("alter extension postgis set schema tools")
    database.run("grant usage on schema tools to planner")

    after = load_region(project).townships

    assert after.geometry.geom_equals(before.geometry).all()


def test_arcs_become_lines_and_heights_are_dropped(tiny_project, database):
    project = in_database(tiny_project, database, "exclusions")
    database.run("alter table exclusions alter geom type geometry")
    database.run(
        "update exclusions set geom = ST_SetSRID('CURVEPOLYGON Z (CIRCULARSTRING Z ("
        "119.1 27.62 5, 119.11 27.63 5, 119.12 27.62 5, 119.11 27.61 5, 119.1 27.62 5))'::geometry, 4326)"
    )

    (shape,) = load_region(project).exclusions.geometry

    assert shape.geom_type == "Polygon"
    assert not shape.has_z
    assert shape.area == pytest.approx(3.14159 * 0.01**2, rel=0.001)


def test_values_become_the_text_that_a_file_has(tiny_project, database):
    project = in_database(tiny_project, database, "sites")
    database.run("drop table sites")
    database.run(
        """create table sites as select
            'S1'::varchar as id, 331126.0::float8 as name, 'existing' as structure,
            array['China Mobile', 'China Unicom'] as operators, null::text as on_air,
            35.50::numeric as mast_m, 0::real as power_km, 119.05::float8 as "LON", 27.64 as "LAT" """
    )
    database.run("grant select on sites to planner")

    site = load_region(project).sites.loc["S1"]

    assert site["name"] == "331126"
    assert site["operators"] == ("China Mobile", "China Unicom")
    assert (site["mast_m"], site["power_km"], site["on_air"]) == (35.5, 0.0, ())
    assert (site.geometry.x, site.geometry.y) == (119.05, 27.64)


def test_dates_and_flags(tiny_project, database):
    project = in_database(tiny_project, database, "status")
    database.run("alter table status alter served type boolean using served = '1'")
    database.run("alter table status alter date type timestamptz using date::timestamptz")

    status = load_region(project).status

    assert status["served"].tolist() == [True, False]
    assert status["date"].tolist() == ["2024-06-30", "2024-06-30"]


class TestPassword:
    def test_it_may_come_from_a_password_file(self, tiny_project, database, password, monkeypatch, tmp_path):
        project = in_database(tiny_project, database, "exclusions")
        secret = tmp_path / "pgpass"
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        secret.write_text(f"127.0.0.1:{database.port}:*:planner:{escaped}\n")
        secret.chmod(0o600)
        monkeypatch.delenv("PGPASSWORD")
        monkeypatch.setenv("PGPASSFILE", str(secret))

        assert len(load_region(project).exclusions) == 1

    def test_one_in_the_address_is_used_and_written_nowhere(
        self, tiny_project, database, password, monkeypatch, tmp_path
    ):
        # given a project file with the password in it
        in_database(tiny_project, database, "exclusions")
        monkeypatch.delenv("PGPASSWORD")
        address = database.url.replace("planner@", "planner:ge%3Ah%2Fei%40m%20%25@")
        project = tiny_project(inputs={"exclusions": {"path": address, "layer": "exclusions"}})
        assert "ge%3A" in project.path.read_text(encoding="utf-8")

        # when it is planned
        out = tmp_path / "out"
        done = subprocess.run(
            [sys.executable, "-m", "dualgig", "plan", project.path, "--out", out],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )

        # then no output and no word holds it
        assert done.returncode in (0, 3), done.stderr
        texts = [done.stdout, done.stderr]
        texts += [file.read_bytes().decode("utf-8", "ignore") for file in out.iterdir()]
        assert len(texts) > 8
        for text in texts:
            assert password not in text
            assert "ge%3A" not in text
        written = json.loads((out / "plan.json").read_text(encoding="utf-8"))
        assert written["inputs"]["exclusions"]["path"] == f"{database.url} exclusions"
        assert written["options"]["inputs"]["exclusions"]["path"] == database.url

    def test_a_wrong_one_is_told_without_it(self, tiny_project, database, monkeypatch):
        monkeypatch.delenv("PGPASSWORD")
        address = database.url.replace("planner@", "planner:falsch@")
        problem = only(check(tiny_project(inputs={"nodes": {"path": address, "layer": "nodes"}})))

        assert problem.file == f"{database.url} nodes"
        assert "password authentication failed" in problem.problem
        assert ".pgpass" in problem.mend
        assert "falsch" not in str(problem)


class TestMistakes:
    def told(self, tiny_project, database, **layer):
        """The one problem of a project whose exclusions are as given."""
        path = layer.pop("path", database.url)
        project = tiny_project(inputs={"exclusions": {"path": path, **layer}})
        findings = Findings()
        raw = read_layer(project, "exclusions", findings)
        if raw is not None:
            validate(raw, project, (), findings)
        problem = only(findings.errors)
        assert problem.file.startswith(path)
        return problem

    def test_the_server_is_down(self, tiny_project):
        address = "postgresql://planner:geheim@127.0.0.1:1/gis"
        project = tiny_project(inputs={"exclusions": {"path": address, "layer": "parks"}})

        problem = only(check(project))
        with pytest.raises(InputError, match=problem.mend):
            load_region(project)

        assert problem.file == "postgresql://planner@127.0.0.1:1/gis parks"
        assert "Connection refused" in problem.problem
        assert "Start the server" in problem.mend
        assert "\n" not in str(problem)

    def test_there_is_no_such_database(self, tiny_project, database):
        path = database.url + "_too"

        assert (
            f'database "{database.name}_too" does not exist'
            in self.told(tiny_project, database, path=path, layer="parks").problem
        )

    def test_there_is_no_such_table(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")

        problem = self.told(tiny_project, database, layer="public.exclusion")

        assert problem.problem.startswith(
            "the database has no table 'public.exclusion'; it has public.exclusions"
        )
        assert problem.mend == 'Write layer = "public.exclusions" for it in the project file.'

    def test_the_table_is_in_another_schema(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")
        database.run("create schema parks")
        database.run("alter table exclusions set schema parks")

        assert 'layer = "parks.exclusions"' in self.told(tiny_project, database, layer="exclusions").mend

    def test_the_right_is_missing(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")
        database.run("revoke select on exclusions from planner")

        problem = self.told(tiny_project, database, layer="exclusions")

        assert "permission denied for table exclusions" in problem.problem
        assert "grant" in problem.mend

    def test_a_column_is_missing(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")
        database.run("alter table exclusions rename id to gid")

        problem = self.told(tiny_project, database, layer="exclusions")

        assert problem.file == f"{database.url} exclusions"
        assert problem.column == "id"
        assert 'columns = { id = "gid" } under inputs.exclusions' in problem.mend

    def test_a_query_names_what_is_not_there(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")

        problem = self.told(tiny_project, database, query="select id, nmae, geom from exclusions")

        assert problem.file == f"{database.url} (query)"
        assert 'column "nmae" does not exist' in problem.problem

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("selekt 1", "syntax error"),
            ("select 1 as id) as q; drop table exclusions; select (1", "multiple commands"),
            ("delete from exclusions returning *", "syntax error"),
            ("select id, geom from emptied()", "would change the database"),
            ("select 1 as id, 2 as id", "two columns are called 'id'"),
            ("select *, geom as other from exclusions", "several geometry columns: geom, other"),
        ],
    )
    def test_a_query_that_is_none_or_does_more_than_read(self, tiny_project, database, query, told):
        in_database(tiny_project, database, "exclusions")
        database.run(
            "create function emptied() returns setof exclusions language sql"
            " as 'delete from exclusions returning *'"
        )
        database.run("grant all on exclusions to planner")

        assert told in self.told(tiny_project, database, query=query).problem
        assert database.run("select count(*) from exclusions") == [(1,)]

    def test_there_is_no_geometry(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")
        database.run("alter table exclusions drop geom")

        problem = self.told(tiny_project, database, layer="exclusions")

        assert "there is no geometry column" in problem.problem
        assert "Give a table with a geometry" in problem.mend

    def test_the_database_has_no_postgis(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")
        database.run("drop extension postgis cascade")

        assert "there is no geometry column" in self.told(tiny_project, database, layer="exclusions").problem

    def test_a_geometry_is_missing(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")
        database.run("insert into exclusions values ('X0', '无图形', 'park', null)")

        problem = self.told(tiny_project, database, layer="exclusions")

        assert (problem.row, problem.problem) == (1, "the feature has no geometry, or a broken one.")

    @pytest.mark.parametrize(
        ("srid", "crs", "told"),
        [
            (0, "", "the CRS is unknown"),
            (900_001, "", "the SRID 900001 of geom is unknown"),
            (4490, "EPSG:4326", "the project file says WGS 84"),
        ],
    )
    def test_the_crs_is_unknown_or_another(self, tiny_project, database, srid, crs, told):
        in_database(tiny_project, database, "exclusions")
        database.run(f"alter table exclusions alter geom type geometry using ST_SetSRID(geom, {srid})")

        problem = self.told(tiny_project, database, layer="exclusions", crs=crs)

        assert told in problem.problem
        assert "crs" in problem.mend

    @pytest.mark.parametrize("srid", [0, 900_001])
    def test_the_project_file_knows_the_crs(self, tiny_project, database, srid):
        in_database(tiny_project, database, "exclusions")
        database.run(f"alter table exclusions alter geom type geometry using ST_SetSRID(geom, {srid})")
        layer = {"path": database.url, "layer": "exclusions", "crs": "EPSG:4326"}

        assert len(load_region(tiny_project(inputs={"exclusions": layer})).exclusions) == 1

    def test_an_srid_of_ones_own(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")
        database.run(
            "insert into spatial_ref_sys (srid, auth_name, auth_srid, srtext)"
            " select 990001, 'county', 1, srtext from spatial_ref_sys where srid = 4326"
        )
        database.run("alter table exclusions alter geom type geometry using ST_SetSRID(geom, 990001)")
        layer = {"path": database.url, "layer": "exclusions"}

        assert len(load_region(tiny_project(inputs={"exclusions": layer})).exclusions) == 1

    def test_the_geometries_are_in_different_crs(self, tiny_project, database):
        in_database(tiny_project, database, "exclusions")
        database.run("alter table exclusions alter geom type geometry")
        database.run(
            "insert into exclusions select 'X2', name, kind, ST_Transform(geom, 4549) from exclusions"
        )

        problem = self.told(tiny_project, database, layer="exclusions")

        assert "different CRS: SRID 4326, 4549" in problem.problem
        assert "ST_Transform(geom, 4549)" in problem.mend

    def test_the_table_is_empty(self, tiny_project, database):
        in_database(tiny_project, database, "nodes")
        database.run("delete from nodes")
        problems = check(tiny_project(inputs={"nodes": {"path": database.url, "layer": "nodes"}}))

        assert "the layer is empty" in next(p.problem for p in problems if p.file == f"{database.url} nodes")

    def test_a_cell_is_wrong(self, tiny_project, database):
        in_database(tiny_project, database, "nodes")
        database.run("update nodes set ports = 'many' where id = 'N3'")
        problem = only(check(tiny_project(inputs={"nodes": {"path": database.url, "layer": "nodes"}})))

        # the third in the order of the ids
        assert (problem.file, problem.row, problem.column) == (f"{database.url} nodes", 3, "ports")


def test_without_the_extra_one_sentence_says_what_to_install(tiny_project, monkeypatch):
    layer = {"path": "postgresql://u:geheim@127.0.0.1:1/d", "layer": "parks"}
    project = tiny_project(inputs={"exclusions": layer})
    monkeypatch.setitem(sys.modules, "psycopg", None)

    problem = only(check(project))

    assert problem.mend == "Run pip install 'dualgig[postgis]'."
    assert str(problem).startswith("postgresql://u@127.0.0.1:1/d parks: databases need the package psycopg")


def test_the_extra_that_is_named_is_there():
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert any(
        name.startswith("psycopg")
        for name in tomllib.loads(text)["project"]["optional-dependencies"]["postgis"]
    )
