"""``driftlock score`` on units that leave their baseline for good."""

import json

import pytest

from driftlock_core.regime import annotated
from tests.cli.calling import driftlock
from tests.cli.made_logs import bodies, quiet

CHANGED = 60  # 0-based unit with which another program takes over


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """The call and its lines: sixty units like the baseline, then 240 of another version of the program."""
    folder = tmp_path_factory.mktemp("regime")
    lines = quiet(300, seed=4)
    lines[CHANGED:] = [f"v2 {text[20:][::-1]}" for text in lines[CHANGED:]]
    (folder / "baseline.jsonl").write_bytes(bodies(quiet(200, seed=3)))
    (folder / "input.jsonl").write_bytes(bodies(lines))
    result = driftlock(
        "score",
        "--baseline",
        folder / "baseline.jsonl",
        "--input",
        folder / "input.jsonl",
        "--unit",
        "event",
        "--output",
        folder / "scores.jsonl",
    )
    assert result.exit_code == 0
    return result, [json.loads(line) for line in (folder / "scores.jsonl").read_bytes().splitlines()]


def test_the_alarm_is_told_with_its_unit(scored):
    """More than 70 of the last 100 units are unlike the baseline, and standard error says where, once."""
    result, lines = scored
    begins = next(at for at, line in enumerate(lines) if line["regime"])
    told = [line for line in result.stderr.splitlines() if "a new regime" in line]
    assert len(told) == 1
    assert f"of the 100 units up to unit {begins} are unlike the baseline" in told[0]
    assert CHANGED + 60 < begins <= CHANGED + 75


def test_p_regime_stands_beside_p_and_changes_nothing_else(scored):
    """It is null outside a regime; scores, p-values and flags are what they are without it."""
    _, lines = scored
    assert all((line["p_regime"] is None) is not line["regime"] for line in lines)
    assert all(line["flagged"] is (line["p_value"] <= 0.05) for line in lines)
    standings = annotated((line["score"], line["p_value"]) for line in lines)
    assert [line["p_regime"] for line in lines] == [one.p_regime for one in standings]


def test_inside_the_regime_its_units_are_ordinary(scored):
    """While nearly all are unlike the baseline, few are unlike each other."""
    _, lines = scored
    inside = [line for line in lines if line["regime"]]
    assert len(inside) > 150
    assert sum(line["p_value"] <= 0.05 for line in inside) > 0.9 * len(inside)
    assert sum(line["p_regime"] <= 0.05 for line in inside) < 0.12 * len(inside)


def test_units_like_their_baseline_have_no_regime(tmp_path):
    """Nothing is said and nothing is set where nothing changed."""
    for name, seed in (("baseline", 3), ("input", 4)):
        (tmp_path / name).write_bytes(bodies(quiet(200, seed=seed)))
    result = driftlock(
        "score", "--baseline", tmp_path / "baseline", "--input", tmp_path / "input", "--output", "-"
    )
    assert "regime begins" not in result.stderr
    assert all(json.loads(line)["p_regime"] is None for line in result.stdout.splitlines())
