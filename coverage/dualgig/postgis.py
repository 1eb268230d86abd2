"""PostGIS databases: addresses without their passwords, connections, and errors in one sentence."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg

CONNECT_TIMEOUT_S = 10
"""How long a server may take to answer, where the address does not say ``connect_timeout``."""

SECRET_PARAMETERS = ("password", "sslpassword")
"""Parameters of an address that are nobody's to read (libpq's connection parameters)."""

_ADDRESS = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
# Hosts or IPv6 addresses with their ports; what stands where a port belongs might be a password.
_HOSTS = re.compile(r"((\[[^\]]*\]|[^:,\[\]]*)(:\d*)?(,|$))*")
_UNREADABLE = (
    "the address of the database cannot be read; write postgresql://user@host:port/database, and leave the "
    "password to PGPASSWORD or ~/.pgpass, or write %40 %2F %3F %23 for the signs @ / ? # in it"
)


class DatabaseError(Exception):
    """A database cannot be reached or read.

    Parameters
    ----------
    problem, mend
        What is wrong, and what to do about it; free of passwords.
    """

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(f"{problem} {mend}")
        self.problem = problem
        self.mend = mend


def is_database(path: str) -> bool:
    """Whether a path is the address of a database: ``postgresql://...`` or ``postgres://...``."""
    return _ADDRESS.match(path) is not None


def split_secrets(address: str) -> tuple[str, dict[str, str]]:
    """Take the passwords out of an address.

    Parameters
    ----------
    address
        ``postgresql://user:password@host:port/database?parameter=value``.

    Returns
    -------
    address, secrets
        The address as it may be shown and written down, and the connection parameters that were
        taken out of it, by name.

    Raises
    ------
    ValueError
        It cannot be told what is a password and what not; the text does not repeat the address.
    """
    scheme = _ADDRESS.match(address)
    if scheme is None:
        raise ValueError(_UNREADABLE)
    place, mark, query = address[scheme.end() :].partition("?")
    authority, slash, database = place.partition("/")
    user, at, hosts = authority.rpartition("@")
    if "@" in database or "@" in query or "#" in address or not _HOSTS.fullmatch(hosts):
        raise ValueError(_UNREADABLE)
    secrets = {}
    name, colon, password = user.partition(":")
    if colon:
        secrets["password"] = unquote(password)
    kept = []
    for part in filter(None, query.split("&")):
        key, _, value = part.partition("=")
        if unquote(key).lower() in SECRET_PARAMETERS:
            secrets[unquote(key).lower()] = unquote(value)
        else:
            kept.append(part)
    shown = f"postgresql://{name}{at}{hosts}{slash}{database}"
    return (f"{shown}{mark}{'&'.join(kept)}" if kept else shown), {k: v for k, v in secrets.items() if v}


@contextmanager
def connected(
    address: str, secrets: Mapping[str, str], *, read_only: bool
) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection with one transaction, committed at the end, rolled back on an error.

    Where the address holds no password, the driver takes it from ``PGPASSWORD``, ``~/.pgpass`` or
    the service file, as every PostgreSQL program does.

    Parameters
    ----------
    address, secrets
        As `split_secrets` gives them.
    read_only
        Whether the server refuses to change anything.

    Raises
    ------
    DatabaseError
        The driver is not installed, the server does not answer or refuses, or a statement fails.
    """
    try:
        import psycopg  # noqa: PLC0415 - an extra, which most projects do without
        from psycopg.conninfo import conninfo_to_dict, make_conninfo  # noqa: PLC0415
    except ImportError:
        raise DatabaseError(
            "databases need the package psycopg, which is not installed.",
            "Run pip install 'dualgig[postgis]'.",
        ) from None
    try:
        options: dict[str, Any] = {
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "dualgig",
            **conninfo_to_dict(address),
            **secrets,
            "client_encoding": "UTF8",
        }
        connection = psycopg.connect(make_conninfo(**options))
    except psycopg.Error as error:
        raise DatabaseError(
            f"the database cannot be opened ({_masked(_reason(error), secrets)}).",
            "Start the server, or correct the address; a password belongs in PGPASSWORD or ~/.pgpass.",
        ) from None
    connection.read_only = read_only
    try:
        with connection:
            yield connection
    except UnicodeDecodeError:
        raise DatabaseError(
            "the database's texts are not in the encoding that it claims.",
            "Convert them to UTF-8 in the database.",
        ) from None
    except psycopg.Error as error:
        raise _explained(error, secrets) from None


def quoted(*names: str) -> str:
    """A name as SQL reads it, its parts joined by dots."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def postgis_schema(connection: psycopg.Connection[Any]) -> str:
    """The schema that PostGIS lives in, or an empty text where the database has no PostGIS."""
    found = connection.execute(
        "select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace"
        " where e.extname = 'postgis'"
    ).fetchone()
    return str(found[0]) if found else ""


def _explained(error: psycopg.Error, secrets: Mapping[str, str]) -> DatabaseError:
    """A statement that failed, in the server's words, with what usually helps."""
    from psycopg import errors  # noqa: PLC0415

    reason = _masked(_reason(error), secrets)
    if isinstance(error, errors.InsufficientPrivilege):
        return DatabaseError(f"the right is missing ({reason}).", "Ask the database's owner to grant it.")
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return DatabaseError(
            f"a statement would change the database ({reason}).", "Write a query that only reads."
        )
    if isinstance(error, errors.DependentObjectsStillExist):
        detail = (error.diag.message_detail or "").splitlines()
        return DatabaseError(
            f"other things of the database depend on a table whose columns change ({'; '.join(detail)}).",
            "Drop them first, or choose another schema.",
        )
    if error.sqlstate is None:
        return DatabaseError(f"the connection was lost ({reason}).", "Run it again.")
    return DatabaseError(f"the database refuses ({reason}).", "Correct what it names.")


def _reason(error: psycopg.Error) -> str:
    """What the server or the driver says, as half a sentence."""
    told = [error.diag.message_primary, error.diag.message_hint]
    if told[0]:
        return "; ".join(text.rstrip(".") for text in told if text)
    lines = [line.strip(" \t-") for line in str(error).splitlines() if line.strip()]
    # Of several addresses of one host the last one's reason stands last.
    failed = [line for line in lines if "failed: " in line or "FATAL" in line] or lines
    return failed[-1].rstrip(".") if failed else type(error).__name__


def _masked(text: str, secrets: Mapping[str, str]) -> str:
    """The text without the passwords, whoever repeated them."""
    for secret in secrets.values():
        text = text.replace(secret, "***")
    return text
