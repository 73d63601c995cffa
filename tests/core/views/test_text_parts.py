"""JSON of texts: cut into named parts, and found again in the unit."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftlock_core import Masker
from driftlock_core.views.characters import CharactersView
from driftlock_core.views.contract import Unit, own_groups
from driftlock_core.views.record_fields import pairs_of_json
from driftlock_core.views.text_parts import OfParts, TextParts
from driftlock_core.views.words import WordsView

MASKER = Masker()


def unit(*objects):
    events = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in objects]
    return Unit(tuple(events), tuple(MASKER.canonical(events)))


def talk(asked, answer, **more):
    return {
        "messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}],
        **more,
    }


TALKS = [
    unit(talk(f"tell me about m{'o' * n}n please", f"the m{'o' * n}n was calm and dry", id=n))
    for n in range(30)
]


@pytest.mark.parametrize(
    ("chat", "fields"),
    [
        ([{"role": "user", "content": "hi"}], [(b"m.user", b"hi")]),
        (
            [{"role": "a", "content": "1"}, {"role": "b", "content": "2"}, {"role": "a", "content": "3"}],
            [(b"m.a", b"1\n3"), (b"m.b", b"2")],
        ),
        ([{"role": "user", "content": [{"type": "text", "text": "hi"}, "ho"]}], [(b"m.user", b"hi\nho")]),
        ([{"role": "tool", "content": None, "name": "f"}], [(b"m.tool", b"null\n{name:f}")]),
        ([{"role": None, "content": "hi"}], [(b"m", b"[{role:null,content:hi}]")]),
        ([{"role": "user"}, "x"], [(b"m", b"[{role:user},x]")]),
        ([], [(b"m", b"[]")]),
    ],
)
def test_messages_are_fields_by_role(chat, fields):
    """What one role says stands in one field, however often it speaks."""
    assert pairs_of_json(json.dumps({"m": chat}).encode()) == fields


def test_texts_are_told_from_names_and_codes():
    parts = TextParts.found_in(TALKS)
    assert parts is not None
    assert parts.names == (b"messages.user", b"messages.assistant")
    assert (
        TextParts.found_in(
            [unit({"level": "info", "path": f"/a/{n}", "why": "all is well"}) for n in range(9)]
        )
        is None
    )
    assert TextParts.found_in([unit(b"plain words, no object") for _ in range(9)]) is None
    assert TextParts.found_in([]) is None


def test_parts_are_plain_text_with_their_names():
    """Also of canonical events, whose masked numbers are no JSON; a field nobody has is read; others are not."""
    parts = TextParts.found_in(TALKS)
    assert parts is not None
    (read,) = parts.of([unit(talk('say "hi"\nnow', "no", id=7, note="drop it"), b"not json")])
    assert read.raw == (
        b'messages.user: say "hi"\nnow',
        b"messages.assistant: no",
        b"note: drop it",
        b"not json",
    )
    assert read.canonical == (
        b'messages.user: say "hi"\nnow',
        b"messages.assistant: no",
        b"note: drop it",
        b"not json",
    )


def test_a_place_lies_in_the_event_its_part_came_from():
    parts = TextParts.found_in(TALKS)
    assert parts is not None
    view = OfParts(CharactersView, parts, TALKS, own_groups(30))
    place = view.places(unit(talk("tell me about day 3 please", "fine"), talk("%%~~ZZZZ~~%%", "fine")))[0]
    assert place.event == 1
    assert "~~" in place.what


def test_a_view_of_parts_is_the_view_of_the_texts():
    parts = TextParts.found_in(TALKS)
    assert parts is not None
    view, plain = OfParts(WordsView, parts, TALKS, own_groups(30)), WordsView(parts.of(TALKS), own_groups(30))
    np.testing.assert_array_equal(view.inside(), plain.inside())
    asked = [unit(talk("and now?", "nothing"))]
    np.testing.assert_array_equal(view.outside(asked), plain.outside(parts.of(asked)))
    assert view.statistics == plain.statistics


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40) | st.text('{"messages":[]},roleuser ').map(str.encode), max_size=4))
def test_no_bytes_break_it(events):
    parts = TextParts((b"messages.user",), frozenset())
    asked = Unit(tuple(events), tuple(MASKER.canonical(events)))
    (read,) = parts.of([asked])
    assert len(parts.events(asked)) == len(read.raw)
