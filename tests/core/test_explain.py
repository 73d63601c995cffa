"""Texts say what the record says, and nothing else."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verdict_example import DESCRIPTION, VERDICT, with_evidence

from driftlock_core.explain import explain
from driftlock_core.numbers_text import MINUS, THIN_SPACE

RANGE = (-0.1021, 0.1874)
FORBIDDEN = re.compile(
    r"confiden|probability that|\bprov(e|es|en|ing)\b|p = 0(?![.\d])|all clear|\bnormal|\bnoise\b|no anomal",
    re.IGNORECASE,
)
NUMBER = re.compile(rf"{MINUS}?\d[\d{THIN_SPACE}]*(?:\.\d+)?")


def told(verdict=VERDICT, description=DESCRIPTION, stream="orders", ordinary=RANGE, rate=8640.0):
    """The example explained, with changes."""
    return explain(verdict, description, stream=stream, ordinary_range=ordinary, windows_per_day=rate)


def test_sentence_by_hand():
    """Window, stream, extra bits and how many events carry them."""
    assert told().sentence == (
        f"Window 312 on **orders** needs **2{THIN_SPACE}944 more bits** than an ordinary window of this "
        "stream; 1 of its 50 events holds at least half of what stands out."
    )


def test_paragraph_by_hand():
    """Effect first, then distance, both p-values, their meaning, the rate, the limits."""
    assert told().paragraph == (
        "The 50 events of this window (3521 to 3570) take **780 bytes** once the baseline is known; "
        "the median past window of this stream takes 412 bytes, which makes **2 944 bits more**. "
        "Set against the window's own size this is an NCD (size-matched) of **0.412**, where 0 is what "
        "a window of this stream usually costs; ordinary windows here lie between −0.102 and 0.187. "
        "Is that rare? Of the 200 past windows it is ranked among, 0 took at least as many bytes: "
        "**p_stream is (0 + 1)/(200 + 1) = 0.00498**, the smallest value 200 past windows can give. "
        "Does it matter which events are in it? Its 5 chunks of 10 events were mixed with 20 chunks of the "
        "baseline, and which of them belong to the window was drawn anew 999 times "
        "(seed 17070271122024934599): 0 of the 999 permutations took at least as many bytes, so "
        "**p_perm is (0 + 1)/(999 + 1) = 0.001**, the smallest value 999 permutations can give. "
        "The larger of the two decides: **p is 0.00498**. "
        "If these events were interchangeable with the earlier ones, a p as small as this would come up in "
        "at most about 0.5 % of windows. It is not the chance that the window is harmless, and it does "
        "not say that it is harmful. At 8640 windows a day on this stream, about **43 windows a day** would "
        "reach a p this small even if nothing changed. It was flagged because both limits of profile "
        "**balanced** are met: NCD 0.412 ≥ 0.30, p 0.00498 ≤ 0.05."
    ).replace("2 944", f"2{THIN_SPACE}944")


def test_method_puts_the_numbers_in():
    """Definitions with sizes, the textbook value and why it does not decide, and where all comes from."""
    method = told().method
    for line in (
        "S = 120 + 95 + 310 + 150 + 105 = 780 bytes",
        "mu = 412 bytes: median S of 200 past windows",
        "Cbar = 870.5 bytes",
        "N = (S − mu) / max(C(W), Cbar) = (780 − 412) / max(893, 870.5) = 0.4121",
        "(C(BW) − min(C(B), C(W))) / max(C(B), C(W)) = (2467 − min(2089, 893)) / max(2089, 893) = 0.7535",
        "It does not decide",
        "Novelty = (C(BW) − C(B)) / C(W) = (2467 − 2089) / 893 = 0.423",
        "zstd 1.5.7 level 1",
        "arn, base64, domain",
        "seed 17070271122024934599",
        *("a" * 64, "b" * 64, "c" * 64, "d" * 64),
    ):
        assert line in method


@st.composite
def records(draw):
    """Any verdict whose numbers fit together, and a description of it."""
    m, reached = draw(st.integers(0, 1000)), draw(st.integers(0, 1000))
    permutations, permuted = draw(st.sampled_from([99, 999, 9999])), draw(st.integers(0, 9999))
    p_stream = (min(reached, m) + 1) / (m + 1)
    p_perm = (min(permuted, permutations) + 1) / (permutations + 1)
    decided_by = draw(st.sampled_from(["max", "p_perm"]))
    size, mu = draw(st.integers(30, 40_000)), draw(st.integers(60, 9000)) / 2
    epochs = draw(st.sampled_from([((3101, 3500, 5),), ((1, 400, 2), (201, 600, 3))]))
    configuration = {**VERDICT.configuration, "p_mode": draw(st.sampled_from(["max", "permutation"]))}
    verdict = replace(
        with_evidence(VERDICT, epochs=epochs),
        window=draw(st.integers(0, 10**6)),
        flagged=draw(st.booleans()),
        status=draw(st.sampled_from(["calibrating", "ready"])),
        size=size,
        mu=mu,
        ncd=(size - mu) / draw(st.integers(30, 9000)),
        extra_bits=8 * (size - mu),
        p=p_perm if decided_by == "p_perm" else max(p_perm, p_stream),
        p_stream=p_stream,
        p_perm=p_perm,
        decided_by=decided_by,
        m=m,
        permutations=permutations,
        threshold=draw(st.sampled_from([0.2, 0.3, 0.45, 0.936])),
        alpha=draw(st.sampled_from([0.1, 0.05, 0.01, 0.001])),
        configuration=configuration,
    )
    description = replace(
        DESCRIPTION,
        distinct=draw(st.integers(1, 50)),
        beyond_reach=draw(st.booleans()),
        carrying=draw(st.integers(0, 25)),
    )
    low = draw(st.floats(-1, 1))
    ordinary = (low, low + draw(st.sampled_from([0.01, 0.5])))
    return verdict, description, ordinary, draw(st.none() | st.floats(0.01, 90_000))


@given(record=records())
def test_every_number_is_in_the_record(record):
    """Each number of the paragraph is one of the record's, or follows from it, to the digits it shows."""
    verdict, description, ordinary, rate = record
    text = told(verdict, description, ordinary=ordinary, rate=rate).paragraph
    text = text.replace("where 0 is what", "").replace(" + 1)", ")")
    allowed = [
        len(description.event_bits),
        *(verdict.first_seq, verdict.last_seq, verdict.size, verdict.mu, abs(verdict.extra_bits)),
        *(verdict.ncd, verdict.m, verdict.permutations, verdict.p_stream, verdict.p_perm, verdict.p),
        *(100 * verdict.p, verdict.threshold, verdict.alpha, description.distinct, verdict.seed),
        verdict.p_stream * (verdict.m + 1) - 1,
        verdict.p_perm * (verdict.permutations + 1) - 1,
        *(len(verdict.evidence.window_costs), len(verdict.evidence.reference_costs)),
        len(description.event_bits) / len(verdict.evidence.window_costs),
        *ordinary,
        *([rate, rate * verdict.p] if rate is not None else []),
        *(number for epoch in verdict.evidence.epochs for number in epoch),
    ]
    for shown in NUMBER.findall(text):
        number = float(shown.replace(THIN_SPACE, "").replace(MINUS, "-"))
        unit = 10.0 ** -len(shown.partition(".")[2])
        at_floor = any(0 <= number - p <= unit for p in (verdict.p_stream, verdict.p_perm, verdict.p))
        assert at_floor or any(
            abs(number - value) <= 0.5000001 * unit or number == value for value in allowed
        ), shown


@given(record=records(), stream=st.text(max_size=20))
def test_words_that_overstate_never_occur(record, stream):
    """No level of any explanation speaks of confidence, proof, or certainty; emphasis is always closed."""
    verdict, description, ordinary, rate = record
    explanation = told(verdict, description, ordinary=ordinary, rate=rate)
    for text in (explanation.sentence, explanation.paragraph, explanation.method):
        assert not FORBIDDEN.search(text)
    named = told(verdict, description, stream=stream, ordinary=ordinary, rate=rate).sentence
    assert named.count("**") == explanation.sentence.count("**")
    assert named.count("*") == 2 * named.count("**")
    assert "*" not in explanation.method


@given(record=records())
def test_floors_are_named_exactly_when_reached(record):
    """ "The smallest value" stands behind a p-value if and only if nothing reached the window."""
    verdict, description, ordinary, rate = record
    text = told(verdict, description, ordinary=ordinary, rate=rate).paragraph
    at_floor = verdict.p_perm == 1 / (verdict.permutations + 1)
    assert ("permutations can give" in text) == at_floor
    at_floor = verdict.m > 0 and verdict.p_stream == 1 / (verdict.m + 1)
    assert ("past windows can give" in text) == at_floor


@pytest.mark.parametrize(
    "change",
    [
        {"first_seq": 3522},
        {"size": 781},
        {"mu": 413.0},
        {"extra_bits": 2945.0},
        {"ncd": 0.51},
        {"p": 0.01},
        {"p_stream": 2 / 201},
        {"p_perm": 2 / 1000},
        {"m": 199},
        {"seed": 8},
        {"profile": "mine"},
        {"threshold": 0.25},
        {"alpha": 0.04},
        {"flagged": False},
        {"status": "calibrating"},
        {"decided_by": "p_perm"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_record_reads_differently(change):
    """Whatever changes in the record changes the paragraph."""
    assert told(replace(VERDICT, **change)).paragraph != told().paragraph


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (
            "was flagged because both limits of profile **balanced** are met: NCD 0.412 ≥ 0.30, "
            "p 0.00498 ≤ 0.05.",
            {},
        ),
        (
            "was not flagged because only the NCD limit of profile **balanced** is met: NCD 0.412 ≥ 0.30, "
            "p 0.0796 > 0.05.",
            {"flagged": False, "p": 16 / 201, "p_stream": 16 / 201},
        ),
        (
            "was not flagged because only the p limit of profile **balanced** is met: NCD 0.29996 < 0.30, "
            "p 0.00498 ≤ 0.05.",
            {"flagged": False, "ncd": 0.29996},
        ),
        (
            "was flagged because both limits of profile **balanced** are met: NCD 0.300 ≥ 0.30, "
            "p 0.05 ≤ 0.05.",
            {"ncd": 0.3, "p": 0.05},
        ),
        (
            "was not flagged because neither limit of profile **balanced** is met: NCD −0.100 < 0.30, "
            "p 0.5 > 0.05.",
            {"flagged": False, "ncd": -0.1, "p": 0.5},
        ),
        (
            "was flagged although only the p limit of profile **balanced** is met: NCD 0.100 < 0.30, "
            "p 0.00498 ≤ 0.05.",
            {"ncd": 0.1},
        ),
    ],
)
def test_the_decision_names_both_limits(expected, changes):
    """Why it was flagged or not, each number on the side of its limit where it lies."""
    assert f"It {expected}" in told(replace(VERDICT, **changes)).paragraph


def test_p_perm_alone_while_calibrating():
    """Too few past windows to rank among: said, with the p that decided and its own floor."""
    verdict = replace(
        VERDICT, status="calibrating", decided_by="p_perm", m=12, p_stream=1 / 13, p=1 / 1000, p_perm=1 / 1000
    )
    text = told(verdict).paragraph
    assert "With so few past windows p_perm alone decides: **p is 0.001**." in text
    assert "still calibrating: 12 past windows are too few for p_stream to have a say." in text
    assert "The larger of the two" not in text


def test_p_perm_alone_by_choice():
    """A profile that asks for permutation alone is not said to lack past windows."""
    verdict = replace(
        VERDICT,
        decided_by="p_perm",
        p=0.001,
        configuration={**VERDICT.configuration, "p_mode": "permutation"},
    )
    text = told(verdict).paragraph
    assert "This profile lets p_perm alone decide: **p is 0.001**." in text
    assert "few past windows" not in text


@pytest.mark.parametrize(
    ("notice", "verdict", "description", "ordinary"),
    [
        ("only 7 distinct lines", VERDICT, replace(DESCRIPTION, distinct=7), RANGE),
        ("only 1 distinct line:", VERDICT, replace(DESCRIPTION, distinct=1), RANGE),
        ("longer than zstd can look back", VERDICT, replace(DESCRIPTION, beyond_reach=True), RANGE),
        ("Practically every window of this stream meets this NCD limit", VERDICT, DESCRIPTION, (0.31, 0.6)),
        (
            "Its first 2 chunks were measured against an older baseline (events 3101 to 3500)",
            with_evidence(VERDICT, epochs=((3101, 3500, 2), (3301, 3700, 3))),
            DESCRIPTION,
            RANGE,
        ),
    ],
)
def test_notices_appear_when_they_apply_and_only_then(notice, verdict, description, ordinary):
    """What weakens a verdict is said beside it."""
    assert notice in told(verdict, description, ordinary=ordinary).paragraph
    assert notice not in told().paragraph


def test_a_limit_inside_the_ordinary_range_decides_something():
    """Only a limit below nearly all windows is said to decide nothing."""
    assert "Practically every" not in told(ordinary=(0.1, 0.6)).paragraph


def test_twenty_distinct_lines_are_enough():
    """The notice on few lines ends at twenty."""
    assert "distinct" in told(description=replace(DESCRIPTION, distinct=19)).paragraph
    assert "distinct" not in told(description=replace(DESCRIPTION, distinct=20)).paragraph


def test_a_rate_is_given_only_when_known():
    """Without times there are no windows a day."""
    assert "a day" not in told(rate=None).paragraph
    assert "At 24 windows a day on this stream, about **0.12 windows a day**" in told(rate=24.0).paragraph


def test_a_narrow_range_gets_a_fourth_decimal():
    """Ordinary windows that differ in the third decimal are told apart."""
    text = told(ordinary=(0.0118, 0.0293)).paragraph
    assert "**0.4121**" in text
    assert "between 0.0118 and 0.0293" in text


def test_sentence_does_not_name_events_that_explain_nothing():
    """Extra bits far above what the events themselves cost above ordinary are not put down to them."""
    even = replace(DESCRIPTION, event_bits=(160.0,) * 47 + (192.0,) * 3, carrying=2)
    assert told(description=even).sentence.endswith("; single events account for little of it.")
    none = replace(DESCRIPTION, event_bits=(160.0,) * 50, carrying=0)
    assert told(description=none).sentence.endswith("; single events account for little of it.")


@pytest.mark.parametrize(
    ("cost", "extra_bits"),
    [("**120 fewer bits** than", -120.0), ("as many bits as", 0.0), ("**1 more bits** than", 1.0)],
)
def test_sentence_for_windows_at_or_below_the_median(cost, extra_bits):
    """A window that is cheaper than usual is said to be."""
    assert f"needs {cost} an ordinary window" in told(replace(VERDICT, extra_bits=extra_bits)).sentence


def test_masks_are_named_only_if_recorded():
    """No masks is said; an unknown setting is not guessed."""
    off = replace(VERDICT, configuration={"masks": []})
    assert "Masked before compression: nothing." in told(off).method
    assert "Masked" not in told(replace(VERDICT, configuration={})).method


def test_record_has_the_three_levels():
    """What is stored is what is shown."""
    explanation = told()
    assert explanation.as_record() == {
        "sentence": explanation.sentence,
        "paragraph": explanation.paragraph,
        "method": explanation.method,
    }
