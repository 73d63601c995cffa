"""What was said to a model beside what it answered, with the bytes marked that the baseline does not hold."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from driftlock.decode.fields import plain_name
from driftlock.decode.kind_names import ANSWER
from driftlock.model import Anomaly
from driftlock.services.context import token_counts
from driftlock.services.examine import EventCost
from driftlock.ui import byte_map_view, llm_text, words
from driftlock.ui.anomaly_differs import ordered
from driftlock.ui.llm_text import Spoken
from driftlock.ui.session import colours, examination, tenant
from driftlock_core.numbers_text import bits_text, count_text

MOST_CALLS: Final = 3
_ANSWERS: Final = ANSWER | {"assistant", "gpt", "model", "bot", "genaioutputmessages", "outputmessages"}


def show(anomaly: Anomaly) -> None:
    """The costliest calls, prompt on the left, answer on the right, with token counts where they are named."""
    costs = examination().event_costs(tenant(), anomaly.row.id)
    parsed = examination().byte_map(tenant(), anomaly.row.id)
    spoken = llm_text.spoken(
        [cost.event.payload for cost in costs], [cost.canonical for cost in costs], parsed
    )
    places = [at for at in ordered(costs, "cost") if spoken.get(at)][:MOST_CALLS]
    st.markdown("**Prompt and answer**")
    if not places:
        st.info("No event of this window is read as a model call or chat.")
        return
    st.html(byte_map_view.style(colours()) + byte_map_view.legend())
    for at in places:
        with st.container(border=True):
            _call(costs[at], spoken[at])
    st.caption(
        f"The {words.plural(len(places), 'costliest call')} of {words.plural(len(spoken), 'call')} in the window."
    )


def _call(cost: EventCost, said: Sequence[Spoken]) -> None:
    st.markdown(
        f"**Event {count_text(cost.event.seq)}** · {bits_text(cost.bits)} bits given the baseline{tokens(cost)}"
    )
    left, right = st.columns(2, gap="medium")
    for column, title, part in (
        (left, "Prompt", [one for one in said if not is_answer(one.label)]),
        (right, "Answer", [one for one in said if is_answer(one.label)]),
    ):
        with column:
            st.markdown(f"**{title}**")
            if part:
                st.html(byte_map_view.turns("".join(one.html for one in part)))
            else:
                st.caption("None in this event.")


def is_answer(label: str) -> bool:
    """
    Whether a text is the model's.

    >>> is_answer("response"), is_answer("assistant"), is_answer("user"), is_answer("gen_ai.completion")
    (True, True, False, True)
    """
    return plain_name(label).removeprefix("genai") in _ANSWERS or plain_name(label) in _ANSWERS


def tokens(cost: EventCost) -> str:
    """The counts of tokens as the event names them; nothing where it names none."""
    named = token_counts(cost.event.payload)
    return "".join(f" · {words.literal(name)} {count_text(count)}" for name, count in named.items())
