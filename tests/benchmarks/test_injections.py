"""Injected faults do what they say, to one window and no other, the same each time."""

from collections import Counter
from random import Random

import numpy as np
import pytest

from benchmarks.quality import detection_call, injections, poisoning, power
from benchmarks.quality.detection_call import UNKNOWN_TIME
from benchmarks.quality.material import Log, body, log_of, stamp_span, stamped_as
from driftlock_core import BALANCED

SEED = 20260302
START = 700


def made(count: int = 1500, seed: int = SEED) -> list[bytes]:
    """A line a second: two common templates with numbers, a rarer one, and seven rare ones."""
    random, lines = Random(seed), []
    for at in range(count):
        chance = random.random()
        if chance < 0.5:
            text = f"request served in {random.randrange(20, 60)} ms size={random.randrange(900)}"
        elif chance < 0.8:
            text = f"cache hit key {random.getrandbits(64):016x}"
        elif chance < 0.96:
            text = "heartbeat ok"
        else:
            text = (
                f"rare event number {random.choice(['one', 'two', 'three', 'four', 'five', 'six', 'seven'])}"
            )
        lines.append(f"2026-03-02 {at // 3600:02}:{at // 60 % 60:02}:{at % 60:02} {text}".encode())
    return lines


@pytest.fixture(scope="module")
def base() -> injections.Base:
    return injections.base_of(log_of("made", made()))


def held_out(base: injections.Base) -> list[bytes]:
    return [line for lines in base.unseen for line in lines]


every_kind = pytest.mark.parametrize("kind", injections.KINDS)


def injected(base: injections.Base, kind: str, seed: int = 1) -> Log:
    log = injections.KINDS[kind](base, START, Random(seed))
    assert log is not None
    return log


def test_held_out_templates_are_gone_from_the_stream_and_none_was_common(base):
    held = {injections.template(line, base.log) for line in held_out(base)}
    assert len(held) >= 2
    assert not held & set(base.templates)
    assert all(b"rare event" in line for line in held_out(base))
    assert len(base.log) + len(held_out(base)) == 1500


@every_kind
def test_the_same_seed_gives_the_same_window_of_fifty_with_times_in_order(base, kind):
    first, second = injected(base, kind), injected(base, kind)
    assert first.events == second.events
    assert len(first) == injections.WINDOW
    assert (np.diff(first.times) >= 0).all()


@every_kind
def test_what_comes_before_the_window_stays_as_it_was(base, kind):
    stream = power.with_fault(base, START, injected(base, kind))
    assert stream.events[:START] == base.log.events[:START]
    assert len(stream) == START + injections.WINDOW
    assert len(stream.times) == len(stream)


@pytest.mark.parametrize("kind", sorted(injections.KINDS.keys() - {"format"}))
def test_lines_write_the_time_that_goes_with_them(base, kind):
    """Restamped lines agree with the times passed beside them; JSON lines no longer begin with theirs."""
    window = injected(base, kind)
    assert log_of("again", window.events).times.tolist() == window.times.tolist()


@pytest.mark.parametrize(
    ("kind", "count"),
    [("new2", 1), ("new5", 3), ("new10", 5), ("new20", 10), ("new50", 25), ("new100", 50)],
)
def test_a_share_of_unseen_lines_rounded_up(base, kind, count):
    held = {injections.template(line, base.log) for line in held_out(base)}
    window = injected(base, kind)
    assert sum(injections.template(line, base.log) in held for line in window.events) == count


def test_a_burst_is_25_copies_in_a_row_at_one_time(base):
    window, own = injected(base, "burst"), injections.window_at(base, START)
    runs = [at for at in range(25) if len(set(window.events[at : at + 25])) == 1]
    assert runs
    at = next(at for at in range(1, 25) if window.events[:at] == own.events[:at] and at in runs)
    assert set(window.times[at : at + 25]) == {own.times[at - 1]}
    assert window.events[at + 25 :] == own.events[at:25]


def test_a_mix_shift_adds_lines_of_one_known_template(base):
    before = Counter(base.templates[START : START + 50])
    after = Counter(injections.template(line, base.log) for line in injected(base, "freq50").events)
    assert max((after - before).values()) >= 8
    assert len(after - before) == 1


def test_a_shuffle_keeps_the_messages_and_changes_their_order(base):
    own, window = injections.window_at(base, START), injected(base, "shuffle")
    messages = [[body(line, base.log.stamp) for line in log.events] for log in (own, window)]
    assert sorted(messages[0]) == sorted(messages[1])
    assert messages[0] != messages[1]


def test_numbers_grow_in_half_of_the_events_and_times_and_ids_stay():
    log = Log("one", [], np.empty(0, dtype=np.int64), None)
    assert injections._larger(b"took 20 ms id 00ff12ab v1.2 10.0.0.7 size=3", log) == (
        b"took 1740 ms id 00ff12ab v1.2 10.0.0.7 size=1111"
    )


def test_a_new_format_holds_time_and_message(base):
    own, line = injections.window_at(base, START).events[0], injected(base, "format").events[0]
    start, stop = stamp_span(own, base.log.stamp)
    assert line == b'{"time":"%b","message":"%b"}' % (own[start:stop], own[stop:].strip())


def test_a_drop_leaves_out_the_commonest_template_alone(base):
    window, counts = injected(base, "drop"), Counter(base.templates[START : START + 50])
    missing = counts.most_common(1)[0][0]
    kept = [at for at in range(START, len(base.log)) if base.templates[at] != missing][:50]
    assert window.events == [base.log.events[at] for at in kept]


def test_a_silence_is_one_gap_of_250_events_and_needs_times(base):
    window = injected(base, "silence")
    gaps = np.diff(window.times)
    assert int(np.argmax(gaps)) == 24
    assert gaps[24] >= 250 * 1_000_000
    untimed = Log("untimed", base.log.events, np.full(len(base.log), UNKNOWN_TIME), None)
    assert injections.silence(injections.Base(untimed, base.templates, base.unseen), START, Random(1)) is None


def test_a_stuck_source_repeats_one_line(base):
    messages = {body(line, base.log.stamp) for line in injected(base, "stuck").events}
    assert messages == {body(base.log.events[START - 1], base.log.stamp)}


def test_a_line_takes_the_time_of_another_with_its_weekday():
    """Apache's style: the weekday belongs to the date."""
    lines = [b"[Sun Dec 04 04:47:44 2005] [notice] a", b"[Mon Dec 05 10:00:00 2005] [error] b"]
    stamp = log_of("apache", lines).stamp
    assert stamped_as(lines[0], lines[1], stamp) == b"[Mon Dec 05 10:00:00 2005] [notice] a"


def test_positions_are_scattered_at_heads_of_hops_with_room_behind(base):
    starts = power.positions(base, 12, 10)
    assert len(starts) == 12
    assert starts[0] == power.FIRST
    assert starts[-1] + 300 <= len(base.log)
    assert all(start % 10 == 0 for start in starts)
    assert power.positions(injections.Base(base.log.taken(np.arange(500)), [], []), 5, 10) == []


def test_found_is_the_verdict_on_the_altered_window(base):
    """Fifty alien lines are found by the window aligned with them; the window as it was is not flagged."""
    own = injections.window_at(base, START)
    letters = "abcdefghijklmnopqrstuvwxyz "
    alien = Log(
        "alien", ["".join(Random(at).choices(letters, k=80)).encode() for at in range(50)], own.times, None
    )
    assert power.is_found(base, START, alien, BALANCED)
    assert not power.is_found(base, START, own, BALANCED)


def test_times_reach_a_detector_that_takes_them_and_no_other(base, monkeypatch):
    """The call passes times where ``detect`` has such an argument, and leaves them out where it has not."""
    seen = []
    monkeypatch.setattr(
        detection_call, "detect", lambda events, profile, *, times=None: seen.append(list(times))
    )
    detection_call.judged(base.log.events[:3], BALANCED, base.log.times[:3])
    monkeypatch.setattr(detection_call, "detect", lambda events, profile: seen.append(None))
    detection_call.judged(base.log.events[:3], BALANCED, base.log.times[:3])
    assert seen == [base.log.times[:3].tolist(), None]


def test_a_lasting_change_and_the_later_fault_use_different_templates(base):
    lasting, later = (
        {injections.template(line, base.log) for lines in base.unseen[half] for line in lines}
        for half in (poisoning.LASTING, poisoning.STRONG)
    )
    assert lasting
    assert later
    assert not lasting & later
    changed = poisoning.changed(base, START)
    assert changed.log.events[:START] == base.log.events[:START]
    new = [injections.template(line, base.log) in lasting for line in changed.log.events[START:]]
    share = sum(new) / len(new)
    assert 0.15 < share < 0.25
