import json
from dataclasses import fields, replace

import pytest
from streams import FOREIGN, lines, usual, with_burst

from driftlock_core import BALANCED, COMPRESSORS, Masker, NotRecomputable, Verdict, detect
from driftlock_core.counterfactual import LARGEST_SHARE, Counterfactual
from driftlock_core.measure import needed
from driftlock_core.recompute import recompute


def numbered(events):
    return dict(enumerate(events, start=1))


def stored(verdict):
    """The verdict after a trip through a JSON column."""
    return Verdict.from_record(json.loads(json.dumps(verdict.as_record())))


@pytest.fixture(scope="module")
def stream():
    events = with_burst(2600, 11, start=1190, stop=1300, share=0.5)
    return events, detect(events, BALANCED).verdicts


def test_every_stored_verdict_recomputes_identically(stream):
    """From JSON and the stored events, all numbers again, windows across epochs included."""
    events, verdicts = stream
    assert {1, 2} == {len(verdict.evidence.epochs) for verdict in verdicts}
    for verdict in verdicts:
        assert recompute(stored(verdict), numbered(events)).differences == ()


@pytest.mark.parametrize("compressor", COMPRESSORS)
def test_all_compressors_recompute(compressor):
    events = with_burst(1500, 4, start=900, stop=990)
    profile = BALANCED.with_sizes(20)
    verdicts = detect(events, replace(profile, compressor=compressor)).verdicts
    assert verdicts
    assert all(recompute(stored(verdict), numbered(events)).identical for verdict in verdicts)


def test_only_the_named_ranges_are_needed(stream):
    """Events outside needed() may be gone."""
    events, verdicts = stream
    verdict = verdicts[-1]
    kept = {seq: events[seq - 1] for first, last in needed(verdict) for seq in range(first, last + 1)}
    assert len(kept) < len(events) / 3
    assert recompute(verdict, kept).identical
    del kept[verdict.last_seq]
    with pytest.raises(NotRecomputable, match=str(verdict.last_seq)):
        recompute(verdict, kept)


@pytest.mark.parametrize("where", ["window", "baseline"])
def test_one_changed_byte_is_found(stream, where):
    """A byte that masking keeps changes the canonical digest, one that it hides only the raw one."""
    events, verdicts = stream
    verdict = verdicts[0]
    seq = verdict.first_seq if where == "window" else verdict.evidence.epochs[-1][0]
    event = events[seq - 1]
    seen = numbered(events) | {seq: event + b"!"}
    names = {check.name for check in recompute(verdict, seen).differences}
    assert {f"raw {where} digest", f"canonical {where} digest"} <= names
    digit = next(i for i, byte in enumerate(event) if chr(byte).isdigit())
    hidden = event[:digit] + (b"1" if event[digit : digit + 1] != b"1" else b"2") + event[digit + 1 :]
    names = {check.name for check in recompute(verdict, numbered(events) | {seq: hidden}).differences}
    assert {f"raw {where} digest"} == names


# What a verdict says of itself in numbers; sizes of earlier windows are taken from the record, and said to be.
NUMBERS = [
    *(f.name for f in fields(Verdict) if f.type in (int, float)),
    *(
        f"evidence.{name}"
        for name in ("chunk_costs", "baseline_windows", "reference_costs", "window_costs", "c_window")
    ),
]


@pytest.mark.parametrize("field", NUMBERS)
def test_a_changed_number_is_found(stream, field):
    """Not one number of the verdict can be altered unnoticed."""
    events, verdicts = stream
    record = stored(verdicts[0]).as_record()
    part, name = (record["evidence"], field.split(".")[1]) if "." in field else (record, field)
    part[name] = (part[name][0] + 1, *part[name][1:]) if isinstance(part[name], tuple) else part[name] + 1
    assert recompute(verdicts[0], numbered(events)).identical
    try:
        assert not recompute(Verdict.from_record(record), numbered(events)).identical
    except NotRecomputable:
        assert field in ("first_seq", "last_seq")


def test_which_p_decided_cannot_be_altered(stream):
    """The rule follows from the configuration and m, not from what the record says of itself."""
    events, verdicts = stream
    forged = replace(verdicts[0], decided_by="p_perm", p=verdicts[0].p_perm)
    names = {check.name for check in recompute(forged, numbered(events)).differences}
    assert "decided by" in names


def test_masked_evidence_recomputes_and_says_what_was_not_checked(stream):
    events, verdicts = stream
    masked = numbered(Masker().canonical(events))
    again = recompute(verdicts[0], masked, masked=True)
    assert again.identical
    assert "raw digests were not checked" in again.scope


def test_a_given_baseline_is_asked_for():
    events = with_burst(1500, 2, start=900, stop=990)
    windows = detect(events[400:], BALANCED, baseline=events[:400])
    verdict = windows.verdicts[0]
    assert recompute(verdict, numbered(events[400:]), baseline=events[:400]).identical
    with pytest.raises(NotRecomputable, match="given baseline"):
        recompute(verdict, numbered(events[400:]))


def test_nothing_replaced_is_the_record_itself(stream):
    events, verdicts = stream
    same = Counterfactual(verdicts[0], numbered(events)).without([])
    assert (verdicts[0].ncd, verdicts[0].p_perm, verdicts[0].p_stream, True) == (
        same.ncd,
        same.p_perm,
        same.p_stream,
        same.flagged,
    )


def test_the_smallest_set_unflags_and_every_member_is_needed():
    """Without the set the window is not flagged; any member put back, it is flagged again."""
    events = usual(1500, 41)
    for position, event in zip((905, 917, 928, 933), lines(FOREIGN, 4, 42), strict=True):
        events[position] = event[::-1] * 2
    found = 0
    for verdict in detect(events, BALANCED).verdicts:
        what_if = Counterfactual(verdict, numbered(events))
        smallest = what_if.smallest_set()
        if not smallest.found:
            continue
        found += 1
        assert len(smallest.positions) <= LARGEST_SHARE * 50
        assert not what_if.without(smallest.positions).flagged
        for position in smallest.positions:
            assert what_if.without(set(smallest.positions) - {position}).flagged
    assert found > 0


def test_a_window_that_differs_as_a_whole_has_no_small_cause():
    events = usual(1200, 51)
    events[900:960] = lines(FOREIGN, 60, 52)
    verdicts = detect(events, BALANCED).verdicts
    strongest = max(verdicts, key=lambda verdict: verdict.ncd)
    assert not Counterfactual(strongest, numbered(events)).smallest_set().found


def test_leave_one_out_has_one_entry_per_event(stream):
    events, verdicts = stream
    what_if = Counterfactual(verdicts[0], numbered(events))
    outcomes = what_if.leave_one_out()
    assert len(outcomes) == 50
    assert outcomes[7] == what_if.without([7])


@pytest.mark.parametrize("given", [False, True], ids=["rolling", "given"])
def test_place_status_and_profile_cannot_be_altered(given):
    """The number of a window and its seqs follow from each other, the status from m."""
    events = with_burst(1500, 2, start=900, stop=990)
    baseline, seen = (events[:400], events[400:]) if given else (None, events)
    verdict = detect(seen, BALANCED, baseline=baseline).verdicts[0]
    forgeries = {
        "first and last seq": {"window": verdict.window + 1},
        "status": {"status": "calibrating" if verdict.status == "ready" else "ready"},
        "profile": {"profile": "strict"},
    }
    for name, forged in forgeries.items():
        again = recompute(replace(verdict, **forged), numbered(seen), baseline=baseline)
        assert [check.name for check in again.differences] == [name]


def test_the_scope_names_what_is_not_covered(stream):
    events, verdicts = stream
    scope = recompute(verdicts[0], numbered(events)).scope
    assert scope.endswith("not covered: words, severity, textbook sizes")
