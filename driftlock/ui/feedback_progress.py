"""How many labels there are, what a proposal still needs, how far people agree, and how much may be missed."""

from typing import Final

import streamlit as st

from driftlock.services.feedback import NEEDED, NEEDED_EACH, Progress
from driftlock.services.feedback_labels import RECENT_DAYS, Agreement, Missed
from driftlock.ui import words
from driftlock_core.numbers_text import count_text, percent_text

PLACES: Final = (
    f"Of the last {RECENT_DAYS} days. Labelled windows that overlap or touch and say the same count once; windows "
    "that people differ about, and those reached by a label of their pattern or stream, do not count."
)
AGREEMENT: Final = (
    "Of all pairs of people who looked at the same window, those that said the same. From five windows on beside it "
    "Krippendorff's alpha: 0 is what people would agree by chance, using each label as often as they do; 1 is always."
)


def show(progress: Progress) -> None:
    """One line of figures, so that the window to be labelled stays in sight, and what they mean."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="progress"):
        for text, told in figures(progress):
            st.badge(words.literal(text), color="gray", help=told)
    st.caption(words.literal(" ".join(sentences(progress))))


def figures(progress: Progress) -> list[tuple[str, str]]:
    """Each with what it means."""
    places = progress.places
    return [
        (f"Labelled places {count_text(progress.labelled)} of {NEEDED}", PLACES),
        (f"Real {count_text(places['real'])} of {NEEDED_EACH}", PLACES),
        (f"Not real {count_text(places['not_real'])} of {NEEDED_EACH}", PLACES),
        (f"Not useful {count_text(places['not_useful'])}", PLACES),
        (f"Agreement {agreement(progress.agreement)}", AGREEMENT),
    ]


def sentences(progress: Progress) -> list[str]:
    """What the figures mean, as far as there is something to say."""
    said = []
    if progress.series:
        said.append("This stream is judged as numbers: labels are kept, and there are no limits to propose.")
    elif progress.missing:
        said.append(f"For a proposal: {', '.join(progress.missing)}.")
    else:
        said.append("Enough labels for a proposal.")
    if progress.one_sided and not progress.series:
        said.append(progress.one_sided)
    if progress.disputed:
        said.append(f"{words.plural(progress.disputed, 'window')} disputed: left out until people agree.")
    if progress.reached:
        said.append(
            f"{words.plural(progress.reached, 'anomaly', 'anomalies')} labelled through pattern or stream, "
            "which nobody looked at."
        )
    if progress.missed.looked_at:
        said.append(missed(progress.missed))
    return said


def missed(found: Missed) -> str:
    """
    The estimate of what is missed, in words.

    >>> from driftlock.services.tuning_figures import wilson
    >>> missed(Missed(looked_at=40, real=1, share=wilson(1, 40)))
    'Of 40 unflagged windows looked at, drawn at random, 1 was called real: between 0.4 % and 13 % of all unflagged windows (95 %).'
    """
    low, high = (round(end, 9) for end in found.share or (0.0, 1.0))
    were = "was" if found.real == 1 else "were"
    return (
        f"Of {words.plural(found.looked_at, 'unflagged window')} looked at, drawn at random, "
        f"{count_text(found.real)} {were} called real: between {percent_text(low)} and {percent_text(high)} of all "
        "unflagged windows (95 %)."
    )


def agreement(found: Agreement) -> str:
    """
    Agreeing pairs among all.

    >>> agreement(Agreement(looked_at=3, pairs=4, agreeing=3, alpha=0.31))
    '3 of 4'
    >>> agreement(Agreement(looked_at=5, pairs=6, agreeing=5, alpha=0.3077))
    '5 of 6 · α 0.31'
    """
    if not found.pairs:
        return "—"
    shown = f"{count_text(found.agreeing)} of {count_text(found.pairs)}"
    return shown if found.alpha is None or found.looked_at < 5 else f"{shown} · α {found.alpha:.2f}"
