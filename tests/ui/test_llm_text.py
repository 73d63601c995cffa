"""Prompts and answers as text, marked from the byte map of the canonical line."""

import html
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.ui.json_strings import Text, aligned, tree
from driftlock.ui.llm_text import bodies, summary, turns
from driftlock.ui.session import tenant
from driftlock_core.bytemap import byte_map
from driftlock_core.masking import Masker
from tests.ui.pages import run_sample
from tests.ui.test_anomaly_page import opened

SPAN = re.compile(r'<span class="([^"]*)">(.*?)</span>', re.DOTALL)


def said(event):
    return [(turn.label, event[turn.text.start : turn.text.stop].decode()) for turn in turns(event)]


def marked(event, baseline, kind):
    """What the body of *event* marks as *kind*, its texts joined."""
    window, known = Masker().canonical([event]), Masker().canonical(baseline)
    body = bodies([event], window, byte_map(window, known, "lz4"))[0]
    return "".join(html.unescape(text) for found, text in SPAN.findall(body) if found == kind)


@pytest.mark.parametrize(
    ("expected", "record"),
    [
        ([("prompt", "a"), ("response", "b")], {"model": "m", "prompt": "a", "response": "b", "n": 3}),
        ([("user", "a"), ("assistant", "b")], {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}),
        ([("human", "a"), ("gpt", "b")], {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}),
        ([("user", "a")], {"role": "user", "content": [{"type": "text", "text": "a"}]}),
        ([("gen_ai.prompt", "a"), ("gen_ai.completion", "b")], {"gen_ai.system": "x", "gen_ai.prompt": "a", "gen_ai.completion": "b"}),
        (
            [("gen_ai.prompt", "a")],
            {"attributes": [{"key": "gen_ai.prompt", "value": {"stringValue": "a"}}, {"key": "gen_ai.system", "value": {"stringValue": "x"}}]},
        ),
        ([("assistant", "b")], {"choices": [{"index": 0, "message": {"role": "assistant", "content": "b"}}]}),
        ([], {"level": "INFO", "message": "no model was called"}),
    ],
)  # fmt: skip
def test_the_texts_of_a_call_are_found(expected, record):
    """Prompt and response, chats, and the attributes of traces; names and numbers are no texts."""
    assert said(json.dumps(record).encode()) == expected


def test_what_the_baseline_does_not_hold_is_marked():
    """The ordinary words are not, the others are; a masked value has the mark of its mask."""
    baseline = [
        json.dumps({"prompt": f"Where is my order {n}?", "response": f"Order {n} is on its way."}).encode()
        for n in range(1000, 1040)
    ]
    event = json.dumps(
        {"response": "WINTERGREEN!", "prompt": "Where is my order 1077? <b>Grüße</b>"}, ensure_ascii=False
    ).encode()
    new = marked(event, baseline, "dl-new")
    assert "WINTERGREEN" in new
    assert "Grüße" in new
    assert "order" not in new
    assert "1077" not in new
    assert "Where is my order 1077" in marked(event, baseline, "dl-old")


def test_markup_in_a_prompt_stays_text():
    """What was said is shown as letters, direction marks spelled out, line ends as such."""
    event = json.dumps({"prompt": "<script>x</script> \u202e\nnext \ud83d\ude00", "response": "\\"}).encode()
    window = Masker().canonical([event])
    body = bodies([event], window, byte_map(window, [b"y"] * 3, "zstd"))[0]
    assert "<script" not in body
    assert "\u202e" not in body
    text = "".join(html.unescape(text) for _, text in SPAN.findall(body))
    assert text == "<script>x</script> <U+202E>↵\nnext 😀\\"


def test_a_line_that_was_cut_is_shown_without_marks():
    """Beyond 64 KiB the canonical line ends in a digest; the texts are shown, and say that they are not marked."""
    event = json.dumps({"prompt": "word " * 20_000, "response": "b"}).encode()
    window = Masker().canonical([event])
    body = bodies([event], window, byte_map(window, [b"y"] * 3, "lz4"))[0]
    assert "not marked" in body
    assert "KiB more" in body


def test_events_that_are_no_calls_have_no_body():
    """Plain lines, broken JSON and empty events keep their line."""
    events = [b"plain text", b'{"prompt": "a"', b"", b"[]", b'{"prompt": 3}', b"{" * 100]
    window = Masker().canonical(events)
    assert bodies(events, window, byte_map(window, [b"y"] * 3, "zstd")) == {}


def test_a_canonical_line_is_read_too():
    """Its numbers are masks."""
    line = Masker().canonical([b'{"n": 12.5, "messages": [{"role": "user", "content": "hi 42"}]}'])[0]
    assert summary(line) == "user: hi <N2>"


names = st.sampled_from(["prompt", "response", "b1", "b2", "a", "content", "id"])
texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "run 17 of 2026-03-02 08:00:01 done",
            "mail a.b@example.com now",
            "10.0.0.1:80",
            "<N2> <TS> <",
            '"\\/"',
        ]
    ),
)
values = st.recursive(
    texts | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(
    record=st.dictionaries(names, values, max_size=5), ascii=st.booleans(), indent=st.sampled_from([None, 1])
)
@example(record={"a": "x 5", "b2": "y", "b1": "z"}, ascii=True, indent=None)
def test_each_string_lies_where_its_canonical_bytes_are(record, ascii, indent):
    """Outside masks the bytes are the same; stretches follow each other and cover the string."""
    event = json.dumps(record, ensure_ascii=ascii, indent=indent).encode("utf-8", "surrogatepass")
    line = Masker().canonical([event])[0]
    node = tree(event)
    assert node is not None
    for text, stretches in aligned(event, node, line).items():
        at = text.start
        for stretch in stretches:
            assert stretch.start == at
            if not stretch.masked:
                length = stretch.stop - stretch.start
                assert (
                    line[stretch.canonical : stretch.canonical + length]
                    == event[stretch.start : stretch.stop]
                )
            at = stretch.stop
        assert at == text.stop


def test_plain_strings_are_all_followed():
    """Sorting and masking lose none of them."""
    event = b'{"z": "last words", "a": {"k9": "at 12:00:01 from 10.0.0.1", "k1": "x"}, "n": 5}'
    found = aligned(event, tree(event), Masker().canonical([event])[0])
    assert len(found) == 8
    assert Text(7, 17) in found


def test_the_page_shows_prompts_and_answers_with_the_line_behind_them(dashboard: AppTest, app: App) -> None:
    """In place of the raw line, which is one click away."""
    anomaly_id = run_sample(app, tenant(), generate("support-llm").data)
    page = opened(dashboard, anomaly_id)
    shown = "".join(h.body for h in page.get("html"))
    assert "dl-turn" in shown
    assert "the whole line, masked" in shown
    assert any("Prompts and answers" in str(m.value) for m in page.markdown)
    assert any(t.label == "Show the event as received" for t in page.toggle)
