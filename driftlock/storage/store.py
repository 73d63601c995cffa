"""Everything that is kept, in one database."""

import sqlalchemy as sa

from driftlock.storage.connect import connect
from driftlock.storage.demo import SqlDemo
from driftlock.storage.detections import SqlDetections
from driftlock.storage.events import SqlEvents
from driftlock.storage.jobs import SqlJobs
from driftlock.storage.migrate import upgrade
from driftlock.storage.overview import SqlOverview
from driftlock.storage.pending import SqlPending
from driftlock.storage.reviews import SqlReviews
from driftlock.storage.runs import SqlRuns
from driftlock.storage.series import SqlSeries
from driftlock.storage.streams import SqlStreams
from driftlock.storage.tuning import SqlTuning
from driftlock.storage.verdicts import SqlVerdicts


class SqlStore:
    """:class:`driftlock.ports.Store` in a database that is brought up to date first."""

    def __init__(self, database_url: str) -> None:
        self.engine: sa.Engine = connect(database_url)
        upgrade(self.engine)
        self.events = SqlEvents(self.engine)
        self.streams = SqlStreams(self.engine)
        self.detections = SqlDetections(self.engine)
        self.verdicts = SqlVerdicts(self.engine)
        self.runs = SqlRuns(self.engine)
        self.pending = SqlPending(self.engine)
        self.jobs = SqlJobs(self.engine)
        self.series = SqlSeries(self.engine)
        self.tuning = SqlTuning(self.engine)
        self.overview = SqlOverview(self.engine)
        self.reviews = SqlReviews(self.engine)
        self.demo = SqlDemo(self.engine)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
