"""Logs of every kind for tests, from a seed: the same seed gives the same bytes."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

Make = Callable[[Random], bytes]

# fmt: off
WORDS = [
    "accepted", "alert", "batch", "buffer", "cache", "changed", "client", "closed", "connection", "copied",
    "cursor", "denied", "disk", "dropped", "entry", "failed", "fetched", "flush", "handle", "index",
    "invalid", "job", "leader", "lock", "memory", "missing", "node", "opened", "packet", "page", "peer",
    "queue", "ready", "refused", "release", "replica", "request", "reset", "retry", "route", "session",
    "shard", "slow", "socket", "started", "stopped", "stream", "synced", "table", "timeout", "token",
    "upload", "user", "verified", "volume", "waiting", "worker", "write",
]
# fmt: on
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
HOSTS = ["web-01", "web-02", "db1.internal", "cache.example.com", "edge07.lan", "10.0.0.7", "ip-10-0-0-8"]


def log(kind: str, count: int, seed: int) -> list[bytes]:
    """*count* events of one kind."""
    random = Random(f"{kind} {seed}")
    return [KINDS[kind](random) for _ in range(count)]


def changing(kinds: tuple[str, str], count: int, seed: int) -> list[bytes]:
    """
    A log of the first kind into which the second breaks: one burst, and a lasting change at the end.

    The burst is an eighth of the log after its middle; in the last eighth
    every other event is of the second kind.
    """
    usual, alien = log(kinds[0], count, seed), log(kinds[1], count, seed)
    eighth = count // 8
    burst = range(5 * eighth, 6 * eighth)
    return [alien[at] if at in burst or (at >= 7 * eighth and at % 2) else usual[at] for at in range(count)]


def real_files() -> list[Path]:
    """Real logs in the folder that DRIFTLOCK_DATA names; none if it names no folder."""
    folder = os.environ.get("DRIFTLOCK_DATA")
    return sorted((Path(folder) / "raw").glob("*.log.gz")) if folder else []


def real(path: Path) -> list[bytes]:
    """The lines of a real log."""
    return gzip.decompress(path.read_bytes()).split(b"\n")


def clock(random: Random) -> str:
    """A time of day."""
    return f"{random.randrange(24):02}:{random.randrange(60):02}:{random.randrange(60):02}"


def address(random: Random) -> str:
    """An IPv4 or, now and then, an IPv6 address."""
    if random.random() < 0.2:
        return f"fe80::{random.randrange(65536):x}:{random.randrange(65536):x}"
    return ".".join(str(random.randrange(256)) for _ in range(4))


def identifier(random: Random) -> str:
    """A request id as different services write it."""
    raw = f"{random.getrandbits(128):032x}"
    styles = [
        raw,
        f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}",
        raw[:12],
        "0x" + raw[:8],
        "".join(random.choice("abcdefGHIJKLmnop0123456789+/_-") for _ in range(random.randrange(20, 44))),
        ":".join(raw[i : i + 2] for i in range(0, 12, 2)),
    ]
    return random.choice(styles)


def phrase(random: Random, most: int = 6) -> str:
    """A few words; small choice, so that phrases come again."""
    return " ".join(random.choice(WORDS[: 8 * most]) for _ in range(random.randint(2, most)))


def syslog(random: Random) -> bytes:
    """Classic syslog with a few message shapes."""
    day = f"{random.choice(MONTHS)} {random.randint(1, 28):2}"
    process = f"{random.choice(['sshd', 'cron', 'kernel', 'nginx'])}[{random.randrange(99999)}]"
    message = random.choice(
        [
            f"Accepted publickey for admin from {address(random)} port {random.randrange(65536)} ssh2",
            f"session opened for user root by (uid={random.randrange(1000)})",
            f"Failed password for invalid user {random.choice(WORDS)} from {address(random)}",
            f"connection from {random.choice(HOSTS)}: {phrase(random)}",
        ]
    )
    return f"{day} {clock(random)} {random.choice(HOSTS)} {process}: {message}".encode()


def access(random: Random) -> bytes:
    """Access log lines of a web server."""
    at = f"{random.randint(1, 28):02}/{random.choice(MONTHS)}/2024:{clock(random)} +0{random.randrange(10)}00"
    path = random.choice(
        ["/", "/index.html", f"/items/{random.randrange(9999)}", f"/u/{identifier(random)}?p=1"]
    )
    status, size = random.choice([200, 200, 200, 304, 404, 500]), random.randrange(10**6)
    referrer = random.choice(["-", "https://www.example.com:8443/start?q=1#top", "http://10.1.2.3/a.php"])
    asked = f'{address(random)} - - [{at}] "GET {path} HTTP/1.1" {status} {size}'
    return f'{asked} "{referrer}" "curl/8.{size % 9}"'.encode()


def nested_json(random: Random) -> bytes:
    """JSON with nested objects, keys in any order, sometimes spread over lines."""
    day = f"2024-0{random.randint(1, 9)}-1{random.randrange(10)}"
    fields = [
        ("time", f"{day}T{clock(random)}.{random.randrange(999):03}Z"),
        ("level", random.choice(["info", "info", "warn", "error"])),
        ("msg", phrase(random)),
        (
            "user",
            {
                "id": random.randrange(10**6),
                "mail": f"u{random.randrange(99)}@example.org",
                "tags": ["a", "b"],
            },
        ),
        ("ratio", random.random() * 10 ** random.randrange(-9, 9)),
        ("ok", random.choice([True, False, None])),
        ("list", [{"z": i, "a": -i, "k 1": "x", "k": '\\"{}'} for i in range(random.randrange(3))]),
        ("id", identifier(random)),
    ]
    random.shuffle(fields)
    indent = random.choice([None, None, 2])
    return json.dumps(dict(fields), indent=indent, ensure_ascii=random.random() < 0.5).encode()


def otlp(random: Random) -> bytes:
    """A log record as OTLP writes it in JSON."""
    nanos = 1_700_000_000_000_000_000 + random.getrandbits(50)
    attributes = [
        {"key": "http.status_code", "value": {"intValue": str(random.choice([200, 404]))}},
        {"key": "net.peer.ip", "value": {"stringValue": address(random)}},
        {"key": "host.name", "value": {"stringValue": random.choice(HOSTS)}},
    ]
    record = {
        "timeUnixNano": str(nanos),
        "severityText": random.choice(["INFO", "WARN"]),
        "body": {"stringValue": phrase(random)},
        "attributes": random.sample(attributes, 2),
        "traceId": f"{random.getrandbits(128):032x}",
        "spanId": f"{random.getrandbits(64):016x}",
    }
    return json.dumps(record, separators=(",", ":")).encode()


def csv(random: Random) -> bytes:
    """Comma-separated values, some quoted."""
    cells = [
        f"2024-03-{random.randint(1, 28):02} {clock(random)}",
        str(random.randrange(10**5)),
        phrase(random, 3),
    ]
    cells += [
        f'"{random.uniform(-1e4, 1e4):.3f}"',
        f"{random.random():.2e}",
        random.choice(["", "NULL", "x;y"]),
    ]
    return ",".join(cells).encode()


def trace(random: Random) -> bytes:
    """An exception with its stack, several lines in one event."""
    packages = ["com.acme.shop.Cart", "org.example.io.Reader", "java.lang.Thread", "app.local"]
    frames = [
        f"\tat {random.choice(packages)}.run({random.choice(['Cart', 'Io'])}.java:{random.randrange(2000)})"
        for _ in range(random.randint(1, 5))
    ]
    return "\n".join([f"ERROR {clock(random)},123 {phrase(random)} @ {identifier(random)}", *frames]).encode()


def llm(random: Random) -> bytes:
    """What a language model was asked and said, with tokens and prose beyond ASCII."""
    claims = "eyJ" + "".join(random.choice("abcXYZ019_-") for _ in range(20))
    name = phrase(random, 2)
    said = random.choice(
        [
            f"Sure – {random.randrange(99)} ideas: {phrase(random)}… see https://docs.example.io/v2/{name}",
            f"Ich habe „{phrase(random)}“ gefunden; Kosten 1.234,56 €.",
            f"Authorization: Bearer {claims}.{claims}.{claims[3:]}",
            f"arn:aws:s3:eu-west-1:{random.randrange(10**12)}:bucket/{name} for a.b+c@mail.example.co.uk.",
        ]
    )
    return said.encode()


def metrics(random: Random) -> bytes:
    """Lines of metrics with labels, value and epoch time."""
    name = random.choice(["http_requests_total", "node_cpu_seconds", "queue.depth"])
    value = random.choice([random.randrange(10**6), round(random.random() * 100, 3)])
    labels = f'host="{random.choice(HOSTS)}",code="{random.choice([200, 500])}"'
    return f"{name}{{{labels}}} {value} {1_700_000_000_000 + random.randrange(10**9)}".encode()


def junk(random: Random) -> bytes:
    """Any bytes, newlines and zero bytes among them."""
    return random.randbytes(random.randrange(80))


KINDS: dict[str, Make] = {
    "syslog": syslog,
    "access": access,
    "nested_json": nested_json,
    "otlp": otlp,
    "csv": csv,
    "trace": trace,
    "llm": llm,
    "metrics": metrics,
    "junk": junk,
}
