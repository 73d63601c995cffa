"""A verdict of the bytes alone in words: their cost, its rank among past windows and among permutations."""

from typing import Final

from driftlock_core.chance_text import meaning_text, shown_p
from driftlock_core.describe import Description
from driftlock_core.notices_text import permutation_by_choice
from driftlock_core.numbers_text import (
    bits_text,
    count_text,
    limit_text,
    ncd_decimals,
    ncd_text,
    p_text,
    size_text,
)
from driftlock_core.verdict import Verdict

# If the events' own bits above the ordinary event come to less than this share of the extra bits, then it is
# not single events that make the window dear, and naming a few would mislead.
_EXPLAINED_BY_EVENTS: Final = 0.25


def bytes_sentence(start: str, verdict: Verdict, description: Description) -> str:
    """The extra bits, and how many events carry them; *start* names the window."""
    bits = round(verdict.extra_bits)
    if bits == 0:
        cost = "as many bits as an ordinary window of this stream"
    else:
        word = "more" if bits > 0 else "fewer"
        cost = f"**{bits_text(abs(bits))} {word} bits** than an ordinary window of this stream"
    above = sum(max(0.0, bits - description.ordinary_event_bits) for bits in description.event_bits)
    if description.carrying == 0 or above < _EXPLAINED_BY_EVENTS * verdict.extra_bits:
        return f"{start} needs {cost}; single events account for little of it."
    events = count_text(len(description.event_bits))
    verb = "holds" if description.carrying == 1 else "hold"
    carrying = f"{count_text(description.carrying)} of its {events} events {verb}"
    return f"{start} needs {cost}; {carrying} at least half of what stands out."


def bytes_paragraph(
    verdict: Verdict, description: Description, ordinary_range: tuple[float, float]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sentences before and behind how often such a p comes up; the decision is behind it."""
    events = len(description.event_bits)
    before = (
        _effect(verdict, events),
        _distance(verdict, ordinary_range),
        _rank_among_past(verdict),
        _rank_among_permutations(verdict, events),
        _meaning(verdict),
    )
    return before, (_decision(verdict, ordinary_range),)


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
    p = shown_p(verdict)
    if permutation_by_choice(verdict):
        decides = f"This profile lets p_perm alone decide: **p is {p}**."
    elif verdict.decided_by == "p_perm":
        decides = f"With so few past windows p_perm alone decides: **p is {p}**."
    else:
        decides = f"The larger of the two decides: **p is {p}**."
    meaning = meaning_text(verdict, "these events were interchangeable with the earlier ones")
    return f"{decides} {meaning}"


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
        f"p {shown_p(verdict)} {'≤' if rare else '>'} {limit_text(verdict.alpha)}."
    )
