"""Windows tested within a range, and how many of them chance would flag."""

from collections.abc import Sequence

from driftlock.services.overview_rows import Scope, StreamState
from driftlock.services.overview_store import OverviewTable, WindowTotals


def window_totals(
    table: OverviewTable, scope: Scope, states: Sequence[StreamState]
) -> dict[str, WindowTotals]:
    """By stream; those without a window in the range are left out."""
    found, cut = {}, []
    for state in states:
        if _lies_within(state, scope):
            # A stream keeps count of all its windows; only those the range cuts through are counted here.
            found[state.stream.id] = WindowTotals(
                tested=state.stream.windows, chance=state.stream.expected_by_chance
            )
        elif not state.series:
            cut.append(state.stream.id)
    return found | table.window_totals(scope, cut) if cut else found


def _lies_within(state: StreamState, scope: Scope) -> bool:
    if state.series or state.first_seen is None or state.last_seen is None:
        return False
    begins = scope.since is None or scope.since <= state.first_seen
    return begins and (scope.until is None or state.last_seen <= scope.until)
