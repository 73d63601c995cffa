"""What the command does with a scenario: play it, deliver it, write its truth."""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from data_generator.control import Control
from data_generator.delivery import FileSink, HttpSink, Sink, in_real_time, present
from data_generator.samples import SAMPLES
from data_generator.scenarios.encoding import Format, batches, encode, iso
from data_generator.scenarios.event import Event
from data_generator.scenarios.figures import figures
from data_generator.scenarios.story import OPENS_AT
from data_generator.scenarios.theatre import (
    Performance,
    Wanted,
    catalogue,
    narration,
    perform_scenario,
    scenario_named,
)

_LIVE_STEP_US: Final = 1_000_000  # a live batch waits at most a second for company
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A command line with the environment behind it."""

    scenario: str
    seed: int | None
    signal: Wanted | None
    data_format: Format
    rate: float
    anomaly_rate: float
    duration_s: float
    tenant: str
    target: str  # file, URL, or - for standard output
    key: str | None
    stream: str
    truth: str | None
    start: datetime | None
    live: bool
    narrate: bool
    batch: int
    controlled: bool = False  # by lines on standard input; live only


def duration_s(text: str) -> float:
    """
    Seconds of a duration.

    Raises:
        ValueError: It is none.

    >>> duration_s("10m"), duration_s("1.5h"), duration_s("90")
    (600.0, 5400.0, 90.0)
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text)
    if not match:
        raise ValueError(f"{text!r} is no duration: write it like 90s, 10m, 2h or 1d")
    return float(match[1]) * _UNITS[match[2]]


def list_catalogue(group: str) -> None:
    """Print id, kind, format and story of samples and scenarios; never what is hidden in them."""
    if group in ("all", "samples"):
        for sample in SAMPLES.values():
            print(f"{sample.id:<20} {sample.kind:<24} {sample.format:<11} {sample.events:>5}  {sample.story}")
    if group in ("all", "scenarios"):
        for scenario in catalogue():
            print(
                f"{scenario.id:<20} {','.join(scenario.signals):<24} {scenario.group:<17}  {scenario.story}"
            )


def print_figures(scenario_ids: Iterable[str]) -> None:
    """Print, as a Markdown table, what the faults of scenarios move, counted with their own seeds."""
    print("| scenario | kind | what moves in the affected services: ordinary → changed |")
    print("|---|---|---|")
    for scenario_id in scenario_ids:
        counted = "; ".join(f"{f.field} {f.ordinary} → {f.changed}" for f in figures(scenario_id))
        print(f"| `{scenario_id}` | {', '.join(scenario_named(scenario_id).kinds)} | {counted} |")


def deliver(options: Options) -> int:
    """
    Play a scenario into a file or to a server.

    Raises:
        UnknownScenario, ValueError: As :func:`perform_scenario`; or OTLP was asked for a URL.
        DeliveryFailed: The server does not take the events.
    """
    to_server = options.target.startswith(("http://", "https://"))
    if to_server and options.data_format != "ndjson":
        raise ValueError("a server is sent NDJSON; write --format otlp to a file")
    if options.controlled and not options.live:
        raise ValueError("--control needs --live")
    if options.batch < 1:
        raise ValueError(f"--batch {options.batch} must be 1 or more")
    start_at = options.start or (present() if options.live else OPENS_AT)
    performance = _perform(options, start_at)
    if options.narrate:
        for caption in narration(
            options.scenario,
            options.seed,
            signal=options.signal,
            rate=options.rate,
            duration_s=options.duration_s,
            anomaly_rate=options.anomaly_rate,
            start_at=start_at,
        ):
            print(f"{caption.position:>7}  {caption.text}", file=sys.stderr)
    sink: Sink
    if to_server:
        sink = HttpSink(options.target, tenant=options.tenant, key=options.key)
    else:
        sink = FileSink(options.target)
    groups: Iterable[list[Event]] = batches(
        performance.events, options.batch, _LIVE_STEP_US if options.live else None
    )
    if options.live:
        # Unbuffered: a thread that waits in a buffer's lock would stop the program from ending.
        control = Control(open(0, "rb", buffering=0, closefd=False)) if options.controlled else None  # noqa: SIM115
        groups = in_real_time(groups, round(start_at.timestamp()) * 1_000_000, control)
    several = to_server and len(performance.signals) > 1
    for group in groups:
        for signal in performance.signals if several else (None,):
            sent = [event for event in group if signal in (None, event.signal)]
            if sent:
                name = options.stream if signal is None else f"{options.stream}-{signal}"
                sink.write(encode(sent, options.data_format, options.tenant), name)
    if options.truth:
        Path(options.truth).write_bytes(truth_json(performance, options, start_at))
    return 0


def truth_json(performance: Performance, options: Options, start_at: datetime) -> bytes:
    """The truth of a scenario that has been played, for those who score a detector."""
    document = {
        "scenario": options.scenario,
        "seed": performance.scenario.seed if options.seed is None else options.seed,
        "signals": performance.signals,
        "rate": options.rate,
        "anomaly_rate": options.anomaly_rate,
        "start_at": start_at.isoformat(),
        "events": performance.total,
        "positions": "0-based in order of time over all signals, stop excluded",
        "intervals": [
            asdict(episode) | {"first_at": iso(episode.start_us), "last_at": iso(episode.stop_us)}
            for episode in performance.witness.episodes()
        ],
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def _perform(options: Options, start_at: datetime) -> Performance:
    return perform_scenario(
        options.scenario,
        options.seed,
        signal=options.signal,
        rate=options.rate,
        duration_s=options.duration_s,
        anomaly_rate=options.anomaly_rate,
        start_at=start_at,
    )
