"""What each role may do: one table, read by everything that asks."""

from typing import Final, Literal, get_args

from driftlock.model import ROLES

Permission = Literal[
    "see",
    "analyze",  # start and end analyses, plays, jobs
    "label",  # and comment, assign, acknowledge, resolve, snooze
    "propose",
    "export",
    "logs",  # audit log and access log
    "hold",  # keep evidence whatever retention says
    "send",  # events to a stream
    "apply",  # limits and proposals
    "anchors",
    "suppress",  # patterns
    "streams",  # create, rename, mask, set sizes
    "people",
    "keys",
    "settings",
    "retention",
    "delete",  # streams, people's data, the tenant
    "billing",
]
PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)

_VIEWER: Final[frozenset[Permission]] = frozenset({"see"})
_ANALYST: Final[frozenset[Permission]] = _VIEWER | {"analyze", "label", "propose", "export"}
_OPERATOR: Final[frozenset[Permission]] = _ANALYST | {"send", "apply", "anchors", "suppress", "streams"}
_ADMIN: Final[frozenset[Permission]] = frozenset(PERMISSIONS) - {"billing"}
# Keeping evidence from being deleted is no change of what was found or judged, so an auditor may.
_AUDITOR: Final[frozenset[Permission]] = _VIEWER | {"export", "logs", "hold"}

SENDER: Final = "stream"  # the role of a key that may send, and nothing else
SYSTEM: Final = "system"  # what the program does by itself, or from its command line

_MAY: Final[dict[str, frozenset[Permission]]] = {
    "viewer": _VIEWER,
    "analyst": _ANALYST,
    "operator": _OPERATOR,
    "auditor": _AUDITOR,
    "admin": _ADMIN,
    "owner": frozenset(PERMISSIONS),
    SENDER: frozenset({"send"}),
    SYSTEM: frozenset(PERMISSIONS),
}

_LADDER: Final = tuple(role for role in ROLES if role != "auditor")  # each may what the one before may


def allowed(role: str, permission: Permission) -> bool:
    """
    Whether a role of people or of keys may; a role that is not known may nothing.

    >>> allowed("auditor", "logs"), allowed("auditor", "label"), allowed("nobody", "see")
    (True, False, False)
    """
    return permission in _MAY.get(role, frozenset())


def needed(permission: Permission) -> str:
    """
    The least role that may, for a sentence; the auditor, who stands beside the others, with it.

    >>> needed("apply"), needed("logs")
    ('the role operator', 'the role auditor or admin')
    """
    least = next(role for role in _LADDER if allowed(role, permission))
    beside = "auditor or " if least == "admin" and allowed("auditor", permission) else ""
    return f"the role {beside}{least}"
