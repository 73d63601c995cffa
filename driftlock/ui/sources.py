"""Pick: a sample, a file or pasted text becomes a source of bytes; a live feed is none."""

import hashlib
import io
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

import streamlit as st

from driftlock import model
from driftlock.ui import live_source, samples, words
from driftlock.ui.session import desk

SOURCES: Final[dict[model.Source, str]] = {
    "sample": "Sample",
    "upload": "Upload",
    "paste": "Paste",
    "live": "Live generator",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is to be analyzed. ``identity`` stays the same exactly as long as the bytes do."""

    source: model.Source
    name: str
    identity: str
    size_bytes: int
    open: Callable[[], BinaryIO]
    sample: str | None = None
    seed: int | None = None


def pick() -> Chosen | None:
    """The source chosen on this page, or None where the reader still has to choose."""
    source = st.segmented_control(
        "Source",
        list(SOURCES),
        default="sample",
        required=True,
        format_func=SOURCES.__getitem__,
        key="src",
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
    )
    if source == "upload":
        return _upload()
    if source == "paste":
        return _paste()
    if source == "live":
        live_source.show()  # it is not copied and analyzed, but judged as it comes
        return None
    return _sample()


def _sample() -> Chosen | None:
    picked = samples.pick()
    if picked is None:
        return None
    sample_id, seed = picked
    data = samples.generated(sample_id, seed).data
    return Chosen(
        source="sample",
        name=samples.BY_ID[sample_id].title,
        identity=f"sample:{sample_id}:{seed}",
        size_bytes=len(data),
        open=lambda: io.BytesIO(data),
        sample=sample_id,
        seed=seed,
    )


def _upload() -> Chosen | None:
    limit = desk().settings.max_upload_mb
    file = st.file_uploader(
        "File",  # of any name: what it holds decides, and what is wrong with it is said below
        key="file",
        # MB. Browsers on Windows count 1,048,576 bytes a MB: what lies between is refused below, by its name.
        max_upload_size=limit,
        label_visibility="collapsed",
    )
    st.caption(
        f"NDJSON, JSON, CSV, OTLP/JSON, syslog or plain text, also gzip or zstd; up to {limit} MB. "
        "Larger files are not taken here: analyze them with `driftlock detect FILE` on the command line. "
        f"Kept {desk().settings.upload_retention_hours} h, then deleted; never leaves this server. "
        "Passwords, keys, addresses, card and identity numbers are replaced by marks before anything is stored; what is "
        "judged are the lines with the marks."
    )
    if file is None:
        return None
    if file.size > desk().settings.max_upload_bytes:
        st.error(
            f"**{words.literal(file.name)}** has {file.size / 1e6:.1f} MB; this dashboard takes up to "
            f"{limit} MB. Files of any size can be analyzed on the command line:"
        )
        st.code(f"driftlock detect {shlex.quote(file.name)}", language="bash")
        return None
    if file.size == 0:
        st.error(
            f"**{words.literal(file.name)}** is empty: it has 0 bytes. Choose a file with at least 45 events."
        )
        return None
    data = file.getvalue()
    return Chosen(
        source="upload",
        name=file.name,
        identity=f"upload:{file.file_id}",
        size_bytes=file.size,
        open=lambda: io.BytesIO(data),
    )


def _paste() -> Chosen | None:
    text = st.text_area(
        "Telemetry",
        key="pasted",
        height=200,
        persist_state="session",
        placeholder="One event a line: plain log lines, JSON, CSV with a header, or syslog.",
        label_visibility="collapsed",
    )
    if not text or not text.strip():
        st.caption("At least 45 lines make a first verdict possible; from 450 lines on the usual sizes fit.")
        return None
    data = text.encode()
    st.caption(f"{words.plural(len(text.splitlines()), 'line')}, {words.size(len(data))}")
    if len(data) > desk().settings.max_upload_bytes:
        st.error(
            "The pasted text is larger than this dashboard takes. Save it and run `driftlock detect FILE`."
        )
        return None
    return Chosen(
        source="paste",
        name="Pasted text",
        identity=f"paste:{hashlib.sha256(data).hexdigest()}",
        size_bytes=len(data),
        open=lambda: io.BytesIO(data),
    )
