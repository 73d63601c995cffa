"""Reports as they are asked for and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol, get_args

from driftlock.errors import ApplicationError

Template = Literal["evidence", "period", "dora", "nis2", "ai_log"]
TEMPLATES: Final[tuple[Template, ...]] = get_args(Template)
Form = Literal["zip", "html", "pdf"]


class InvalidReport(ApplicationError):
    """What was asked for does not go together; the message says what does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A finished report without its bytes."""

    tenant: str
    id: str
    name: str  # for a file
    template: Template
    scope: Mapping[str, Any]  # {"anomaly": id}, {"case": id} or {"from": …, "to": …} in ISO 8601
    policy: str
    sha256: str
    size_bytes: int
    by: str
    at: datetime
    expires_at: datetime | None
    held: bool


class ReportTable(Protocol):
    """Reports that were made."""

    def add(self, row: ReportRow, content: bytes) -> None: ...

    def newest(self, tenant: str, offset: int, limit: int) -> tuple[list[ReportRow], int]:
        """Newest first, and how many there are."""

    def get(self, tenant: str, report_id: str) -> ReportRow | None: ...

    def content(self, tenant: str, report_id: str) -> bytes | None: ...

    def of_anomalies(self, tenant: str, limit: int) -> list[ReportRow]:
        """Evidence bundles, newest first."""

    def hold(self, tenant: str, report_id: str, held: bool) -> bool: ...

    def remove(self, tenant: str, report_id: str) -> bool:
        """False if it is not there, or held."""


class ReportStore(Protocol):
    """A store that keeps reports."""

    @property
    def bundles(self) -> ReportTable: ...
