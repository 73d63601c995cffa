"""How much of the events a bundle holds, and what follows for whoever checks it."""

from typing import Final, Literal, get_args

from driftlock.errors import ApplicationError

Policy = Literal["full", "masked", "digests"]
POLICIES: Final[tuple[Policy, ...]] = get_args(Policy)

_CONSEQUENCE: Final[dict[Policy, str]] = {
    "full": "Recomputable: yes. The bundle holds the events as received and as the detector saw them, masked.",
    "masked": (
        "Recomputable: yes. It holds the events as the detector saw them, masked; as received only numbers that its "
        "words name."
    ),
    "digests": (
        "Recomputable: no. The bundle holds keyed digests instead of events: what follows from the recorded sizes "
        "and statistics can be checked, the sizes and statistics themselves cannot."
    ),
}
_GONE: Final = (
    "Recomputable: no. The events were removed, all or some, before the bundle was made: what follows from the recorded sizes and "
    "statistics can be checked, the sizes and statistics themselves cannot."
)
_SERIES: Final[dict[Policy, str]] = {
    "full": "Recomputable: yes, where Driftlock is installed. The bundle holds every value of the series, and the "
    "events of the anomaly as received; verify.py checks values and order, not the score.",
    "masked": "Recomputable: yes, where Driftlock is installed. The bundle holds every value of the series; verify.py "
    "checks values and order, not the score.",
    "digests": "Recomputable: no. The bundle holds no value of the series; its scores are taken as recorded.",
}
_SERIES_GONE: Final = "Recomputable: no. The values were removed, all or some, before the bundle was made; its scores are taken as recorded."


class TooLargeForEvidence(ApplicationError):
    """A bundle would hold more than its verifier reads; the message says how much that is."""


def consequence(policy: Policy, *, series: bool = False, gone: bool = False) -> str:
    """
    What a policy means for whoever checks the bundle, for a screen and for the bundle itself.

    Args:
        series: Of an anomaly of a numeric series, not of a window.
        gone: Retention has removed the events.

    >>> consequence("digests").partition(".")[0]
    'Recomputable: no'
    """
    if gone:
        return _SERIES_GONE if series else _GONE
    return (_SERIES if series else _CONSEQUENCE)[policy]


def recomputable(policy: Policy, *, gone: bool = False) -> bool:
    """Whether the bundle holds what the verdict was computed from."""
    return policy != "digests" and not gone
