"""Reports: evidence bundles, summaries of a time, annexes; made, kept, handed out, checked again."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from driftlock.errors import NotFound
from driftlock.evidence import (
    Bundle,
    Policy,
    Verification,
    ask_time_authority,
    bundle_bytes_with_token,
    verify_bytes,
)
from driftlock.evidence.engine import with_engine
from driftlock.evidence.signing import KeyRing
from driftlock.evidence.verifier.integrity import key_id
from driftlock.ports import Clock
from driftlock.reports.annexes import annex
from driftlock.reports.anomaly import report
from driftlock.reports.document import Document
from driftlock.reports.html import as_html
from driftlock.reports.pdf import as_pdf
from driftlock.reports.period import summary_of
from driftlock.services import acting
from driftlock.services.cases import Cases
from driftlock.services.evidence import EvidenceBundles
from driftlock.services.reports_case import case_bundle
from driftlock.services.reports_grounds import ReportGrounds
from driftlock.services.reports_rows import (
    Form,
    InvalidReport,
    ReportRow,
    ReportStore,
    Template,
    scope_of,
)

# Longer than the verdicts of most plans: a proof outlives what it proves. Held ones stay.
KEPT: Final = timedelta(days=400)


class Reports:
    """Verbs and questions about reports; the tenant always comes first."""

    def __init__(
        self,
        store: ReportStore,
        clock: Clock,
        evidence: EvidenceBundles,
        cases: Cases,
        grounds: ReportGrounds,
        ring: KeyRing,
        time_authority: str,
    ) -> None:
        self._table = store.bundles
        self._clock = clock
        self._evidence = evidence
        self._cases = cases
        self._grounds = grounds
        self._ring = ring
        self._authority = time_authority

    @property
    def time_authority(self) -> str:
        """Address that is asked for time tokens; empty: none is set."""
        return self._authority

    @property
    def signer(self) -> str | None:
        """Id of the key that signs bundles; None: nobody does."""
        held = self._ring.active()
        return None if held is None else key_id(held.public_key)

    def make(
        self,
        tenant: str,
        *,
        template: Template,
        form: Form,
        by: str,
        policy: Policy = "masked",
        anomaly_id: str | None = None,
        case_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        token: bool = False,
    ) -> ReportRow:
        """
        Make a report and keep it.

        Args:
            anomaly_id, case_id, since, until: What it is about: exactly one anomaly, one case, or a time.
            policy: How much of the events it may quote.
            token: Whether the time authority is asked to sign when the bundle was there.

        Raises:
            NotFound: The tenant has no such anomaly or case.
            InvalidReport: These do not go together.
            EvidenceGone: The policy wants events that were removed.
            TimeTokenError: The time authority did not answer as it should.
        """
        scope = scope_of(template, form, anomaly_id, case_id, since, until)
        now = self._clock.now()
        if template == "evidence":
            bundle = self._bundle(tenant, anomaly_id, case_id, policy)
            content, name = self._timed(bundle.data) if token else bundle.data, bundle.name
        else:
            document = self._document(tenant, template, scope, policy)
            content = as_pdf(document) if form == "pdf" else as_html(document)
            about = anomaly_id or case_id or f"{since:%Y%m%d}-{until:%Y%m%d}"
            name = f"driftlock-{template.replace('_', '-')}-{about}.{form}"
        row = ReportRow(
            tenant=tenant,
            id=secrets.token_hex(16),
            name=name,
            template=template,
            scope=scope,
            policy=policy,
            sha256=sha256(content).hexdigest(),
            size_bytes=len(content),
            by=by,
            at=now,
            expires_at=now + KEPT,
            held=False,
        )
        acting.note(
            object_id=row.id,
            after={
                "template": template,
                # As one text: a row that named the anomaly would belong into its next bundle, and alter it.
                "about": " ".join(f"{name} {value}" for name, value in scope.items()),
                "policy": policy,
                "sha256": row.sha256,
            },
        )
        self._table.add(row, content)
        return row

    def all(self, tenant: str, *, offset: int = 0, limit: int = 50) -> tuple[list[ReportRow], int]:
        """Newest first, and how many there are."""
        return self._table.newest(tenant, offset, limit)

    def get(self, tenant: str, report_id: str) -> ReportRow:
        """
        One report without its bytes.

        Raises:
            NotFound: The tenant has no such report.
        """
        found = self._table.get(tenant, report_id)
        if found is None:
            raise NotFound(f"There is no report {report_id}.")
        return found

    def content(self, tenant: str, report_id: str) -> bytes:
        """
        The bytes of one report, to be handed out.

        Raises:
            NotFound: The tenant has no such report.
        """
        found = self._table.content(tenant, report_id)
        if found is None:
            raise NotFound(f"There is no report {report_id}.")
        return found

    def verify(self, tenant: str, report_id: str) -> Verification:
        """
        What the verifier says of a kept bundle, the engine's own recomputation included.

        Raises:
            NotFound: The tenant has no such report.
            InvalidReport: It is no evidence bundle.
        """
        if self.get(tenant, report_id).template != "evidence":
            raise InvalidReport("Only evidence bundles can be verified; this report is a document.")
        data = self.content(tenant, report_id)
        own = [self._ring.public(key.key_id).encode() for key in self._ring.list()]
        return with_engine(verify_bytes(data, keys=own), data)

    def hold(self, tenant: str, report_id: str, held: bool, *, by: str) -> None:
        """
        Keep a report whatever retention says, or no longer.

        Raises:
            NotFound: The tenant has no such report.
        """
        before = self.get(tenant, report_id).held
        acting.note(before={"held": before}, after={"held": held})
        if not self._table.hold(tenant, report_id, held):
            raise NotFound(f"There is no report {report_id}.")

    def remove(self, tenant: str, report_id: str, *, by: str) -> None:
        """
        Delete a report.

        Raises:
            NotFound: The tenant has no such report.
            InvalidReport: It is held.
        """
        row = self.get(tenant, report_id)
        if row.held:
            raise InvalidReport("This report is held. End the hold first; that is kept in the audit log.")
        acting.note(before={"sha256": row.sha256, "template": row.template})
        self._table.remove(tenant, report_id)

    def preview(
        self, tenant: str, anomaly_id: str, policy: Policy
    ) -> tuple[str, Sequence[tuple[str, int, str]]]:
        """
        What an evidence bundle would prove, and its largest files: name, bytes, what it is.

        Raises:
            NotFound: The tenant has no such anomaly.
        """
        found = self._evidence.contents(tenant, anomaly_id, policy)
        return found.statement, found.files

    def _bundle(self, tenant: str, anomaly_id: str | None, case_id: str | None, policy: Policy) -> Bundle:
        if anomaly_id is not None:
            return self._of_anomaly(tenant, anomaly_id, policy)
        return case_bundle(
            tenant,
            str(case_id),
            policy,
            cases=self._cases,
            grounds=self._grounds,
            ring=self._ring,
            alone=lambda one, how: self._of_anomaly(tenant, one, how),
        )

    def _of_anomaly(self, tenant: str, anomaly_id: str, policy: Policy) -> Bundle:
        told = self._cases.timeline(tenant, anomaly_id)

        def page(statement: str) -> bytes:
            seen, entries = self._grounds.seen(tenant, anomaly_id), self._grounds.told(told)
            return as_html(report(seen, policy=policy, statement=statement, timeline=entries))

        return self._evidence.build(
            tenant,
            anomaly_id,
            policy=policy,
            timeline=told,
            audit=self._grounds.audit_of(tenant, anomaly_id),
            report=page,
        )

    def _timed(self, data: bytes) -> bytes:
        if not self._authority:
            raise InvalidReport("No time authority is set: DRIFTLOCK_TIME_AUTHORITY_URL.")
        return bundle_bytes_with_token(data, ask_time_authority(self._authority, data))

    def _document(
        self, tenant: str, template: Template, scope: Mapping[str, Any], policy: Policy
    ) -> Document:
        if template == "period":
            return summary_of(self._grounds.period(tenant, _moment(scope["from"]), _moment(scope["to"])))
        assert template != "evidence"
        grounds = self._grounds.of(tenant, scope, kinds=("llm",) if template == "ai_log" else ())
        return annex(template, grounds, quoted=policy != "digests")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
