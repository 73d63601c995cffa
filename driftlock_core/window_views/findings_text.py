"""What a view found, in words: every number is the finding's own."""

import re
from typing import Final

from driftlock_core.numbers_text import bits_text, count_text, duration_text, size_text, value_text
from driftlock_core.window_views.findings import Finding
from driftlock_core.window_views.recency import MEMORY

VIEW_NAMES: Final = {
    "bytes": "bytes",
    "templates": "templates",
    "counts": "counts",
    "symbols": "order",
    "timing": "timing",
    "values": "values",
}
_QUOTED: Final = 80  # characters of a line
_FEWEST_WORDS: Final = 2  # of a value that speaks for its line
_VALUE: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


def lead_text(finding: Finding) -> str:
    """
    What is most telling, as a clause; the number that counts stands between ``**``.

    Lines of the window stand between “ and ”, without control characters and stars.
    """
    return _LEADS[finding.view](finding)


def finding_text(finding: Finding) -> str:
    """The finding in full: how the statistic differs, the lead, and its rank among the past windows."""
    parts = [_measured(finding)]
    if finding.view != "bytes" and finding.places:
        parts.append(lead_text(finding))
    parts.append(rank_text(finding))
    sentences = " ".join(f"{part[0].upper()}{part[1:]}." for part in parts)
    return f"**By its {VIEW_NAMES[finding.view]}:** {sentences}"


def rank_text(finding: Finding) -> str:
    """How many past windows were as far off."""
    reached = "lay as low" if finding.value < finding.usual else "reached that"
    others = "none" if finding.at_least == 0 else count_text(finding.at_least)
    return f"{others} of the {count_text(finding.past)} past windows {reached}"


def amount_text(finding: Finding, amount: float) -> str:
    """An amount in the unit of the finding's statistic."""
    if finding.statistic == "size":
        return f"{size_text(amount)} bytes"
    if finding.statistic == "fresh":
        return f"{count_text(round(amount))} {'event' if round(amount) == 1 else 'events'}"
    if finding.statistic == "pairs":
        return f"{count_text(round(amount))} {'pair' if round(amount) == 1 else 'pairs'}"
    if finding.statistic == "still":
        return f"{amount:.1f} usual intervals"
    if finding.view == "timing":
        return duration_text(amount)
    if finding.view == "values":
        return f"{amount:.1f} bits"  # a mean of a few
    return f"{bits_text(amount)} {'bit' if round(amount) == 1 else 'bits'}"


# What each statistic is an amount of, so that "… takes 231 bits, usually 30 bits" can follow.
STATISTIC_NAMES: Final = {
    "size": "its bytes once the baseline is known come to",
    "recency": "saying how long ago each of its templates was last seen takes",
    "fresh": "templates never seen before occur in",
    "mismatch": "coding its counts with the baseline's shares wastes",
    "own": "its own mix of templates takes",
    "order": "its sequence, given which line follows which in the baseline, takes",
    "duration": "its events span",
    "gap": "its longest pause is",
    "still": "its longest pause, by the slower of two paces, is",
    "pairs": "events that read alike make",
    "surprise": "its numbers and ten usual ones, given those that came before at their places, take on average",
}


def _measured(finding: Finding) -> str:
    if finding.view == "timing" and finding.usual > 0:
        # Pace changes by day and night: the record measures both by the interval usual just before them.
        ratio = finding.value / finding.usual
        times = f"{ratio:.1f}" if ratio < 9.95 else count_text(round(ratio))
        name = "its events take" if finding.statistic == "duration" else "its longest pause is"
        pace = (
            "the slower of two paces before each"
            if finding.statistic == "still"
            else "the pace just before each"
        )
        return f"{name} **{times} times** as long as in the median past window, by {pace}"
    value, usual = amount_text(finding, finding.value), amount_text(finding, finding.usual)
    return f"{STATISTIC_NAMES[finding.statistic]} **{value}**, in the median past window {usual}"


def _template(finding: Finding) -> str:
    if not finding.places:
        return _measured(finding)
    first = finding.places[0]
    if first.count == 0:
        return f"{_quoted(first.text)} was **never seen** in the up to {count_text(MEMORY)} events before it"
    before = "event" if first.count == 1 else "events"
    return f"{_quoted(first.text)} was last seen **{count_text(first.count)} {before}** before"


def _count(finding: Finding) -> str:
    if not finding.places:
        return _measured(finding)
    first = finding.places[0]
    # Of as many events as the window has.
    share = f"the baseline would have {first.usual:.1f}" if first.usual >= 0.05 else "the baseline has none"
    if first.count == 0:
        return f"{_quoted(first.text)} is **missing**, where {share}"
    times = "once" if first.count == 1 else f"{count_text(first.count)} times"
    return f"{_quoted(first.text)} comes **{times}**, where {share}"


def _order(finding: Finding) -> str:
    if not finding.places:
        return _measured(finding)
    first = finding.places[0]
    times = "once" if first.usual == 1 else f"{count_text(round(first.usual))} times"
    known = "**never** did" if first.usual == 0 else f"did **{times}**"
    return f"{_quoted(first.text)} follows {_quoted(first.before)}, which it {known} in the baseline"


def _timing(finding: Finding) -> str:
    if not finding.places:
        return _measured(finding)
    first = finding.places[0]
    return (
        f"**{duration_text(first.count)}** pass before {_quoted(first.text)}, where {duration_text(first.usual)} "
        f"between events were usual"
    )


def _value(finding: Finding) -> str:
    if not finding.places:
        return _measured(finding)
    first = finding.places[0]
    # Quoted as a whole: it is what the event says.
    said = _quoted(f"{first.name} {first.number}")
    return (
        f"{said} stands where the {count_text(first.count)} before it lay between "
        f"**{value_text(first.low)} and {value_text(first.high)}**"
    )


def _quoted(text: str) -> str:
    if text.startswith(("{", "[")):
        # Of a JSON line the value with most words says what it is about; its beginning often does not.
        values = [found[1].replace('\\"', '"') for found in _VALUE.finditer(text)]
        spoken = max(values, key=lambda value: len(value.split()), default="")
        text = spoken if len(spoken.split()) >= _FEWEST_WORDS else text
    # A star would end the bold type, a control character could steer the reader's screen, a line may be long.
    line = " ".join(text.split()).replace("*", "∗")
    line = "".join(sign if sign.isprintable() else "·" for sign in line)
    return f"“{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}”"


_LEADS: Final = {
    "bytes": _measured,
    "templates": _template,
    "counts": _count,
    "symbols": _order,
    "timing": _timing,
    "values": _value,
}
