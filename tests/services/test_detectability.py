"""From how many foreign lines a rule would notice, and the lines themselves."""

import json
from itertools import pairwise

import pytest
from streams import usual, with_burst

from driftlock.bootstrap import open_app
from driftlock.services import detectability
from driftlock.services.foreign_lines import FOREIGN_LINES, foreign_line
from driftlock.settings import Settings
from driftlock_core.detectability import halts, with_copies
from driftlock_core.detector import Detector
from driftlock_core.masking import Masker
from driftlock_core.profiles import BALANCED, SENSITIVE, STRICT

TENANT = "demo"
SECOND_US = 1_000_000
TRIALS = 15  # of fifty: what is true of the answer is true with fewer
RECORD = b'{"time": "2026-01-05T12:00:00Z", "level": "INFO", "http": {"status": 200, "path": "/v1"}, "msg": "order kept"}'


@pytest.fixture(scope="module")
def studied(tmp_path_factory, as_events_of):
    """Seed 31, 12,000 usual events, fifteen trials a line: one study, read by many tests."""
    app = open_app(Settings(home=tmp_path_factory.mktemp("studied")), work=False)
    stream_id = app.create_stream(TENANT, name="api", kind="logs", profile=BALANCED)
    app.receive(TENANT, stream_id, as_events_of(usual(12_000, 31)))
    job_id = app.jobs.start(TENANT, "detectability", stream_id)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(detectability, "TRIALS", TRIALS)
        assert app.work()
    job = app.jobs.get(TENANT, job_id)
    app.close()
    assert job.state == "done", job.error
    return job


def smallest(entry):
    """Copies from which each line is noticed, by kind of line; beyond the window where it never is."""
    return {
        line["kind"]: line["of"] + 1 if line["noticed_from"] is None else line["noticed_from"]
        for line in entry["lines"]
    }


def test_an_error_line_is_noticed_within_the_window(studied):
    """A window full of errors, at the latest; every kind of line has its trials."""
    lines = studied.result["lines"]
    assert [line["kind"] for line in lines] == list(FOREIGN_LINES)
    assert {(line["of"], line["trials"]) for line in lines} == {(50, TRIALS)}
    assert lines[0]["noticed_from"] <= 50
    assert (studied.done, studied.total, studied.unit) == (12 * TRIALS, 12 * TRIALS, "trials")


def test_a_stricter_rule_never_notices_earlier(studied):
    entries = {entry["name"]: smallest(entry) for entry in studied.result["profiles"]}
    assert list(entries) == ["balanced", "sensitive", "strict"]
    for kind in FOREIGN_LINES:
        assert entries["sensitive"][kind] <= entries["balanced"][kind] <= entries["strict"][kind]


def test_the_first_number_with_four_fifths_of_the_trials_is_the_answer(studied):
    for entry in studied.result["profiles"]:
        for line in entry["lines"]:
            enough = [int(copies) for copies, share in line["share_at"].items() if share >= 0.8]
            assert line["noticed_from"] == min(enough, default=None)
            assert sorted(line["share_at"].values()) == list(line["share_at"].values())


def test_it_says_what_decided_and_over_which_events(studied):
    """12,000 events are enough for the views to decide under every rule in the newer half."""
    result = studied.result
    assert (result["first_seq"], result["last_seq"], result["windows"]) == (1, 12_000, TRIALS)
    for entry in result["profiles"]:
        assert (entry["trials_by_views"], entry["trials_by_bytes"]) == (TRIALS, 0)
    assert result["profile"] == {k: v for k, v in result["profiles"][0].items() if k != "lines"}


def test_a_short_stream_is_judged_by_its_bytes_and_says_so(app, fill, as_events_of, monkeypatch):
    """600 events: too few past windows for the views, and at most four windows serve all trials."""
    monkeypatch.setattr(detectability, "TRIALS", 8)
    job_id = app.jobs.start(TENANT, "detectability", fill(app, as_events_of(usual(600, 32))))
    app.work()
    result = app.jobs.get(TENANT, job_id).result
    assert result["profile"]["trials_by_bytes"] == 8
    assert 1 <= result["windows"] <= 4


def test_the_same_seed_gives_the_same_study(app, fill, as_events_of, monkeypatch):
    """And another seed other places."""
    monkeypatch.setattr(detectability, "TRIALS", 4)
    stream_id = fill(app, as_events_of(usual(1_000, 33)))
    found = []
    for seed in (5, 5, 6):
        job_id = app.jobs.start(TENANT, "detectability", stream_id, {"seed": seed})
        app.work()
        found.append(app.jobs.get(TENANT, job_id).result["profiles"])
    assert found[0] == found[1] != found[2]


def test_a_halted_detector_decides_as_one_that_never_stopped():
    """Foreign lines put into the stream itself, judged from its beginning, give the same flag."""
    events = usual(3_000, 34)
    times = [1_767_600_000_000_000 + at * SECOND_US for at in range(len(events))]
    masker = Masker(BALANCED.masks)
    found = [halt for halt in halts([BALANCED], events, times, most=10, masker=masker) if halt is not None]
    assert len(found) == 10
    flags = []
    for halt in found:
        for copies in (1, 2, 5):
            line = foreign_line("error", halt.events[0], copies)
            changed = with_copies(halt.events, line, range(0, 50, 50 // copies)[:copies])
            whole = [*events[: halt.first], *changed, *events[halt.first + 50 :]]
            windows = Detector(BALANCED).update(whole, times)
            [at] = [at for at, first in enumerate(windows.first_seq) if first == halt.first + 1]
            assert halt.flagged(0, changed, masker) == windows.flagged[at]
            flags.append(bool(windows.flagged[at]))
    assert {True, False} == set(flags)


def test_halts_are_ordinary_under_every_rule_and_in_the_newer_half():
    """Disjoint, in order, none flagged by any of the three detectors run on their own."""
    events = with_burst(6_000, 35, start=4_000, stop=4_400, share=0.3)
    times = [None] * len(events)
    rules = [BALANCED, SENSITIVE, STRICT]
    found = [halt for halt in halts(rules, events, times, most=20, masker=Masker()) if halt is not None]
    firsts = [halt.first for halt in found]
    assert firsts == sorted(firsts)
    assert min(firsts) >= 400 + 5_600 // 2 - 50
    assert all(later - earlier >= 50 for earlier, later in pairwise(firsts))
    for rule in rules:
        windows = Detector(rule).update(events, times)
        flagged = dict(zip(windows.first_seq.tolist(), windows.flagged.tolist(), strict=True))
        assert not any(flagged[first + 1] for first in firsts)


@pytest.mark.parametrize("what", FOREIGN_LINES)
def test_a_foreign_line_keeps_the_shape_of_an_object(what):
    """Still an object, with every field it had; times and numbers are left alone."""
    before, after = json.loads(RECORD), json.loads(foreign_line(what, RECORD, 3))
    assert after.keys() >= before.keys()
    assert after["time"] == before["time"]
    assert after != before
    assert (len(after) > len(before)) == (what == "new field")


def test_an_error_says_so_where_the_object_says_such_things():
    changed = json.loads(foreign_line("error", RECORD, 0))
    assert (changed["level"], changed["http"]["status"]) == ("ERROR", 500)
    assert changed["http"]["path"] == "/v1"
    assert changed["msg"] != "order kept"


@pytest.mark.parametrize("what", FOREIGN_LINES)
def test_a_foreign_line_of_text_is_one_line_with_the_same_head(what):
    line = foreign_line(what, b"Dec 10 06:55:46 LabSZ sshd[24200]: session opened \xff", 4)
    assert line.startswith(b"Dec 10 06:55:46 LabSZ sshd[24200]: ")
    assert b"\n" not in line
    assert line.endswith(b"\xff" + b" retry_policy=exponential") == (what == "new field")


@pytest.mark.parametrize("what", FOREIGN_LINES)
def test_an_object_of_numbers_alone_stays_an_object(what):
    assert {"a": 1, "b": 2.5}.items() <= json.loads(foreign_line(what, b'{"a": 1, "b": 2.5}', 0)).items()


def test_an_object_nested_too_deep_is_changed_as_text():
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    assert foreign_line("new field", deep, 0) == deep + b" retry_policy=exponential"


def test_a_random_blob_is_not_masked_away():
    """Else the study would measure the masking."""
    [canonical] = Masker().canonical([foreign_line("random blob", RECORD, 5)])
    assert len(canonical) > len(RECORD)
