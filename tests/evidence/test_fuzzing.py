"""Anybody may hand in any bytes: the answer is a verification, never an error, and never "nothing failed"."""

import io
import json
import math
import re
import time
import zipfile
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock.evidence import text_of, verify_bytes
from driftlock.evidence.verifier.archive import pack, unpack
from driftlock.evidence.verifier.findings import LARGEST_JSON, MOST_LINES
from tests.evidence.made_bundles import Seeded, files_of, hashed_again, series_bundle, window_bundle

KEY = Seeded()
ODD_VALUES = [
    None, True, False, 0, -1, 1, 2**63, 2**64, -(2**70), 10**300, 0.0, -0.0, 1e308, 5e-324, "", "0", "\x1b[2J", "\ud800",
    "a" * 5000, [], [[]], [None], {}, {"": {}}, [0] * 50, "NaN", "../x", [1, "2", None], {"start": 1},
]  # fmt: skip


def places(value, path=()):
    """Every place in a JSON value, at most three of each list."""
    inside = (
        value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    )
    for at, held in inside:
        yield (*path, at)
        yield from places(held, (*path, at))


def replaced(value, path, new):
    value = json.loads(json.dumps(value))
    inside = value
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = new
    return json.dumps(value).encode() + b"\n"


@pytest.mark.parametrize("make", [window_bundle, series_bundle])
def test_any_value_anywhere_gives_a_verification(make):
    """Seed 7: 150 bundles with one value replaced by an odd one, hashed anew; every answer can be printed."""
    random, files = Random(7), files_of(make(policy="full", signer=KEY))
    targets = [
        (name, path)
        for name in sorted(files)
        if name.endswith(".json")
        for path in places(json.loads(files[name]))
    ]
    for _ in range(150):
        name, path = random.choice(targets)
        altered = files | {name: replaced(json.loads(files[name]), path, random.choice(ODD_VALUES))}
        data = pack(altered) if name in ("manifest.json", "signature.json") else hashed_again(altered)
        done = verify_bytes(data, keys=[KEY.public_key])
        assert done.exit_code == 1 or altered == files
        assert "\x1b" not in text_of(done)


@pytest.mark.parametrize(
    "name", ["window.ndjson", "baseline.ndjson", "audit_segment.ndjson", "record.json", "manifest.json"]
)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{",
        b"[]\n",
        b"null\n",
        b"{}\n",
        b'"x"\n',
        b"\xff\xfe\n",
        b"NaN\n",
        b'{"seq":1,"seq":1}\n',
        b"[" * 100_000,
    ],
)
def test_any_content_of_a_file_gives_a_verification(name, content):
    files = files_of(window_bundle(2))
    files[name] = content
    data = pack(files) if name == "manifest.json" else hashed_again(files)
    assert verify_bytes(data).exit_code == 1


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_give_a_verification(data):
    assert verify_bytes(data).exit_code == 1
    assert verify_bytes(b"PK\x03\x04" + data + b"PK\x05\x06" + data[:18].ljust(18, b"\0")).exit_code == 1


@settings(max_examples=200, deadline=None)
@given(
    names=st.lists(
        st.text(st.characters(codec="utf-8", min_codepoint=1), min_size=1, max_size=12), max_size=5
    ),
    contents=st.lists(st.binary(max_size=50), min_size=5, max_size=5),
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_any_archive_gives_a_verification(names, contents, method):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in zip(dict.fromkeys(names), contents, strict=False):
            archive.writestr(name, content)
    assert verify_bytes(held.getvalue()).exit_code == 1


@settings(max_examples=200, deadline=None)
@given(
    files=st.dictionaries(
        st.from_regex(r"[a-z][a-z_]{0,7}\.(json|txt|py)", fullmatch=True), st.binary(max_size=40), max_size=6
    )
)
def test_what_is_packed_is_unpacked_again(files):
    assert unpack(pack(files)) == (files, [])


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("record.json", ("permutations",), 10**9),
        ("record.json", ("last_seq",), 10**12),
        ("record.json", ("first_seq",), -(10**12)),
        ("record.json", ("evidence", "epochs"), [[1, 10**12, 5]]),
        ("record.json", ("evidence", "epochs"), [[1, 400, 5]] * 100_000),
        ("record.json", ("evidence", "views", "values"), [10**4000] * 8),
        ("record.json", ("seed",), 10**4000),
        ("config.json", ("hop",), 0),
        ("config.json", ("baseline",), 10**18),
        ("config.json", ("alpha",), 1e-300),
        ("references.json", ("views",), [[1] * 8] * 200_000),
    ],
)
def test_no_number_makes_the_verifier_work_for_long(name, path, value):
    """At most three seconds of processor, where a second is usual for nothing and most take a hundredth."""
    files = files_of(window_bundle(2))
    data = hashed_again(files | {name: replaced(json.loads(files[name]), path, value)})
    begin = time.process_time()
    assert verify_bytes(data).exit_code == 1
    assert time.process_time() - begin < 3


@pytest.mark.parametrize(
    "content", [b"[" + b"[]," * (LARGEST_JSON // 3) + b"[]]\n", b"[]\n" * (MOST_LINES + 1)]
)
def test_no_file_makes_the_verifier_hold_much(content):
    files = files_of(window_bundle(2))
    assert verify_bytes(hashed_again(files | {"window.ndjson": content})).exit_code == 1


def test_numbers_that_are_none_are_refused():
    files = files_of(window_bundle(2))
    text = json.dumps(json.loads(files["record.json"]) | {"ncd": math.nan}).encode() + b"\n"
    done = verify_bytes(hashed_again(files | {"record.json": text}))
    assert any("NaN is no number" in step.reason for step in done.failures)


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1" * 5000])
def test_numbers_too_large_for_a_float_are_refused(number):
    for name in ("record.json", "config.json", "references.json", "manifest.json"):
        files = files_of(window_bundle(2, signer=KEY))
        for digits in set(re.findall(rb"(?<=:)[0-9]+(?=[,}])", files[name])):
            altered = files | {name: files[name].replace(b":" + digits, b":" + number, 1)}
            data = pack(altered) if name == "manifest.json" else hashed_again(altered)
            assert verify_bytes(data, keys=[KEY.public_key]).exit_code == 1


@pytest.mark.parametrize("given", [b" " * 10**6, b"-----BEGIN PUBLIC KEY-----" + b"\n" * 10**6, b"A" * 10**6])
def test_a_large_key_costs_no_time(given):
    begin = time.process_time()
    with pytest.raises(ValueError, match="no "):
        verify_bytes(window_bundle(2).data, keys=[given])
    with pytest.raises(ValueError, match="no "):
        verify_bytes(window_bundle(2).data, authority=given)
    assert time.process_time() - begin < 5


def test_a_wrong_key_is_the_readers_own_mistake():
    with pytest.raises(ValueError, match="no Ed25519 public key"):
        verify_bytes(window_bundle(2).data, keys=[b"what"])
