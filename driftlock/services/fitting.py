"""Each stream of a run made ready to be judged: as series or as text, and at sizes that fit its length."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from driftlock.model import Kind, Run, Stream
from driftlock.services.series_fit import fit_series
from driftlock.services.series_store import SeriesStore
from driftlock.services.sizes import fit
from driftlock_core.contamination import suspects
from driftlock_core.kind_profiles import for_kind
from driftlock_core.profiles import Profile

BASELINE_SUSPECTS: Final = "baseline_suspects"  # option of a run; see Queries.baseline_suspects


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What is too short for any verdict, in sentences, and the ids of the streams judged as series."""

    shortages: tuple[str, ...]
    as_series: frozenset[str]


def asked_for(run: Run, kind: Kind) -> Profile:
    """The run's profile, at the sizes that suit *kind* where no others were asked for."""
    profile = Profile.from_configuration(run.configuration)
    return for_kind(profile, kind) if run.options.get("propose_sizes") else profile


def fit_streams(
    store: SeriesStore, run: Run, streams: Mapping[Kind, Stream], on_slab: Callable[[], None]
) -> Fitted:
    """
    Configure *streams*, and keep with the run what was decided and why.

    Args:
        on_slab: Called now and then while stored numbers are looked through; what it raises ends the work.
    """
    notes, shortages, numbers, as_series = [], [], [], set()
    unlike: dict[str, list[dict[str, Any]]] = {}  # by stream: what its first baseline holds
    for kind, stream in streams.items():
        if kind == "metrics":
            judging = run.options.get("judge_numbers", "automatic")
            plan, sentence = fit_series(store.events, stream, judging, on_slab)
            numbers.append(sentence)
            if plan is not None:
                as_series.add(stream.id)
                store.streams.configure(run.tenant, stream.id, plan.configuration())
                continue
        asked = asked_for(run, kind)
        kept = store.streams.get(run.tenant, stream.id)
        fitted = fit(asked, kept.events if kept else 0, propose=bool(run.options.get("propose_sizes")))
        of_kind = f"{kind}: " if len(streams) > 1 else ""
        if fitted.profile != asked:
            store.streams.configure(run.tenant, stream.id, fitted.profile.configuration())
        if fitted.note is not None:
            notes.append(of_kind + fitted.note)
        if fitted.shortage is not None:
            shortages.append(of_kind + fitted.shortage)
            continue
        first = store.events.between(run.tenant, stream.id, 1, fitted.profile.baseline)
        if found := suspects([event.payload for event in first], fitted.profile):
            unlike[stream.id] = [asdict(one) for one in found]
    said = {"sizes_note": notes, "too_short": shortages, "numbers_note": numbers}
    store.runs.describe(
        run,
        options=run.options
        | {name: "; ".join(texts) for name, texts in said.items() if texts}
        | ({BASELINE_SUSPECTS: unlike} if unlike else {}),
    )
    return Fitted(shortages=tuple(shortages), as_series=frozenset(as_series))
