"""Tables and queries of a PostGIS database as text cells and geometry."""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from dualgig.postgis import DatabaseError, connected, postgis_schema, quoted
from dualgig.region.coordinates import AXES, points_from_columns
from dualgig.region.findings import closest, listed
from dualgig.region.sheets import number_text
from dualgig.region.vector import crs_of, note_missing_shapes

if TYPE_CHECKING:
    import psycopg
    from numpy.typing import NDArray

    from dualgig.project import Layer
    from dualgig.region.findings import Findings

_NAME_PART = re.compile(r'"((?:[^"]|"")+)"|([^."]+)')


def read_database(
    layer: Layer, key: str, findings: Findings, *, located: bool
) -> tuple[pd.DataFrame, gpd.GeoSeries | None] | None:
    """Read a table, a view or a query of a database, in a transaction that cannot change anything.

    Rows come sorted by the key column and then by all others, as text, since a database promises no
    order of its own; row 1 is the first of them.

    Parameters
    ----------
    layer
        The table's entry in the project file: ``path`` is the address of a database, ``layer`` or
        ``query`` says what to read of it.
    key
        Our name of the column that tells rows apart: ``id``, or ``place`` of the ledger.
    findings
        Takes what is wrong.
    located
        Whether the geometry is wanted; without a geometry column it is made from ``lon``, ``lat``.

    Returns
    -------
    cells, geometry
        Text cells under the table's column names, and the geometries in the table's CRS, ``None``
        where none is wanted, there is none or its CRS is unknown (that is noted); ``None`` where
        the table cannot be read.
    """
    named = layer.model_copy(update={"path": layer.source})
    try:
        with connected(layer.path, layer.secrets, read_only=True) as connection:
            schema = postgis_schema(connection)
            source = f"({layer.query.strip().rstrip(';')}\n) as q" if layer.query else ""
            source = source or quoted(*_found_table(connection, layer))
            plain, shape = _columns(connection, source, schema)
            wanted = [quoted(name) for name in plain]
            if shape and located:
                # Arcs become lines; the schema need not be on the search path.
                wanted.append(f"{quoted(schema)}.st_curvetoline({quoted(shape)}::{quoted(schema)}.geometry)")
            statement = f"select {', '.join(wanted)} from {source}"  # noqa: S608 - names are quoted, the query is the user's
            rows = connection.execute(statement.encode(), prepare=True).fetchall()
            shapes, crs = None, None
            if shape and located:
                with np.errstate(invalid="ignore"):
                    # Coordinates that are no numbers; `to_wgs84` notes them.
                    read = shapely.from_wkb([row[-1] for row in rows], on_invalid="ignore")
                shapes = np.asarray(read, dtype=object)
                crs = _crs(connection, schema, shape, shapes, given=bool(layer.crs))
    except DatabaseError as error:
        findings.error(layer.source, None, "", error.problem, error.mend)
        return None
    cells = pd.DataFrame(
        {name: pd.Series([_text(row[n]) for row in rows], dtype=object) for n, name in enumerate(plain)},
        index=pd.RangeIndex(len(rows)),
    )
    order = _order(cells, shapes, named.columns.get(key) or _same(plain, key))
    cells = cells.iloc[order].reset_index(drop=True)
    if not located:
        return cells, None
    if shapes is None:
        return cells, _points(cells, named, findings)
    geometry = gpd.GeoSeries(shapely.set_srid(shapely.force_2d(shapes[order]), 0), index=cells.index)
    note_missing_shapes(geometry, np.arange(1, len(cells) + 1, dtype=np.int64), named, findings)
    own = crs_of(crs, geometry, named, findings)
    return cells, None if own is None else geometry.set_crs(own)


def digest(cells: pd.DataFrame, geometry: gpd.GeoSeries | None) -> str:
    """Hex digest (SHA-256) of a table as it was read: names, cells, and geometry as WKB."""
    sha = hashlib.sha256()
    for name in cells.columns:
        sha.update("\x1e".join([str(name), *cells[name]]).encode("utf-8", "surrogatepass") + b"\x1d")
    if geometry is not None:
        sha.update(str(geometry.crs).encode())
        for wkb in geometry.to_wkb():
            sha.update(b"" if wkb is None else wkb)
    return sha.hexdigest()


def _found_table(connection: psycopg.Connection[Any], layer: Layer) -> tuple[str, str]:
    """Schema and name of the table or view that the layer names, whatever the case."""
    there = connection.execute(
        "select n.nspname, c.relname, pg_table_is_visible(c.oid) from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind in ('r', 'v', 'm', 'p', 'f')"
        " and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        " order by n.nspname, c.relname"
    ).fetchall()
    parts = [inner.replace('""', '"') or bare for inner, bare in _NAME_PART.findall(layer.layer)]
    for form in (str, str.lower):
        wanted = [form(part) for part in parts]
        for schema, name, visible in there:
            if [form(schema), form(name)] == wanted or (visible and [form(name)] == wanted):
                return schema, name
    known = [f"{schema}.{name}" for schema, name, _ in there if name != "spatial_ref_sys"]
    elsewhere = [table for table in known if table.lower().endswith(f".{parts[-1].lower()}")] if parts else []
    meant = elsewhere[0] if elsewhere else closest(layer.layer, known)
    raise DatabaseError(
        f"the database has no table {layer.layer!r}; it has {listed(known) or 'none'}.",
        f'Write layer = "{meant}" for it in the project file.' if meant else "Correct the name.",
    )


def _columns(connection: psycopg.Connection[Any], source: str, schema: str) -> tuple[list[str], str]:
    """Names of the columns without geometry, and of the one with it, empty where there is none."""
    statement = f"select * from {source} limit 0"  # noqa: S608 - as above
    # Prepared, since the server takes one statement only then.
    described = connection.execute(statement.encode(), prepare=True).description or ()
    columns = [(column.name, column.type_code) for column in described]
    names = [name for name, _ in columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DatabaseError(
            f"two columns are called {twice!r}.",
            f"Name each once in the query: select a.{twice}, b.id as b_id.",
        )
    kinds = connection.execute(
        "select t.oid from pg_type t join pg_namespace n on n.oid = t.typnamespace"
        " where t.typname in ('geometry', 'geography') and n.nspname = %s",
        [schema],
    ).fetchall()
    shapes = [name for name, kind in columns if (kind,) in kinds]
    if len(shapes) > 1:
        raise DatabaseError(
            f"there are several geometry columns: {listed(shapes)}.",
            f'Choose one: query = "select ..., {shapes[0]} from ...".',  # noqa: S608 - a hint, not run
        )
    return [name for name in names if name not in shapes], shapes[0] if shapes else ""


def _crs(
    connection: psycopg.Connection[Any], schema: str, name: str, shapes: NDArray[np.object_], *, given: bool
) -> CRS | None:
    """CRS of the geometries by their SRID; ``None`` where they have none."""
    srids = sorted({int(srid) for srid in shapely.get_srid(shapes[shapely.is_geometry(shapes)])})
    if len(srids) > 1:
        raise DatabaseError(
            f"the geometries in {name} are in different CRS: SRID {listed(map(str, srids))}.",
            f'Write query = "select ..., ST_Transform({name}, {srids[-1]}) as {name} from ...".',  # noqa: S608 - as above
        )
    if not srids or srids[0] == 0:
        return None
    table = f"{quoted(schema)}.spatial_ref_sys"
    statement = f"select auth_name, auth_srid, srtext from {table} where srid = %s"  # noqa: S608 - a quoted name
    found = connection.execute(statement.encode(), srids).fetchone()
    if found is not None:
        for make, argument in ((CRS.from_authority, found[:2]), (CRS.from_wkt, found[2:])):
            try:
                return make(*argument)
            except (CRSError, TypeError):
                continue
    if given:
        return None
    raise DatabaseError(
        f"the SRID {srids[0]} of {name} is unknown: the database's spatial_ref_sys does not describe it.",
        'Write crs = "EPSG:4490" or what it is for it in the project file.',
    )


def _points(cells: pd.DataFrame, layer: Layer, findings: Findings) -> gpd.GeoSeries | None:
    """Points of a table without a geometry column."""
    axes = {name for axis in AXES for name in (*AXES[axis], layer.columns.get(axis, "").lower())}
    if not any(str(column).strip().lower() in axes for column in cells.columns):
        findings.error(
            layer.path,
            None,
            "",
            f"there is no geometry column, and none for coordinates; there are {listed(map(str, cells.columns), 20)}.",
            'Give a table with a geometry, or write columns = { lon = "...", lat = "..." } for it.',
        )
        return None
    return points_from_columns(cells, np.arange(1, len(cells) + 1, dtype=np.int64), layer, findings)


def _text(value: object) -> str:
    """A value as the text that the same table has in a file."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float():
            return number_text(value)
        case decimal.Decimal():
            return f"{value.normalize():f}" if value.is_finite() else ""
        case dt.datetime():
            return value.date().isoformat()
        case dt.date():
            return value.isoformat()
        case list():
            return ";".join(map(_text, value))
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _same(names: list[str], ours: str) -> str:
    """The column of our name, whatever the case, or an empty text."""
    return next((name for name in names if name.strip().lower() == ours), "")


def _order(cells: pd.DataFrame, shapes: NDArray[np.object_] | None, key: str) -> list[int]:
    """Positions of the rows, sorted by the key column and then by everything else."""
    columns = [cells[key].tolist()] if key in cells else []
    columns += [cells[name].tolist() for name in cells.columns if name != key]
    if shapes is not None:
        columns.append([wkb or b"" for wkb in shapely.to_wkb(shapes)])
    rows = list(zip(*columns, strict=True))
    return sorted(range(len(rows)), key=rows.__getitem__)
