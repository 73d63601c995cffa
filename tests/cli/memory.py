"""How much memory a command takes at most, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

no_peak = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system tells no peak of memory"
)

# Not the peak that resource.getrusage tells: it is at least that of the process that started this one.
_PROGRAM = """
import sys
from driftlock.cli import main
try:
    main(sys.argv[1:])
finally:
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")), file=sys.stderr)
"""


def peak_mb(*arguments: object, most_code: int = 0) -> float:
    """Largest resident set of the command, MB; its exit code must be at most *most_code*."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *map(str, arguments)], capture_output=True, text=True
    )
    assert done.returncode <= most_code, done.stderr
    return int(done.stderr.splitlines()[-1]) / 1024
