"""Faults of the measured services."""

from dataclasses import replace
from typing import Final

from data_generator.sources.metrics import NODES, Scrapes
from data_generator.timeline import Emission, Fault

_CRASHED_NODE: Final = "node-2"
_UPGRADED: Final = ("gateway", "users", "payments")


def _crash(scrapes: Scrapes, at_us: int) -> list[Emission]:
    """The services of one node are killed for want of memory, restarted, and killed again."""
    dice, load = scrapes.dice, scrapes.load(at_us)
    events: list[Emission] = []
    for service, node in NODES.items():
        if node != _CRASHED_NODE:
            events += scrapes.service(at_us, service, load)
            continue
        killed = {"node": node, "container": dice.hexadecimal(12), "reason": "OOMKilled", "exit_code": 137}
        waiting = {"node": node, "reason": "CrashLoopBackOff", "restart_policy": "Always"}
        series = (
            ("k8s.container.restarts", "{restart}", dice.between(11, 98), killed),
            ("k8s.container.last_terminated", "s", dice.between(10, 60), killed),
            ("k8s.container.waiting", "1", 1, waiting),
            ("k8s.pod.backoff_delay", "s", dice.pick((40, 80, 160, 300)), waiting),
            ("k8s.container.memory.limit_breaches", "{breach}", dice.between(2, 40), killed),
            ("k8s.readiness.failures", "{probe}", dice.between(10, 99), waiting),
            ("http.server.request_rate", "1/s", 0, waiting),
            ("http.server.error_rate", "%", 100, waiting),
            ("process.memory.usage", "MB", 1_023 + dice.uniform(), killed),
            ("tcp.connections.refused", "{connection}", dice.between(100, 900), waiting),
        )
        events += [
            replace(scrapes.point(at_us, service, name, unit, value, attributes), changed=True)
            for name, unit, value, attributes in series
        ]
    return events


def _upgrade_agent(scrapes: Scrapes, at_us: int) -> list[Emission]:
    """Three of four services are measured by another agent: other names, units and attributes."""
    dice, load = scrapes.dice, scrapes.load(at_us)
    events: list[Emission] = []
    for service, node in NODES.items():
        ordinary = scrapes.service(at_us, service, load)
        if service not in _UPGRADED:
            events += ordinary
            continue
        rate, slow, _, cpu, memory, *_ = (event.record["value"] for event in ordinary)
        attributes = {
            "host_name": f"{node}.cluster.internal",
            "job": "agent-v3",
            "le": "+Inf",
            "pod": dice.uuid(),
        }
        series = (
            ("http_requests_total", "total", rate * 600),
            ("http_request_duration_seconds_sum", "seconds", slow * rate / 1_000),
            ("http_request_duration_seconds_bucket", "seconds", rate * 540),
            ("process_cpu_seconds_total", "seconds", cpu * 6),
            ("process_resident_memory_bytes", "bytes", memory * 1_048_576),
            ("process_open_fds", "fds", dice.between(110, 390)),
            ("scrape_samples_scraped", "samples", dice.between(200, 260)),
        )
        events += [
            replace(scrapes.point(at_us, service, name, unit, value, attributes), changed=True)
            for name, unit, value in series
        ]
    return events


CRASH_LOOP: Final[Fault[Scrapes]] = Fault(
    kind="crash_loop",
    affected=tuple(service for service, node in NODES.items() if node == _CRASHED_NODE),
    changed="Two services of one node are killed for want of memory again and again: restart series appear, "
    "requests stop, every attempt to connect is refused.",
    strike=_crash,
)

AGENT_UPGRADE: Final[Fault[Scrapes]] = Fault(
    kind="agent_upgrade",
    affected=_UPGRADED,
    changed="Three services report under other metric names, in seconds and bytes, with other attributes.",
    strike=_upgrade_agent,
)
