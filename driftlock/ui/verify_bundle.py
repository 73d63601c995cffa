"""A bundle held against itself: every step, its outcome and what it rests on. Needs no tenant."""

import threading
from typing import Final

import streamlit as st

from driftlock.evidence import Step, Verification, verify_bytes
from driftlock.evidence.verifier.archive import LARGEST_BUNDLE
from driftlock.evidence.work import seconds
from driftlock.ui import words
from driftlock_core.numbers_text import count_text

SYMBOLS: Final = {"PASS": "✓", "FAIL": "✗", "NOT CHECKED": "—"}
# Checks at a time: a made-up bundle keeps a core busy for long, and nobody signs in for it.
_ROOM: Final = threading.BoundedSemaphore(1)
_PATIENCE_S: Final = 10.0
MOST_WORK_S: Final = 2.5  # of one check, as counted before it begins
_LONGEST_KEY: Final = 2_000  # characters
_LONGEST_CERTIFICATE: Final = 10_000


def show() -> None:
    """Ask for a bundle and a key, and say what holds."""
    given = st.file_uploader(
        "Evidence bundle",
        type=None,
        key="verify-bundle",
        max_upload_size=LARGEST_BUNDLE // 1_000_000,
        help=f"The ZIP as it was handed out, at most {LARGEST_BUNDLE // 1_000_000} MB. It is read in memory and not kept.",
    )
    key = st.text_area(
        "Public key of the signer",
        key="verify-key",
        max_chars=_LONGEST_KEY,
        height=100,
        help="Got from the signer by another way than the bundle: PEM, or 64 hexadecimal digits. Without it a "
        "signature proves only that nothing was altered since it was made by a key you do not know.",
    )
    with st.expander("A time authority you trust"):
        authority = st.text_area(
            "Its certificate, PEM",
            key="verify-authority",
            max_chars=_LONGEST_CERTIFICATE,
            height=100,
            help="Only a bundle with a time token needs it. Whether the certificate itself is to be trusted, and was valid "
            "then, is not looked at here.",
        )
    st.caption(
        "The same check offline: unpack the bundle, then `python3 verify.py --key FILE`. It needs Python and the "
        "compressor that the bundle names, nothing of ours."
    )
    if given is None:
        return
    if given.size > LARGEST_BUNDLE:
        st.error(
            f"The file has {given.size / 1e6:.1f} MB; a bundle has at most {LARGEST_BUNDLE / 1e6:.0f} MB. "
            "Choose the ZIP of one anomaly or one case."
        )
        return
    data = given.getvalue()
    if (work := seconds(data)) > MOST_WORK_S:
        st.error(
            f"Checking this bundle takes about {work:,.0f} seconds of processor; this page, which is open to anybody, does at "
            f"most {MOST_WORK_S}. Check it where you are, without that limit: `driftlock verify FILE`, or unpack it "
            "and run `python3 verify.py`."
        )
        return
    if not _ROOM.acquire(timeout=_PATIENCE_S):
        st.warning("Other bundles are being checked. Try again in a moment.")
        return
    try:
        with st.spinner("Checking …"):
            found = verify_bytes(
                data,
                keys=[key.strip().encode()] if key.strip() else [],
                authority=authority.strip().encode() if authority.strip() else None,
            )
    except ValueError as error:  # of the key or the certificate: the reader's own
        st.error(words.literal(str(error)))
        return
    finally:
        _ROOM.release()
    steps(found)


def steps(found: Verification) -> None:
    """The conclusion, the three guarantees, and each step."""
    {0: st.success, 1: st.error, 2: st.warning}[found.exit_code](words.literal(found.conclusion))
    with st.grid(min_column_width=240, gap="small"):
        for one in found.guarantees:
            with st.container(border=True, height="stretch"):
                st.markdown(f"**{SYMBOLS[one.outcome]} {words.literal(one.name)}**: {one.outcome}")
                st.caption(words.literal(one.reason))
    st.html("<style>.st-key-verify-steps td { overflow-wrap: anywhere; }</style>")
    open_ones = tuple(step for step in found.steps if step.outcome != "PASS")
    with st.container(key="verify-steps"):
        if open_ones:
            st.table(rows(open_ones), border="horizontal", hide_index=True)
        passed = len(found.steps) - len(open_ones)
        with st.expander(
            f"{count_text(passed)} of {count_text(len(found.steps))} steps passed", key="verify-passed"
        ):
            st.table(
                rows(tuple(step for step in found.steps if step.outcome == "PASS")),
                border="horizontal",
                hide_index=True,
            )
    st.caption(f"Exit code of verify.py: {found.exit_code}.")


def rows(found: tuple[Step, ...]) -> dict[str, list[str]]:
    """One line a step, those that failed first."""
    ordered = sorted(found, key=lambda step: step.outcome != "FAIL")
    return {
        "": [SYMBOLS[step.outcome] for step in ordered],
        "Outcome": [step.outcome for step in ordered],
        "Step": [words.literal(step.name) for step in ordered],
        "Reason": [words.literal(step.reason) for step in ordered],
    }
