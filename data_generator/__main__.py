"""
Write a sample or a scenario to a file, to standard output, or to a server.

``python -m data_generator error-storm --seed 7 --duration 10m --to events.jsonl``. The environment
gives defaults for scenarios: EVENTS_PER_SECOND, ANOMALY_RATE, TENANT_ID, API_URL (where to send
unless --to says), API_KEY.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from data_generator import intervals
from data_generator.command import Options, deliver, duration_s, list_catalogue, print_figures
from data_generator.delivery import DeliveryFailed
from data_generator.samples import SAMPLES, UnknownSample, generate
from data_generator.scenarios.encoding import FORMATS
from data_generator.scenarios.event import SIGNALS
from data_generator.scenarios.story import UnknownScenario
from data_generator.scenarios.theatre import catalogue


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command.

    Returns:
        0; 1 with a message on standard error if a server does not take the events or a file cannot
        be written; 2 if the arguments are wrong; 130 if interrupted.
    """
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.list:
        list_catalogue(chosen.list)
        return 0
    if chosen.figures:
        known = [scenario.id for scenario in catalogue() if scenario.group == "industry"]
        print_figures([chosen.id] if chosen.id in {scenario.id for scenario in catalogue()} else known)
        return 0
    if chosen.id is None:
        parser.error("name a sample or a scenario, or use --list to see them")
    try:
        if chosen.id in {scenario.id for scenario in catalogue()}:
            return deliver(_options(chosen))
        return _write_sample(chosen)
    except (UnknownSample, UnknownScenario, ValueError) as error:
        parser.error(str(error))
    except DeliveryFailed as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read has seen enough. Without this Python would complain again while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{parser.prog}: cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # as a shell reports a command that was interrupted


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m data_generator", description="Generate a sample or play a scenario."
    )
    add = parser.add_argument
    add("id", nargs="?", metavar="ID", help="of a sample or a scenario; --list shows them")
    add(
        "--list",
        nargs="?",
        const="all",
        choices=("all", "samples", "scenarios"),
        help="show what there is, and stop",
    )
    add("--seed", type=int, help="0 or more; the sample's or scenario's own if left out")
    add("--events", type=int, help="how many events; the sample's own number, or rate times duration")
    add(
        "--to",
        metavar="FILE|URL|-",
        help="where to write; - is standard output (default, or API_URL); a URL is sent to",
    )
    add("--truth", metavar="FILE", help="also write where the faults are, as JSON")
    scenario = parser.add_argument_group("scenarios only")
    add = scenario.add_argument
    add("--signal", choices=(*SIGNALS, "all"), help="what to send; the scenario's first if left out")
    add("--format", choices=FORMATS, default="ndjson", help="of files (default ndjson)")
    add("--rate", type=float, help="mean events a second (EVENTS_PER_SECOND, 20)")
    add("--anomaly-rate", type=float, help="share of events inside faults (ANOMALY_RATE, 0.05)")
    add("--duration", metavar="TIME", help="such as 90s, 10m, 2h, 1d (default 10m)")
    add("--tenant", help="name of the customer (TENANT_ID, demo)")
    add("--stream", help="name of the stream at the server; the scenario's id if left out")
    add("--start", metavar="TIME", help="ISO 8601 with zone; live: now")
    add("--live", action="store_true", help="play in real time, beginning now")
    add(
        "--control",
        action="store_true",
        help="live: obey pause, resume, step and stop, one a line of standard input; its end is a stop",
    )
    add("--narrate", action="store_true", help="say on standard error what will happen when")
    add("--figures", action="store_true", help="count what the fault moves and stop; without ID, of industry")
    add("--batch", type=int, default=500, help="most events of one request (default 500)")
    return parser


def _options(chosen: argparse.Namespace) -> Options:
    """The command line, with the environment behind it."""
    environment = os.environ
    rate = chosen.rate if chosen.rate is not None else _number("EVENTS_PER_SECOND", 20.0)
    if chosen.events is not None and (chosen.duration is not None or chosen.events < 1 or rate <= 0):
        raise ValueError("--events must be 1 or more, at a rate above 0, and without --duration")
    return Options(
        scenario=chosen.id,
        seed=chosen.seed,
        signal=chosen.signal,
        data_format=chosen.format,
        rate=rate,
        anomaly_rate=(
            chosen.anomaly_rate if chosen.anomaly_rate is not None else _number("ANOMALY_RATE", 0.05)
        ),
        duration_s=chosen.events / rate if chosen.events else duration_s(chosen.duration or "10m"),
        tenant=chosen.tenant or environment.get("TENANT_ID") or "demo",
        target=chosen.to or environment.get("API_URL") or "-",
        key=environment.get("API_KEY") or None,
        stream=chosen.stream or chosen.id,
        truth=chosen.truth,
        start=datetime.fromisoformat(chosen.start) if chosen.start else None,
        live=chosen.live,
        narrate=chosen.narrate,
        batch=chosen.batch,
        controlled=chosen.control,
    )


def _number(name: str, otherwise: float) -> float:
    text = os.environ.get(name)
    try:
        return float(text) if text else otherwise
    except ValueError:
        raise ValueError(f"{name}={text!r} in the environment is no number") from None


def _write_sample(chosen: argparse.Namespace) -> int:
    if chosen.id not in SAMPLES:
        raise UnknownSample(chosen.id)
    given = [
        f"--{name.replace('_', '-')}"
        for name in (
            "signal",
            "rate",
            "anomaly_rate",
            "duration",
            "tenant",
            "stream",
            "start",
            "live",
            "control",
            "narrate",
        )
        if getattr(chosen, name) not in (None, False)
    ]
    if given:
        raise ValueError(f"{chosen.id} is a sample; {', '.join(given)} belongs to scenarios")
    stream = generate(chosen.id, seed=chosen.seed, events=chosen.events)
    if chosen.to in (None, "-"):
        sys.stdout.buffer.write(stream.data)
    else:
        Path(chosen.to).write_bytes(stream.data)
    if chosen.truth:
        Path(chosen.truth).write_bytes(
            intervals.as_json(stream.sample_id, stream.seed, stream.events, stream.truth)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
