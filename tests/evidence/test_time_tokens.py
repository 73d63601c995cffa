"""Time tokens of an authority made here with OpenSSL: a program that is not ours asks, answers and checks."""

import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from driftlock.evidence import (
    TimeTokenError,
    ask_time_authority,
    bundle_bytes_with_token,
    text_of,
    time_request,
    verify_bytes,
)
from driftlock.evidence.verifier.archive import pack
from tests.evidence.made_bundles import Seeded, files_of, window_bundle

KEY = Seeded()
CONFIG = """
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_digest = {digest}
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
[req]
distinguished_name = name
[name]
[extensions]
extendedKeyUsage = critical,timeStamping
"""


class Authority:
    """A certificate, its key, and the answers they give."""

    def __init__(self, folder, key=("rsa:2048",), digest="sha256"):
        self.folder = folder
        folder.mkdir()
        (folder / "serial").write_text("01\n")
        (folder / "config").write_text(CONFIG.format(folder=folder, digest=digest))
        self.run("req", "-x509", "-newkey", *key, "-nodes", "-keyout", "key", "-out", "cert", "-days", "30",
                 "-subj", "/CN=Authority", "-config", "config", "-extensions", "extensions")  # fmt: skip

    @property
    def certificate(self):
        return (self.folder / "cert").read_bytes()

    def run(self, *arguments):
        return subprocess.run(
            ["openssl", *arguments], cwd=self.folder, capture_output=True, check=True
        ).stdout

    def answer(self, request):
        (self.folder / "query").write_bytes(request)
        self.run(
            "ts",
            "-reply",
            "-config",
            "config",
            "-queryfile",
            "query",
            "-signer",
            "cert",
            "-inkey",
            "key",
            "-out",
            "reply",
        )
        return (self.folder / "reply").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def stamped(authority):
    data = window_bundle(2, signer=KEY).data
    return bundle_bytes_with_token(data, authority.answer(time_request(data)))


def last(verification):
    return verification.guarantees[2]


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_bundle_existed_at_the_time_a_trusted_authority_names(tmp_path, digest):
    """Unchanged, in this order and at this time, each on its own; the other files stay as they were."""
    authority = Authority(tmp_path / "authority", ("rsa:3072",), digest)
    data = window_bundle(2, signer=KEY).data
    stamped = bundle_bytes_with_token(data, authority.answer(time_request(data)))
    done = verify_bytes(stamped, keys=[KEY.public_key], authority=authority.certificate)
    assert done.exit_code == 0
    assert [step.outcome for step in done.guarantees] == ["PASS", "PASS", "PASS"]
    before, after = files_of(window_bundle(2, signer=KEY)), dict(files_of_bytes(stamped))
    assert after.pop("time_token.tsr")
    assert before == after


def files_of_bytes(data):
    from driftlock.evidence.verifier.archive import unpack

    files, problems = unpack(data)
    assert problems == []
    return files


def test_a_time_is_not_claimed_for_files_that_were_altered(stamped, authority):
    """The token is of the signature, and that is of other files."""
    files = files_of_bytes(stamped)
    altered = pack(files | {"timeline.json": b"[]\n"})
    done = verify_bytes(altered, keys=[KEY.public_key], authority=authority.certificate)
    assert [step.outcome for step in done.guarantees] == ["FAIL", "PASS", "FAIL"]


def test_without_the_certificate_the_time_is_named_and_not_claimed(stamped):
    done = verify_bytes(stamped, keys=[KEY.public_key])
    assert done.exit_code == 0
    assert last(done).outcome == "NOT CHECKED"
    assert "whether the authority signed it is not checked" in last(done).reason
    assert "openssl ts -verify -in time_token.tsr -data signature.json" in text_of(done)


def test_the_command_that_is_named_works(stamped, authority, tmp_path):
    """OpenSSL accepts the token for the signature and refuses it for anything else."""
    files = files_of_bytes(stamped)
    for name in ("time_token.tsr", "signature.json", "manifest.json"):
        (tmp_path / name).write_bytes(files[name])
    (tmp_path / "AUTHORITY.pem").write_bytes(authority.certificate)

    def check(of):
        command = [
            "openssl",
            "ts",
            "-verify",
            "-in",
            "time_token.tsr",
            "-data",
            of,
            "-CAfile",
            "AUTHORITY.pem",
        ]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert check("signature.json") == 0
    assert check("manifest.json") == 1


def test_another_authority_did_not_sign_it(stamped, tmp_path):
    other = Authority(tmp_path / "other")
    done = verify_bytes(stamped, keys=[KEY.public_key], authority=other.certificate)
    assert done.exit_code == 1
    assert last(done).outcome == "FAIL"


def test_a_token_of_another_bundle_is_refused_and_caught(authority):
    one, two = window_bundle(2, signer=KEY).data, window_bundle(3, signer=KEY).data
    token = authority.answer(time_request(two))
    with pytest.raises(TimeTokenError, match="other bytes"):
        bundle_bytes_with_token(one, token)
    forged = pack(files_of_bytes(one) | {"time_token.tsr": token})
    done = verify_bytes(forged, keys=[KEY.public_key], authority=authority.certificate)
    assert done.exit_code == 1
    assert [step.outcome for step in done.guarantees] == ["PASS", "PASS", "FAIL"]


def test_a_bit_anywhere_in_the_token_never_makes_another_time_pass(stamped, authority):
    """Either the check fails, or the bit lies where nothing is signed and the time is the same."""
    files = files_of_bytes(stamped)
    token = files["time_token.tsr"]
    good = last(verify_bytes(stamped, keys=[KEY.public_key], authority=authority.certificate)).reason
    caught = 0
    for at in range(0, len(token), 7):
        damaged = bytearray(token)
        damaged[at] ^= 4
        data = pack(files | {"time_token.tsr": bytes(damaged)})
        done = verify_bytes(data, keys=[KEY.public_key], authority=authority.certificate)
        caught += done.exit_code
        assert last(done).outcome == "FAIL" or last(done).reason == good
    assert caught > 20


@pytest.mark.parametrize("token", [b"", b"\x30\x00", b"\x30\x84\xff\xff\xff\xff", bytes(500), b"0" * 2000])
def test_what_is_no_token_is_refused_and_caught(token):
    data = window_bundle(2, signer=KEY).data
    with pytest.raises(TimeTokenError):
        bundle_bytes_with_token(data, token)
    assert verify_bytes(pack(files_of_bytes(data) | {"time_token.tsr": token})).exit_code == 1


def test_a_refusal_is_no_token(authority):
    """An authority that does not know the digest answers with a refusal."""
    data = window_bundle(2, signer=KEY).data
    request = time_request(data).replace(
        bytes.fromhex("0609608648016503040201"), bytes.fromhex("0609608648016503040202")
    )
    with pytest.raises(TimeTokenError):
        bundle_bytes_with_token(data, authority.answer(request))


@pytest.mark.parametrize("key", [("rsa:1024",), ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")])
def test_a_certificate_that_cannot_be_used_is_the_readers_to_change(tmp_path, stamped, key):
    weak = Authority(tmp_path / "weak", key)
    with pytest.raises(ValueError, match="RSA"):
        verify_bytes(stamped, authority=weak.certificate)
    with pytest.raises(ValueError, match="no certificate"):
        verify_bytes(stamped, authority=b"what")


def test_an_authority_is_asked_over_the_network_with_nothing_but_a_digest(authority):
    data = window_bundle(2, signer=KEY).data
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.headers["Content-Type"], self.rfile.read(int(self.headers["Content-Length"]))))
            answer = authority.answer(asked[-1][1])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.handle_request, daemon=True).start()
    token = ask_time_authority(f"http://127.0.0.1:{server.server_port}/", data)
    server.server_close()
    assert asked == [("application/timestamp-query", time_request(data))]
    assert len(time_request(data)) < 70
    assert verify_bytes(bundle_bytes_with_token(data, token), authority=authority.certificate).exit_code == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/passwd", "what"])
def test_an_authority_that_cannot_be_asked_is_said(url):
    with pytest.raises(TimeTokenError):
        ask_time_authority(url, window_bundle(2).data)


@pytest.mark.parametrize("data", [b"", b"no bundle", pack({"a.txt": b"1"})])
def test_only_a_whole_bundle_gets_a_request(data):
    with pytest.raises(TimeTokenError, match="no whole bundle"):
        time_request(data)
