"""Is it text at all? And if not, what is it?"""

from driftlock.decode.errors import BinaryContent

_UNPACK = "Unpack it and send the text file inside, or compress that with gzip or zstd."
_EXPORT = "Export the telemetry as text: NDJSON, CSV or plain log lines."
_RECODE = "Save it as UTF-8 and send it again."

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xfe\x00\x00", "text in UTF-32", _RECODE),
    (b"\xff\xfe", "text in UTF-16", _RECODE),
    (b"\xfe\xff", "text in UTF-16", _RECODE),
    (b"PK\x03\x04", "a ZIP archive (or an Office document, which is one)", _UNPACK),
    (b"PK\x05\x06", "an empty ZIP archive", _UNPACK),
    (b"\x1f\x8b", "a gzip file inside a compressed file", "Unpack it once and send it again."),
    (b"\x28\xb5\x2f\xfd", "a zstd file inside a compressed file", "Unpack it once and send it again."),
    (b"BZh", "a bzip2 file", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz file", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x04\x22\x4d\x18", "an LZ4 file", _UNPACK),
    (b"\xff\x06\x00\x00sNaPpY", "a Snappy file", _UNPACK),
    (b"%PDF-", "a PDF document", _EXPORT),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", _EXPORT),
    (b"\xff\xd8\xff", "a JPEG image", _EXPORT),
    (b"GIF87a", "a GIF image", _EXPORT),
    (b"GIF89a", "a GIF image", _EXPORT),
    (b"SQLite format 3\x00", "an SQLite database", _EXPORT),
    (b"PAR1", "a Parquet file", _EXPORT),
    (b"ARROW1", "an Arrow file", _EXPORT),
    (b"ORC", "an ORC file", _EXPORT),
    (b"Obj\x01", "an Avro file", _EXPORT),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _EXPORT),
    (b"\x93NUMPY", "a NumPy array", _EXPORT),
    (b"\x7fELF", "an ELF program", _EXPORT),
    (b"MZ", "a Windows program", _EXPORT),
    (b"\xca\xfe\xba\xbe", "a Java class file", _EXPORT),
    (b"ElfFile\x00", "a Windows event log (EVTX)", "Export it as text or CSV from the event viewer."),
    (b"LPKSHHRH", "a systemd journal", "Export it with journalctl -o json."),
    (b"\xd4\xc3\xb2\xa1", "a packet capture", _EXPORT),
)
_SAMPLE_BYTES = 65_536
_BINARY_SHARE = 0.05  # of control characters; random bytes have 0.10, logs with colour codes below 0.01
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x08\x1b")) + b"\x7f"


def refuse_binary(head: bytes, name: str) -> None:
    """
    Let text pass.

    Args:
        head: First bytes of the unpacked file.
        name: For the message.

    Raises:
        BinaryContent: The file is no text; its kind is named when its first bytes are well known.
    """
    sample = head[:_SAMPLE_BYTES]
    control = len(sample) - len(sample.translate(None, _CONTROL))
    binary = control > len(sample) * _BINARY_SHARE
    for mark, looks_like, next_step in _MAGIC:
        # A mark of letters and digits may begin an ordinary line; then one byte of the rest must be no text.
        if head.startswith(mark) and (control or not mark.isalnum()):
            raise BinaryContent(name, looks_like, next_step)
    if sample[257:262] == b"ustar":
        raise BinaryContent(name, "a tar archive", _UNPACK)
    if binary:
        raise BinaryContent(name, None, _EXPORT)
