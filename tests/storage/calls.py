"""
How every function of the storage is called as one tenant with the ids of another.

Arguments follow from the names and types of the parameters, dataclasses from those of their fields; what cannot be
made that way is said in :data:`ARGUMENTS`. A function that has no tenant is said in :data:`OF_ALL_TENANTS`, with the
reason.
"""

import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from driftlock.model import Event
from driftlock.services.overview_store import Buckets
from driftlock.storage.store import SqlStore
from driftlock_core.profiles import BALANCED
from driftlock_core.window_views.catalogue import ASPECTS
from driftlock_core.windows import Windows
from tests.storage.made_tenants import NOON, NOON_US, OURS, identity

# Reads or changes rows of all tenants, or of people, who belong to none.
OF_ALL_TENANTS = {
    "runs.claim": "work is shared out over all tenants; what is claimed is the worker's",
    "runs.expired": "whoever forgets expired runs looks over all tenants: names of tenants and ids alone",
    "runs.waiting_bytes": "what waits of all visitors together: a sum alone",
    "runs.unfinished": "the spool is of all tenants: ids alone",
    "jobs.claim": "as of runs",
    "pending.behind": "whoever judges looks over all tenants: counts and configurations alone",
    "demo.take": "as of runs",
    "retention.empty_log": "no rows",
    "retention.ended_tenants": "whoever removes visitors' tenants looks over all: names alone",
    "retention.remove_sessions": "sessions belong to people",
    "retention.tenants": "names alone",
    "forgetting.empty_log": "no rows",
    "audit.tenants": "names alone, for the check of all chains",
    "tenants.all": "the list that only the console and owners of the installation see",
    "accounts.any": "whether there is a user at all",
    "accounts.attempt": "a person who signs in belongs to no tenant yet",
    "accounts.by_email": "as before",
    "accounts.by_subject": "as before",
    "accounts.forget": "a person, in whatever tenants",
    "accounts.invitation": "found by the digest of a secret",
    "accounts.prefer": "a person, who is signed in",
    "accounts.preferences": "as before",
    "accounts.set_password": "a person",
    "accounts.set_subject": "a person",
    "accounts.succeeded": "a person",
    "accounts.tenants_of": "a person's own tenants",
    "accounts.unlock": "a person",
    "accounts.user": "a person",
    "sessions.choose": "found by the digest of a secret; whether the person is in the tenant is asked above",
    "sessions.end": "found by the digest of a secret",
    "sessions.end_all": "a person's",
    "sessions.get": "found by the digest of a secret",
    "sessions.known": "found by the digest of a secret",
    "sessions.of_user": "a person's own",
    "sessions.open": "a person's",
    "sessions.sweep": "expired ones of all people",
    "sessions.touch": "found by the digest of a secret",
    "sessions.visits": "a number, against too many visitors",
    "api_keys.find": "found by the id in a key, before it is known whose it is; the secret is checked above",
}
TIMES = {"since": None, "until": NOON + timedelta(hours=1), "stale": NOON - timedelta(hours=1)}
# By name of the parameter or field; a callable is given the tenant whose ids are asked for.
ARGUMENTS: dict[str, Any] = {
    "tenant": lambda _: OURS,
    "stream_id": lambda of: identity("stream", of),
    "stream_ids": lambda of: (identity("stream", of),),
    "warmups": lambda of: {identity("stream", of): [0]},
    "ids": lambda of: [identity("anomaly", of), identity("alert", of)],
    "anomaly_id": lambda of: identity("anomaly", of),
    "object_id": lambda of: identity("anomaly", of),
    "run_id": lambda of: identity("run", of),
    "job_id": lambda of: identity("jobs", of),
    "case_id": lambda of: identity("case", of),
    "case_ids": lambda of: [identity("case", of)],
    "anomaly_ids": lambda of: [identity("anomaly", of), identity("alert", of)],
    "anchors.points.after": 0,
    "cases.flagged.ranges": lambda of: {identity("stream", of): (-1, 10**9)},
    "comment_id": lambda of: identity("comments", of),
    "proposal_id": lambda of: identity("proposals", of),
    "anchor_id": lambda of: identity("anchor", of),
    "note_id": lambda of: identity("annotations", of),
    "change_id": lambda of: identity("desk_changes", of),
    "suppression_id": lambda of: identity("suppressions", of),
    "report_id": lambda of: identity("bundles", of),
    "user_id": lambda of: identity("user", of),
    "key_id": lambda of: identity("api_key", of),
    "digest": lambda of: f"digest {of} 1",
    "pattern": "pattern",
    "patterns": ["pattern"],
    "what": None,
    "desk.later.what": ["what aaaa 1", "what bbbb 1"],
    "accesses.page.actor": None,
    "audit.page.actor": None,
    "desk.votes.anomaly_ids": lambda of: [identity("anomaly", of)],
    "desk.votes_by_id.ids": lambda of: [identity("votes", of)],
    "desk.withdraw_votes.ids": lambda of: [identity("votes", of)],
    "desk.withdraw_votes.at": NOON,
    "tenant_settings.set_retention.days": 9,
    "tenant_settings.set.value": "a value",
    "Wanted.suppressed": True,
    "Wanted.text": "",
    "AccessRow.what": "opened",
    "StoredChange.what": "label",
    "StoredChange.detail": {"count": 0, "says": {}},
    "Step.anomalies": [],
    "Step.anchors": [],
    "Step.drift": [],
    "SeriesStep.anomalies": [],
    "overview.newer.seen_us": 0,
    "retention.last_before.moment": NOON - timedelta(hours=1),
    "ProfileChange.after_seq": 1,
    "desk.window_votes.window": 1,
    "Wanted.actor": None,
    "limit": 1_000,
    "offset": 0,
    "first_seq": 1,
    "last_seq": 1_000,
    "seq": 0,
    "window": 1,
    "series": 1,
    "numbers": [1, 2],
    "seen_us": 0,
    "most": 10,
    "days": 1,
    "cursor": 2,
    "Step.before": 1,
    "SeriesStep.before": 1,
    "ProfileChange.before": BALANCED.configuration(),
    "after_seq": 1,
    "taken": 1,
    "worker": "worker",
    "owner": "owner",
    "order": "newest",
    "term": re.compile(rb"secret"),
    "wait_after": lambda _: lambda _failures: None,
    "events.append.new": [Event(b"new", "logs", b"new key")],
    "computed": lambda _: windows(1),
    "windows": lambda _: windows(0),
    "buckets": Buckets(low=NOON_US - 1_000, high=NOON_US + 1_000, count=2),
    "streams.alter.values": {"name": "another"},
    "demo.put_back.taken": 0,
    "keeping": False,
    "plan": "team",
    "configuration": BALANCED.configuration(),
    "streams.configure.stream_id": lambda of: identity("stream", of, 2),
    "streams.reshape.stream_id": lambda of: identity("stream", of, 2),
    "series.anomaly.anomaly_id": lambda of: identity("alert", of),
    "tuning.labels.stream_id": lambda of: identity("stream", of, 2),
    "runs.describe.options": {"another": 1},
    "desk.remove_note.removed_at": NOON,
    "desk.end_suppressions.ids": lambda of: [identity("suppressions", of)],
    "desk.end_suppressions.ended_at": NOON,
    "accounts.set_state.state": "disabled",
    "tenants.set_state.state": "suspended",
    "tenants.set_state.tenant": lambda _: OURS,
    "runs.finish.state": "done",
    "jobs.finish.state": "done",
    "cases.comments.object_kind": "anomaly",
    "cases.remove_comment.by": "by bbbb 1",
    "through": 1,
    "verdicts_before": NOON + timedelta(hours=1),
    "events": 2,
    "removed_through": 0,
    "moment": NOON + timedelta(hours=1),
    **TIMES,
}  # fmt: skip
FREE: set[str] = set()  # that name nothing of the database
IDENTIFYING = {name for name in ARGUMENTS if name.endswith(("_id", "_ids", "ids", "digest", "warmups"))}


def windows(count: int) -> Windows:
    """So many, all computed."""
    columns = {}
    for field in fields(Windows):
        shape = (count, len(ASPECTS)) if field.name.startswith("aspect_") else (count,)
        columns[field.name] = () if field.name == "verdicts" else np.ones(shape, dtype=np.int64)
    for name in ("aspect_p", "aspect_distance", "score", "p_perm", "chance"):
        columns[name] = columns[name].astype(np.float64)
    for name in ("exact", "gated", "flagged", "ready"):
        columns[name] = columns[name].astype(np.bool_)
    return Windows(**columns)


def functions(store: SqlStore) -> dict[str, Callable[..., Any]]:
    """Every public function of the storage's classes, by name; those of the desk are inside ``reviews.open``."""
    found = {}
    for name, part in vars(store).items():
        if type(part).__module__.startswith("driftlock.storage"):
            for method, function in inspect.getmembers(part, callable):
                if not method.startswith("_"):
                    found[f"{name}.{method}"] = function
    return found


def desk_functions() -> dict[str, Callable[..., Any]]:
    """The same of a desk, each to be called on an open one."""
    from driftlock.storage.desk import SqlDesk

    members = inspect.getmembers(SqlDesk, inspect.isfunction)
    return {f"desk.{name}": function for name, function in members if not name.startswith("_")}


def arguments(name: str, function: Callable[..., Any], of: str) -> tuple[dict[str, Any], bool, bool]:
    """Keyword arguments; whether they name something of *of*; whether they name a tenant."""
    made = _Made(name, of)
    hints = typing.get_type_hints(function)
    given: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        value = made.value(parameter.name, hints.get(parameter.name, Any))
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            given |= value
        else:
            given[parameter.name] = value
    return given, made.identifying, made.of_tenant


class _Made:
    def __init__(self, function: str, of: str) -> None:
        self._function = function
        self._of = of
        self.identifying = False
        self.of_tenant = False

    def value(self, name: str, kind: Any) -> Any:
        self.of_tenant |= name == "tenant"
        for key in (f"{self._function}.{name}", name):
            if key in ARGUMENTS:
                self.identifying |= key in IDENTIFYING
                given = ARGUMENTS[key]
                return given(self._of) if callable(given) and not isinstance(given, type) else given
        return self._of_kind(name, kind)

    def _of_kind(self, name: str, kind: Any) -> Any:
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing.Union, types.UnionType):
            return None if type(None) in inner else self.value(name, inner[0])
        if origin is typing.Literal:
            return inner[0]
        if is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            own = {field.name: self._field(kind, field.name, hints[field.name]) for field in fields(kind)}
            return kind(**own)
        if name.endswith(("_id", "_ids")) and name not in FREE:
            raise NotImplementedError(f"{self._function}: say in calls.ARGUMENTS whose “{name}” is")
        plain = {str: "text", int: 1, float: 0.5, bool: False, bytes: b"bytes", datetime: NOON}
        if kind in plain:
            return plain[kind]
        of = origin or kind
        if isinstance(of, type):
            if issubclass(of, str | bytes):
                return of()
            if issubclass(of, typing.Mapping):
                return {}
            if issubclass(of, tuple):
                return ()
            if issubclass(of, typing.Iterable):
                return [self.value(name, inner[0])] if inner and is_dataclass(inner[0]) else []
        raise NotImplementedError(f"{self._function}: say in calls.ARGUMENTS what “{name}: {kind}” is")

    def _field(self, kind: type, name: str, of: Any) -> Any:
        """A row's own id is that of the sort of thing it is."""
        if name == "id":
            self.identifying = True
            sort = {"Stream": "stream", "Run": "run", "Job": "jobs", "Case": "case", "Proposal": "proposals",
                    "Comment": "comments", "Anchor": "anchor", "User": "newcomer", "ProfileChange": "newchange",
                    "StoredSuppression": "suppressions", "StoredNote": "annotations", "StoredKey": "api_key",
                    "StoredChange": "desk_changes"}.get(kind.__name__, kind.__name__.lower())  # fmt: skip
            return identity(sort, self._of)
        return self.value(f"{kind.__name__}.{name}" if f"{kind.__name__}.{name}" in ARGUMENTS else name, of)


@contextmanager
def opened_desk(store: SqlStore, tenant: str) -> Iterator[Any]:
    with store.reviews.open(tenant, NOON) as desk:
        yield desk
