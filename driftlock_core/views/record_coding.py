"""A baseline's records and their coding, read once for all views of records."""

from collections.abc import Sequence

from driftlock_core.views.contract import Unit
from driftlock_core.views.field_codes import Coded, FieldCodes
from driftlock_core.views.record_fields import Record, RecordReader


class RecordCoding:
    """
    Units as records and as codes.

    The units asked for last are remembered: each view of one scoring asks for the same.
    """

    def __init__(self, baseline: Sequence[Unit]) -> None:
        self._reader = RecordReader()
        self.records = self._reader.read(baseline)
        self.fields = FieldCodes(self.records)
        self.coded = self.fields.encode(self.records)
        self._last: tuple[list[Unit], list[Record], Coded] = ([], [], self.fields.encode([]))

    def read(self, units: Sequence[Unit]) -> tuple[list[Record], Coded]:
        """Records and codes of any units, the baseline's or others; neither may be written to."""
        asked = [*units]
        if asked != self._last[0]:  # units cannot change: equal ones are read alike
            records = self._reader.read(asked)
            self._last = (asked, records, self.fields.encode(records))
        return self._last[1], self._last[2]
