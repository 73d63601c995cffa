"""Blocks of the views: their place among past windows and where in the window, as text and as marks."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from driftlock.bootstrap import App
from driftlock.model import Anomaly
from driftlock.services.examine import SmallestRemoval
from driftlock.ui import anomaly_record, flagged_table, other_profiles
from driftlock.ui.anomaly_whatif import sentence
from driftlock.ui.session import tenant
from driftlock.ui.theme import DARK, LIGHT
from driftlock.ui.view_places import places
from driftlock.ui.view_strip import strip
from driftlock_core.window_views.findings import Finding
from driftlock_core.window_views.places import Place
from tests.cli.made_logs import as_file, quiet
from tests.ui.pages import rendered, run_sample
from tests.ui.test_anomaly_page import opened

EVIL = "<script>alert(1)</script> \u202e & \x07"


def finding(view="counts", statistic="mismatch", value=231.0, usual=30.0, count=40, here=3.1):
    one = {"position": 4, "text": EVIL, "before": EVIL, "bits": 9.0, "count": count, "usual": here}
    one |= {"name": EVIL, "number": "9100", "low": 12.0, "high": 480.0}
    return Finding(
        view=view,
        statistic=statistic,
        value=value,
        usual=usual,
        surprise_bits=7.65,
        at_least=0,
        past=5,
        beyond=9.0,
        places=(Place(**one),),
    )


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_strip_says_in_words_what_it_draws(colours):
    """Value, median, range and number of past windows; the value's mark is the rightmost."""
    shown = strip(finding(), [20.0, 25.0, 30.0, 35.0, 40.0], colours)
    assert "this window 231 bits" in shown
    assert "median 30 bits" in shown
    assert "5 past windows, 20 bits to 40 bits" in shown
    assert "left:calc(98.00% - 6px)" in shown
    assert "logarithmic" not in shown


def test_a_value_far_out_is_drawn_on_another_scale():
    """An hour beside half a second: said, and the past windows are still more than one bar."""
    past = [400_000.0, 500_000.0, 600_000.0]
    shown = strip(finding("timing", "gap", 3.6e9, 500_000.0), past, LIGHT)
    assert "logarithmic" in shown
    assert "this window 1 h · ┆ median 500 ms" in shown


@pytest.mark.parametrize("past", [[0.0], [30.0] * 200, [231.0] * 3, [-5.0, 400.0]])
def test_any_past_can_be_drawn(past):
    """One window, all equal, all as the window, beyond it on both sides."""
    for found in (finding(), finding(value=0.0, usual=0.0), finding(statistic="own", value=1.0)):
        assert all(
            -1 <= float(x) <= 101
            for x in re.findall(r"left:(?:calc\()?(-?[\d.]+)%", strip(found, past, LIGHT))
        )


@pytest.mark.parametrize(
    ("view", "statistic", "said"),
    [
        ("counts", "mismatch", "40 in this window · ┆ 3.1 by the baseline's share"),
        ("symbols", "order", "event 105 · in this order 40 × here, 3 × in the baseline · 9 bits"),
        ("templates", "recency", "event 105 · last seen 40 events before · 9 bits"),
        ("values", "surprise", "event 105 · the 40 before it: 12 to 480, median 3.1 · 9 bits"),
        ("timing", "gap", "40 s pass before event 105, where 500 ms between events were usual"),
    ],
)
def test_each_view_shows_its_places(view, statistic, said):
    """With the number of the event, and the text of the line as text."""
    times = [at * 1_000_000 for at in range(4)] + [43_000_000 + at for at in range(46)]
    change = {"count": 40_000_000, "here": 500_000.0} if view == "timing" else {}
    shown = places(finding(view, statistic, **change), 101, times)
    assert said in shown
    assert "<script" not in shown
    assert "\u202e" not in shown
    assert "&lt;script&gt;" in shown
    assert ("dl-time" in shown) == (view == "timing")


def test_bytes_and_missing_times_draw_nothing():
    """Bytes have no places of their own; without times there is no line to draw."""
    assert places(finding("bytes", "size"), 1, ()) == ""
    assert "dl-time" not in places(finding("timing", "gap"), 1, ())
    assert "dl-time" not in places(finding("timing", "gap"), 1, [7] * 50)


def test_the_table_names_the_views_and_says_what_differs():
    """The end of the sentence, whatever colons and semicolons are in names and lines."""
    told = "Window 3 on **a: b; c** stands out by its counts and its order: “x: y; z” comes **9 times**."
    assert flagged_table.differs(told) == "“x: y; z” comes **9 times**."


def test_timing_alone_has_no_event_to_name():
    """Other events at the same times would change nothing."""
    none = SmallestRemoval(seqs=(), outcome=None)
    assert sentence(none, 50, ("timing",)).startswith("**No event to name:**")
    assert sentence(none, 50, ("counts", "timing")).startswith("**No small cause:**")


@pytest.fixture(scope="module")
def flood(app: App) -> Anomaly:
    """The strongest window of a log in which a known line comes sixty times in a row."""
    lines = quiet(3_000)
    known = next(line for line in lines if "cache hit" in line)
    for at in range(2_500, 2_560):
        lines[at] = lines[at][:19] + known[19:]
    found = app.queries.anomaly(tenant(), run_sample(app, tenant(), as_file(lines)))
    assert found is not None
    return found


def test_a_flood_opens_with_its_counts(dashboard: AppTest, flood: Anomaly) -> None:
    """Every tab speaks of the counts and none of the NCD as the reason."""
    assert "counts" in flood.row.views
    shown = opened(dashboard, flood.row.id)
    assert "dl-bar" in "".join(html.body for html in shown.get("html"))
    assert "**▥ Counts**" in rendered(shown)
    chance = rendered(opened(dashboard, flood.row.id, "Is it chance?")).replace("\\", "")
    assert "the distance of its counts from the usual" in chance
    what_if = opened(dashboard, flood.row.id, "What if")
    assert "by ▥ Counts" in what_if.warning[0].value
    record = rendered(opened(dashboard, flood.row.id, "Record"))
    assert "Record" in record
    made = anomaly_record.provenance(flood.record)
    by = dict(zip(made["What"], made["Value"], strict=True))["Decided by"]
    assert by.startswith("6 views; Counts")


def test_other_profiles_judge_the_aspects(flood: Anomaly) -> None:
    """The aspect that would decide under each profile's limits, not the NCD of the bytes."""
    table = other_profiles.table(flood.record)
    assert table["Distance"][1].endswith("≥ 0.30")
    assert table["Would be flagged"][1] == "▲ yes"
    near = flood.record["evidence"]["views"] | {"aspects": {"content": (1 / 201, 0.1), "mix": (4 / 201, 0.4)}}
    record = flood.record | {"evidence": flood.record["evidence"] | {"views": near}}
    assert other_profiles.table(record)["Would be flagged"] == ["▲ yes", "no", "no"]
    assert other_profiles.table(record)["Distance"] == ["0.400 ≥ 0.20", "0.400 ≥ 0.30", "0.100 < 0.45"]
