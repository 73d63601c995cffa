"""The comparison with peers on small generated sets."""

from collections.abc import Sequence
from importlib.util import find_spec
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality import labelled, peers, peers_plain, peers_reading, peers_statistics, peers_tables
from benchmarks.quality.results import by_id

SEED = 20260302
SMALL = peers.Effort(units=60, references=20, draws=200)


def sessions(seed: int = SEED) -> labelled.Prepared:
    """40 calm sessions to learn; of 60 to score every third has an event that is new."""
    random = Random(seed)

    def calm() -> list[bytes]:
        return [
            b"open",
            *(random.choice([b"read page", b"write page"]) for _ in range(random.randint(3, 8))),
            b"close",
        ]

    baseline = [calm() for _ in range(40)]
    positive = np.arange(60) % 3 == 0
    units = [[*calm(), b"kernel panic: out of memory"] if strange else calm() for strange in positive]
    return labelled.Prepared(
        name="made", baseline=baseline, units=units, positive=positive, overlapping=False
    )


def records(seed: int = SEED) -> labelled.Prepared:
    """60 payments to learn; of 60 to score every third is a hundred times as large and from an unknown city."""
    random = Random(seed)

    def payment(strange: bool) -> list[bytes]:
        city = "Nowhere" if strange else random.choice(["New York", "Salem", "Troy"])
        return [f"city={city} amount={random.lognormvariate(3, 0.3) * (100 if strange else 1):.2f}".encode()]

    positive = np.arange(60) % 3 == 0
    return labelled.Prepared(
        name="paid",
        baseline=[payment(False) for _ in range(60)],
        units=[payment(bool(strange)) for strange in positive],
        positive=positive,
        overlapping=False,
    )


def task(prepared: labelled.Prepared, shape: str) -> peers_reading.Task:
    """The set as peers get it, nothing masked."""
    return peers_reading.Task(
        shape=shape,
        baseline=prepared.baseline,
        units=prepared.units,
        masked_baseline=prepared.baseline,
        masked_units=prepared.units,
    )


def slow_edits(left: Sequence[int], right: Sequence[int]) -> int:
    """The distance by the textbook's table."""
    row = list(range(len(right) + 1))
    for at, one in enumerate(left, 1):
        above, row = row, [at]
        for to, other in enumerate(right, 1):
            row.append(min(above[to] + 1, row[-1] + 1, above[to - 1] + (one != other)))
    return row[-1]


sequences = st.lists(st.integers(0, 3), max_size=80)


@given(left=sequences, right=sequences)
def test_edit_distance_agrees_with_the_table(left: list[int], right: list[int]) -> None:
    """The distance read off the bits of integers is that of the table, cell by cell."""
    assert peers_plain.edits(left, right) == slow_edits(left, right)


every_peer = pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.id)


def skip_without(peer: peers.Peer) -> None:
    if peer.module is not None and find_spec(peer.module) is None:
        pytest.skip(f"{peer.title} needs {peer.module}, which the extra {peers.EXTRA} installs")


@every_peer
@pytest.mark.parametrize(
    ("made", "shape"), [(sessions, "sessions"), (sessions, "texts"), (records, "records")]
)
def test_every_peer_scores_every_unit(peer: peers.Peer, made, shape: str) -> None:  # type: ignore[no-untyped-def]
    """A peer gives each unit a finite score, the same each time."""
    skip_without(peer)
    first, second = (peer.score(task(made(), shape)) for _ in range(2))
    assert first.shape == (60,)
    assert np.isfinite(first).all()
    assert np.array_equal(first, second)


# Trees never cut a column that is constant in the baseline, as that of new events is; the last two read no
# single events at all.
BLIND_TO_NEW_EVENTS = {"iforest", "hst", "length", "original"}


@pytest.mark.parametrize(
    "peer", [peer for peer in peers.PEERS if peer.id not in BLIND_TO_NEW_EVENTS], ids=lambda peer: peer.id
)
def test_higher_is_stranger(peer: peers.Peer) -> None:
    """Where a third of the sessions holds an unheard-of event, a peer ranks those first more often than not."""
    skip_without(peer)
    made = sessions()
    assert labelled.roc_auc(peer.score(task(made, "sessions")), made.positive) > 0.6


def test_records_are_read_field_by_field() -> None:
    """A number becomes one column; a common value a column of its own; a rare value is dearer than a common one."""
    baseline = [f"city={city} amount=1.5" for city in ["New York"] * 6 + ["Troy"] * 6 + ["Rome"]]
    known, asked = peers_reading.field_columns(baseline, ["city=Troy amount=1.5", "city=Oz amount=9"])
    assert known.shape == (13, 1 + 3)
    assert asked[:, 1:].tolist() == [[0, 1, 0], [0, 0, 1]]
    assert asked[0, 0] == pytest.approx(0)
    assert asked[1, 0] > 1
    _, rarities = peers_reading.field_rarities(baseline, ["city=Troy amount=1.5", "city=Oz amount=1.5"])
    assert rarities[1, 1] > rarities[0, 1]


def test_bootstrap_centres_on_the_auc_with_ties() -> None:
    """The mean over the draws is the ROC-AUC, ties counted half, to a hundredth."""
    random = np.random.default_rng(SEED)
    positive = random.random(400) < 0.3
    scores = np.round(random.normal(positive * 1.0, 1.0), 1)
    draws = peers_statistics.bootstrap_aucs(scores, positive, 2000)
    assert abs(draws.mean() - labelled.roc_auc(scores, positive)) < 0.01


def test_one_draw_agrees_with_counting_pairs() -> None:
    """Each draw is the share of rightly ordered pairs among the units drawn, counted by hand."""
    random = np.random.default_rng(SEED)
    positive, scores = np.arange(30) % 2 == 0, random.integers(0, 8, 30).astype(float)
    weights = np.random.default_rng(peers_statistics.SEED).multinomial(30, np.full(30, 1 / 30), size=3)
    expected = []
    for drawn in weights:
        rows = [at for at, times in enumerate(drawn) for _ in range(times)]
        pairs = [sorted(pair, key=lambda at: positive[at]) for pair in combinations(rows, 2)]
        mixed = [(low, high) for low, high in pairs if positive[low] != positive[high]]
        right = sum((scores[high] > scores[low]) + (scores[high] == scores[low]) / 2 for low, high in mixed)
        expected.append(right / len(mixed))
    assert peers_statistics.bootstrap_aucs(scores, positive, 3) == pytest.approx(expected)


def test_equal_rankings_do_not_differ_and_a_better_one_is_ahead() -> None:
    """Paired draws: a ranking against itself gives exactly 0, a clearly better one an interval above 0."""
    random = np.random.default_rng(SEED)
    positive = random.random(300) < 0.3
    weak, strong = random.normal(positive * 0.5, 1.0), random.normal(positive * 2.5, 1.0)
    draws = [peers_statistics.bootstrap_aucs(scores, positive, 500) for scores in (weak, strong)]
    same = peers_statistics.difference(0.0, draws[0], draws[0])
    assert (same.low, same.high) == (0.0, 0.0)
    assert peers_statistics.difference(0.2, draws[1], draws[0]).low > 0


def test_missing_libraries_are_named_with_the_extra() -> None:
    """Rows whose library is not installed are left out, and the sentence says which and what brings them."""
    absent = peers.Peer("none", "Nonesuch", peers_plain.length, "no_such_library")
    here, sentence = peers.available((absent, peers.Peer("length", "length only", peers_plain.length)))
    assert [peer.id for peer in here] == ["length"]
    for part in ("Nonesuch", "no_such_library", "bench-peers"):
        assert part in sentence


def test_comparison_names_every_number_and_makes_tables_of_them() -> None:
    """One set gives numbers under permanent ids, a verdict, a row for every detector and a sentence."""
    chosen = tuple(peer for peer in peers.PEERS if peer.module is None)
    row = peers.compare(sessions(), chosen, SMALL)
    found = by_id(peers.results([row]))
    assert found["peers/made/driftlock/roc_auc"].value == pytest.approx(row.driftlock, abs=1e-6)
    assert row.driftlock > 0.9
    assert found["peers/made/flag_everything/f1"].value == pytest.approx(0.5)
    low, high = (found[f"peers/made/length/less_driftlock_{end}"].value for end in ("low", "high"))
    assert low <= high
    detectors = peers_tables.detectors(found, peers.TITLES)
    assert all(peer.title in detectors for peer in chosen)
    assert "| made |" in peers_tables.verdicts(found)
    assert peers_tables.ahead(found, "made") == row.ahead
    assert f"beside {len(chosen)} peers" in peers_tables.summary(found, peers.TITLES)


def test_without_sets_the_command_says_where_they_would_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a folder of labelled sets nothing is run; the answer names the option and the variable."""
    monkeypatch.delenv("DRIFTLOCK_DATA", raising=False)
    monkeypatch.setattr("sys.argv", ["peers"])
    assert peers.main() == 2
    message = capsys.readouterr().err
    assert "--data" in message
    assert "DRIFTLOCK_DATA" in message
