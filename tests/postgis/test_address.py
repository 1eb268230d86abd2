"""Addresses of databases: passwords are parted from them, whatever signs they hold."""

import pytest

from dualgig.errors import ProjectError
from dualgig.export.json import relative
from dualgig.postgis import is_database, quoted, split_secrets
from dualgig.project import Layer, Project

SECRET = "geheim"  # noqa: S105 - nobody's


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("postgresql://h/d", True),
        ("postgres:///d", True),
        ("PostgreSQL://h", True),
        ("postgresql/villages.csv", False),
        ("villages.gpkg", False),
        ("", False),
    ],
)
def test_what_is_an_address(path, answer):
    assert is_database(path) is answer


@pytest.mark.parametrize(
    ("address", "shown", "secrets"),
    [
        ("postgresql://u@h:5432/d", "postgresql://u@h:5432/d", {}),
        ("postgresql:///d", "postgresql:///d", {}),
        ("postgres://u:geheim@h/d", "postgresql://u@h/d", {"password": "geheim"}),
        ("postgresql://u:@h/d", "postgresql://u@h/d", {}),
        ("postgresql://:geheim@h/d", "postgresql://@h/d", {"password": "geheim"}),
        ("postgresql://u:a@b:c@h/d", "postgresql://u@h/d", {"password": "a@b:c"}),
        ("postgresql://u:p%40%2F%3f%23%25@h/d", "postgresql://u@h/d", {"password": "p@/?#%"}),
        (
            "postgresql://[::1]:5,h2:6/d?user=u&password=x%20y&sslmode=require",
            "postgresql://[::1]:5,h2:6/d?user=u&sslmode=require",
            {"password": "x y"},
        ),
        ("postgresql://h/d?sslpassword=k", "postgresql://h/d", {"sslpassword": "k"}),
    ],
)
def test_passwords_are_taken_out(address, shown, secrets):
    assert split_secrets(address) == (shown, secrets)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:ge/heim@h/d",
        "postgresql://u:ge?heim@h/d",
        "postgresql://u:ge#heim@h/d",
        "postgresql://u:12/geheim@h/d",
        "postgresql://u:geheim",
        "postgresql://h/d?password=ge@heim",
    ],
)
def test_what_cannot_be_told_apart_is_refused_and_not_repeated(address):
    with pytest.raises(ValueError, match="PGPASSWORD") as told:
        split_secrets(address)
    assert "heim" not in str(told.value)


def test_a_layer_shows_its_password_nowhere():
    layer = Layer(path=f"postgresql://u:{SECRET}@h/d", layer="public.villages")

    assert layer.secrets == {"password": SECRET}
    assert layer.source == "postgresql://u@h/d public.villages"
    for shown in (repr(layer), str(layer), layer.model_dump_json(), repr(layer.model_copy())):
        assert SECRET not in shown
    assert layer.model_copy().secrets == layer.secrets


@pytest.mark.parametrize(
    ("villages", "told"),
    [
        (f"path = 'postgresql://u:{SECRET}@h/d'", "give either layer"),
        (f"path = 'postgresql://u:{SECRET}@h/d'\nlayer = 'a'\nquery = 'select 1'", "give either layer"),
        (f"path = 'postgresql://u:{SECRET}/@h/d'\nlayer = 'a'", "cannot be read"),
        (f"path = 'postgresql://u:{SECRET}@h/d'\nlayer = 'a'\nqueri = ''", "did you mean 'query'"),
        ("path = 'villages.gpkg'\nquery = 'select 1'", "a query needs a database"),
    ],
)
def test_mistakes_of_a_project_file_are_told_without_the_password(tmp_path, villages, told):
    path = tmp_path / "project.toml"
    path.write_text(f"[inputs.villages]\n{villages}\n", encoding="utf-8")

    with pytest.raises(ProjectError) as error:
        Project.load(path)

    assert any("inputs.villages" in line and told in line for line in str(error.value).splitlines())
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("section", ["terrain", "roads", "population"])
def test_grids_and_roads_are_files(tmp_path, section):
    path = tmp_path / "project.toml"
    path.write_text(f"[inputs.{section}]\npath = 'postgresql://u:{SECRET}@h/d'\n", encoding="utf-8")

    with pytest.raises(ProjectError, match=f"inputs.{section}.path: only tables are read from") as error:
        Project.load(path)

    assert SECRET not in str(error.value)


def test_an_address_is_no_path_to_be_shortened(tmp_path):
    assert relative("postgresql://u@h/d public.villages", tmp_path) == "postgresql://u@h/d public.villages"


def test_names_are_quoted_as_sql_asks():
    assert quoted("村", 'a"b') == '"村"."a""b"'
