"""
Bundles altered in every way we could think of: each is caught, and what was altered is named.

``pytest -q -s tests/evidence/test_tampering.py`` prints how many there were.
"""

import io
import json
import zipfile
from random import Random

import pytest

from driftlock.evidence import LARGEST_BUNDLE, verify_bytes
from driftlock.evidence.verifier.archive import pack
from driftlock.evidence.verifier.findings import canonical_json
from driftlock.evidence.verifier.integrity import FIRST_PREVIOUS, row_hash
from tests.evidence.made_bundles import (
    Seeded,
    audit_rows,
    edited,
    files_of,
    hashed_again,
    lines_of_file,
    series_bundle,
    window_bundle,
)

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")
KEY, OTHER = Seeded(1), Seeded(2)
# Window 2: its chunks lie in two epochs.
BUNDLES = {
    "window": lambda: window_bundle(2, policy="full", signer=KEY),
    "series": lambda: series_bundle(policy="full", signer=KEY),
}
# Texts and numbers that only the signature guards, since verify.py cannot make them anew; docs/evidence.md says so.
ONLY_SIGNED = {
    "record.json: description",
    "record.json: explanation",
    "record.json: severity",
    "record.json: stream",
    "record.json: evidence.raw_baseline",
    "record.json: evidence.raw_window",
    "record.json: evidence.views.usual_us",
    "record.json: evidence.views.bits",  # by less than 1/1024 bit for each number of the window
    "record.json: evidence.views.intervals",  # the one before the first event, which no statistic holds
    "record.json: evidence.views.stills",  # the same, and all but the longest below their intervals
    "record.json: evidence.mu_span",  # another slice of the history with the same median
    "config.json: references",  # more than there were
    "permutation.json: recipe",
}


def changed(value):
    """A value of the same kind that is another one."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case float():
            return value * 1.5 + 0.25
        case str():
            return ("0" if value[:1] != "0" else "1") + value[1:]
        case list():
            return [*value, 1] if not value else [changed(value[0]), *value[1:]]
        case dict():
            first = sorted(value)[0] if value else "more"
            return value | {first: changed(value.get(first))}
        case _:
            return 1


def leaves(value, path=()):
    """Paths of all fields of a JSON object, those of objects within it included."""
    for name in sorted(value):
        yield (*path, name)
        if isinstance(value[name], dict):
            yield from leaves(value[name], (*path, name))


def with_field(files, name, path):
    def change(value):
        for part in path[:-1]:
            value = value[part]
        value[path[-1]] = changed(value[path[-1]])

    return edited(files, name, change)


def raw_zip(entries, **options):
    """An archive by the standard library, which hides nothing from nobody."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", **options) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=options.get("compression", 0))
    return held.getvalue()


def swapped(lines, one, two):
    lines = list(lines)
    lines[one], lines[two] = lines[two], lines[one]
    return "".join(lines).encode()


def renumbered(lines):
    """Lines that say they are in order, whatever they are."""
    seqs = sorted(json.loads(line)["seq"] for line in lines)
    return "".join(
        json.dumps(json.loads(line) | {"seq": seq}) + "\n" for line, seq in zip(lines, seqs, strict=True)
    ).encode()


def chained_again(rows):
    """An audit segment whose hashes agree with each other again."""
    made, previous = [], rows[0]["previous"]
    for row in rows:
        row = {**row, "previous": previous}
        row["hash"] = previous = row_hash(row)
        made.append(row)
    return made


def ndjson(rows):
    return b"".join(canonical_json(row) + b"\n" for row in rows)


def flipped(kind, files):
    """One bit in each file, at its begin, its end and somewhere between."""
    random = Random(5)
    for name, held in files.items():
        for at in {0, len(held) - 1, random.randrange(len(held))}:
            damaged = bytearray(held)
            damaged[at] ^= 1 << random.randrange(8)
            yield f"{kind}: bit in {name} at {at}", pack(files | {name: bytes(damaged)}), name


def headers(kind, files):
    """One bit in what the archive says of its files."""
    random, data = Random(6), bytearray(pack(files))
    begin = data.index(b"PK\x01\x02")
    for at in random.sample(range(begin, len(data)), 40):
        damaged = bytearray(data)
        damaged[at] ^= 1 << random.randrange(8)
        yield f"{kind}: bit in the archive's list at {at}", bytes(damaged), "ZIP"


def removed(kind, files):
    for name in files:
        left = {other: held for other, held in files.items() if other != name}
        yield f"{kind}: {name} removed", pack(left), name
        if name not in ("manifest.json", "signature.json"):
            yield f"{kind}: {name} removed, hashed anew", hashed_again(left), name


def fields(kind, files):
    """Each field of each JSON file by somebody who makes all digests anew and cannot sign."""
    for name in sorted(files):
        if name.endswith(".json") and name != "signature.json":
            value = json.loads(files[name])
            for path in leaves(value) if isinstance(value, dict) else ():
                altered = with_field(files, name, path)
                data = pack(altered) if name == "manifest.json" else hashed_again(altered)
                yield f"{kind}: {name}: {'.'.join(path)}, hashed anew", data, name
    for path in leaves(json.loads(files["signature.json"])):
        yield (
            f"{kind}: signature.json: {'.'.join(path)}",
            pack(with_field(files, "signature.json", path)),
            "signature.json",
        )
    for name in ("report.html", "README.txt", "verify.py", "timeline.json"):
        if name in files:
            yield f"{kind}: {name} rewritten, hashed anew", hashed_again(files | {name: b"[]\n"}), name


def order(kind, files):
    """Events and audit rows in another order, doubled, cut; every digest made anew."""
    for name in ("window.ndjson", "baseline.ndjson", "window_raw.ndjson", "values.ndjson"):
        if name not in files:
            continue
        lines = lines_of_file(files, name)
        yield f"{kind}: {name} swapped", hashed_again(files | {name: swapped(lines, 0, 1)}), name
        yield f"{kind}: {name} cut", hashed_again(files | {name: "".join(lines[:-1]).encode()}), name
        yield (
            f"{kind}: {name} doubled",
            hashed_again(files | {name: "".join([*lines, lines[-1]]).encode()}),
            name,
        )
        if name != "values.ndjson":
            other = renumbered([lines[1], lines[0], *lines[2:]])
            yield f"{kind}: {name} swapped and renumbered", hashed_again(files | {name: other}), name


def audit(kind, files):
    """The log by somebody who makes all digests anew, those of the chain too."""
    rows, name = audit_rows(), "audit_segment.ndjson"
    versions = {
        "a row altered": [rows[0] | {"actor": "nobody"}, *rows[1:]],
        "a row taken out": [*rows[:2], *rows[3:]],
        "first rows cut": rows[2:],
        "last row cut": rows[:-1],
        "rows swapped": [rows[1], rows[0], *rows[2:]],
        "a row doubled": [*rows, rows[-1]],
        "a row altered, chained anew": chained_again([rows[0] | {"actor": "nobody"}, *rows[1:]]),
        "a row taken out, chained anew": chained_again(
            [*rows[:2], *[row | {"seq": row["seq"] - 1} for row in rows[3:]]]
        ),
        "rows of another log": audit_rows(7)[1:],
        "begun anew": chained_again(
            [row | {"previous": FIRST_PREVIOUS, "seq": at} for at, row in enumerate(rows, 1)]
        ),
    }
    for what, altered in versions.items():
        yield f"{kind}: audit log: {what}, hashed anew", hashed_again(files | {name: ndjson(altered)}), name


def containers(kind, files):
    """Archives that hold more, or other, than they show."""
    data, entries = pack(files), sorted(files.items())
    record = files["record.json"]
    yield f"{kind}: a name twice", raw_zip([*entries, ("record.json", record)]), "record.json"
    yield (
        f"{kind}: a name twice, other content first",
        raw_zip([("record.json", b"{}"), *entries]),
        "record.json",
    )
    for name in (
        "../record.json",
        "/etc/passwd",
        "..\\record.json",
        "C:record.json",
        "a/../../b.json",
        "record.json\x00.txt",
    ):
        yield f"{kind}: the name {name!a}", raw_zip([*entries, (name, b"{}")]), "ZIP"
    yield f"{kind}: a file added", pack(files | {"added.txt": b"1"}), "added.txt"
    yield f"{kind}: a file added, hashed anew", hashed_again(files | {"added.txt": b"1"}), "added.txt"
    yield f"{kind}: compressed", raw_zip(entries, compression=zipfile.ZIP_DEFLATED), "ZIP"
    bomb = [*entries, ("window.txt", bytes(30_000_000))]
    yield f"{kind}: a zip bomb", raw_zip(bomb, compression=zipfile.ZIP_DEFLATED), "ZIP"
    yield f"{kind}: something behind the archive", data + b"more", "ZIP"
    yield f"{kind}: something before the archive", b"more" + data, "ZIP"
    yield f"{kind}: a comment", data[:-2] + b"\x04\x00more", "ZIP"
    yield f"{kind}: cut in half", data[: len(data) // 2], "ZIP"
    yield f"{kind}: another order", raw_zip(entries[::-1]), "ZIP"
    yield f"{kind}: another date", raw_zip(entries).replace(b"\x21\x00", b"\x22\x00"), "ZIP"
    yield f"{kind}: nothing", b"", "ZIP"
    yield f"{kind}: no ZIP", b"%PDF-1.7\n" * 100, "ZIP"
    yield f"{kind}: too large", bytes(LARGEST_BUNDLE + 1), "ZIP"


def signatures(kind, files):
    """Signed by somebody else, for something else, or not at all."""
    foreign = files_of(window_bundle(5, policy="full", signer=KEY))
    yield (
        f"{kind}: signature of another bundle",
        pack(files | {"signature.json": foreign["signature.json"]}),
        "manifest.json",
    )
    resigned = files_of({"window": window_bundle, "series": series_bundle}[kind](signer=OTHER))
    yield f"{kind}: signed by another key", pack(resigned), "key"
    yield (
        f"{kind}: no signature",
        pack({n: h for n, h in files.items() if n != "signature.json"}),
        "signature.json",
    )
    for name in sorted(foreign.keys() & files.keys() - {"verify.py", "signature.json", "manifest.json"}):
        if foreign[name] != files[name]:
            yield f"{kind}: {name} of another bundle", pack(files | {name: foreign[name]}), name
            yield (
                f"{kind}: {name} of another bundle, hashed anew",
                hashed_again(files | {name: foreign[name]}),
                name,
            )


WAYS = (flipped, headers, removed, fields, order, audit, containers, signatures)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("kind", BUNDLES)
def test_every_alteration_is_caught_and_named(kind, way):
    """Exit code 1, "unchanged" fails, and a step that failed names the file or the archive."""
    files = files_of(BUNDLES[kind]())
    count = 0
    for what, data, named in way(kind, files):
        done = verify_bytes(data, keys=[KEY.public_key])
        assert done.exit_code == 1, what
        assert done.guarantees[0].outcome == "FAIL", what
        said = [f"{step.name} {step.reason}" for step in done.failures]
        assert any(named in one for one in said), (what, said)
        count += 1
    print(f"{kind}, {way.__name__}: {count} altered bundles, {count} caught and named")
    assert count


def test_there_are_at_least_two_hundred():
    files = {kind: files_of(make()) for kind, make in BUNDLES.items()}
    made = [what for kind in BUNDLES for way in WAYS for what, _, _ in way(kind, files[kind])]
    print(f"{len(made)} altered bundles")
    assert len(made) == len(set(made)) >= 200


def test_numbers_altered_without_a_signature_are_still_contradicted_by_the_rest():
    """
    What nobody signed and everything hashed anew: each field of the record but words is made again from events.

    The list of those that are not is in the open, and no longer than said.
    """
    files = files_of(window_bundle(2))
    missed = set()
    for name in ("record.json", "config.json", "permutation.json"):
        for path in leaves(json.loads(files[name])):
            done = verify_bytes(hashed_again(with_field(files, name, path)))
            if done.exit_code != 1:
                missed.add(f"{name}: {'.'.join(path)}")
    uncovered = {
        one for one in missed if not any(one == known or one.startswith(f"{known}.") for known in ONLY_SIGNED)
    }
    assert uncovered == set()


def test_bits_of_numbers_are_contradicted_by_what_they_add_up_to():
    """Too little for the recorded statistic, more than a number can cost, or of other events."""
    files = files_of(window_bundle(2))
    held = json.loads(files["record.json"])["evidence"]["views"]
    assert sum(held["compared"]) > 10
    at = held["compared"].index(max(held["compared"]))
    for name, change in (
        ("bits", -held["bits"][at] - 1),
        ("bits", 50_000),
        ("bits", -5_000),
        ("compared", 9),
    ):

        def altered(record, name=name, change=change):
            record["evidence"]["views"][name][at] += change

        done = verify_bytes(hashed_again(edited(files, "record.json", altered)))
        assert done.exit_code == 1, (name, change)
        assert {"surprise of the window", "bits of numbers"} & {step.name for step in done.failures}
