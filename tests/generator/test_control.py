"""A live generator obeys whoever started it."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from data_generator.control import Control
from data_generator.delivery import in_real_time
from data_generator.scenarios.event import Event


@pytest.fixture
def lines() -> Iterator[tuple[Control, io.BufferedWriter]]:
    """A control, and the other end of what it reads."""
    read, write = os.pipe()
    with os.fdopen(read, "rb", buffering=0) as reading, os.fdopen(write, "wb", buffering=0) as sending:
        yield Control(reading), sending  # type: ignore[misc]
        sending.close()
        time.sleep(0.05)  # its thread sees the end before the reading end is closed


def test_a_pause_holds_and_its_length_is_told(lines):
    control, sending = lines
    sending.write(b"pause\n")
    time.sleep(0.05)
    begun = time.monotonic()
    resuming = threading.Timer(0.3, sending.write, (b"resume\n",))
    resuming.start()
    shift = control.wait(0.0)
    assert time.monotonic() - begun >= 0.25
    assert shift == pytest.approx(0.3, abs=0.15)


def test_a_step_lets_one_batch_pass_and_the_time_jumps_to_it(lines):
    control, sending = lines
    sending.write(b"pause\nstep\n")
    time.sleep(0.1)
    assert control.wait(60.0) == pytest.approx(-60, abs=1)
    sending.write(b"resume\n")
    assert control.wait(0.0) is not None


def test_steps_while_it_runs_are_none(lines):
    control, sending = lines
    sending.write(b"step\npause\nsomething\n")
    time.sleep(0.1)
    sending.write(b"stop\n")
    assert control.wait(60.0) is None


def test_the_end_of_the_lines_is_a_stop():
    assert Control([]).wait(60.0) is None


def test_stopped_batches_are_not_given(lines):
    control, sending = lines
    events = [Event(at, "logs", {"service": "a"}) for at in (0, 90_000_000)]
    given = in_real_time([[events[0]], [events[1]]], 0, control)
    assert next(given) == [events[0]]
    sending.write(b"stop\n")
    assert list(given) == []


def test_the_command_is_paused_stepped_and_ends_with_its_starter(tmp_path):
    """Seed 3. While it is paused nothing comes but a step's batch; a closed input ends it with code 0."""
    asked = [
        sys.executable,
        "-m",
        "data_generator",
        "normal-operations",
        "--seed",
        "3",
        "--live",
        "--control",
    ]
    with subprocess.Popen(
        [*asked, "--rate", "50", "--duration", "1h", "--batch", "10", "--to", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    ) as playing:
        assert playing.stdin is not None
        assert playing.stdout is not None
        assert b"timestamp" in playing.stdout.read(9_000)
        playing.stdin.write(b"pause\n")
        time.sleep(0.5)
        os.set_blocking(playing.stdout.fileno(), False)
        while playing.stdout.read(65_536):
            pass
        time.sleep(0.5)
        assert playing.stdout.read(65_536) is None
        playing.stdin.write(b"step\n")
        time.sleep(0.5)
        batch = playing.stdout.read(65_536)
        assert batch is not None
        assert len([json.loads(line) for line in batch.splitlines()]) <= 10
        assert playing.stdout.read(65_536) is None
        playing.stdin.close()
        assert playing.wait(timeout=5) == 0


def test_control_needs_live():
    asked = [sys.executable, "-m", "data_generator", "error-storm", "--control"]
    ended = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "--control needs --live" in ended.stderr
