"""Many streams in one process: each is judged as if it were alone."""

from random import Random

import pytest

from driftlock.services.many_streams import ManyStreams
from driftlock_core import state
from driftlock_core.detector import Detector
from driftlock_core.profiles import Profile

PROFILES = {
    "bytes": Profile(
        name="small",
        threshold=0.3,
        alpha=0.05,
        baseline=80,
        window=10,
        hop=2,
        permutations=99,
        views=("bytes",),
    ),
    "all": Profile(name="small", threshold=0.3, alpha=0.05, baseline=80, window=10, hop=2, permutations=99),
}


def lines(name, count=400):
    """A log of its own for each stream; in its last quarter it goes mad for twenty lines."""
    random = Random(name)
    words = [f"{name}{random.randrange(1000)}" for _ in range(12)]
    made = [f"INFO {random.choice(words)} took {random.randrange(99)} ms".encode() for _ in range(count)]
    for at in range(3 * count // 4, 3 * count // 4 + 20):
        made[at] = b"ERROR " + random.randbytes(30).hex().encode()
    return made


class Outcome:
    """What a pool said and kept."""

    def __init__(self):
        self.states, self.windows, self.seen = {}, {}, {}

    def found(self, stream, windows):
        self.windows.setdefault(stream, []).append(windows)

    def keep(self, stream, kept, events_seen):
        self.states[stream], self.seen[stream] = kept, events_seen

    def verdicts(self, stream):
        return [verdict.as_record() for part in self.windows[stream] for verdict in part.verdicts]


def pool(outcome, profile, **bounds):
    return ManyStreams(
        lambda stream: profile, found=outcome.found, recall=outcome.states.get, keep=outcome.keep, **bounds
    )


def feed(streams, names, seed):
    """All lines of all streams, in pieces of 1 to 30 lines in a mixed order."""
    random, left = Random(seed), {name: lines(name) for name in names}
    while left:
        name = random.choice(list(left))
        size = random.randrange(1, 31)
        streams.take(name, left[name][:size])
        left[name] = left[name][size:]
        if not left[name]:
            del left[name]
    streams.close()


@pytest.mark.parametrize("views", PROFILES)
@pytest.mark.parametrize(
    "bounds",
    [
        {},
        {"resident": 1, "turn_lines": 40},
        {"resident": 3, "turn_lines": 1},
        {"waiting_bytes": 2_000},
    ],
    ids=["as shipped", "one held", "three held", "little room"],
)
def test_interleaved_streams_are_judged_as_if_alone(views, bounds):
    """Whatever is held, put away or waits: the same verdicts, the same states."""
    profile, outcome = PROFILES[views], Outcome()
    names = [f"s{number}" for number in range(6)]
    feed(pool(outcome, profile, **bounds), names, seed=3)
    for name in names:
        detector = Detector(profile)
        alone = detector.update(lines(name))
        assert alone.verdicts
        assert outcome.verdicts(name) == [verdict.as_record() for verdict in alone.verdicts]
        assert outcome.states[name] == state.save(detector)
        assert outcome.seen[name] == 400


def test_no_more_detectors_are_held_than_allowed():
    """The least recently used gives way."""
    outcome = Outcome()
    streams = pool(outcome, PROFILES["bytes"], resident=2, turn_lines=1)
    for name in ("a", "b", "a", "c"):
        streams.take(name, [b"x"])
        assert len(streams) <= 2
    assert [*outcome.states] == ["b"]


def test_lines_wait_until_a_turn_is_full():
    """Nothing is judged before 200 lines of a stream wait, or somebody asks."""
    outcome = Outcome()
    streams = pool(outcome, PROFILES["bytes"])
    streams.take("a", lines("a")[:199])
    assert len(streams) == 0
    streams.take("a", lines("a")[199:200])
    assert len(outcome.windows["a"]) == 1
    streams.take("a", lines("a")[200:220])
    assert len(outcome.windows["a"]) == 1
    streams.flush()
    assert len(outcome.windows["a"]) == 2


def test_a_state_that_cannot_be_kept_is_not_lost():
    """The detector stays when its keeper fails, and the lines of the other stream wait on."""
    outcome = Outcome()
    streams = pool(outcome, PROFILES["bytes"], resident=1, turn_lines=1)
    streams.take("a", lines("a")[:150])
    keep, outcome.keep = outcome.keep, None

    def broken(*_):
        raise OSError("no room")

    streams._keep = broken
    with pytest.raises(OSError, match="no room"):
        streams.take("b", [b"x"])
    assert len(streams) == 1
    streams._keep = outcome.keep = keep
    streams.close()
    assert outcome.seen == {"a": 150, "b": 1}
