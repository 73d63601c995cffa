"""Where a live play sends: to this server's address only if that takes its tenant's events without a key of the tenant."""

from dataclasses import replace

import pytest

from driftlock.model import DEMO
from tests.services.people import owner


@pytest.mark.parametrize(
    ("tenant", "people", "key", "there"),
    [
        (DEMO, False, "", True),
        (DEMO, True, "", False),
        (DEMO, True, "0123456789abcdef", True),
        ("acme", True, "0123456789abcdef", False),
        ("visit-1", True, "", False),
    ],
)
def test_a_play_goes_by_the_address_only_where_it_is_taken(app, tenant, people, key, there):
    """Everywhere else it comes through a pipe, as where there is no server."""
    if people:
        owner(app)
    app.live._settings = replace(app.live._settings, api_key=key)
    assert app.live._taken_there(tenant) is there
