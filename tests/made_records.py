"""Flows and payments from a seed: the same arguments give the same lines."""

import json
from random import Random


def flows(count: int, seed: int = 1, *, scan_from: int | None = None) -> list[str]:
    """Network flows as JSON lines; from *scan_from* on, forty of them are a scan of ports."""
    random = Random(seed)
    lines = []
    for at in range(count):
        scan = scan_from is not None and scan_from <= at < scan_from + 40
        flow = {
            "src_ip": f"10.0.{random.randrange(4)}.{random.randrange(250)}",
            "dst_ip": f"192.168.1.{random.randrange(20)}",
            "dst_port": random.randrange(1, 65_536) if scan else random.choice([53, 80, 443, 443]),
            "proto": "tcp",
            "bytes": 0 if scan else random.randrange(400, 9_000),
            "packets": 1 if scan else random.randrange(4, 40),
            "state": "REJ" if scan else "SF",
        }
        if scan:
            flow["note"] = "".join(random.choice("abcdefghijklmnop") for _ in range(30))
        lines.append(json.dumps(flow))
    return lines


def payments(count: int, seed: int = 1) -> list[str]:
    """Card payments as JSON lines."""
    random = Random(seed)
    return [
        json.dumps(
            {
                "transaction_id": f"{random.getrandbits(48):012x}",
                "merchant": random.choice(["Bakery Lund", "Northern Rail", "Corner Books", "City Parking"]),
                "amount": round(random.lognormvariate(3, 0.7), 2),
                "currency": random.choice(["EUR", "EUR", "SEK"]),
                "country": random.choice(["SE", "DK", "DE"]),
            }
        )
        for _ in range(count)
    ]
