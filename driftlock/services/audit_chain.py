"""Whether a chain of rows is as it was written, and if not, where it breaks first and how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from driftlock.services.audit_rows import FIRST, digest

_NEAR: Final = 1_000  # records among which one that was moved is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCheck:
    """What recomputing a chain gave."""

    records: int  # that were read, up to the first broken one
    head: str  # hash of the last of them that is whole; zeros where there is none
    unbroken: bool
    first_broken: int | None  # number of the first record that is wrong or missing
    what: str | None  # changed, missing, moved, inserted, cut
    sentence: str


def checked(rows: Iterable[Mapping[str, Any] | int], head: str | None) -> ChainCheck:
    """
    Follow *rows* from number 1.

    Args:
        rows: In order, as they are hashed; of one that cannot be read its number alone.
        head: Hash that must be found on the way.
    """
    last, count, known = FIRST, 0, head in (None, FIRST)
    for row in rows:
        expected = count + 1
        seq = row if isinstance(row, int) else row["seq"]
        if seq != expected:
            return _broken(count, last, expected, "missing", f"it is missing, the next one is number {seq}")
        if isinstance(row, int):
            return _broken(count, last, expected, "changed", "it cannot be read any more")
        if (found := _wrong(row, last)) is not None:
            return _broken(count, last, expected, *found)
        last, count = row["hash"], expected
        known = known or last == head
    if not known:
        why = f"no record has the hash {str(head)[:12]}… that was given: records were cut off, or all were written anew"
        return _broken(count, last, count + 1, "cut", why)
    if not count:
        sentence = "0 records: nothing was changed yet."
    else:
        sentence = f"{count:,} record{'s' if count > 1 else ''}, unbroken; head {last}."
    return ChainCheck(
        records=count, head=last, unbroken=True, first_broken=None, what=None, sentence=sentence
    )


def _wrong(row: Mapping[str, Any], last: str) -> tuple[str, str] | None:
    try:
        if digest(row) == row["hash"]:
            return (
                None
                if row["previous"] == last
                else ("inserted", "it was not written after the one before it")
            )
        for seq in range(max(1, row["seq"] - _NEAR), row["seq"] + _NEAR + 1):
            if digest({**row, "seq": seq}) == row["hash"]:
                return "moved", f"it was written as number {seq:,}"
    except (TypeError, ValueError, AttributeError):  # not even of the types that were written
        pass
    return "changed", "it is not what its hash was made of"


def _broken(count: int, last: str, first: int, what: str, why: str) -> ChainCheck:
    return ChainCheck(
        records=count,
        head=last,
        unbroken=False,
        first_broken=first,
        what=what,
        sentence=f"Broken at record {first:,}: {why}. {count:,} before it are whole.",
    )
