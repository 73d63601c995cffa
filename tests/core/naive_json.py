"""JSON as docs/measures/masking.md knows it, byte by byte: where each byte of the canonical form stood."""

SPACE = b" \t\r\x1e"
DEEPEST = 64


class NotJson(Exception):
    """The shape is text."""


def order(shape: bytes) -> list[int] | None:
    """
    Positions in *shape* of the bytes of the canonical form, in its order.

    None when *shape* is no JSON object or array.
    """
    try:
        start = skip_space(shape, 0)
        if shape[start : start + 1] not in (b"{", b"["):
            return None
        positions, end = value(shape, start, 1)
        return positions if skip_space(shape, end) == len(shape) else None
    except NotJson:
        return None


def skip_space(shape: bytes, at: int) -> int:
    """The first position from *at* that is no white space."""
    while at < len(shape) and shape[at] in SPACE:
        at += 1
    return at


def value(shape: bytes, at: int, depth: int) -> tuple[list[int], int]:
    """The positions that a value keeps, and where it ends; *depth* is that of a bracket opened here."""
    first = shape[at : at + 1]
    if first in (b"{", b"["):
        if depth > DEEPEST:
            raise NotJson
        return collection(shape, at, depth)
    if first == b'"':
        end = string_end(shape, at)
    else:
        end = next(
            (at + len(word) for word in (b"true", b"false", b"null") if shape.startswith(word, at)), -1
        )
        if end < 0:
            end = number_end(shape, at)
    return list(range(at, end)), end


def collection(shape: bytes, at: int, depth: int) -> tuple[list[int], int]:
    """An object, its members in order of their keys, or an array."""
    is_object = shape[at : at + 1] == b"{"
    closing = b"}" if is_object else b"]"
    members: list[tuple[bytes, list[int]]] = []
    commas: list[int] = []
    position = skip_space(shape, at + 1)
    if shape[position : position + 1] == closing:
        return [at, position], position + 1
    while True:
        key, kept = b"", []
        if is_object:
            key_end = string_end(shape, position)
            colon = skip_space(shape, key_end)
            expect(shape, colon, b":")
            key = shape[position:key_end]
            kept = [*range(position, key_end), colon]
            position = skip_space(shape, colon + 1)
        positions, position = value(shape, position, depth + 1)
        members.append((key, kept + positions))
        position = skip_space(shape, position)
        if shape[position : position + 1] == closing:
            break
        expect(shape, position, b",")
        commas.append(position)
        position = skip_space(shape, position + 1)
    members.sort(key=lambda member: member[0])
    ordered = [at, *members[0][1]]
    for comma, (_, positions) in zip(commas, members[1:], strict=True):
        ordered += [comma, *positions]
    return [*ordered, position], position + 1


def expect(shape: bytes, at: int, byte: bytes) -> None:
    """Raise unless *byte* stands there."""
    if shape[at : at + 1] != byte:
        raise NotJson


def string_end(shape: bytes, at: int) -> int:
    """Just behind the closing quote of the string that begins here."""
    expect(shape, at, b'"')
    at += 1
    while at < len(shape) and shape[at] >= 0x20:
        if shape[at] == ord('"'):
            return at + 1
        if shape[at] == ord("\\"):
            at += 1
            if at == len(shape) or shape[at] < 0x20:
                raise NotJson
        at += 1
    raise NotJson


def number_end(shape: bytes, at: int) -> int:
    """Just behind ``-?0+(\\.0+)?([eE][+-]?0+)?``."""
    if shape[at : at + 1] == b"-":
        at += 1
    end = digits_behind(shape, at)
    if shape[end : end + 1] == b".":
        end = digits_behind(shape, end + 1)
    if shape[end : end + 1] in (b"e", b"E"):
        signed = shape[end + 1 : end + 2] in (b"+", b"-")
        end = digits_behind(shape, end + 2 if signed else end + 1)
    return end


def digits_behind(shape: bytes, at: int) -> int:
    """Just behind the digits that must begin here."""
    end = at
    while shape[end : end + 1] == b"0":
        end += 1
    if end == at:
        raise NotJson
    return end
