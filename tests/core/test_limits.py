"""New limits for a running detector."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
import zstandard
from held_baselines import HeldBaselines
from streams import with_burst

from driftlock_core.detector import Detector
from driftlock_core.gate import Gate
from driftlock_core.profiles import BALANCED, SENSITIVE, STRICT, VIEWS
from driftlock_core.recompute import recompute
from driftlock_core.recount import Rule
from driftlock_core.state import MAGIC, load, save
from driftlock_core.windows import Windows

SMALL = replace(BALANCED, baseline=80, window=10, hop=2, references=120)
WIDER = Rule(threshold=0.10, alpha=0.20).within(replace(SMALL, name="custom"))
NARROWER = Rule(threshold=0.45, alpha=0.02).within(replace(SMALL, name="custom"))
every_change = pytest.mark.parametrize("limits", [WIDER, NARROWER], ids=["wider", "narrower"])
# In the middle of a chunk, of an epoch, at the border of one, and before the first window.
every_place = pytest.mark.parametrize("after", [30, 433, 560, 801])


def events() -> list[bytes]:
    """Seed 21: bursts before and behind every change."""
    found = with_burst(1300, 21, start=300, stop=330, share=0.5)
    found[620:650] = with_burst(30, 22, start=0, stop=30, share=0.5)
    found[900:930] = with_burst(30, 23, start=0, stop=30, share=0.5)
    return found


def changed(limits, after, *, saved=False, step=10_000) -> Windows:
    """The windows of a stream whose limits change behind so many events."""
    given, detector = events(), Detector(SMALL)
    parts = [detector.update(given[at : min(at + step, after)]) for at in range(0, after, step)]
    if saved:
        detector = load(save(detector))
    detector.set_limits(limits)
    if saved:
        detector = load(save(detector))
    return Windows.join(
        [*parts, *(detector.update(given[at : at + step]) for at in range(after, 1300, step))]
    )


def same(one: Windows, other: Windows) -> None:
    for field in fields(Windows):
        if field.name != "verdicts":
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), field.name)
    assert one.verdicts == other.verdicts


def part(windows: Windows, which: np.ndarray) -> Windows:
    columns = {f.name: getattr(windows, f.name)[which] for f in fields(Windows) if f.name != "verdicts"}
    numbers = set(columns["index"].tolist())
    return Windows(**columns, verdicts=tuple(v for v in windows.verdicts if v.window in numbers))


@every_change
@every_place
def test_windows_before_a_change_are_as_they_were_and_those_behind_as_of_a_detector_with_the_same_past(
    limits, after
):
    """The past is what was seen and what was flagged; limits of before play no other part."""
    found = changed(limits, after)
    before = found.last_seq <= after
    same(part(found, before), Detector(SMALL).update(events()[:after]))
    held = HeldBaselines(limits, found.flagged, until=int(before.sum())).update(events())
    same(part(found, ~before), part(held, ~before))


@every_change
def test_a_change_survives_the_saved_state_and_the_size_of_batches(limits):
    found = changed(limits, 560)
    same(found, changed(limits, 560, saved=True))
    same(found, changed(limits, 560, step=33))


def test_the_state_of_a_detector_whose_gate_had_fewer_fields_still_loads():
    """Three numbers, as states of before hold them."""
    detector = Detector(SMALL, gate=Gate(threshold=0.2, alpha=0.1, exact=0.0))
    detector.update(events()[:500])
    body = zstandard.ZstdDecompressor().decompress(save(detector)[len(MAGIC) :])
    size = int.from_bytes(body[:8], "big")
    head = json.loads(body[8 : 8 + size])
    assert head["gate"] == [0.2, 0.1, 0.0, False]
    head["gate"] = head["gate"][:3]
    text = json.dumps(head).encode()
    older = len(text).to_bytes(8, "big") + text + body[8 + size :]
    again = load(MAGIC + zstandard.ZstdCompressor().compress(older))
    assert again.gate == detector.gate
    same(detector.update(events()[500:]), again.update(events()[500:]))


def test_each_verdict_names_its_own_limits_and_recomputes():
    found = changed(WIDER, 560)
    given = dict(enumerate(events(), start=1))
    old = [verdict for verdict in found.verdicts if verdict.last_seq <= 560]
    new = [verdict for verdict in found.verdicts if verdict.last_seq > 560]
    assert old
    assert new
    assert {(v.profile, v.threshold, v.alpha) for v in old} == {("balanced", 0.3, 0.05)}
    assert {(v.profile, v.threshold, v.alpha) for v in new} == {("custom", 0.1, 0.2)}
    assert {v.configuration["threshold"] for v in new} == {0.1}
    for verdict in found.verdicts:
        assert recompute(verdict, given).identical


def test_limits_change_there_and_back():
    """A stream with a stretch of other limits ends under its first ones, gate and all."""
    detector = Detector(SMALL, gate=Gate(threshold=0.2, alpha=0.1, exact=0.0))
    detector.set_limits(WIDER)
    assert (detector.gate.threshold, detector.gate.exact) == (0.1, float("inf"))
    detector.set_limits(SMALL, gate=Gate(threshold=0.2, alpha=0.1, exact=0.0))
    assert detector.gate == Gate(threshold=0.2, alpha=0.1, exact=0.0)
    assert detector.profile == SMALL


@pytest.mark.parametrize(
    "other",
    [
        replace(SENSITIVE, references=300),
        STRICT.with_sizes(20),
        replace(BALANCED, views=VIEWS[:1]),
        replace(BALANCED, p_mode="permutation"),
    ],
)
def test_nothing_but_limits_can_be_changed(other):
    detector = Detector(BALANCED)
    with pytest.raises(ValueError, match="only the limits"):
        detector.set_limits(other)
    assert detector.profile == BALANCED
