"""Texts of windows that the views decided: what stands out, how p came about, and what is no reason."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_explain import FORBIDDEN, told
from verdict_example import BY_VIEWS, FOUND, VIEWS, with_evidence

from driftlock_core.numbers_text import THIN_SPACE


def told_by_views(verdict=BY_VIEWS, description=FOUND, stream="orders", rate=8640.0):
    """The example that the views decided, explained, with changes."""
    return told(verdict, description, stream=stream, rate=rate)


def test_sentence_of_the_views_by_hand():
    """The views that stand out, and the place of the most surprising one."""
    assert told_by_views().sentence == (
        "Window 312 on **orders** stands out by its counts and its order: “cache hit for <N4>” comes "
        "**40 times**, where the baseline would have 3.1."
    )


def test_paragraph_of_the_views_by_hand():
    """Each view, then the rank and how it became p, what p means, and the bytes as no reason."""
    assert told_by_views().paragraph == (
        "The 50 events of this window (3521 to 3570) were looked at in 5 ways; it stands out by its counts "
        "and its order, most surprising first. "
        "**By its counts:** Coding its counts with the baseline's shares wastes **231 bits**, in the median "
        "past window 30 bits. “cache hit for <N4>” comes **40 times**, where the baseline would "
        "have 3.1. None of the 200 past windows reached that. "
        "**By its order:** Its sequence, given which line follows which in the baseline, takes **200 bits**, "
        "in the median past window 150 bits. “light on” follows “open door”, which it **never** did in the "
        "baseline. None of the 200 past windows reached that. "
        "Is that rare? The surprises of its mix (counts and order together) were added up, and of the 200 "
        "past windows it is ranked among 0 reached that sum: **its rank is (0 + 1)/(200 + 1) = 0.00498**, the "
        "smallest value 200 past windows can give. Because 5 views were looked at, 5 times that rank decides: "
        "**p is 0.0249**. "
        "If these windows were interchangeable with the past ones, a p as small as this would come up in at "
        "most about 2.5 % of windows. It is not the chance that the window is harmless, and it does not say "
        "that it is harmful. "
        "At 8640 windows a day on this stream, about **215 windows a day** would reach a p this small even if "
        "nothing changed. It was flagged because both limits of profile **balanced** are met by its mix: the "
        "distance of its counts from the usual 0.870 ≥ 0.30, p 0.0249 ≤ 0.05. "
        "Its bytes by themselves, for comparison: it takes 418 bytes once the baseline is known, the median past "
        "window of this stream 412, which makes 48 bits more and an NCD (size-matched) of 0.007; ordinary "
        "windows here lie between −0.102 and 0.187. Of its size, 60 of 200 past windows took at least as many "
        "(p_stream 0.303), and so did 399 of the 999 permutations of its chunks with the baseline's (seed "
        "17070271122024934599, p_perm 0.4); these two p-values do not decide here."
    )


def test_method_of_the_views_puts_the_numbers_in():
    """Every statistic beside its median, every aspect with rank and distance, and what did not decide."""
    method = told_by_views().method
    for line in (
        "size 418 bytes (412 bytes), age of templates 100 bits (100 bits), new templates 0 (0), "
        "mismatch of counts 231 bits (30 bits)",
        "span 25 s (25 s), longest pause 765 ms (765 ms)",
        "Content (size, age of templates, new templates, order, mismatch of counts): "
        "rank = (1 + 2) / (1 + 200) = 0.0149, distance 0.250, that of its order",
        "Mix (mismatch of counts, variety of counts, order): rank = (1 + 0) / (1 + 200) = 0.00498, "
        "distance 0.870, that of its mismatch of counts",
        "p = 0.0249: 5 views looked at, times the smallest rank of an aspect whose distance reaches 0.30",
        "do not decide here",
    ):
        assert line in method
    assert "The decision used" not in method


@pytest.mark.parametrize(
    ("decision", "changes"),
    [
        (
            "was flagged because both limits of profile **balanced** are met by its content: NCD 0.500 ≥ 0.30",
            {"ncd": 0.5, "aspects": {"content": (1 / 201, 0.5), "mix": (0.5, 0.1)}},
        ),
        (
            "was not flagged because its mix meets only the distance limit of profile **balanced**: the "
            "distance of its counts from the usual 0.870 ≥ 0.30, p 0.249 > 0.05",
            {"flagged": False, "p": 50 / 201, "aspects": {"mix": (10 / 201, 201 / 231)}},
        ),
        (
            "was not flagged because no aspect meets either limit of profile **balanced**: the distance of "
            "its order from the usual 0.250 < 0.30, p 1 > 0.05",
            {"flagged": False, "p": 1.0, "aspects": {"content": (1 / 201, 0.25)}},
        ),
    ],
)
def test_the_decision_names_the_distance_that_met_the_limit(decision, changes):
    """Whose distance it is, on the side of the limit where it lies; the NCD only where that is the one."""
    changes = dict(changes)
    views = replace(VIEWS, aspects=changes.pop("aspects"))
    verdict = with_evidence(replace(BY_VIEWS, **changes), views=views)
    assert f"It {decision}" in told_by_views(verdict).paragraph


def test_the_smallest_value_is_named_when_reached_by_a_rank():
    """And only then."""
    assert "smallest value 200 past windows can give" in told_by_views().paragraph
    views = replace(VIEWS, aspects={"mix": (2 / 201, 201 / 231)})
    verdict = with_evidence(replace(BY_VIEWS, p=10 / 201), views=views)
    text = told_by_views(verdict).paragraph
    assert "of the 200 past windows it is ranked among 1 reached that sum" in text
    assert "smallest value" not in text


def test_of_equally_surprising_views_the_furthest_off_leads():
    """The order is named behind the counts, but is further beyond all past windows."""
    counts, order = FOUND.findings
    order = replace(order, surprise_bits=counts.surprise_bits)
    further = replace(order, beyond=counts.beyond + 1)
    nearer = replace(order, beyond=counts.beyond - 1)
    assert "follows" in told_by_views(description=replace(FOUND, findings=(counts, further))).sentence
    assert "comes" in told_by_views(description=replace(FOUND, findings=(counts, nearer))).sentence


def test_bytes_that_stand_out_most_lead_with_their_bits():
    """A finding without a place of its own gives way to one with it only among equals."""
    counts = FOUND.findings[0]
    size = replace(
        counts, view="bytes", statistic="size", value=780.0, usual=412.0, surprise_bits=9.0, places=()
    )
    verdict = replace(BY_VIEWS, views=("bytes", "counts"), size=780, extra_bits=2944.0)
    leading = told_by_views(verdict, replace(FOUND, findings=(size, counts))).sentence
    assert leading.startswith("Window 312 on **orders** stands out by its bytes and its counts: it needs **2")
    equal = replace(size, surprise_bits=counts.surprise_bits)
    assert "cache hit" in told_by_views(verdict, replace(FOUND, findings=(equal, counts))).sentence


@given(
    text=st.text(max_size=200),
    count=st.integers(0, 10**6),
    usual=st.floats(0, 10**6),
    view=st.sampled_from(["templates", "counts", "symbols", "timing", "bytes"]),
    value=st.floats(0, 10**13),
)
def test_no_line_of_a_window_can_steer_the_text(text, count, usual, view, value):
    """Stars, line ends and control characters of a payload never reach a sentence; emphasis is always closed."""
    statistic = {"templates": "fresh", "counts": "own", "symbols": "order", "timing": "gap", "bytes": "size"}
    finding = replace(
        FOUND.findings[0],
        view=view,
        statistic=statistic[view],
        value=value,
        places=(replace(FOUND.findings[0].places[0], text=text, before=text, count=count, usual=usual),),
    )
    verdict = replace(BY_VIEWS, views=(view,))
    explanation = told_by_views(verdict, replace(FOUND, findings=(finding,)))
    for said in (explanation.sentence, explanation.paragraph):
        assert said.count("*") == 2 * said.count("**")
        assert said.count("**") % 2 == 0
        assert all(sign.isprintable() or sign == THIN_SPACE for sign in said)


def test_the_words_of_the_views_overstate_nothing():
    """No level speaks of confidence, proof, or certainty."""
    for text in told_by_views().as_record().values():
        assert not FORBIDDEN.search(text)


@pytest.mark.parametrize(
    "change",
    [
        {"factor": 4},
        {"p": 4 / 201},
        {"views": ("counts",)},
        {"ncd": 0.1},
        {"profile": "mine"},
        {"flagged": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_record_of_the_views_reads_differently(change):
    """Whatever changes in the record changes the paragraph."""
    assert told_by_views(replace(BY_VIEWS, **change)).paragraph != told_by_views().paragraph


def test_weaknesses_of_p_perm_are_not_said_where_the_views_decide():
    """Few distinct lines make permutations coarse, which decide nothing here."""
    assert "distinct" not in told_by_views(description=replace(FOUND, distinct=7)).paragraph
    calibrating = told_by_views(replace(BY_VIEWS, status="calibrating", m=45)).paragraph
    assert (
        "200 past windows are too few for ranks to be fine-grained" in calibrating
    )  # those the aspects rank among
