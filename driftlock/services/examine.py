"""One flagged window under the glass, from stored events: what costs, what chance gives, what if."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from driftlock.errors import NotFound
from driftlock.model import AnomalyRow
from driftlock.ports import Store, StoredEvent
from driftlock.services.gone_events import events_there
from driftlock.services.records import verdict_of
from driftlock_core.bytemap import ByteMap, byte_map
from driftlock_core.compressors import compressor_named
from driftlock_core.counterfactual import Counterfactual
from driftlock_core.errors import NotRecomputable
from driftlock_core.field_bits import FieldReport, field_report
from driftlock_core.masking import Masker
from driftlock_core.measure import Measurement, needed
from driftlock_core.permutation import permuted_sums
from driftlock_core.profiles import Profile
from driftlock_core.recompute import Recomputation, recompute
from driftlock_core.template_counts import TemplateCount, template_counts
from driftlock_core.twin import Twin, twins
from driftlock_core.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCost:
    """An event of the window and its bits given the baseline, each event on its own."""

    event: StoredEvent
    canonical: bytes
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NullPanels:
    """
    What chance alone gives, beside what was observed; bytes, and NCD where there is one.

    ``permuted``: the window's size under each permutation, half of the
    baseline known; these sizes are no window sizes S and have no NCD.
    ``past``: S of the windows p_stream ranks among. ``past_ncd``: the same as
    (S − mu) / Cbar, the bound of the NCD.
    """

    permuted: npt.NDArray[np.float64]
    observed_permuted: float
    past: npt.NDArray[np.float64]
    observed_past: float
    past_ncd: npt.NDArray[np.float64]
    observed_past_ncd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """The window with one event replaced by an ordinary one."""

    seq: int
    saved_bits: float
    outcome: Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallestRemoval:
    """Events without which the window would not be flagged; none and None if there is no small set."""

    seqs: tuple[int, ...]
    outcome: Measurement | None


class Examination:
    """
    Questions about one flagged window; the tenant always comes first.

    Every method raises NotFound for an id the tenant does not have, and
    NotRecomputable where the events are gone.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def event_costs(self, tenant: str, anomaly_id: str) -> tuple[EventCost, ...]:
        """Each event of the window, masked, with the bits its record holds."""
        row, record = self._found(tenant, anomaly_id)
        events = self._stored(tenant, row.stream_id, row.first_seq, row.last_seq)
        canonical = _masked(verdict_of(record), events)
        bits = record["description"]["event_bits"]
        return tuple(
            EventCost(event=event, canonical=line, bits=cost)
            for event, line, cost in zip(events, canonical, bits, strict=True)
        )

    def byte_map(self, tenant: str, anomaly_id: str) -> ByteMap:
        """Where each byte of the masked window comes from; source events count in the masked baseline."""
        _, verdict = self._verdict(tenant, anomaly_id)
        return byte_map(
            self._masked_window(tenant, anomaly_id),
            self.masked_baseline(tenant, anomaly_id),
            Profile.from_configuration(verdict.configuration).compressor,
        )

    def masked_baseline(self, tenant: str, anomaly_id: str) -> list[bytes]:
        """The baseline that decided, as the compressor saw it."""
        row, verdict = self._verdict(tenant, anomaly_id)
        first, last, _ = verdict.evidence.epochs[-1]
        return _masked(verdict, self._stored(tenant, row.stream_id, first, last))

    def fields(self, tenant: str, anomaly_id: str) -> FieldReport:
        """The window's bits by field, beside those of its baseline's windows."""
        _, verdict = self._verdict(tenant, anomaly_id)
        profile = Profile.from_configuration(verdict.configuration)
        return field_report(
            self._masked_window(tenant, anomaly_id),
            self.masked_baseline(tenant, anomaly_id),
            compressor_named(profile.compressor),
            size=verdict.size,
            hop=profile.hop,
        )

    def templates(self, tenant: str, anomaly_id: str) -> tuple[TemplateCount, ...]:
        """How often each template comes in the window and in its baseline."""
        _, record = self._found(tenant, anomaly_id)
        return template_counts(
            self._masked_window(tenant, anomaly_id),
            self.masked_baseline(tenant, anomaly_id),
            record["description"]["event_bits"],
        )

    def twins(self, tenant: str, anomaly_id: str, seqs: Collection[int]) -> dict[int, Twin]:
        """
        For each of these events of the window the baseline event that best predicts it.

        Raises:
            ValueError: A seq that is not in the window.
        """
        row, verdict = self._verdict(tenant, anomaly_id)
        _in_window(row, seqs)
        found = twins(
            [seq - row.first_seq for seq in seqs],
            self._masked_window(tenant, anomaly_id),
            self.masked_baseline(tenant, anomaly_id),
            self.byte_map(tenant, anomaly_id),
            compressor_named(Profile.from_configuration(verdict.configuration).compressor),
        )
        return {row.first_seq + twin.position: twin for twin in found}

    def null(self, tenant: str, anomaly_id: str) -> NullPanels:
        """Both nulls, computed again from the recorded costs, seed and history."""
        _, verdict = self._verdict(tenant, anomaly_id)
        evidence = verdict.evidence
        start, stop = evidence.p_span
        past = np.array(evidence.history[start:stop], dtype=np.float64)
        return NullPanels(
            permuted=permuted_sums(
                (*evidence.reference_costs, *evidence.window_costs),
                len(evidence.window_costs),
                verdict.permutations,
                verdict.seed,
            ).astype(np.float64),
            observed_permuted=float(sum(evidence.window_costs)),
            past=past,
            observed_past=float(verdict.size),
            past_ncd=(past - verdict.mu) / verdict.cbar,
            observed_past_ncd=(verdict.size - verdict.mu) / verdict.cbar,
        )

    def what_if(self, tenant: str, anomaly_id: str, removed: Collection[int]) -> Measurement:
        """
        The window as if its events of these seqs had been ordinary ones.

        Raises:
            ValueError: A seq that is not in the window.
        """
        row, counterfactual = self._counterfactual(tenant, anomaly_id)
        _in_window(row, removed)
        return counterfactual.without(sorted(seq - row.first_seq for seq in removed))

    def leave_one_out(
        self, tenant: str, anomaly_id: str, seqs: Collection[int] | None = None
    ) -> tuple[Removal, ...]:
        """
        One entry an event of the window, in order; with *seqs* only these events.

        Raises:
            ValueError: A seq that is not in the window.
        """
        row, counterfactual = self._counterfactual(tenant, anomaly_id)
        _in_window(row, seqs or ())
        removals = []
        for seq in range(row.first_seq, row.last_seq + 1) if seqs is None else sorted(seqs):
            outcome = counterfactual.without([seq - row.first_seq])
            removals.append(Removal(seq=seq, saved_bits=row.extra_bits - outcome.extra_bits, outcome=outcome))
        return tuple(removals)

    def smallest_set(self, tenant: str, anomaly_id: str) -> SmallestRemoval:
        """A smallest set of events whose return to the ordinary un-flags the window, by greedy search."""
        row, counterfactual = self._counterfactual(tenant, anomaly_id)
        smallest = counterfactual.smallest_set()
        return SmallestRemoval(
            seqs=tuple(row.first_seq + position for position in smallest.positions),
            outcome=smallest.outcome,
        )

    def replay(self, tenant: str, anomaly_id: str) -> Recomputation:
        """Every number of the record computed again from the stored events."""
        row, verdict = self._verdict(tenant, anomaly_id)
        return recompute(verdict, self._events_of(tenant, row, verdict))

    def _counterfactual(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, Counterfactual]:
        row, verdict = self._verdict(tenant, anomaly_id)
        return row, Counterfactual(verdict, self._events_of(tenant, row, verdict))

    def _events_of(self, tenant: str, row: AnomalyRow, verdict: Verdict) -> dict[int, bytes]:
        """Payloads by seq of everything the verdict was computed from."""
        return {
            event.seq: event.payload
            for first, last in needed(verdict)
            for event in events_there(self._store, tenant, row.stream_id, first, last)
        }

    def _masked_window(self, tenant: str, anomaly_id: str) -> list[bytes]:
        row, verdict = self._verdict(tenant, anomaly_id)
        return _masked(verdict, self._stored(tenant, row.stream_id, row.first_seq, row.last_seq))

    def _stored(self, tenant: str, stream_id: str, first_seq: int, last_seq: int) -> list[StoredEvent]:
        events = events_there(self._store, tenant, stream_id, first_seq, last_seq)
        if len(events) != last_seq - first_seq + 1:
            raise NotRecomputable(f"of events {first_seq} to {last_seq} only {len(events)} are there")
        return events

    def _verdict(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, Verdict]:
        row, record = self._found(tenant, anomaly_id)
        return row, verdict_of(record)

    def _found(self, tenant: str, anomaly_id: str) -> tuple[AnomalyRow, dict[str, Any]]:
        found = self._store.verdicts.anomaly(tenant, anomaly_id)
        if found is None:
            raise NotFound(f"There is no anomaly {anomaly_id}.")
        return found


def _in_window(row: AnomalyRow, seqs: Collection[int]) -> None:
    if outside := sorted(seq for seq in seqs if not row.first_seq <= seq <= row.last_seq):
        raise ValueError(f"event {outside[0]} is not in the window, {row.first_seq} to {row.last_seq}")


def _masked(verdict: Verdict, events: list[StoredEvent]) -> list[bytes]:
    masks = Profile.from_configuration(verdict.configuration).masks
    return Masker(masks).canonical([event.payload for event in events])
