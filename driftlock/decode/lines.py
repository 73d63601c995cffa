"""Lines of a file, numbered, whatever the blocks they come in."""

from collections.abc import Iterable, Iterator

from driftlock.decode.tally import Tally

MAX_ELEMENT_BYTES = 16 * 1024**2  # one line, or one element of a JSON array


def numbered_lines(
    blocks: Iterable[bytes], tally: Tally, *, limit: int = MAX_ELEMENT_BYTES
) -> Iterator[tuple[int, bytes]]:
    """
    Each line with its 1-based number, without LF or CR LF; empty lines too.

    A line over *limit* bytes is not yielded but skipped in *tally*, and never
    held whole. ``tally.lines`` grows with every line.
    """
    parts: list[bytes] = []  # of a line that began in an earlier block
    size = 0
    number = tally.lines
    for block in blocks:
        pieces = block.split(b"\n")
        last = pieces.pop()
        if pieces and size:
            size += len(pieces[0])
            if size <= limit:
                parts.append(pieces[0])
                pieces[0] = b"".join(parts)
            parts.clear()
        for line in pieces:
            number += 1
            tally.lines = number
            if size > limit or len(line) > limit:
                tally.skip(number, _too_long(limit))
            else:
                yield number, line[:-1] if line.endswith(b"\r") else line
            size = 0
        size += len(last)
        if size <= limit:
            parts.append(last)
        else:
            parts.clear()
    if size:
        tally.lines = number + 1
        if size > limit:
            tally.skip(number + 1, _too_long(limit))
        else:
            line = b"".join(parts)
            yield number + 1, line[:-1] if line.endswith(b"\r") else line


def lf_for_cr(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """*blocks* of a text whose lines end in CR alone, with LF instead."""
    for block in blocks:
        yield block.replace(b"\r", b"\n")


def _too_long(limit: int) -> str:
    return f"line is over {limit:,} bytes"
