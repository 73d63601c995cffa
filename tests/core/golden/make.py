"""
Verdicts on generated streams, number by number: ``python -m tests.core.golden.make > tests/core/golden/verdicts.jsonl``.

Sizes are the compressor's: another version of its library may give others, and its name stands in every line.
"""

import hashlib
import json
from collections.abc import Iterator
from io import BytesIO

from data_generator import generate
from driftlock.decode import decode
from driftlock_core import PROFILES, Detector, Masker, Verdict

SAMPLES = ("web-logs", "ssh-logs", "app-json", "checkout-traces", "support-llm")


def lines() -> Iterator[str]:
    """One JSON object for each sample and profile."""
    for sample in SAMPLES:
        made = generate(sample)
        events = list(decode(BytesIO(made.data), name=sample).events())
        payloads, times = [event.payload for event in events], [event.at_us for event in events]
        masker = Masker()  # the profiles mask alike, and masking takes longest
        for name, profile in PROFILES.items():
            windows = Detector(profile, masker=masker).update(payloads, times)
            yield json.dumps(
                {
                    "sample": sample,
                    "profile": name,
                    "windows": len(windows),
                    "verdicts": [_short(verdict) for verdict in windows.verdicts],
                }
            )


def _short(verdict: Verdict) -> list[object]:
    """What a reader compares by eye, and a digest of all the rest."""
    whole = json.dumps(verdict.as_record(), sort_keys=True, default=sorted)
    return [
        verdict.window,
        verdict.size,
        verdict.ncd,
        verdict.p,
        verdict.p_perm,
        list(verdict.views),
        verdict.compressor,
        hashlib.sha256(whole.encode()).hexdigest()[:16],
    ]


if __name__ == "__main__":
    for line in lines():
        print(line)
