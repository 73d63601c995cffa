"""What became of a file: format, kind, span, and every line that could not be read."""

import streamlit as st

from driftlock.model import DecodingReport, KindEvidence, at
from driftlock.ui import words
from driftlock_core.numbers_text import MISSING, count_text


def show(report: DecodingReport) -> None:
    """The report of a whole file, as a card that is opened when wanted; skipped lines are never hidden."""
    with st.expander(f"What we understood: {headline(report)}"):
        evidence(report)
        st.table(facts(report), border="horizontal", hide_header=True)
        if report.skipped:
            skipped(report)
    if report.skipped:
        st.warning(skipped_sentence(report))


def headline(report: DecodingReport) -> str:
    """Format, kinds, events and skipped lines in one line."""
    form = format_name(report.recognition.format)
    kinds = ", ".join(words.kind(kind) for kind in report.by_kind) or words.kind(report.recognition.kind)
    lost = f"{words.plural(report.skipped, 'line')} skipped" if report.skipped else "nothing skipped"
    return f"{words.plural(report.events, 'event')} · {kinds} · {form} · {lost}"


def format_name(name: str) -> str:
    """A format as people call it."""
    return words.FORMAT_NAMES.get(name, name)


def evidence(report: DecodingReport) -> None:
    """On what the format and the kind rest."""
    recognition = report.recognition
    packed = f" Unpacked from {recognition.compression}." if recognition.compression else ""
    st.markdown(
        words.literal(f"{recognition.format_evidence} {recognition.kind_evidence}{packed}"), width="stretch"
    )


def facts(report: DecodingReport) -> dict[str, list[str]]:
    """Name and value of everything counted while reading."""
    named = {
        "Time span": words.span(at(report.first_at_us), at(report.last_at_us)),
        "Events with a time": f"{count_text(report.with_time)} of {count_text(report.events)}",
        "Out of order": words.plural(report.out_of_order, "event"),
        "Lines read": count_text(report.lines),
        "Lines joined to their event": count_text(report.joined),
        "Lines skipped": count_text(report.skipped),
        **_kind_facts(report.recognition.kind_seen),
        "Services": words.literal(", ".join(report.services)) or MISSING,
        "Fields": words.literal(", ".join(report.fields)) or MISSING,
    }
    return {"What": list(named), "Found": list(named.values())}


def _kind_facts(seen: KindEvidence | None) -> dict[str, str]:
    if seen is None or not seen.counts:
        return {}
    counts = (f"{words.KIND_NAMES[kind]} {count_text(count)}" for kind, count in seen.counts.items())
    return {
        "Sampled events look like": ", ".join(counts),
        "Fields that say so": words.literal(", ".join(seen.fields)) or MISSING,
    }


def skipped_sentence(report: DecodingReport) -> str:
    """The first line that could not be read, with its number and reason."""
    first = f"; the first is line {count_text(report.skipped_lines[0].line)}" if report.skipped_lines else ""
    reason = f" ({words.literal(report.skipped_lines[0].reason)})" if report.skipped_lines else ""
    return f"{words.plural(report.skipped, 'line')} could not be read{first}{reason}. The rest is used."


def skipped(report: DecodingReport) -> None:
    """Table and download of the lines that were left out."""
    first = report.skipped_lines
    st.markdown(f"**Skipped lines**: {len(first)} of {count_text(report.skipped)} listed")
    st.dataframe(
        {"Line": [line.line for line in first], "Reason": [line.reason for line in first]},
        hide_index=True,
        height=min(38 + 35 * len(first), 250),
        alt="Lines that could not be read, with reasons",
    )
    st.download_button(
        "Download skipped lines",
        data=lambda: skipped_file(report),
        file_name="skipped-lines.txt",
        mime="text/plain",
        on_click="ignore",
        icon=":material/download:",
    )


def skipped_file(report: DecodingReport) -> bytes:
    """Line number and reason, one a line, separated by a tab."""
    return "".join(f"{line.line}\t{line.reason}\n" for line in report.skipped_lines).encode()
