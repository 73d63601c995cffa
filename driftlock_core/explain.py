"""A verdict in words: one sentence, one paragraph, and the method with every number put in."""

import math
from dataclasses import asdict, dataclass
from typing import Final

from driftlock_core.describe import Description
from driftlock_core.method_text import method_text
from driftlock_core.numbers_text import (
    bits_text,
    count_text,
    limit_text,
    ncd_decimals,
    ncd_text,
    p_text,
    percent_text,
    rate_text,
    size_text,
)
from driftlock_core.verdict import Verdict

FEW_LINES: Final = 20  # distinct lines in a window, below which permutations look alike

# If the events' own bits above the ordinary event come to less than this share of the extra bits, then it is
# not single events that make the window dear, and naming a few would mislead.
_EXPLAINED_BY_EVENTS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Explanation:
    """Three levels of the same record. Plain text; the numbers that count stand between ``**``."""

    sentence: str
    paragraph: str
    method: str  # lines separated by newlines

    def as_record(self) -> dict[str, str]:
        """Plain values, ready for JSON."""
        return asdict(self)


def explain(
    verdict: Verdict,
    description: Description,
    *,
    stream: str,
    ordinary_range: tuple[float, float],
    windows_per_day: float | None,
) -> Explanation:
    """
    Put a verdict into words. Every number is one of the record's, or follows from it by a formula shown.

    Args:
        verdict: Flagged or not.
        description: Of the same window.
        stream: What the reader calls the stream.
        ordinary_range: 5 and 95 % of the NCD of this stream's windows.
        windows_per_day: Measured rate, or None where the stream has no times.
    """
    events = len(description.event_bits)
    sentences = [
        _effect(verdict, events),
        _distance(verdict, ordinary_range),
        _rank_among_past(verdict),
        _rank_among_permutations(verdict, events),
        _meaning(verdict),
        _how_often(verdict, windows_per_day),
        _decision(verdict, ordinary_range),
        *_notices(verdict, description, ordinary_range),
    ]
    return Explanation(
        sentence=_sentence(verdict, description, stream),
        paragraph=" ".join(sentence for sentence in sentences if sentence),
        method=method_text(verdict, description),
    )


def p_floor(verdict: Verdict) -> float:
    """The smallest p this verdict could have had."""
    by_permutation = 1 / (verdict.permutations + 1)
    return by_permutation if verdict.decided_by == "p_perm" else max(by_permutation, 1 / (verdict.m + 1))


def _sentence(verdict: Verdict, description: Description, stream: str) -> str:
    # A star would end the bold type around the name.
    name = " ".join(stream.split()).replace("*", "∗")
    start = f"Window {count_text(verdict.window)} on **{name}** needs"
    bits = round(verdict.extra_bits)
    if bits == 0:
        cost = "as many bits as an ordinary window of this stream"
    else:
        word = "more" if bits > 0 else "fewer"
        cost = f"**{bits_text(abs(bits))} {word} bits** than an ordinary window of this stream"
    above = sum(max(0.0, bits - description.ordinary_event_bits) for bits in description.event_bits)
    if description.carrying == 0 or above < _EXPLAINED_BY_EVENTS * verdict.extra_bits:
        return f"{start} {cost}; single events account for little of it."
    events = count_text(len(description.event_bits))
    verb = "holds" if description.carrying == 1 else "hold"
    carrying = f"{count_text(description.carrying)} of its {events} events {verb}"
    return f"{start} {cost}; {carrying} at least half of what stands out."


def _effect(verdict: Verdict, events: int) -> str:
    bits = round(verdict.extra_bits)
    first, last = count_text(verdict.first_seq), count_text(verdict.last_seq)
    return (
        f"The {count_text(events)} events of this window ({first} to {last}) take "
        f"**{size_text(verdict.size)} bytes** once the baseline is known; the median past window of this "
        f"stream takes {size_text(verdict.mu)} bytes, which makes "
        f"**{bits_text(abs(bits))} bits {'more' if bits >= 0 else 'fewer'}**."
    )


def _distance(verdict: Verdict, ordinary_range: tuple[float, float]) -> str:
    decimals = ncd_decimals(ordinary_range)
    low, high = (ncd_text(bound, decimals) for bound in ordinary_range)
    ncd = ncd_text(verdict.ncd, decimals, at_least=verdict.threshold)
    return (
        f"Set against the window's own size this is an NCD (size-matched) of **{ncd}**, where 0 is what "
        f"a window of this stream usually costs; ordinary windows here lie between {low} and {high}."
    )


def _rank_among_past(verdict: Verdict) -> str:
    if verdict.m == 0:
        return "There is no past window yet to rank it among."
    past = count_text(verdict.m)
    higher = round(verdict.p_stream * (verdict.m + 1)) - 1
    p = p_text(verdict.p_stream, 1 / (verdict.m + 1))
    floor = f", the smallest value {past} past windows can give" if higher == 0 else ""
    return (
        f"Is that rare? Of the {past} past windows it is ranked among, {count_text(higher)} took at least as "
        f"many bytes: **p_stream is ({count_text(higher)} + 1)/({past} + 1) = {p}**{floor}."
    )


def _rank_among_permutations(verdict: Verdict, events: int) -> str:
    own, others = len(verdict.evidence.window_costs), len(verdict.evidence.reference_costs)
    times = count_text(verdict.permutations)
    higher = round(verdict.p_perm * (verdict.permutations + 1)) - 1
    p = p_text(verdict.p_perm, 1 / (verdict.permutations + 1))
    floor = f", the smallest value {times} permutations can give" if higher == 0 else ""
    return (
        f"Does it matter which events are in it? Its {count_text(own)} chunks of {count_text(events // own)} "
        f"events were mixed with {count_text(others)} chunks of the baseline, and which of them belong to "
        f"the window was drawn anew {times} times (seed {verdict.seed}): {count_text(higher)} of the {times} "
        f"permutations took at least as many bytes, so "
        f"**p_perm is ({count_text(higher)} + 1)/({times} + 1) = {p}**{floor}."
    )


def _meaning(verdict: Verdict) -> str:
    p = _p(verdict)
    if _permutation_by_choice(verdict):
        decides = f"This profile lets p_perm alone decide: **p is {p}**."
    elif verdict.decided_by == "p_perm":
        decides = f"With so few past windows p_perm alone decides: **p is {p}**."
    else:
        decides = f"The larger of the two decides: **p is {p}**."
    return (
        f"{decides} If these events were interchangeable with the earlier ones, a p as small as this would "
        f"come up in at most about {percent_text(verdict.p)} of windows. It is not the chance that the "
        f"window is harmless, and it does not say that it is harmful."
    )


def _how_often(verdict: Verdict, windows_per_day: float | None) -> str:
    if windows_per_day is None or not math.isfinite(windows_per_day):
        return ""
    return (
        f"At {rate_text(windows_per_day)} windows a day on this stream, about "
        f"**{rate_text(windows_per_day * verdict.p)} windows a day** would reach a p this small even if "
        f"nothing changed."
    )


def _decision(verdict: Verdict, ordinary_range: tuple[float, float]) -> str:
    far, rare = verdict.ncd >= verdict.threshold, verdict.p <= verdict.alpha
    if far and rare:
        reason = f"both limits of profile **{verdict.profile}** are met"
    elif far:
        reason = f"only the NCD limit of profile **{verdict.profile}** is met"
    elif rare:
        reason = f"only the p limit of profile **{verdict.profile}** is met"
    else:
        reason = f"neither limit of profile **{verdict.profile}** is met"
    # Another view may flag a window that this one would not; then the limits are no reason.
    link = "because" if verdict.flagged == (far and rare) else "although"
    ncd = ncd_text(verdict.ncd, ncd_decimals(ordinary_range), at_least=verdict.threshold)
    return (
        f"It was {'' if verdict.flagged else 'not '}flagged {link} {reason}: "
        f"NCD {ncd} {'≥' if far else '<'} {limit_text(verdict.threshold)}, "
        f"p {_p(verdict)} {'≤' if rare else '>'} {limit_text(verdict.alpha)}."
    )


def _notices(
    verdict: Verdict, description: Description, ordinary_range: tuple[float, float]
) -> tuple[str, ...]:
    notices = []
    if ordinary_range[0] >= verdict.threshold:
        notices.append("Practically every window of this stream meets this NCD limit; p decides.")
    if verdict.status == "calibrating":
        too_few = verdict.decided_by == "p_perm" and not _permutation_by_choice(verdict)
        past = "1 past window is" if verdict.m == 1 else f"{count_text(verdict.m)} past windows are"
        notices.append(
            f"The stream is still calibrating: {past} too few for p_stream "
            f"{'to have a say' if too_few else 'to be fine-grained'}."
        )
    if len(verdict.evidence.epochs) > 1:
        first, last, chunks = verdict.evidence.epochs[0]
        part = "chunk was" if chunks == 1 else f"{count_text(chunks)} chunks were"
        notices.append(
            f"Its first {part} measured against an older baseline (events {count_text(first)} to "
            f"{count_text(last)}) than the single events."
        )
    if description.distinct < FEW_LINES:
        lines = "line" if description.distinct == 1 else "lines"
        notices.append(
            f"The window has only {description.distinct} distinct {lines}: many permutations look alike, "
            f"so p_perm is coarse."
        )
    if description.beyond_reach:
        compressor = verdict.compressor.split()[0]
        notices.append(
            f"The baseline is beyond reach: its distinct lines are longer than {compressor} can look back, "
            f"so the oldest of them were left out."
        )
    return tuple(notices)


def _permutation_by_choice(verdict: Verdict) -> bool:
    """Whether the profile asks for p_perm alone, not the lack of past windows."""
    return verdict.configuration.get("p_mode") == "permutation"


def _p(verdict: Verdict) -> str:
    return p_text(verdict.p, p_floor(verdict), at_most=verdict.alpha)
