"""
Faults in windows: what rules find that know the kind of fault, at the null share that Driftlock has on the same log.

The threshold of a rule is read off all unaltered windows of the log itself,
which no detector can do, and the rule spends all of its false alarms on one kind of fault.
"""

from pathlib import Path
from random import Random

import numpy as np

from benchmarks.limits.bounds import found, rank_p
from benchmarks.limits.rules import FOR, READINGS, RUN, Codes, Rule, Stream, Window
from benchmarks.markdown import table
from benchmarks.quality.detection_call import judged
from benchmarks.quality.injections import KINDS, WINDOW, base_of
from benchmarks.quality.material import Log, logs
from benchmarks.quality.power import POSITIONS, positions, with_fault
from benchmarks.quality.workers import each
from driftlock_core import BALANCED, Windows

WANTED = {
    "null": 0.03,
    "new10": 0.40,
    "new20": 0.52,
    "new50": 0.72,
    "new100": 0.90,
    **dict.fromkeys(("freq50", "burst", "silence", "stuck", "drop"), 0.60),
}
AT = 0.03  # the null share that was wanted
COUNTED = ("freq50", "burst", "stuck", "drop")  # kinds in which one template comes too often or not at all
ADDED = "longest run, line"  # the rule that is also tried as one view more
MORE_ASKED = {"an aspect more": 0, "a view more": 1}  # and by how much the factor grows
Rows = dict[str, dict[str, float]]  # by kind of fault, by who looks


def of_log(log: Log) -> tuple[str, Rows]:
    """Shares found by each rule and by Driftlock in the windows that the part *power* alters."""
    base = base_of(log)
    codes = Codes(base.log)
    stream = Stream(codes.of(base.log.events), base.log.times, base.log.timed)
    windows = judged(base.log.events, BALANCED, base.log.times)
    ready = windows.ready
    starts = (windows.first_seq[ready] - 1).tolist()
    own = float(windows.flagged[ready].mean())
    calm = [stream.window(start) for start in starts]
    more = _OneMore(stream, RUN[ADDED])
    rows: Rows = {"null": {"own": own, "bytes": float(np.mean(windows.factor[ready] == 1))}}
    for name, count in MORE_ASKED.items():
        again = [
            more.flags(windows, at, one, count)
            for at, one in zip(np.flatnonzero(ready).tolist(), calm, strict=True)
        ]
        rows["null"][name] = float(np.mean(again))
    for kind, rules in FOR.items():
        if kind == "silence" and not base.log.timed:
            continue
        null = {name: np.array([rule(one) for one in calm]) for name, rule in rules.items()}
        draws: list[dict[str, float]] = []
        for start in positions(base, POSITIONS["balanced"], BALANCED.hop):
            altered = KINDS[kind](base, start, Random(f"{base.log.name} {kind} {start}"))
            if altered is None:
                continue
            window = Window(stream, start, codes.of(altered.events), altered.times)
            changed = with_fault(base, start, altered)
            judgement = judged(changed.events, BALANCED, changed.times)
            draw = {"own": float(judgement.flagged[-1])}
            for name, count in MORE_ASKED.items():
                draw[name] = float(more.flags(judgement, -1, window, count))
            for name, rule in rules.items():
                value = rule(window)
                draw[name], draw[f"{name} at"] = found(null[name], value, own), found(null[name], value, AT)
            if kind in COUNTED:
                draw["told"] = max(_told(kind, reading, window, calm, own) for reading in READINGS)
            draws.append(draw)
        if draws:
            rows[kind] = {who: float(np.mean([draw[who] for draw in draws])) for who in draws[0]}
    return log.name, rows


def _told(kind: str, reading: str, window: Window, calm: list[Window], share: float) -> float:
    """A rule that also knows the template: it counts it in this window and in all others."""
    before = window.stream.codes[reading][window.start : window.start + WINDOW]
    sign = -1 if kind == "drop" else 1
    size = max(before.max(), window.codes[reading].max()) + 1
    change = np.bincount(window.codes[reading], minlength=size) - np.bincount(before, minlength=size)
    code = int(np.argmax(sign * change))
    null = np.array([sign * one.count(reading, code) for one in calm], dtype=np.float64)
    return found(null, sign * window.count(reading, code), share)


class _OneMore:
    """
    Driftlock with one statistic more, ranked by itself among the earlier windows.

    As an *aspect* more of the views it has, ranks keep their factor, which counts views and not
    aspects; as a *view* more, each is multiplied by one more than before.
    """

    def __init__(self, stream: Stream, rule: Rule) -> None:
        self._rule = rule
        last = len(stream.times) - WINDOW
        self._values = np.array(
            [rule(stream.window(start)) for start in range(0, last + 1, BALANCED.hop)], float
        )

    def flags(self, windows: Windows, at: int, window: Window, more: int) -> bool:
        """Of row *at* of *windows*, which holds *window*; *more* is added to the factor."""
        ends_before = (window.start - WINDOW) // BALANCED.hop + 1
        references = self._values[max(0, ends_before - BALANCED.references) : ends_before]
        factor = int(windows.factor[at]) + more
        if windows.factor[at] == 1 or factor / BALANCED.alpha - 1 > len(references):
            return bool(windows.flagged[at])  # the bytes decide
        value, usual = self._rule(window), float(np.median(references))
        aspects = [
            *zip(windows.aspect_p[at].tolist(), windows.aspect_distance[at].tolist(), strict=True),
            (rank_p(value, references), (value - usual) / max(value, usual, 1.0)),
        ]
        return any(factor * p <= BALANCED.alpha and far >= BALANCED.threshold for p, far in aspects)


def tables(data: Path) -> str:
    """Logs of 2,000 and of more lines apart, then all of them."""
    everything = logs(data)
    by_log = dict(each(of_log, everything))
    short = [log.name for log in everything if len(log) <= 2000]
    groups = {
        "2,000 lines": short,
        "20,000 lines": [name for name in by_log if name not in short],
        "all": [*by_log],
    }
    return "\n\n".join(
        f"Logs: {title} ({len(names)}).\n\n{_table([by_log[name] for name in names])}"
        for title, names in groups.items()
        if names
    )


def _table(rows: list[Rows]) -> str:
    def mean(kind: str, who: str) -> float:
        return float(np.mean([row[kind][who] for row in rows if kind in row]))

    cells = [
        [
            f"no fault (the bytes alone decide {mean('null', 'bytes'):.0%})",
            f"{WANTED['null']:.2f}",
            f"{mean('null', 'own'):.3f}",
            "the same",
            f"{AT:.2f}",
            "the same",
            *(f"{mean('null', name):.3f}" for name in MORE_ASKED),
        ]
    ]
    for kind, rules in FOR.items():
        if not any(kind in row for row in rows):
            continue
        at_own, at_wanted = (max(rules, key=lambda name: mean(kind, name + ending)) for ending in ("", " at"))
        cells.append(
            [
                kind,
                f"{WANTED[kind]:.2f}",
                f"{mean(kind, 'own'):.3f}",
                f"{mean(kind, at_own):.3f} {at_own}",
                f"{mean(kind, at_wanted + ' at'):.3f} {at_wanted}",
                f"{mean(kind, 'told'):.3f}" if kind in COUNTED else "–",
                *(f"{mean(kind, name):.3f}" for name in MORE_ASKED),
            ]
        )
    head = ["fault", "wanted", "Driftlock", "told the kind", f"told the kind, null {AT}", "told the template"]
    return table([*head, *(f"Driftlock, “{ADDED}” {name}" for name in MORE_ASKED)], cells)
