"""Fields, ranks, twins and templates again, one thing at a time. Imports nothing from the engine."""

import lzma
import zlib
from math import log2


def json_spans(line):
    """(start, stop, path, role) of keys and scalars of a compact JSON line, by walking it letter by letter."""
    spans, at = [], 0

    def string(start):
        stop = start + 1
        while line[stop : stop + 1] != b'"':
            stop += 2 if line[stop : stop + 1] == b"\\" else 1
        return stop + 1

    def value(start, path):
        mark = line[start : start + 1]
        if mark == b"{":
            start += 1
            while line[start : start + 1] != b"}":
                stop = string(start)
                name = line[start + 1 : stop - 1].decode()
                inner = f"{path}.{name}" if path else name
                spans.append((start, stop, inner, "key"))
                start = value(stop + 1, inner)
                start += line[start : start + 1] == b","
            return start + 1
        if mark == b"[":
            start += 1
            while line[start : start + 1] != b"]":
                start = value(start, path + "[]")
                start += line[start : start + 1] == b","
            return start + 1
        stop = string(start) if mark == b'"' else start
        while mark != b'"' and line[stop : stop + 1] not in b",}]":
            stop += 1
        spans.append((start, stop, path, "value"))
        return stop

    value(at, "")
    return spans


def price(kind, start, stop, known):
    """Bits of a run."""
    if kind == "new":
        return 8.0 * (stop - start)
    return 1 + log2(known + start) + 2 * log2(stop - start)


def distinct(events):
    """Distinct events in the order of their last occurrence, as one text."""
    kept = []
    for event in reversed(events):
        if event not in kept:
            kept.insert(0, event)
    return b"".join(event + b"\n" for event in kept)


def lzma_cost(window, baseline):
    """Bytes that the window adds to its baseline."""

    def size(text):
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 262_144}]
        return len(lzma.compress(text, format=lzma.FORMAT_RAW, filters=filters))

    known = distinct(baseline)
    return size(known + b"".join(event + b"\n" for event in window)) - size(known)


def rank(cost, others):
    """1 for the dearest; whoever costs as much stands before it."""
    place = 1
    for other in others:
        if other >= cost:
            place += 1
    return place


def deflated_after(event, known):
    """Bits by the standard library's deflate."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=known)
    return 8 * len(stream.compress(event) + stream.flush())
