"""Faults of the web shop."""

from dataclasses import replace
from typing import Final

from data_generator.rhythm import SECOND_US
from data_generator.sources.web import SITE, WebShop
from data_generator.timeline import Emission, Fault

_PROBED: Final = (
    ".env", ".git/config", ".aws/credentials", "wp-login.php", "wp-admin/setup-config.php", "xmlrpc.php",
    "phpmyadmin/index.php", "pma/index.php", "admin/config.php", "cgi-bin/luci", "boaform/admin/formLogin",
    "actuator/env", "solr/admin/info/system", "manager/html",
    "vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "HNAP1", "owa/auth/logon.aspx", "server-status",
    "backup.zip", "db.sql", "config.json", "_ignition/execute-solution", "autodiscover/autodiscover.json",
    "remote/fgt_lang?lang=/../../../../etc/passwd",
)  # fmt: skip
_SCANNERS: Final = ("Mozilla/5.0 zgrab/0.x", "python-requests/2.31.0", "Go-http-client/1.1", "-")
_SCANNER: Final = "203.0.113.66"
_BACKENDS: Final = ("http://10.0.3.17:8080", "http://10.0.3.18:8080")
_REFUSED: Final = "connect() failed (111: Connection refused) while connecting to upstream"
_UNREACHABLE: Final = "connect() failed (113: No route to host) while connecting to upstream"
_RESET: Final = "recv() failed (104: Connection reset by peer) while reading response header from upstream"
_FAILURES: Final = (  # one for each backend that the proxy tries
    (_REFUSED, _REFUSED),
    (_REFUSED, _UNREACHABLE),
    (_RESET, _REFUSED),
    ("no live upstreams while connecting to upstream",),
)
_SORRY_PAGE: Final = ((), ("/maintenance/sorry.svg",), ("/maintenance/style.css", "/maintenance/retry.js"))


def _probe(shop: WebShop, at_us: int) -> list[Emission]:
    dice = shop.dice
    path = dice.pick(_PROBED)
    request = f"{dice.pick(('GET', 'GET', 'GET', 'HEAD', 'POST'))} /{path}"
    status = 403 if path.startswith(".") else 404
    events = [shop.access(at_us, _SCANNER, request, status, 153, "-", dice.pick(_SCANNERS))]
    if dice.chance(0.4):
        complaint = f'open() "/usr/share/nginx/html/{path}" failed (2: No such file or directory)'
        events.insert(0, shop.error(at_us, _SCANNER, request, complaint))
    return [replace(event, changed=True) for event in events]


def _refuse(shop: WebShop, at_us: int) -> list[Emission]:
    """One page view: the backends fail, the browser gets the proxy's own page and tries again."""
    dice = shop.dice
    client, request, agent = shop.client(), shop.page(), shop.agent()
    path = request.split(" ")[1]
    events = []
    for attempt in range(dice.between(1, 3)):
        later_us = at_us + attempt * 2 * SECOND_US
        for backend, failure in zip(_BACKENDS, dice.pick(_FAILURES), strict=False):
            upstream = f'upstream: "{backend}{path}"'
            events.append(shop.error(later_us, client, request, f"{failure}, {upstream}"))
            if dice.chance(0.5):
                disabled = f"upstream server temporarily disabled while connecting to upstream, {upstream}"
                events.append(shop.error(later_us, client, request, disabled, severity="warn"))
        events.append(shop.access(later_us, client, request, 502, 559, f"{SITE}{path}", agent))
        for part in dice.pick(_SORRY_PAGE):
            events.append(shop.access(later_us, client, f"GET {part}", 200, 4_180, f"{SITE}{path}", agent))
    return [replace(event, changed=True) for event in events]


PATH_SCAN: Final[Fault[WebShop]] = Fault(
    kind="path_scan",
    affected=("reverse-proxy",),
    changed="One client asks for two dozen paths this shop never had, with other user agents, "
    "and gets 404 and 403.",
    strike=_probe,
    share=0.92,
    speed=40,
)

UPSTREAM_OUTAGE: Final[Fault[WebShop]] = Fault(
    kind="upstream_outage",
    affected=("reverse-proxy",),
    changed="Both backends refuse connections and are set aside; pages answer 502 with the proxy's own page, "
    "and browsers try again.",
    strike=_refuse,
    share=0.8,
)
