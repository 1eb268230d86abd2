"""A project file guessed from a folder: what is marked is filled in, and then the plan runs."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import geopandas as gpd
import pandas as pd
import pytest

from dualgig.errors import OutputError, ProjectError
from dualgig.project import Project
from dualgig.region.load import check, load_region
from dualgig.scaffold.init import init_project

from_mark = re.compile(r"\s*# \?\?\? .*")


def marked(path):
    """The lines that a person is asked about, without the head of the file."""
    return [line for line in path.read_text(encoding="utf-8").splitlines()[1:] if "# ??? " in line]


def fill(path, **values):
    """Fill in marked lines by key, in their order, and take the marks out, as a planner does."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key = line.split(" = ")[0]
        if "# ??? " in line and key in values and values[key]:
            given = values[key].pop(0)
            lines.append(f"{key} = {given}" if given else from_mark.sub("", line))
        else:
            lines.append(line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def errors(project):
    return [str(problem) for problem in check(project) if problem.severity == "error"]


@pytest.fixture
def tiny_folder(tiny_project):
    """The tiny region's files without its project file."""
    project = tiny_project()
    project.path.unlink()
    return project.path.parent


def edit_csv(path, change, **options):
    frame = change(pd.read_csv(path, dtype=str, keep_default_na=False))
    frame.to_csv(path, index=False, **options)


class TestDemo:
    def test_chinese_files_need_three_answers_and_are_the_demo(self, demo_in_chinese, demo_region):
        # when
        made = init_project(demo_in_chinese)

        # then only what no file says is asked: two CRS that were guessed, and the money
        assert made.path == demo_in_chinese / "project.toml"
        assert [line.split(" = ")[0] for line in marked(made.path)] == ["crs", "crs", "total_cny"]
        assert made.marks == 3
        assert made.language == "zh"
        fill(made.path, crs=["", ""], total_cny=["38_000_000"])
        assert "???" not in "".join(made.path.read_text(encoding="utf-8").splitlines()[2:])

        # and the region is the demo's
        project = Project.load(made.path)
        assert errors(project) == []
        region = load_region(project)
        for name in ("townships", "villages", "sites", "nodes", "keypoints", "demand"):
            found, expected = getattr(region, name), getattr(demo_region, name)
            assert found.index.tolist() == expected.index.tolist(), name
            for column in (
                "name",
                "population",
                "households",
                "mast_m",
                "structure",
                "fibre",
                "kind",
                "weight",
            ):
                if column in expected and (name, column) not in {("townships", "kind"), ("demand", "name")}:
                    assert found[column].tolist() == expected[column].tolist(), (name, column)
            apart = found.to_crs(4549).distance(expected.to_crs(4549))
            assert apart.max() < 0.01, name
        assert region.villages["priority"].sum() == demo_region.villages["priority"].sum()
        assert project.title == "庆元县双千兆覆盖规划"
        by_id = {configuration.id: configuration for configuration in project.configurations}
        demo = {configuration.id: configuration for configuration in demo_region.project.configurations}
        assert {key: (c.operator, c.bands) for key, c in by_id.items()} == {
            key: (c.operator, c.bands) for key, c in demo.items()
        }

    def test_what_is_no_input_is_named(self, demo_in_chinese):
        made = init_project(demo_in_chinese)

        (line,) = [s for s in made.path.read_text(encoding="utf-8").splitlines() if "未使用的文件" in s]
        assert "县界" in line
        assert "relief.asc" in line
        assert "站址清单.xlsx (说明)" in line

    def test_the_demo_as_it_is_needs_the_budget_only(self, tmp_path, demo_region):
        folder = demo_region.project.path.parent
        made = init_project(folder, tmp_path / "mine.toml")

        assert [line.split(" = ")[0] for line in marked(made.path)] == ["total_cny"]
        project = Project.load(made.path)
        assert errors(project) == []
        assert project.inputs.villages.path.endswith("data/qingyuan/villages.geojson")
        assert sorted(path.name for path in folder.iterdir()).count("project.toml") == 1

    @pytest.mark.slow
    def test_after_filling_in_it_plans(self, demo_in_chinese, tmp_path):
        made = init_project(demo_in_chinese)
        fill(made.path, crs=["", ""], total_cny=["38_000_000"])

        done = subprocess.run(
            [sys.executable, "-m", "dualgig", "plan", made.path, "--out", tmp_path / "out"],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )

        assert done.returncode in (0, 3), done.stderr
        assert (tmp_path / "out" / "map.html").exists()
        assert "双千兆覆盖规划" in done.stdout


class TestTiny:
    def test_english_files_make_an_english_plan(self, tiny_folder):
        for path in tiny_folder.iterdir():
            if path.suffix in (".csv", ".geojson"):
                text = path.read_text(encoding="utf-8")
                path.write_text(re.sub(r"[一-鿿]+", "place", text), encoding="utf-8")
        made = init_project(tiny_folder)
        fill(made.path, total_cny=["6_000_000"], bands=["", "", "", ""], operator=["", ""])

        project = Project.load(made.path)

        assert made.language == project.project.language == "en"
        assert errors(project) == []
        text = made.path.read_text(encoding="utf-8")
        assert "What must be reached" in text
        assert not re.search("[一-鿿]", text.replace("China", ""))

    def test_the_language_can_be_chosen(self, tiny_folder):
        text = init_project(tiny_folder, language="en").path.read_text(encoding="utf-8")

        assert 'language = "en"' in text
        assert "Lines with ???" in text

    def test_a_column_that_cannot_be_told_is_asked_for(self, tiny_folder):
        # given villages whose people stand under a name that says nothing
        path = tiny_folder / "villages.geojson"
        path.write_text(path.read_text(encoding="utf-8").replace('"population"', '"f_07"'), encoding="utf-8")

        made = init_project(tiny_folder, language="en")

        (line,) = [line for line in marked(made.path) if line.startswith("population")]
        assert "f_07" in line
        project = Project.load(made.path)
        assert any("population" in problem for problem in errors(project))
        fill(made.path, population=['"f_07"'])
        assert errors(Project.load(made.path)) == []

    def test_a_column_whose_cells_do_not_fit_is_told(self, tiny_folder):
        edit_csv(
            tiny_folder / "sites.csv",
            lambda f: f.rename(columns={"mast_m": "挂高"}).assign(挂高="约三十米"),
        )

        made = init_project(tiny_folder)

        assert any("mast_m" in line and "挂高" in line and "约三十米" in line for line in marked(made.path))
        assert errors(Project.load(made.path)) == []

    def test_names_of_places_are_not_taken_for_their_ids(self, tiny_folder):
        edit_csv(
            tiny_folder / "keypoints.csv",
            lambda f: f.rename(columns={"township": "乡镇"}).assign(乡镇="松源镇", village=""),
        )

        made = init_project(tiny_folder)

        project = Project.load(made.path)
        assert "township" not in project.inputs.keypoints.columns
        assert any("township" in line and "松源镇" in line for line in marked(made.path))

    def test_references_are_found_by_their_cells(self, tiny_folder):
        edit_csv(tiny_folder / "keypoints.csv", lambda f: f.rename(columns={"village": "whatever"}))

        project = Project.load(init_project(tiny_folder).path)

        assert project.inputs.keypoints.columns["village"] == "whatever"

    def test_files_that_are_missing_are_asked_for_and_the_file_loads(self, tiny_folder):
        for name in ("sites.csv", "terrain.tif", "roads.osm", "nodes.csv"):
            (tiny_folder / name).unlink()

        made = init_project(tiny_folder, language="en")

        project = Project.load(made.path)
        assert made.inputs["sites"] == made.inputs["terrain"] == made.inputs["roads"] == ""
        told = errors(project)
        assert any("inputs.sites.path" in problem for problem in told)
        assert any("inputs.terrain.path" in problem for problem in told)
        assert sum(line.startswith("path = ") for line in marked(made.path)) == 2
        assert project.inputs.nodes is None
        assert project.goals.township_gigabit is None
        assert project.goals.township_5g == 1.0

    def test_two_files_that_could_be_it_are_both_named(self, tiny_folder):
        shutil.copy(tiny_folder / "sites.csv", tiny_folder / "sites_2023.csv")

        made = init_project(tiny_folder, language="en")

        (line,) = [line for line in marked(made.path) if line.startswith("path")]
        assert "sites.csv" in line
        assert "sites_2023.csv" in line

    def test_packed_roads_are_told_how_to_unpack(self, tiny_folder):
        (tiny_folder / "roads.osm").rename(tiny_folder / "county.osm.pbf")

        made = init_project(tiny_folder, language="en")

        assert any("osmium cat county.osm.pbf" in line for line in marked(made.path))
        assert Project.load(made.path).inputs.roads is None

    def test_without_operators_an_example_is_marked(self, tiny_folder):
        edit_csv(tiny_folder / "sites.csv", lambda f: f.drop(columns=["operators", "on_air", "structure"]))

        made = init_project(tiny_folder, language="en")

        project = Project.load(made.path)
        assert project.operators == ("Operator A",)
        assert {line.split(" = ")[0] for line in marked(made.path)} >= {"operator", "bands"}
        assert project.candidates.generate

    def test_a_population_raster_stands_for_the_column(self, tiny_folder):
        path = tiny_folder / "villages.geojson"
        path.write_text(path.read_text(encoding="utf-8").replace('"population"', '"f_07"'), encoding="utf-8")
        shutil.copy(tiny_folder / "terrain.tif", tiny_folder / "worldpop_2020.tif")

        made = init_project(tiny_folder)

        project = Project.load(made.path)
        assert project.inputs.population.path == "worldpop_2020.tif"
        assert project.inputs.terrain.path == "terrain.tif"
        assert not any(line.startswith("population") for line in marked(made.path))

    def test_land_cover_is_told_and_left_to_the_planner(self, tiny_folder):
        shutil.copy(tiny_folder / "terrain.tif", tiny_folder / "ESA_WorldCover_10m.tif")

        made = init_project(tiny_folder, language="en")

        assert any("ESA_WorldCover_10m.tif" in line for line in marked(made.path))
        assert Project.load(made.path).inputs.clutter is None

    def test_a_shapefile_in_a_plain_zone_is_placed_by_the_others(self, tiny_folder):
        frame = gpd.read_file(tiny_folder / "townships.geojson").to_crs(4549)
        (tiny_folder / "townships.geojson").unlink()
        frame.to_file(tiny_folder / "townships.shp")
        (tiny_folder / "townships.prj").unlink()

        made = init_project(tiny_folder)

        project = Project.load(made.path)
        # 119 E lies in the zone of 120 E
        assert project.inputs.townships.crs == "EPSG:4549"
        assert errors(project) == []

    def test_prices_are_assumptions_and_whole(self, tiny_folder):
        prices = tomllib.loads(init_project(tiny_folder, language="en").path.read_text(encoding="utf-8"))[
            "costs"
        ]["prices"]

        assert all(price["source"].startswith("Assumption") for price in prices.values())


class TestRefusals:
    def test_an_existing_file_is_never_written_over(self, tiny_folder):
        path = tiny_folder / "project.toml"
        path.write_text("# mine\n")

        with pytest.raises(OutputError, match="there is a file already"):
            init_project(tiny_folder)
        with pytest.raises(OutputError, match="there is a file already"):
            init_project(tiny_folder, path)

        assert path.read_text() == "# mine\n"

    def test_nor_is_a_link_followed(self, tiny_folder, tmp_path):
        (tiny_folder / "project.toml").symlink_to(tmp_path / "elsewhere.toml")

        with pytest.raises(OutputError):
            init_project(tiny_folder)

        assert not (tmp_path / "elsewhere.toml").exists()

    def test_a_folder_that_is_none(self, tmp_path):
        with pytest.raises(ProjectError, match="there is no such folder"):
            init_project(tmp_path / "none")

    def test_a_folder_without_anything_useful(self, tmp_path):
        (tmp_path / "letter.docx").write_text("...")
        (tmp_path / "notes.txt").write_text("nothing\n")

        with pytest.raises(ProjectError, match="nothing here can be an input"):
            init_project(tmp_path)

    def test_a_place_that_cannot_be_written(self, tiny_folder, tmp_path):
        with pytest.raises(OutputError, match="the folder does not exist"):
            init_project(tiny_folder, tmp_path / "none" / "p.toml")


class TestCommandLine:
    def run(self, *arguments, cwd):
        return subprocess.run(
            [sys.executable, "-m", "dualgig", "init", *map(str, arguments)],
            cwd=cwd,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "160"},
            check=False,
        )

    def test_it_tells_what_was_taken_and_what_is_left(self, tiny_folder, tmp_path):
        done = self.run(tiny_folder, "--out", "county.toml", "--language", "en", cwd=tmp_path)

        assert done.returncode == 0, done.stderr
        assert "villages.geojson" in done.stdout
        asked = len(marked(tmp_path / "county.toml"))
        assert f"{asked} lines with ???" in done.stdout
        assert "dualgig check county.toml" in done.stdout
        assert not (tiny_folder / "project.toml").exists()

    def test_a_mistake_is_one_sentence(self, tmp_path):
        done = self.run(tmp_path / "none", cwd=tmp_path)

        assert done.returncode == 1
        assert "there is no such folder" in done.stderr
        assert "Traceback" not in done.stderr


def test_paths_run_from_the_file_to_the_folder(tiny_folder, tmp_path):
    other = tmp_path / "plans" / "2025"
    other.mkdir(parents=True)

    made = init_project(tiny_folder, other / "p.toml")

    project = Project.load(made.path)
    assert project.resolve(project.inputs.sites.path) == (tiny_folder / "sites.csv").resolve()
    assert "\\" not in project.inputs.sites.path
    assert errors(project) == []
