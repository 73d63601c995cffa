"""Results keep their ids and bytes; what got worse is named; documents hold what results say."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import markdown, tables
from benchmarks.quality import __main__ as command
from benchmarks.quality import (
    generated_sets,
    labelled,
    layout,
    material,
    null_streams,
    parts,
    results,
    tolerances,
)
from benchmarks.quality.material import Log
from benchmarks.quality.results import FOLDER, Result
from data_generator import generate


def one(id: str, value: float, better: str = "higher", error: float | None = None) -> Result:
    return Result(id=id, value=value, unit="ROC-AUC", better=better, error=error)


def test_what_is_written_is_read_again_and_equal_runs_write_equal_bytes(tmp_path):
    found = results.by_id([one("labelled/b/roc_auc", 0.1234567), one("labelled/a/roc_auc", 0.5, error=0.01)])
    path = results.write(tmp_path, "labelled", found, {"data": "made"}, "none")
    first = path.read_bytes()
    results.write(tmp_path, "labelled", dict(reversed(found.items())), {"data": "made"}, "none")
    assert path.read_bytes() == first
    assert results.read(tmp_path) == found
    assert json.loads(first)["measured_on"] == {"data": "made", "seeds": "none"}
    assert found["labelled/b/roc_auc"].value == 0.123457


def test_an_id_has_one_number():
    with pytest.raises(ValueError, match="labelled/a/f1"):
        results.by_id([one("labelled/a/f1", 1), one("labelled/a/f1", 2)])


def test_a_file_that_holds_no_results_is_named(tmp_path):
    (tmp_path / "null.json").write_text("{}")
    with pytest.raises(ValueError, match=r"null\.json.*--write"):
        results.read(tmp_path)


@pytest.mark.parametrize(
    ("id", "better", "before", "now", "named"),
    [
        ("labelled/mean/roc_auc", "higher", 0.950, 0.947, False),  # exactly the tolerance
        ("labelled/mean/roc_auc", "higher", 0.950, 0.946, True),
        ("labelled/mean/roc_auc", "higher", 0.950, 0.990, False),  # better
        ("null/mean/balanced/ready", "lower", 0.040, 0.046, True),
        ("null/mean/balanced/ready", "lower", 0.040, 0.010, False),
        ("null/mean/balanced/ready", "none", 0.040, 0.900, False),
        ("speed/HDFS_20000/warm", "lower", 4.0, 5.3, False),  # a third is noise
        ("speed/HDFS_20000/warm", "lower", 4.0, 5.5, True),
    ],
)
def test_only_what_is_worse_beyond_its_tolerance_is_named(id, better, before, now, named):
    behind = tolerances.worse({id: one(id, before, better)}, {id: one(id, now, better)})
    assert [row.base.id for row in behind] == ([id] if named else [])
    if named:
        assert id in str(behind[0])
        assert behind[0].tolerance.reason in str(behind[0])


def test_every_result_kept_has_a_tolerance_and_every_tolerance_a_reason():
    for folder in (FOLDER, FOLDER / "generated"):
        for id in results.read(folder):
            tolerances.tolerance_of(id)
    assert all(len(row.reason) > 10 for row in tolerances.TOLERANCES)
    with pytest.raises(LookupError, match="elsewhere/x"):
        tolerances.tolerance_of("elsewhere/x")


def test_ids_that_a_run_no_longer_gives_are_gone_unless_their_part_did_not_run():
    base = {id: one(id, 1) for id in ("nab/standard", "null/a/balanced/ready")}
    assert tolerances.gone(base, {}, ["nab"]) == ["nab/standard"]


def test_a_run_exits_with_1_and_the_name_of_what_got_worse(capsys):
    base = results.by_id([one("nab/standard", 79.0), one("nab/low_fp", 60.0)])
    assert command.compared(base, base, ["nab"]) == 0
    assert command.compared(base, results.by_id([one("nab/standard", 70.0)]), ["nab"]) == 1
    said = capsys.readouterr().out
    assert "WORSE nab/standard: 79 -> 70" in said
    assert "GONE nab/low_fp" in said
    assert command.compared({}, base, ["nab"]) == 0


def test_results_hold_no_machine_path_and_no_time_of_day():
    for path in FOLDER.rglob("*.json"):
        head = path.read_text().split("\n", 1)[0]
        assert "/home" not in head
        assert "/work" not in head
        assert set(json.loads(path.read_text())["measured_on"]) >= {"data", "libzstd", "numpy", "seeds"}


def test_the_command_keeps_a_base_and_then_compares_with_it(tmp_path, monkeypatch, capsys):
    """On generated logs: the first run writes, the second repeats it to the last bit, a better base is missed."""
    monkeypatch.delenv("DRIFTLOCK_DATA", raising=False)
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    monkeypatch.setattr(material, "CALM", {"ssh-logs": 700, "web-logs": 700})
    assert command.main(["--only", "null", "nab", "--write"]) == 0
    said = capsys.readouterr().out
    assert "generated data" in said
    assert "Left out: nab" in said
    path = tmp_path / "generated" / "null.json"
    first = path.read_bytes()
    assert command.main(["--only", "null", "--write", "--against", str(path)]) == 0
    assert path.read_bytes() == first
    better = first.replace(
        b'"null/mean/balanced/p_stream": {"value": ', b'"null/mean/balanced/p_stream": {"value": -1'
    )
    path.write_bytes(better)
    assert command.main(["--only", "null"]) == 1
    assert "WORSE null/mean/balanced/p_stream" in capsys.readouterr().out


def test_a_part_without_its_data_says_what_it_needs():
    by_name = {part.name: part for part in parts.PARTS}
    assert "DRIFTLOCK_DATA" in by_name["nab"].missing(None)
    assert by_name["null"].missing(None) == ""


def test_every_part_has_a_table():
    assert all(layout.tables_of(part) for part in parts.NAMES)


def test_a_place_that_nobody_fills_is_an_error():
    with pytest.raises(markdown.UnknownPlace, match="nonesuch"):
        markdown.filled("<!-- made: nonesuch -->\n<!-- end -->", {})


def test_a_table_without_results_says_how_to_get_them():
    assert "--only nab --write" in layout.made({})["nab"]()


@pytest.mark.parametrize("path", tables.documents(), ids=lambda path: path.name)
def test_documents_are_what_the_command_would_write(path):
    """`python -m benchmarks.tables` would change nothing."""
    assert path.read_text() == tables.renewed(path)


def test_the_readme_has_places():
    assert "README.md" in [path.name for path in tables.documents()]


def test_means_leave_out_sets_with_little_to_win_and_halves_alternate():
    """a, c and e form the first half; hdfs_100k is in no mean; false alarms within range are counted."""
    names = ["a", "b", "c", "d", "e", "hdfs_100k"]
    values = {}
    for at, name in enumerate(names):
        for id in ("roc_auc", "pr_auc", "f1", "flag_everything_f1", "found_0.05"):
            values[f"labelled/{name}/{id}"] = at / 10
        values[f"labelled/{name}/false_alarms_0.05"] = 0.024 if name == "a" else 0.1
        values[f"labelled/{name}/false_alarms_0.01"] = 0.0
    found = {one.id: one.value for one in labelled.summaries(values, names)}
    assert found["labelled/mean/roc_auc"] == pytest.approx(0.2)
    assert found["labelled/odd_half/roc_auc"] == pytest.approx((0.0 + 0.2 + 0.4) / 3)
    assert found["labelled/even_half/roc_auc"] == pytest.approx((0.1 + 0.3) / 2)
    assert [found[f"labelled/{group}/within_0.05"] for group in ("mean", "odd_half", "even_half")] == [
        4,
        2,
        2,
    ]
    assert found["labelled/mean/within_0.01"] == 0


def test_generated_sets_have_a_calm_baseline_and_faults_to_find():
    baseline, units, labels = generated_sets.generated_set("ssh-logs")
    truth = generate("ssh-logs").truth
    assert len(units) == len(labels)
    assert 0 < sum(labels) < len(labels)
    assert len(baseline) * 10 <= truth[0].start
    assert all(len(unit) == 20 for unit in baseline + units)


@given(labels=st.lists(st.booleans(), min_size=1, max_size=30).filter(any), seed=st.integers(0, 99))
def test_average_precision_agrees_with_walking_down_the_ranks(labels, seed):
    """Without ties: the mean, over anomalous units, of the precision where each is reached."""
    positive = np.array(labels)
    scores = np.random.default_rng(seed).permutation(len(labels)).astype(float)
    order = np.argsort(-scores)
    precisions = [
        sum(positive[order[: at + 1]]) / (at + 1) for at in range(len(order)) if positive[order[at]]
    ]
    assert labelled.average_precision(scores, positive) == pytest.approx(sum(precisions) / len(precisions))


def test_backwards_keeps_the_gaps_and_random_order_keeps_the_times():
    log = Log("made", [b"a", b"b", b"c"], np.array([10, 20, 50]), None)
    assert null_streams.backwards(log).events == [b"c", b"b", b"a"]
    assert null_streams.backwards(log).times.tolist() == [10, 40, 50]
    assert null_streams.in_random_order(log, 1).times.tolist() == [10, 20, 50]
    assert sorted(null_streams.in_random_order(log, 1).events) == [b"a", b"b", b"c"]
