"""A real OpenID provider for the tests: a server of its own, which vouches for whomever it is told to."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
CLIENT = "driftlock"
FORGED = "forged"  # the subject whose tokens another key signs


@dataclass(frozen=True)
class Identities:
    """One of them, at *address*."""

    address: str
    process: subprocess.Popen[bytes]

    def vouch(self, subject: str, **claims: object) -> None:
        """Say that of *subject* from now on; a claim of the token itself (``iss``, ``aud``…) is said as given."""
        request = urllib.request.Request(
            f"{self.address}/users/{subject}",
            data=json.dumps(claims).encode(),
            headers={"Content-Type": "application/json"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=10):
            pass

    def secrets(self, home: Path, dashboard: str) -> dict[str, str]:
        """The environment of a dashboard at that address that asks this provider."""
        file = home / ".streamlit" / "secrets.toml"
        file.parent.mkdir(parents=True)
        file.write_text(
            f'[auth]\nredirect_uri = "{dashboard}/oauth2callback"\ncookie_secret = "{"0123456789abcdef" * 2}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "only for tests"\n'
            f'server_metadata_url = "{self.address}/.well-known/openid-configuration"\n'
        )
        return {"HOME": str(home)}  # where Streamlit looks for it

    def stop(self) -> None:
        """Answer nobody any more."""
        self.process.terminate()
        self.process.wait(timeout=20)


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def identities() -> Iterator[Identities]:
    """A provider, while the block lasts."""
    port = free_port()
    provider = subprocess.Popen(
        [sys.executable, "-m", "tests.identity_server", "--port", str(port)],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    found = Identities(f"http://127.0.0.1:{port}", provider)
    try:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{found.address}/jwks", timeout=5):
                    break
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > end or provider.poll() is not None:
                    raise
                time.sleep(0.05)
        yield found
    finally:
        provider.terminate()
        provider.wait(timeout=20)
