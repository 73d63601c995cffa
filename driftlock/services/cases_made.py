"""Cases as grouping makes and extends them, and what was done about an anomaly in the words of evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from driftlock.model import moment
from driftlock.services.cases_store import Case, Span
from driftlock.services.review_store import StoredChange
from driftlock_core.severity import Severity

SYSTEM: Final = "system"  # who opens a case that grouping finds
_NAMED: Final = 3  # streams in a title
_RANKS: Final[Mapping[Severity, int]] = {"low": 0, "medium": 1, "high": 2}


def said_of(change: StoredChange, anomaly_id: str) -> tuple[str, dict[str, Any]] | None:
    """What a change of what stands beside anomalies was to this one, in the words of evidence; None: nothing."""
    says, about = change.detail["says"], set(change.detail["rows"])
    if change.undone_at is not None or anomaly_id not in about:
        return None
    if change.what == "label":
        return "classified", {name: says[name] for name in ("label", "reason") if says.get(name)}
    if change.what == "state":
        state = str(says["state"])
        return ("reopened" if state == "open" else state), {}
    if change.what == "assign":
        return "assigned", {"assignee": says["assignee"]}
    return "snoozed", {"until": says["until"]}


def new_case(tenant: str, case_id: str, spans: Sequence[Span], now: datetime) -> Case:
    """An open case of *spans*, named after the streams that began first."""
    order = sorted(spans, key=lambda one: (one.first_us, one.stream_name))
    streams = list(dict.fromkeys(span.stream_name for span in order))
    more = f" and {len(streams) - _NAMED} more" if len(streams) > _NAMED else ""
    return Case(
        tenant=tenant,
        id=case_id,
        title=f"{', '.join(streams[:_NAMED])}{more}",
        state="open",
        severity=_worst(spans),
        assignee=None,
        snoozed_until=None,
        first_us=min(span.first_us for span in spans),
        last_us=max(span.last_us for span in spans),
        by=SYSTEM,
        at=now,
        changed_at=now,
        timeline=[_entry(now, "detected", spans)],
    )


def extended(case: Case, spans: Sequence[Span], now: datetime) -> Case:
    """*case* with further *spans*; what people made of it stays."""
    severity = max(case.severity, _worst(spans), key=_RANKS.__getitem__)
    return replace(
        case,
        severity=severity,
        first_us=min(case.first_us, *(span.first_us for span in spans)),
        last_us=max(case.last_us, *(span.last_us for span in spans)),
        changed_at=now,
        timeline=[*case.timeline, _entry(now, "extended", spans)],
    )


def _entry(now: datetime, what: str, spans: Sequence[Span]) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "what": what,
        "by": SYSTEM,
        "anomalies": len(spans),
        "streams": len({span.stream_id for span in spans}),
        "from": moment(min(span.first_us for span in spans)).isoformat(),
        "to": moment(max(span.last_us for span in spans)).isoformat(),
    }


def _worst(spans: Sequence[Span]) -> Severity:
    return max((span.severity for span in spans), key=_RANKS.__getitem__)
