"""
Events over HTTP beside events handed over directly: ``python -m benchmarks.speed.ingest``.

Batches of 500 generated JSON lines, posted over one connection to a server in a process of its own, and
the same batches to ``App.ingest`` in this one, in turn; medians of the rounds. Nothing is judged
meanwhile, except in the last line, where the server judges what it receives.
"""

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn

from data_generator import encode, play
from driftlock.api import create_app
from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO
from driftlock.settings import Settings

EVENTS: Final = 20_000
BATCH: Final = 500
ROUNDS: Final = 5
SERVING: Final = "serving"
START_SECONDS: Final = 60


def batches() -> list[bytes]:
    """NDJSON of a shop, seed 7."""
    lines = encode(list(play("error-storm", 7, rate=20.0, duration_s=EVENTS / 20)), "ndjson", DEMO)
    each = lines.splitlines(keepends=True)
    return [b"".join(each[at : at + BATCH]) for at in range(0, len(each), BATCH)]


def opened(home: Path, *, work: bool) -> App:
    """An application on *home*, without a demonstration."""
    return open_app(Settings(home=home, demo_data=False), work=work)


def serve(home: Path, *, work: bool) -> None:
    """Until this process is ended; says the port on standard output."""
    server = uvicorn.Config(create_app(opened(home, work=work)), port=0, access_log=False, log_level="error")
    listening = server.bind_socket()
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(server).run(sockets=[listening])


def seconds(take: Callable[[str, bytes, str], object], parts: list[bytes], stream: str) -> float:
    """For all batches into a stream of that name."""
    begun = time.perf_counter()
    for number, part in enumerate(parts):
        take(stream, part, f"{stream}-{number}")
    return time.perf_counter() - begun


class Poster:
    """Posts to a server started on *home*."""

    def __init__(self, home: Path, *, work: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.speed.ingest", SERVING, str(home), str(int(work))],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline())
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)

    def take(self, stream: str, body: bytes, delivery: str) -> None:
        """One batch, stored when this returns."""
        headers = {"X-Tenant-Id": DEMO, "Idempotency-Key": delivery}
        self._connection.request("POST", f"/v1/streams/{stream}/events", body, headers)
        with self._connection.getresponse() as answer:
            said = answer.read()
            assert answer.status == 202, said

    def close(self) -> None:
        """End the server."""
        self._connection.close()
        self._process.terminate()
        self._process.wait()


def main() -> None:
    """Print events a second of both roads, and the ratio."""
    parts = batches()
    events = sum(part.count(b"\n") for part in parts)
    posted, handed = [], []
    with TemporaryDirectory() as folder:
        poster = Poster(Path(folder) / "http", work=False)
        direct = opened(Path(folder) / "direct", work=False)
        for number in range(ROUNDS):
            posted.append(seconds(poster.take, parts, f"round-{number}"))
            handed.append(
                seconds(
                    lambda stream, body, delivery: direct.ingest(DEMO, stream, body, delivery=delivery),
                    parts,
                    f"round-{number}",
                )
            )
        poster.close()
        direct.close()
        judging = Poster(Path(folder) / "judging", work=True)
        while_judged = [seconds(judging.take, parts, f"round-{number}") for number in range(ROUNDS)]
        judging.close()
    ratio = statistics.median(p / h for p, h in zip(posted, handed, strict=True))
    print(f"{events:,} events in batches of {BATCH}, {ROUNDS} rounds")
    print(f"over HTTP               {events / statistics.median(posted):>10,.0f} events/s")
    print(f"directly                {events / statistics.median(handed):>10,.0f} events/s")
    print(f"HTTP takes              {ratio:>10.2f} times as long (median of the rounds' ratios)")
    print(f"over HTTP, judged       {events / statistics.median(while_judged):>10,.0f} events/s")


if __name__ == "__main__":
    if sys.argv[1:2] == [SERVING]:
        serve(Path(sys.argv[2]), work=sys.argv[3] == "1")
    else:
        main()
