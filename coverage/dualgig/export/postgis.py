"""The plan as tables of a PostGIS schema, replaced in one transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry import MultiPolygon, Polygon

from dualgig.errors import OutputError
from dualgig.export.gpkg import KINDS, layers
from dualgig.export.json import plan_json, short_hash
from dualgig.export.tables import cost_lines, scoreboard
from dualgig.export.write import output_date
from dualgig.postgis import DatabaseError, connected, is_database, postgis_schema, quoted, split_secrets

if TYPE_CHECKING:
    import psycopg

    from dualgig.plan import Plan

MARK = "DualGig"
"""How the comment of every table begins that was written here; no other table is ever replaced."""

KEYED = ("townships", "villages", "sites", "nodes", "routes")
"""Tables whose ``id`` is the primary key."""

TABLES = (*KINDS, "cost_lines", "scoreboard", "plan")
"""Tables of the schema."""

_SCHEMA_OF_TYPE = re.compile(r'^("[^"]+"|\w+)\.')


def prepare_postgis(address: str, schema: str) -> None:
    """Refuse a database that a plan could not be written to, before hours of work are done for it.

    Parameters
    ----------
    address
        ``postgresql://user@host:port/database``.
    schema
        The schema; made when the plan is written, where it does not exist.

    Raises
    ------
    OutputError
        The server does not answer, PostGIS or a right is missing, or the schema holds a table of the
        same name from somebody else.
    """
    shown, secrets = _address(address)
    try:
        with connected(shown, secrets, read_only=False) as connection:
            _existing_tables(connection, schema)
            probe = quoted(schema, f"{MARK}_probe")
            connection.execute(f"create table {probe} (id integer)".encode())
            connection.rollback()
    except DatabaseError as error:
        raise _refused(shown, schema, error) from None


def write_postgis(plan: Plan, address: str, schema: str | None = None, *, date: str | None = None) -> str:
    """Write a plan to a schema of a PostGIS database, in place of the one that stands there.

    Everything happens in one transaction: others see the former plan until all of the new one is
    there, and a run that is killed changes nothing. A table keeps its rights and the views upon it,
    unless its columns change. Layers are those of ``plan.gpkg`` (`dualgig.export.gpkg.layers`) with
    the geometry in ``geom``, EPSG:4326, indexed; beside them stand ``cost_lines``, ``scoreboard`` and
    ``plan``, one row with the whole ``plan.json``.

    Parameters
    ----------
    plan
        The plan.
    address
        ``postgresql://user@host:port/database``; a password is better left to ``PGPASSWORD`` or
        ``~/.pgpass``.
    schema
        The schema, made where it does not exist; the project's name by default.
    date
        ``YYYY-MM-DD``, the date of the plan; by default as for `dualgig.export.write.write_outputs`.

    Returns
    -------
    str
        The address without password, and the schema.

    Raises
    ------
    OutputError
        See `prepare_postgis`; or a view depends on a table whose columns change.
    """
    shown, secrets = _address(address)
    schema = schema or plan.region.project.name
    tables: dict[str, pd.DataFrame] = {
        **layers(plan),
        "cost_lines": cost_lines(plan),
        "scoreboard": scoreboard(plan),
        "plan": _summary(plan, output_date() if date is None else date),
    }
    try:
        with connected(shown, secrets, read_only=False) as connection:
            # One writer of a schema at a time; the second waits and then replaces the first's plan.
            connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"{MARK} {schema}"])
            there = _existing_tables(connection, schema)
            types = postgis_schema(connection)
            for name, table in tables.items():
                _replace(connection, schema, name, table, there.get(name), types)
    except DatabaseError as error:
        raise _refused(shown, schema, error) from None
    return f"{shown} {schema}"


def _summary(plan: Plan, date: str) -> pd.DataFrame:
    """What the plan is, in one row."""
    document = plan_json(plan)
    project = plan.region.project
    return pd.DataFrame(
        {
            "project": [project.name],
            "title": [project.title],
            "date": [date],
            "hash": [short_hash(document)],
            "status": [plan.status],
            "duty": [plan.duty],
            "cost_cny": [plan.cost_cny],
            "budget_cny": [plan.budget_cny],
            "document": [document.decode("utf-8")],
        }
    )


def _address(address: str) -> tuple[str, dict[str, str]]:
    if not is_database(address):
        raise OutputError(
            f"{address}: this is not the address of a database; write postgresql://user@host/database."
        )
    try:
        return split_secrets(address)
    except ValueError as error:
        text = str(error)
        raise OutputError(f"{text[:1].upper()}{text[1:]}.") from None


def _refused(address: str, schema: str, error: DatabaseError) -> OutputError:
    return OutputError(f"{address}, schema {schema}: {error}")


def _existing_tables(connection: psycopg.Connection[Any], schema: str) -> dict[str, list[tuple[str, str]]]:
    """Our tables in the schema, by name, with their columns and types; makes a missing schema."""
    if not postgis_schema(connection):
        raise DatabaseError("the database has no PostGIS.", "Run create extension postgis in it.")
    if not connection.execute("select 1 from pg_namespace where nspname = %s", [schema]).fetchone():
        connection.execute(f"create schema {quoted(schema)}".encode())
        return {}
    found = connection.execute(
        "select c.relname, c.relkind, coalesce(obj_description(c.oid, 'pg_class'), ''),"
        " array_agg(a.attname::text order by a.attnum),"
        " array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum)"
        " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
        " where n.nspname = %s and c.relname = any(%s) group by c.oid, c.relname, c.relkind",
        [schema, list(TABLES)],
    ).fetchall()
    foreign = sorted(name for name, kind, comment, *_ in found if kind != "r" or not comment.startswith(MARK))
    if foreign:
        raise DatabaseError(
            f"there is a table {foreign[0]} already that DualGig did not write.", "Choose another schema."
        )
    return {
        name: [(column, _SCHEMA_OF_TYPE.sub("", kind)) for column, kind in zip(columns, kinds, strict=True)]
        for name, _, _, columns, kinds in found
    }


def _replace(
    connection: psycopg.Connection[Any],
    schema: str,
    name: str,
    table: pd.DataFrame,
    there: list[tuple[str, str]] | None,
    types: str,
) -> None:
    """Fill a table anew, made anew where its columns change."""
    columns = [(str(column), _type(name, table, column)) for column in table.columns]
    columns = [("geom" if kind.startswith("geometry") else column, kind) for column, kind in columns]
    target = quoted(schema, name)
    if there == columns:
        # Not truncate: that locks readers out and empties the table for them.
        connection.execute(f"delete from {target}".encode())  # noqa: S608 - a quoted name
    else:
        described = [
            f"{quoted(column)} {quoted(types) + '.' if kind.startswith('geometry') else ''}{kind}"
            for column, kind in columns
        ]
        if name in KEYED:
            described.append("primary key (id)")
        statements = [
            f"drop table if exists {target}",
            f"create table {target} ({', '.join(described)})",
            f"comment on table {target} is '{MARK}: {name}'",
        ]
        if isinstance(table, gpd.GeoDataFrame):
            statements.append(f"create index on {target} using gist (geom)")
        for statement in statements:
            connection.execute(statement.encode())
    listed = ", ".join(quoted(column) for column, _ in columns)
    copied = [_values(table, column) for column in table.columns]
    with connection.cursor() as cursor, cursor.copy(f"copy {target} ({listed}) from stdin".encode()) as copy:
        for row in zip(*copied, strict=True):
            copy.write_row(row)


def _type(name: str, table: pd.DataFrame, column: object) -> str:
    """PostgreSQL's type of a column."""
    if isinstance(table, gpd.GeoDataFrame) and column == table.geometry.name:
        kinds = set(table.geometry.geom_type)
        if kinds and kinds <= {"Polygon", "MultiPolygon"}:
            return "geometry(MultiPolygon,4326)"
        kind = kinds.pop() if len(kinds) == 1 else "Geometry" if kinds else KINDS[name]
        return "geometry(Geometry,4326)" if kind == "Geometry" else f"geometry({kind},4326)"
    values = table[column]
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    if pd.api.types.is_integer_dtype(values):
        return "bigint"
    if pd.api.types.is_float_dtype(values):
        return "double precision"
    return {"document": "json", "date": "date"}.get(str(column), "text") if name == "plan" else "text"


def _values(table: pd.DataFrame, column: Any) -> list[object]:
    """A column's values as they are copied; what is missing is null."""
    values = table[column]
    if isinstance(values, gpd.GeoSeries):
        shapes = list(values)
        if set(values.geom_type) <= {"Polygon", "MultiPolygon"}:
            shapes = [MultiPolygon([shape]) if isinstance(shape, Polygon) else shape for shape in shapes]
        return list(shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True))
    missing = values.isna()
    plain = values.astype(object).where(~missing, None).tolist()
    # PostgreSQL's texts cannot hold the character zero.
    return [value.replace("\0", "�") if isinstance(value, str) else value for value in plain]
