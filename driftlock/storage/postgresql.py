"""What is said to PostgreSQL alone: how its connections are set up, begin, and read and write text."""

from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.types.numeric import FloatBinaryDumper, FloatDumper
from psycopg.types.string import StrBinaryDumper, StrDumperUnknown, TextLoader

from driftlock.storage.outages import lost

# Longer than the largest single statement, the deletion of a large stream; whoever waits longer has given up.
STATEMENT_TIMEOUT_MS: Final = 120_000
LOCK_TIMEOUT_MS: Final = 30_000  # as SQLite's BUSY_TIMEOUT_MS
# Of a process that hangs in the middle of a transaction; its locks keep others waiting.
IDLE_TIMEOUT_MS: Final = 300_000
DRIVER: Final = "postgresql+psycopg"
CONNECT_TIMEOUT_S: Final = 10
# Threads of one process that are at the database at once; more wait a moment for a connection.
POOL: Final = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 10, "pool_use_lifo": True}
# Its text holds no NUL. A character that no text has (https://www.unicode.org/faq/private_use.html#nonchar1)
# stands before what stands for it, and before itself.
_MARK: Final = "\ufdd0"
_ESCAPES: Final = {_MARK: _MARK + "1", "\x00": _MARK + "0"}
_NUMERIC: Final = "numeric"


def escape(text: str) -> str:
    """*text* without NUL; equal texts stay equal, different ones different."""
    for character, written in _ESCAPES.items():  # the mark itself first
        text = text.replace(character, written)
    return text


def unescape(text: str) -> str:
    """What :func:`escape` was given."""
    for character, written in reversed(_ESCAPES.items()):
        text = text.replace(written, character)
    return text


class _Text(StrDumperUnknown):
    def dump(self, obj: str) -> Any:
        return super().dump(escape(obj) if "\x00" in obj or _MARK in obj else obj)


class _BinaryText(StrBinaryDumper):
    """Of arrays, which go in binary."""

    def dump(self, obj: str) -> Any:
        return super().dump(escape(obj) if "\x00" in obj or _MARK in obj else obj)


class _ReadText(TextLoader):
    def load(self, data: Any) -> Any:
        text = super().load(data)
        return unescape(text) if isinstance(text, str) and _MARK in text else text


class _Float(FloatDumper):
    """SQLite keeps no sign of zero; what is read must not depend on the database."""

    def dump(self, obj: float) -> Any:
        return super().dump(obj + 0.0)


class _BinaryFloat(FloatBinaryDumper):
    def dump(self, obj: float) -> Any:
        return super().dump(obj + 0.0)


class _Number(psycopg.adapt.Loader):
    """A sum of whole numbers is whole; other databases have no third sort of numbers either."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


def connect_arguments(url: sa.URL, *, patient: bool) -> dict[str, Any]:
    """
    For the driver; what the address itself says goes first.

    Args:
        patient: Whether a statement may take as long as it takes.
    """
    limits = {
        "statement_timeout": 0 if patient else STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": 0 if patient else IDLE_TIMEOUT_MS,
        "timezone": "UTC",
    }
    usual = {
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        "application_name": "driftlock",
        "connect_timeout": CONNECT_TIMEOUT_S,
    }
    return {name: value for name, value in usual.items() if name not in url.query}


def set_up(engine: sa.Engine) -> None:
    """Have *engine*'s connections begin their transactions where we say, and keep what they hold to themselves."""
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "handle_error", _keep_quiet)


def _on_connect(connection: psycopg.Connection[Any], _record: object) -> None:
    connection.autocommit = True  # _begin says BEGIN, together with what else opens a transaction
    for dumper in (_BinaryText, _Text):  # the last one is the usual one
        connection.adapters.register_dumper(str, dumper)
    for number in (_BinaryFloat, _Float):
        connection.adapters.register_dumper(float, number)
    for name in ("text", "varchar"):
        connection.adapters.register_loader(name, _ReadText)
    connection.adapters.register_loader(_NUMERIC, _Number)


def _begin(connection: sa.Connection) -> None:
    """One trip to the server, however much there is to say."""
    options = connection.get_execution_options()
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    said = sql.Composed([sql.SQL("BEGIN" if options.get("driftlock_writes", True) else _READS)])
    if (tenant := options.get("driftlock_tenant")) is not None:
        said += sql.SQL("; SELECT set_config('driftlock.tenant', {}, true)").format(tenant)
        if not options.get("driftlock_lasting", True):
            said += sql.SQL(", set_config('synchronous_commit', 'off', true)")
        if options.get("driftlock_alone", False):
            said += sql.SQL(", pg_advisory_xact_lock({}, hashtext({}))").format(_WRITERS, tenant)
    try:
        driver.execute(said, prepare=False)  # several statements cannot be prepared
    except psycopg.Error as error:
        if lost(error):
            connection.invalidate(error)
        raise


# As in SQLite, all of one transaction reads the same.
_READS: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITERS: Final = 0x6472_696C  # of advisory locks: those of who writes for a tenant


def _keep_quiet(context: sa.engine.ExceptionContext) -> None:
    """The server repeats rows and keys in the details of an error; its first line says what it is about."""
    error = context.original_exception
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        error.args = (error.diag.message_primary,)
        if (shown := context.sqlalchemy_exception) is not None and shown.args:
            kind = type(error)
            shown.args = (f"({kind.__module__}.{kind.__name__}) {error.args[0]}", *shown.args[1:])
