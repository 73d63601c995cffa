"""From the current cards to the candidate's, in words."""

from driftlock.services.tuning_figures import Figures
from driftlock.ui import words
from driftlock_core.numbers_text import MINUS, count_text, rate_text


def signed(value: float, text: str) -> str:
    """
    A difference with its sign.

    >>> signed(-4.1, "4.1"), signed(2, "2"), signed(0, "0")
    ('−4.1', '+2', '±0')
    """
    return f"{'+' if value > 0 else MINUS if value < 0 else '±'}{text}"


def difference(current: Figures, candidate: Figures) -> str:
    """
    From the current rule to the candidate, in words: flagged, expected, labelled windows.

    A week is only spoken of where the range is at least one long.
    """
    by, what = candidate.alarms - current.alarms, _counted(current, candidate)
    if candidate.days is not None and candidate.days >= 7:
        weekly = abs(by) / candidate.days * 7
        parts = [f"{signed(by, rate_text(weekly))} {what} a week"]
    else:
        parts = [f"{signed(by, count_text(abs(by)))} {what} in this range"]
    if candidate.expected_per_day is not None and current.expected_per_day is not None:
        daily = candidate.expected_per_day - current.expected_per_day
        parts.append(f"{signed(_settled(daily), rate_text(abs(_settled(daily))))} expected by chance a day")
    elif candidate.expected is not None and current.expected is not None:
        total = _settled(candidate.expected - current.expected)
        parts.append(f"{signed(total, rate_text(abs(total)))} expected by chance")
    incidents = candidate.incidents - current.incidents
    parts.append(
        f"{signed(incidents, count_text(abs(incidents)))} {'incident' if abs(incidents) == 1 else 'incidents'}"
    )
    if candidate.labelled_real:
        kept = candidate.real_kept - current.real_kept
        verb = "gains" if kept > 0 else "loses"
        places = words.plural(abs(kept), "place")
        parts.append(f"{verb} {places} labelled real" if kept else "keeps as many places labelled real")
    if candidate.labelled_not_real:
        dropped = candidate.not_real_dropped - current.not_real_dropped
        if dropped:
            parts.append(
                f"{'drops' if dropped > 0 else 'brings back'} {words.plural(abs(dropped), 'place')} "
                "labelled not real"
            )
    return ", ".join(parts)


def _counted(current: Figures, candidate: Figures) -> str:
    """What is counted on both sides: flagged windows, or alarms where repeats ask for several."""
    repeats = max(current.how.repeats.least, candidate.how.repeats.least)
    return "flagged" if repeats == 1 else "alarms"


def _settled(value: float) -> float:
    """Sums of many shares that are the same leave a rest of rounding behind."""
    return 0.0 if abs(value) < 1e-9 else value
