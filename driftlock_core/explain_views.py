"""A verdict of the views in words: what stands out, its rank among past windows, and how that became p."""

from driftlock_core.chance_text import meaning_text, shown_p
from driftlock_core.describe import Description
from driftlock_core.explain_bytes import bytes_sentence
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
from driftlock_core.window_views.deciding import ASPECT_NAMES, aspects_of, deciding, looked_at
from driftlock_core.window_views.findings_text import VIEW_NAMES, finding_text, lead_text


def views_sentence(start: str, verdict: Verdict, description: Description) -> str:
    """The views that stand out, and what is most telling of the most surprising; *start* names the window."""
    told = f"{start} stands out by {_named(verdict)}"
    if not description.findings:
        return f"{told}."
    # Among equally surprising ones a view that can name a place says more than a number of bytes, and of
    # those the one that is furthest off.
    lead = max(description.findings, key=lambda one: (one.surprise_bits, bool(one.places), one.beyond))
    if lead.view == "bytes":
        return bytes_sentence(f"{told}: it", verdict, description)
    return f"{told}: {lead_text(lead)}."


def views_paragraph(
    verdict: Verdict, description: Description, ordinary_range: tuple[float, float]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sentences before and behind how often such a p comes up: first what stands out, then the decision."""
    before = (
        _effect(verdict, len(description.event_bits)),
        *map(finding_text, description.findings),
        _rank_of_aspect(verdict),
        meaning_text(verdict, "these windows were interchangeable with the past ones"),
    )
    return before, (_decision(verdict), _bytes_beside(verdict, ordinary_range))


def _named(verdict: Verdict) -> str:
    names = [f"its {VIEW_NAMES[view]}" for view in verdict.views]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _effect(verdict: Verdict, events: int) -> str:
    first, last = count_text(verdict.first_seq), count_text(verdict.last_seq)
    order = ", most surprising first" if len(verdict.views) > 1 else ""
    return (
        f"The {count_text(events)} events of this window ({first} to {last}) were looked at in "
        f"{looked_at(verdict)} ways; it stands out by {_named(verdict)}{order}."
    )


def _rank_of_aspect(verdict: Verdict) -> str:
    found = deciding(verdict)
    past, others = count_text(found.past), count_text(found.at_least)
    rank = p_text(found.rank, 1 / (found.past + 1))
    floor = f", the smallest value {past} past windows can give" if found.at_least == 0 else ""
    added = (
        f"Is that rare? The surprises of its {ASPECT_NAMES[found.aspect.name]} were added up, and of the {past} "
        f"past windows it is ranked among {others} reached that sum: "
        f"**its rank is ({others} + 1)/({past} + 1) = {rank}**{floor}."
    )
    if found.distance < verdict.threshold:
        return f"{added} No aspect is far enough from the usual to count, so **p is {shown_p(verdict)}**."
    views = looked_at(verdict)
    sums = f" in {len(aspects_of(verdict))} sums" if views != verdict.factor else ""
    return (
        f"{added} Because {views} views were looked at{sums}, {verdict.factor} times that rank decides: "
        f"**p is {shown_p(verdict)}**."
    )


def _bytes_beside(verdict: Verdict, ordinary_range: tuple[float, float]) -> str:
    decimals = ncd_decimals(ordinary_range)
    low, high = (ncd_text(bound, decimals) for bound in ordinary_range)
    ncd = ncd_text(verdict.ncd, decimals, at_least=verdict.threshold)
    bits = round(verdict.extra_bits)
    past = (
        "there is no past window to rank its size among"
        if verdict.m == 0
        else f"{count_text(round(verdict.p_stream * (verdict.m + 1)) - 1)} of {count_text(verdict.m)} past windows "
        f"took at least as many (p_stream {p_text(verdict.p_stream, 1 / (verdict.m + 1))})"
    )
    permuted = count_text(round(verdict.p_perm * (verdict.permutations + 1)) - 1)
    return (
        f"Its bytes by themselves, for comparison: it takes {size_text(verdict.size)} bytes once the baseline is known, "
        f"the median past window of this stream {size_text(verdict.mu)}, which makes {bits_text(abs(bits))} bits "
        f"{'more' if bits >= 0 else 'fewer'} and an NCD (size-matched) of {ncd}; ordinary windows here lie between "
        f"{low} and {high}. Of its size, {past}, and so did {permuted} of the "
        f"{count_text(verdict.permutations)} permutations of its chunks with the baseline's (seed {verdict.seed}, "
        f"p_perm {p_text(verdict.p_perm, 1 / (verdict.permutations + 1))}); these two p-values do not decide here."
    )


def _decision(verdict: Verdict) -> str:
    found = deciding(verdict)
    far, rare = found.distance >= verdict.threshold, verdict.p <= verdict.alpha
    name, profile = found.aspect.name, f"of profile **{verdict.profile}**"
    if far and rare:
        reason = f"both limits {profile} are met by its {name}"
    elif far:
        reason = f"its {name} meets only the distance limit {profile}"
    elif rare:
        reason = f"its {name} meets only the p limit {profile}"
    else:
        reason = f"no aspect meets either limit {profile}"
    link = "because" if verdict.flagged == (far and rare) else "although"
    shown = ncd_text(found.distance, at_least=verdict.threshold)
    what = (
        "NCD" if found.statistic == "size" else f"the distance of its {VIEW_NAMES[found.view]} from the usual"
    )
    return (
        f"It was {'' if verdict.flagged else 'not '}flagged {link} {reason}: "
        f"{what} {shown} {'≥' if far else '<'} {limit_text(verdict.threshold)}, "
        f"p {shown_p(verdict)} {'≤' if rare else '>'} {limit_text(verdict.alpha)}."
    )
