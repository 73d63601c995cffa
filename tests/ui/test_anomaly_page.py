"""Anomaly: why, how rare, what if, proof."""

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from data_generator import generate
from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.ui import aspect_cards, flagged_table, other_profiles, view_words
from driftlock.ui.anomaly_verdict import severity_text
from driftlock.ui.session import tenant
from driftlock_core.numbers_text import count_text
from driftlock_core.window_views.findings import Finding
from driftlock_core.window_views.findings_text import finding_text
from tests.ui.pages import FORBIDDEN, button, rendered, run_sample

PAGE = "pages/anomaly.py"


def opened(dashboard: AppTest, anomaly_id: str, tab: str | None = None) -> AppTest:
    """The page on one anomaly, one of its tabs open."""
    dashboard.run()
    dashboard.switch_page(PAGE)
    dashboard.query_params["id"] = anomaly_id
    if tab is not None:
        dashboard.query_params["tab"] = tab
    dashboard.run()
    assert not dashboard.exception
    return dashboard


def test_without_an_id_the_page_leads_to_analyze(dashboard: AppTest) -> None:
    """A friendly line and a link, nothing else."""
    dashboard.run()
    dashboard.switch_page(PAGE).run()
    assert "No flagged window is open" in dashboard.info[0].value
    assert not dashboard.exception


def test_a_foreign_id_reads_like_an_unknown_one(dashboard: AppTest, app: App) -> None:
    """Whether another tenant has such an anomaly cannot be told from the page."""
    foreign = run_sample(app, "other", generate("web-logs", seed=11, events=3_000).data)
    assert app.queries.anomaly("other", foreign) is not None
    seen = rendered(opened(dashboard, foreign))
    assert seen == rendered(opened(dashboard, "0123456789abcdef"))
    assert "There is no flagged window of this id" in seen


def test_the_header_is_the_sentence_of_the_record(dashboard: AppTest, strongest: Anomaly) -> None:
    """Title and explanation are one text."""
    title = opened(dashboard, strongest.row.id).title[0].value
    assert title.replace("\\", "") == strongest.record["explanation"]["sentence"]


def test_the_three_cards_show_the_numbers_of_the_record(dashboard: AppTest, by_bytes: Anomaly) -> None:
    """NCD, p and extra bits are the stored ones; the NCD stands beside range and limit."""
    page = opened(dashboard, by_bytes.row.id)
    shown = {metric.label: metric.value for metric in page.metric}
    assert float(shown["NCD (size-matched)"]) == pytest.approx(by_bytes.record["ncd"], abs=5e-4)
    assert float(shown["p"]) == pytest.approx(by_bytes.record["p"], rel=5e-3)
    assert int(re.sub(r"\D", "", shown["Extra bits"])) == round(by_bytes.record["extra_bits"])
    bar = "".join(html.body for html in page.get("html"))
    assert "limit 0.30" in bar
    assert "ordinary" in bar
    assert "past windows it is ranked among, on this window's scale" in rendered(page)


def test_where_the_views_decided_the_cards_show_their_numbers(dashboard: AppTest, strongest: Anomaly) -> None:
    """The distance of the aspect that decided, and p as the views times its rank."""
    record = strongest.record
    assert record["decided_by"] == "views"
    name, (rank, distance) = min(
        (
            item
            for item in record["evidence"]["views"]["aspects"].items()
            if item[1][1] >= record["threshold"]
        ),
        key=lambda item: item[1][0],
    )
    page = opened(dashboard, strongest.row.id)
    shown = {metric.label: metric.value for metric in page.metric}
    assert float(shown[f"Distance of its {name}"]) == pytest.approx(distance, abs=5e-4)
    assert float(shown["p"]) == pytest.approx(record["factor"] * rank, rel=5e-3)
    assert f"{len(record['evidence']['views']['aspects'])} aspects ranked" in rendered(page)


def test_each_view_has_a_block_with_its_sentence(dashboard: AppTest, strongest: Anomaly) -> None:
    """Name, place among the past windows, and the finding in words; its events are marked in the byte map."""
    page = opened(dashboard, strongest.row.id)
    text = rendered(page).replace("\\", "")
    findings = strongest.record["description"]["findings"]
    assert findings
    for finding in findings:
        assert f"**{view_words.view(finding['view'])}**" in text
        assert finding_text(Finding.from_record(finding)).partition(":** ")[2] in text
    html = "".join(h.body for h in page.get("html"))
    assert html.count("200 past windows") + html.count("past windows,") >= len(findings)
    pointed = {place["position"] for f in findings for place in f["places"] if place["position"] >= 0}
    assert html.count("dl-note") - 1 == len(pointed)  # one is the rule of the style
    assert pointed


def test_an_event_of_a_block_opens_closer(dashboard: AppTest, strongest: Anomaly) -> None:
    """Its button chooses it in the list below."""
    page = opened(dashboard, strongest.row.id)
    places = [p for f in strongest.record["description"]["findings"] for p in f["places"]]
    seq = strongest.row.first_seq + next(p["position"] for p in places if p["position"] > 0)
    next(b for b in page.button if b.label == f"Event {count_text(seq)}").click().run()
    assert not page.exception
    assert f"**Event {count_text(seq)}**" in rendered(page)


def test_the_chance_tab_ranks_each_aspect(dashboard: AppTest, strongest: Anomaly) -> None:
    """Rank, the rank times the views, and the distance, each beside its limit."""
    table = aspect_cards.table(strongest.record)
    assert table["Aspect"][0].startswith("Content")
    assert "▲ yes" in table["Meets both"]
    text = rendered(opened(dashboard, strongest.row.id, "Is it chance?"))
    assert "Its bytes by themselves, which do not decide here" in text
    assert "Each aspect against the past" in text


def test_no_p_is_shown_below_the_smallest_possible(dashboard: AppTest, strongest: Anomaly) -> None:
    """At the floor the words "smallest value" appear."""
    record = strongest.record
    floor = record["factor"] / (len(record["evidence"]["views"]["references"]) + 1)
    page = opened(dashboard, strongest.row.id)
    assert float(page.metric[1].value) >= floor - 5e-6
    assert ("smallest value" in rendered(page)) == (record["p"] <= floor * (1 + 1e-9))


def test_a_severity_stepped_up_by_repetition_says_so(strongest: Anomaly) -> None:
    """Size alone needs no more words; the third disjoint flagged window in a row gets the reason."""
    description = strongest.record["description"] | {"findings": []}
    record = strongest.record | {"extra_bits": 3_000.0, "mu": 412.0, "description": description}
    assert severity_text(record, "medium").endswith("usual bits.")
    stepped = severity_text(record, "high")
    assert stepped.endswith("; one step up: third disjoint flagged window in a row or later.")


def test_the_profiles_show_no_p_below_the_smallest_possible(strongest: Anomaly) -> None:
    """Ranked first among 189 past windows, 1/190 is rounded up; decided by shuffles alone, 1/1000 is exact."""
    record = strongest.record | {"m": 189, "permutations": 999, "p": 1 / 190, "decided_by": "max"}
    assert all(cell.startswith("0.00527 ") for cell in other_profiles.table(record)["p"])
    alone = record | {"p": 1 / 1000, "decided_by": "p_perm"}
    assert all(cell.startswith("0.001 ") for cell in other_profiles.table(alone)["p"])


@pytest.mark.parametrize(
    ("p", "shown"),
    [(1 / 190, "0.00527"), (1 / 201, "0.00498"), (7 / 190, "0.0368"), (4 / 201, "0.02"), (1 / 1000, "0.001")],
)
def test_the_table_shows_no_p_below_the_smallest_of_its_window(
    strongest: Anomaly, p: float, shown: str
) -> None:
    """A first rank is never rounded to below 1/(m + 1), whatever m is; other ranks read as on their page."""
    assert flagged_table.table([replace(strongest.row, p=p)])["p"] == [shown]


def test_only_the_open_tab_is_computed(dashboard: AppTest, strongest: Anomaly) -> None:
    """The record tab draws no byte map, and the first tab no record."""
    assert "dl-map" in "".join(h.body for h in opened(dashboard, strongest.row.id).get("html"))
    page = opened(dashboard, strongest.row.id, "Record")
    assert "dl-map" not in "".join(h.body for h in page.get("html"))
    assert "Exact sizes" in rendered(page)


def test_the_byte_map_names_its_parse(dashboard: AppTest, strongest: Anomaly) -> None:
    """zstd gives no parse away, and the page says whose parse is drawn."""
    assert "reference parse (longest match), not zstd's own" in rendered(opened(dashboard, strongest.row.id))


def test_the_paragraph_is_the_stored_one(dashboard: AppTest, strongest: Anomaly) -> None:
    """It speaks of permutations, ordinary range and both limits, and says what p is not."""
    text = rendered(opened(dashboard, strongest.row.id, "Is it chance?")).replace("\\", "")
    assert strongest.record["explanation"]["paragraph"] in text
    for part in ("999", "ordinary windows here lie between", "≥ 0.30", "≤ 0.05", "It is not the chance that"):
        assert part in text


def test_removing_the_smallest_set_unflags_and_one_back_flags_again(
    dashboard: AppTest, app: App, strongest: Anomaly
) -> None:
    """The boxes recompute the window, they do not look a result up."""
    stream_id = strongest.row.stream_id
    rows = app.queries.anomalies(tenant(), stream_id)
    # Of a set of one, the one put back leaves nothing ticked: the window as recorded.
    with_set = next(row.id for row in rows if len(app.examination.smallest_set(tenant(), row.id).seqs) > 1)
    smallest = app.examination.smallest_set(tenant(), with_set).seqs
    page = opened(dashboard, with_set, "What if")
    assert "is flagged" in page.warning[0].value
    button(page, "Tick the smallest set").click().run()  # type: ignore[attr-defined]
    assert "would not be flagged" in page.success[0].value
    page.checkbox(key=f"without-{with_set}-{smallest[0]}").set_value(False).run()
    assert "would be flagged" in page.warning[0].value


def test_a_window_deleted_meanwhile_is_said_to_be_gone(dashboard: AppTest, app: App) -> None:
    """A box ticked after another browser deleted the run draws no error, but the page anew."""
    anomaly_id = run_sample(app, tenant(), generate("web-logs").data)
    page = opened(dashboard, anomaly_id, "What if")
    found = app.queries.anomaly(tenant(), anomaly_id)
    assert found is not None
    stream = app.queries.stream(tenant(), found.row.stream_id)
    assert stream is not None
    assert stream.run_id is not None
    app.delete_run(tenant(), stream.run_id)
    page.checkbox[0].check().run()
    assert not page.exception
    assert "There is no flagged window of this id" in rendered(page)


def test_replay_finds_every_number_again(dashboard: AppTest, strongest: Anomaly) -> None:
    """The button computes the record anew from stored events."""
    page = opened(dashboard, strongest.row.id, "Record")
    assert not page.success
    button(page, "Replay").click().run()  # type: ignore[attr-defined]
    assert page.success[0].value.startswith("Identical: ")


def test_next_and_previous_lead_through_the_stream(dashboard: AppTest, strongest: Anomaly) -> None:
    """The neighbours open in place and keep nothing of the window that was left."""
    page = opened(dashboard, strongest.row.id)
    label = "Next ›" if strongest.next_id else "‹ Prev"
    button(page, label).click().run()  # type: ignore[attr-defined]
    assert page.query_params["id"] == (strongest.next_id or strongest.previous_id)
    assert "ev" not in page.query_params
    assert not page.exception


def test_a_hostile_payload_stays_text(dashboard: AppTest, app: App) -> None:
    """Markup, Markdown and direction marks in events reach the page as letters."""
    ordinary = generate("quiet-logs", events=1_500).data
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)> ![i](https://x.invalid/p.png) **b** \u202e"
    attack = "".join(
        f"2026-03-09 10:00:{n:02},000 INFO  [worker-3] {evil} {n * 7919 % 1000:x}{'q' * (n % 9)}\n"
        for n in range(50)
    ).encode()
    anomaly_id = run_sample(app, tenant(), ordinary + attack)
    for tab in ("What differs", "Is it chance?", "What if", "Record"):
        page = opened(dashboard, anomaly_id, tab)
        assert "<script" not in "".join(html.body for html in page.get("html"))
        assert "<img" not in "".join(html.body for html in page.get("html"))
        for element in (*page.markdown, *page.caption, *page.title, *page.checkbox):
            text = getattr(element, "value", None) if element.type != "checkbox" else element.label
            assert "](https" not in str(text)


def test_no_text_claims_more_than_a_p_value_says(dashboard: AppTest, strongest: Anomaly) -> None:
    """None of the forbidden phrases is rendered on any tab."""
    for tab in ("What differs", "Is it chance?", "What if", "Record"):
        text = rendered(opened(dashboard, strongest.row.id, tab)).lower()
        assert not [phrase for phrase in FORBIDDEN if phrase in text]
