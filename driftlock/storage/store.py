"""Everything that is kept, in one database."""

import sqlalchemy as sa

from driftlock.storage.accounts import SqlAccounts
from driftlock.storage.anchors import SqlAnchors
from driftlock.storage.api_keys import SqlApiKeys
from driftlock.storage.audit import SqlAudit
from driftlock.storage.audit_accesses import SqlAccesses
from driftlock.storage.bundles import SqlBundles
from driftlock.storage.cases import SqlCases
from driftlock.storage.connect import connect
from driftlock.storage.demo import SqlDemo
from driftlock.storage.detections import SqlDetections
from driftlock.storage.events import SqlEvents
from driftlock.storage.feedback import SqlVotes
from driftlock.storage.forgetting import SqlForgetting
from driftlock.storage.jobs import SqlJobs
from driftlock.storage.opening import prepare
from driftlock.storage.overview import SqlOverview
from driftlock.storage.pending import SqlPending
from driftlock.storage.proposals import SqlProposals
from driftlock.storage.redaction import SqlRedaction
from driftlock.storage.retention import SqlRetention
from driftlock.storage.reviews import SqlReviews
from driftlock.storage.runs import SqlRuns
from driftlock.storage.series import SqlSeries
from driftlock.storage.sessions import SqlSessions
from driftlock.storage.streams import SqlStreams
from driftlock.storage.tenant_settings import SqlTenantSettings
from driftlock.storage.tenants import SqlTenants
from driftlock.storage.tuning import SqlTuning
from driftlock.storage.verdicts import SqlVerdicts


class SqlStore:
    """:class:`driftlock.ports.Store` in a database that is brought up to date first."""

    def __init__(self, database_url: str, migration_url: str = "") -> None:
        self.engine: sa.Engine = connect(database_url)
        prepare(self.engine, migration_url)
        self.events = SqlEvents(self.engine)
        self.streams = SqlStreams(self.engine)
        self.redaction = SqlRedaction(self.engine)
        self.retention = SqlRetention(self.engine)
        self.forgetting = SqlForgetting(self.engine)
        self.detections = SqlDetections(self.engine)
        self.verdicts = SqlVerdicts(self.engine)
        self.runs = SqlRuns(self.engine)
        self.pending = SqlPending(self.engine)
        self.jobs = SqlJobs(self.engine)
        self.series = SqlSeries(self.engine)
        self.tuning = SqlTuning(self.engine)
        self.overview = SqlOverview(self.engine)
        self.reviews = SqlReviews(self.engine)
        self.proposals = SqlProposals(self.engine)
        self.bundles = SqlBundles(self.engine)
        self.cases = SqlCases(self.engine)
        self.votes = SqlVotes(self.engine)
        self.demo = SqlDemo(self.engine)
        self.audit = SqlAudit(self.engine)
        self.accesses = SqlAccesses(self.engine)
        self.anchors = SqlAnchors(self.engine)
        self.tenants = SqlTenants(self.engine)
        self.tenant_settings = SqlTenantSettings(self.engine)
        self.accounts = SqlAccounts(self.engine)
        self.sessions = SqlSessions(self.engine)
        self.api_keys = SqlApiKeys(self.engine)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
