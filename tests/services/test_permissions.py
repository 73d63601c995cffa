"""The table of permissions, told once more by hand."""

import pytest

from driftlock.model import ROLES
from driftlock.services.permissions import PERMISSIONS, allowed, needed

MAY = {
    "viewer": "see",
    "analyst": "see analyze label propose export",
    "operator": "see analyze label propose export send apply anchors suppress streams",
    "auditor": "see export logs hold",
    "admin": "see analyze label propose export logs hold send apply anchors suppress streams people keys settings "
    "retention delete",
    "owner": "see analyze label propose export logs hold send apply anchors suppress streams people keys settings "
    "retention delete billing",
    "stream": "send",
    "": "",
    "root": "",
}


@pytest.mark.parametrize("role", MAY)
def test_a_role_may_what_is_written_here_and_nothing_else(role):
    """An unknown role may nothing."""
    assert {one for one in PERMISSIONS if allowed(role, one)} == set(MAY[role].split())


def test_every_permission_names_a_role_that_has_it():
    """So that a refusal says whom to ask."""
    for permission in PERMISSIONS:
        named = needed(permission).removeprefix("the role ").split(" or ")
        assert named
        assert all(role in ROLES and allowed(role, permission) for role in named)


@pytest.mark.parametrize(
    ("permission", "words"),
    [("see", "viewer"), ("apply", "operator"), ("logs", "auditor or admin"), ("billing", "owner")],
)
def test_the_least_role_is_named(permission, words):
    """Not the highest one."""
    assert needed(permission) == f"the role {words}"
