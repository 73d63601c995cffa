"""Record: every number as it was stored, and proof that it comes out again."""

from typing import Any

import streamlit as st

from driftlock.model import Anomaly
from driftlock.ui import replay_bar, view_words, words
from driftlock.ui.session import examination, tenant
from driftlock_core.numbers_text import limit_text, ncd_text, size_text

DIGESTS = ("raw_baseline", "raw_window", "canonical_baseline", "canonical_window")


def show(anomaly: Anomaly) -> None:
    """Exact sizes, the textbook NCD, digests, configuration, replay and download."""
    record = anomaly.record
    replay_bar.show(record, anomaly.row.id, lambda: examination().replay(tenant(), anomaly.row.id))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Exact sizes, bytes**")
        st.table(sizes(record), border="horizontal")
    with right:
        st.markdown("**Two distances**")
        _textbook(record)
        st.markdown("**How it was made**")
        st.table(provenance(record), border="horizontal")
    st.markdown("**SHA-256 of what was compared**")
    lines = [f"{name.replace('_', ' '):<19}{record['evidence'][name]}" for name in DIGESTS]
    st.code("\n".join(lines), language=None)
    with st.expander("The whole record"):
        st.json(record, expanded=1)


def sizes(record: dict[str, Any]) -> dict[str, list[str]]:
    """Sizes with their symbols and meaning, as the record holds them."""
    evidence, textbook = record["evidence"], record["description"]["textbook"]
    named = {
        "S, window given the baseline": size_text(record["size"]),
        "mu, median past window": size_text(record["mu"]),
        "C(W), window alone": size_text(evidence["c_window"]),
        "Cbar, median baseline window": size_text(record["cbar"]),
        "C(B), baseline alone": size_text(textbook["c_baseline"]),
        "C(BW), both": size_text(textbook["c_both"]),
        "Chunks of the window": " + ".join(size_text(cost) for cost in evidence["chunk_costs"]),
    }
    return {"Quantity": list(named), "Bytes": list(named.values())}


def _textbook(record: dict[str, Any]) -> None:
    st.table(
        {
            "Distance": [
                f"NCD (size-matched), {'of the bytes' if view_words.by_views(record) else 'decides'}",
                "NCD (textbook), shown only",
            ],
            "Value": [
                ncd_text(record["ncd"], at_least=record["threshold"]),
                ncd_text(record["ncd_textbook"]),
            ],
        },
        border="horizontal",
    )
    st.caption(
        "The textbook NCD depends on how much longer the baseline is than the window and on how repetitive "
        "the stream is, so no limit would fit all streams; therefore it does not decide."
    )


def provenance(record: dict[str, Any]) -> dict[str, list[str]]:
    """Compressor with library version, limits, sizes and seed."""
    configuration = record["configuration"]
    named = {
        "Compressor": record["compressor"],
        "Profile": words.limits(record["profile"], record["threshold"], record["alpha"]),
        "Baseline, window, hop": f"{configuration.get('baseline')}, {configuration.get('window')}, "
        f"{configuration.get('hop')} events",
        "Shuffles": f"{record['permutations']}, seed {record['seed']}",
        "Past windows ranked among": str(_ranked_among(record)),
        "Decided by": _decided_by(record),
        "p limit": limit_text(record["alpha"]),
    }
    return {"What": list(named), "Value": [words.literal(value) for value in named.values()]}


def _ranked_among(record: dict[str, Any]) -> int:
    if view_words.by_views(record):
        return len(record["evidence"]["views"]["references"])
    return int(record["m"])


def _decided_by(record: dict[str, Any]) -> str:
    if view_words.by_views(record):
        return f"{view_words.looked_at(record)} views; {view_words.plain(record['views'])} stand out"
    return "the shuffles alone" if record["decided_by"] == "p_perm" else "past windows and shuffles"
