"""Bundles of records with fewer statistics than there are today; none passes for one of today."""

import json

from driftlock.evidence import verify_bytes
from driftlock_core.profiles import VIEWS
from tests.evidence.made_bundles import edited, files_of, hashed_again, window_bundle


def test_a_record_of_before_the_values_verifies_and_one_that_hides_them_does_not():
    """Eight statistics and no bits, where the configuration asks for no more; one without names the other."""
    files = files_of(window_bundle(2, views=VIEWS[:5], statistics=9))

    def older(record):
        views = record["evidence"]["views"]
        del views["bits"], views["compared"]
        views["values"], views["usual"] = views["values"][:8], views["usual"][:8]

    def rows(references):
        references["statistics"] = references["statistics"][:8]
        references["views"] = [row[:8] for row in references["views"]]

    kept = edited(edited(files, "record.json", older), "references.json", rows)
    assert verify_bytes(hashed_again(kept)).failures == ()
    files = files_of(window_bundle(2))
    hidden = edited(edited(files, "record.json", older), "references.json", rows)
    assert "statistics there are" in {step.name for step in verify_bytes(hashed_again(hidden)).failures}


def test_a_record_of_before_the_pairs_verifies_and_pairs_that_are_not_the_window_s_do_not():
    """Nine statistics; with ten the last is counted again in the lines."""
    assert len(json.loads(files_of(window_bundle(2, statistics=9))["references.json"])["statistics"]) == 9
    assert verify_bytes(window_bundle(2, statistics=9).data).failures == ()
    files = files_of(window_bundle(2))

    def altered(record):
        record["evidence"]["views"]["values"][9] += 1

    done = verify_bytes(hashed_again(edited(files, "record.json", altered)))
    assert "pairs of the window" in {step.name for step in done.failures}


def test_a_record_of_before_the_stills_verifies_and_stills_that_cannot_be_do_not():
    """Ten statistics, no novelty; with eleven the longest is read off, and none is longer than its interval."""
    older = window_bundle(2, statistics=10)
    views = json.loads(files_of(older)["record.json"])["evidence"]["views"]
    assert (len(views["values"]), views["stills"], "novelty" in views["aspects"]) == (10, [], False)

    def without(record):
        del record["evidence"]["views"]["stills"]

    done = verify_bytes(hashed_again(edited(files_of(older), "record.json", without)))
    assert done.failures == ()
    assert ("number of statistics", "NOT CHECKED") in {(step.name, step.outcome) for step in done.steps}
    files = files_of(window_bundle(2))
    held = json.loads(files["record.json"])["evidence"]["views"]
    longest = max(range(1, len(held["stills"])), key=held["stills"].__getitem__)
    for change, step in (
        (
            lambda stills: [*stills[:longest], stills[longest] - 1, *stills[longest + 1 :]],
            "still of the window",
        ),
        (lambda stills: [held["intervals"][0] + 1, *stills[1:]], "pauses by the slower pace"),
        (lambda stills: stills[:-1], "pauses by the slower pace"),
        (lambda stills: [], "pauses by the slower pace"),
    ):

        def altered(record, change=change):
            record["evidence"]["views"]["stills"] = change(held["stills"])

        done = verify_bytes(hashed_again(edited(files, "record.json", altered)))
        assert step in {step.name for step in done.failures}
