"""Times of the page Admin, in the zone that the tenant has chosen."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from driftlock.services.tenant_settings import UTC_NAME
from driftlock.ui import words
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import duration_text

_NOW_US = 60_000_000


def zone() -> str:
    """Its name; of every column of times."""
    return desk().tenant_settings.get(tenant()).time_zone


def moment(at: datetime | None, zone: str) -> str:
    """
    A time to the second; outside UTC with its offset, as an hour comes twice when clocks go back.

    >>> moment(datetime(2026, 1, 5, 12, tzinfo=UTC), "Europe/Berlin"), moment(None, "UTC")
    ('2026-01-05 13:00:00+01:00', '—')
    """
    if at is None or zone == UTC_NAME:
        return words.moment(at)
    return at.astimezone(ZoneInfo(zone)).isoformat(sep=" ", timespec="seconds")


def said(at: datetime | None, zone: str) -> str:
    """
    The same in a sentence.

    >>> said(datetime(2026, 1, 5, 12, tzinfo=UTC), "UTC")
    '2026-01-05 12:00:00 UTC'
    """
    return moment(at, zone) + (f" {UTC_NAME}" if at is not None and zone == UTC_NAME else "")


def ago(at: datetime, now: datetime) -> str:
    """
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> ago(noon.replace(hour=11, minute=57), noon), ago(noon, noon)
    ('3 min ago', 'less than a minute ago')
    """
    us = (now - at).total_seconds() * 1_000_000
    return "less than a minute ago" if us < _NOW_US else f"{duration_text(us)} ago"


def now() -> datetime:
    """The time of this machine, for what is told as so long ago."""
    return datetime.now(UTC)
