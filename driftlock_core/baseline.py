"""The baseline as a compressor sees it: one dictionary of its distinct events."""

from collections.abc import Sequence

from driftlock_core import kernel


def dictionary(
    canonical_events: Sequence[bytes], reach: int, start: int = 0, stop: int | None = None
) -> bytes:
    """
    Distinct events in order of their last occurrence, oldest first, each followed by a newline.

    Repeats add nothing a compressor could copy, and without them most
    baselines fit the reach of any compressor. If the text is still longer
    than *reach* bytes, the latest whole events that fit are kept.

    Args:
        start, stop: Part of the events that counts.

    >>> dictionary([b"a", b"b", b"a"], 100)
    b'b\\na\\n'
    >>> dictionary([b"a", b"b", b"a"], 3)
    b'a\\n'
    """
    stop = len(canonical_events) if stop is None else stop
    if kernel.dictionary is not None:
        return kernel.dictionary(canonical_events, reach, start, stop)
    newest_first = list(dict.fromkeys(reversed(canonical_events[start:stop])))
    newest_first.reverse()
    text = b"\n".join(newest_first) + b"\n" if newest_first else b""
    if len(text) <= reach:
        return text
    # The kept part starts behind a line end; looking one byte early keeps an event that fits exactly.
    cut = text.find(b"\n", len(text) - reach - 1)
    return text[cut + 1 :]
