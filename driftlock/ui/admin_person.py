"""One person's data: searched for, counted, taken out. The terms stay in this form: in no address, no log, no record."""

from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.services.forgetting import PersonFound
from driftlock.ui import admin_said, words
from driftlock.ui.session import desk, reader, tenant

WORD: Final = "delete"
_TERMS: Final = "person-terms"
_FOUND: Final = "person-found"  # counts, never a term


def show() -> None:
    """Terms, what is found by them, and the word that deletes it."""
    with st.form("find-person", border=False):
        typed = st.text_area(
            "Addresses, names of accounts or ids, one a line",
            key=_TERMS,
            height=90,
            max_chars=2_000,
            help="All ways to write each are found: in any case, escaped as JSON or for an address.",
        )
        asked = st.form_submit_button("Search")
    terms = [line.strip() for line in (typed or "").splitlines() if line.strip()]
    if asked:
        st.session_state.pop(_FOUND, None)
        try:
            st.session_state[_FOUND] = _find(terms)
        except ApplicationError as error:
            st.error(words.literal(str(error)))
            return
    found: PersonFound | None = st.session_state.get(_FOUND)
    if found is None:
        st.caption("Every event that is kept is read, so this may take a while.")
        return
    _counts(found)
    if found.held or not (found.events or found.elsewhere):
        return
    word = st.text_input(f"Type {WORD} to put a mark in place of each", key="person-word")
    st.button(
        "Delete this person's data",
        key="person-go",
        disabled=word != WORD,
        on_click=_forget,
        args=(terms,),
    )


def _find(terms: list[str]) -> PersonFound:
    bar = st.progress(0.0, "Reading what is kept …")

    def moved(done: int, of: int) -> None:
        bar.progress(min(1.0, done / of) if of else 1.0)

    try:
        return desk().forgetting.find_person(tenant(), terms, progress=moved)
    finally:
        bar.empty()


def _counts(found: PersonFound) -> None:
    if not found.events and not found.elsewhere and not found.remains:
        st.info("Nothing that is kept holds any of them.")
        return
    names = {one.stream.id: one.stream.name for one in desk().overview.streams(tenant())}
    lines = [
        f"{words.literal(names.get(stream, stream))}: {words.plural(events, 'event')}"
        for stream, events in found.streams.items()
        if events
    ]
    lines += [
        f"{words.literal(place.replace('_', ' '))}: {words.plural(rows, 'row')}"
        for place, rows in found.elsewhere.items()
    ]
    st.markdown("\n".join(f"- {line}" for line in lines) or "Nothing that can be taken out.")
    if found.remains:
        left = ", ".join(f"{rows:,} in {place.replace('_', ' ')}" for place, rows in found.remains.items())
        st.warning(f"Rows that nothing may change hold them too: {words.literal(left)}.")
    if found.held:
        st.error(
            f"{words.plural(found.held, 'held report')} quote this person. End the hold first, on Reports and evidence."
        )


def _forget(terms: list[str]) -> None:
    try:
        gone = desk().forgetting.forget_person(tenant(), terms, by=reader())
    except ApplicationError as error:
        admin_said.say(str(error), well=False)
        return
    for key in (_TERMS, _FOUND, "person-word"):
        st.session_state.pop(key, None)
    st.session_state[_TERMS] = ""
    st.cache_data.clear()
    admin_said.say(
        f"Taken out: {words.plural(gone.events, 'event')} of {words.plural(len(gone.streams), 'stream')}, and "
        f"{words.plural(sum(gone.elsewhere.values()), 'row')} elsewhere."
    )
