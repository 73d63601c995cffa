"""A verdict and a description with round numbers, to be changed by the test that needs another."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from driftlock_core.compressors import Compressor
from driftlock_core.describe import Description, TopEvent
from driftlock_core.profiles import BALANCED
from driftlock_core.verdict import Evidence, Textbook, Verdict, ViewEvidence
from driftlock_core.window_views.findings import Finding
from driftlock_core.window_views.places import Place

EVIDENCE = Evidence(
    chunk_costs=(120, 95, 310, 150, 105),
    epochs=((3101, 3500, 5),),
    c_window=893,
    baseline_windows=(860, 881, 870, 865, 874, 869, 871, 880),
    history=(412,) * 240,
    mu_span=(0, 200),
    p_span=(40, 240),
    reference_costs=(80,) * 20,
    window_costs=(121, 96, 311, 151, 106),
    baseline_given=False,
    raw_baseline="a" * 64,
    raw_window="b" * 64,
    canonical_baseline="c" * 64,
    canonical_window="d" * 64,
)

VERDICT = Verdict(
    window=312,
    first_seq=3521,
    last_seq=3570,
    status="ready",
    flagged=True,
    ncd=(780 - 412) / 893,
    p=1 / 201,
    p_stream=1 / 201,
    p_perm=1 / 1000,
    decided_by="max",
    extra_bits=8.0 * (780 - 412),
    size=780,
    mu=412.0,
    cbar=870.5,
    m=200,
    permutations=999,
    seed=17070271122024934599,
    profile="balanced",
    threshold=0.3,
    alpha=0.05,
    compressor="zstd 1.5.7 level 1",
    evidence=EVIDENCE,
    configuration=BALANCED.configuration(),
)

DESCRIPTION = Description(
    textbook=Textbook(c_baseline=2089, c_window=893, c_both=2467),
    ratio_change=-0.231,
    entropy_bits_per_byte=5.224,
    baseline_entropy_bits_per_byte=5.117,
    event_bits=(160.0,) * 48 + (1344.0, 1192.0),
    ordinary_event_bits=160.0,
    carrying=1,
    top=(
        TopEvent(
            position=48,
            bits=1344.0,
            text="ERROR disk full on <N1>",
            count=1,
            novel_tokens=("ERROR", "disk", "full"),
            nearest_position=399,
            nearest_text="INFO disk ok",
            similarity=0.2,
        ),
    ),
    distinct=31,
    beyond_reach=False,
)


# In the order size, recency, fresh, mismatch, own, order, duration, gap: bytes, 1/1024 bit, millionths of an interval.
VIEWS = ViewEvidence(
    aspects={"content": (3 / 201, 0.25), "mix": (1 / 201, 201 / 231), "pace": (101 / 201, 0.0)},
    values=(418, 100 * 1024, 0, 231 * 1024, 80 * 1024, 200 * 1024, 49_000_000, 1_500_000),
    usual=(412.0, 100 * 1024.0, 0.0, 30 * 1024.0, 80 * 1024.0, 150 * 1024.0, 49_000_000.0, 1_500_000.0),
    references=tuple(
        (412, 100 * 1024, 0, (20 + at % 21) * 1024, 80 * 1024, 150 * 1024, 49_000_000, 1_500_000)
        for at in range(200)
    ),
    ages=(5,) * 50,
    times=tuple(range(0, 25_500_000, 510_000)),
    intervals=(1_000_000,) * 50,
    usual_us=510_000,
)

BY_VIEWS = replace(
    VERDICT,
    ncd=6 / 893,
    p=5 / 201,
    p_stream=61 / 201,
    p_perm=400 / 1000,
    decided_by="views",
    extra_bits=48.0,
    size=418,
    views=("counts", "symbols"),
    factor=5,
    evidence=replace(EVIDENCE, views=VIEWS),
)

FOUND = replace(
    DESCRIPTION,
    findings=(
        Finding(
            view="counts",
            statistic="mismatch",
            value=231.0,
            usual=30.0,
            surprise_bits=7.651,
            at_least=0,
            past=200,
            beyond=20.1,
            places=(Place(position=4, text="cache hit for <N4>", bits=190.0, count=40, usual=3.125),),
        ),
        Finding(
            view="symbols",
            statistic="order",
            value=200.0,
            usual=150.0,
            surprise_bits=6.651,
            at_least=0,
            past=200,
            beyond=50.0,
            places=(Place(position=9, text="light on", bits=11.0, count=4, usual=0.0, before="open door"),),
        ),
    ),
)


def with_evidence(verdict: Verdict, **changes: Any) -> Verdict:
    """The same verdict with other evidence."""
    return replace(verdict, evidence=replace(verdict.evidence, **changes))


def measured(window: Sequence[bytes], baseline: Sequence[bytes], compressor: Compressor) -> Verdict:
    """The example with the plain sizes of these events, as describing them needs it."""
    windows = [baseline[at : at + len(window)] for at in range(0, len(baseline), 2 * len(window))]
    return with_evidence(
        VERDICT,
        c_window=compressor.size(text_of(window)),
        baseline_windows=tuple(compressor.size(text_of(events)) for events in windows),
    )


def text_of(events: Sequence[bytes]) -> bytes:
    """What a compressor is given."""
    return b"".join(event + b"\n" for event in events)
