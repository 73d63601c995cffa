"""Why a whole file cannot be read. Every message names the place and the next step."""

from driftlock.errors import MalformedPayload
from driftlock.model import SkippedLine


def _subject(name: str) -> str:
    return f"“{name}”" if name else "The file"


class EmptyFile(MalformedPayload):
    """Nothing, or nothing but white space."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{_subject(name)} holds no text, only white space or nothing at all. "
            "Choose a file with at least one event."
        )


class BinaryContent(MalformedPayload):
    """The bytes are not text; ``looks_like`` names the kind of file when its first bytes give it away."""

    def __init__(self, name: str, looks_like: str | None, next_step: str) -> None:
        what = f"looks like {looks_like}" if looks_like else "holds binary data, not text"
        super().__init__(f"{_subject(name)} {what}. {next_step}")
        self.looks_like = looks_like


class UnreadableCompression(MalformedPayload):
    """A gzip or zstd file that is damaged or cut off; ``position`` is in compressed bytes."""

    def __init__(self, name: str, codec: str, position: int, reason: str) -> None:
        super().__init__(
            f"{_subject(name)} is {codec} compressed, but {reason} (about byte {position:,}). "
            "Compress it again, or send it uncompressed."
        )
        self.position = position


class OutputLimitExceeded(MalformedPayload):
    """A small compressed file that unpacks to more than *limit* bytes."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            f"{_subject(name)} unpacks to more than {limit:,} bytes, the most that is read from one "
            "compressed file. Split it and send the parts."
        )
        self.limit = limit


class NoObjects(MalformedPayload):
    """A JSON array whose elements are numbers, texts or lists; ``first`` names what the first one is."""

    def __init__(self, name: str, first: str) -> None:
        super().__init__(
            f"{_subject(name)} is a JSON array, but its elements are not objects (the first is {first}). "
            'Make each element an object, such as {"value": …}, or write each on a line of its own.'
        )
        self.first = first


class NothingReadable(MalformedPayload):
    """Not one event came out; ``first_line`` and ``first_reason`` tell where it began to fail, or None."""

    def __init__(self, name: str, format: str, first: SkippedLine | None) -> None:
        if first is None:
            what = f"{_subject(name)} was read as {format} and holds no event."
        else:
            what = (
                f"{_subject(name)} was read as {format}, and no event could be read: "
                f"line {first.line:,}: {first.reason}."
            )
        super().__init__(f"{what} Correct the file, or choose another format by hand.")
        self.first_line = first.line if first else None
        self.first_reason = first.reason if first else None


class UnknownFormat(MalformedPayload):
    """A format was chosen by hand that does not exist."""

    def __init__(self, format: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no format “{format}”. Choose one of {', '.join(known)}.")


class UnknownKind(MalformedPayload):
    """A telemetry kind was chosen by hand that does not exist."""

    def __init__(self, kind: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no telemetry kind “{kind}”. Choose one of {', '.join(known)}.")
