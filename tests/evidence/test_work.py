"""What a bundle asks of its verifier is counted before it is done; what is drawn is drawn the short way."""

import json
from random import Random

import pytest

from driftlock.evidence import verify_bytes
from driftlock.evidence.verifier import chance
from driftlock.evidence.work import seconds
from driftlock.ui.verify_bundle import MOST_WORK_S
from tests.evidence.made_bundles import edited, files_of, hashed_again, series_bundle, window_bundle


@pytest.mark.parametrize("make", [window_bundle, series_bundle])
def test_an_honest_bundle_asks_for_little(make):
    assert seconds(make(policy="full").data) < 0.2


def test_the_largest_profile_with_its_usual_shuffles_is_checked_on_the_page():
    """5,000 chunks and 999 permutations."""

    def largest(record):
        record["permutations"] = 999
        record["evidence"] |= {"reference_costs": [7] * 4_990, "window_costs": [7] * 10}

    data = hashed_again(edited(files_of(window_bundle(2)), "record.json", largest))
    assert seconds(data) < MOST_WORK_S
    assert 999 * (5_000 + chance.ROW) <= chance.MOST_KEYS


def many_permutations(files):
    return edited(files, "record.json", lambda record: record.update(permutations=10**6))


def many_lines(files):
    return files | {"window_raw.ndjson": b'{"seq":1,"line":"x"}\n' * 900_000}


def many_references(files):
    return edited(
        files,
        "references.json",
        lambda references: references.update(views=[[1] * 8 for _ in range(130_000)]),
    )


@pytest.mark.parametrize("made_up", [many_permutations, many_lines, many_references])
def test_a_bundle_made_to_cost_is_known_before_it_costs(made_up):
    assert seconds(hashed_again(made_up(files_of(window_bundle(2))))) > MOST_WORK_S


def test_what_is_no_bundle_costs_nothing():
    assert seconds(b"no zip at all") == 0


def test_shuffles_are_counted_as_by_sorting_all_places():
    """Seed 5: 60 pools, among them tiny ones and drawn numbers that are equal."""
    random = Random(5)
    for at in range(60):
        references = [random.randrange(50) for _ in range(random.randrange(1, 40))]
        window = [random.randrange(50) for _ in range(random.randrange(1, 6))]
        seed, count = random.getrandbits(64), 1 + at
        pool = [*references, *window]
        shuffled = [pool[place] for place in chance.in_order(chance.keys(seed, len(pool)))]
        drawn, row = chance.keys(chance.MATRIX_SEED, count * len(pool)), 8 * len(pool)
        slow = sum(
            sum(shuffled[place] for place in chance.in_order(drawn[start : start + row])[: len(window)])
            >= sum(window)
            for start in range(0, len(drawn), row)
        )
        assert slow == chance.shuffles_at_least(references, window, seed, count)


def test_equal_numbers_at_the_edge_are_taken_in_their_order(monkeypatch):
    """Every number drawn is the same: the first places are the window's, whatever they cost."""
    monkeypatch.setattr(chance, "keys", lambda seed, count: bytes(8 * count))
    assert chance.shuffles_at_least([9, 1, 1, 1], [5], 1, 3) == 3
    assert chance.shuffles_at_least([1, 9, 9, 9], [5], 1, 3) == 0


def test_a_long_segment_of_wrong_rows_is_named_in_a_few_lines():
    rows = b"".join(json.dumps({"seq": 1, "hash": "a", "previous": "b"}).encode() + b"\n" for _ in range(500))
    done = verify_bytes(hashed_again(files_of(window_bundle(2)) | {"audit_segment.ndjson": rows}))
    named = [step for step in done.failures if step.part == "audit"]
    assert len(named) < 30
    assert any("not looked at" in step.reason for step in named)
