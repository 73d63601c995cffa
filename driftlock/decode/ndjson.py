"""One JSON object a line."""

from collections.abc import Iterable, Iterator

from driftlock.decode.fields import FieldReader
from driftlock.decode.found import Found
from driftlock.decode.json_text import read_object
from driftlock.decode.lines import numbered_lines
from driftlock.decode.tally import Tally


def read(blocks: Iterable[bytes], tally: Tally) -> Iterator[Found]:
    """Events in order; the payload is the line exactly as sent, without its end."""
    fields = FieldReader(tally)
    for number, line in numbered_lines(blocks, tally):
        if not line or line.isspace():
            continue
        record = read_object(line)
        if isinstance(record, str):
            tally.skip(number, record)
            continue
        at_us, service = fields.read(record)
        yield Found(line, at_us, service)
