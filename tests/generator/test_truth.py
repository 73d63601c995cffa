"""Truth lies where the fault is."""

import re
from pathlib import Path

import pytest

from data_generator import SAMPLES, LabelledStream, Sample, TruthInterval, generate
from tests.generator.reading import FORMS, events_of, service_of

# Words that would give the truth away to whoever reads the events.
MARKERS = re.compile(
    r"anomal|inject|synthetic|generated|ground.?truth|\bfault|\blabel|\btruth|faker|driftlock", re.I
)

several_seeds = pytest.mark.parametrize("seed", [7, 1, 2])


@several_seeds
def test_a_faults_form_occurs_nowhere_but_in_its_interval(sample: Sample, seed: int):
    """Outside the truth there is not one event of any fault's form."""
    stream = generate(sample.id, seed=seed)
    outside = [
        event
        for position, event in enumerate(events_of(stream.data, sample.format))
        if not any(position in interval for interval in stream.truth)
    ]
    found = [(kind, event) for event in outside for kind, form in FORMS.items() if form.search(event)]
    assert found == []


@several_seeds
def test_at_least_half_of_the_affected_events_change(sample: Sample, seed: int):
    """Within an interval, half or more of what the affected services send has the fault's form."""
    stream = generate(sample.id, seed=seed)
    events = events_of(stream.data, sample.format)
    for interval in stream.truth:
        affected = [
            event
            for event in events[interval.start : interval.stop]
            if service_of(event) in {None, *interval.affected}
        ]
        changed = sum(FORMS[interval.kind].search(event) is not None for event in affected)
        assert changed >= len(affected) / 2, interval
        assert changed >= 30, interval


@pytest.mark.parametrize("sample_id", SAMPLES)
def test_the_page_about_samples_shows_the_truth(sample_id: str):
    """Each interval stands in docs/how-to/samples.md as it is generated."""
    page = (Path(__file__).parents[2] / "docs/how-to/samples.md").read_text()
    for i in generate(sample_id).truth:
        assert f"| `{sample_id}` | `{i.kind}` | {i.start:,} to {i.stop:,} | {i.changed} |" in page


def test_an_interval_begins_and_ends_with_a_changed_event(sample: Sample, stream: LabelledStream):
    """Truth is no wider than the fault."""
    events = events_of(stream.data, sample.format)
    for interval in stream.truth:
        for edge in (interval.start, interval.stop - 1):
            assert FORMS[interval.kind].search(events[edge]), (interval, events[edge])


def test_faults_come_late_and_last(sample: Sample, stream: LabelledStream):
    """Two or three faults of at least 60 events after event 1,500; none in the quiet sample."""
    assert len(stream.truth) in ({0} if sample.id == "quiet-logs" else {2, 3})
    assert all(interval.start > 1_500 and interval.stop - interval.start >= 60 for interval in stream.truth)
    stops = [0, *(interval.stop for interval in stream.truth)]
    assert all(interval.start > stop for interval, stop in zip(stream.truth, stops, strict=False))


def test_affected_services_occur_in_the_interval(sample: Sample, stream: LabelledStream):
    """Where events name a service, each affected one is among them."""
    events = events_of(stream.data, sample.format)
    for interval in stream.truth:
        seen = {service_of(event) for event in events[interval.start : interval.stop]}
        assert seen == {None} or set(interval.affected) <= seen


def test_nothing_in_the_events_gives_the_truth_away(sample: Sample, stream: LabelledStream):
    """A fault is a change of signal, never a marker word."""
    assert MARKERS.findall(stream.data.decode()) == []


def test_every_form_belongs_to_a_fault_of_some_sample():
    """The table of forms above is complete and holds nothing else."""
    assert {interval.kind for sample_id in SAMPLES for interval in generate(sample_id).truth} == set(FORMS)


@pytest.mark.parametrize(("start", "stop"), [(5, 5), (7, 3), (-1, 4)])
def test_an_empty_or_negative_interval_is_refused(start: int, stop: int):
    """An interval holds at least one position, none below 0."""
    with pytest.raises(ValueError, match="no interval"):
        TruthInterval(start=start, stop=stop, kind="silence", affected=(), changed="")


def test_an_interval_holds_its_start_but_not_its_stop():
    """Intervals are half-open."""
    interval = TruthInterval(start=3, stop=5, kind="silence", affected=(), changed="")
    assert [position for position in range(8) if position in interval] == [3, 4]
