"""Write a sample to a file or to standard output: ``python -m data_generator web-logs --to web.log``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data_generator import truth
from data_generator.samples import SAMPLES, UnknownSample, generate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, or 2 with a message on standard error if the arguments are wrong."""
    parser = argparse.ArgumentParser(prog="python -m data_generator", description="Generate a sample stream.")
    parser.add_argument("sample", nargs="?", metavar="SAMPLE", help="id of a sample; --list shows them")
    parser.add_argument("--list", action="store_true", help="list the samples and stop")
    parser.add_argument("--seed", type=int, help="0 or more; the sample's own if left out")
    parser.add_argument("--events", type=int, help="how many events; the sample's own number if left out")
    parser.add_argument(
        "--to", default="-", metavar="FILE", help="where to write; - is standard output (default)"
    )
    parser.add_argument("--truth", metavar="FILE", help="also write where the faults are, as JSON")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        for sample in SAMPLES.values():
            print(f"{sample.id:<16} {sample.kind:<8} {sample.format:<11} {sample.events:>5}  {sample.story}")
        return 0
    if chosen.sample is None:
        parser.error("name a sample, or use --list to see them")
    try:
        stream = generate(chosen.sample, seed=chosen.seed, events=chosen.events)
    except (UnknownSample, ValueError) as error:
        parser.error(str(error))
    if chosen.to == "-":
        sys.stdout.buffer.write(stream.data)
    else:
        Path(chosen.to).write_bytes(stream.data)
    if chosen.truth:
        Path(chosen.truth).write_bytes(
            truth.as_json(stream.sample_id, stream.seed, stream.events, stream.truth)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
