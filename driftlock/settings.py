"""What the surroundings decide: where things lie and how much is allowed. Read once, at the start."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from driftlock.errors import InvalidSettings

PREFIX: Final = "DRIFTLOCK_"
# Logs unpack to some ten times their size; what unpacks to more holds repetitions, and fills the disk.
UNPACKED_PER_BYTE: Final = 10
# Defaults, and what holds for a run that was asked for before there were these limits.
MAX_UPLOAD_MB: Final = 200
MAX_EVENTS: Final = 3_000_000
MAX_BATCH_MB: Final = 16
MAX_UNPACKED_BYTES: Final = UNPACKED_PER_BYTE * MAX_UPLOAD_MB * 1_000_000
SQLITE: Final = "sqlite:///"
POSTGRESQL: Final = ("postgresql://", "postgresql+psycopg://")
DATABASES: Final = "a SQLite file, sqlite:///path/to/driftlock.db, or a PostgreSQL database, postgresql://role:password@host/name"
FEWEST_KEY_CHARACTERS: Final = 16
SIGN_IN: Final = ("auto", "required", "off")
# Variables that may hold a secret; each may name a file that holds it instead, as …_FILE.
SECRETS: Final = (
    "DATABASE_URL",
    "MIGRATION_URL",
    "API_KEY",
)
_VISIBLE: Final = re.compile(r"[!-~]+").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Every setting of the application, checked.

    Raises:
        InvalidSettings: A value lies outside what is allowed; the message
            names the variable, the value and what is allowed.

    >>> Settings(home=Path("/srv/driftlock")).database_url
    'sqlite:////srv/driftlock/driftlock.db'
    >>> Settings(max_upload_mb=0)
    Traceback (most recent call last):
        ...
    driftlock.errors.InvalidSettings: DRIFTLOCK_MAX_UPLOAD_MB=0: allowed is a whole number from 1 to 4096
    """

    home: Path = Path(".driftlock")  # database and spooled uploads
    database_url: str = field(default="", repr=False)  # empty: a SQLite file in home
    migration_url: str = field(
        default="", repr=False
    )  # PostgreSQL as the owner of the tables; empty: as above
    max_upload_mb: int = MAX_UPLOAD_MB  # largest source of one run, as sent
    max_events: int = MAX_EVENTS  # most events of one run
    upload_retention_hours: int = 24  # a run, its events and its verdicts are removed after so long
    max_batch_mb: int = MAX_BATCH_MB  # largest batch sent to a stream, as sent and unpacked
    api_key: str = field(default="", repr=False)  # that senders must know; empty: none asked for
    time_authority_url: str = ""  # that signs when a bundle was there (RFC 3161); empty: none is asked
    demo_data: bool = True  # whether a tenant without data gets a demonstration
    sign_in: str = "auto"  # required; off; auto: as soon as there is an account
    session_idle_hours: int = 12  # unused for so long, a session is over
    session_days: int = 7  # and after so many days at the latest

    def __post_init__(self) -> None:
        if self.home.exists() and not self.home.is_dir():
            raise _invalid("HOME", str(self.home), "a folder, or a path where one can be made")
        if not self.database_url:
            object.__setattr__(self, "database_url", f"{SQLITE}{self.home.absolute() / 'driftlock.db'}")
        path = self.database_url.removeprefix(SQLITE)
        if not self.database_url.startswith(POSTGRESQL) and (
            path == self.database_url or path in ("", ":memory:")
        ):
            raise _invalid("DATABASE_URL", without_password(self.database_url), DATABASES)
        if self.migration_url and not (
            self.database_url.startswith(POSTGRESQL) and self.migration_url.startswith(POSTGRESQL)
        ):
            raise _invalid(
                "MIGRATION_URL",
                without_password(self.migration_url),
                "the PostgreSQL database of DRIFTLOCK_DATABASE_URL, with the owner of its tables as role",
            )
        _check_range("MAX_UPLOAD_MB", self.max_upload_mb, 1, 4096)
        _check_range("MAX_EVENTS", self.max_events, 1, 1_000_000_000)
        _check_range("UPLOAD_RETENTION_HOURS", self.upload_retention_hours, 1, 24 * 366)
        if self.time_authority_url and not self.time_authority_url.startswith(("https://", "http://")):
            raise _invalid(
                "TIME_AUTHORITY_URL", self.time_authority_url, "an address that begins with https://"
            )
        _check_range("MAX_BATCH_MB", self.max_batch_mb, 1, 256)
        if self.sign_in not in SIGN_IN:
            raise _invalid("SIGN_IN", self.sign_in, " or ".join(SIGN_IN))
        _check_range("SESSION_IDLE_HOURS", self.session_idle_hours, 1, 24 * 30)
        _check_range("SESSION_DAYS", self.session_days, 1, 365)
        if self.api_key and not (len(self.api_key) >= FEWEST_KEY_CHARACTERS and _VISIBLE(self.api_key)):
            # The message must not repeat what is nearly a key.
            raise _invalid(
                "API_KEY", "…", f"at least {FEWEST_KEY_CHARACTERS} visible ASCII characters without blanks"
            )

    def for_made_data(self) -> "Settings":
        """The same with the usual limits: stricter ones are for what others send, not for what is made here."""
        return replace(self, max_upload_mb=MAX_UPLOAD_MB, max_events=MAX_EVENTS)

    @property
    def max_upload_bytes(self) -> int:
        """Megabytes of 1,000,000 bytes, as operating systems and the upload widget show them."""
        return self.max_upload_mb * 1_000_000

    @property
    def max_batch_bytes(self) -> int:
        return self.max_batch_mb * 1_000_000

    @property
    def max_unpacked_bytes(self) -> int:
        """The most a compressed source may unpack to."""
        return UNPACKED_PER_BYTE * self.max_upload_bytes

    @property
    def upload_retention(self) -> timedelta:
        return timedelta(hours=self.upload_retention_hours)

    @property
    def session_idle(self) -> timedelta:
        return timedelta(hours=self.session_idle_hours)

    @property
    def session_longest(self) -> timedelta:
        return timedelta(days=self.session_days)

    @property
    def database_file(self) -> Path | None:
        """None: the database is a server."""
        path = self.database_url.removeprefix(SQLITE)
        return None if path == self.database_url else Path(path)

    @property
    def spool(self) -> Path:
        """Where the source of a run lies while the run lives."""
        return self.home / "spool"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """
        Settings from ``DRIFTLOCK_*``; a variable that is missing or empty keeps its default.

        >>> Settings.from_environment({"DRIFTLOCK_UPLOAD_RETENTION_HOURS": "48"}).upload_retention_hours
        48
        """
        given = os.environ if environment is None else environment
        values = {
            name.removeprefix(PREFIX): value.strip()
            for name, value in given.items()
            if name.startswith(PREFIX) and value.strip()
        }
        for name in SECRETS:
            if path := values.get(f"{name}_FILE"):
                if name in values:
                    raise InvalidSettings(f"{PREFIX}{name} and {PREFIX}{name}_FILE are both set; set one.")
                values[name] = _secret(f"{name}_FILE", path)
        read: dict[str, Any] = {}
        for name, convert in _READERS.items():
            if name in values:
                read[name.lower()] = convert(name, values[name])
        return cls(**read)


def _folder(name: str, text: str) -> Path:
    return Path(text).expanduser()


def _text(name: str, text: str) -> str:
    return text


def _small(name: str, text: str) -> str:
    return text.lower()


def _secret(name: str, path: str) -> str:
    """What a file holds, without the white space around it."""
    try:
        held = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InvalidSettings(f"{PREFIX}{name}: {path} cannot be read: {reason}") from error
    if not held:
        raise InvalidSettings(f"{PREFIX}{name}: {path} is empty; write the secret into it")
    return held


def _whole_number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _invalid(name, text, "a whole number") from None


def _switch(name: str, text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise _invalid(name, text, "on or off")
    return _SWITCH[text.lower()]


_SWITCH: Final = {
    **dict.fromkeys(("on", "1", "true", "yes"), True),
    **dict.fromkeys(("off", "0", "false", "no"), False),
}
_READERS: Final[dict[str, Callable[[str, str], Any]]] = {
    "HOME": _folder,
    "DATABASE_URL": _text,
    "MIGRATION_URL": _text,
    "MAX_UPLOAD_MB": _whole_number,
    "MAX_EVENTS": _whole_number,
    "UPLOAD_RETENTION_HOURS": _whole_number,
    "MAX_BATCH_MB": _whole_number,
    "API_KEY": _text,
    "DEMO_DATA": _switch,
    "TIME_AUTHORITY_URL": _text,
    "SIGN_IN": _small,
    "SESSION_IDLE_HOURS": _whole_number,
    "SESSION_DAYS": _whole_number,
}


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise _invalid(name, value, f"a whole number from {low} to {high}")


def _invalid(name: str, value: object, allowed: str) -> InvalidSettings:
    return InvalidSettings(f"{PREFIX}{name}={value}: allowed is {allowed}")


def without_password(url: str) -> str:
    """
    For messages.

    >>> without_password("postgresql://anna:hush@db.example/driftlock")
    'postgresql://anna:…@db.example/driftlock'
    """
    return re.sub(r"(://[^/@:?]*):.*@", r"\1:…@", re.sub(r"(?i)(password=)[^&]*", r"\1…", url))


def surroundings(**added: str) -> dict[str, str]:
    """The environment for a process of another program: without our own variables, with *added* ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return kept | added
