"""The ZIP of a bundle: one way to write it, so that any other byte in it shows."""

import re
import struct
import zlib
from collections.abc import Mapping
from typing import Final

from driftlock.evidence.verifier.findings import shown

LARGEST_BUNDLE: Final = 64_000_000  # bytes
MOST_FILES: Final = 64

_NAME: Final = re.compile(r"[A-Za-z][a-zA-Z_]{0,40}\.(?:json|ndjson|py|txt|html|tsr)|bundle_[0-9]{3}\.zip")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_DATE: Final = 0x0021  # 1 January 1980, the first a ZIP can name
_MADE_BY: Final = 0x0314  # Unix, so that the modes below count
_NEEDED: Final = 10  # version 1.0: stored files
_MODE: Final = 0o100644 << 16


def pack(files: Mapping[str, bytes]) -> bytes:
    """
    The archive of *files*: names sorted, nothing compressed, one date for all; the same bytes everywhere.

    >>> pack({"b.txt": b"2", "a.txt": b"1"}) == pack({"a.txt": b"1", "b.txt": b"2"})
    True
    """
    body, central = bytearray(), bytearray()
    for name, content in sorted(files.items()):
        raw, crc, size = name.encode("ascii"), zlib.crc32(content), len(content)
        stamp = (0, 0, 0, _DATE, crc, size, size, len(raw), 0)  # flags, method, time, …, no extra field
        central += _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, _NEEDED, *stamp, 0, 0, 0, _MODE, len(body)) + raw
        body += _LOCAL.pack(b"PK\x03\x04", _NEEDED, *stamp) + raw + content
    count = len(files)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), len(body), 0)
    return bytes(body + central + end)


def unpack(data: bytes) -> tuple[dict[str, bytes], list[str]]:
    """
    The files of an archive, and everything in it that :func:`pack` would not write.

    Nothing is unpacked to disk and nothing decompressed: what is compressed is
    a problem, so no archive gets larger here than it came.
    """
    if len(data) > LARGEST_BUNDLE:
        return {}, [f"{len(data)} bytes; a bundle has at most {LARGEST_BUNDLE}"]
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(data):
        return {}, ["no ZIP archive, or its end was cut off"]
    problems: list[str] = []
    if at + _END.size != len(data):
        problems.append(f"{len(data) - at - _END.size} bytes stand behind its end")
    _, _, _, _, count, _, offset, _ = _END.unpack_from(data, at)
    files: dict[str, bytes] = {}
    held = 0
    for _ in range(count):
        if len(files) >= MOST_FILES or len(problems) >= MOST_FILES:
            problems.append(f"more than {MOST_FILES} files; the rest was not looked at")
            break
        if offset + _CENTRAL.size > at or data[offset : offset + 4] != b"PK\x01\x02":
            problems.append(f"its list of files breaks off at byte {offset}")
            break
        name, content, problem, offset = _entry(data, offset)
        held += len(content or b"")
        if held > len(data):
            problems.append("its files share bytes")
            break
        if problem:
            problems.append(problem)
        if content is not None and name in files:
            problems.append(f"{name} comes twice")
        elif content is not None:
            files[name] = content
    if not problems and (again := pack(files)) != data:
        first = next((n for n, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), len(again))
        problems.append(
            f"byte {first} is not as a bundle has it: hidden bytes, another order, or altered headers"
        )
    return files, problems


def _entry(data: bytes, offset: int) -> tuple[str, bytes | None, str, int]:
    """One file of the list: name, content if it can be had, what is wrong with it, where the next one begins."""
    fields = _CENTRAL.unpack_from(data, offset)
    flags, method, crc, packed, size, named, extra, comment, local = (*fields[3:5], *fields[7:13], fields[16])
    begin = offset + _CENTRAL.size
    behind = begin + named + extra + comment
    name = data[begin : begin + named].decode("latin-1")
    if not _NAME.fullmatch(name):
        return "", None, f"{shown(name)} is no name that a bundle has", behind
    if method or flags or packed != size:
        return "", None, f"{name} is compressed or encrypted; a bundle's files are stored as they are", behind
    if local + _LOCAL.size > len(data) or data[local : local + 4] != b"PK\x03\x04":
        return "", None, f"{name} does not begin where the list says", behind
    here = _LOCAL.unpack_from(data, local)
    start = local + _LOCAL.size + here[9] + here[10]
    content = data[start : start + size]
    if data[local + _LOCAL.size :][: here[9]].decode("latin-1") != name:
        return "", None, f"{name} is called otherwise where it begins", behind
    if len(content) != size:
        return "", None, f"{name} is cut off", behind
    if zlib.crc32(content) != crc:
        return name, content, f"{name} is not what its checksum in the archive was made of", behind
    return name, content, "", behind
