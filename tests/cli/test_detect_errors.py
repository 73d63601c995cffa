"""What ``driftlock detect`` refuses: one sentence on standard error and exit code 2."""

import json

import pytest

from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, loud, quiet


@pytest.fixture
def write(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


def sentence(result):
    """The only line of the error; it names the program."""
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    (line,) = result.stderr.splitlines()
    return line.removeprefix("driftlock: ")


def test_a_missing_file(tmp_path):
    """The name is repeated."""
    result = driftlock("detect", tmp_path / "absent.log")
    assert sentence(result).endswith("absent.log”. Check the name and the folder.")
    assert result.stdout == ""


def test_a_folder(tmp_path):
    """A folder is not read file by file."""
    assert sentence(driftlock("detect", tmp_path)).endswith("is a folder. Name the files in it.")


def test_binary_content(write):
    """What the first bytes give away is named."""
    path = write("picture.log", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    assert "looks like a PNG image" in sentence(driftlock("detect", path))


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_nothing_in_it(write, content):
    """White space is nothing."""
    assert "at least one event" in sentence(driftlock("detect", write("empty.log", content)))


def test_too_few_events_for_any_size(write):
    """Both numbers are said."""
    path = write("tiny.log", as_file(quiet(44)))
    assert sentence(driftlock("detect", path)) == (
        "“tiny.log” is too short: 44 events; at least 45 are needed. Run again with more events."
    )


def test_sizes_that_were_asked_for_are_not_replaced(write):
    """A file too short for given sizes is an error that says what they need."""
    path = write("short.log", as_file(quiet(230)))
    assert sentence(driftlock("detect", path, "--window", 50)) == (
        "“short.log” is too short: 230 events; at least 450 are needed for a window of 50. "
        "Run again with a smaller --window."
    )


def test_too_few_events_for_one_window_after_a_fixed_baseline(write):
    """With a baseline file one window is enough, and less is not."""
    calm, path = write("calm.log", as_file(quiet(400))), write("few.log", as_file(quiet(49)))
    lines = driftlock("detect", path, "--baseline", calm).stderr.splitlines()
    assert "49 events; at least 50, one window, are needed" in lines[-1]


def test_a_baseline_file_without_enough_events(write):
    """40 events are the least."""
    calm, path = write("calm.log", as_file(quiet(39))), write("shop.log", as_file(quiet(500)))
    assert "“calm.log” holds 39 events; at least 40 are needed" in sentence(
        driftlock("detect", path, "--baseline", calm)
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--alpha", "0.0001"), "alpha=0.0001 can never be reached"),
        (("--alpha", "0"), "alpha=0.0 must lie between 0 and 1"),
        (("--ncd", "nan"), "threshold=nan must be a number of 0 or more"),
        (("--window", "0"), "must be at least 1"),
        (("--window", "50", "--hop", "7"), "hop=7 must divide window=50"),
        (("--baseline", "430"), "baseline=430 must be a multiple of window=50"),
    ],
)
def test_numbers_that_can_decide_nothing(write, options, reason):
    """The profile's own reason is given, before the file is opened."""
    assert reason in sentence(driftlock("detect", write("a.log", b""), *options))


def test_an_unknown_format_is_a_usage_error(write):
    """The known ones are listed."""
    result = driftlock("detect", write("a.log", b"a\n"), "--format", "xml")
    assert result.exit_code == 2
    assert "otlp_json" in result.stderr


def test_one_bad_file_does_not_stop_the_others(write, tmp_path):
    """The others are judged; the exit code says that not all could be."""
    good = write("shop.log", as_file(loud()))
    result = driftlock("detect", tmp_path / "absent.log", good, "--output", "json")
    files = json.loads(result.stdout)["files"]
    assert result.exit_code == 2
    assert files[0]["anomalies"] == []
    assert "There is no file" in files[0]["summary"]["error"]
    assert files[1]["summary"]["flagged"] > 0


def test_a_single_bad_file_writes_no_json(write):
    """Standard output stays empty, so that nobody takes it for a result."""
    assert driftlock("detect", write("e.log", b""), "--output", "json").stdout == ""
