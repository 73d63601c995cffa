"""What a verification found: steps, three guarantees, one sentence, an exit code."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, NoReturn

PASS: Final = "PASS"
FAIL: Final = "FAIL"
NOT_CHECKED: Final = "NOT CHECKED"

# Nothing honest is larger, and what is could take a machine's memory.
LARGEST_JSON: Final = 8_000_000  # bytes of one value
MOST_LINES: Final = 2_000_000

# What reading values that somebody made up can raise.
DAMAGED: Final = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)

# Parts whose failure means that the bundle is not what was signed, or not in its order.
OF_CHANGE: Final = ("archive", "files", "signature")
OF_ORDER: Final = ("order", "audit")
OF_TIME: Final = ("time",)


class Step(NamedTuple):
    """One thing that was looked at."""

    part: str  # archive, files, signature, order, audit, record, sizes, chance, views, decision, series, time
    name: str
    outcome: str  # PASS, FAIL, NOT CHECKED
    reason: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Everything that can be said of one bundle."""

    steps: tuple[Step, ...]
    guarantees: tuple[Step, ...]  # "unchanged", "in this order", "existed at this time"
    exit_code: int  # 0 nothing failed, 1 something failed, 2 the compressor differs: no claim to the bit
    bundle_id: str | None
    key_id: str | None  # that the bundle says it is signed by
    conclusion: str

    @property
    def failures(self) -> tuple[Step, ...]:
        """The steps that failed."""
        return tuple(step for step in self.steps if step.outcome == FAIL)


class Findings:
    """Collects steps while a bundle is looked at."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.other_compressor = ""  # why sizes cannot be claimed to the bit, if so

    def add(self, part: str, name: str, good: bool, passed: str, failed: str) -> bool:
        """A step that can fail; answers whether it passed."""
        self.steps.append(Step(part, name, PASS if good else FAIL, passed if good else failed))
        return good

    def equal(self, part: str, name: str, recorded: Any, computed: Any) -> bool:
        """A recorded value beside the one computed now, equal to the last bit."""
        same = recorded == computed and isinstance(recorded, bool) == isinstance(computed, bool)
        return self.add(
            part,
            name,
            same,
            shown(recorded),
            f"recorded {shown(recorded)}, computed {shown(computed)}",
        )

    def unchecked(self, part: str, name: str, reason: str) -> None:
        """A step that was left out, and why."""
        self.steps.append(Step(part, name, NOT_CHECKED, reason))

    def failed(self, part: str, name: str, reason: str) -> None:
        """A step that failed."""
        self.steps.append(Step(part, name, FAIL, reason))

    @contextmanager
    def reading(self, part: str, name: str) -> Iterator[None]:
        """What cannot even be read fails as *name*."""
        try:
            yield
        except DAMAGED as error:
            self.failed(part, name, f"cannot be read: {type(error).__name__} at {shown(str(error))}")

    def outcome(self, *parts: str) -> str:
        """The worst that happened in some parts; NOT CHECKED where nothing passed."""
        found = {step.outcome for step in self.steps if step.part in parts}
        return FAIL if FAIL in found else PASS if PASS in found else NOT_CHECKED


def shown(value: Any, longest: int = 60) -> str:
    """
    A value for a line of text: short, and nothing in it that a terminal would obey.

    >>> shown([1, 2]), shown("a\\x1b[2J")
    ('[1, 2]', "'a\\\\x1b[2J'")
    """
    text = ascii(value) if not isinstance(value, float) else repr(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def canonical_json(value: Any) -> bytes:
    """
    The one way a value is written where its bytes are hashed: keys sorted, no blanks, UTF-8.

    >>> canonical_json({"b": 1.5, "a": "ä"}).decode()
    '{"a":"ä","b":1.5}'
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def read_json(data: bytes) -> Any:
    """
    Strict JSON: a key that comes twice, or a number that is none, is an error.

    >>> read_json(b'{"a":1,"a":2}')
    Traceback (most recent call last):
        ...
    ValueError: the key 'a' comes twice
    """
    if len(data) > LARGEST_JSON:
        raise ValueError(f"{len(data)} bytes; at most {LARGEST_JSON} are read")
    return _DECODER.decode(data.decode())


def read_lines(data: bytes) -> list[Any]:
    """One JSON value a line, each line ended."""
    if data and not data.endswith(b"\n"):
        raise ValueError("the last line has no end")
    if (count := data.count(b"\n")) > MOST_LINES:
        raise ValueError(f"{count} lines; at most {MOST_LINES} are read")
    return [read_json(line) for line in data.split(b"\n")[:-1]]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)} comes twice")
        found[key] = value
    return found


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


# Made once: a bundle has a line an event, and making it takes longer than reading one.
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)


def text_of(verification: Verification) -> str:
    """The whole outcome as verify.py prints it."""
    lines = [f"Evidence bundle {verification.bundle_id or 'without an id'}", ""]
    lines += [_line(step.outcome, f"{step.part}: {step.name}", step.reason) for step in verification.steps]
    lines += ["", "What is guaranteed"]
    lines += [_line(step.outcome, step.name, step.reason) for step in verification.guarantees]
    return "\n".join([*lines, "", verification.conclusion, f"exit code {verification.exit_code}"]) + "\n"


def _line(outcome: str, name: str, reason: str) -> str:
    return f"{outcome:<11}  {name} — {reason}" if reason else f"{outcome:<11}  {name}"
