"""What field names and values say about the kind of one object."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from driftlock.decode import kind_names as names_of
from driftlock.decode.fields import plain_name
from driftlock.model import Kind

_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*\Z")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\Z|(?=[^:]*:[^:]*:)[0-9a-fA-F:.]{2,45}\Z")
_FEWEST_COLUMNS: Final = 4  # of a row that is told by nothing but being one
_LONGEST_CELL: Final = 8  # words; a longer value is text
_DEEPEST: Final = 3


class Seen(NamedTuple):
    """What one object looks like, and its fields that say so, as they are written."""

    kind: Kind
    fields: tuple[str, ...] = ()


def seen_in(record: Mapping[str, Any], *, table: bool = False) -> Seen:
    """
    The kind one object looks like; logs, without fields, when nothing speaks for another.

    Args:
        table: The object has the field names of most others, so that a row of
            short values without text, time or level is taken for a record.

    >>> seen_in({"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "proto": "tcp", "bytes": 74})
    Seen(kind='network', fields=('src_ip', 'dst_ip', 'proto', 'bytes'))
    """
    plain = {plain_name(name): value for name, value in record.items()}
    names = plain.keys()
    for kind, found in _by_rule(plain):
        if found:
            spelled = {plain_name(name): name for name in record}
            return Seen(kind, tuple(spelled.get(name, name) for name in found))
    if table and len(names) >= _FEWEST_COLUMNS and _is_row(plain):
        return Seen("records", tuple(record))
    return Seen("logs")


def _by_rule(plain: dict[str, Any]) -> Iterator[tuple[Kind, list[str]]]:
    """Each kind in the order in which they are tried, with the plain names that speak for it."""
    names = plain.keys()
    yield "llm", _llm(plain)
    is_log_line = bool(names & names_of.MESSAGE) and bool(names & names_of.LEVEL)
    if not is_log_line:
        yield "traces", _trace(plain)
    tells = bool(names & names_of.LEVEL) or any(
        _is_sentence(plain[name]) for name in names & names_of.MESSAGE
    )
    if not is_log_line:
        yield "network", _network(dict(_leaves(plain)))
    if not tells:
        yield "records", _transaction(dict(_leaves(plain)))
    if not names & names_of.MESSAGE and not names & names_of.LEVEL:
        yield "metrics", _metric(plain)


def _llm(plain: dict[str, Any]) -> list[str]:
    names = plain.keys()
    if own := [name for name in plain if name.startswith("genai")]:
        return own
    if "prompt" in names or (names & names_of.PROMPT and names & names_of.ANSWER):
        return _in_order(plain, names_of.PROMPT | names_of.ANSWER)
    if "model" in names and (names & names_of.TOKENS or names & names_of.ANSWER):
        return _in_order(plain, {"model"} | names_of.TOKENS | names_of.ANSWER)
    for name in _in_order(plain, names_of.TURNS):
        turns = plain[name]
        if isinstance(turns, list) and any(
            isinstance(turn, dict) and ("role" in turn or {"from", "value"} <= turn.keys()) for turn in turns
        ):
            return [name]
    return ["role", "content"] if "role" in names and "content" in names else []


def _trace(plain: dict[str, Any]) -> list[str]:
    names = plain.keys()
    context = plain.get("context") or plain.get("spancontext")
    in_context = isinstance(context, dict) and {"traceid", "spanid"} <= {plain_name(name) for name in context}
    ids = "traceid" in names and ("spanid" in names or "id" in names)
    if (ids or in_context) and (names & names_of.SPAN or not names & names_of.MESSAGE):
        own = (
            {"context", "spancontext"} if in_context else {"traceid", "spanid" if "spanid" in names else "id"}
        )
        return _in_order(plain, own | names_of.SPAN)
    if names & names_of.PEER and names & names_of.TOOK and not names & names_of.MESSAGE:
        return _in_order(plain, names_of.PEER | names_of.TOOK)
    return []


def _network(leaves: dict[str, Any]) -> list[str]:
    """At least two of: both ends, a transport protocol, a volume; or two names that only flows have."""
    origin = _ends(leaves, names_of.FROM, names_of.FROM_IF_ADDRESS)
    target = _ends(leaves, names_of.TO, names_of.TO_IF_ADDRESS)
    ends = origin + target if origin and target else []
    known = names_of.PROTOCOLS | names_of.PROTOCOL_NUMBERS if ends else names_of.PROTOCOLS
    protocol = [
        name for name in _in_order(leaves, names_of.PROTOCOL) if str(leaves[name]).strip().lower() in known
    ]
    volume = [name for name in _in_order(leaves, names_of.VOLUME) if _is_number(leaves[name])]
    flow = _in_order(leaves, names_of.FLOW)
    if len(flow) > 1:
        return flow + ends + protocol + volume
    families = [family for family in (ends, protocol, volume) if family]
    return [name for family in families for name in family] if len(families) > 1 else []


def _ends(leaves: dict[str, Any], certain: frozenset[str], if_address: frozenset[str]) -> list[str]:
    doubtful = [name for name in _in_order(leaves, if_address) if _is_address(leaves[name])]
    return _in_order(leaves, certain) + doubtful


def _transaction(leaves: dict[str, Any]) -> list[str]:
    """An amount of money, and a party or a reference that it belongs to."""
    money = [name for name in _in_order(leaves, names_of.MONEY) if _is_number(leaves[name])]
    of_what = _in_order(leaves, names_of.PARTY | names_of.REFERENCE)
    return money + of_what if money and of_what else []


def _metric(plain: dict[str, Any]) -> list[str]:
    names = plain.keys()
    values = [name for name in _in_order(plain, names_of.METRIC_VALUE) if _is_number(plain[name])]
    if names & names_of.METRIC_NAME and values:
        return _in_order(plain, names_of.METRIC_NAME) + values
    if not names & names_of.TIME:
        return []
    others = [name for name in plain if name not in names_of.TIME]
    numbers = [name for name in others if _is_number(plain[name])]
    return _in_order(plain, names_of.TIME) + numbers if len(numbers) * 2 >= len(others) > 0 else []


def _is_row(plain: dict[str, Any]) -> bool:
    names = plain.keys()
    if names & (names_of.MESSAGE | names_of.LEVEL | names_of.TIME | names_of.OF_A_PROGRAM):
        return False
    return not any(isinstance(value, dict | list) or _is_text(value) for value in plain.values())


def _leaves(plain: Mapping[str, Any], parent: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Values by their own name, and by that of the object around them before it: ``source.ip`` is ``sourceip``."""
    for name, value in plain.items():
        own = plain_name(name)
        if isinstance(value, dict):
            if depth < _DEEPEST:
                yield from _leaves(value, own, depth + 1)
        else:
            if parent:
                yield parent + own, value
            yield own, value


def _in_order(plain: Mapping[str, Any], wanted: frozenset[str] | set[str]) -> list[str]:
    return [name for name in plain if name in wanted]


def _is_sentence(value: object) -> bool:
    return isinstance(value, str) and " " in value.strip()


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value.split()) > _LONGEST_CELL


def _is_address(value: object) -> bool:
    return isinstance(value, str) and _ADDRESS.match(value.strip()) is not None


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return _NUMBER.match(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)
