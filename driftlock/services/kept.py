"""What the application of a process stands on: everything that is kept, and the time."""

from datetime import UTC, datetime
from typing import Protocol

from driftlock.services.accesses import AccessStore
from driftlock.services.accounts_rows import PeopleStore
from driftlock.services.audit import AuditStore
from driftlock.services.cases_store import CaseStore
from driftlock.services.demo import DemoStore
from driftlock.services.drift import DriftStore
from driftlock.services.forgetting import ForgettingStore
from driftlock.services.jobs import JobStore
from driftlock.services.overview_store import OverviewStore
from driftlock.services.pending import PendingStore
from driftlock.services.proposals_store import ProposalStore
from driftlock.services.reports_rows import ReportStore
from driftlock.services.retention import RetentionStore
from driftlock.services.review_store import ReviewStore
from driftlock.services.stream_settings import SettingsStore
from driftlock.services.tenant_settings import TenantSettingsStore


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


class Kept(
    DriftStore,
    SettingsStore,
    RetentionStore,
    ForgettingStore,
    PendingStore,
    JobStore,
    DemoStore,
    ProposalStore,
    ReportStore,
    OverviewStore,
    CaseStore,
    ReviewStore,
    AuditStore,
    AccessStore,
    PeopleStore,
    TenantSettingsStore,
    Protocol,
):
    """Everything that is kept."""
