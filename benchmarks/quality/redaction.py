"""
What redaction finds, what it takes for something it is not, how long it takes, and what detection makes of it.

    python -m benchmarks.quality.redaction [--data FOLDER]

FOLDER holds ``raw/*.gz``, logs of real systems without personal data on purpose. Seeds are written here.
"""

import argparse
import gzip
import io
import json
import os
import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.quality.detection_call import UNKNOWN_TIME, judged
from data_generator import generate
from data_generator.people import cast
from driftlock.decode import decode
from driftlock.decode.redaction import RULES, Redactor
from driftlock_core import BALANCED
from driftlock_core.kind_profiles import for_kind

WITHOUT_PEOPLE = ("web-logs", "service-metrics", "checkout-traces", "quiet-logs", "ssh-logs")
WITH_PEOPLE = ("app-json", "support-llm")
JUDGED = ("app-json", "support-llm", "ssh-logs")
PEOPLE, SEED = 2_000, 7
BATCH, TIMES = 5_000, 3


def measured(name: str, sources: Iterable[tuple[str, bytes]]) -> str:
    """One row: events, those changed, and the fastest of some runs of decoding and of redaction."""
    redactor = Redactor(RULES)
    events = changed = 0
    decoding = redacting = size = 0.0
    for label, data in sources:
        best = [float("inf"), float("inf")]
        for _ in range(TIMES):
            began = time.perf_counter()
            payloads = [event.payload for event in decode(io.BytesIO(data), name=label).events()]
            decoded = time.perf_counter()
            left = [one for batch in _batches(payloads) for one in redactor.redact_all(batch)]
            best = [min(best[0], decoded - began), min(best[1], time.perf_counter() - decoded)]
        events += len(payloads)
        size += sum(map(len, payloads)) / 1e6
        changed += sum(one is not other for one, other in zip(payloads, left, strict=True))
        decoding, redacting = decoding + best[0], redacting + best[1]
    return (
        f"{name}: {events:,} events, {changed:,} changed; decoding {size / decoding:.0f} MB/s, redaction "
        f"{size / redacting:.0f} MB/s, {redacting / decoding:.1f} times as long"
    )


def recall() -> str:
    """Addresses and numbers of invented users, planted one a line in a shop's log; how many are left."""
    draw = random.Random(SEED)
    lines = generate("quiet-logs", seed=SEED, events=PEOPLE).data.splitlines()
    planted = left = 0
    redactor = Redactor(RULES)
    for person, line in zip(cast(SEED, PEOPLE), lines, strict=True):
        card = _card(draw)
        values = (person.email, person.phone, card)
        texts = (
            line + f" {person.email} {person.phone} {card}".encode(),
            json.dumps(
                {"line": line.decode(), "user": {"mail": person.email}, "n": [person.phone, card]}
            ).encode(),
            json.dumps(
                {"body": json.dumps({"to": f"<{person.email}>", "call": person.phone, "pan": card})}
            ).encode(),
        )
        for text in redactor.redact_all(texts):
            planted += len(values)
            left += sum(value.encode() in text for value in values)
    return f"planted: {planted:,} addresses, phone and card numbers of invented users, {left:,} left"


def flagged(name: str) -> str:
    """One row: of a generated stream, the windows flagged with redaction, without it and both ways."""
    decoding = decode(io.BytesIO(generate(name).data), name=name)
    events = [event for event in decoding.events() if event.kind == decoding.recognition.kind]
    times = np.array(
        [UNKNOWN_TIME if event.at_us is None else event.at_us for event in events], dtype=np.int64
    )
    payloads = [event.payload for event in events]
    profile = for_kind(BALANCED, decoding.recognition.kind)
    without, having = (
        judged(lines, profile, times).flagged for lines in (payloads, Redactor(RULES).redact_all(payloads))
    )
    return (
        f"{name}: {len(without):,} windows, flagged both ways {int((without & having).sum())}, only with redaction "
        f"{int((having & ~without).sum())}, only without {int((without & ~having).sum())}"
    )


def _card(draw: random.Random) -> str:
    """16 digits with a right check digit, in a style of people."""
    digits = [4, *(draw.randrange(10) for _ in range(14))]
    doubled = (sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits))
    digits.append(-sum(doubled) % 10)
    text = "".join(map(str, digits))
    return draw.choice(("", " ", "-")).join(text[at : at + 4] for at in range(0, 16, 4))


def _batches(payloads: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(payloads), BATCH):
        yield payloads[start : start + BATCH]


def main() -> None:
    """Print one row for each kind of data."""
    asked = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0] if __doc__ else None)
    asked.add_argument("--data", type=Path, default=os.environ.get("DRIFTLOCK_DATA"))
    folder = asked.parse_args().data
    print(recall())
    print(measured("made, without personal data", ((one, generate(one).data) for one in WITHOUT_PEOPLE)))
    print(measured("made, with personal data", ((one, generate(one).data) for one in WITH_PEOPLE)))
    for name in JUDGED:
        print(flagged(name))
    if folder is not None:
        files = sorted(Path(folder, "raw").glob("*.gz"))
        print(
            measured(
                "logs of real systems", ((file.name, gzip.decompress(file.read_bytes())) for file in files)
            )
        )


if __name__ == "__main__":
    main()
