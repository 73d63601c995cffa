"""The command writes what the function gives."""

import json

import pytest

from data_generator import SAMPLES, generate
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
    ],
)
def test_wrong_arguments_end_with_a_reason(arguments, message, capsys):
    """Exit code 2, and the reason on standard error."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
