"""What reports state, gathered from the store."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from driftlock.errors import NotFound
from driftlock.model import moment
from driftlock.ports import Store
from driftlock.reports.annexes import Grounds
from driftlock.reports.anomaly import Nulls, Seen, Told
from driftlock.reports.period import Period
from driftlock.reports.plain import when
from driftlock.services.audit import Audit
from driftlock.services.cases import Cases
from driftlock.services.examine import Examination
from driftlock.services.overview import Overview
from driftlock.services.overview_rows import FeedRow, Figures, Scope, Wanted
from driftlock.services.queries import Queries
from driftlock.services.reports_rows import ReportStore
from driftlock.services.series_queries import SeriesQueries
from driftlock_core.errors import NotRecomputable
from driftlock_core.numbers_text import bits_text, count_text

STRONGEST: Final = 20  # flagged windows listed
_BUNDLES: Final = 1_000  # looked through for those of an annex
# Actions whose rows a period summary lists: what changes what is flagged, or hides it.
_CHANGES: Final = ("limits", "autotune", "proposal", "anchor", "pattern", "stream", "forget")
_MOST_CHANGES: Final = 100
_AT_ONCE: Final = 1_000  # rows of a list


class GroundsStore(Store, ReportStore, Protocol):
    """What is needed of the store."""


class ReportGrounds:
    """Reads what reports state; the tenant always comes first."""

    def __init__(
        self,
        store: GroundsStore,
        queries: Queries,
        series: SeriesQueries,
        examination: Examination,
        overview: Overview,
        cases: Cases,
        audit: Audit,
    ) -> None:
        self._store = store
        self._queries = queries
        self._series = series
        self._examination = examination
        self._overview = overview
        self._cases = cases
        self._audit = audit

    def seen(self, tenant: str, anomaly_id: str) -> Seen:
        """
        One anomaly as a report shows it.

        Raises:
            NotFound: The tenant has no such anomaly.
        """
        window = self._queries.anomaly(tenant, anomaly_id)
        if window is not None:
            row = window.row
            return Seen(
                id=row.id,
                stream=row.stream_id,
                stream_name=row.stream_name,
                kind=row.kind,
                severity=row.severity,
                sentence=row.sentence,
                record=window.record,
                seen_at=row.seen_at,
                nulls=self._nulls(tenant, anomaly_id),
            )
        number = self._series.anomaly(tenant, anomaly_id)
        if number is None:
            raise NotFound(f"There is no anomaly {anomaly_id}.")
        return Seen(
            id=number.row.id,
            stream=number.row.stream_id,
            stream_name=number.row.stream_name,
            kind="metrics",
            severity=number.row.severity,
            sentence=number.row.sentence,
            record=number.record,
            seen_at=number.row.seen_at,
        )

    def told(self, timeline: Sequence[Mapping[str, Any]]) -> list[Told]:
        """Entries of a timeline as a report lists them."""
        return [
            Told(
                at=datetime.fromisoformat(entry["at"]),
                what=str(entry["what"]),
                by=str(entry["by"]),
                more=", ".join(
                    f"{name}: {value}"
                    for name, value in sorted(entry.items())
                    if name not in ("at", "what", "by")
                ),
            )
            for entry in timeline
        ]

    def audit_of(self, tenant: str, anomaly_id: str) -> list[dict[str, Any]]:
        """Rows of the audit log that lie between the first and the last that names the anomaly."""
        return self._audit.segment(tenant, "anomaly", anomaly_id)

    def of(self, tenant: str, scope: Mapping[str, Any], *, kinds: Collection[str] = ()) -> Grounds:
        """
        What an annex rests on.

        Args:
            scope: An anomaly, a case, or from and to.
            kinds: Of streams, where it is a time; empty: all.

        Raises:
            NotFound: The tenant has no such anomaly or case.
        """
        if "case" in scope:
            return self._of_case(tenant, str(scope["case"]))
        if "anomaly" in scope:
            return self._of_anomaly(tenant, str(scope["anomaly"]))
        since, until = datetime.fromisoformat(scope["from"]), datetime.fromisoformat(scope["to"])
        states = [one for one in self._overview.streams(tenant) if not kinds or one.stream.kind in kinds]
        within = self._overview.scope(tenant, [one.stream.id for one in states], (since, until))
        feed = self._overview.feed(within, Wanted(suppressed=True), order="strongest", limit=STRONGEST)
        seen = [row.seen_at for row in feed.rows]
        return self._grounds(
            tenant,
            about=f"{when(since)} to {when(until)}",
            first=min(seen, default=since),
            last=max(seen, default=until),
            streams=sorted({row.stream_name for row in feed.rows}),
            rows=feed.rows,
            more=feed.total - len(feed.rows),
            chance=_chance(self._overview.figures(within)),
            timeline=[],
        )

    def period(self, tenant: str, since: datetime, until: datetime) -> Period:
        """Counts, streams, the strongest and what was changed in a range of time."""
        states = self._overview.streams(tenant)
        scope = self._overview.scope(tenant, None, (since, until))
        figures = self._overview.figures(scope)
        feed = self._overview.feed(scope, Wanted(suppressed=True), order="strongest", limit=STRONGEST)
        return Period(
            tenant=tenant,
            since=since,
            until=until,
            tested=figures.tested,
            flagged=figures.flagged,
            expected=figures.expected_by_chance,
            numbers_flagged=figures.series_flagged,
            incidents=figures.incidents,
            suppressed=figures.suppressed,
            labels=self._labels(scope),
            streams=[
                self._stream_row(scope, one.stream.id) for one in states if one.stream.id in scope.stream_ids
            ],
            rows=[row_text(row) for row in feed.rows],
            changes=self._changes(tenant, since, until),
        )

    def _labels(self, scope: Scope) -> list[tuple[str, int]]:
        named = (("real", "real"), ("not_real", "not real"), ("not_useful", "not useful"))
        return [
            (name, self._overview.feed(scope, Wanted(labels=(label,), suppressed=True), limit=1).total)  # type: ignore[arg-type]
            for label, name in named
        ]

    def _stream_row(self, scope: Scope, stream_id: str) -> tuple[str, ...]:
        alone = Scope(tenant=scope.tenant, stream_ids=(stream_id,), since=scope.since, until=scope.until)
        figures = self._overview.figures(alone)
        stream = self._queries.stream(scope.tenant, stream_id)
        if stream is None:
            return (stream_id, "", "gone", "", "", "")
        numbers = self._series.plan(stream) is not None
        return (
            stream.name,
            stream.kind,
            stream.status.replace("_", " "),
            "numbers" if numbers else count_text(figures.tested),
            count_text(figures.series_flagged if numbers else figures.flagged),
            "not stated" if numbers else f"{figures.expected_by_chance:.1f}",
        )

    def _changes(self, tenant: str, since: datetime, until: datetime) -> list[tuple[str, ...]]:
        rows = [
            row
            for action in _CHANGES
            for row in self._audit.page(
                tenant, action=action, since=since, until=until, limit=_MOST_CHANGES
            ).rows
        ]
        rows.sort(key=lambda row: row.seq)
        return [(when(row.at), row.actor, row.action, f"{row.object_kind} {row.object_id}") for row in rows]

    def _of_anomaly(self, tenant: str, anomaly_id: str) -> Grounds:
        seen = self.seen(tenant, anomaly_id)
        scope = self._overview.scope(tenant, [seen.stream], "all")
        moment_only = self._overview.scope(tenant, [seen.stream], (seen.seen_at, seen.seen_at))
        rows = self._rows_of(moment_only, {anomaly_id})
        return self._grounds(
            tenant,
            about=f"anomaly {anomaly_id} of {seen.stream_name}",
            first=seen.seen_at,
            last=seen.seen_at,
            streams=[seen.stream_name],
            rows=rows,
            more=0,
            chance=f"Of the whole stream: {_chance(self._overview.figures(scope))}",
            timeline=self._cases.timeline(tenant, anomaly_id),
        )

    def _of_case(self, tenant: str, case_id: str) -> Grounds:
        view = self._cases.case(tenant, case_id)
        if view is None:
            raise NotFound(f"There is no case {case_id}.")
        ids = {member.anomaly_id for member in view.members}
        streams = sorted({member.stream_id for member in view.members})
        scope = self._overview.scope(tenant, streams, (moment(view.case.first_us), moment(view.case.last_us)))
        rows = self._rows_of(scope, ids)
        chance = view.chance
        return self._grounds(
            tenant,
            about=f"case {case_id}: {view.case.title}",
            first=moment(view.case.first_us),
            last=moment(view.case.last_us),
            streams=sorted({member.stream_name for member in view.members}),
            rows=rows[:STRONGEST],
            more=max(0, len(rows) - STRONGEST),
            chance=(
                f"Incidents of these streams met {count_text(chance.met)} times; {chance.expected:.1f} times "
                "would be expected if each had them at times of its own."
            ),
            timeline=list(view.case.timeline),
        )

    def _rows_of(self, scope: Scope, ids: Collection[str]) -> list[FeedRow]:
        """The rows of these anomalies, strongest first, however many others lie between them."""
        found: list[FeedRow] = []
        offset = 0
        while len(found) < len(ids):
            page = self._overview.feed(
                scope, Wanted(suppressed=True), order="strongest", offset=offset, limit=_AT_ONCE
            ).rows
            if not page:
                break
            found += [row for row in page if row.id in ids]
            offset += len(page)
        return found

    def _grounds(
        self,
        tenant: str,
        *,
        about: str,
        first: datetime,
        last: datetime,
        streams: Sequence[str],
        rows: Sequence[FeedRow],
        more: int,
        chance: str,
        timeline: Sequence[Mapping[str, Any]],
    ) -> Grounds:
        wanted = {row.id for row in rows}
        made: dict[str, str] = {}
        for one in self._store.bundles.of_anomalies(tenant, _BUNDLES):
            anomaly = str(one.scope.get("anomaly"))
            if anomaly in wanted:
                made.setdefault(anomaly, one.sha256)
        return Grounds(
            about=about,
            first=first,
            last=last,
            streams=streams,
            strongest=self.seen(tenant, rows[0].id) if rows else None,
            rows=[row_text(row) for row in rows],
            more=more,
            chance=chance,
            timeline=self.told(timeline),
            bundles=sorted(made.items()),
            audit=self._stands(tenant, rows),
        )

    def _stands(self, tenant: str, rows: Sequence[FeedRow]) -> str:
        """Where the rows of the audit log about these stand, by number and hash."""
        found = {
            row.seq: row.hash
            for one in rows
            for row in self._audit.page(tenant, object_kind="anomaly", object_id=one.id, limit=50).rows
        }
        if not found:
            return "The audit log holds no row about these."
        last = max(found)
        return (
            f"The audit log of this tenant holds {count_text(len(found))} rows about these, numbers {min(found)} to "
            f"{last}; the hash of the last is {found[last]}."
        )

    def _nulls(self, tenant: str, anomaly_id: str) -> Nulls | None:
        try:
            panels = self._examination.null(tenant, anomaly_id)
        except NotRecomputable:
            return None
        return Nulls(
            permuted=panels.permuted,
            observed_permuted=panels.observed_permuted,
            past=panels.past,
            observed_past=panels.observed_past,
        )


def _chance(figures: Figures) -> str:
    told = (
        f"{count_text(figures.flagged)} windows flagged of {count_text(figures.tested)} tested; chance alone would "
        f"have flagged at most about {figures.expected_by_chance:.1f}."
    )
    if figures.series_flagged:
        told += (
            f" {count_text(figures.series_flagged)} alerts of number series, for which chance is not stated."
        )
    return told


def row_text(row: FeedRow) -> tuple[str, ...]:
    """A row of lists in reports, as driftlock.reports.annexes.ROWS names its columns."""
    return (
        when(row.seen_at).removesuffix(" UTC"),
        row.stream_name,
        row.severity,
        bits_text(row.extra_bits),
        f"{row.p:.4g}",
        (row.label or "none").replace("_", " "),
        row.id,
    )
