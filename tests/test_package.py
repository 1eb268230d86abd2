"""The package as a whole: it imports where numba would stumble, its pins are whole, its rooms stay apart."""

import ast
import importlib
import importlib.metadata
import pkgutil
import re
import string
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dualgig
import dualgig.text

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "coverage" / "dualgig"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def at_the_root(code):
    """Run a line of Python in the clone's root, where the folder `coverage` is on the import path."""
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


class TestTheNameCoverage:
    def test_the_folder_is_no_package(self):
        assert not (ROOT / "coverage" / "__init__.py").exists()

    def test_dualgig_is_imported_at_the_root(self):
        assert at_the_root("import dualgig; print(dualgig.__file__)") == str(PACKAGE / "__init__.py")

    def test_coverage_is_coverage_py_at_the_root(self):
        module = Path(at_the_root("import coverage; print(coverage.__file__)"))

        assert module.name == "__init__.py"
        assert ROOT / "coverage" not in module.parents

    def test_numba_compiles_at_the_root(self):
        code = "import numba; print(numba.njit(lambda x: x + 1)(41), numba.misc.coverage_support.coverage_available)"

        assert at_the_root(code) == "42 True"


class TestVersions:
    def test_the_version_is_the_one_in_pyproject(self):
        assert dualgig.__version__ == PYPROJECT["version"]

    def test_the_starters_ask_for_the_python_that_pyproject_asks_for(self):
        oldest = PYPROJECT["requires-python"].removeprefix(">=")

        assert (ROOT / ".python-version").read_text().strip() == oldest
        assert f"({oldest.replace('.', ', ')})" in (ROOT / "scripts" / "_setup.sh").read_text()


PIN_LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in PIN_LINES)}


class TestPins:
    def test_every_line_is_a_name_and_a_version_and_no_address(self):
        for line in PIN_LINES:
            assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][0-9A-Za-z.+!]*", line), line

    def test_no_name_is_pinned_twice(self):
        assert len(PINS) == len(PIN_LINES)

    def test_every_requirement_in_pyproject_is_pinned_within_its_range(self):
        build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"][
            "requires"
        ]
        named = [*PYPROJECT["dependencies"], *build]
        named += [name for extra in PYPROJECT["optional-dependencies"].values() for name in extra]

        for requirement in map(Requirement, named):
            name = canonicalize_name(requirement.name)
            assert name in PINS, requirement
            assert requirement.specifier.contains(PINS[name]), requirement

    def test_what_they_require_in_turn_is_pinned(self):
        seen = set()
        waiting = [Requirement(f"dualgig[{','.join(PYPROJECT['optional-dependencies'])}]")]
        while waiting:
            requirement = waiting.pop()
            name = canonicalize_name(requirement.name)
            for extra in ("", *requirement.extras):
                if (name, extra) in seen:
                    continue
                seen.add((name, extra))
                try:
                    required = importlib.metadata.requires(name) or []
                except importlib.metadata.PackageNotFoundError:
                    continue
                waiting += [
                    inner
                    for inner in map(Requirement, required)
                    if inner.marker is None or inner.marker.evaluate({"extra": extra})
                ]

        names = {name for name, _ in seen} - {"dualgig"}
        assert len(names) > len(PYPROJECT["dependencies"])
        assert names <= set(PINS)


MODULES = [
    importlib.import_module(f"dualgig.text.{module.name}")
    for module in pkgutil.iter_modules(dualgig.text.__path__)
]


def fields(text):
    """The names in braces."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


class TestTexts:
    def test_every_text_is_there_in_both_languages_with_the_same_fields(self):
        for key, texts in dualgig.text.CATALOGUE.items():
            assert set(texts) == {"en", "zh"}, key
            assert all(text.strip() for text in texts.values()), key
            assert fields(texts["en"]) == fields(texts["zh"]), key

    def test_no_key_lies_in_two_modules_and_none_is_forgotten(self):
        keys = [key for module in MODULES for key in getattr(module, "TEXT", {})]

        assert sorted(keys) == sorted(dualgig.text.CATALOGUE)

    def test_every_text_that_the_code_asks_for_by_name_is_there_with_its_fields(self):
        asked = [
            (path.name, call.args[1].value, {keyword.arg for keyword in call.keywords})
            for path in PACKAGE.rglob("*.py")
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(call, ast.Call)
            and getattr(call.func, "id", getattr(call.func, "attr", "")) == "say"
            if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
        ]

        assert asked
        for file, key, given in asked:
            assert key in dualgig.text.CATALOGUE, f"{file}: {key}"
            wanted = fields(dualgig.text.CATALOGUE[key]["en"])
            assert None in given or wanted <= given, f"{file}: {key}"


SOLVERS = {"pulp", "highspy"}
GEOMETRY = {"geopandas", "shapely", "pandas", "pyproj", "rasterio", "pyogrio"}
RESULT = {"plan", "render", "export", "cli", "screen"}
PLANNING = {"siting", "planner", "assemble", "formulate", "reasons", "predict", "served"}
PHYSICS = {"radio", "fibre"}

# Room: what it must not import, not even for its types. Imports run one way: cli -> render, export -> plan;
# cli -> planner -> siting, predict, plan; predict -> radio, fibre -> region; region, options, costs -> project.
FORBIDDEN = {
    "errors": {"project", "text", "region"} | PHYSICS | PLANNING | RESULT,
    "project": {"region", "options", "costs"} | PHYSICS | PLANNING | RESULT,
    "costs": {"region", "options"} | PHYSICS | PLANNING | RESULT,
    "options": PLANNING | RESULT,
    "region": {"options", "costs"} | PHYSICS | PLANNING | RESULT,
    "radio": {"fibre"} | PLANNING | RESULT,
    "fibre": {"radio"} | PLANNING | RESULT,
    "predict": {"siting", "planner", "assemble", "formulate", "reasons"} | RESULT,
    "siting": {"project", "region", "options", "costs", "standards", "ledger"}
    | PHYSICS
    | GEOMETRY
    | (PLANNING - {"siting"})
    | (RESULT - {"plan"}),
    "plan": {"options", "costs"} | PHYSICS | PLANNING | (RESULT - {"plan"}),
    "planner": RESULT - {"plan"},
    "render": {"cli", "screen"} | PLANNING,
    "export": {"cli", "screen"} | PLANNING,
    "scaffold": {"options"} | PHYSICS | PLANNING | RESULT,
    "store": {"region"} | PHYSICS | PLANNING | RESULT,
    "text": {"region"} | PHYSICS | PLANNING | RESULT,
}


def imports(path):
    """The rooms and foreign packages that a file imports, at any depth of it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            yield rest.partition(".")[0] if first == "dualgig" else first


class TestRooms:
    @pytest.mark.parametrize("room", FORBIDDEN)
    def test_imports_run_one_way(self, room):
        paths = sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]

        for path in paths:
            assert FORBIDDEN[room].isdisjoint(imports(path)), path

    def test_solvers_are_called_from_siting_alone(self):
        for path in PACKAGE.rglob("*.py"):
            if (PACKAGE / "siting") not in path.parents:
                assert SOLVERS.isdisjoint(imports(path)), path

    def test_the_command_line_is_imported_by_its_starter_alone(self):
        outside = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "cli"]
        importers = {path.name for path in outside if "cli" in imports(path)}

        assert importers == {"__main__.py"}

    def test_siting_really_runs_without_geometry(self):
        code = (
            "import importlib, pkgutil, sys, dualgig.siting as siting; "
            "[importlib.import_module(f'dualgig.siting.{m.name}') for m in pkgutil.iter_modules(siting.__path__)"
            " if m.name != '__main__']; "
            f"print(sorted({GEOMETRY!r} & set(sys.modules)))"
        )

        assert at_the_root(code) == "[]"

    def test_the_result_really_comes_without_a_solver(self):
        assert at_the_root(f"import sys, dualgig.plan; print(sorted({SOLVERS!r} & set(sys.modules)))") == "[]"
