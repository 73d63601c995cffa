"""``python -m tests.matrix``: try every role against every verb, and print the table and what was found."""

import sys
import tempfile
from pathlib import Path

from driftlock.services.acting_verbs import VERBS
from driftlock.services.permissions import allowed
from tests.matrix.made import open_made
from tests.matrix.table import TABLE, permissions_text, table_text
from tests.matrix.verbs import ASKING, SPOKEN, foreign, leaks, lets_through


def main() -> int:
    """0 if every try went as the table says and nothing of a tenant was shown to the other."""
    if "--write" in sys.argv:
        TABLE.write_text(table_text())
    made = open_made(Path(tempfile.mkdtemp()))
    wrong = 0
    for asking, role in ASKING.items():
        reached = {path for path in SPOKEN if lets_through(made, asking, path)}
        expected = {path for path in SPOKEN if allowed(role, VERBS[path].permission)}  # type: ignore[arg-type]
        wrong += len(reached ^ expected)
        print(f"{asking:<9} reaches {len(reached):>3} of {len(SPOKEN)} verbs")
    asked, told = foreign(made)
    different = {path for path, both in told if both[0] != both[1]}
    leaking = {path for path, both in told if leaks(made, both[0][1])}
    made.app.close()
    print(permissions_text())
    tries = len(ASKING) * len(SPOKEN)
    print(f"{len(ASKING)} askers x {len(SPOKEN)} verbs = {tries} tries, {wrong} not as agreed")
    print(f"{asked} verbs given another tenant's ids: {len(different)} answer otherwise than to unknown ones")
    print(f"{len(leaking)} leaks")
    for path, both in told:
        if path in different | leaking:
            print(path, *both, sep="\n  ")
    return 1 if wrong or different or leaking else 0


if __name__ == "__main__":
    sys.exit(main())
