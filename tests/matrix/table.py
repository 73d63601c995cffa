"""Verbs by roles as text, one line each."""

from pathlib import Path
from typing import Final

from driftlock.model import ROLES
from driftlock.services.acting_verbs import VERBS
from driftlock.services.permissions import PERMISSIONS, SENDER, allowed

TABLE: Final = Path(__file__).with_name("verbs.txt")
COLUMNS: Final = (*ROLES, SENDER)


def table_text() -> str:
    """Each verb with its permission, a mark for each role that has it, and the action it leaves in the audit log."""
    lines = [f"{'verb':<32}{'permission':<11}" + "".join(f"{role:<9}" for role in COLUMNS) + "action"]
    for path, verb in sorted(VERBS.items()):
        if verb.permission is None:
            lines.append(f"{path:<32}{'the process alone'}")
            continue
        marks = "".join(f"{'yes' if allowed(role, verb.permission) else '-':<9}" for role in COLUMNS)
        lines.append(f"{path:<32}{verb.permission:<11}{marks}{verb.action or verb.access or '-'}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def permissions_text() -> str:
    """Permissions by roles, as a table of Markdown."""
    head = f"| permission | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}\n"
    rows = (
        f"| {one} | {' | '.join('yes' if allowed(role, one) else '' for role in COLUMNS)} |\n"
        for one in PERMISSIONS
    )
    return head + "".join(rows)
