"""Ordinary traffic follows the hour of the day."""

import json
import re
from collections import Counter

import numpy as np
import pytest

from data_generator import SAMPLES, generate
from data_generator.dice import Dice
from data_generator.rhythm import HOUR_US, SECOND_US, Arrivals, Rhythm
from tests.generator.reading import events_of

# The hour of an event, and whether it belongs to the first day.
HOURS = {
    "web-logs": re.compile(r"\[02/Mar/2026:(\d\d)"),
    "ssh-logs": re.compile(r"^Mar  2 (\d\d)"),
    "app-json": re.compile(r"2026-03-02T(\d\d)"),
    "support-llm": re.compile(r"2026-03-02T(\d\d)"),
    "quiet-logs": re.compile(r"^2026-03-02 (\d\d)"),
}


@pytest.mark.parametrize("sample_id", HOURS)
def test_arrivals_follow_the_hour(sample_id: str):
    """The first day has no equal hours (chi-square, seed 7), and its nights are calmer."""
    lines = generate(sample_id, seed=7).data.decode().splitlines()
    found = (HOURS[sample_id].search(line) for line in lines)
    count = Counter(int(match[1]) for match in found if match)
    counts = np.array([count[hour] for hour in range(24)])
    expected = counts.sum() / 24
    assert ((counts - expected) ** 2 / expected).sum() > 49.73  # 0.1 % point, 23 degrees of freedom
    assert counts[1:6].mean() < counts[9:19].mean() / 2


def test_spans_follow_the_hour():
    """Traces, too, are rarer by night (seed 7)."""
    ends_s = [
        int(json.loads(event)["endTimeUnixNano"]) // 10**9
        for event in events_of(generate("checkout-traces", seed=7, events=2_400).data, "otlp_json")
    ]
    counts = Counter(second // 3600 % 24 for second in ends_s)
    assert sum(counts[hour] for hour in range(1, 6)) / 5 < sum(counts[hour] for hour in range(9, 13)) / 4 / 2


def test_request_rate_follows_the_hour():
    """Scrapes come like a clock, and the measured request rate has the day's rhythm (seed 7)."""
    points = [json.loads(line) for line in generate("service-metrics", seed=7).data.splitlines()]
    rates = [
        (int(point["timestamp"][11:13]), point["value"])
        for point in points
        if point["metric"] == "http.server.request_rate" and point["service"] == "gateway"
    ]
    night = np.mean([value for hour, value in rates if 1 <= hour < 6])
    day = np.mean([value for hour, value in rates if 9 <= hour < 19])
    assert night < day / 2


def test_mean_gap_is_the_one_asked_for():
    """Without bursts and hours, 20,000 arrivals keep their mean gap within 3 % (seed 1)."""
    arrivals = Arrivals(Rhythm(gap_s=2.0, loads=(1.0,) * 24, burst_chance=0.0), Dice(1), start_us=0)
    last_us = [arrivals.following() for _ in range(20_000)][-1]
    assert last_us / 20_000 == pytest.approx(2.0 * SECOND_US, rel=0.03)


def test_bursts_bring_arrivals_together():
    """With bursts, ten-minute counts vary more than those of a process without (seed 3)."""

    def variance_to_mean(burst_chance: float) -> float:
        rhythm = Rhythm(gap_s=30, loads=(1.0,) * 24, burst_chance=burst_chance, burst_length=20)
        arrivals = Arrivals(rhythm, Dice(3), start_us=0)
        counts = np.bincount([arrivals.following() * 6 // HOUR_US for _ in range(10_000)])
        return float(counts.var() / counts.mean())

    assert variance_to_mean(0.02) > 1.5 * variance_to_mean(0.0)


def test_the_quiet_sample_stays_the_same():
    """Every word after event 3,000 of quiet-logs occurs in its first 2,000, numbers aside (seed 7)."""
    text = re.sub(r"\d+", "0", generate("quiet-logs", seed=7).data.decode())
    lines = [line.split() for line in text.splitlines()]
    early = {word for line in lines[:2_000] for word in line}
    assert {word for line in lines[3_000:] for word in line} <= early
    assert SAMPLES["quiet-logs"].hidden.startswith("Nothing")
