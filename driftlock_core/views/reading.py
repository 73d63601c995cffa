"""Which views read a baseline: decided by the shape of its units alone, and said in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from driftlock_core.compressors import Compressor
from driftlock_core.views.characters import CharactersView
from driftlock_core.views.compressed import CompressedView
from driftlock_core.views.contract import Groups, Unit, View
from driftlock_core.views.counts import CountView
from driftlock_core.views.event_records import event_views, events_of
from driftlock_core.views.field_numbers import FieldNumbers
from driftlock_core.views.field_strings import FieldStrings
from driftlock_core.views.fields import Fields
from driftlock_core.views.masks import recurring_share
from driftlock_core.views.near_text import NearTextView
from driftlock_core.views.nearest import NearestView
from driftlock_core.views.numbers_in_templates import ValuesView
from driftlock_core.views.record_coding import RecordCoding
from driftlock_core.views.record_fields import is_record, record_share
from driftlock_core.views.sequences import SequenceView
from driftlock_core.views.shapes import ShapesView
from driftlock_core.views.templates_new import NewTemplatesView
from driftlock_core.views.text_parts import OfParts, TextParts
from driftlock_core.views.words import WordsView

Shape = Literal["sessions", "records", "texts"]

# From two events on a unit has an order and a mix of its own.
SESSION_EVENTS: Final = 2
# Events that are records are read field by field unless at least this share of their lines recur in other units.
RECURRING: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The shape that was found and the evidence it rests on."""

    shape: Shape
    evidence: str


def read(baseline: Sequence[Unit]) -> Reading:
    """
    As what the units of *baseline* are read: the most structured shape they allow.

    Units of several events are sessions, whose templates have an order and a
    mix; single events are texts where they are JSON that is mostly text (prompts, messages), else records where
    most of them have fields, else texts.
    """
    events = median(len(unit.canonical) for unit in baseline)
    if events >= SESSION_EVENTS:
        evidence = f"half of the {len(baseline)} baseline units have {events:g} events or more"
        return Reading(shape="sessions", evidence=evidence)
    parts = TextParts.found_in(baseline)
    if parts is not None:
        named = ", ".join(name.decode("utf-8", "backslashreplace") for name in parts.names[:3])
        return Reading(shape="texts", evidence=f"most of what the baseline units hold is text, in {named}")
    evidence = f"{record_share(baseline):.0%} of the {len(baseline)} baseline units hold two fields or more"
    return Reading(shape="records" if is_record(baseline) else "texts", evidence=evidence)


def views_of(
    shape: Shape, baseline: Sequence[Unit], groups: Groups, compressor: Compressor
) -> tuple[View, ...]:
    """The views that read units of *shape*, fitted on *baseline*."""
    if shape == "sessions":
        # No view of the compressor: order and new lines are what it prices, and these price them exactly.
        views: tuple[View, ...] = (
            SequenceView(baseline, groups),
            CountView(baseline, groups),
            NearestView(baseline, groups),
            NewTemplatesView(baseline, groups),
            ValuesView(baseline, groups),
        )
        # Where lines recur as they are masked, a template is the whole event, fields and all.
        recurring = recurring_share([unit.canonical for unit in baseline])
        if recurring < RECURRING and is_record(events_of(baseline)):
            return views + event_views(baseline, groups)
        return views
    if shape == "records":
        return _of_records(baseline, groups)
    of_texts: tuple[Callable[[Sequence[Unit], Groups], View], ...] = (
        lambda units, apart: CompressedView(units, apart, compressor),
        CharactersView,
        ShapesView,
        WordsView,
        NearTextView,
    )
    parts = TextParts.found_in(baseline)
    if parts is None:
        return tuple(make(baseline, groups) for make in of_texts)
    # What stands beside the texts, and each text among those of its name.
    return (*(OfParts(make, parts, baseline, groups) for make in of_texts), *_of_records(baseline, groups))


def _of_records(baseline: Sequence[Unit], groups: Groups) -> tuple[View, ...]:
    coding = RecordCoding(baseline)
    return (
        Fields(baseline, groups, coding),
        FieldNumbers(baseline, groups, coding),
        FieldStrings(baseline, groups, coding),
    )
