"""Ask: from a chosen source to a run."""

from functools import partial
from typing import Any

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.ui import once, series_settings, settings_form, sources, understood, words
from driftlock.ui.session import desk, tenant


def show() -> None:
    """Source, what was understood of it, settings, and the button that starts the run."""
    chosen = sources.pick()
    if chosen is None:
        return
    look = understood.look(chosen)
    if look is None:
        return
    profile, propose_sizes = settings_form.form(look.events, look.kinds, by_hand=look.kind is not None)
    judging = series_settings.ask(look.kinds)
    if (
        not st.button("Run", type="primary", disabled=profile is None, shortcut="Ctrl+Enter")
        or profile is None
    ):
        return
    options: dict[str, object] = {"sample": chosen.sample, "seed": chosen.seed} if chosen.sample else {}
    asked: dict[str, Any] = {
        "source": chosen.source,
        "name": chosen.name,
        "profile": profile,
        "size_bytes": chosen.size_bytes,
        "format": look.format,
        "kind": look.kind,
        "propose_sizes": propose_sizes,
        "options": options | judging,
    }
    start = partial(desk().start_run, tenant(), open_source=chosen.open, **asked)
    try:
        run_id = once.done("run", asked, start)
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    st.query_params["run"] = run_id
    st.rerun()
