"""The twin is the baseline event that saves most, found by trying."""

import naive_second_looks as naive
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streams import FOREIGN, lines, usual

from driftlock_core.bytemap import ByteMap, Run, byte_map
from driftlock_core.compressors import COMPRESSORS, compressor_named
from driftlock_core.masking import Masker
from driftlock_core.twin import twins

every_compressor = pytest.mark.parametrize("name", COMPRESSORS)
BASELINE = Masker().canonical(usual(60, seed=4))
some_lines = st.lists(
    st.sampled_from([b"GET /cart ok", b"GET /cart failed", b"user <N3> gone", b"disk ok", b"qzxv"]),
    min_size=1,
    max_size=8,
)


@every_compressor
@given(window=some_lines, baseline=some_lines)
def test_no_copy_source_predicts_better(name, window, baseline):
    """All sources of the event tried one by one; of equals the latest."""
    compressor = compressor_named(name)
    parsed = byte_map(window, baseline, name)
    for twin in twins(range(len(window)), window, baseline, parsed, compressor):
        start = sum(len(line) + 1 for line in window[: twin.position])
        stop = start + len(window[twin.position])
        sources = {
            run.source_event
            for run in parsed.runs
            if run.kind == "baseline" and run.start < stop and run.stop > start
        }
        assert twin.copied == bool(sources)
        tried = sources or {len(baseline) - 1 - baseline[::-1].index(event) for event in baseline}
        assert twin.looked_at == len(tried)
        costs = {
            at: 8 * compressor.digest(baseline[at] + b"\n").cost(window[twin.position] + b"\n")
            for at in tried
        }
        assert twin.bits == min(costs.values())
        assert twin.index == max(at for at in costs if costs[at] == twin.bits)


def test_a_known_line_is_its_own_twin():
    """Nothing predicts a line better than the same line."""
    window = [BASELINE[7]]
    (twin,) = twins([0], window, BASELINE, byte_map(window, BASELINE, "zstd"), compressor_named("zstd"))
    assert BASELINE[twin.index] == window[0]
    assert twin.index == len(BASELINE) - 1 - BASELINE[::-1].index(window[0])
    assert twin.predicts > 0.5


def test_the_twin_is_of_the_same_statement():
    """A changed ending does not change what a line is like, by another compressor too."""
    window = [BASELINE[0] + b" after failover"]
    (twin,) = twins([0], window, BASELINE, byte_map(window, BASELINE, "gzip"), compressor_named("gzip"))
    best = min(set(BASELINE), key=lambda event: naive.deflated_after(window[0] + b"\n", event + b"\n"))
    assert BASELINE[twin.index].split()[:2] == best.split()[:2] == window[0].split()[:2]


def test_where_nothing_is_copied_all_are_tried():
    """A line of foreign letters has a twin too, and it saves next to nothing."""
    window = ["ЖЩЪЫЭЮЯ".encode()]
    parsed = byte_map(window, BASELINE, "zstd")
    assert all(run.source_event is None for run in parsed.runs if run.start < len(window[0]))
    (twin,) = twins([0], window, BASELINE, parsed, compressor_named("zstd"))
    assert not twin.copied
    assert twin.looked_at == len(set(BASELINE))
    assert 0 <= twin.predicts < 0.5


def test_a_source_that_only_gave_the_newline_is_none():
    """The end of a line is no likeness."""
    made = ByteMap((Run(0, 3, "new"), Run(3, 4, "baseline", 0, 2)), "made")
    (twin,) = twins([0], [b"abc"], [b"xy", b"abcd"], made, compressor_named("zstd"))
    assert (twin.copied, twin.looked_at) == (False, 2)


def test_an_empty_baseline_is_refused():
    """There is nobody to be like."""
    with pytest.raises(ValueError, match="no twin"):
        twins([0], [b"a"], [], byte_map([b"a"], [], "zstd"), compressor_named("zstd"))


def test_foreign_lines_have_twins_that_save_less_than_usual_ones():
    """What is unlike everything is predicted by nothing."""
    foreign, ordinary = Masker().canonical(lines(FOREIGN, 20, seed=2)), Masker().canonical(usual(20, seed=9))

    def mean(window):
        found = twins(
            range(20), window, BASELINE, byte_map(window, BASELINE, "zstd"), compressor_named("zstd")
        )
        return sum(twin.predicts for twin in found) / 20

    assert mean(ordinary) > mean(foreign) + 0.2
