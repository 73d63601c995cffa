"""Small databases of streams, windows and flagged rows, made of dice, and the same rows as plain Python."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import sqlalchemy as sa

from driftlock.decode.measurements import Reading
from driftlock.model import Run
from driftlock.services.series_plan import METHOD
from driftlock.services.series_store import SeriesPoints, SeriesStep
from driftlock.services.streams import blank_stream
from driftlock.storage.connect import writing
from driftlock.storage.schema import anomalies, events, runs, series_anomalies, streams, windows
from driftlock_core.profiles import BALANCED

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
NOW_US = 1_767_614_400_000_000
HOUR_US = 3_600_000_000
SEVERITIES = ("low", "medium", "high")


@dataclass
class Flagged:
    """A flagged window, or an alert of a series."""

    id: str
    stream_id: str
    series: str | None
    seen_us: int
    first_seq: int
    last_seq: int
    severity: str
    bits: float
    pattern: str
    sentence: str
    incident: int = 0  # of a window


@dataclass
class MadeStream:
    """A stream, and what was judged of it."""

    id: str
    name: str
    kind: str
    source: str | None
    series: bool
    round: int = 1
    windows: list[tuple[int, float, float]] = field(default_factory=list)  # seen, bits, chance
    numbers: list[int] = field(default_factory=list)  # time of each record; -1: none
    warmup: int = 0
    judged_until: int | None = None


@dataclass
class MadeDesk:
    """One tenant's rows."""

    tenant: str
    streams: list[MadeStream] = field(default_factory=list)
    flagged: list[Flagged] = field(default_factory=list)

    def add_run(self, store, source, *, expires_at=None, state="done"):
        """A run and its id."""
        run_id = f"run{len(self.streams)}{self.tenant}"[:32]
        run = Run(
            tenant=self.tenant, id=run_id, source=source, name=run_id, state=state, configuration={}, options={},
            sha256=None, size_bytes=None, bytes_read=0, events_received=0, events_analyzed=0, step="",
            error=None, report=None, stream_ids=(), created_at=NOW, finished_at=NOW,
        )  # fmt: skip
        store.runs.add(run, expires_at=expires_at or NOW + timedelta(days=1))
        with writing(store.engine, self.tenant) as connection:
            connection.execute(sa.update(runs).where(runs.c.id == run_id).values(state=state))
        return run_id

    def add_stream(self, store, *, name="api", kind="logs", source=None, series=False, **of_run):
        """A stream without anything judged."""
        run_id = None if source is None else self.add_run(store, source, **of_run)
        stream = blank_stream(
            self.tenant,
            name=name,
            kind=kind,
            profile=BALANCED,
            created_at=NOW,
            run_id=run_id,
            stream_id=f"stream{len(self.streams)}{self.tenant}",
        )
        store.streams.add(stream)
        made = MadeStream(id=stream.id, name=name, kind=kind, source=source, series=series)
        self.streams.append(made)
        return made

    def add_windows(self, store, stream, seen, *, flagged=(), patterns=("aa",), bits=None, chance=0.01):
        """Windows that end at *seen*; those of the numbers *flagged* with a row of their own."""
        rows, found = [], []
        for at, us in enumerate(seen, start=len(stream.windows)):
            extra = 8.0 * (at % 7 - 3) if bits is None else bits[at]
            stream.windows.append((us, extra, chance))
            rows.append(
                _place(self.tenant, stream.id, at, us)
                | {"window": at, "size": 1_000 + int(extra // 8), "mu": 1_000.0, "cbar": 1.0, "m": 9}
                | {"p_stream": 0.5, "score": extra / 100, "exact": True, "gated": False, "ready": True}
                | {"chance": chance, "flagged": at in flagged}
            )
            if at in flagged:
                found.append(self._window(stream, at, us, extra, patterns[at % len(patterns)]))
        with writing(store.engine, self.tenant) as connection:
            connection.execute(sa.insert(windows), rows)
            if found:
                connection.execute(sa.insert(anomalies), [_window_row(self.tenant, one) for one in found])
            connection.execute(
                sa.update(streams)
                .where(streams.c.tenant == self.tenant, streams.c.id == stream.id)
                .values(
                    windows=len(stream.windows),
                    expected_by_chance=sum(one for _, _, one in stream.windows),
                    status="ready",
                    events_needed=0,
                )
            )
        self.flagged += found
        return found

    def _window(self, stream, at, us, extra, pattern):
        return Flagged(
            id=f"w{at}{stream.id}"[:32],
            stream_id=stream.id,
            series=None,
            seen_us=us,
            first_seq=10 * at + 1,
            last_seq=10 * at + 40,
            severity=SEVERITIES[at % 3],
            bits=extra,
            pattern=pattern,
            sentence=f"Window {at} of Stream {stream.name} 50%",
            incident=1 + at // 4,
        )

    def add_alerts(self, store, stream, alerts, *, round_=1):
        """Alerts (first seq, last seq, seen, bits, pattern) of series "cpu"."""
        stream.round = round_
        found = [
            Flagged(
                id=f"s{at}{stream.id}"[:32],
                stream_id=stream.id,
                series="cpu",
                seen_us=us,
                first_seq=first,
                last_seq=last,
                severity=SEVERITIES[at % 3],
                bits=bits,
                pattern=pattern,
                sentence=f"cpu is {at}",
            )
            for at, (first, last, us, bits, pattern) in enumerate(alerts)
        ]
        with writing(store.engine, self.tenant) as connection:
            rows = [_alert_row(self.tenant, one, at) for at, one in enumerate(found)]
            connection.execute(sa.insert(series_anomalies), rows)
        self.flagged += found
        return found

    def add_numbers(self, store, stream, at_us, *, warmup, slabs=1):
        """Records of series "cpu" at these times, cut into *slabs*."""
        stream.numbers, stream.warmup = list(at_us), warmup
        store.streams.configure(
            self.tenant, stream.id, plan(warmup=warmup, records=len(at_us), round_=stream.round)
        )
        cuts = np.array_split(np.arange(len(at_us)), slabs)
        seen = [NOW_US if us < 0 else us for us in at_us]
        stream.judged_until = seen[-1]
        with writing(store.engine, self.tenant) as connection:
            connection.execute(
                sa.insert(events),
                [
                    {"tenant": self.tenant, "stream_id": stream.id, "seq": seq, "key": b"%d" % seq}
                    | {
                        "received_us": NOW_US,
                        "at_us": None if us < 0 else us,
                        "kind": "metrics",
                        "payload": b"",
                    }
                    for seq, us in ((1, at_us[0]), (len(at_us), at_us[-1]))
                ],
            )
        cursor = 0
        for cut in cuts:
            store.detections.claim(self.tenant, stream.id, "me", now=NOW, until=NOW)
            none = np.zeros(len(cut))
            points = SeriesPoints(
                seq=cut + 1,
                at_us=np.array(at_us, dtype=np.int64)[cut],
                value=none,
                low=none,
                high=none,
                score=none,
            )
            step = SeriesStep(
                owner="me",
                before=cursor,
                cursor=int(cut[-1]) + 1,
                state=b"",
                status="ready",
                points=[(0, points)],
                anomalies=(),
                judged=int((cut >= warmup).sum()),
                incidents=0,
            )
            assert store.series.save(self.tenant, stream.id, step, until=NOW)
            cursor = step.cursor


def plan(*, warmup=10, records=100, round_=1):
    """The configuration of a stream judged as one series, "cpu"."""
    return {
        "method": METHOD,
        "reading": Reading(name="", measured=(), labels=()).as_record(),
        "series": [["cpu", warmup, records]],
        "passed_over": 0,
        "beyond": 0,
        "round": round_,
        "why": "",
    }


def thrown(store, seed: int) -> MadeDesk:
    """A desk of up to seven streams, tenant ``t<seed>``."""
    rng = random.Random(seed)
    desk = MadeDesk(tenant=f"t{seed}")
    width = rng.choice([97, 50_000_000, 40 * HOUR_US])
    for number in range(rng.randint(1, 5)):
        source = rng.choice([None, "upload", "live", "scenario"])
        stream = desk.add_stream(
            store, name=f"Api-{number}", kind=rng.choice(["logs", "metrics", "llm"]), source=source
        )
        count = rng.choice([0, 1, 7, 40])
        seen = [NOW_US - rng.randint(0, width) for _ in range(count)]  # late ones come after early ones
        chosen = {at for at in range(count) if rng.random() < 0.4}
        if count:
            desk.add_windows(store, stream, seen, flagged=chosen, patterns=("aa", "bb", "", "cc"))
    for number in range(rng.randint(0, 2)):
        stream = desk.add_stream(store, name=f"Host-{number}", kind="metrics", source="upload", series=True)
        stream.round = rng.randint(1, 9)
        times = sorted(NOW_US - rng.randint(0, width) for _ in range(60))
        desk.add_numbers(store, stream, times, warmup=rng.randint(1, 50), slabs=rng.randint(1, 3))
        alerts = []
        for _ in range(rng.randint(0, 9)):
            first = rng.randint(1, 60)
            last = min(60, first + rng.randint(0, 5))
            alerts.append((first, last, times[last - 1], float(rng.randint(0, 40)), rng.choice(["aa", "zz"])))
        if alerts:
            desk.add_alerts(store, stream, alerts, round_=stream.round)
    return desk


def _place(tenant, stream_id, at, us):
    return {
        "tenant": tenant,
        "stream_id": stream_id,
        "first_seq": 10 * at + 1,
        "last_seq": 10 * at + 40,
        "last_at_us": us,
        "seen_us": us,
    }


def _common(tenant, one):
    names = ("id", "stream_id", "first_seq", "last_seq", "seen_us", "severity", "pattern", "sentence")
    return {name: getattr(one, name) for name in names} | {"tenant": tenant, "p": 0.01}


def _window_row(tenant, one):
    return _common(tenant, one) | {
        "window": (one.first_seq - 1) // 10,
        "status": "flagged",
        "ncd": 0.5,
        "p_stream": 0.01,
        "p_perm": 0.01,
        "extra_bits": one.bits,
        "incident": one.incident,
        "views": "counts,bytes",
        "record": {},
    }


def _alert_row(tenant, one, at):
    return (
        _common(tenant, one)
        | {"series": one.series, "record": at, "last_record": at, "view": "level", "bits": one.bits}
        | dict.fromkeys(("value", "low", "high", "nearest", "score"), 0.0)
        | {"whole": {}}
    )
