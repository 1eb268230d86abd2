"""`scripts/plan`, `scripts/test` and `.ci/run`: what they start, where, and what they answer."""

import os

import pytest

BROWSER = {"chromium": "", "fc-list": "echo 'WenQuanYi Zen Hei'"}
DATABASE = {"dpkg-query": "echo '<config-files><installed>'"}


@pytest.fixture
def with_tools(tmp_path, program):
    """An environment in which Chromium, a Chinese font and PostGIS are found."""
    for name, text in (BROWSER | DATABASE).items():
        program(tmp_path / "tools" / name, text)
    return os.environ | {"PATH": f"{tmp_path}/tools:{os.environ['PATH']}"}


@pytest.fixture
def without_tools(clone, ready, shell, program, tmp_path):
    """Run `scripts/test` after the set-up on a machine with nothing but these programs."""

    def run(programs):
        ready("postgis", "test")
        for name, text in programs.items():
            program(tmp_path / "bin" / name, text)
        return shell(clone / "scripts" / "test")

    return run


class TestPlan:
    def test_the_demo_is_planned_where_nothing_is_named(self, clone, ready, run, tmp_path):
        ready()

        answer = run([clone / "scripts" / "plan"], cwd=tmp_path)

        told = [str(clone), "dualgig", "plan", "data/qingyuan/project.toml"]
        assert answer.stdout.splitlines() == told
        assert (answer.returncode, answer.stderr) == (0, "")

    def test_options_alone_are_about_the_demo(self, clone, ready, run):
        ready()

        answer = run([clone / "scripts" / "plan", "--help"])

        assert answer.stdout.splitlines()[2:] == ["plan", "data/qingyuan/project.toml", "--help"]

    def test_a_project_is_looked_for_from_the_callers_folder(self, clone, ready, run, tmp_path):
        ready()
        folder = tmp_path / "my county"
        folder.mkdir()

        answer = run([clone / "scripts" / "plan", "the project.toml", "-v"], cwd=folder)

        assert answer.stdout.splitlines() == [str(folder), "dualgig", "plan", "the project.toml", "-v"]

    @pytest.mark.parametrize("code", [0, 1, 2, 3])
    def test_the_exit_code_is_the_plans(self, clone, ready, run, code):
        ready(exit_code=code)

        assert run([clone / "scripts" / "plan"]).returncode == code

    def test_another_programs_python_settings_are_left_out(self, clone, ready, run, program):
        ready()
        program(clone / ".venv" / "bin" / "dualgig", 'echo "${PYTHONPATH-none} ${PYTHONHOME-none}"')
        environment = os.environ | {"PYTHONPATH": "/opt/gis/python", "PYTHONHOME": "/opt/gis"}

        answer = run([clone / "scripts" / "plan"], env=environment)

        assert answer.stdout == "none none\n"


class TestTest:
    @pytest.mark.parametrize(
        ("given", "passed"),
        [
            ([], ["-m", "not slow", "--numprocesses", "auto", "--dist", "loadfile"]),
            (["--slow"], ["--numprocesses", "auto", "--dist", "loadfile"]),
            (["-k", "two words", "--slow", "tests/setup"], ["-k", "two words", "tests/setup"]),
            (["-x"], ["-m", "not slow", "-x"]),
        ],
    )
    def test_slow_tests_run_only_when_asked_for(self, clone, ready, run, with_tools, tmp_path, given, passed):
        ready("postgis", "test")

        answer = run([clone / "scripts" / "test", *given], cwd=tmp_path, env=with_tools)

        assert answer.stdout.splitlines() == [str(clone), "pytest", *passed]

    def test_the_exit_code_is_pytests(self, clone, ready, run, with_tools):
        ready("postgis", "test", exit_code=5)

        assert run([clone / "scripts" / "test"], env=with_tools).returncode == 5

    def test_nothing_is_installed_where_everything_is_there(self, without_tools):
        answer = without_tools(BROWSER | DATABASE | {"id": "echo 0", "apt-get": "echo called >&2"})

        assert answer.stderr == ""

    def test_root_gets_browser_and_font_installed(self, without_tools):
        apt = {"apt-get": 'echo "$DEBIAN_FRONTEND $*" >&2'}
        answer = without_tools(DATABASE | apt | {"id": "echo 0", "fc-list": ""})

        assert answer.stderr.splitlines() == [
            "dualgig: installing chromium fonts-wqy-zenhei for the browser tests ...",
            " -qq update",
            "noninteractive -qq install -y --no-install-recommends chromium fonts-wqy-zenhei",
        ]
        assert "pytest" in answer.stdout

    def test_only_what_is_missing_is_installed(self, without_tools):
        programs = {"id": "echo 0", "chromium": "", "fc-list": "", "apt-get": "echo $* >&2"}
        answer = without_tools(DATABASE | programs)

        assert answer.stderr.splitlines()[-1].endswith("--no-install-recommends fonts-wqy-zenhei")

    @pytest.mark.parametrize(
        "found", [{}, {"dpkg-query": "exit 1"}, {"dpkg-query": "echo '<not-installed>'"}]
    )
    def test_root_gets_a_database_installed(self, without_tools, found):
        answer = without_tools(BROWSER | found | {"id": "echo 0", "apt-get": "echo $* >&2"})

        assert answer.stderr.splitlines() == [
            "dualgig: installing postgresql postgresql-postgis for the database tests ...",
            "-qq update",
            "-qq install -y --no-install-recommends postgresql postgresql-postgis",
        ]
        assert "pytest" in answer.stdout

    @pytest.mark.parametrize("has_postgis", [True, False])
    def test_a_database_from_elsewhere_will_do(self, without_tools, tmp_path, has_postgis):
        control = tmp_path / "share" / "extension" / "postgis.control"
        control.parent.mkdir(parents=True)
        if has_postgis:
            control.touch()
        programs = {"id": "echo 0", "pg_config": f"echo '{tmp_path}/share'", "apt-get": "echo $* >&2"}

        answer = without_tools(BROWSER | programs)

        assert ("for the database tests" not in answer.stderr) is has_postgis

    @pytest.mark.parametrize(
        "programs",
        [
            {"id": "echo 1000"},
            {"id": "echo 1000", "apt-get": "echo called >&2", "sudo": "exit 1"},
            {"id": "echo 0", "apt-get": "exit 100"},
        ],
        ids=["no apt", "no rights", "apt fails"],
    )
    def test_where_they_cannot_be_installed_a_line_each_says_how_and_the_tests_run(
        self, without_tools, programs
    ):
        answer = without_tools(programs)

        told = [line for line in answer.stderr.splitlines() if "installing" not in line]
        assert len(told) == 2
        assert "apt-get install --no-install-recommends chromium fontconfig fonts-wqy-zenhei" in told[0]
        assert "apt-get install --no-install-recommends postgresql postgresql-postgis" in told[1]
        assert "pytest" in answer.stdout
        assert answer.returncode == 0


class TestContinuousIntegration:
    STEPS = (
        "scripts/test --slow",
        ".venv/bin/ruff check .",
        ".venv/bin/ruff format --check .",
        ".venv/bin/mypy",
    )

    def test_every_step_runs_and_is_named(self, clone, ready, run, with_tools, tmp_path):
        ready("postgis", "test")

        answer = run([clone / ".ci" / "run"], cwd=tmp_path, env=with_tools)

        assert answer.returncode == 0, answer.stderr
        for step in self.STEPS:
            assert f"== {step}\n" in answer.stdout
        assert answer.stdout.endswith("== all passed\n")

    @pytest.mark.parametrize("failing", ["pytest", "mypy"])
    def test_a_step_that_fails_is_named_and_the_others_run_still(
        self, clone, ready, run, with_tools, program, failing
    ):
        ready("postgis", "test")
        program(clone / ".venv" / "bin" / failing, "exit 4")

        answer = run([clone / ".ci" / "run"], env=with_tools)

        step = next(
            step for step in self.STEPS if ("test" in step if failing == "pytest" else failing in step)
        )
        assert answer.returncode == 1
        assert f"== {step} failed with exit code 4\n" in answer.stdout
        assert answer.stdout.endswith(f"== failed: {step}\n")
        for other in self.STEPS:
            assert f"== {other}\n" in answer.stdout
