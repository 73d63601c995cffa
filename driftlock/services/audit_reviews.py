"""What the audit log says of a change at the desk: never the texts that people wrote."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from driftlock.services.acting import note
from driftlock.services.review_changes import pair_of
from driftlock.services.review_store import StoredChange

_SAID: Final = (
    "label",
    "scope",
    "state",
    "assignee",
    "until",
    "pattern",
    "stream",
    "window",
    "undoes",
    "what",
)
_STOOD: Final = {"label": "label", "snooze": "snoozed_until", "state": "state", "assign": "assignee"}


def tell(change: StoredChange, within: object) -> None:
    """Complete the row of the verb at work, if there is one, which is kept with the change."""
    says: Mapping[str, Any] = change.detail["says"]
    ids = sorted(change.detail.get("rows") or ())
    after = {name: says[name] for name in _SAID if says.get(name) is not None}
    after["count"] = change.detail["count"]
    if len(ids) > 1:
        after["anomalies"] = ids
    before = None
    if (stood := _STOOD.get(change.what)) is not None and ids:
        before = {stood: _counted(change, stood)}
    thing = says.get("note") or says.get("suppression")
    single = ids[0] if len(ids) == 1 else thing if isinstance(thing, str) and len(thing) <= 64 else None
    note(object_id=single or change.id, before=before, after=after, within=within)


def _counted(change: StoredChange, name: str) -> dict[str, int]:
    """How many anomalies had which value before."""
    rows = change.detail["rows"]
    before = (pair_of(one, row)[0] for one, row in rows.items())
    values = (None if review is None else getattr(review, name) for review in before)
    return dict(sorted(Counter("none" if value is None else str(value) for value in values).items()))
