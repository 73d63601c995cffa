"""Bundles of streams made from a seed, without a store: built by the engine and the evidence package alone."""

import hashlib
import json
from dataclasses import replace
from functools import cache
from random import Random

from made_series import WARMUP, times, values
from streams import usual, with_burst

from driftlock.evidence import About, bundle_of, consequence, recomputable
from driftlock.evidence.contents import KeptEvent, series_files, window_files
from driftlock.evidence.environment import environment
from driftlock.evidence.verifier.archive import pack, unpack
from driftlock.evidence.verifier.findings import canonical_json
from driftlock.evidence.verifier.integrity import bundle_id, sha256
from driftlock.evidence.verifier.windows import WINDOW
from driftlock.services.series_records import Place, series_record
from driftlock_core import BALANCED, Detector, Masker, detect
from driftlock_core.compressors import compressor_named
from driftlock_core.describe import describe
from driftlock_core.explain import explain
from driftlock_core.series_watch import SeriesWatch

START_US = 1_767_600_000_000_000
SECOND_US = 1_000_000
ODD = 1196  # seq of an event that is no UTF-8
SMALL = replace(BALANCED, name="custom", baseline=80, window=10, hop=2, references=120)
TIMELINE = (
    {"at": "2026-01-05T10:00:00+00:00", "what": "detected", "by": "system"},
    {"at": "2026-01-05T11:00:00+00:00", "what": "acknowledged", "by": "5f0c33d1a9b24e76"},
)
REPORT = b"<!doctype html><title>Report</title><p>An anomaly.</p>"


class Seeded:
    """An Ed25519 key made from a number, to sign with in tests."""

    def __init__(self, number=1):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"%d" % number).digest())
        self.public_key = self._private.public_key().public_bytes_raw()

    def sign(self, message):
        return self._private.sign(message)


def audit_rows(count=6):
    """Rows of an audit log, chained."""
    rows, previous = [], "0" * 64
    for seq in range(41, 41 + count):
        row = {
            "seq": seq,
            "at": f"2026-01-05T10:00:{seq}+00:00",
            "actor": "system",
            "action": "label",
            "previous": previous,
        }
        previous = sha256(canonical_json(row))
        rows.append(row | {"hash": previous})
    return rows


@cache
def judged(compressor="zstd", timed=True, small=True, given=False, statistics=None, **changes):
    """
    Seed 11: a stream of 2,600 events with foreign lines from 1,190 to 1,300, its profile, times and verdicts.

    With *given* its baseline is another stream, seed 5; with *statistics* it looks at the first so many alone,
    as a stream does that began before the others were thought of.
    """
    profile = replace(SMALL if small else BALANCED, compressor=compressor, **changes)
    events = with_burst(2600, 11, start=1190, stop=1300, share=0.5)
    events[ODD - 1] = b"\xff\xfe no UTF-8 \x80"
    random, at_us, moments = Random(3), START_US, []
    for _ in events:
        at_us += random.randrange(SECOND_US // 2, 3 * SECOND_US // 2)
        moments.append(at_us if timed else None)
    baseline = usual(profile.baseline, 5) if given else None
    if statistics is None:
        return events, profile, moments, detect(events, profile, baseline=baseline, times=moments).verdicts
    detector = Detector(profile)
    detector.views.statistics = statistics
    return events, profile, moments, detector.update(events, moments).verdicts


def record_of(verdict, window, baseline, profile):
    """As it is kept, words included."""
    description = describe(verdict, window, baseline, compressor_named(profile.compressor))
    words = explain(verdict, description, stream="api", ordinary_range=(0.0, 0.1), windows_per_day=None)
    return json.loads(
        json.dumps(
            verdict.as_record()
            | {
                "stream": "5f0c33d1a9b24e76",
                "severity": "high",
                "ncd_textbook": description.ncd_textbook,
                "novelty": description.novelty,
                "description": description.as_record(),
                "explanation": words.as_record(),
            }
        )
    )


def about(type_="window"):
    return About(
        tenant="demo",
        id="c5ad1d03b080b44d",
        type=type_,
        stream="5f0c33d1a9b24e76",
        stream_name="api",
        kind="logs",
    )


def window_bundle(number=0, *, policy="masked", signer=None, gone=False, audit=None, report=REPORT, **stream):
    """The bundle of flagged window *number* of the stream of :func:`judged`."""
    events, profile, moments, verdicts = judged(**stream)
    verdict = verdicts[number]
    masker = Masker(profile.masks)
    spans = sorted({epoch[:2] for epoch in verdict.evidence.epochs})

    def kept(source, first, last, times=None):
        raw = source[first - 1 : last]
        return {
            first + at: KeptEvent(
                seq=first + at, at_us=times and times[first + at - 1], canonical=line, raw=raw[at]
            )
            for at, line in enumerate(masker.canonical(raw))
        }

    baseline = {}
    for first, last in spans:
        baseline |= kept(usual(profile.baseline, 5) if stream.get("given") else events, first, last)
    window = kept(events, verdict.first_seq, verdict.last_seq, moments)
    deciding = [baseline[seq].canonical for seq in range(spans[-1][0], spans[-1][1] + 1)]
    record = record_of(verdict, [event.canonical for event in window.values()], deciding, profile)
    return bundle_of(
        about(),
        window_files(
            record,
            [] if gone else [baseline[seq] for seq in sorted(baseline)],
            [] if gone else list(window.values()),
            policy=policy,
            digest_key=b"k" * 32,
        ),
        policy=policy,
        recomputable=recomputable(policy, gone=gone),
        statement=consequence(policy, gone=gone),
        environment=environment(verdict.compressor, profile.compressor),
        timeline=TIMELINE,
        audit=audit_rows() if audit is None else audit,
        report=report,
        signer=signer,
    )


def series_bundle(*, policy="masked", signer=None, gone=False):
    """The bundle of the jump of tests/core/made_series.py."""
    numbers, moments = values(), times()
    watch = SeriesWatch("cpu", WARMUP)
    found = [*watch.update(numbers, moments).anomalies, *watch.close()]
    verdict = max(found, key=lambda one: one.score)
    place = Place(
        first_seq=verdict.record + 1, last_seq=verdict.last_record + 1, first_at_us=None, last_at_us=None
    )
    record = series_record(verdict, place, stream="5f0c33d1a9b24e76")
    events = [
        KeptEvent(seq=at + 1, at_us=None, canonical=b"", raw=b'{"cpu": %r}' % numbers[at])
        for at in range(verdict.record, verdict.last_record + 1)
    ]
    return bundle_of(
        about("series"),
        series_files(
            record,
            {"warmups": {"cpu": WARMUP}},
            [] if gone else numbers,
            [] if gone else moments,
            events,
            policy=policy,
        ),
        policy=policy,
        recomputable=recomputable(policy, gone=gone),
        statement=consequence(policy, series=True, gone=gone),
        environment=environment(None, None),
        timeline=TIMELINE,
        audit=audit_rows(),
        signer=signer,
    )


def files_of(bundle):
    files, problems = unpack(bundle.data)
    assert problems == []
    return dict(files)


def hashed_again(files):
    """What somebody who cannot sign can do: every digest of the manifest is made anew, the id too."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: {"sha256": sha256(held), "bytes": len(held)}
        for name, held in files.items()
        if name not in ("manifest.json", "signature.json", "time_token.tsr")
    }
    del manifest["bundle"]
    manifest["bundle"] = bundle_id(manifest)
    return pack(files | {"manifest.json": canonical_json(manifest) + b"\n"})


def edited(files, name, change):
    """*files* with the JSON of one of them changed in place by *change*."""
    value = json.loads(files[name])
    change(value)
    return files | {name: canonical_json(value) + b"\n"}


def lines_of_file(files, name=WINDOW):
    return files[name].decode().splitlines(keepends=True)
