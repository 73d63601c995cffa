"""Results as tables: the same text on the screen, in the README and in the documents."""

from collections.abc import Callable, Sequence

from benchmarks.markdown import table
from benchmarks.quality import broken_sessions, labelled, null_streams, peers, peers_tables, poisoning
from benchmarks.quality.injections import KINDS
from benchmarks.quality.results import Results

_PROFILES = ("sensitive", "balanced", "strict")


def _cell(results: Results, id: str, form: str = ".3f", none: str = "–") -> str:
    return f"{results[id].value:{form}}" if id in results else none


def _bold(cells: Sequence[str]) -> list[str]:
    return [f"**{cell}**" if cell else "" for cell in cells]


def _names(results: Results, part: str, leave_out: frozenset[str] = frozenset({"mean"})) -> list[str]:
    return sorted({id.split("/")[1] for id in results if id.startswith(f"{part}/")} - leave_out)


def null(results: Results) -> str:
    """*balanced* on each log; all profiles in the mean."""
    shares = null_streams.SHARES
    rows = [
        [
            name,
            _cell(results, f"null/{name}/balanced/windows", ".0f"),
            *(_cell(results, f"null/{name}/balanced/{share}") for share in shares),
            _cell(results, f"null/{name}/balanced/flagged", ".0f"),
            _cell(results, f"null/{name}/balanced/expected", ".1f"),
        ]
        for name in _names(results, "null")
    ]
    for profile in ("balanced", "sensitive", "strict"):
        means = [_cell(results, f"null/mean/{profile}/{share}", none="") for share in shares]
        rows.append(_bold([f"mean, {profile}", "", *means, "", ""]))
    head = [
        "stream",
        "windows",
        "ready",
        "calibrating",
        "p_stream ≤ 0.05",
        "shuffled",
        "reversed",
        "p_perm alone",
    ]
    return table([*head, "flagged", "expected by chance"], rows)


def power(results: Results) -> str:
    """One row a profile, one column a kind of fault."""
    kinds = ("null", *KINDS)
    rows = [
        [profile, *(_cell(results, f"power/{kind}/{profile}", ".2f") for kind in kinds)]
        for profile in _PROFILES
    ]
    return table(["profile", "no fault", *KINDS], rows)


def power_errors(results: Results) -> str:
    """One row a kind, with standard errors, and the least and the most of a log under *balanced*."""
    rows = []
    for kind in ("null", *KINDS):
        cells = []
        for profile in _PROFILES:
            one = results.get(f"power/{kind}/{profile}")
            cells.append(f"{one.value:.3f} ± {one.error or 0:.3f}" if one else "–")
        by_log = [one.value for id, one in results.items() if id.startswith(f"power/{kind}/balanced/")]
        span = f"{min(by_log):.2f}–{max(by_log):.2f}" if by_log else "–"
        rows.append(["no fault" if kind == "null" else kind, *cells, span, str(len(by_log))])
    return table(["fault", *_PROFILES, "logs, *balanced*", "logs"], rows)


def poisoned(results: Results) -> str:
    """How long a lasting change is flagged, and what is missed meanwhile."""
    steps = range(0, poisoning.LASTS, 2 * poisoning.STEP)
    rows = []
    for profile in _PROFILES:
        start = f"poisoning/{profile}"
        rows.append(
            [
                profile,
                *(_cell(results, f"{start}/flagged_after_{step}", ".2f") for step in steps),
                _cell(results, f"{start}/normal_after", ".0f"),
                *(
                    f"{_cell(results, f'{start}/missed_{later}_later', '.2f')} "
                    f"({_cell(results, f'{start}/missed_{later}_alone', '.2f')})"
                    for later in poisoning.LATER
                ),
            ]
        )
    return table(
        [
            "profile",
            *(f"flagged after {step}" for step in steps),
            "events until normal",
            *(f"missed {later} later" for later in poisoning.LATER),
        ],
        rows,
    )


_GROUPS = {"mean": "mean", "odd_half": "1st, 3rd, 5th …", "even_half": "2nd, 4th, 6th …"}


def labelled_sets(results: Results) -> str:
    """One row a set, then the means of all with something to win, and of every other one of them."""
    rows = []
    columns = (
        "roc_auc",
        "pr_auc",
        "f1",
        "flag_everything_f1",
        "false_alarms_0.05",
        "false_alarms_0.01",
        "found_0.05",
    )
    for name in _names(results, "labelled", frozenset(_GROUPS)):
        shape = next(id for id in results if id.startswith(f"labelled/{name}/read_as_")).rsplit("_", 1)[1]
        cells = [_cell(results, f"labelled/{name}/{column}") for column in columns]
        for at, alpha in ((4, "0.05"), (5, "0.01")):
            low, high = labelled.WITHIN[alpha]
            inside = low <= results[f"labelled/{name}/false_alarms_{alpha}"].value <= high
            cells[at] += "" if inside else " !"
        counts = [_cell(results, f"labelled/{name}/{count}", ".0f") for count in ("units", "positive")]
        rows.append([name + (" ¹" if name in labelled.LITTLE_TO_WIN else ""), shape, *counts, *cells])
    for group, title in _GROUPS.items():
        cells = [_cell(results, f"labelled/{group}/{column}", none="") for column in columns]
        for at, alpha in ((4, "0.05"), (5, "0.01")):
            within = _cell(results, f"labelled/{group}/within_{alpha}", ".0f")
            cells[at] = f"{within} of {_cell(results, f'labelled/{group}/sets', '.0f')} within"
        rows.append(_bold([title, "", "", "", *cells]))
    head = ["set", "read as", "units", "anomalous", "ROC-AUC", "PR-AUC", "F1", "F1 flag everything"]
    return table([*head, "false alarms at p ≤ 0.05", "at p ≤ 0.01", "found at p ≤ 0.05"], rows)


def sessions(results: Results) -> str:
    """One row a set, one column a kind of fault."""
    kinds = [kind for kind in broken_sessions.KINDS if f"sessions/mean/{kind}/roc_auc" in results]
    rows = [
        [name, *(_cell(results, f"sessions/{name}/{kind}/roc_auc") for kind in kinds)]
        for name in _names(results, "sessions")
    ]
    rows.append(_bold(["mean", *(_cell(results, f"sessions/mean/{kind}/roc_auc") for kind in kinds)]))
    return table(["set", *kinds], rows)


_NAB_ROWS = {
    "": "driftlock, alerts",
    "pages/": "driftlock, pages",
    "flag_everything/": "flag everything, silences kept",
}


def nab(results: Results) -> str:
    """The detector's own limit beside what costs nothing to reach."""
    scores = ("standard", "low_fp", "low_fn")
    rows = []
    for group, title in _NAB_ROWS.items():
        if f"nab/{group}standard" not in results:
            continue
        cells = [_cell(results, f"nab/{group}{score}", ".1f").replace("-", "−") for score in scores]
        shares = [
            _cell(results, f"nab/{group}{share}", ".0%") for share in ("precision", "recall", "event_f1")
        ]
        rows.append([title, *cells, *shares])
    return table(["detector", "standard", "low FP", "low FN", "precision", "recall", "event F1"], rows)


def speed(results: Results) -> str:
    """Ratios to one bare pass, and of the naive algorithm to detection."""
    rows = []
    for name in _names(results, "speed"):
        start = f"speed/{name}"
        rows.append(
            [
                name,
                _cell(results, f"{start}/gated", ".1%").replace("%", " %"),
                _cell(results, f"{start}/warm", ".1f"),
                _cell(results, f"{start}/without_kernel", ".1f"),
                _cell(results, f"{start}/empty_caches", ".1f"),
                _cell(results, f"{start}/all_views", ".1f"),
                _cell(results, f"{start}/all_views_per_second", ",.0f"),
                _cell(results, f"{start}/naive_to_warm", ",.0f"),
                _cell(results, f"{start}/naive_to_empty_caches", ",.0f"),
                f"{results[f'{start}/state'].value / 1e6:.2f} MB",
            ]
        )
    head = [
        "stream",
        "windows gated",
        "warm, ×",
        "without kernel, ×",
        "empty caches, ×",
        "all views, ×",
        "all views, events/s",
        "naive ÷ warm",
        "naive ÷ empty caches",
    ]
    return table([*head, "memory a stream"], rows)


Maker = Callable[[Results], str]

# By the name that a place in a document asks for; the first word is the part whose results it needs.
TABLES: dict[str, Maker] = {
    "null": null,
    "power": power,
    "power-errors": power_errors,
    "poisoning": poisoned,
    "labelled": labelled_sets,
    "sessions": sessions,
    "nab": nab,
    "peers": peers_tables.verdicts,
    "peers-detectors": lambda results: peers_tables.detectors(results, peers.TITLES),
    "peers-summary": lambda results: peers_tables.summary(results, peers.TITLES),
    "speed": speed,
}


def made(results: Results) -> dict[str, Callable[[], str]]:
    """Makers of every table, by name; asked for a table without results, one says which part to run."""

    def maker(name: str, make: Maker) -> Callable[[], str]:
        part = name.split("-")[0]

        def run() -> str:
            if not any(one.part == part for one in results.values()):
                return f"No results yet: `python -m benchmarks.quality --only {part} --write`."
            return make(results)

        return run

    return {name: maker(name, make) for name, make in TABLES.items()}


def tables_of(part: str) -> list[str]:
    """Names of the tables that a part fills."""
    return [name for name in TABLES if name.split("-")[0] == part]
