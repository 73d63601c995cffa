"""Which views read a baseline: decided by the shape of its units alone, and said in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from driftlock_core.compressors import Compressor
from driftlock_core.views.characters import CharactersView
from driftlock_core.views.compressed import CompressedView
from driftlock_core.views.contract import Groups, Unit, View
from driftlock_core.views.counts import CountView
from driftlock_core.views.field_numbers import FieldNumbers
from driftlock_core.views.field_strings import FieldStrings
from driftlock_core.views.fields import Fields
from driftlock_core.views.near_text import NearTextView
from driftlock_core.views.nearest import NearestView
from driftlock_core.views.numbers_in_templates import ValuesView
from driftlock_core.views.record_fields import is_record, record_share
from driftlock_core.views.sequences import SequenceView
from driftlock_core.views.shapes import ShapesView
from driftlock_core.views.templates_new import NewTemplatesView
from driftlock_core.views.words import WordsView

Shape = Literal["sessions", "records", "texts"]

# From two events on a unit has an order and a mix of its own.
SESSION_EVENTS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The shape that was found and the evidence it rests on."""

    shape: Shape
    evidence: str


def read(baseline: Sequence[Unit]) -> Reading:
    """
    As what the units of *baseline* are read: the most structured shape they allow.

    Units of several events are sessions, whose templates have an order and a
    mix; single events are records where most of them have fields, else texts.
    """
    events = median(len(unit.canonical) for unit in baseline)
    if events >= SESSION_EVENTS:
        evidence = f"half of the {len(baseline)} baseline units have {events:g} events or more"
        return Reading(shape="sessions", evidence=evidence)
    evidence = f"{record_share(baseline):.0%} of the {len(baseline)} baseline units hold two fields or more"
    return Reading(shape="records" if is_record(baseline) else "texts", evidence=evidence)


def views_of(
    shape: Shape, baseline: Sequence[Unit], groups: Groups, compressor: Compressor
) -> tuple[View, ...]:
    """The views that read units of *shape*, fitted on *baseline*."""
    if shape == "sessions":
        return (
            CompressedView(baseline, groups, compressor),
            SequenceView(baseline, groups),
            CountView(baseline, groups),
            NearestView(baseline, groups),
            NewTemplatesView(baseline, groups),
            ValuesView(baseline, groups),
        )
    if shape == "records":
        return (Fields(baseline, groups), FieldNumbers(baseline, groups), FieldStrings(baseline, groups))
    return (
        CompressedView(baseline, groups, compressor),
        CharactersView(baseline, groups),
        ShapesView(baseline, groups),
        WordsView(baseline, groups),
        NearTextView(baseline, groups),
    )
