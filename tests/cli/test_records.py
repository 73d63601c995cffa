"""Records of the command line and records of the dashboard are the same records."""

from driftlock.cli.records import RecordWriter
from driftlock.model import Event
from driftlock.ports import StoredEvent
from driftlock.services import records as services
from driftlock_core import BALANCED, Detector, Masker
from tests.cli.made_logs import loud


class Stored:
    """An event log that holds one stream."""

    def __init__(self, events):
        self._events = events

    def between(self, tenant, stream_id, first_seq, last_seq):
        return [
            StoredEvent(seq, self._events[seq - 1].at_us, None, self._events[seq - 1].payload)
            for seq in range(first_seq, last_seq + 1)
        ]

    def after(self, tenant, stream_id, seq, limit):
        return self.between(tenant, stream_id, seq + 1, min(seq + limit, len(self._events)))


def test_both_write_the_same():
    """All that stands beside a verdict is equal; the command line adds kind and incident."""
    events = [Event(text.encode(), "logs", b"", 2_000_000 * at) for at, text in enumerate(loud(), 1)]
    masker = Masker(BALANCED.masks)
    verdicts = Detector(BALANCED, masker=masker).update([event.payload for event in events]).verdicts
    ours = RecordWriter(
        "shop",
        "logs",
        BALANCED,
        masker,
        events[0].at_us,
        lambda first, last: [event.payload for event in events[first - 1 : last]],
    )
    theirs = services.RecordWriter(Stored(events), "tenant", "shop", "shop", BALANCED, masker)
    known = []
    for verdict in verdicts:
        known.append(services.FlaggedWindow(verdict.window, verdict.first_seq, verdict.last_seq))
        expected = theirs.record(verdict, incident=1, disjoint_in_a_row=services.disjoint_in_a_row(known))
        record = ours.record(verdict, events[verdict.first_seq - 1 : verdict.last_seq])
        assert (record.pop("kind"), record.pop("incident")) == ("logs", 1)
        assert record == expected.record
    assert len(known) > 5
