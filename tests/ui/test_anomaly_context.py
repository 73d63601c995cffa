"""Context, jury and masks: what stood around, and second opinions."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.services.context import token_counts
from driftlock.services.trace_spans import waterfall
from driftlock.ui import anomaly_context, anomaly_jury, anomaly_xray, context_history, context_trace
from driftlock.ui.session import tenant
from driftlock.ui.theme import LIGHT
from driftlock_core.jury import JURORS, Juror, Jury
from driftlock_core.masking_xray import MASK_SETS, Xray
from tests.ui.pages import rendered, run_sample
from tests.ui.test_anomaly_page import opened


@pytest.fixture(scope="module")
def traced(app: App) -> Anomaly:
    """The strongest anomaly of the checkout's traces."""
    return of_sample(app, "checkout-traces")


@pytest.fixture(scope="module")
def said(app: App) -> Anomaly:
    """The strongest anomaly of the support assistant's calls."""
    return of_sample(app, "support-llm")


def of_sample(app: App, sample: str) -> Anomaly:
    anomaly = app.queries.anomaly(tenant(), run_sample(app, tenant(), generate(sample, events=3_000).data))
    assert anomaly is not None
    return anomaly


def span(trace: str, own: str, parent: str | None, start: int, took: int) -> bytes:
    """One span as OTLP events hold it."""
    named = {} if parent is None else {"parentSpanId": parent}
    times = {"startTimeUnixNano": start * 1_000, "endTimeUnixNano": (start + took) * 1_000}
    return json.dumps({"traceId": trace, "spanId": own, "name": own, **named, **times}).encode()


def test_the_timeline_holds_forty_windows_on_either_side(
    dashboard: AppTest, app: App, strongest: Anomaly
) -> None:
    """The window itself is among them, at the place that is named."""
    around = app.context.around(tenant(), strongest.row.id)
    assert around.columns.window[around.place] == strongest.row.window
    assert len(around.columns.window) >= 41
    assert list(around.columns.window) == list(range(around.columns.window[0], around.columns.window[-1] + 1))
    assert f"{len(around.columns.window) - 1} windows before and after" in rendered(
        opened(dashboard, strongest.row.id, "Context")
    )


def test_the_neighbours_are_the_flagged_windows_of_the_stretch(app: App, strongest: Anomaly) -> None:
    """All of them and no other, this one included."""
    around = app.context.around(tenant(), strongest.row.id)
    flagged = [int(w) for w, f in zip(around.columns.window, around.columns.flagged, strict=True) if f]
    assert [row.window for row in around.neighbours] == flagged
    near = anomaly_context.nearest(strongest.row, around.neighbours)
    assert strongest.row.id in {row.id for row in near}
    assert len(near) <= 11
    assert anomaly_context.neighbours(strongest.row, near)[""].count("▸ this") == 1


def test_the_pattern_tells_how_often_and_since_when(dashboard: AppTest, app: App, strongest: Anomaly) -> None:
    """The numbers of the history."""
    history = app.review.same_pattern(tenant(), strongest.row.id)
    text = rendered(opened(dashboard, strongest.row.id, "Context"))
    assert context_history.sentence(history) in text
    assert sum(count for _, count in history.per_day) == history.count


def test_a_note_stands_in_the_list_and_can_be_taken_away(
    dashboard: AppTest, app: App, strongest: Anomaly
) -> None:
    """Written for this stream at the window's time."""
    app.review.annotate(
        tenant(),
        strongest.row.seen_at,
        "Deployed <shop> 4.2",
        by="visitor",
        stream_id=strongest.row.stream_id,
    )
    page = opened(dashboard, strongest.row.id, "Context")
    assert "Deployed \\<shop\\> 4\\.2" in rendered(page)
    next(button for button in page.button if button.label == "Remove").click().run()
    assert not page.exception
    assert "Deployed" not in rendered(page)


def test_the_dearest_trace_is_drawn_with_children_below_their_parents(
    dashboard: AppTest, app: App, traced: Anomaly
) -> None:
    """Its bits are those of its events, and each parent stands above."""
    found = app.context.waterfall(tenant(), traced.row.id)
    assert found is not None
    bits = traced.record["description"]["event_bits"]
    assert found.bits == pytest.approx(sum(bits[step.span.position] for step in found.steps))
    seen: set[str] = set()
    for step in found.steps:
        assert step.depth == 0 or step.span.parent_id in seen
        seen.add(step.span.span_id)
    assert found.trace_id in rendered(opened(dashboard, traced.row.id, "Context")).replace("\\", "")


def test_a_trace_with_parts_elsewhere_says_so() -> None:
    """A parent that is not there is counted, and its child begins a line of its own."""
    events = [span("t", "b", "a", 100, 50), span("t", "c", "b", 110, 20), span("t", "d", "zz", 160, 5)]
    found = waterfall([(event, None) for event in events], [10.0, 20.0, 5.0])
    assert found is not None
    assert [(step.span.span_id, step.depth) for step in found.steps] == [("b", 0), ("c", 1), ("d", 0)]
    assert found.missing_parents == 2
    assert "a part of it only" in context_trace.sentence(found)
    drawing = context_trace.waterfall(found, [10.0, 20.0, 5.0], ordinary=8.0, ink=LIGHT)
    assert list(drawing.figure.data[0].base) == [0.0, 0.01, 0.06]
    assert drawing.figure.data[0].marker.pattern.shape == ("", "/", "")


def test_spans_that_are_each_others_parents_do_not_go_round() -> None:
    """Each is drawn once."""
    events = [span("t", "a", "b", 1, 1), span("t", "b", "a", 2, 1), span("t", "a", "b", 3, 1)]
    found = waterfall([(event, None) for event in events], [1.0, 1.0, 1.0])
    assert found is not None
    assert sorted(step.span.position for step in found.steps) == [0, 1, 2]


def test_events_that_are_no_spans_have_no_waterfall() -> None:
    """Nor have spans without a time."""
    assert (
        waterfall([(b'{"a": 1}', 5), (b"text", 6), (b'{"traceId":"a","spanId":"b"}', None)], [1.0] * 3)
        is None
    )


def test_prompt_and_answer_stand_side_by_side_with_their_tokens(
    dashboard: AppTest, app: App, said: Anomaly
) -> None:
    """Marked by the same map, the counts of the event beside them."""
    page = opened(dashboard, said.row.id, "Context")
    text = rendered(page).replace("\\", "")
    costs = app.examination.event_costs(tenant(), said.row.id)
    dearest = max(costs, key=lambda cost: (cost.bits, -cost.event.seq))
    named = token_counts(dearest.event.payload)
    assert named
    for name, count in named.items():
        assert f"{name} {count}" in text
    assert "**Prompt**" in text
    assert "**Answer**" in text
    assert "dl-turn" in "".join(html.body for html in page.get("html"))


def test_the_numbers_around_are_those_of_the_events(app: App, said: Anomaly) -> None:
    """Each value in its place, and as many inside as the window's events name."""
    found = app.context.numbers(tenant(), said.row.id)
    costs = app.examination.event_costs(tenant(), said.row.id)
    tokens = {cost.event.seq: token_counts(cost.event.payload)["completion_tokens"] for cost in costs}
    inside = {}
    for one in found:
        if one.name.startswith("completion_tokens"):
            mine = {
                int(seq): int(value)
                for seq, value in zip(one.points.seq, one.points.value, strict=True)
                if int(seq) in tokens
            }
            assert len(mine) == one.inside
            inside |= mine
    assert inside == tokens


def test_the_jury_tells_among_how_many_windows_it_ranks(
    dashboard: AppTest, app: App, strongest: Anomaly
) -> None:
    """One row a compressor; the sentence is computed from the ranks."""
    found = app.cross_checks.jury(tenant(), strongest.row.id)
    assert found is not None
    assert [juror.compressor for juror in found.jurors] == list(JURORS)
    assert all(juror.of == found.past + 1 for juror in found.jurors)
    # Disjoint windows before this one, and those inside the first baseline.
    first = strongest.record["evidence"]["epochs"][-1][0]
    length = strongest.row.last_seq - strongest.row.first_seq + 1
    inside = strongest.record["configuration"]["baseline"] // length
    assert found.past == min(99, (first - 1) // length + inside)
    page = opened(dashboard, strongest.row.id, "Is it chance?")
    assert anomaly_jury.sentence(found) in rendered(page)


def made(ranks: list[int], past: int) -> Jury:
    """A jury with these ranks."""
    jurors = tuple(
        Juror(compressor=name, cost=1, median=1.0, rank=rank, of=past + 1)
        for name, rank in zip(JURORS, ranks, strict=True)
    )
    return Jury(jurors=jurors, past=past, top=max(0.01, 1 / (past + 1)))


@pytest.mark.parametrize(
    ("jury", "said"),
    [
        (made([1, 1, 1, 1], 99), "4 of 4 compressors rank it in the top 1.0 %"),
        (made([1, 2, 1, 40], 99), "2 of 4 compressors rank it in the top 1.0 %"),
        (made([1, 1, 2, 1], 36), "3 of 4 compressors rank it first** among 36 past windows"),
    ],
)
def test_agreement_is_counted(jury: Jury, said: str) -> None:
    """And no rank finer than the past allows is claimed."""
    assert said in anomaly_jury.sentence(jury)
    assert ("no finer statement" in anomaly_jury.sentence(jury)) == (jury.past < 99)


def test_the_mask_table_has_a_row_for_every_set(dashboard: AppTest, app: App, strongest: Anomaly) -> None:
    """The profile's own is marked, and says what the record says."""
    report = app.cross_checks.xray(tenant(), strongest.row.id)
    table = anomaly_xray.table(report.found, strongest.record)
    assert table["Masked"][-1].endswith("(used)")
    assert len(table["Masked"]) == len(MASK_SETS)
    own = report.found[-1]
    assert report.agrees
    assert own.flagged
    assert own.p == pytest.approx(strongest.record["p"])
    assert own.extra_bits == strongest.record["extra_bits"]
    closed = rendered(opened(dashboard, strongest.row.id, "What if"))
    told = anomaly_xray.verdict_text(report.found)[0]
    assert told not in closed  # four runs of the detector, for whoever asks
    dashboard.query_params["xray"] = "true"
    text = rendered(opened(dashboard, strongest.row.id, "What if"))
    assert anomaly_xray.verdict_text(report.found)[0] in text


def under(*flags: bool) -> list[Xray]:
    """A row a set of masks."""
    return [
        Xray(name=name, masks=masks, flagged=flag, distance=0.4, p=0.02, aspect=None, size=9, usual_size=4.0,
             baseline_first_seq=None)
        for (name, masks), flag in zip(MASK_SETS.items(), flags, strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "warns", "part"),
    [
        ((True, False, False, False), True, "hangs on random ids only"),
        ((True, True, True, True), False, "masks do not matter"),
        ((False, True, True, True), False, "Ids have to be masked"),
        ((True, True, True, False), True, "only with numbers left in"),
        ((False, False, True, True), False, "only with times masked"),
        ((True, False, True, True), True, "not one way"),
    ],
)
def test_ux_u18_a_verdict_that_hangs_on_masks_is_named(
    flags: tuple[bool, ...], warns: bool, part: str
) -> None:
    """A warning where what is random decides."""
    told, warned = anomaly_xray.verdict_text(under(*flags))
    assert (warned, part in told) == (warns, True)
