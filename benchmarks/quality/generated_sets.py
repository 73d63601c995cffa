"""Labelled sets for everybody: generated samples with known faults, as overlapping windows of lines."""

from benchmarks.sources import windows_of
from data_generator import generate

# Samples of which every line is one event; in checkout-traces a line holds many.
GENERATED = ("app-json", "service-metrics", "ssh-logs", "support-llm", "web-logs")


def generated_set(name: str) -> tuple[list[list[bytes]], list[list[bytes]], list[int]]:
    """Windows before the first fault as baseline; all later ones, labelled 1 where one of their lines is in a fault."""
    stream = generate(name)
    lines = [[line] for line in stream.data.rstrip(b"\n").split(b"\n")]
    labels = [int(any(at in interval for interval in stream.truth)) for at in range(len(lines))]
    first = stream.truth[0].start
    # The windows of a fault's neighbourhood belong to the part that is scored.
    calm = first - first % 100
    baseline, _ = windows_of(lines[:calm], labels[:calm])
    units, marks = windows_of(lines[calm:], labels[calm:])
    return baseline, units, marks
