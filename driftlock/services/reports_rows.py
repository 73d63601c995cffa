"""Reports as they are asked for and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol, get_args

from driftlock.errors import ApplicationError

Template = Literal["evidence", "period", "dora", "nis2", "ai_log"]
TEMPLATES: Final[tuple[Template, ...]] = get_args(Template)
Form = Literal["zip", "html", "pdf"]
_FORMS: Final[Mapping[Template, tuple[Form, ...]]] = {
    "evidence": ("zip",),
    "period": ("html", "pdf"),
    "dora": ("html", "pdf"),
    "nis2": ("html", "pdf"),
    "ai_log": ("html", "pdf"),
}


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


def scope_of(
    template: Template,
    form: Form,
    anomaly_id: str | None,
    case_id: str | None,
    since: datetime | None,
    until: datetime | None,
) -> dict[str, Any]:
    """
    What a report is about, as it is kept with it.

    Raises:
        InvalidReport: Template, form and what it is about do not go together.
    """
    if form not in _FORMS[template]:
        raise InvalidReport(f"This report comes as {' or '.join(_FORMS[template])}.")
    given = [anomaly_id is not None, case_id is not None, since is not None and until is not None]
    if sum(given) != 1:
        raise InvalidReport("A report is about one anomaly, one case, or a time from and to.")
    if template == "evidence" and anomaly_id is None and case_id is None:
        raise InvalidReport("An evidence bundle is about one anomaly or one case; choose one.")
    if anomaly_id is not None:
        if template == "period":
            raise InvalidReport("A period summary is about a time; choose from and to.")
        return {"anomaly": anomaly_id}
    if case_id is not None:
        if template == "period":
            raise InvalidReport("A period summary is about a time; choose from and to.")
        return {"case": case_id}
    assert since is not None
    assert until is not None
    if since.tzinfo is None or until.tzinfo is None or until < since:
        raise InvalidReport("The range ends before it begins, or has no time zone.")
    return {"from": since.isoformat(), "to": until.isoformat()}
