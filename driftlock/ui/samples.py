"""Cards of generated telemetry. A sample reaches the engine as bytes, like any customer's file."""

from typing import Final

import streamlit as st

from data_generator import SAMPLES, LabelledStream, Sample, generate
from driftlock.ui import words

BY_ID: Final = SAMPLES
PARAMETER: Final = "sample"


@st.cache_resource(show_spinner="Generating the sample …", max_entries=8)
def generated(sample_id: str, seed: int) -> LabelledStream:
    """Bytes and truth of a sample; the truth is for the reveal switch alone."""
    return generate(sample_id, seed=seed)


def pick() -> tuple[str, int] | None:
    """Sample and seed, or None while no card is chosen. The choice is part of the address."""
    chosen = st.query_params.get(PARAMETER)
    if chosen in BY_ID:
        return _chosen(BY_ID[chosen])
    if chosen is not None:
        st.warning("There is no sample of that name. These are there:")
    with st.grid(min_column_width=195, gap="small"):
        for sample in BY_ID.values():
            _card(sample)
    return None


def _card(sample: Sample) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{sample.title}**")
        st.caption(describe(sample))
        st.markdown(sample.story)
        if st.button("Choose", key=f"choose-{sample.id}", help=f"Analyze “{sample.title}”"):
            st.query_params[PARAMETER] = sample.id
            st.rerun()


def _chosen(sample: Sample) -> tuple[str, int]:
    with (
        st.container(border=True),
        st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"),
    ):
        with st.container(gap="xxsmall", width=520):
            st.markdown(f"**{sample.title}** · {describe(sample)}")
            st.caption(sample.story)
        with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
            seed = st.number_input(
                "Seed",
                min_value=0,
                max_value=2**31 - 1,
                value=sample.seed,
                step=1,
                key="seed",
                bind="query-params",
                persist_state="session",
                width=130,
                help="The same seed gives the same bytes.",
            )
            if st.button("Choose another"):
                del st.query_params[PARAMETER]
                st.rerun()
    return sample.id, int(seed if seed is not None else sample.seed)


def describe(sample: Sample) -> str:
    """Kind with its symbol, and how many events."""
    return f"{words.kind(sample.kind)} · {words.plural(sample.events, 'event')}"
