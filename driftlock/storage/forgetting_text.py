"""Records, states and packed bytes without what they say of a person."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any, Final

import orjson
import zstandard

from driftlock.services.forgetting import REMOVED
from driftlock_core import state as detector_state
from driftlock_core.errors import StateMismatch

Rewrite = dict[str, Any]
_MARK: Final = REMOVED.decode()
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_QUOTED: Final = re.compile("“[^”]*”")
# Names of what a description quotes from events; all else in it are numbers and names of views.
_QUOTES: Final = frozenset(("text", "nearest_text", "before", "after", "name", "number"))
_LISTS_OF_QUOTES: Final = frozenset(("novel_tokens",))


def packed_text(packed: bytes) -> bytes:
    """Everything that *packed* holds once it is unpacked: Zstandard behind at most four bytes, or a ZIP archive."""
    if packed.startswith(b"PK"):
        return _archive_text(packed)
    for skip in (0, 4):
        if packed[skip : skip + 4] == _ZSTD:
            return zstandard.ZstdDecompressor().decompressobj().decompress(packed[skip:])
    return packed


def _archive_text(packed: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    except (zipfile.BadZipFile, zipfile.LargeZipFile):
        return packed


def rewritten_state(state: bytes, term: re.Pattern[bytes]) -> bytes | None:
    """*state* with the mark in place of each event that holds the term; None: it is of a kind that holds none."""
    try:
        return detector_state.changed_events(state, lambda event: REMOVED if term.search(event) else event)
    except StateMismatch:
        return None


def rewritten_record(
    row: dict[str, Any], name: str, term: re.Pattern[bytes], gone: Sequence[int]
) -> Rewrite | None:
    """
    The columns of an anomaly that change: record and sentence without quotations; None: it says nothing of them.

    Args:
        row: All columns.
        name: Of the one that holds the record.
        gone: Seqs of the stream whose events are marked.
    """
    record = row[name]
    rests = any(first <= seq <= last for seq in gone for first, last in _ranges(row, record))
    if (
        not rests
        and not term.search(orjson.dumps([record, row["sentence"]]))
        and not term.search(repr([record, row["sentence"]]).encode("utf-8", "surrogatepass"))
    ):
        return None
    changed = {**record}
    for part in ("description", "explanation"):
        if part in changed:
            changed[part] = _without_quotes(changed[part], term)
    changed = without_term(changed, term)
    return {
        name: changed,
        "sentence": without_term(_QUOTED.sub(f"“{_MARK}”", row["sentence"]), term),
        **({"series": without_term(row["series"], term)} if "series" in row else {}),
    }


def _ranges(row: dict[str, Any], record: dict[str, Any]) -> list[tuple[int, int]]:
    """Events that the record rests on: its own, and its baseline's."""
    epochs = record.get("evidence", {}).get("epochs", ()) if isinstance(record.get("evidence"), dict) else ()
    return [(row["first_seq"], row["last_seq"]), *((epoch[0], epoch[1]) for epoch in epochs)]


def _without_quotes(value: Any, term: re.Pattern[bytes], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _without_quotes(one, term, name) for name, one in value.items()}
    if isinstance(value, list):
        return [] if key in _LISTS_OF_QUOTES else [_without_quotes(one, term, key) for one in value]
    if isinstance(value, str):
        return _MARK if key in _QUOTES and value else _QUOTED.sub(f"“{_MARK}”", value)
    return value


def without_term(value: Any, term: re.Pattern[bytes]) -> Any:
    """*value*, as JSON holds it, with the mark in place of the term wherever it stands in a text or a name."""
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        return term.sub(REMOVED, text).decode("utf-8", "surrogatepass") if term.search(text) else value
    if isinstance(value, dict):
        return {without_term(name, term): without_term(one, term) for name, one in value.items()}
    if isinstance(value, list):
        return [without_term(one, term) for one in value]
    return value
