"""What each view found in a window, and where: by hand, and against the numbers the detector kept."""

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import naive_window_views as naive
import pytest
from streams import usual
from verdict_example import BY_VIEWS, DESCRIPTION, FOUND, VERDICT, VIEWS, with_evidence

from driftlock_core import BALANCED, Detector, Masker
from driftlock_core.describe import Description
from driftlock_core.window_views.catalogue import COLUMN
from driftlock_core.window_views.deciding import aspects_of, deciding
from driftlock_core.window_views.findings import beyond, findings_of
from driftlock_core.window_views.findings_text import finding_text, lead_text, rank_text
from driftlock_core.window_views.places import MOST_PLACES, places_of

CYCLE = [b"open door", b"enter room", b"light on", b"light off"]


def quiet(count, seed):
    """A stream whose mix hardly varies, half a second between its events."""
    return usual(count, seed), [1_700_000_000_000_000 + at * 500_000 for at in range(count)]


def strongest(events, times, view):
    """The flagged window in which *view* is most surprising, with its findings."""
    windows = Detector(BALANCED).update(events, times)
    canonical = Masker().canonical(events)
    found = []
    for verdict in windows.verdicts:
        first, last, _ = verdict.evidence.epochs[-1]
        window, baseline = canonical[verdict.first_seq - 1 : verdict.last_seq], canonical[first - 1 : last]
        for finding in findings_of(verdict, window, baseline):
            if finding.view == view:
                found.append((finding.beyond, -verdict.window, verdict, finding, window, baseline))
    return max(found, key=lambda item: item[:2])[2:]


def test_a_flood_is_found_in_its_counts_with_the_line_that_floods():
    """Fifty of fifty events, and what the baseline's share would be, counted by hand."""
    events, times = quiet(3000, 21)
    events[2500:2560] = [events[100]] * 60
    verdict, finding, window, baseline = strongest(events, times, "counts")
    flood = naive.skeleton(window[-1])
    place = finding.places[0]
    known = sum(naive.skeleton(line) == flood for line in baseline)
    assert naive.skeleton(place.text.encode()) == flood
    assert place.count == sum(naive.skeleton(line) == flood for line in window)
    assert place.usual == len(window) * known / len(baseline)
    assert finding.at_least == 0
    assert finding.beyond > 1
    assert f"**{place.count} times**" in lead_text(finding)
    assert "counts" in verdict.views


def test_the_bits_of_all_templates_add_up_to_the_mismatch(monkeypatch):
    """Each template's part is its own; together they are the statistic."""
    monkeypatch.setattr("driftlock_core.window_views.places.MOST_PLACES", 1000)
    monkeypatch.setattr("driftlock_core.window_views.places._telling", lambda places, how_much: tuple(places))
    window, baseline = usual(50, 4), usual(400, 3)
    mismatch, _, _ = naive.content([*map(naive.skeleton, baseline)], [*map(naive.skeleton, window)])
    places = places_of("counts", VIEWS, window, baseline)
    assert sum(place.bits for place in places) * 1024 == pytest.approx(mismatch)
    assert sum(place.usual for place in places) == pytest.approx(50)


def test_the_bits_of_all_pairs_add_up_to_the_order(monkeypatch):
    """Each pair's bits times how often it comes."""
    monkeypatch.setattr("driftlock_core.window_views.places.MOST_PLACES", 1000)
    monkeypatch.setattr("driftlock_core.window_views.places._telling", lambda places, how_much: tuple(places))
    window, baseline = usual(50, 4), usual(400, 3)
    _, _, order = naive.content([*map(naive.skeleton, baseline)], [*map(naive.skeleton, window)])
    places = places_of("symbols", VIEWS, window, baseline)
    assert sum(place.bits * place.count for place in places) * 1024 == pytest.approx(order)


def test_an_unknown_order_is_found_with_the_pair_that_never_came():
    """Before and after are neighbours in the window, and never were in the baseline."""
    events = [CYCLE[at % 4] for at in range(3000)]
    stretch = events[2500:2560]
    Random(7).shuffle(stretch)
    events[2500:2560] = stretch
    _, finding, window, baseline = strongest(events, None, "symbols")
    for place in finding.places:
        assert window[place.position - 1 : place.position + 1] == [place.before.encode(), place.text.encode()]
        assert place.count == Counter(pairwise(window))[place.before.encode(), place.text.encode()]
        assert place.usual == Counter(pairwise(baseline))[place.before.encode(), place.text.encode()]
    assert finding.places[0].usual == 0
    assert "which it **never** did in the baseline" in lead_text(finding)


def test_a_silence_is_found_with_the_event_after_it():
    """An hour before event 2531; the usual pause is half a second."""
    events, times = quiet(3000, 22)
    late = times[:2530] + [time + 3_600_000_000 for time in times[2530:]]
    verdict, finding, _, _ = strongest(events, late, "timing")
    (place,) = finding.places
    assert verdict.first_seq + place.position == 2531
    assert (place.count, place.usual) == (3_600_500_000, 500_000)
    assert finding.value == 3_600_500_000
    told = finding_text(finding)
    assert "Its longest pause is **7201 times** as long as in the median past window" in told
    assert "**1 h** pass before “" in told
    assert "where 500 ms between events were usual" in told


def test_a_new_template_is_found_where_it_first_comes():
    """Never seen is an age of 0, and each template is named once."""
    events, times = quiet(3000, 23)
    events[2500:2515] = [b"spindle %d wobbles badly" % at for at in range(15)]
    verdict, finding, window, _ = strongest(events, times, "templates")
    assert [place.count for place in finding.places] == [0]
    assert window[finding.places[0].position].startswith(b"spindle")
    assert verdict.first_seq + finding.places[0].position == 2501
    assert "**never seen**" in lead_text(finding)


def test_without_views_nothing_is_found():
    """A verdict of the bytes alone has no findings, and no aspect that decided."""
    assert findings_of(VERDICT, [b"a"] * 50, [b"b"] * 400) == ()
    with pytest.raises(ValueError, match="bytes alone"):
        deciding(VERDICT)


def test_findings_survive_json():
    """Also as part of a description; a description written without them is still read."""
    record = json.loads(json.dumps(FOUND.as_record()))
    assert Description.from_record(record) == FOUND
    del record["findings"]
    assert Description.from_record(record) == replace(FOUND, findings=())
    assert DESCRIPTION.findings == ()


@pytest.mark.parametrize(
    ("statistic", "value", "expected"),
    [
        ("mismatch", 30 * 1024, 0.0),
        ("mismatch", 35 * 1024, 0.5),
        ("mismatch", 40 * 1024, 1.0),
        ("mismatch", 60 * 1024, 3.0),
        ("mismatch", 10 * 1024, 0.0),  # less than usual surprises nobody here
        ("duration", 45_000_000, 4.0),  # but here, in units of the smallest that means anything
        ("size", 412 + 7, 7.0),
    ],
)
def test_beyond_compares_with_the_furthest_past_window(statistic, value, expected):
    """References vary by ten bits of mismatch to either side of thirty, and in nothing else."""
    values = list(VIEWS.values)
    values[COLUMN[statistic]] = value
    assert beyond(replace(VIEWS, values=tuple(values)), statistic) == expected


def test_the_deciding_aspect_is_the_rarest_of_those_far_enough():
    """A smaller rank does not decide where the distance falls short; the distance names its statistic."""
    found = deciding(BY_VIEWS)
    assert (found.aspect.name, found.at_least, found.past, found.statistic) == ("mix", 0, 200, "mismatch")
    near = with_evidence(
        BY_VIEWS, views=replace(VIEWS, aspects={"content": (1 / 201, 0.25), "mix": (9 / 201, 0.87)})
    )
    assert deciding(near).aspect.name == "mix"
    assert [one.statistic for one in aspects_of(BY_VIEWS)] == ["order", "mismatch", "duration"]


def test_ranks_are_told_as_they_are():
    """None, one, or several past windows, and on which side."""
    finding = FOUND.findings[0]
    assert rank_text(finding) == "none of the 200 past windows reached that"
    assert rank_text(replace(finding, at_least=3)) == "3 of the 200 past windows reached that"
    low = replace(finding, statistic="own", value=2.0, usual=80.0)
    assert rank_text(low) == "none of the 200 past windows lay as low"
    assert "takes **2 bits**, in the median past window 80 bits" in finding_text(low)


@pytest.mark.parametrize(
    ("quoted", "line"),
    [
        ("card refused by bank", '{"level":"ERROR","message":"card refused by bank","n":<N2>}'),
        ('say "yes" now please', '{"message":"say \\"yes\\" now please"}'),
        ('{"level":"ERROR","n":<N2>}', '{"level":"ERROR","n":<N2>}'),
        ("plain line with “quotes”", "plain line with “quotes”"),
        ("a b ∗∗c∗∗ ·", "a  b **c** \x07"),
        ("x" * 79 + "…", "x" * 200),
    ],
)
def test_a_line_is_quoted_by_what_it_says(quoted, line):
    """Of JSON the value with most words; one line, at most eighty signs, none that steers a screen."""
    finding = replace(FOUND.findings[0], places=(replace(FOUND.findings[0].places[0], text=line),))
    assert f"“{quoted}” comes" in lead_text(finding)


def test_a_missing_template_is_told_as_missing():
    """A line of the baseline that the window should hold has no position in it."""
    baseline = [line for line in CYCLE for _ in range(100)]
    window = [CYCLE[at % 3] for at in range(48)]
    places = places_of("counts", VIEWS, window, baseline)
    gone = next(place for place in places if place.position == -1)
    assert (gone.text, gone.count, gone.usual) == ("light off", 0, 12.0)
    finding = replace(FOUND.findings[0], places=(gone,))
    assert lead_text(finding) == ("“light off” is **missing**, where the baseline would have 12.0")


@pytest.mark.parametrize("view", ["templates", "counts", "symbols", "timing", "bytes"])
@pytest.mark.parametrize(
    ("window", "baseline"),
    [
        ([b""] * 50, [b""] * 400),
        ([b"\xff\xfe\x00"] * 50, [b"a"] * 400),
        ([b"%d" % at for at in range(50)], [b"x"] * 400),
        ([b"word" + bytes([97 + at % 26]) * (at + 1) for at in range(50)], [b"x"] * 400),
    ],
)
def test_odd_windows_have_places_too(view, window, baseline):
    """Empty events, bytes that are no text, all equal, all different: at most five places, inside the window."""
    places = places_of(view, VIEWS, window, baseline)
    assert len(places) <= MOST_PLACES
    assert all(-1 <= place.position < 50 for place in places)
    json.dumps([place.text for place in places], allow_nan=False)
