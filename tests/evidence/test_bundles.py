"""Bundles as they are built: the same bytes, and nothing fails."""

import json
import time

import pytest

from driftlock.evidence import POLICIES, verify_bytes
from driftlock.evidence.engine import with_engine
from driftlock.evidence.verifier.archive import unpack
from driftlock_core.profiles import VIEWS
from tests.evidence.made_bundles import ODD, Seeded, files_of, judged, series_bundle, window_bundle

KEY = Seeded()


def outcomes(verification, part):
    return {step.name: step.outcome for step in verification.steps if step.part == part}


def guarantees(verification):
    return {step.name: step.outcome for step in verification.guarantees}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("make", [window_bundle, series_bundle])
def test_nothing_fails_in_a_bundle_as_built(make, policy):
    """Signed, under every policy; unchanged holds for the key, order for events or audit rows, time for nobody."""
    done = verify_bytes(make(policy=policy, signer=KEY).data, keys=[KEY.public_key])
    assert done.failures == ()
    assert done.exit_code == 0
    assert guarantees(done) == {
        "unchanged": "PASS",
        "in this order": "PASS",
        "existed at this time": "NOT CHECKED",
    }


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("make", [window_bundle, series_bundle])
def test_built_twice_is_the_same_to_the_byte(make, policy):
    once, again = make(policy=policy, signer=KEY), make(policy=policy, signer=KEY)
    assert once.sha256 == again.sha256
    assert once.data == again.data
    assert once.id == again.id


@pytest.mark.parametrize(
    ("stream", "decided"),
    [
        ({}, {"views"}),
        ({"timed": False}, {"views"}),
        ({"compressor": "lz4"}, {"views"}),
        ({"compressor": "gzip"}, {"views"}),
        ({"given": True}, {"views"}),
        ({"views": ("bytes",)}, {"max"}),
        ({"views": VIEWS[:5]}, {"views"}),
        ({"p_mode": "permutation"}, {"p_perm"}),
        ({"p_mode": "permutation", "views": ("bytes",), "given": True}, {"p_perm"}),
        ({"alpha": 0.004, "references": 600}, {"max"}),
    ],
    ids=str,
)
def test_every_flagged_window_is_recomputed_by_the_standard_library(stream, decided):
    """Sizes, shuffles, ranks of the views and the decision, whatever decides; windows across two epochs included."""
    verdicts = judged(**stream)[3]
    assert len(verdicts) >= 10
    assert {verdict.decided_by for verdict in verdicts} == decided
    assert {len(verdict.evidence.epochs) for verdict in verdicts} == {1, 2}
    for number, verdict in enumerate(verdicts):
        bundle = window_bundle(number, **stream)
        done = with_engine(verify_bytes(bundle.data), bundle.data)
        assert done.failures == (), verdict.window
        assert set(outcomes(done, "sizes").values()) == {"PASS"}
        assert outcomes(done, "decision")["flagged"] == "PASS"
        assert ("rank of content" in outcomes(done, "views")) == (verdict.decided_by == "views")


def test_a_window_of_usual_size_is_recomputed_and_by_the_engine_too():
    bundle = window_bundle(3, small=False)
    begin = time.perf_counter()
    verify_bytes(bundle.data)
    print(f"{len(bundle.data)} bytes verified in {time.perf_counter() - begin:.3f} s")
    done = with_engine(verify_bytes(bundle.data), bundle.data)
    assert done.exit_code == 0
    assert outcomes(done, "engine") == {"record computed again": "PASS"}


def test_scores_of_a_series_are_recomputed_where_the_engine_is_installed_and_nowhere_else():
    bundle = series_bundle()
    alone = verify_bytes(bundle.data)
    assert outcomes(alone, "series")["surprise, score, p, bits, expected range"] == "NOT CHECKED"
    assert outcomes(with_engine(alone, bundle.data), "engine") == {"record computed again": "PASS"}


@pytest.mark.parametrize("make", [window_bundle, series_bundle])
def test_digests_hold_no_payload_and_say_that_nothing_can_be_recomputed(make):
    """No word of an event and no measured value stands in any file; the statement stands in manifest and README."""
    bundle = make(policy="digests", report=None) if make is window_bundle else make(policy="digests")
    files = files_of(bundle)
    everything = b"".join(held for name, held in files.items() if name != "verify.py")
    for word in (b"Gateway", b"oom-killer", b"upstream", b"90.0", b"last_values", b"explanation"):
        assert word not in everything
    assert not bundle.recomputable
    assert bundle.statement in " ".join(files["README.txt"].decode().split())
    assert json.loads(files["manifest.json"])["statement"] == bundle.statement
    assert "Not recomputable" in verify_bytes(bundle.data).conclusion


@pytest.mark.parametrize("make", [window_bundle, series_bundle])
def test_what_retention_removed_is_said(make):
    bundle = make(policy="digests", gone=True)
    assert "removed" in bundle.statement
    assert not bundle.recomputable
    assert verify_bytes(bundle.data).exit_code == 0
    assert not {"window.ndjson", "baseline.ndjson", "values.ndjson"} & files_of(bundle).keys()


def test_digests_leave_no_unkeyed_digest_but_that_of_the_masked_window():
    evidence = json.loads(files_of(window_bundle(policy="digests"))["record.json"])["evidence"]
    assert [name for name in evidence if name.startswith(("raw", "canonical"))] == ["canonical_window"]


def test_masked_and_raw_events_are_kept_apart():
    """Events as received stand in a full bundle alone; bytes that are no UTF-8 survive as base64."""
    verdicts = judged()[3]
    at = next(n for n, verdict in enumerate(verdicts) if verdict.first_seq <= ODD <= verdict.last_seq)
    masked, full = files_of(window_bundle(at)), files_of(window_bundle(at, policy="full"))
    assert not any("raw" in name for name in masked)
    assert {"baseline_raw.ndjson", "window_raw.ndjson"} <= full.keys()
    assert b"base64" in full["window_raw.ndjson"]
    assert full["window.ndjson"] == masked["window.ndjson"]


def test_nobody_vouches_for_an_unsigned_bundle():
    done = verify_bytes(window_bundle().data)
    assert done.exit_code == 0
    assert guarantees(done)["unchanged"] == "NOT CHECKED"
    assert "nobody signed" in done.guarantees[0].reason
    assert "only as far as the bundle is unchanged" in done.guarantees[1].reason
    assert verify_bytes(window_bundle().data, keys=[KEY.public_key]).exit_code == 1


def test_a_key_that_was_not_given_vouches_for_itself_alone():
    done = verify_bytes(window_bundle(signer=KEY).data)
    assert done.exit_code == 0
    assert guarantees(done)["unchanged"] == "NOT CHECKED"
    assert f"relative to key {done.key_id} only, which you did not give" in done.guarantees[0].reason


def test_another_compressor_claims_nothing_to_the_bit(monkeypatch):
    """Exit code 2; what follows from the recorded sizes is checked all the same."""
    import zstandard

    data = window_bundle(signer=KEY).data
    monkeypatch.setattr(zstandard, "ZSTD_VERSION", (1, 4, 0))
    done = verify_bytes(data, keys=[KEY.public_key])
    assert done.exit_code == 2
    assert "cannot claim bit-exact" in done.conclusion
    assert outcomes(done, "sizes") == {"compressor": "NOT CHECKED"}
    assert outcomes(done, "chance")["p_perm, 999 shuffles"] == "PASS"


def test_a_compressor_that_is_not_there_claims_nothing_either(monkeypatch):
    import sys

    data = window_bundle().data
    monkeypatch.setitem(sys.modules, "zstandard", None)
    done = verify_bytes(data)
    assert done.exit_code == 2
    assert "zstandard is not installed" in done.conclusion


def test_every_file_of_the_archive_is_listed_with_its_size():
    bundle = window_bundle(signer=KEY)
    files, _ = unpack(bundle.data)
    assert {one.name: one.size for one in bundle.files} == {name: len(held) for name, held in files.items()}
    assert all(one.what for one in bundle.files)
