"""What a run found of what was hidden, in counts."""

import numpy as np

from driftlock.model import ScoreColumns
from driftlock.ui.timeline_chart import Interval
from driftlock.ui.truth_score import score


def columns(flagged: list[int], windows: int = 100) -> ScoreColumns:
    """Windows of 50 events, ten apart, the first one over events 401 to 450."""
    marks = np.zeros(windows, dtype=bool)
    marks[flagged] = True
    zeros = np.zeros(windows)
    return ScoreColumns(
        window=np.arange(windows),
        last_seq=450 + 10 * np.arange(windows),
        last_at_us=np.full(windows, -1),
        ncd=zeros,
        exact=~marks,
        p_stream=zeros,
        p_perm=zeros,
        extra_bits=zeros,
        flagged=marks,
        ready=~marks,
        chance=np.full(windows, 0.02),
    )


def test_found_missed_and_false_are_counted() -> None:
    """An interval is found when a flagged window meets it; a window that meets none is false."""
    truth = (Interval(601, 640, "scan"), Interval(1_000, 1_050, "storm"))
    outcome = score(columns([16, 17, 90]), truth, window=50)
    assert [i.label for i in outcome.found] == ["scan"]
    assert [i.label for i in outcome.missed] == ["storm"]
    assert outcome.false_windows == 1
    assert outcome.sentence() == (
        "Found 1 of 2, missed 1; 1 window flagged elsewhere, at most about 2 expected by chance."
    )


def test_the_edge_of_a_window_counts() -> None:
    """One shared event is a meeting; none is not."""
    assert score(columns([20]), (Interval(650, 660, "x"),), window=50).false_windows == 0
    assert score(columns([20]), (Interval(651, 660, "x"),), window=50).false_windows == 1


def test_a_sample_with_nothing_hidden_says_so() -> None:
    """Then every flag is false, and chance is the measure."""
    assert score(columns([3]), (), window=50).sentence().startswith("Nothing was hidden. 1 window flagged")
