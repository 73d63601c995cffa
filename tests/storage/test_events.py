from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftlock.errors import NotFound
from driftlock.model import Event
from driftlock.storage.store import SqlStore

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def event(key, payload=b"text"):
    return Event(payload, "logs", bytes([key]))


def payloads(store, stream_id):
    return [stored.payload for stored in store.events.after("demo", stream_id, 0, 1000)]


def test_events_are_numbered_from_one_in_the_order_given(store, add_stream):
    stream_id = add_stream()
    first = store.events.append("demo", stream_id, [event(1, b"a"), event(2, b"b")], NOON)
    second = store.events.append("demo", stream_id, [event(3, b"c")], NOON)
    assert (first.accepted, first.last_seq, second.accepted, second.last_seq) == (2, 2, 1, 3)
    found = store.events.between("demo", stream_id, 2, 3)
    assert [(stored.seq, stored.payload) for stored in found] == [(2, b"b"), (3, b"c")]


def test_a_receipt_comes_after_the_commit(store, add_stream):
    """Whoever holds a receipt can read the events over another connection."""
    stream_id = add_stream()
    receipt = store.events.append("demo", stream_id, [event(1), event(2)], NOON)
    elsewhere = SqlStore(str(store.engine.url))
    assert len(elsewhere.events.after("demo", stream_id, 0, 10)) == receipt.accepted == 2
    assert elsewhere.streams.get("demo", stream_id).events == receipt.last_seq
    elsewhere.close()


def test_a_second_delivery_leaves_no_trace_and_no_gap(store, add_stream):
    stream_id = add_stream()
    store.events.append("demo", stream_id, [event(1, b"a"), event(2, b"b")], NOON)
    again = store.events.append("demo", stream_id, [event(2, b"b"), event(3, b"c"), event(1, b"a")], NOON)
    assert (again.accepted, again.duplicates, again.last_seq) == (1, 2, 3)
    assert payloads(store, stream_id) == [b"a", b"b", b"c"]


def test_the_same_key_in_two_streams_is_two_events(store, add_stream):
    one, other = add_stream(), add_stream()
    assert store.events.append("demo", one, [event(1)], NOON).accepted == 1
    assert store.events.append("demo", other, [event(1)], NOON).accepted == 1


@pytest.mark.parametrize("tenant", ["demo", "other"])
def test_there_is_no_door_to_an_unknown_or_foreign_stream(store, add_stream, tenant):
    stream_id = add_stream("demo") if tenant == "other" else "0123456789abcdef"
    with pytest.raises(NotFound, match=f"There is no stream {stream_id}"):
        store.events.append(tenant, stream_id, [event(1)], NOON)


def test_bytes_come_back_as_they_came(store, add_stream):
    stream_id = add_stream()
    odd = [bytes(range(256)), b"", b"\x00", "größer".encode()]
    store.events.append("demo", stream_id, [event(key, payload) for key, payload in enumerate(odd)], NOON)
    assert payloads(store, stream_id) == odd


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(batches=st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=6))
def test_of_equal_keys_the_first_one_is_stored(store, add_stream, batches):
    """Whatever is delivered however often: first occurrences, in order of arrival."""
    stream_id = add_stream()
    arrived = []
    for number, batch in enumerate(batches):
        sent = [event(key, b"%d in %d at %d" % (key, number, at)) for at, key in enumerate(batch)]
        receipt = store.events.append("demo", stream_id, sent, NOON)
        assert receipt.accepted + receipt.duplicates == len(sent)
        arrived += sent
    first = {sent.key: sent.payload for sent in reversed(arrived)}
    kept = [sent.payload for sent in arrived if first[sent.key] == sent.payload]
    assert payloads(store, stream_id) == kept
