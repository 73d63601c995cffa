"""The same eight cards for two rules, and the way from one to the other in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from driftlock.services import plans
from driftlock.services.tuning_figures import Figures
from driftlock.ui import words
from driftlock_core.numbers_text import MISSING, count_text, percent_text, rate_text

NO_TIMES: Final = "events name no times"
NO_CHANCE: Final = "not known for this statistic"
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
            note=_flagged(figures),
            help="Windows these limits flag in the range, without those of suppressed patterns that are left out.",
        ),
        Card(
            label="Incidents",
            value=count_text(figures.incidents),
            note=_incidents(figures),
            help=words.HELP["incidents"]
            if not figures.how.gap
            else "Alarms no further apart than the gap count as one incident.",
        ),
        _alarms(figures),
        _expected(figures),
        Card(
            label=CHANCE_SHARE,
            value=MISSING if figures.chance_share is None else percent_text(figures.chance_share),
            note="no chance figure"
            if figures.expected is None
            else _nothing(figures)
            if figures.chance_share is None
            else "upper estimate",
            help="Expected by chance alone, divided by alarms, at most 100 %.",
        ),
        _labelled(
            "Real kept",
            (figures.real_kept, figures.labelled_real, figures.real_windows),
            figures.real_kept_range,
            "labelled real",
        ),
        _labelled(
            "Not-real dropped",
            (figures.not_real_dropped, figures.labelled_not_real, figures.not_real_windows),
            figures.not_real_dropped_range,
            "labelled not real",
        ),
        _price(figures),
    ]


def _flagged(figures: Figures) -> str:
    unknown = f"{words.plural(figures.unknown, 'window')} not known yet" if figures.unknown else ""
    parts = [unknown or f"of {words.plural(figures.tested, 'window')}"]
    if figures.how.repeats.least > 1:
        parts.append(words.plural(figures.alarms, "alarm"))
    if figures.left_out:
        parts.append(f"without {count_text(figures.left_out)} suppressed")
    return "; ".join(parts)


def _incidents(figures: Figures) -> str:
    runs = "runs of flagged windows" if figures.how.repeats.least == 1 else "runs of alarms"
    gap = figures.how.gap
    return f"{runs} up to {words.plural(gap, 'window')} apart" if gap else runs


def _nothing(figures: Figures) -> str:
    return "no alarm" if figures.flagged else "nothing is flagged"


def _alarms(figures: Figures) -> Card:
    if figures.alarms_per_day is None:
        return Card(
            label="Alarms per 1000 windows",
            value=MISSING if figures.alarms_per_1000 is None else rate_text(figures.alarms_per_1000),
            note=NO_TIMES,
            help="Alarms of a thousand windows tested. Nothing a day can be said without times.",
        )
    return Card(
        label="Alarms a day",
        value=rate_text(figures.alarms_per_day),
        note="" if figures.days is None else f"over {days(figures.days)}",
        help="Alarms a day at the rate of this range: flagged windows, or those of them that repeats ask for.",
    )


def _expected(figures: Figures) -> Card:
    per_day, calibrated = figures.expected_per_day, figures.expected_at_calibration_per_day
    if figures.days is None or per_day is None:
        label = f"Expected by chance {'per 1000 windows' if figures.days is None else 'a day'}"
        value = MISSING if figures.expected_per_1000 is None else rate_text(figures.expected_per_1000)
        return Card(
            label=label,
            value=value if figures.days is None else MISSING,
            note=NO_CHANCE if figures.expected is None else "at most about",
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


def _labelled(
    label: str, counts: tuple[int, int, int], interval: tuple[float, float] | None, what: str
) -> Card:
    hits, of, windows = counts
    if interval is None:
        return Card(
            label=label,
            value=MISSING,
            note=f"no window is {what} yet" if not windows else "not known yet",
            help=f"Label flagged windows in this range: then this card counts those {what}.",
        )
    return Card(
        label=label,
        value=f"{count_text(hits)} of {count_text(of)}",
        note=f"{'place' if of == 1 else 'places'}; 95 % interval {percent_text(interval[0])} to "
        f"{percent_text(interval[1])}",
        help=f"Of the places of this range that are {what}: {words.plural(windows, 'window')}, joined where they "
        "overlap or touch, since windows of one fault are one observation. A place is kept while one of its "
        "windows is an alarm. Few labels make a wide interval.",
    )


def _price(figures: Figures) -> Card:
    label = "Detections and cost a month"
    help_ = f"{plans.UNIT} Repeats, gap and suppressed patterns change no bill. At the rate of this range; an estimate."
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
