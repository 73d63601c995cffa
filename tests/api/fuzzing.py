"""
Bad input to sign-in, links, keys, ids and filters, against the whole HTTP application in one process.

``python -m tests.api.fuzzing --inputs 12000 --seed 1`` prints how many there were and what came of them. An answer
of 500 or above, a traceback, an error that the application does not raise on purpose, and an answer that takes longer
than :data:`LONGEST_S` are failures.
"""

import argparse
import logging
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from driftlock.bootstrap import App, open_app
from driftlock.errors import ApplicationError
from driftlock.model import DEMO
from driftlock.services import accounts_passwords
from driftlock.services.accounts_rows import SYSTEM
from driftlock.services.overview_rows import Wanted
from driftlock.services.sessions import COOKIE
from driftlock.settings import Settings
from tests.api.asking import Answer
from tests.api.browsing import Browser, served
from tests.services.people import OWNER, ROAD, owner

LONGEST_S = 5.0  # on a machine that others use too
SEED = 1
_PIECES = (
    "",
    " ",
    "\0",
    "\r\nSet-Cookie: a=b",
    "../../etc/passwd",
    "' OR '1'='1",
    '" --',
    "{{7*7}}",
    "<script>alert(1)</script>",
    "%00%0d%0a",
    "\ud800",
    "𝔞𝔡𝔪𝔦𝔫",
    "é" * 40,
    "é" * 40,
    "\u202e",
    "null",
    "-1",
    "1e999",
    "NaN",
    "[]",
    "{}",
    "*",
    "**",
    "visit-",
    "demo",
    "acme",
    OWNER,
    ROAD,
    "dlk_",
    "0" * 32,
    "f" * 64,
    "a" * 5_000,
    "//evil.example",
    "\\\\evil",
    "/auth/login?next=/auth/login",
)


class Fuzzer:
    """Makes the inputs, sends them, and remembers what must not have happened."""

    def __init__(self, app: App, seed: int) -> None:
        self.app = app
        self.dice = random.Random(seed)
        self.seen: Counter[str] = Counter()
        self.failures: list[str] = []
        self._application = served(app)
        self._key = app.api_keys.make(DEMO, name="fuzz", role="stream", by=SYSTEM).key
        self._link = app.accounts.invite(DEMO, email="bob@example.com", role="viewer", by=SYSTEM).token
        self._session = app.sessions.open(app.accounts.named(DEMO, OWNER).user_id, address=None)
        self._kinds: tuple[Callable[[], str], ...] = (
            self._login,
            self._link_answer,
            self._address,
            self._raw_form,
            self._sender,
            self._cookie,
            self._verbs,
            self._questions,
        )

    def run(self, inputs: int) -> None:
        """Send so many."""
        for number in range(inputs):
            kind = self._kinds[number % len(self._kinds)]
            begun = time.monotonic()
            try:
                came = kind()
            except Exception as error:
                self.failures.append(f"{kind.__name__}: {type(error).__name__}: {error}"[:300])
                came = "raised"
            if (took := time.monotonic() - begun) > LONGEST_S:
                self.failures.append(f"{kind.__name__}: took {took:.1f} s")
            self.seen[f"{kind.__name__.strip('_')} {came}"] += 1

    def text(self) -> str:
        """Something that nobody types."""
        dice = self.dice
        pieces = [dice.choice(_PIECES) for _ in range(dice.choice((1, 1, 1, 2, 3)))]
        if dice.random() < 0.3:
            pieces.append("".join(chr(dice.randrange(1, 0x3000)) for _ in range(dice.randrange(40))))
        if dice.random() < 0.3:
            good = dice.choice((self._key, self._link, self._session, OWNER, ROAD))
            at = dice.randrange(len(good))
            other = [one for one in ("", "a", "é", "\0", ".") if one != good[at]]  # else it would be right
            pieces = [good[:at] + dice.choice(other) + good[at + 1 :]]
        return "".join(pieces)

    def encoded(self) -> str:
        """The same as it stands in an address or a form, now and then broken."""
        text = quote_from_bytes(self.text().encode("utf-8", "surrogatepass"), safe="")
        return text if self.dice.random() < 0.8 else text.replace("%", self.dice.choice(("%%", "", "%u")), 1)

    def _browser(self) -> Browser:
        dice = self.dice
        return Browser(self._application, address=f"10.{dice.randrange(256)}.{dice.randrange(256)}.7")

    def _checked(self, answer: Answer) -> str:
        text = answer.content.decode("utf-8", "replace")
        if answer.status_code >= 500 or "Traceback" in text or 'File "' in text:
            self.failures.append(f"{answer.status_code}: {text[:200]}")
        location = answer.headers.get("location", "/")
        if not location.startswith("/") or location.startswith("//"):
            self.failures.append(f"led to {location[:100]}")
        return str(answer.status_code)

    def _fields(self, browser: Browser, names: tuple[str, ...]) -> dict[str, str]:
        given = {
            name: self.text().encode("utf-8", "replace").decode()
            for name in names
            if self.dice.random() < 0.9
        }
        if self.dice.random() < 0.15:
            given["form"] = self.text().encode("utf-8", "replace").decode()
        return given

    def _login(self) -> str:
        browser = self._browser()
        browser.get("/auth/login")
        return self._checked(
            browser.post("/auth/login", **self._fields(browser, ("email", "password", "next")))
        )

    def _link_answer(self) -> str:
        browser = self._browser()
        browser.get("/auth/login")
        path = self.dice.choice(("/auth/accept", "/auth/reset", "/auth/logout"))
        return self._checked(browser.post(path, **self._fields(browser, ("token", "name", "password"))))

    def _address(self) -> str:
        path = self.dice.choice(
            (
                "/auth/login?next=",
                "/auth/accept?token=",
                "/auth/reset?token=",
                "/auth/",
                "/anomaly?id=",
                "/?t=",
                "/",
            )
        )
        return self._checked(self._browser().get(path + self.encoded()))

    def _raw_form(self) -> str:
        browser = self._browser()
        browser.get("/auth/login")
        kind = self.dice.choice(
            ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "")
        )
        body = self.dice.randbytes(self.dice.choice((0, 1, 50, 20_000)))
        if self.dice.random() < 0.5:
            body = f"form={browser.form}&email={self.encoded()}&password={self.encoded()}".encode()
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = {"Content-Type": kind, "Cookie": cookies, "Host": "driftlock.example"}
        return self._checked(
            browser._client.post(
                self.dice.choice(("/auth/login", "/auth/accept")), content=body, headers=headers
            )
        )

    def _sender(self) -> str:
        header = self.text().encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b"")
        scheme = self.dice.choice((b"Bearer ", b"bearer  ", b"Basic ", b""))
        headers: dict[str, Any] = {"Authorization": scheme + header}
        if self.dice.random() < 0.5:
            headers["X-Tenant-Id"] = self.text().encode("utf-8", "replace")
        path = f"/v1/streams/{self.encoded() or 'x'}/events"
        return self._checked(self._browser()._client.post(path, content=b'{"a":1}\n', headers=headers))

    def _cookie(self) -> str:
        cookie = (
            f"{COOKIE}={self.encoded()}; driftlock_guest={self.encoded()}; driftlock_form={self.encoded()}"
        )
        path = self.dice.choice(("/", "/_stcore/stream", "/auth/login", "/auth/logout", "/media/x"))
        answer = self._browser()._client.get(path, headers={"Cookie": cookie})
        if answer.content == b"the dashboard":
            self.failures.append(f"{path} let in with {cookie[:80]}")
        return self._checked(answer)

    def readable(self) -> str:
        """The same as it comes out of UTF-8: what a page or a decoder hands on holds no half of a character."""
        return self.text().encode("utf-8", "replace").decode()

    def _verbs(self) -> str:
        app, text, other = self.app, self.readable(), self.readable()
        act = self.dice.choice(
            (
                lambda: app.accounts.invite(DEMO, email=text, role="viewer", by=SYSTEM),
                lambda: app.accounts.invite(DEMO, email="x@example.com", role=text, by=SYSTEM),
                lambda: app.accounts.change_role(DEMO, text, "viewer", by=other),
                lambda: app.accounts.forget_member(text, other, by=SYSTEM),
                lambda: app.accounts.first(DEMO, email=text, name=other, password=text, role="viewer"),
                lambda: app.accounts.withdraw(DEMO, text, by=SYSTEM),
                lambda: app.tenants.add(text, other, by=SYSTEM),
                lambda: app.tenants.suspend(text, by=SYSTEM) if text not in (DEMO, "acme") else None,
                lambda: app.api_keys.make(DEMO, name=text, role="stream", stream_id=other, by=SYSTEM),
                lambda: app.api_keys.revoke(DEMO, text, by=SYSTEM),
                lambda: app.api_keys.rotate(DEMO, text, by=SYSTEM),
                lambda: app.sessions.choose(text, other),
            )
        )
        return _answered(act)

    def _questions(self) -> str:
        app, text, other = self.app, self.readable(), self.readable()
        act: Callable[[], object] = self.dice.choice(
            (
                lambda: app.queries.anomaly(DEMO, text),
                lambda: app.queries.anomaly(text, other),
                lambda: app.queries.stream(text, other),
                lambda: app.queries.run(DEMO, text),
                lambda: app.queries.anomalies(DEMO, text),
                lambda: app.series.anomaly(text, other),
                lambda: app.api_keys.verify(text, address=other),
                lambda: app.sessions.check(text),
                lambda: app.accounts.welcome(text),
                lambda: app.accounts.members(text),
                lambda: app.overview.feed(app.overview.scope(DEMO, [text], "24h"), Wanted(text=other)),
                lambda: app.overview.lanes(app.overview.scope(text, [other], "all"), "stream"),
            )
        )
        return _answered(act)


def _answered(act: Callable[[], object]) -> str:
    try:
        return "answered" if act() is not None else "nothing"
    except ApplicationError:
        return "refused"


class _Faults(logging.Handler):
    """What the application logged as an error of the program."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def fuzz(folder: Path, inputs: int, seed: int = SEED, **database: str) -> Fuzzer:
    """Send so many to a new application in *folder*, or in an empty *database*."""
    accounts_passwords.COST = 4  # rounds decide how long guessing takes, not what is answered
    faults = _Faults()
    logging.getLogger("driftlock").addHandler(faults)
    app = open_app(Settings(home=folder, **database), work=False)
    try:
        owner(app)
        app.tenants.ensure("acme", "Acme", by=SYSTEM)
        fuzzer = Fuzzer(app, seed)
        fuzzer.run(inputs)
    finally:
        app.close()
        logging.getLogger("driftlock").removeHandler(faults)
    if faults.count:
        fuzzer.failures.append(f"{faults.count} errors of the program were logged")
    return fuzzer


def main() -> None:
    """Print the figures; exit code 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        done = fuzz(Path(folder) / "home", asked.inputs, asked.seed)
    for name, count in sorted(done.seen.items()):
        print(f"{count:7,}  {name}")
    for failure in done.failures[:20]:
        print(f"FAILED   {failure}")
    took = time.monotonic() - begun
    print(f"{asked.inputs:,} inputs, seed {asked.seed}, {took:.0f} s: {len(done.failures)} failures")
    raise SystemExit(1 if done.failures else 0)


if __name__ == "__main__":
    main()
