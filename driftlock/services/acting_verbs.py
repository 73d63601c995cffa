"""
What every verb and every question needs: one line for each public method of the application.

Whoever adds a method adds its line; without one it is refused. Actions are
named object first: ``stream.create``.
"""

from dataclasses import dataclass
from typing import Final, Literal

from driftlock.services.permissions import Permission


@dataclass(frozen=True, slots=True)
class Verb:
    """One public method."""

    permission: Permission | None  # None: for the process itself alone
    action: str | None = None  # in the audit log; None: it changes nothing that is kept
    kind: str = ""  # of the object
    id: str | None = None  # parameter that holds the object's id
    keeps: tuple[str, ...] = ()  # parameters whose values the log keeps; never texts that people write
    access: Literal["opened", "exported"] | None = None  # in the access log
    # The row is written only after the service has noted what it changes: it may write before, as a lease, or
    # find that nothing is to change.
    waits: bool = False
    pure: bool = False  # of its arguments alone: nobody's data are read


PROCESS: Final = Verb(None)
SEE: Final = Verb("see")
PURE: Final = Verb("see", pure=True)


def _of(member: str, verb: Verb, *names: str) -> dict[str, Verb]:
    return {f"{member}.{name}": verb for name in names}


_APP: Final = {
    "start_run": Verb("analyze", "run.start", "run", keeps=("source", "size_bytes"), waits=True),
    "cancel_run": Verb("analyze", "run.cancel", "run", "run_id", waits=True),
    "delete_run": Verb("analyze", "run.delete", "run", "run_id", waits=True),
    "wait_for_run": SEE,
    "look": Verb("analyze"),
    "create_stream": Verb("streams", "stream.create", "stream", waits=True),
    "receive": Verb("send"),
    "ingest": Verb("send"),
    "advance": PROCESS,
    "complete": PROCESS,
    "turn": PROCESS,
    "work": PROCESS,
    "remove_expired": PROCESS,
    "start_worker": PROCESS,
    "leave": PROCESS,
    "close": PROCESS,
    "acting": PROCESS,
}

_WATCH: Final = {
    **_of(
        "queries", SEE, "run", "runs", "stream", "streams", "scores", "ordinary_range", "baseline_suspects"
    ),
    **_of("queries", SEE, "recent_flags", "anomalies", "window_events", "baseline_events", "stored"),
    "queries.anomaly": Verb("see", kind="anomaly", id="anomaly_id", access="opened"),
    **_of("series", SEE, "plan", "points", "anomalies", "incidents", "anomaly_record", "replay", "values"),
    "series.anomaly": Verb("see", kind="anomaly", id="anomaly_id", access="opened"),
    **_of("examination", SEE, "event_costs", "byte_map", "masked_baseline", "fields", "templates", "twins"),
    **_of("examination", SEE, "null", "what_if", "leave_one_out", "smallest_set", "replay"),
    **_of("cross_checks", SEE, "jury", "xray"),
    **_of("context", SEE, "around", "waterfall", "numbers"),
    **_of("overview", SEE, "streams", "scope", "figures", "lanes", "feed", "feed_count_after", "timeline"),
    **_of("overview", SEE, "annotations", "last_self_check"),
}

_WORK: Final = {
    "review.label": Verb("label", "anomaly.label", "anomaly", waits=True),
    "review.move": Verb("label", "anomaly.state", "anomaly", waits=True),
    "review.assign": Verb("label", "anomaly.assign", "anomaly", waits=True),
    "review.snooze": Verb("label", "anomaly.snooze", "anomaly", waits=True),
    "review.suppress": Verb("suppress", "pattern.suppress", "anomaly", "anomaly_id", waits=True),
    "review.resume": Verb("suppress", "pattern.resume", "suppression", "suppression_id", waits=True),
    "review.annotate": Verb("label", "note.add", "note", waits=True),
    "review.remove_annotation": Verb("label", "note.remove", "note", "annotation_id", waits=True),
    "review.undo": Verb("label", "change.undo", "change", "change_id", waits=True),
    **_of("review", SEE, "history", "suppressions", "review_of", "same_pattern"),
    "live.start": Verb("analyze", "live.start", "run", keeps=("scenario", "seed", "rate"), waits=True),
    **_of("live", Verb("analyze"), "pause", "resume", "step", "stop"),
    **_of("live", SEE, "feeds", "get"),
    "live.close": PROCESS,
    "jobs.start": Verb("analyze", "job.start", "stream", "stream_id", ("kind",), waits=True),
    "jobs.cancel": Verb("analyze", "job.cancel", "job", "job_id", waits=True),
    **_of("jobs", SEE, "get", "newest"),
    **_of("tuning", SEE, "history", "figures", "held_out", "changed", "rule_for_budget", "curve", "map"),
    **_of("tuning", SEE, "gate_notice", "references_notice", "calibration", "missing", "caption", "changes"),
    **_of("tuning", PURE, "sensitivity_rule", "completable"),
    "tuning.apply": Verb("apply", "limits.apply", "stream", "stream_id", waits=True),
    "tuning.undo": Verb("apply", "limits.undo", "stream", "stream_id", waits=True),
    "demo.seed": Verb("analyze", "demo.begin", "tenant", "tenant", waits=True),
    "demo.remove": Verb("analyze", "demo.remove", "tenant", "tenant"),
    **_of("demo", SEE, "ready", "shown"),
    "demo.prepare": PROCESS,
    "scenarios.play": Verb("analyze", "scenario.play", "run", keeps=("scenario", "seed"), waits=True),
}

_TEACH: Final = {
    **_of("feedback", SEE, "progress", "queue", "unflagged", "votes", "has_stream"),
    "feedback.label_window": Verb("label", "window.label", "stream", "stream_id", ("window",), waits=True),
    **_of("proposals", SEE, "ready", "open", "get", "history"),
    "proposals.propose": Verb("propose", "proposal.make", "proposal", waits=True),
    "proposals.reject": Verb("propose", "proposal.reject", "proposal", "proposal_id", waits=True),
    "proposals.snooze": Verb("propose", "proposal.snooze", "proposal", "proposal_id", waits=True),
    "proposals.apply": Verb("apply", "proposal.apply", "proposal", "proposal_id", waits=True),
    "proposals.set_auto": Verb("apply", "autotune.set", "stream", "stream_id", waits=True),
    **_of("proposals", PROCESS, "auto_tune", "after_labels"),
    **_of("cases", SEE, "group", "cases", "case", "of_anomaly", "coincidence", "comments", "timeline"),
    "cases.move": Verb("label", "case.state", "case", "case_id", waits=True),
    "cases.assign": Verb("label", "case.assign", "case", "case_id", waits=True),
    "cases.snooze": Verb("label", "case.snooze", "case", "case_id", waits=True),
    "cases.comment": Verb("label", "comment.add", "comment", waits=True),
    "cases.remove_comment": Verb("label", "comment.remove", "comment", "comment_id", waits=True),
}

_REFERENCE: Final = {
    **_of("anchors", SEE, "of_stream", "canonical", "hidden", "compare", "ruler", "baseline"),
    "anchors.create": Verb("anchors", "anchor.create", "stream", "stream_id", waits=True),
    "anchors.activate": Verb("anchors", "anchor.activate", "stream", "stream_id", waits=True),
    "anchors.retire": Verb("anchors", "anchor.retire", "stream", "stream_id", waits=True),
    **_of("drift", SEE, "points", "standing", "table"),
    "stream_settings.configure": Verb("streams", "stream.configure", "stream", "stream_id", waits=True),
    "stream_settings.succeed": Verb("streams", "stream.succeed", "stream", "stream_id", waits=True),
    "stream_settings.rename": Verb("streams", "stream.rename", "stream", "stream_id", waits=True),
    "stream_settings.drift_rule": Verb("streams", "stream.drift", "stream", "stream_id", waits=True),
    "stream_settings.redaction": Verb("streams", "stream.redaction", "stream", "stream_id", waits=True),
    "stream_settings.retention": Verb("streams", "stream.retention", "stream", "stream_id", waits=True),
}

_PROVE: Final = {
    **_of("reports", SEE, "all", "get"),
    "reports.preview": Verb("export"),
    "reports.make": Verb("export", "report.make", "report", waits=True),
    "reports.content": Verb("export", kind="report", id="report_id", access="exported"),
    "reports.verify": Verb("export"),
    "reports.hold": Verb("hold", "report.hold", "report", "report_id", waits=True),
    "reports.remove": Verb("delete", "report.remove", "report", "report_id", waits=True),
    "evidence.contents": Verb("export"),
    "evidence.build": Verb("export", kind="anomaly", id="anomaly_id", access="exported"),
}

_PEOPLE: Final = {
    **_of("accounts", Verb("people"), "members", "member", "invitations"),
    "accounts.names": SEE,  # histories call people by them
    "accounts.change_role": Verb("people", "member.role", "user", "user_id", ("role",)),
    "accounts.remove_member": Verb("people", "member.remove", "user", "user_id"),
    "accounts.disable_member": Verb("people", "member.disable", "user", "user_id"),
    "accounts.enable_member": Verb("people", "member.enable", "user", "user_id"),
    "accounts.reset_link": Verb("people", "member.reset_link", "user", "user_id"),
    "accounts.forget_member": Verb("delete", "member.forget", "user", "user_id"),
    "accounts.invite": Verb("people", "member.invite", "invitation", keeps=("role",)),
    "accounts.withdraw": Verb("people", "member.withdraw", "invitation", "invitation_id"),
    **_of(
        "accounts", PROCESS, "accept", "admit", "any", "check_may_give", "check_only_here", "first", "join"
    ),
    **_of("accounts", PROCESS, "matched", "named", "preference", "prefer", "reset", "welcome"),
    "tenants.get": SEE,
    "tenants.rename": Verb("settings", "tenant.rename", "tenant", "tenant"),
    "tenants.remove": Verb("delete", "tenant.remove", "tenant", "tenant"),
    **_of("tenants", PROCESS, "all", "add", "ensure", "suspend", "resume"),
    "tenant_settings.get": SEE,  # the frame of every page is named and coloured by them
    "tenant_settings.held": Verb("logs"),
    "tenant_settings.look": Verb("settings", "settings.look", "tenant", "tenant", waits=True),
    "tenant_settings.redaction": Verb("settings", "settings.redaction", "tenant", "tenant", waits=True),
    "tenant_settings.retention": Verb("retention", "settings.retention", "tenant", "tenant", waits=True),
    "tenant_settings.time_zone": Verb("settings", "settings.time_zone", "tenant", "tenant", waits=True),
    "api_keys.all": Verb("keys"),
    "api_keys.make": Verb("keys", "key.make", "key", keeps=("role", "stream_id", "days")),
    "api_keys.rotate": Verb("keys", "key.rotate", "key", "key_id"),
    "api_keys.revoke": Verb("keys", "key.revoke", "key", "key_id"),
    "api_keys.verify": PROCESS,
    **_of(
        "sessions", PROCESS, "adopt", "check", "choose", "end", "end_all", "end_id", "end_tenant", "of_user"
    ),
    **_of("sessions", PROCESS, "open", "open_visit", "sweep"),
    **_of("sign_in", PROCESS, "person", "sign_in"),
    "visitors.open": PROCESS,
}

_FORGET: Final = {
    "retention.preview": Verb("logs"),
    "retention.run": PROCESS,
    **_of("forgetting", Verb("delete"), "stream_counts", "tenant_counts", "find_person"),
    "forgetting.forget_stream": Verb("delete", "forget.stream", "stream", "stream_id"),
    "forgetting.forget_tenant": Verb("delete", "forget.tenant", "tenant", "tenant"),
    "forgetting.forget_person": Verb("delete", "forget.person", "tenant", "tenant"),
}

_LOGS: Final = {
    **_of("audit", Verb("logs"), "page", "check", "rows", "export"),
    "audit.segment": Verb("export"),
    "audit.tenants": PROCESS,
    "accesses.page": Verb("logs"),
    **_of("accesses", Verb("export"), "exported", "verified"),
    **_of("accesses", PROCESS, "opened_by", "refused_to", "exported_by", "signed_in", "sign_in_refused"),
}

VERBS: Final[dict[str, Verb]] = {
    **_APP,
    **_WATCH,
    **_WORK,
    **_TEACH,
    **_REFERENCE,
    **_PROVE,
    **_PEOPLE,
    **_FORGET,
    **_LOGS,
}
# Objects of the application that hold methods, and values that hold nobody's data.
MEMBERS: Final = frozenset(path.partition(".")[0] for path in VERBS if "." in path)
ATTRIBUTES: Final = frozenset({"settings", "reports.time_authority", "reports.signer"})
