"""Tuning lab: limits chosen by their consequences."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.services.complete import WIDE
from driftlock.ui import session
from driftlock.ui.session import reader, tenant
from driftlock_core.profiles import BALANCED, Profile
from driftlock_core.recount import Rule
from tests.ui.pages import FORBIDDEN, SECONDS, button, rendered

PAGE = "pages/tuning.py"
ROOT = Path(__file__).parents[2]
# Sizes at which a short stream has references enough for all views to decide.
SMALL = BALANCED.with_sizes(20)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[App]:
    """An application of its own without any stream, which the pages open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLOCK_HOME", str(tmp_path))
        st.cache_resource.clear()
        opened = session.app()
        yield opened
        opened.close()
        st.cache_resource.clear()


def stream_of(app: App, name: str, data: bytes, profile: Profile = SMALL) -> str:
    """The id of the only stream of *data*, analyzed."""
    run_id = app.start_run(
        tenant(), source="upload", name=name, open_source=lambda: io.BytesIO(data), profile=profile
    )
    assert app.wait_for_run(tenant(), run_id, seconds=SECONDS).state == "done"
    return app.queries.streams(tenant(), run_id)[0].id


@pytest.fixture(scope="module")
def shop(app: App) -> str:
    """The web shop's log with its first fault, and every number a recount needs."""
    stream_id = stream_of(app, "shop.log", generate("web-logs", events=4_000).data)
    app.complete(tenant(), stream_id)
    return stream_id


def opened(app: App, stream_id: str | None = None, **address: str) -> AppTest:
    """The page with the whole range of one stream."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    page.switch_page(PAGE)
    page.session_state["r"] = "all"
    if stream_id is not None:
        page.query_params["stream"] = stream_id
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def settled(page: AppTest, app: App, stream_id: str, kind: str = "complete") -> AppTest:
    """The page once the job it started has ended."""
    for _ in range(SECONDS * 5):
        job = app.jobs.newest(tenant(), stream_id, kind)  # type: ignore[arg-type]
        if job is None or job.state not in ("queued", "running"):
            break
        app._worker.wait(0.2)
    page.run()
    assert not page.exception
    return page


def cards(page: AppTest, side: int) -> dict[str, str]:
    """Values by label: 0 the current rule, 1 the candidate."""
    shown = [metric for metric in page.metric if not metric.label.startswith(("PLACEBO", "As it came"))]
    return {metric.label: metric.value for metric in shown[8 * side : 8 * side + 8]}


def number(page: AppTest, key: str) -> object:
    return next(field for field in page.number_input if field.key == key)


def said(page: AppTest) -> str:
    """Every text of the page; notices included."""
    notices = [*page.info, *page.warning, *page.error, *page.success]
    return "\n".join([rendered(page), *(notice.value for notice in notices)]).replace("\\", "")


def test_without_streams_the_page_leads_to_analyze(empty: App) -> None:
    """One sentence, one link, no control."""
    page = opened(empty)
    assert "No streams yet" in page.info[0].value
    assert not page.metric


def test_a_stream_of_numbers_has_nothing_to_tune(empty: App) -> None:
    """It says that each value is ranked by a rule of its own, and draws no slider."""
    stream_id = stream_of(empty, "numbers", generate("service-metrics", events=3_000).data, BALANCED)
    assert next(one for one in empty.overview.streams(tenant()) if one.stream.id == stream_id).series
    page = opened(empty, stream_id)
    assert "is judged as numbers" in said(page)
    assert not page.metric
    assert not page.slider


def test_too_few_events_say_how_many_are_needed(empty: App) -> None:
    """A stream that has not filled its first window has its count beside the count it needs."""
    stream_id = empty.create_stream(tenant(), name="young", kind="logs", profile=SMALL)
    page = opened(empty, stream_id)
    assert f"0 of the {SMALL.events_needed} events needed" in said(page)
    assert not page.metric


def test_few_windows_are_called_uncertain(empty: App) -> None:
    """Below 200 windows the page works and says that intervals are wide."""
    stream_id = stream_of(empty, "short", generate("quiet-logs", events=700).data)
    page = settled(opened(empty, stream_id), empty, stream_id)
    assert "intervals are wide" in said(page)
    assert cards(page, 0)["Flagged"] == cards(page, 1)["Flagged"]


def test_the_first_opening_starts_the_completing_job(empty: App) -> None:
    """Numbers that no limit in force needed are filled in once, by a job; then nothing is unknown."""
    stream_id = stream_of(empty, "shop", generate("web-logs", events=2_000).data)
    wide = Rule(threshold=WIDE.threshold, alpha=WIDE.alpha)
    history = empty.tuning.history(tenant(), stream_id)
    assert empty.tuning.missing(history, wide) > 0
    page = settled(opened(empty, stream_id), empty, stream_id)
    job = empty.jobs.newest(tenant(), stream_id, "complete")
    assert job is not None
    assert job.state == "done"
    assert empty.tuning.missing(empty.tuning.history(tenant(), stream_id), wide) == 0
    assert "not known yet" not in said(page)
    again = opened(empty, stream_id)
    assert not again.exception
    newest = empty.jobs.newest(tenant(), stream_id, "complete")
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


def test_ux07_24_apply_needs_a_reason_and_undo_restores(empty: App) -> None:
    """Without a reason nothing changes; with one the limits hold from the next event on, and undo brings back the old."""
    stream_id = stream_of(empty, "shop", generate("web-logs", events=2_000).data)
    empty.complete(tenant(), stream_id)
    before = [row.id for row in empty.queries.anomalies(tenant(), stream_id)]
    page = opened(empty, stream_id, ncd="0.4", p="0.08")
    button(page, "Apply from now on").click().run()  # type: ignore[attr-defined]
    assert "Say why" in said(page)
    assert not empty.tuning.changes(tenant(), stream_id)
    next(field for field in page.text_input if field.key == "reason").set_value("too many")
    button(page, "Apply from now on").click().run()  # type: ignore[attr-defined]
    (change,) = empty.tuning.changes(tenant(), stream_id)
    assert (change.rule, change.reason, change.by) == (Rule(threshold=0.4, alpha=0.08), "too many", reader())
    assert f"Recorded verdicts never change; this applies from event {change.after_seq + 1} on." in said(page)
    assert [row.id for row in empty.queries.anomalies(tenant(), stream_id)] == before
    next(one for one in page.button if one.key == "undo-applied").click().run()
    assert not page.exception
    undone = empty.tuning.changes(tenant(), stream_id)[-1]
    assert undone.undoes == change.id
    assert empty.tuning.history(tenant(), stream_id).rule == Rule.of(SMALL)
    history = said(opened(empty, stream_id, view="History"))
    assert "too many" in str(opened(empty, stream_id, view="History").table[0].value)
    assert "Recorded verdicts never change" in history


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


def test_ux07_25_the_verdict_on_calibration_is_computed(empty: App) -> None:
    """Independent and bursty streams each get the verdict of their own windows, and a quiet stretch counts."""
    draw = np.random.default_rng(5)
    independent = "\n".join(
        f"service{a:02d} handled request step{b:02d} of order in {c} ms"
        for a, b, c in draw.integers(0, 40, (4_000, 3)).tolist()
    ).encode()
    verdicts = []
    for name, data in (("independent", independent), ("bursty", bursty(4_000, 11))):
        stream_id = stream_of(empty, name, data)
        empty.complete(tenant(), stream_id)
        found = empty.tuning.calibration(empty.tuning.history(tenant(), stream_id))
        assert f"On the whole range: {found.verdict}." in said(opened(empty, stream_id))
        assert "On the stretch held to be quiet" in said(opened(empty, stream_id, quiet="true"))
        verdicts.append((found.verdict, found.observed.tolist()))
    assert verdicts[0] != verdicts[1]


def test_ux07_26_the_placebo_stands_beside_the_real_count(empty: App) -> None:
    """Started on the page; both counts with what chance would flag, and named PLACEBO."""
    stream_id = stream_of(empty, "shop", generate("web-logs", events=1_500).data)
    empty.complete(tenant(), stream_id)
    page = opened(empty, stream_id, view="Placebo")
    assert "No placebo of this stream" in said(page)
    next(one for one in page.button if one.key == "start-placebo").click().run()
    page = settled(page, empty, stream_id, "placebo")
    job = empty.jobs.newest(tenant(), stream_id, "placebo", done=True)
    assert job is not None
    assert job.result is not None
    text = said(page)
    assert f"PLACEBO: {job.result['flagged']} flagged" in text
    assert f"As it came: {job.result['real_flagged']} flagged" in text
    assert {f"PLACEBO: {what}" for what in ("flagged", "incidents", "windows")} <= {
        one.label for one in page.metric
    }


def test_labels_count_on_the_cards(empty: App) -> None:
    """A window labelled on this page is kept or dropped there; without labels the card calls for them."""
    stream_id = stream_of(empty, "shop", generate("web-logs", events=4_000).data)
    empty.complete(tenant(), stream_id)
    ids = [row.id for row in empty.queries.anomalies(tenant(), stream_id)]
    assert len(ids) >= 3
    assert cards(opened(empty, stream_id), 0)["Real kept"] == "—"
    empty.review.label(tenant(), ids[:2], "real", by=reader())
    empty.review.label(tenant(), ids[2:3], "not_real", by=reader())
    shown = cards(opened(empty, stream_id), 0)
    assert shown["Real kept"] == "2 of 2"
    assert shown["Not-real dropped"] == "0 of 1"


def test_limits_nobody_computes_for_beforehand_get_a_job_of_their_own(empty: App) -> None:
    """Below NCD 0.10 the page names the windows it cannot decide and a button that fills them in."""
    stream_id = stream_of(empty, "shop", generate("web-logs", events=2_000).data)
    empty.complete(tenant(), stream_id)
    rule = Rule(threshold=0.01, alpha=0.01)
    unknown = empty.tuning.figures(empty.tuning.history(tenant(), stream_id), rule).unknown
    assert unknown > 0
    page = opened(empty, stream_id, ncd="0.01", p="0.01")
    assert f"{unknown} windows of this range cannot be decided" in said(page)
    next(one for one in page.button if one.key == "start-complete").click().run()
    page = settled(page, empty, stream_id)
    assert empty.tuning.figures(empty.tuning.history(tenant(), stream_id), rule).unknown == 0
    assert "cannot be decided" not in said(page)
