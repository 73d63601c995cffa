"""CSV: each row an object keyed by the header."""

from collections.abc import Iterable, Iterator

import orjson

from driftlock.decode import csv_lines
from driftlock.decode.csv_dialect import Dialect
from driftlock.decode.fields import FieldReader
from driftlock.decode.found import Found
from driftlock.decode.lines import numbered_lines
from driftlock.decode.tally import Tally


def read(blocks: Iterable[bytes], tally: Tally, dialect: Dialect) -> Iterator[Found]:
    """
    Events in order; the payload is compact JSON, values as text.

    A row with more or fewer fields than the header is skipped. A quoted field
    may hold line ends; where a quote is missing only that line is lost.
    """
    fields = FieldReader(tally)
    header = dialect.header
    width = len(header)
    at_header = dialect.has_header
    for number, row in csv_lines.rows(numbered_lines(blocks, tally), dialect.separator, width):
        if isinstance(row, str):
            tally.skip(number, row)
        elif at_header:
            at_header = False
        elif len(row) != width:
            tally.skip(number, f"{len(row):,} {'field' if len(row) == 1 else 'fields'}, header has {width:,}")
        else:
            record = dict(zip(header, row, strict=True))
            at_us, service = fields.read(record)
            yield Found(orjson.dumps(record), at_us, service)
