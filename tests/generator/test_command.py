"""The command writes what the function gives."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data_generator import SAMPLES, catalogue, encode, generate, narration, play, truth
from data_generator.__main__ import main


def test_file_and_truth_are_written(tmp_path):
    """--to and --truth write the bytes and the intervals of the same stream."""
    log, truth = tmp_path / "web.log", tmp_path / "truth.json"
    command = f"web-logs --seed 9 --events 2700 --to {log} --truth {truth}"
    assert main(command.split()) == 0
    stream = generate("web-logs", seed=9, events=2_700)
    assert log.read_bytes() == stream.data
    written = json.loads(truth.read_text())
    assert [(i["start"], i["stop"], i["kind"]) for i in written["intervals"]] == [
        (i.start, i.stop, i.kind) for i in stream.truth
    ]
    assert (written["sample"], written["seed"], written["events"]) == ("web-logs", 9, 2_700)


def test_dash_is_standard_output(capfdbinary):
    """Without --to the bytes go to standard output, and nothing else does."""
    assert main(["quiet-logs", "--events", "50"]) == 0
    assert capfdbinary.readouterr().out == generate("quiet-logs", events=50).data


def test_list_names_every_sample_and_hides_what_is_hidden(capsys):
    """The list tells the story, not the truth."""
    assert main(["--list"]) == 0
    printed = capsys.readouterr().out
    assert all(sample.id in printed and sample.hidden not in printed for sample in SAMPLES.values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a sample"),
        (["ftp-logs"], "no sample is called 'ftp-logs'"),
        (["web-logs", "--events", "0"], "events=0"),
        (["web-logs", "--rate", "5", "--live"], "--rate, --live belongs to scenarios"),
        (["error-storm", "--duration", "soon"], "'soon' is no duration"),
        (["error-storm", "--events", "900", "--duration", "1m"], "without --duration"),
        (["error-storm", "--start", "2026-03-02T10:00"], "must name its time zone"),
        (["error-storm", "--format", "otlp", "--to", "http://127.0.0.1:9"], "a server is sent NDJSON"),
        (["error-storm", "--duration", "30s"], "too few for one interval of 100"),
    ],
)
def test_wrong_arguments_end_with_a_reason(arguments, message, capsys):
    """Exit code 2, and the reason on standard error."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_a_scenario_and_its_truth_are_written(tmp_path):
    """The file holds what play gives, the truth what truth gives."""
    log, hidden = tmp_path / "storm.jsonl", tmp_path / "truth.json"
    command = f"error-storm --seed 9 --duration 4m --anomaly-rate 0.1 --to {log} --truth {hidden}"
    assert main(command.split()) == 0
    options = {"seed": 9, "duration_s": 240, "anomaly_rate": 0.1}
    assert log.read_bytes() == encode(list(play("error-storm", **options)), "ndjson", "demo")
    written = json.loads(hidden.read_text())
    episodes = truth("error-storm", **options)
    assert [(i["start"], i["stop"], i["kind"], i["affected"]) for i in written["intervals"]] == [
        (e.start, e.stop, e.kind, list(e.affected)) for e in episodes
    ]
    assert (written["scenario"], written["seed"], written["events"]) == ("error-storm", 9, 4_800)


def test_the_list_names_every_scenario_and_hides_what_is_hidden(capsys):
    """The stories, not the truth; one group can be asked for."""
    assert main(["--list", "scenarios"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [scenario.id for scenario in catalogue()]
    assert not any(scenario.hidden in line for scenario in catalogue() for line in lines)


def test_narration_goes_to_standard_error(capfdbinary):
    """What is said is said apart from the events."""
    assert main(["error-storm", "--narrate", "--duration", "4m"]) == 0
    out, err = capfdbinary.readouterr()
    assert out.count(b"\n") == 4_800
    said = [caption.text for caption in narration("error-storm", duration_s=240)]
    assert [line.split(maxsplit=1)[1] for line in err.decode().splitlines()] == said


def test_a_wrong_number_in_the_environment_is_named(monkeypatch, capsys):
    monkeypatch.setenv("EVENTS_PER_SECOND", "fast")
    with pytest.raises(SystemExit):
        main(["error-storm"])
    assert "EVENTS_PER_SECOND='fast' in the environment is no number" in capsys.readouterr().err


def test_a_reader_that_stops_early_is_no_error():
    """``python -m data_generator … | head`` ends quietly."""
    command = f"{sys.executable} -m data_generator error-storm | head -n 2"
    done = subprocess.run(command, shell=True, cwd=Path(__file__).parents[2], capture_output=True, check=True)
    assert done.stdout.count(b"\n") == 2
    assert done.stderr == b""


def test_a_file_that_cannot_be_written_is_named(tmp_path, capsys):
    """Status 1 and the system's own reason."""
    nowhere = tmp_path / "missing" / "events.jsonl"
    assert main(["normal-operations", "--duration", "5s", "--to", str(nowhere)]) == 1
    assert f"cannot write {nowhere}: No such file" in capsys.readouterr().err
