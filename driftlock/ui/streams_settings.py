"""Name, kind, redaction, retention, drift rule, the id to send to, and the end of a stream."""

from collections.abc import Callable

import streamlit as st

from driftlock.decode.redaction import RULES
from driftlock.errors import ApplicationError
from driftlock.model import KINDS
from driftlock.services.drift import DriftRow
from driftlock.services.drift_rules import LONGEST_HOURS, DriftRule
from driftlock.services.stream_settings import LONGEST_RETENTION
from driftlock.ui import links, streams_new, streams_reads, streams_reshape, words
from driftlock.ui.session import desk, may, reader, tenant
from driftlock_core.kind_profiles import for_kind
from driftlock_core.profiles import Profile

_REDACTION = {
    "tenant": "as the tenant says",
    "all": "on, all rules",
    "some": "on, chosen rules",
    "off": "off",
}


def show(row: DriftRow) -> None:
    """One block each; without the role they say so."""
    stream = row.stream
    st.markdown(f"Id `{stream.id}`", help=streams_new.ID_HELP)
    if stream.run_id is None:
        streams_new.feed(stream.id)
    else:
        st.caption("This stream was made by an analysis or a demonstration and takes nothing from outside.")
    if not may("streams"):
        st.info("Settings of streams need the role operator.")
        return
    _name(row)
    if not row.state.series:
        _kind(row)
        _drift(row)
    _redaction(row)
    _retention(row)
    if may("delete"):
        _delete(row)


def _name(row: DriftRow) -> None:
    stream = row.stream
    with st.form(f"rename-{stream.id}", border=False):
        name = st.text_input("Name", value=stream.name, key=f"name-{stream.id}", max_chars=80)
        if st.form_submit_button("Rename"):
            _save(
                lambda: desk().stream_settings.rename(tenant(), stream.id, name=name, by=reader()), "Renamed"
            )


def _kind(row: DriftRow) -> None:
    stream = row.stream
    kind = st.selectbox(
        "Kind",
        KINDS,
        index=KINDS.index(stream.kind),
        format_func=words.kind,
        key=f"kind-{stream.id}",
        width=320,
    )
    if kind != stream.kind:
        streams_reshape.offer(
            row, kind, for_kind(Profile.from_configuration(stream.configuration), kind), key="kind"
        )


def _drift(row: DriftRow) -> None:
    stream = row.stream
    rule = DriftRule.of(stream.settings)
    st.markdown("**Drift**")
    with st.form(f"drift-{stream.id}", border=False):
        hours = st.number_input(
            "Told after so many hours outside the ordinary range",
            1,
            LONGEST_HOURS,
            rule.hours,
            key=f"drift-hours-{stream.id}",
            help="24: a day has its own rhythm, and what lasts longer than a whole day is not that rhythm.",
        )
        reset = st.toggle(
            "Today's baseline becomes the anchor by itself",
            value=rule.reset,
            key=f"drift-reset-{stream.id}",
            help="The anchor before it is kept. What is frozen then counts as usual, anomalies in it included.",
        )
        after = st.number_input(
            "… after so many hours outside",
            1,
            LONGEST_HOURS,
            rule.reset_hours,
            key=f"drift-after-{stream.id}",
        )
        if st.form_submit_button("Keep this rule"):
            _save(
                lambda: desk().stream_settings.drift_rule(
                    tenant(),
                    stream.id,
                    rule=DriftRule(hours=int(hours), reset=reset, reset_hours=int(after)),
                    by=reader(),
                ),
                "Kept",
            )


def _redaction(row: DriftRow) -> None:
    stream = row.stream
    st.markdown("**Redaction before storage**")
    held = stream.redact
    now = "tenant" if held is None else "off" if not held else "all" if set(held) == set(RULES) else "some"
    way = st.selectbox(
        "Secrets and personal data",
        [*_REDACTION],
        index=[*_REDACTION].index(now),
        format_func=_REDACTION.__getitem__,
        key=f"redact-{stream.id}",
        width=320,
    )
    rules: list[str] | None = {"tenant": None, "all": [*RULES], "off": []}.get(way, held or [])
    if way == "some":
        rules = st.multiselect(
            "Rules", RULES, default=[one for one in held or [] if one in RULES], key=f"rules-{stream.id}"
        )
    st.caption("From the next event on; what is stored already stays as it is.")
    if st.button("Keep redaction", key=f"redact-go-{stream.id}", disabled=rules == held):
        _save(lambda: desk().stream_settings.redaction(tenant(), stream.id, rules=rules, by=reader()), "Kept")


def _retention(row: DriftRow) -> None:
    stream = row.stream
    st.markdown("**Retention**")
    with st.form(f"retention-{stream.id}", border=False):
        days = st.number_input(
            "Days that events are kept",
            min_value=1,
            max_value=LONGEST_RETENTION,
            value=stream.retention_days,
            placeholder="as the tenant says",
            key=f"days-{stream.id}",
        )
        if st.form_submit_button("Keep retention"):
            kept = None if days is None else int(days)
            _save(
                lambda: desk().stream_settings.retention(tenant(), stream.id, days=kept, by=reader()), "Kept"
            )
    st.caption("Anchors outlive it: they hold masked events, and go with the stream.")


def _delete(row: DriftRow) -> None:
    stream = row.stream
    st.markdown("**Delete**")
    with st.popover("Delete this stream", key=f"delete-{stream.id}"):
        try:
            st.markdown(words.literal(desk().forgetting.stream_counts(tenant(), stream.id).sentence))
        except ApplicationError as error:
            st.error(words.literal(str(error)))
            return
        typed = st.text_input("Type the stream's name to delete it", key=f"typed-{stream.id}")
        if st.button(
            "Delete for good", type="primary", key=f"delete-go-{stream.id}", disabled=typed != stream.name
        ):
            try:
                counts = desk().forgetting.forget_stream(tenant(), stream.id, by=reader())
            except ApplicationError as error:
                st.error(words.literal(str(error)))
                return
            streams_reads.forget()
            st.toast(f"Deleted: {counts.sentence}")
            st.switch_page(links.STREAMS, query_params={})


def _save(change: Callable[[], object], said: str) -> None:
    try:
        change()
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    streams_reads.forget()
    st.toast(said)
    st.rerun()
