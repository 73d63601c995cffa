"""``driftlock detect --follow``: a source that is still being written."""

import gzip
import json
import signal
import subprocess
import sys
from io import BytesIO
from threading import Timer

import pytest

from driftlock.cli.following import Following
from driftlock.cli.growing import Growing, end_of_input
from driftlock.cli.recent_events import RecentEvents
from driftlock.decode import decode
from driftlock.model import Event
from driftlock_core import BALANCED, Detector
from tests.cli.calling import driftlock
from tests.cli.made_logs import as_file, loud, quiet


def writer(path, pieces):
    """Appends one piece per wait; when there is none left, the source ends."""
    waiting = iter(pieces)

    def wait():
        piece = next(waiting, None)
        if piece is not None:
            with path.open("ab") as log:
                log.write(piece)
        return piece is not None

    return wait


def cut(content, size):
    return [content[at : at + size] for at in range(0, len(content), size)]


@pytest.mark.parametrize("size", [97, 4_000, 20_000], ids="pieces of {} bytes".format)
def test_a_growing_file_is_judged_like_a_finished_one(tmp_path, size):
    """The same records come out, wherever the pieces were cut."""
    content = as_file(loud())
    finished, growing = tmp_path / "finished.log", tmp_path / "growing.log"
    finished.write_bytes(content)
    growing.write_bytes(b"")
    result = driftlock(
        "detect", growing, "--follow", "--output", "jsonl", wait=writer(growing, cut(content, size))
    )
    expected = driftlock("detect", finished, "--output", "jsonl")
    assert result.exit_code == 1
    assert result.stdout.replace("growing.log", "finished.log") == expected.stdout
    assert result.stderr == expected.stderr


def test_flagged_windows_are_written_before_the_end(tmp_path):
    """While the source goes on, what was found is there already."""
    path = tmp_path / "shop.log"
    path.write_bytes(as_file(loud()))
    seen = []

    def wait():
        seen.append(sys.stdout.buffer.getvalue().decode())
        return False

    result = driftlock("detect", path, "--follow", "--output", "jsonl", wait=wait)
    assert seen[0].count("\n") == result.stdout.count("\n") > 0


def test_a_stop_before_the_first_verdict_still_gives_the_counts(tmp_path):
    """A source with too few events so far is no error: nothing was flagged yet."""
    path = tmp_path / "young.log"
    path.write_bytes(as_file(quiet(100)))
    result = driftlock("detect", path, "--follow", wait=lambda: False)
    assert result.exit_code == 0
    assert "100 events · 0 windows tested" in result.stdout
    assert "warming up" in result.stdout


def test_a_pipe_ends_with_its_writer():
    """Following standard input ends at its end."""
    content = as_file(loud())
    result = driftlock("detect", "-", "--follow", "--output", "json", stdin=content)
    assert json.loads(result.stdout)["summary"]["events"] == 1_200
    assert result.exit_code == 1


def test_a_compressed_file_cannot_be_followed(tmp_path):
    """Its bytes make sense only when it is finished."""
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(as_file(quiet(500))))
    result = driftlock("detect", path, "--follow", wait=lambda: False)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Run again without --follow" in result.stderr


def test_only_one_file_can_be_followed(tmp_path):
    """Two would need two streams at once."""
    result = driftlock("detect", tmp_path / "a", tmp_path / "b", "--follow")
    assert result.exit_code == 2
    assert "--follow reads one file" in result.stderr


@pytest.mark.parametrize("format", ["text", "ndjson", "csv"])
def test_following_gives_the_events_that_decoding_gives(format):
    """Line by line the same payloads and times, and the same counts."""
    lines = quiet(300)
    if format == "ndjson":
        lines = [json.dumps({"ts": text[:19], "message": text[20:]}) for text in lines]
    if format == "csv":
        lines = ["time,message", *(f'{text[:19]},"{text[20:]}"' for text in lines)]
    lines[50] = "\tat shop.Cart.add(Cart.java:17)"
    content = as_file(lines)
    growing = Growing(BytesIO(content), end_of_input)
    following = Following(growing.pieces(), name="x", format=None, kind=None, lines=100)
    decoding = decode(BytesIO(content))
    expected = [(event.payload, event.at_us) for batch in decoding for event in batch]
    events = list(following.events(lambda: None))
    assert [(event.payload, event.at_us) for event in events] == expected
    assert following.report() == decoding.report()
    assert following.recognition.format == format


def test_what_is_kept_does_not_grow_with_the_stream():
    """After any number of events only a baseline, its epoch and a batch are held."""
    recent, detector = RecentEvents(), Detector(BALANCED)
    lines = quiet(200)
    most = 0
    for _ in range(60):
        events = [Event(line.encode(), "logs", b"") for line in lines]
        recent.add(events)
        detector.update([event.payload for event in events])
        recent.forget(detector)
        most = max(most, len(recent))
    assert most <= BALANCED.baseline + 5 * BALANCED.window + len(lines)


def test_ctrl_c_ends_with_the_summary(tmp_path):
    """A real process on a real file: records come while it runs, and Ctrl+C is no error."""
    path = tmp_path / "shop.log"
    lines = loud()
    path.write_bytes(as_file(lines[:800]))
    process = subprocess.Popen(
        [sys.executable, "-m", "driftlock", "detect", path, "--follow", "--output", "jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = Timer(60, process.kill)
    watchdog.start()
    try:
        with path.open("ab") as log:
            log.write(as_file(lines[800:]))
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    finally:
        watchdog.cancel()
        process.kill()
    assert first["flagged"] is True
    assert process.returncode == 1
    assert "flagged" in errors
    assert "Traceback" not in errors
