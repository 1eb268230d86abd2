"""A real PostgreSQL server with PostGIS, in a folder of its own on a free port, for the tests of this folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
import psycopg
import pytest
from psycopg import sql

OWNER = "postgres"
PLANNER, PASSWORD = "planner", "ge:h/ei@m %"


def _programs():
    """Folder of the newest server's programs that has PostGIS beside it, or None."""
    found = []
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        version = folder.parent.name
        if Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists():
            found.append((float(version), folder))
    if found:
        return max(found)[1]
    config = shutil.which("pg_config")
    if config is None:
        return None
    binaries, share = (
        Path(subprocess.run([config, part], capture_output=True, text=True, check=True).stdout.strip())
        for part in ("--bindir", "--sharedir")
    )
    there = (binaries / "initdb").exists() and (share / "extension" / "postgis.control").exists()
    return binaries if there else None


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Database:
    """One database of the server; texts are Chinese, PostGIS is there."""

    def __init__(self, port, name):
        self.port = port
        self.name = name
        self.url = f"postgresql://{PLANNER}@127.0.0.1:{port}/{name}"

    def run(self, statement, *values, user=OWNER):
        """Run a statement as the owner and give its rows."""
        address = f"postgresql://{user}@127.0.0.1:{self.port}/{self.name}"
        with psycopg.connect(address, password=PASSWORD) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def load(self, table, frame, *, srid=4326, types=None):
        """Make a table of a frame; geometry becomes the column ``geom``, all else text."""
        geometry = frame.geometry if isinstance(frame, gpd.GeoDataFrame) else None
        plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
        columns = [f'"{name}" {(types or {}).get(name, "text")}' for name in plain.columns]
        columns += [] if geometry is None else [f"geom geometry(Geometry, {srid})"]
        self.run(f"create table {table} ({', '.join(columns)})")
        holders = ["%s"] * len(plain.columns)
        holders += [] if geometry is None else [f"ST_SetSRID(%s::geometry, {srid})"]
        rows = [[None if pd.isna(v) else v for v in row] for row in plain.astype(object).to_numpy().tolist()]
        if geometry is not None:
            rows = [[*row, wkb.hex()] for row, wkb in zip(rows, geometry.to_wkb(), strict=True)]
        address = f"postgresql://{OWNER}@127.0.0.1:{self.port}/{self.name}"
        with psycopg.connect(address, password=PASSWORD) as connection, connection.cursor() as cursor:
            insert = f"insert into {table} values ({', '.join(holders)})"
            cursor.executemany(insert, rows)
            cursor.execute(f"grant select on {table} to {PLANNER}")


@pytest.fixture(scope="session")
def server():
    """Port of a running server that has a template database with PostGIS."""
    programs = _programs()
    if programs is None:
        message = "no PostgreSQL with PostGIS is installed; scripts/test says how to get one"
        # Continuous integration must not pass by skipping what it is there for.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    folder = Path(tempfile.mkdtemp(prefix="dualgig-postgres-"))
    # initdb refuses root.
    as_owner = ["runuser", "-u", OWNER, "--"] if os.geteuid() == 0 else []
    if as_owner:
        shutil.chown(folder, OWNER)
    port = _free_port()

    def run(*command):
        done = subprocess.run(
            [*as_owner, *map(str, command)], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    data, secret = folder / "data", folder / "password"
    secret.write_text(PASSWORD)
    if as_owner:
        shutil.chown(secret, OWNER)
    run(programs / "initdb", "-D", data, "-U", OWNER, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8",
        "--locale=C", "--no-sync")  # fmt: skip
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=20"
    try:
        run(programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        Database(port, OWNER).run("select 1")
        with psycopg.connect(
            f"postgresql://{OWNER}@127.0.0.1:{port}/{OWNER}", password=PASSWORD, autocommit=True
        ) as connection:
            connection.execute("create database gis_template")
            password = sql.Literal(PASSWORD)
            connection.execute(sql.SQL("create role planner login password {}").format(password))
        Database(port, "gis_template").run("create extension postgis")
        yield port
    finally:
        subprocess.run(
            [*as_owner, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        shutil.rmtree(folder)


@pytest.fixture
def database(server, monkeypatch):
    """An empty database with PostGIS, whose password the environment knows."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    name = f"gis_{time.monotonic_ns()}"
    with psycopg.connect(
        f"postgresql://{OWNER}@127.0.0.1:{server}/{OWNER}", password=PASSWORD, autocommit=True
    ) as connection:
        connection.execute(f"create database {name} template gis_template")
        yield Database(server, name)
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def password():
    """The planner's password, which must appear nowhere."""
    return PASSWORD
