"""``driftlock score``: one line per unit."""

import gzip
import json
from random import Random

import numpy as np
import pytest
import zstandard

from driftlock_core.scoring import score_units
from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, bodies, loud, quiet

BASELINE = quiet(200, seed=3)
INPUT = loud()[880:980]  # the burst begins at its line 20


@pytest.fixture
def write(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


@pytest.fixture
def score(write, tmp_path):
    """Calls the command with a baseline and an input; gives the written lines."""

    def scored(baseline, given, *options):
        output = tmp_path / "scores.jsonl"
        result = driftlock(
            "score",
            "--baseline",
            write("baseline.jsonl", baseline),
            "--input",
            write("input.jsonl", given),
            "--output",
            output,
            *options,
        )
        assert (result.exit_code, result.stdout) == (0, "")
        return [json.loads(line) for line in output.read_bytes().splitlines()]

    return scored


def error(result):
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def in_groups(lines, size, **keys):
    return [json.dumps({"body": text, "group": f"g{at // size}", **keys}) for at, text in enumerate(lines)]


def test_every_event_gets_the_engines_score(score):
    """Units are 0-based lines; score and p-value are the engine's."""
    expected = score_units([[t.encode()] for t in BASELINE], [[t.encode()] for t in INPUT])
    lines = score(bodies(BASELINE), bodies(INPUT), "--unit", "event")
    assert [list(line) for line in lines] == [
        ["unit", "group", "score", "p_value", "p_regime", "regime", "flagged"]
    ] * 100
    assert [line["unit"] for line in lines] == list(range(100))
    assert [line["score"] for line in lines] == expected.scores.tolist()
    assert [line["p_value"] for line in lines] == expected.p_values.tolist()
    assert {line["group"] for line in lines} == {None}


def test_the_burst_scores_higher_and_is_flagged(score):
    """Every line of the burst outranks every ordinary line; flagged is p_value <= alpha."""
    lines = score(bodies(BASELINE), bodies(INPUT), "--unit", "event")
    ordinary, burst = [*lines[:20], *lines[80:]], lines[20:80]
    assert max(line["score"] for line in ordinary) < min(line["score"] for line in burst)
    assert all(line["flagged"] for line in burst)
    assert all(line["flagged"] == (line["p_value"] <= 0.05) for line in lines)
    assert np.isfinite([[line["score"], line["p_value"]] for line in lines]).all()


def test_alpha_moves_the_flag_and_nothing_else(score):
    """The same scores, another limit."""
    wide = score(bodies(BASELINE), bodies(INPUT), "--unit", "event", "--alpha", "0.5")
    usual = score(bodies(BASELINE), bodies(INPUT), "--unit", "event")
    assert [line["flagged"] for line in wide] == [line["p_value"] <= 0.5 for line in usual]
    assert [line["score"] for line in wide] == [line["score"] for line in usual]


def test_labels_and_other_keys_change_nothing(score):
    """What is not body or group never reaches the engine."""
    plain = score(bodies(BASELINE), bodies(INPUT), "--unit", "event")
    labelled = score(
        bodies(BASELINE, label=0),
        as_file(
            [json.dumps({"label": at % 2, "split": "test", "body": text}) for at, text in enumerate(INPUT)]
        ),
        "--unit",
        "event",
    )
    assert labelled == plain


def test_interleaved_groups_score_like_sorted_ones(score):
    """Only the order inside a group counts; lines come in order of first appearance."""
    sorted_lines, baseline = in_groups(INPUT, 10), as_file(in_groups(BASELINE, 5))
    queues = {f"g{number}": sorted_lines[10 * number : 10 * number + 10] for number in range(10)}
    random, mixed = Random(5), []
    while queues:
        group = random.choice(list(queues))
        mixed.append(queues[group].pop(0))
        if not queues[group]:
            del queues[group]
    apart = score(baseline, as_file(sorted_lines), "--unit", "group")
    together = score(baseline, as_file(mixed), "--unit", "group")
    assert [line["unit"] for line in apart] == [f"g{number}" for number in range(10)]
    assert [line["unit"] for line in together] == list(dict.fromkeys(json.loads(m)["group"] for m in mixed))
    assert sorted(together, key=lambda line: line["unit"]) == apart
    assert all(line["group"] == line["unit"] for line in apart)


def test_groups_may_be_numbers_and_of_any_size(score):
    """A group id is written as it was read."""
    lines = [json.dumps({"body": text, "group": 7 if at else 12}) for at, text in enumerate(INPUT[:9])]
    scored = score(as_file(in_groups(BASELINE, 5)), as_file(lines), "--unit", "group")
    assert [(line["unit"], line["group"]) for line in scored] == [(12, 12), (7, 7)]


def test_windows_lie_at_every_hop_and_the_tail_is_dropped(score):
    """Of 95 lines, windows of 20 begin at 0, 10, … 70."""
    lines = score(bodies(BASELINE, seed=1) * 2, bodies(INPUT[:95]), "--unit", "window")
    assert [line["unit"] for line in lines] == [0, 10, 20, 30, 40, 50, 60, 70]
    lines = score(bodies(BASELINE), bodies(INPUT[:95]), "--unit", "window", "--window", "6", "--hop", "3")
    assert [line["unit"] for line in lines] == list(range(0, 90, 3))


def test_a_file_shorter_than_a_window_is_one_unit(score):
    """Seven lines are scored together."""
    lines = score(bodies(BASELINE * 2), bodies(INPUT[:7]), "--unit", "window")
    assert [line["unit"] for line in lines] == [0]


def test_an_object_as_body_is_its_json(score):
    """The bytes of a compact dump are scored, whole numbers of any length included."""
    objects = [{"text": text, "id": 10**30 + at} for at, text in enumerate(INPUT)]
    dumped = [json.dumps(value, separators=(",", ":")) for value in objects]
    as_objects = score(
        bodies(BASELINE), as_file([json.dumps({"body": v}) for v in objects]), "--unit", "event"
    )
    assert as_objects == score(bodies(BASELINE), bodies(dumped), "--unit", "event")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_both_files_may_be_compressed(score, pack):
    """Told by content, not by name."""
    plain = score(bodies(BASELINE), bodies(INPUT), "--unit", "event")
    assert score(pack(bodies(BASELINE)), pack(bodies(INPUT)), "--unit", "event") == plain


def test_half_a_surrogate_pair_is_text(score):
    """Prompts are cut anywhere; what Python can read is scored."""
    odd = [*bodies(INPUT[:3]).splitlines(), b'{"body": "cut \\ud83d", "group": "a\\ud83d"}']
    lines = score(bodies(BASELINE), b"\n".join(odd), "--unit", "event")
    assert len(lines) == 4


def test_a_second_run_writes_the_same_bytes(write):
    """Also to standard output."""
    call = ("score", "--baseline", write("b", bodies(BASELINE)), "--input", write("i", bodies(INPUT)))
    first, second = (driftlock(*call, "--unit", "event", "--output", "-") for _ in range(2))
    assert first.stdout_bytes == second.stdout_bytes
    assert first.stdout.count("\n") == 100


def test_blank_lines_are_no_units_and_keep_the_count(score):
    """The unit of an event is its line in the file."""
    lines = score(bodies(BASELINE), b"\n" + bodies(INPUT[:2]) + b"\n\n", "--unit", "event")
    assert [line["unit"] for line in lines] == [1, 2]


@pytest.mark.parametrize(
    ("bad", "unit", "reason"),
    [
        (b'{"body": "cut', "event", "line 3: missing quote. Correct it."),
        (b"[1]", "event", 'line 3: not a JSON object. Write {"body": text or object}.'),
        (b'{"text": "x"}', "event", 'line 3: it has no body. Write {"body": text or object}.'),
        (b'{"body": "x"}', "group", "line 3: it has no group. Add one, or use --unit event or window."),
        (
            b'{"body": "x", "group": [1]}',
            "group",
            "line 3: its group is neither text nor a number. Correct it.",
        ),
    ],
)
def test_a_bad_line_is_named(write, tmp_path, bad, unit, reason):
    """Lines are counted from 1, and nothing is written."""
    lines = [line.encode() for line in in_groups(INPUT, 10)]
    given = write("input.jsonl", b"\n".join([*lines[:2], bad, *lines[2:]]))
    output = tmp_path / "scores.jsonl"
    result = driftlock(
        "score",
        "--baseline",
        write("baseline.jsonl", as_file(in_groups(BASELINE, 5))),
        "--input",
        given,
        "--unit",
        unit,
        "--output",
        output,
    )
    assert error(result) == f"driftlock: “input.jsonl”, {reason}"
    assert not output.exists()


@pytest.mark.parametrize(
    ("baseline", "unit", "have"), [(19, "event", "19 units by event"), (200, "window", "19 units by window")]
)
def test_fewer_than_20_baseline_units(write, baseline, unit, have):
    """A p-value of 0.05 needs 20 of them."""
    result = driftlock(
        "score",
        "--baseline",
        write("calm.jsonl", bodies(BASELINE[:baseline])),
        "--input",
        write("i.jsonl", bodies(INPUT)),
        "--unit",
        unit,
        "--output",
        "-",
    )
    assert f"“calm.jsonl” holds {have}; at least 20 are needed" in error(result)


def test_an_input_without_events(write):
    """An empty file is not a result."""
    result = driftlock(
        "score",
        "--baseline",
        write("b.jsonl", bodies(BASELINE)),
        "--input",
        write("nothing.jsonl", b"\n"),
        "--unit",
        "event",
        "--output",
        "-",
    )
    assert "“nothing.jsonl” holds no events" in error(result)


def test_a_damaged_archive(write):
    """Cut off in the middle, it is not read as if it had ended."""
    result = driftlock(
        "score",
        "--baseline",
        write("b.jsonl", bodies(BASELINE)),
        "--input",
        write("i.gz", gzip.compress(bodies(INPUT))[:-40]),
        "--unit",
        "event",
        "--output",
        "-",
    )
    assert "it breaks off before its end" in error(result)


def test_an_input_is_never_overwritten(write):
    """Naming an input as output is refused before anything is written."""
    path = write("baseline.jsonl", bodies(BASELINE))
    line = error(driftlock("score", "--baseline", path, "--input", path, "--output", path, "--unit", "event"))
    assert "would be overwritten" in line
    assert path.read_bytes() == bodies(BASELINE)


def test_an_input_unlike_the_baseline_as_a_whole_is_told(write, tmp_path):
    """One sentence on standard error; the scores are written all the same."""
    result = driftlock(
        "score",
        "--baseline",
        write("baseline.jsonl", bodies(BASELINE)),
        "--input",
        write("input.jsonl", bodies([f"<<{text[::-1]}>>" for text in BASELINE])),
        "--output",
        tmp_path / "scores.jsonl",
        "--unit",
        "event",
    )
    assert result.exit_code == 0
    assert "100% of the 200 units have p ≤ 0.10" in result.stderr
    assert len((tmp_path / "scores.jsonl").read_bytes().splitlines()) == 200
