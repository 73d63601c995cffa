"""The archive of a case: every bundle in it is checked, and whatever is wrong with one is named with its file."""

import json
from functools import cache

import pytest

from driftlock.evidence import AboutCase, case_of, verify_bytes
from driftlock.evidence.engine import with_engine
from driftlock.evidence.policy import TooLargeForEvidence
from driftlock.evidence.verifier.archive import pack
from driftlock.evidence.verifier.case import MOST_BUNDLES
from driftlock.evidence.work import seconds
from driftlock.ui.verify_bundle import MOST_WORK_S
from tests.evidence.made_bundles import Seeded, edited, files_of, hashed_again, series_bundle, window_bundle

KEY = Seeded()
TIMELINE = [{"at": "2026-01-05T10:00:00+00:00", "what": "detected", "by": "system"}]


@cache
def archive(*, signed=True, gone=False, left_out=0, tenant="demo"):
    """Of a case of two windows and an alert of numbers."""
    signer = KEY if signed else None
    return case_of(
        AboutCase(tenant=tenant, id="5f0c33d1a9b24e76", title="api, cpu", anomalies=3 + left_out),
        [
            window_bundle(0, signer=signer),
            window_bundle(2, signer=signer, **({"policy": "digests"} if gone else {})),
            series_bundle(signer=signer),
        ],
        policy="masked",
        left_out={"weaker than the 20 strongest": left_out} if left_out else {},
        timeline=TIMELINE,
        report=lambda statement, named: f"<p>{statement}</p>{len(named)}".encode(),
        signer=signer,
    )


def again(files):
    """*files* hashed anew by somebody who cannot sign."""
    return hashed_again(files)


def test_one_check_goes_through_every_bundle():
    done = with_engine(verify_bytes(archive().data, keys=[KEY.public_key]), archive().data)
    assert (done.exit_code, done.failures) == (0, ())
    assert {one.name: one.outcome for one in done.guarantees} == {
        "unchanged": "PASS",
        "in this order": "PASS",
        "existed at this time": "NOT CHECKED",
    }
    named = [step.name for step in done.steps if step.part == "case"]
    assert {"bundle_001.zip", "bundle_002.zip", "bundle_003.zip"} <= set(named)
    assert len([step for step in done.steps if step.part == "engine"]) == 3
    assert seconds(archive().data) < MOST_WORK_S


def test_it_is_the_same_to_the_byte_and_says_what_it_lacks():
    once = archive()
    archive.cache_clear()
    assert archive().sha256 == once.sha256
    assert "3 of 3 anomalies have a bundle here, 3 of them recomputable." in once.statement
    less = archive(gone=True, left_out=5)
    assert "3 of 8 anomalies have a bundle here, 2 of them recomputable." in less.statement
    assert "Left out, weaker than the 20 strongest: 5." in less.statement
    done = verify_bytes(less.data, keys=[KEY.public_key])
    assert done.exit_code == 0
    assert "Not recomputable" in done.conclusion


def test_without_a_signature_nobody_vouches_for_it():
    done = verify_bytes(archive(signed=False).data)
    assert done.exit_code == 0
    assert done.guarantees[0].outcome == "NOT CHECKED"
    assert verify_bytes(archive(signed=False).data, keys=[KEY.public_key]).exit_code == 1


def flipped(files):
    held = bytearray(files["bundle_002.zip"])
    at = held.index(b'"line":"') + 10
    held[at] ^= 1
    return {**files, "bundle_002.zip": bytes(held)}


def exchanged(files):
    return {**files, "bundle_001.zip": files["bundle_002.zip"], "bundle_002.zip": files["bundle_001.zip"]}


def removed(files):
    return {name: held for name, held in files.items() if name != "bundle_002.zip"}


def replaced(files):
    """By the bundle of another window that is whole in itself."""
    return {**files, "bundle_002.zip": window_bundle(1, signer=KEY).data}


def of_another_key(files):
    return {**files, "bundle_002.zip": window_bundle(2, signer=Seeded(2)).data}


def altered_inside(files):
    inner = edited(files_of(window_bundle(2)), "record.json", lambda record: record.update(ncd=0.99))
    return {**files, "bundle_002.zip": hashed_again(inner)}


@pytest.mark.parametrize(
    "tamper",
    [flipped, exchanged, removed, replaced, of_another_key, altered_inside],
    ids=lambda one: one.__name__,
)
@pytest.mark.parametrize("anew", [False, True], ids=["as it was", "hashed anew"])
def test_tampering_with_a_bundle_inside_is_caught_and_named(tamper, anew):
    files = tamper(files_of(archive()))
    done = verify_bytes(again(files) if anew else pack(files), keys=[KEY.public_key])
    assert done.exit_code == 1
    assert done.guarantees[0].outcome == "FAIL"
    assert any("bundle_002.zip" in step.name for step in done.failures)


def test_the_anomalies_of_another_tenant_do_not_pass_as_part_of_it():
    done = verify_bytes(archive(tenant="other").data, keys=[KEY.public_key])
    assert any("tenant" in step.name for step in done.failures)


def test_a_number_of_anomalies_left_unsaid_is_caught():
    files = edited(
        files_of(archive()), "manifest.json", lambda manifest: manifest["case"].update(anomalies=9)
    )
    done = verify_bytes(again(files), keys=[KEY.public_key])
    assert any("left out" in step.name for step in done.failures)


def test_a_case_inside_a_case_is_no_bundle():
    files = files_of(archive()) | {"bundle_003.zip": archive().data}
    assert verify_bytes(again(files)).exit_code == 1


def test_more_bundles_than_a_case_has_are_refused_and_not_worked_on():
    files = files_of(archive(signed=False))
    many = {f"bundle_{number:03d}.zip": files["bundle_001.zip"] for number in range(1, MOST_BUNDLES + 10)}
    done = verify_bytes(again(files | many))
    assert any(f"at most {MOST_BUNDLES}" in step.reason for step in done.failures)


@pytest.mark.parametrize("name", ["bundles", "left_out", "case", "signer"])
@pytest.mark.parametrize("value", [None, [], 7, {"bundle_001.zip": None}, "x"])
def test_any_value_in_its_manifest_gives_a_verification(name, value):
    files = edited(files_of(archive()), "manifest.json", lambda manifest: manifest.update({name: value}))
    assert verify_bytes(again(files), keys=[KEY.public_key]).exit_code == 1
    assert json.loads(files["manifest.json"])[name] == value


def test_what_is_too_large_together_is_refused(monkeypatch):
    from driftlock.evidence import bundle

    monkeypatch.setattr(bundle, "LARGEST_BUNDLE", 100_000)
    archive.cache_clear()
    with pytest.raises(TooLargeForEvidence, match="Choose digests"):
        archive.__wrapped__()
