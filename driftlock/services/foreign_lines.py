"""Lines that do not belong into a stream, made from the shape of its own: what a study puts among its events."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any, Final, Literal, get_args

from driftlock.decode.fields import plain_name
from driftlock.decode.kind_names import ANSWER, LEVEL, MESSAGE, PROMPT

ForeignLine = Literal["error", "new field", "other language", "random blob"]
FOREIGN_LINES: Final[tuple[ForeignLine, ...]] = get_args(ForeignLine)

_ERRORS: Final = (
    "unhandled exception: assertion violated while flushing the write-ahead journal",
    "upstream certificate rejected, handshake aborted after protocol mismatch",
    "quota exhausted on the replica, falling back to degraded mode",
    "checksum mismatch in segment header, quarantining the partition",
)
_SENTENCES: Final = (
    "Die Verbindung zum Lagerverwalter wurde unerwartet unterbrochen, bitte erneut anmelden",
    "La synchronisation de l'entrepôt a échoué, veuillez prévenir l'équipe d'astreinte",
    "倉庫との接続が予期せず切断されました。もう一度お試しください",
    "Соединение со складом неожиданно прервано, повторите попытку позже",
)
_FIELDS: Final = (
    ("retry_policy", "exponential"),
    ("feature_flag", "shadow-checkout"),
    ("tenant_region", "antarctica"),
    ("sampling_reason", "tail-latency"),
)
_BLOB_BYTES: Final = 96
_STATUS: Final = frozenset({"status", "statuscode", "httpstatus", "httpstatuscode", "code"})
_TEXT: Final = MESSAGE | PROMPT | ANSWER
_HEAD_WITHIN: Final = 80  # characters in which "name: " ends what stands before a line's text


def foreign_line(what: ForeignLine, like: bytes, number: int) -> bytes:
    """
    A line of that sort with the shape of the event *like*: an object stays an object, a line keeps its head.

    Args:
        number: Which of the variants, and the content of a random blob.

    >>> foreign_line("new field", b'{"msg": "started"}', 0)
    b'{"msg":"started","retry_policy":"exponential"}'
    >>> foreign_line("error", b"Dec 10 sshd[7]: session opened", 2)
    b'Dec 10 sshd[7]: ERROR quota exhausted on the replica, falling back to degraded mode'
    """
    text = like.decode("utf-8", "surrogateescape")
    try:
        changed = _of_object(what, text, number)
    except RecursionError:  # nested deeper than is read here
        changed = None
    if changed is None:
        changed = _of_text(what, text, number)
    return changed.encode("utf-8", "surrogateescape")


def _of_object(what: ForeignLine, text: str, number: int) -> str | None:
    """None where the line is no object."""
    record = _object(text)
    if record is None:
        return None
    _OF_OBJECT[what](record, number)
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _object(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        record = json.loads(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _of_text(what: ForeignLine, text: str, number: int) -> str:
    if what == "new field":
        name, value = _FIELDS[number % len(_FIELDS)]
        return f"{text} {name}={value}"
    said = {
        "error": f"ERROR {_ERRORS[number % len(_ERRORS)]}",
        "other language": _SENTENCES[number % len(_SENTENCES)],
        "random blob": _blob(number),
    }[what]
    return _head(text) + said


def _head(text: str) -> str:
    """What stands before the text of a line: up to its first ``name: ``, else words with digits."""
    end = text.find(": ", 0, _HEAD_WITHIN)
    if end >= 0:
        return text[: end + 2]
    head = ""
    for word in text.split(" "):
        if not any(character.isdigit() for character in word):
            break
        head += word + " "
    return head if len(head) < len(text) else ""


def _error(record: dict[str, Any], number: int) -> None:
    for holder, name in _leaves(record):
        plain, value = plain_name(name), holder[name]
        if plain in LEVEL and isinstance(value, str):
            holder[name] = "ERROR" if value.isupper() else "error"
        elif plain in _STATUS and type(value) is int and 100 <= value < 600:
            holder[name] = 500
    _say(record, _ERRORS[number % len(_ERRORS)])


def _new_field(record: dict[str, Any], number: int) -> None:
    name, value = _FIELDS[number % len(_FIELDS)]
    record[name] = value


def _other_language(record: dict[str, Any], number: int) -> None:
    _say(record, _SENTENCES[number % len(_SENTENCES)])


def _random_blob(record: dict[str, Any], number: int) -> None:
    _say(record, _blob(number))


_OF_OBJECT: Final[dict[ForeignLine, Callable[[dict[str, Any], int], None]]] = {
    "error": _error,
    "new field": _new_field,
    "other language": _other_language,
    "random blob": _random_blob,
}


def _say(record: dict[str, Any], text: str) -> None:
    """Put *text* where the object holds its text: a field named so, else the most wordy string."""
    strings = [(holder, name) for holder, name in _leaves(record) if isinstance(holder[name], str)]
    if not strings:
        record["message"] = text  # an object of numbers alone: text in it is a new field
        return
    named = [place for place in strings if plain_name(place[1]) in _TEXT]
    holder, name = max(named or strings, key=lambda place: _wordiness(place[0][place[1]]))
    holder[name] = text


def _wordiness(value: str) -> int:
    """Letters less digits, so that neither a time nor an id is taken for text."""
    return sum(character.isalpha() for character in value) - sum(character.isdigit() for character in value)


def _leaves(record: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Each value that is no object, as the object that holds it and its name."""
    found: list[tuple[dict[str, Any], str]] = []
    for name, value in record.items():
        found += _leaves(value) if isinstance(value, dict) else [(record, name)]
    return found


def _blob(number: int) -> str:
    """Letters, digits and marks at random: masking knows base64 and hexadecimal digits, and not these."""
    return base64.b85encode(hashlib.shake_256(str(number).encode()).digest(_BLOB_BYTES)).decode()
