"""How a verdict was computed: the definitions, with the record's numbers put in."""

from typing import Final

from driftlock_core.chance_text import p_floor
from driftlock_core.describe import Description
from driftlock_core.numbers_text import (
    bits_text,
    count_text,
    duration_text,
    limit_text,
    ncd_text,
    p_text,
    percent_text,
    size_text,
)
from driftlock_core.verdict import Verdict
from driftlock_core.window_views.catalogue import COLUMN, STATISTICS
from driftlock_core.window_views.deciding import aspects_of, looked_at
from driftlock_core.window_views.findings import IN_BITS, unit_of

STATISTIC_LABELS: Final = {
    "size": "size",
    "recency": "age of templates",
    "fresh": "new templates",
    "mismatch": "mismatch of counts",
    "own": "variety of counts",
    "order": "order",
    "duration": "span",
    "gap": "longest pause",
    "surprise": "surprise of a number",
    "pairs": "pairs of like events",
    "still": "longest pause by the slower pace",
}


def method_text(verdict: Verdict, description: Description) -> str:
    """Lines separated by newlines; sizes in bytes, exact. Plain text without markup."""
    lines = (
        *_score(verdict),
        *_chance(verdict),
        *(_views(verdict) if verdict.decided_by == "views" else _by_bytes(verdict)),
        *_textbook(description),
        *_beside(description),
        *_provenance(verdict),
    )
    return "\n".join(lines)


def _score(verdict: Verdict) -> tuple[str, ...]:
    evidence = verdict.evidence
    chunks = " + ".join(count_text(cost) for cost in evidence.chunk_costs)
    known = ", then ".join(
        f"events {count_text(first)} to {count_text(last)} (for {count_text(costed)} chunks)"
        for first, last, costed in evidence.epochs
    )
    own = "of a baseline of its own" if evidence.baseline_given else "of the stream"
    size, mu, cbar = size_text(verdict.size), size_text(verdict.mu), size_text(verdict.cbar)
    c_window = size_text(evidence.c_window)
    past = count_text(evidence.mu_span[1] - evidence.mu_span[0])
    ncd = ncd_text(verdict.ncd, 4, at_least=verdict.threshold)
    return (
        f"S = {chunks} = {size} bytes: the window's chunks, each compressed with the distinct baseline lines "
        f"known. Baseline: {known} {own}.",
        f"mu = {mu} bytes: median S of {past} past windows.",
        f"C(W) = {c_window} bytes: the window compressed alone. Cbar = {cbar} bytes: the median of the same "
        f"over {count_text(len(evidence.baseline_windows))} baseline windows.",
        f"NCD (size-matched) N = (S − mu) / max(C(W), Cbar) = ({size} − {mu}) / "
        f"max({c_window}, {cbar}) = {ncd}; limit {limit_text(verdict.threshold)}. "
        f"0 = what a window of this stream usually costs; it is not cut off at 0 or 1.",
        f"Extra bits = 8 · (S − mu) = {bits_text(verdict.extra_bits)}.",
    )


def _chance(verdict: Verdict) -> tuple[str, ...]:
    evidence = verdict.evidence
    past, times = count_text(verdict.m), count_text(verdict.permutations)
    own, others = count_text(len(evidence.window_costs)), count_text(len(evidence.reference_costs))
    size, permuted = size_text(verdict.size), size_text(sum(evidence.window_costs))
    p_stream = p_text(verdict.p_stream, 1 / (verdict.m + 1))
    p_perm = p_text(verdict.p_perm, 1 / (verdict.permutations + 1))
    return (
        f"p_stream = (1 + past windows with S of at least {size}) / (1 + {past}) = {p_stream}, "
        f"among windows that do not overlap this one. It holds as long as the stream varies around the "
        f"same level, and fails under a trend.",
        f"p_perm = (1 + permutations with a sum of at least {permuted}) / (1 + {times}) = {p_perm}. "
        f"Every second baseline chunk serves as the known text; the other {others} and the window's {own} "
        f"are costed with it and permuted {times} times, seed {verdict.seed}; ties count as reaching it. "
        f"It assumes that chunks are interchangeable; bursts and a rhythm of the day break that, and small "
        f"values then come up more often than they should.",
    )


def _by_bytes(verdict: Verdict) -> tuple[str, ...]:
    decided = "p_perm alone" if verdict.decided_by == "p_perm" else "the larger of the two"
    return (f"The decision used {decided}; limit {limit_text(verdict.alpha)}.",)


def _views(verdict: Verdict) -> tuple[str, ...]:
    views = verdict.evidence.views
    assert views is not None
    past = count_text(len(views.references))
    amounts = (
        f"{STATISTIC_LABELS[name]} {_amount(name, views.values[at] / unit_of(name, views.usual_us))} "
        f"({_amount(name, views.usual[at] / unit_of(name, views.usual_us))})"
        for name, at in COLUMN.items()
        if at < len(views.values)  # a record of before a statistic lacks it
        and (views.times or STATISTICS[name] != "timing")
        and (views.bits or STATISTICS[name] != "values")
    )
    lines = [
        f"Views: {', '.join(amounts)}; in brackets the median of {past} past windows, all of which ended before "
        f"this one began; times at the pace of the 200 events just before it, the slower pace that or the pace of "
        f"2,000.",
        f"Surprise of a statistic = log2((1 + {past}) / its rank among them), and more for the one furthest out: "
        f"1.5 · log2 of how many times further from the median it lies than the next. Surprises of an aspect are "
        f"added up and the sums ranked.",
    ]
    for found in aspects_of(verdict):
        lines.append(
            f"{found.aspect.name.capitalize()} ({', '.join(STATISTIC_LABELS[s] for s in found.aspect.statistics)}): "
            f"rank = (1 + {count_text(found.at_least)}) / (1 + {past}) = {p_text(found.rank, 1 / (found.past + 1))}, "
            f"distance {ncd_text(found.distance, at_least=verdict.threshold)}, that of its "
            f"{STATISTIC_LABELS[found.statistic]}"
            + (" (N)." if found.statistic == "size" else ": (value − usual) / the larger of both.")
        )
    p = p_text(verdict.p, p_floor(verdict), at_most=verdict.alpha)
    ways = looked_at(verdict)
    factor = f"{ways} views looked at"
    if verdict.factor == len(views.aspects):
        factor = f"{verdict.factor} aspects ranked"
    elif ways != verdict.factor:
        factor = f"{verdict.factor} for {ways} views looked at in {len(views.aspects)} sums"
    lines.append(
        f"p = {p}: {factor}, times the smallest rank of an aspect whose distance reaches "
        f"{limit_text(verdict.threshold)}; limit {limit_text(verdict.alpha)}. It holds as long as windows are "
        f"interchangeable with the past ones, and fails under a trend or a rhythm longer than these. p_stream and "
        f"p_perm of the bytes do not decide here."
    )
    return tuple(lines)


def _amount(statistic: str, value: float) -> str:
    if statistic == "still":
        return f"{value:.1f} usual intervals"
    if STATISTICS[statistic] == "timing":
        return duration_text(value)
    if STATISTICS[statistic] == "values":
        return f"{value:.1f} bits"
    if statistic in IN_BITS:
        return f"{bits_text(value)} bits"
    return size_text(value) + (" bytes" if statistic == "size" else "")


def _textbook(description: Description) -> tuple[str, ...]:
    sizes = description.textbook
    before, window, both = (size_text(size) for size in (sizes.c_baseline, sizes.c_window, sizes.c_both))
    ncd, novelty = ncd_text(sizes.ncd, 4), ncd_text(sizes.novelty)
    return (
        f"Textbook NCD = (C(BW) − min(C(B), C(W))) / max(C(B), C(W)) = "
        f"({both} − min({before}, {window})) / max({before}, {window}) = {ncd}. "
        f"It does not decide: it depends on how much longer the baseline is than the window and on how "
        f"repetitive the stream is, so no limit would fit all streams.",
        f"Novelty = (C(BW) − C(B)) / C(W) = ({both} − {before}) / {window} = {novelty}.",
    )


def _beside(description: Description) -> tuple[str, ...]:
    sign = "" if description.ratio_change < 0 else "+"
    change = f"{sign}{ncd_text(100 * description.ratio_change, 1)} %"
    share = description.distinct / len(description.event_bits)
    return (
        f"The window compresses by a ratio {change} different from the baseline's windows (median). "
        f"Entropy: {ncd_text(description.entropy_bits_per_byte, 2)} bits per byte, "
        f"baseline {ncd_text(description.baseline_entropy_bits_per_byte, 2)}. "
        f"Distinct lines: {count_text(description.distinct)}, {percent_text(share)} of the events.",
        f"Bits of an event: 8 times its compressed size, on its own, with the baseline known; an ordinary "
        f"event takes {bits_text(description.ordinary_event_bits)} (median of one baseline event in eight, "
        f"held out). They do not add up to S.",
    )


def _provenance(verdict: Verdict) -> tuple[str, ...]:
    evidence = verdict.evidence
    lines = [f"Compressor: {verdict.compressor}."]
    if "masks" in verdict.configuration:
        masks = verdict.configuration["masks"]
        lines.append(f"Masked before compression: {', '.join(masks) if masks else 'nothing'}.")
    lines.append(
        f"SHA-256 of the window: as received {evidence.raw_window}, masked {evidence.canonical_window}."
    )
    lines.append(
        f"SHA-256 of the baseline: as received {evidence.raw_baseline}, masked {evidence.canonical_baseline}."
    )
    return tuple(lines)
