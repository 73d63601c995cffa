"""A real `driftlock serve` for the tests: a process of its own, spoken to over HTTP."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


class Server:
    """Started on a free port and *home*; ``address`` is known when it answers."""

    def __init__(self, home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.log = home.parent / "serve.log"
        surroundings = {
            name: value for name, value in os.environ.items() if not name.startswith("DRIFTLOCK_")
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "driftlock", "serve", "--port", "0", *arguments],
                cwd=ROOT,
                env=surroundings
                | {"DRIFTLOCK_HOME": str(home), "DRIFTLOCK_DEMO_DATA": "off", "PYTHONUNBUFFERED": "1"}
                | dict(environment or {}),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.address = self._await()

    def _await(self) -> str:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"Dashboard (http://\S+?),", self.log.read_text()):
                try:
                    with urllib.request.urlopen(f"{found[1]}/healthz", timeout=5):
                        return found[1]
                except (urllib.error.URLError, ConnectionError):
                    pass
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")

    def ask(
        self, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and JSON (or text) of the answer."""
        request = urllib.request.Request(
            self.address + path, data=body, headers={"X-Tenant-Id": "demo"} | dict(headers or {})
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, _read(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, _read(refused.read())

    def stop(self) -> int:
        """Ask it to end; answers its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """As a machine that loses its power would end it."""
        self.process.kill()
        self.process.wait()


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


def batches(lines: Sequence[bytes], size: int) -> list[bytes]:
    """NDJSON in parts of so many lines."""
    return [b"".join(line + b"\n" for line in lines[at : at + size]) for at in range(0, len(lines), size)]
