"""
Kill it again and again: ``python -m tests.crash [--kills 200] [--database sqlite postgresql]``.

Processes that receive and judge are ended by SIGKILL, most of them inside a transaction, under load from several
senders; what was not acknowledged is sent again. PostgreSQL itself is ended so, too. At the end of each round the
database is compared with a run that nobody disturbed. Exit code 1 where anything is lost, doubled or different.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crash.campaign import Outcome, campaign
from tests.crash.databases import DATABASES
from tests.crash.reference import undisturbed

SIZE = (3_000, 8_000)  # events of each stream, lines of each upload


def main() -> int:
    """Rounds on each database until there were enough kills."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="on each database")
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    right = True
    with TemporaryDirectory() as folder:
        reference = undisturbed(Path(folder) / "undisturbed", SIZE)
        rows = len(reference.found["windows"]), len(reference.found["anomalies"])
        print(
            f"undisturbed: {len(reference.found['events']):,} events, {rows[0]:,} windows, {rows[1]} flagged"
        )
        for name in asked.database:
            outcome = campaign(name, Path(folder) / name, reference, asked.kills, asked.seed)
            report(name, outcome)
            right &= not (outcome.lost or outcome.doubled or outcome.different or outcome.said)
    return 0 if right else 1


def report(name: str, outcome: Outcome) -> None:
    """What was done, and what it did."""
    print(f"\n{name}: {outcome.kills} processes killed in {outcome.seconds:.0f} s", end="")
    print(f", the server itself {outcome.crashes_of_server} times" if outcome.crashes_of_server else "")
    for where, count in outcome.struck.most_common():
        print(f"  {where:<32} {count:>5}")
    print(f"  inside transactions              {outcome.in_transactions:>5}")
    answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(outcome.answers.items()))
    print(f"  answers to senders: {answers}")
    print(f"  {outcome.events:,} events: {outcome.lost} lost, {outcome.doubled} doubled")
    print(f"  {outcome.verdicts:,} verdicts: {outcome.different} different")
    for sentence in outcome.said:
        print(f"  DIFFERENT: {sentence}")


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"\n{time.monotonic() - began:.0f} s")
    sys.exit(code)
