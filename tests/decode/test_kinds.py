"""Kinds are told by fields and values, honestly: what is not clearly one is logs."""

import json
import os
from pathlib import Path
from random import Random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.sources import labelled
from driftlock.decode import kinds
from driftlock.decode.pairs import pairs_of
from driftlock.model import KINDS, Kind
from tests.decode.sources import read_all
from tests.made_records import flows, payments

NETWORK: list[dict[str, object]] = [
    {"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "proto": "tcp"},
    {"id.orig_h": "10.0.0.1", "id.resp_h": "10.0.0.2", "id.resp_p": 53, "proto": "udp", "orig_bytes": 40},
    {"source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}, "network": {"transport": "tcp"}},
    {"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2", "protocol": 6, "packets": 4, "bytes": 300},
    {"duration": 0, "protocol_type": "icmp", "service": "eco_i", "src_bytes": 8, "dst_bytes": 0},
    {"Source": "10.0.0.1", "Destination": "2001:db8::1", "Protocol": "DNS", "Length": "74"},
    {"Destination Port": 80, "Flow Duration": 3, " Total Fwd Packets": 2, "Flow Bytes/s": "NaN"},
    {"SrcPort": 5_000, "DstPort": 80, "Bytes": "300"},
    {"severity": "warning", "src_ip": "10.0.0.1", "dest_ip": "10.0.0.2", "proto": "TCP"},
]
RECORDS: list[dict[str, object]] = [
    {"amount": "12.50", "merchant": "Bakery"},
    {"step": 1, "type": "PAYMENT", "amount": 9_839.64, "nameOrig": "C1", "nameDest": "M1"},
    {"transaction": {"amount": 5, "currency": "EUR"}, "customer": {"id": 7}},
    {"timestamp": "2026-03-02T10:00:00Z", "order_id": "A7", "total": 30.0},
    {"event": "purchase", "price": 3, "product_id": 9},
]
# Each has something of a flow or of a payment and is neither.
NEITHER: list[dict[str, object]] = [
    {"client_ip": "10.0.0.1", "method": "GET", "path": "/", "protocol": "HTTP/1.1", "bytes": 512},
    {"source": "billing", "destination": "ledger", "protocol": "amqp", "bytes": 20},
    {"protocol": 1, "length": 7},
    {"level": "info", "msg": "sent", "src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "proto": "tcp"},
    {"level": "info", "message": "charged", "amount": 12.5, "customer_id": 3},
    {"message": "the card was charged", "amount": 12.5, "customer_id": 3},
    {"amount": "many", "merchant": "Bakery"},
    {"amount": 12.5},
    {"merchant": "Bakery", "country": "SE"},
]


@pytest.mark.parametrize("record", NETWORK, ids=str)
def test_flows_are_told_by_ends_protocol_and_volume(record: dict[str, object]) -> None:
    """Two of the three are enough."""
    assert kinds.of_object(record) == "network"


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_transactions_are_told_by_an_amount_and_what_it_belongs_to(record: dict[str, object]) -> None:
    """Whatever the fields are called around them."""
    assert kinds.of_object(record) == "records"


@pytest.mark.parametrize("record", NEITHER, ids=str)
def test_lookalikes_are_logs(record: dict[str, object]) -> None:
    """Field names alone are not enough: an address must be one, an amount a number."""
    assert kinds.of_object(record) == "logs"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"duration=0 proto=tcp service=smtp src_bytes=1038 dst_bytes=330", "network"),
        (b"kernel: DROP IN=eth0 OUT= SRC=10.0.0.1 DST=10.0.0.2 LEN=40 PROTO=TCP SPT=1 DPT=22", "network"),
        (b"10:00:00.123456 IP 10.0.0.1.443 > 10.0.0.2.5555: Flags [S], length 0", "network"),
        (
            b"2 123 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
            "network",
        ),
        (b"merchant=Spencer PLC category=shopping amount=107.29 city=Gardiner", "records"),
        (b'level=info msg="paid" amount=3 customer_id=7', "logs"),
        (b"peer=ts-food-mongo dur_ms=10", "traces"),
        (b"Accepted password for root from 10.0.0.1 port 22 ssh2", "logs"),
        (b"at=info method=GET path=/ host=a fwd=10.0.0.1 connect=1ms status=200 bytes=13", "logs"),
        (b"get http://shop/pay?amount=3&card=7&merchant=9", "logs"),
        (b"a = b, c = d", "logs"),
        (b"\xff\xfe\x00 SRC=\xff DST=\xfe", "logs"),
    ],
    ids=repr,
)
def test_lines_of_text_tell_their_kind_by_pairs(line: bytes, kind: Kind) -> None:
    """``name=value`` pairs are read as fields, and well-known packet and flow lines as flows."""
    assert kinds.seen_in_line(line).kind == kind


@pytest.mark.parametrize(
    ("of_hundred", "kind"), [(100, "network"), (60, "network"), (59, "logs"), (1, "logs")]
)
def test_below_the_share_it_is_logs_and_says_so(of_hundred: int, kind: Kind) -> None:
    """60 of 100 events must look like a kind; with fewer the sentence names the kind that was not enough."""
    lines = flows(of_hundred) + ['{"level":"info","msg":"up"}'] * (100 - of_hundred)
    Random(5).shuffle(lines)
    _, report = read_all("\n".join(lines).encode())
    recognition = report.recognition
    assert recognition.kind == kind
    assert f"{of_hundred} of 100 sampled events look like network flows" in recognition.kind_evidence
    assert ("fewer than the 60% that network would need" in recognition.kind_evidence) == (kind == "logs")
    assert recognition.kind_seen is not None
    assert recognition.kind_seen.counts.get("network") == of_hundred
    assert recognition.kind_seen.matching == (of_hundred if kind == "network" else 100 - of_hundred)


def test_a_mix_of_three_kinds_is_logs() -> None:
    """A third each: none is enough, whatever the order."""
    calls = ['{"prompt":"p","response":"r"}'] * 40
    lines = flows(40) + payments(40) + calls
    for seed in range(5):
        Random(seed).shuffle(lines)
        evidence = kinds.of_bodies([line.encode() for line in lines])
        assert evidence.kind == "logs"
        assert evidence.counts == {"network": 40, "records": 40, "llm": 40}


def test_the_evidence_names_the_fields_as_they_are_written() -> None:
    """Those seen most first."""
    evidence = kinds.of_bodies([line.encode() for line in flows(50)])
    assert evidence.fields == ("src_ip", "dst_ip", "dst_port", "proto", "bytes", "packets")
    assert evidence.sentence == (
        "50 of 50 sampled events look like network flows "
        "(fields src_ip, dst_ip, dst_port, proto, bytes, packets)."
    )


def test_rows_of_one_table_are_records() -> None:
    """The same four short columns, none a message, level, time or of a program; three columns are too few."""
    rows = [{"age": n, "sex": "f", "city": "Lund", "income": 7 * n} for n in range(30)]
    assert kinds.of_objects(rows).kind == "records"
    assert kinds.of_objects([*rows[:20], *({"other": n} for n in range(10))]).kind == "logs"
    for name, value in (
        ("status", 200),
        ("time", "10:00"),
        ("note", "nine words that make this value a text, clearly"),
    ):
        assert kinds.of_objects([{**row, name: value} for row in rows]).kind in ("logs", "metrics")
    assert kinds.of_objects([{"age": n, "sex": "f", "city": "Lund"} for n in range(30)]).kind == "logs"


def test_a_csv_table_without_names_stays_logs() -> None:
    """Numbered columns say nothing about what they hold."""
    _, report = read_all(b"0,tcp,http,181\n0,udp,dns,12\n0,tcp,ftp,7\n" * 5)
    assert report.recognition.kind == "logs"


@pytest.mark.parametrize(
    "wrap", [lambda body: {"body": body, "ts": None}, lambda body: {"body": json.dumps(body)}]
)
def test_what_stands_in_a_body_speaks_if_it_is_an_object(wrap) -> None:  # type: ignore[no-untyped-def]
    """As an object; as a text it is pairs or nothing."""
    record = wrap({"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "proto": "tcp"})
    assert kinds.of_object(record) == ("network" if isinstance(record["body"], dict) else "logs")
    assert kinds.of_object({"body": "proto=tcp src_bytes=4 dst_bytes=3", "group": None}) == "network"
    assert kinds.of_object({"level": "info", "body": {"prompt": "p"}}) == "logs"


@given(
    st.dictionaries(
        st.text(max_size=12) | st.sampled_from(["body", "src", "dst", "proto", "bytes", "amount", "context"]),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        max_size=6,
    )
)
def test_any_object_has_a_kind(record: dict[str, object]) -> None:
    assert kinds.of_object(record) in KINDS
    assert kinds.of_objects([record] * 3).sampled == 3


@given(st.binary(max_size=300))
def test_any_line_has_a_kind(line: bytes) -> None:
    assert kinds.seen_in_line(line).kind in KINDS


@pytest.mark.parametrize(
    "line", [b"a=" * 50_000, b"a= " * 50_000, b'a="' * 50_000, b"x " * 50_000, b"a.b-" * 50_000]
)
def test_no_line_takes_long(line: bytes) -> None:
    """A hundred times the work that a line of 8 KiB needs would still be done in a second."""
    start = perf_counter()
    kinds.seen_in_line(line)
    pairs_of(line)
    assert perf_counter() - start < 1


EXPECTED: dict[str, Kind] = {
    # What the bodies alone say. Prompts and answers without a field that names them are text like any other.
    "adfa_ld_a": "logs",
    "ait_ads_russellmitchell": "logs",
    "bgl_windows": "logs",
    "csic2010": "logs",
    "deepset_injection": "logs",
    "fraud": "records",
    "halueval_output": "logs",
    "hdfs_100k": "logs",
    "hdfs_2pct": "logs",
    "jailbreak_itw": "logs",
    "nezha_tt_0129": "logs",
    "nsl_kdd_a": "network",
    "openstack_kalaki": "logs",
    "tt_traces_a": "traces",
}


@pytest.mark.data
@pytest.mark.skipif("DRIFTLOCK_DATA" not in os.environ, reason="DRIFTLOCK_DATA names no folder")
@pytest.mark.parametrize(("name", "kind"), EXPECTED.items())
def test_kinds_of_labelled_sets(name: str, kind: Kind) -> None:
    """Every sampled body of a set says the same, in its baseline and in what is to be scored."""
    baseline, asked, _ = labelled(Path(os.environ["DRIFTLOCK_DATA"]), name)
    for units in (baseline, asked):
        evidence = kinds.of_bodies([event for unit in units for event in unit][:400])
        assert (evidence.kind, evidence.counts) == (kind, {kind: evidence.sampled})
