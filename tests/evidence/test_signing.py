"""Keys: made, replaced, retired; the private half readable by its owner alone and never shown."""

import stat

import pytest
from click.testing import CliRunner

from driftlock.cli.commands import main
from driftlock.errors import NotFound
from driftlock.evidence import verify_bytes
from driftlock.evidence.signing import KeyRing, UnusableKey
from driftlock.evidence.verifier.integrity import read_key, sha256
from tests.evidence.made_bundles import window_bundle


@pytest.fixture
def ring(tmp_path):
    return KeyRing(tmp_path / "signing")


def test_without_a_key_nobody_signs(ring):
    assert ring.active() is None
    assert ring.list() == ()


def test_the_newest_key_signs_and_older_ones_still_check(ring):
    old = ring.new("2026-01-05")
    before = window_bundle(signer=ring.active())
    new = ring.new("2026-02-05")
    after = window_bundle(signer=ring.active())
    assert [info.key_id for info in ring.list()] == [old.key_id, new.key_id]
    assert (before.key_id, after.key_id) == (old.key_id, new.key_id)
    for bundle in (before, after):
        done = verify_bytes(bundle.data, keys=[ring.public(bundle.key_id).encode()])
        assert done.guarantees[0].outcome == "PASS"
    assert verify_bytes(before.data, keys=[ring.public(new.key_id).encode()]).exit_code == 1


def test_a_retired_key_signs_no_more_and_checks_what_it_signed(ring, tmp_path):
    old = ring.new("2026-01-05")
    before = window_bundle(signer=ring.active())
    new = ring.new("2026-02-05")
    assert ring.retire(new.key_id, "2026-02-06").retired == "2026-02-06"
    assert ring.retire(new.key_id, "2026-03-06").retired == "2026-02-06"
    assert ring.active().key_id == old.key_id
    ring.retire(old.key_id, "2026-02-07")
    assert ring.active() is None
    assert not list((tmp_path / "signing").glob("*.key"))
    assert verify_bytes(before.data, keys=[ring.public(old.key_id).encode()]).exit_code == 0


def test_the_id_is_made_of_the_public_key(ring):
    info = ring.new("2026-01-05")
    public = read_key(ring.public(info.key_id).encode())
    assert info.key_id == sha256(public)[:16]
    assert read_key(info.public_key.encode()) == read_key(public) == public


def test_private_keys_are_for_their_owner_alone(ring, tmp_path):
    info = ring.new("2026-01-05")
    path = tmp_path / "signing" / f"{info.key_id}.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    with pytest.raises(UnusableKey, match="chmod 600"):
        ring.active()


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_said_without_its_content(ring, tmp_path, damage):
    info = ring.new("2026-01-05")
    (tmp_path / "signing" / f"{info.key_id}.key").write_bytes(damage)
    with pytest.raises(UnusableKey, match=info.key_id):
        ring.active()


def test_a_key_under_another_name_does_not_sign(ring, tmp_path):
    first, second = ring.new("2026-01-05"), ring.new("2026-01-06")
    folder = tmp_path / "signing"
    (folder / f"{second.key_id}.key").write_bytes((folder / f"{first.key_id}.key").read_bytes())
    with pytest.raises(UnusableKey, match="another key"):
        ring.active()


def test_a_key_that_is_not_there_is_not_found(ring):
    for ask in (ring.public, ring.info, lambda key: ring.retire(key, "2026-01-05")):
        with pytest.raises(NotFound):
            ask("0" * 16)


def test_digests_are_keyed_by_tenant_and_installation(ring, tmp_path):
    assert ring.digest_key("a") == ring.digest_key("a") != ring.digest_key("b")
    assert KeyRing(tmp_path / "elsewhere").digest_key("a") != ring.digest_key("a")
    assert stat.S_IMODE((tmp_path / "signing" / "digests.key").stat().st_mode) == 0o600


@pytest.fixture
def driftlock(tmp_path, monkeypatch):
    monkeypatch.setenv("DRIFTLOCK_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(main, [*map(str, arguments)])


def test_keys_are_managed_by_command_and_the_private_half_is_never_printed(driftlock, tmp_path):
    assert "There is no key yet" in driftlock("signing", "list").output
    said = driftlock("signing", "new").output
    key = said.split()[0]
    said += driftlock("signing", "list").output
    assert "signs" in said
    pem = driftlock("signing", "public", key).output
    assert pem.startswith("-----BEGIN PUBLIC KEY-----")
    said += driftlock("signing", "retire", key).output + driftlock("signing", "list").output
    assert "retired" in said
    assert "PRIVATE" not in said + pem
    gone = driftlock("signing", "public", "0" * 16)
    assert (gone.exit_code, gone.output.count("\n")) == (2, 1)


def test_a_bundle_is_verified_by_command(driftlock, tmp_path):
    driftlock("signing", "new")
    ring = KeyRing(tmp_path / "home" / "signing")
    bundle = window_bundle(2, signer=ring.active())
    path, key = tmp_path / "bundle.zip", tmp_path / "key.pem"
    path.write_bytes(bundle.data)
    key.write_text(driftlock("signing", "public", bundle.key_id).output)
    done = driftlock("verify", path, "--key", key)
    assert done.exit_code == 0
    assert "PASS         engine: record computed again" in done.output
    path.write_bytes(bundle.data.replace(b"Gateway", b"Getaway"))
    done = driftlock("verify", path, "--key", key, "--output", "json")
    assert done.exit_code == 1
    assert '"conclusion"' in done.output
    for wrong in (("verify", tmp_path / "missing.zip"), ("verify",), ("verify", path, "--key", path)):
        failed = driftlock(*wrong)
        assert failed.exit_code == 2
        assert "Traceback" not in failed.output


def test_the_program_in_the_bundle_is_never_run(driftlock, tmp_path):
    """A bundle whose verify.py would leave a mark leaves none, and is caught."""
    from tests.evidence.made_bundles import files_of, hashed_again

    mark = tmp_path / "mark"
    evil = f"open({str(mark)!r}, 'w')\n".encode()
    path = tmp_path / "bundle.zip"
    path.write_bytes(hashed_again(files_of(window_bundle(2)) | {"verify.py": evil}))
    driftlock("verify", path)
    assert not mark.exists()


def test_the_program_is_written_on_request(driftlock, tmp_path):
    from driftlock.evidence.verifier import source

    assert driftlock("verify", "--program", tmp_path / "verify.py").exit_code == 0
    assert (tmp_path / "verify.py").read_bytes() == source()
