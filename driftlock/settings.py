"""What the surroundings decide: where things lie and how much is allowed. Read once, at the start."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
MAX_UNPACKED_BYTES: Final = UNPACKED_PER_BYTE * MAX_UPLOAD_MB * 1_000_000
SQLITE: Final = "sqlite:///"


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
    database_url: str = ""  # empty: a SQLite file in home
    max_upload_mb: int = MAX_UPLOAD_MB  # largest source of one run, as sent
    max_events: int = MAX_EVENTS  # most events of one run
    upload_retention_hours: int = 24  # a run, its events and its verdicts are removed after so long

    def __post_init__(self) -> None:
        if self.home.exists() and not self.home.is_dir():
            raise _invalid("HOME", str(self.home), "a folder, or a path where one can be made")
        if not self.database_url:
            object.__setattr__(self, "database_url", f"{SQLITE}{self.home.absolute() / 'driftlock.db'}")
        path = self.database_url.removeprefix(SQLITE)
        if path == self.database_url or path in ("", ":memory:"):
            raise _invalid("DATABASE_URL", self.database_url, "a SQLite file, sqlite:///path/to/driftlock.db")
        _check_range("MAX_UPLOAD_MB", self.max_upload_mb, 1, 4096)
        _check_range("MAX_EVENTS", self.max_events, 1, 1_000_000_000)
        _check_range("UPLOAD_RETENTION_HOURS", self.upload_retention_hours, 1, 24 * 366)

    @property
    def max_upload_bytes(self) -> int:
        """Megabytes of 1,000,000 bytes, as operating systems and the upload widget show them."""
        return self.max_upload_mb * 1_000_000

    @property
    def max_unpacked_bytes(self) -> int:
        """The most a compressed source may unpack to."""
        return UNPACKED_PER_BYTE * self.max_upload_bytes

    @property
    def upload_retention(self) -> timedelta:
        return timedelta(hours=self.upload_retention_hours)

    @property
    def database_file(self) -> Path:
        return Path(self.database_url.removeprefix(SQLITE))

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
        read: dict[str, Any] = {}
        for name, convert in _READERS.items():
            if name in values:
                read[name.lower()] = convert(name, values[name])
        return cls(**read)


def _folder(name: str, text: str) -> Path:
    return Path(text).expanduser()


def _text(name: str, text: str) -> str:
    return text


def _whole_number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _invalid(name, text, "a whole number") from None


_READERS: Final[dict[str, Callable[[str, str], Any]]] = {
    "HOME": _folder,
    "DATABASE_URL": _text,
    "MAX_UPLOAD_MB": _whole_number,
    "MAX_EVENTS": _whole_number,
    "UPLOAD_RETENTION_HOURS": _whole_number,
}


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise _invalid(name, value, f"a whole number from {low} to {high}")


def _invalid(name: str, value: object, allowed: str) -> InvalidSettings:
    return InvalidSettings(f"{PREFIX}{name}={value}: allowed is {allowed}")
