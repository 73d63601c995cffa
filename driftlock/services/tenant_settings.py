"""What a tenant decides for itself: shown time, name and colour, redaction where a stream says nothing, retention."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from zoneinfo import available_timezones

from driftlock.decode.redaction import Redactor
from driftlock.errors import ApplicationError, NotFound
from driftlock.services.acting import note
from driftlock.services.redaction import SETTING as REDACT
from driftlock.services.stream_settings import LONGEST_RETENTION

ZONE: Final = "time_zone"
NAME: Final = "product_name"
ACCENT: Final = "accent"
UTC_NAME: Final = "UTC"
LONGEST_PRODUCT_NAME: Final = 40  # characters
LEAST_CONTRAST: Final = 4.5  # WCAG 2.2, 1.4.3: of text in ordinary size
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}").fullmatch
_WHITE: Final = "#FFFFFF"


class CannotSet(ApplicationError):
    """A tenant cannot be set to that; the message says what can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSettings:
    """As they stand; what nobody has set is as it is out of the box."""

    time_zone: str = UTC_NAME  # of shown times, as the IANA database names it
    product_name: str = ""  # shown in the place of Driftlock's; empty: Driftlock's
    accent: str | None = None  # #RRGGBB, behind white text; None: Driftlock's
    redact: tuple[str, ...] | None = (
        None  # rules for streams that have none of their own; None: all there are
    )
    retention_days: int | None = None  # for which events are kept; None: those of the plan


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReport:
    """A report that somebody keeps from being deleted."""

    id: str
    name: str
    by: str  # who made it
    at: datetime


class TenantSettingsTable(Protocol):
    """What is kept of them."""

    def get(self, tenant: str) -> tuple[Mapping[str, Any], int | None] | None:
        """Settings and days of retention; None: no such tenant, or removed."""

    def set(self, tenant: str, values: Mapping[str, Any]) -> None:
        """These settings; None takes one out. The others stay."""

    def set_retention(self, tenant: str, days: int | None) -> None: ...

    def held(self, tenant: str, limit: int) -> list[HeldReport]:
        """Newest first."""


class TenantSettingsStore(Protocol):
    """A store that keeps them."""

    @property
    def tenant_settings(self) -> TenantSettingsTable: ...


class SettingsOfTenants:
    """One verb for each; every change is in the audit log with what stood before."""

    def __init__(self, store: TenantSettingsStore) -> None:
        self._table = store.tenant_settings

    def get(self, tenant: str) -> TenantSettings:
        """
        All of a tenant.

        Raises:
            NotFound: There is no such tenant.
        """
        held, days = self._stored(tenant)
        rules = held.get(REDACT)
        return TenantSettings(
            time_zone=str(held.get(ZONE) or UTC_NAME),
            product_name=str(held.get(NAME) or ""),
            accent=held.get(ACCENT) or None,
            redact=None if rules is None else tuple(rules),
            retention_days=days,
        )

    def time_zone(self, tenant: str, *, zone: str, by: str) -> None:
        """
        In which zone times are shown; what is stored and handed out stays UTC.

        Raises:
            CannotSet: There is no such zone.
        """
        if zone not in available_timezones():
            raise CannotSet("There is no such time zone. They are named as Europe/Berlin, and UTC.")
        self._set(tenant, {ZONE: None if zone == UTC_NAME else zone})

    def look(self, tenant: str, *, name: str, accent: str | None, by: str) -> None:
        """
        Name and colour of the frame around every page.

        Args:
            name: Empty: Driftlock's own.
            accent: ``#RRGGBB``; None: Driftlock's own.

        Raises:
            CannotSet: The name is too long, or white text on the colour could not be read.
        """
        cleaned = " ".join("".join(c if c.isprintable() else " " for c in name).split())
        if len(cleaned) > LONGEST_PRODUCT_NAME:
            raise CannotSet(f"A name has up to {LONGEST_PRODUCT_NAME} characters.")
        if accent is not None:
            check_readable(accent)
            accent = accent.upper()
        self._set(tenant, {NAME: cleaned or None, ACCENT: accent})

    def redaction(self, tenant: str, *, rules: Sequence[str] | None, by: str) -> None:
        """
        What is taken out of events from the next one on, of streams without rules of their own.

        Args:
            rules: None: all there are; empty: nothing.

        Raises:
            UnknownRule: One of them is none.
        """
        if rules is not None:
            Redactor(rules)
        self._set(tenant, {REDACT: None if rules is None else [*rules]})

    def retention(self, tenant: str, *, days: int | None, by: str) -> None:
        """
        For how many days events are kept, of streams without days of their own.

        Args:
            days: None: as the plan says.

        Raises:
            CannotSet: Less than a day, or more than ten years.
        """
        if days is not None and not 1 <= days <= LONGEST_RETENTION:
            raise CannotSet(f"{days:,} days: choose 1 to {LONGEST_RETENTION:,}, or what the plan says.")
        _, before = self._stored(tenant)
        if before == days:
            return
        note(before={"retention_days": before}, after={"retention_days": days})
        self._table.set_retention(tenant, days)

    def held(self, tenant: str, *, limit: int = 1_000) -> list[HeldReport]:
        """Reports that are held, newest first."""
        return self._table.held(tenant, limit)

    def _stored(self, tenant: str) -> tuple[Mapping[str, Any], int | None]:
        found = self._table.get(tenant)
        if found is None:
            raise NotFound("There is no such tenant.")
        return found

    def _set(self, tenant: str, wanted: Mapping[str, Any]) -> None:
        stored, _ = self._stored(tenant)
        changed = {name: value for name, value in wanted.items() if stored.get(name) != value}
        if changed:
            note(before={name: stored.get(name) for name in changed}, after=changed)
            self._table.set(tenant, changed)


def check_readable(accent: str) -> None:
    """
    Whether white text on *accent* can be read.

    Raises:
        CannotSet: It is no colour, or the contrast is below 4.5 to 1; the message says what it is.
    """
    if not _COLOUR(accent):
        raise CannotSet("A colour is written as #RRGGBB.")
    measured = contrast(_WHITE, accent)
    if measured < LEAST_CONTRAST:
        # Cut, not rounded: 4.49 must not read as 4.5.
        shown = math.floor(measured * 100) / 100
        raise CannotSet(
            f"White text on {accent.upper()} has a contrast of {shown:.2f} to 1; it needs {LEAST_CONTRAST} to 1. "
            "Choose a darker colour."
        )


def contrast(one: str, other: str) -> float:
    """
    Contrast of two colours ``#RRGGBB``, from 1 to 21.

    References:
        WCAG 2.2, definitions of "contrast ratio" and "relative luminance".

    >>> round(contrast("#FFFFFF", "#000000"), 2), round(contrast("#FFFFFF", "#0B5CAD"), 2)
    (21.0, 6.67)
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
