"""The same eight cards for two rules, and the way from one to the other in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from driftlock.services import plans
from driftlock.services.tuning_figures import Figures
from driftlock.ui import words
from driftlock_core.numbers_text import MINUS, MISSING, count_text, percent_text, rate_text

NO_TIMES: Final = "events name no times"
# Sixteen cards beside each other: smaller numbers, and notes that go on in the next line instead of being cut.
_STYLE: Final = """<style>
[class*="st-key-cards-"] [data-testid="stMetric"] > div { padding: .5rem .7rem; }
[class*="st-key-cards-"] [data-testid="stMetricValue"] { font-size: 1.4rem; }
[class*="st-key-cards-"] [data-testid="stMetricDelta"],
[class*="st-key-cards-"] [data-testid="stMetricDelta"] * { white-space: normal; overflow: visible; }
[class*="st-key-cards-"] [data-testid="stMetricDelta"] { background: none; padding: 0; }
</style>"""
CHANCE_SHARE: Final = "Share chance alone would explain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One number with what stands under it and what it means."""

    label: str
    value: str
    note: str
    help: str


def cards(figures: Figures) -> list[Card]:
    """The eight cards of a rule, always in the same order."""
    return [
        Card(
            label="Flagged",
            value=count_text(figures.flagged),
            note=_unknown(figures) or f"of {words.plural(figures.tested, 'window')}",
            help="Windows these limits flag in the range.",
        ),
        Card(
            label="Incidents",
            value=count_text(figures.incidents),
            note="runs of flagged windows",
            help=words.HELP["incidents"],
        ),
        _alarms(figures),
        _expected(figures),
        Card(
            label=CHANCE_SHARE,
            value=MISSING if figures.chance_share is None else percent_text(figures.chance_share),
            note="nothing is flagged" if figures.chance_share is None else "upper estimate",
            help="Expected by chance alone, divided by flagged, at most 100 %.",
        ),
        _labelled(
            "Real kept", figures.real_kept, figures.labelled_real, figures.real_kept_range, "labelled real"
        ),
        _labelled(
            "Not-real dropped",
            figures.not_real_dropped,
            figures.labelled_not_real,
            figures.not_real_dropped_range,
            "labelled not real",
        ),
        _price(figures),
    ]


def _unknown(figures: Figures) -> str:
    return f"{words.plural(figures.unknown, 'window')} not known yet" if figures.unknown else ""


def _alarms(figures: Figures) -> Card:
    if figures.alarms_per_day is None:
        return Card(
            label="Alarms per 1000 windows",
            value=MISSING if figures.flagged_per_1000 is None else rate_text(figures.flagged_per_1000),
            note=NO_TIMES,
            help="Flagged windows of a thousand tested. Nothing a day can be said without times.",
        )
    return Card(
        label="Alarms a day",
        value=rate_text(figures.alarms_per_day),
        note="" if figures.days is None else f"over {days(figures.days)}",
        help="Flagged windows a day at the rate of this range.",
    )


def _expected(figures: Figures) -> Card:
    per_day, calibrated = figures.expected_per_day, figures.expected_at_calibration_per_day
    if per_day is None:
        value = MISSING if figures.expected_per_1000 is None else rate_text(figures.expected_per_1000)
        return Card(
            label="Expected by chance per 1000 windows",
            value=value,
            note="at most about",
            help=words.HELP["expected"],
        )
    return Card(
        label="Expected by chance a day",
        value=rate_text(per_day),
        note="at most about"
        if calibrated is None
        else f"at most about; {rate_text(calibrated)} at measured calibration",
        help=f"{words.HELP['expected']} Where a quiet range was measured and small p came too often there, the "
        "second number says what that makes of it.",
    )


def _labelled(label: str, hits: int, of: int, interval: tuple[float, float] | None, what: str) -> Card:
    if interval is None:
        return Card(
            label=label,
            value=MISSING,
            note=f"no window is {what} yet",
            help=f"Label flagged windows in this range: then this card counts those {what}.",
        )
    return Card(
        label=label,
        value=f"{count_text(hits)} of {count_text(of)}",
        note=f"95 % interval {percent_text(interval[0])} to {percent_text(interval[1])}",
        help=f"Of the windows of this range that are {what}. Few labels make a wide interval.",
    )


def _price(figures: Figures) -> Card:
    label = "Detections and cost a month"
    help_ = f"{plans.UNIT} At the rate of this range; an estimate."
    price = figures.price
    if price is None:
        return Card(label=label, value=MISSING, note=NO_TIMES, help=help_)
    cost = plans.BY_CONTRACT if price.cost is None else f"{plans.money_text(price.cost)} est."
    return Card(
        label=label, value=count_text(price.detections), note=f"{price.plan.name} plan, {cost}", help=help_
    )


def show(rules: Sequence[tuple[str, str, Figures]]) -> None:
    """
    Rules side by side; on a narrow screen one above the other.

    Args:
        rules: Title, limits in words and figures of each; the current one alone leaves the other half free.
    """
    st.html(_STYLE)
    for column, (title, limits, figures) in zip(st.columns(2, gap="medium"), rules, strict=False):
        with column:
            st.markdown(f"**{title}** · {words.literal(limits)}")
            with st.grid(min_column_width=165, gap="small", key=f"cards-{title.lower()}"):
                for card in cards(figures):
                    st.metric(
                        card.label,
                        card.value,
                        delta=card.note or None,
                        delta_color="off",
                        delta_arrow="off",
                        help=card.help,
                        border=True,
                        height="stretch",
                    )


def days(value: float) -> str:
    """
    A length of time in days or hours.

    >>> days(6.93), days(0.25), days(1)
    ('6.9 days', '6 h', '1 day')
    """
    if value < 1:
        hours = value * 24
        return f"{hours:.0f} h" if hours >= 1.95 else f"{hours * 60:.0f} min"
    text = f"{value:.1f}".removesuffix(".0")
    return f"{text} day" if text == "1" else f"{text} days"


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
    by = candidate.flagged - current.flagged
    if candidate.days is not None and candidate.days >= 7:
        weekly = abs(by) / candidate.days * 7
        parts = [f"{signed(by, rate_text(weekly))} flagged a week"]
    else:
        parts = [f"{signed(by, count_text(abs(by)))} flagged in this range"]
    if candidate.expected_per_day is not None and current.expected_per_day is not None:
        daily = candidate.expected_per_day - current.expected_per_day
        parts.append(f"{signed(_settled(daily), rate_text(abs(_settled(daily))))} expected by chance a day")
    else:
        total = _settled(candidate.expected - current.expected)
        parts.append(f"{signed(total, rate_text(abs(total)))} expected by chance")
    incidents = candidate.incidents - current.incidents
    parts.append(
        f"{signed(incidents, count_text(abs(incidents)))} {'incident' if abs(incidents) == 1 else 'incidents'}"
    )
    if candidate.labelled_real:
        kept = candidate.real_kept - current.real_kept
        verb = "gains" if kept > 0 else "loses"
        parts.append(
            f"{verb} {count_text(abs(kept))} labelled real" if kept else "keeps the same labelled real"
        )
    if candidate.labelled_not_real:
        dropped = candidate.not_real_dropped - current.not_real_dropped
        if dropped:
            parts.append(
                f"{'drops' if dropped > 0 else 'brings back'} {count_text(abs(dropped))} labelled not real"
            )
    return ", ".join(parts)


def _settled(value: float) -> float:
    """Sums of many shares that are the same leave a rest of rounding behind."""
    return 0.0 if abs(value) < 1e-9 else value
