"""The flagged windows of one stream, fifty a page, each with the way to its own page."""

import re

import streamlit as st

from driftlock.model import AnomalyRow, Stream
from driftlock.ui import anomaly_pages, links, view_words, words
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import ncd_text


def show(stream: Stream) -> None:
    """The table; choosing a row opens the window's own page."""
    st.subheader("Flagged windows", anchor=False)
    if not stream.flagged:
        st.info(
            f"No window was flagged; {words.plural(stream.windows, 'window')} tested. "
            "That is not proof that nothing is wrong: it means no window met both limits."
        )
        return
    order, offset = anomaly_pages.pick(stream.flagged)
    rows = desk().queries.anomalies(
        tenant(), stream.id, order=order, offset=offset, limit=anomaly_pages.PAGE_SIZE
    )
    anomaly_pages.show(
        [row.id for row in rows],
        table(rows),
        {
            "Open": st.column_config.LinkColumn(display_text="Open", width=60),
            "Severity": st.column_config.TextColumn(width=105, help=words.HELP["severity"]),
            "Stands out by": st.column_config.TextColumn(width=150, help=view_words.HELP["views"]),
            "NCD": st.column_config.TextColumn(width=64, alignment="right", help=words.HELP["ncd"]),
            "p": st.column_config.TextColumn(width=64, alignment="right", help=words.HELP["p"]),
            "Extra bits": st.column_config.TextColumn(
                width=84, alignment="right", help=words.HELP["extra_bits"]
            ),
            "What differs": st.column_config.TextColumn(width="large"),
        },
        order=order,
        offset=offset,
        noun="window",
        key=stream.id,
    )


def table(rows: list[AnomalyRow]) -> dict[str, list[str]]:
    """
    Columns of the table as they are read on screen.

    No p is shown below the smallest its window could have had. Of the sentence only what the other
    columns do not say, its end.
    """
    return {
        "Severity": [f"{words.SEVERITY_SYMBOLS[row.severity]} {row.severity}" for row in rows],
        "Window": [words.place(row.first_at, row.last_at, row.first_seq, row.last_seq) for row in rows],
        "Stands out by": [view_words.plain(row.views) for row in rows],
        "NCD": [ncd_text(row.ncd) for row in rows],
        "p": [words.p_value(row.p) for row in rows],
        "Extra bits": [words.signed_bits(row.extra_bits) for row in rows],
        "Open": [links.address(links.ANOMALY, id=row.id) for row in rows],  # the last column may be cut off
        "What differs": [words.plain(differs(row.sentence)) for row in rows],
    }


def differs(sentence: str) -> str:
    """
    The end of a sentence: behind the views it names, or behind its extra bits.

    >>> differs("Window 3 on **a: b** stands out by its counts: “x; y” comes **9 times**.")
    '“x; y” comes **9 times**.'
    >>> differs("Window 3 on **a** needs **9 more bits** than an ordinary window; 1 of its 50 events holds half.")
    '1 of its 50 events holds half.'
    """
    # No star is in a stream's name, so the first two pairs of them enclose it.
    if told := re.match(r"[^*]*\*\*[^*]*\*\* stands out by [^:]*: (.*)", sentence, re.DOTALL):
        return told[1]
    return sentence.rsplit("; ", 1)[-1]
