"""Tuning lab: limits chosen by their consequences."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.services.complete import WIDE
from driftlock.services.tuning_alarms import Alarms
from driftlock.ui import session
from driftlock.ui.session import reader, tenant
from driftlock_core.incidents import incidents
from driftlock_core.profiles import BALANCED
from driftlock_core.recount import Rule
from driftlock_core.recount_alone import Alone
from driftlock_core.repeats import Repeats
from tests.ui.pages import FORBIDDEN, button
from tests.ui.tuning_page import SMALL, cards, number, opened, said, settled, stream_of


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[App]:
    """An application of its own without any stream, which the pages open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(tmp_path))
        patch.setenv("DRIFTLOCK_DEMO_DATA", "off")
        st.cache_resource.clear()
        opened = session.app()
        yield opened
        opened.close()
        st.cache_resource.clear()


@pytest.fixture(scope="module")
def shop(app: App) -> str:
    """The web shop's log with its first fault, and every number a recount needs."""
    stream_id = stream_of(app, "shop.log", generate("web-logs", events=4_000).data)
    app.complete(tenant(), stream_id)
    return stream_id


def test_without_streams_the_page_leads_to_analyze(empty: App) -> None:
    """One sentence, one link, no control."""
    page = opened(empty)
    assert "No streams yet" in page.info[0].value
    assert not page.metric


def test_a_stream_of_numbers_has_nothing_to_tune(app: App) -> None:
    """It says that each value is ranked by a rule of its own, and draws no slider."""
    stream_id = stream_of(app, "numbers", generate("service-metrics", events=3_000).data, BALANCED)
    assert next(one for one in app.overview.streams(tenant()) if one.stream.id == stream_id).series
    page = opened(app, stream_id)
    assert "is judged as numbers" in said(page)
    assert not page.metric
    assert not page.slider


def test_too_few_events_say_how_many_are_needed(app: App) -> None:
    """A stream that has not filled its first window has its count beside the count it needs."""
    stream_id = app.create_stream(tenant(), name="young", kind="logs", profile=SMALL)
    page = opened(app, stream_id)
    assert f"0 of the {SMALL.events_needed} events needed" in said(page)
    assert not page.metric


def test_few_windows_are_called_uncertain(app: App) -> None:
    """Below 200 windows the page works and says that intervals are wide."""
    stream_id = stream_of(app, "short", generate("quiet-logs", events=700).data)
    page = settled(opened(app, stream_id), app, stream_id)
    assert "intervals are wide" in said(page)
    assert cards(page, 0)["Flagged"] == cards(page, 1)["Flagged"]


def test_the_first_opening_starts_the_completing_job(app: App) -> None:
    """Numbers that no limit in force needed are filled in once, by a job; then nothing is unknown."""
    stream_id = stream_of(app, "incomplete", generate("web-logs", events=2_000).data)
    wide = Rule(threshold=WIDE.threshold, alpha=WIDE.alpha)
    history = app.tuning.history(tenant(), stream_id)
    assert app.tuning.missing(history, wide) > 0
    page = settled(opened(app, stream_id), app, stream_id)
    job = app.jobs.newest(tenant(), stream_id, "complete")
    assert job is not None
    assert job.state == "done"
    assert app.tuning.missing(app.tuning.history(tenant(), stream_id), wide) == 0
    assert "not known yet" not in said(page)
    again = opened(app, stream_id)
    assert not again.exception
    newest = app.jobs.newest(tenant(), stream_id, "complete")
    assert newest is not None
    assert newest.id == job.id


def test_both_columns_show_the_figures_of_their_rule(app: App, shop: str) -> None:
    """Current and candidate have the same eight cards, each counted from the stored windows."""
    page = opened(app, shop, ncd="0.4", p="0.08")
    history = app.tuning.history(tenant(), shop)
    for side, rule in enumerate((history.rule, Rule(threshold=0.4, alpha=0.08))):
        figures = app.tuning.figures(history, rule)
        shown = cards(page, side)
        assert len(shown) == 8
        assert shown["Flagged"] == str(figures.flagged)
        assert shown["Incidents"] == str(figures.incidents)
    assert "Custom" in str(next(one for one in page.segmented_control if one.key == "prof").value).title()


def test_ux07_11_expected_by_chance_stands_beside_flagged(app: App, shop: str) -> None:
    """On both sides."""
    page = opened(app, shop)
    for side in (0, 1):
        shown = cards(page, side)
        assert "Flagged" in shown
        assert any(label.startswith("Expected by chance") for label in shown)


def test_ux07_12_no_forbidden_word(app: App, shop: str) -> None:
    """In no tab of the page."""
    for tab in ("Calibration", "Placebo", "Detectability", "Price", "History"):
        text = said(opened(app, shop, view=tab, ncd="0.2")).lower()
        assert not [word for word in FORBIDDEN if word in text]


def test_a_profile_sets_both_limits_and_a_limit_makes_it_custom(app: App, shop: str) -> None:
    """Strict is NCD 0.45 and p 0.01; another number is nobody's profile."""
    page = opened(app, shop)
    next(one for one in page.segmented_control if one.key == "prof").set_value("strict").run()
    assert (number(page, "ncd").value, number(page, "p").value) == (0.45, 0.01)  # type: ignore[attr-defined]
    number(page, "ncd").set_value(0.44).run()  # type: ignore[attr-defined]
    assert next(one for one in page.segmented_control if one.key == "prof").value == "custom"


def test_the_slider_and_the_field_are_one_limit(app: App, shop: str) -> None:
    """Moving either moves the other."""
    page = opened(app, shop)
    next(one for one in page.slider if one.key == "ncd-slider").set_value(0.512).run()
    assert number(page, "ncd").value == 0.512  # type: ignore[attr-defined]
    number(page, "ncd").set_value(0.25).run()  # type: ignore[attr-defined]
    assert next(one for one in page.slider if one.key == "ncd-slider").value == 0.25


def test_what_a_hand_sets_while_the_page_is_drawn_anew_stays(app: App, shop: str) -> None:
    """A browser that is told a value takes it, and forgets a move that is not sent yet: told only what differs."""
    page = settled(opened(app, shop), app, shop)

    def told() -> list[str | None]:
        live = [*page.slider, *page.select_slider, *page.number_input, *page.segmented_control]
        assert {one.key for one in live} >= {"ncd-slider", "p-slider", "ncd", "p", "prof"}
        return [one.key for one in live if one.proto.set_value and not one.disabled]

    page.run()
    assert told() == []
    number(page, "ncd").set_value(0.4).run()  # type: ignore[attr-defined]
    assert told() == ["ncd-slider", "prof"]


def test_sliders_begin_with_their_limits(app: App, shop: str) -> None:
    """Not at their lowest end, to be told better: a browser that is still fetching its program may miss that."""
    page = opened(app, shop, ncd="0.44", p="0.02")
    by_key = {one.key: one for one in (*page.slider, *page.select_slider)}
    ncd, p = by_key["ncd-slider"].proto, by_key["p-slider"].proto
    assert list(ncd.default) == [0.44]
    assert [p.options[int(at)] for at in p.default] == ["0.02"]
    assert (ncd.set_value, p.set_value) == (False, False)


def test_a_candidate_equal_to_the_current_rule_cannot_be_applied(app: App, shop: str) -> None:
    """The bar says why."""
    assert "Apply is off: the candidate equals the current limits." in said(opened(app, shop))
    assert "Apply is off" not in said(opened(app, shop, ncd="0.4"))


@pytest.fixture(scope="module")
def support(app: App) -> str:
    """Answers of a support desk: so varied that hardly a window is as the usual one, or less."""
    stream_id = stream_of(app, "support", generate("support-llm", events=3_000).data)
    app.complete(tenant(), stream_id)
    return stream_id


@pytest.mark.parametrize(
    ("ncd", "words"), [("0.0", "only the p limit decides"), ("4.0", "No window of this range reaches")]
)
def test_ux07_16_a_limit_that_decides_nothing_is_replaced_in_one_click(
    app: App, support: str, ncd: str, words: str
) -> None:
    """The suggestion becomes the candidate, as custom limits, and the notice goes."""
    page = opened(app, support, ncd=ncd)
    assert words in said(page)
    use = next(one for one in page.button if one.key == "use-suggestion")
    suggested = float(use.label.rsplit(" ", 1)[1])
    use.click().run()
    assert number(page, "ncd").value == suggested  # type: ignore[attr-defined]
    assert words not in said(page)
    assert next(one for one in page.segmented_control if one.key == "prof").value == "custom"


def test_ux07_23_a_budget_too_small_names_the_references_it_needs(app: App, shop: str) -> None:
    """The message is the answer's own, with the number of references, and nothing can be applied."""
    page = opened(app, shop, drive="Alarm budget", day="0.01", hold="false")
    history = app.tuning.history(tenant(), shop)
    answer = app.tuning.rule_for_budget(history, 0.01, history.rule.threshold)
    assert answer.rule is None
    assert answer.needed_references is not None
    text = said(page)
    assert answer.sentence in text
    assert re.search(r"m ≥ [\d\u202f]+ references", text)
    assert "Apply is off: no limits fulfil the wish." in text


def test_a_budget_that_can_be_met_leads_to_limits(app: App, shop: str) -> None:
    """Its p limit is the answer's, chosen on the first 70 % and shown on the last 30 %."""
    page = opened(app, shop, drive="Alarm budget", day="5000")
    whole = app.tuning.history(tenant(), shop)
    first, last = app.tuning.held_out(whole)
    rule = app.tuning.rule_for_budget(first, 5000.0, whole.rule.threshold).rule
    assert rule is not None
    assert cards(page, 1)["Flagged"] == str(app.tuning.figures(last, rule).flagged)
    assert f"Chosen on the first {first.windows} windows" in said(page)


def test_sensitivity_shows_its_limits_before_anything_is_applied(app: App, shop: str) -> None:
    """At 1 the limits are those of sensitive, on the last 30 %."""
    page = opened(app, shop, drive="Sensitivity", sens="1.0")
    _, last = app.tuning.held_out(app.tuning.history(tenant(), shop))
    assert "NCD ≥ 0.20 and p ≤ 0.10" in said(page)
    assert cards(page, 1)["Flagged"] == str(app.tuning.figures(last, Rule(threshold=0.2, alpha=0.1)).flagged)


def test_ux07_24_apply_needs_a_reason_and_undo_restores(app: App) -> None:
    """Without a reason nothing changes; with one the limits hold from the next event on, and undo brings back the old."""
    stream_id = stream_of(app, "applied", generate("web-logs", events=2_000).data)
    app.complete(tenant(), stream_id)
    before = [row.id for row in app.queries.anomalies(tenant(), stream_id)]
    page = opened(app, stream_id, ncd="0.4", p="0.08", rep="2", of="9", gap="1")
    assert "Every window keeps its flag" in said(page)
    button(page, "Apply from now on").click().run()  # type: ignore[attr-defined]
    assert "Say why" in said(page)
    assert not app.tuning.changes(tenant(), stream_id)
    next(field for field in page.text_input if field.key == "reason").set_value("too many")
    button(page, "Apply from now on").click().run()  # type: ignore[attr-defined]
    (change,) = app.tuning.changes(tenant(), stream_id)
    assert (change.rule, change.reason, change.by) == (Rule(threshold=0.4, alpha=0.08), "too many", reader())
    how = Alarms(repeats=Repeats(least=2, last=9), gap=1)
    assert (change.alarms, app.tuning.history(tenant(), stream_id).alarms) == (how, how)
    assert f"Recorded verdicts never change; this applies from event {change.after_seq + 1} on." in said(page)
    assert [row.id for row in app.queries.anomalies(tenant(), stream_id)] == before
    next(one for one in page.button if one.key == "undo-applied").click().run()
    assert not page.exception
    undone = app.tuning.changes(tenant(), stream_id)[-1]
    assert undone.undoes == change.id
    history = app.tuning.history(tenant(), stream_id)
    assert (history.rule, history.alarms) == (Rule.of(SMALL), Alarms())
    page = opened(app, stream_id, view="History")
    assert "too many" in str(page.table[0].value)
    assert "Recorded verdicts never change" in said(page)


def bursty(events: int, seed: int) -> bytes:
    """Ordinary lines that come in runs: nine of ten repeat the kind of the one before."""
    draw = np.random.default_rng(seed)
    kinds, lines = draw.integers(0, 40, events), []
    same = draw.random(events) < 0.96
    kind = 0
    for at in range(events):
        kind = kind if same[at] else int(kinds[at])
        lines.append(
            f"service{kind:02d} handled request step{kind * 7 % 40:02d} of order in {kind * 13 % 97} ms"
        )
    return "\n".join(lines).encode()


def test_ux07_25_the_verdict_on_calibration_is_computed(app: App) -> None:
    """Independent and bursty streams each get the verdict of their own windows, and a quiet stretch counts."""
    draw = np.random.default_rng(5)
    independent = "\n".join(
        f"service{a:02d} handled request step{b:02d} of order in {c} ms"
        for a, b, c in draw.integers(0, 40, (2_000, 3)).tolist()
    ).encode()
    verdicts = []
    for name, data in (("independent", independent), ("bursty", bursty(2_000, 11))):
        stream_id = stream_of(app, name, data)
        app.complete(tenant(), stream_id)
        found = app.tuning.calibration(app.tuning.history(tenant(), stream_id))
        assert f"On the whole range: {found.verdict}." in said(opened(app, stream_id))
        assert "On the stretch held to be quiet" in said(opened(app, stream_id, quiet="true"))
        verdicts.append((found.verdict, found.observed.tolist()))
    assert verdicts[0] != verdicts[1]


def test_ux07_26_the_placebo_stands_beside_the_real_count(app: App) -> None:
    """Started on the page; both counts with what chance would flag, and named PLACEBO."""
    stream_id = stream_of(app, "placebo", generate("web-logs", events=1_500).data)
    app.complete(tenant(), stream_id)
    page = opened(app, stream_id, view="Placebo")
    assert "No placebo of this stream" in said(page)
    next(one for one in page.button if one.key == "start-placebo").click().run()
    page = settled(page, app, stream_id, "placebo")
    job = app.jobs.newest(tenant(), stream_id, "placebo", done=True)
    assert job is not None
    assert job.result is not None
    text = said(page)
    assert f"PLACEBO: {job.result['flagged']} flagged" in text
    assert f"As it came: {job.result['real_flagged']} flagged" in text
    assert {f"PLACEBO: {what}" for what in ("flagged", "incidents", "windows")} <= {
        one.label for one in page.metric
    }


def test_labels_count_on_the_cards_by_place(app: App, shop: str) -> None:
    """Windows of one fault are one place, kept while one of them is flagged; without labels the card calls for them."""
    rows = app.queries.anomalies(tenant(), shop, order="newest", limit=1000)
    spans = sorted((row.window, row.first_seq, row.last_seq) for row in rows)
    first = max(incidents(spans), key=lambda one: len(one.windows)).windows
    ids = {row.window: row.id for row in rows}
    assert len(first) >= 3
    assert cards(opened(app, shop), 0)["Real kept"] == "—"
    app.review.label(tenant(), [ids[window] for window in first], "real", by=reader())
    shown = cards(opened(app, shop), 0)
    assert shown["Real kept"] == "1 of 1"
    assert shown["Not-real dropped"] == "—"


def test_limits_nobody_computes_for_beforehand_get_a_job_of_their_own(app: App) -> None:
    """Below NCD 0.10 the page names the windows it cannot decide and a button that fills them in."""
    stream_id = stream_of(app, "beyond", generate("web-logs", events=2_000).data)
    app.complete(tenant(), stream_id)
    rule = Rule(threshold=0.01, alpha=0.01)
    unknown = app.tuning.figures(app.tuning.history(tenant(), stream_id), rule).unknown
    assert unknown > 0
    page = opened(app, stream_id, ncd="0.01", p="0.01")
    assert f"{unknown} windows of this range cannot be decided" in said(page)
    next(one for one in page.button if one.key == "start-complete").click().run()
    page = settled(page, app, stream_id)
    assert app.tuning.figures(app.tuning.history(tenant(), stream_id), rule).unknown == 0
    assert "cannot be decided" not in said(page)


def test_repeats_and_gap_count_the_same_flags_otherwise(app: App, shop: str) -> None:
    """Flags stay, alarms and incidents are those of the candidate, and chance is what is said of alarms."""
    page = opened(app, shop, rep="7", of="12", gap="4")
    history = app.tuning.history(tenant(), shop)
    how = Alarms(repeats=Repeats(least=7, last=12), gap=4)
    figures, before = (app.tuning.figures(history, history.rule, how=one) for one in (how, Alarms()))
    assert figures.alarms < figures.flagged == before.flagged
    shown = cards(page, 1)
    assert shown["Flagged"] == cards(page, 0)["Flagged"] == str(figures.flagged)
    assert shown["Incidents"] == str(figures.incidents)
    notes = [metric.delta for metric in page.metric]
    assert f"of {figures.tested} windows; {figures.alarms} alarms" in [
        note.replace("\u202f", "") for note in notes
    ]
    text = said(page)
    assert "once 7 of the last 12 windows are flagged" in text
    assert f"at most {4 * history.profile.window} events between them are one incident" in text
    assert number(opened(app, shop), "of").disabled  # type: ignore[attr-defined]


def test_a_limit_on_another_number_is_looked_at_and_not_applied(app: App, shop: str) -> None:
    """Extra bits have an expectation; distances have none and say so; neither can be applied; a wish has no choice."""
    history = app.tuning.history(tenant(), shop)
    for name, value, statistic in (("Extra bits alone", 300.0, "bits"), ("Distance alone", 0.25, "distance")):
        page = opened(app, shop, stat=name, **{statistic: str(value)})
        figures = app.tuning.figures(history, Alone(statistic=statistic, least=value))  # type: ignore[arg-type]
        assert cards(page, 1)["Flagged"] == str(figures.flagged)
        text = said(page)
        assert "Apply is off: the detector decides by NCD and p" in text
        chance = [value for label, value in cards(page, 1).items() if label.startswith("Expected by chance")]
        assert (chance == ["—"]) == (figures.expected is None) == (statistic == "distance")
        assert ("is not known for distances" in text) == (statistic == "distance")
    wish = opened(app, shop, drive="Sensitivity")
    assert next(one for one in wish.segmented_control if one.key == "stat").disabled
    assert "a sensitivity lead to NCD and p limits" in said(wish)


def test_suppressed_patterns_can_be_left_out_on_both_sides(app: App) -> None:
    """Off with its reason where nothing is suppressed; on, both counts are without them, and that stands beside."""
    stream_id = stream_of(app, "hushed", generate("web-logs", events=2_000).data)
    app.complete(tenant(), stream_id)
    rows = app.queries.anomalies(tenant(), stream_id, limit=1000)
    page = opened(app, stream_id)
    switch = next(one for one in page.toggle if one.key == "nosup")
    assert switch.disabled
    assert "No flagged window of this range has a suppressed pattern." in said(page)
    app.review.suppress(tenant(), rows[0].id, until=None, by=reader())
    alike = sum(row.pattern == rows[0].pattern for row in rows)
    page = opened(app, stream_id, nosup="true")
    for side in (0, 1):
        assert cards(page, side)["Flagged"] == str(len(rows) - alike)
    assert sum(f"without {alike} suppressed" in (metric.delta or "") for metric in page.metric) == 2
    assert "left out on both sides" in said(page)
    assert cards(opened(app, stream_id), 0)["Flagged"] == str(len(rows))
