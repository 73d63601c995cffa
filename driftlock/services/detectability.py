"""From how many foreign lines in a window a stream's rule would notice."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from driftlock.errors import ApplicationError
from driftlock.ports import Store
from driftlock.services.foreign_lines import FOREIGN_LINES, ForeignLine, foreign_line
from driftlock.services.recent import recent_events
from driftlock_core.detectability import (
    Halt,
    fewest_noticed,
    halts,
    noticed_from,
    share_noticed,
    with_copies,
)
from driftlock_core.errors import InvalidProfile
from driftlock_core.masking import Masker
from driftlock_core.profiles import PROFILES, Profile

TRIALS: Final = 50
SHARE: Final = 0.8  # of the trials that must notice
# A trial takes some ten milliseconds, and runs wait for the end of a step.
REPORT_EVERY: Final = 5  # trials
# The newest events alone are replayed. With a hop of 10 that is 2,000 windows: in the newer half of them strict,
# with the longest memory of the shipped rules, has its 1,000 references.
MOST_EVENTS: Final = 20_000


def detectability(
    store: Store, tenant: str, stream_id: str, report: Callable[[int, int], None], *, seed: int
) -> dict[str, Any]:
    """
    The smallest number of copies of a foreign line that is noticed in at least 80 % of 50 trials.

    A trial takes an ordinary window of this stream, puts copies of one foreign line in the place of events at
    random, and asks the detector itself, halted just before that window, whether it flags it: whatever decides
    there, the views or the bytes alone, decides here, and the result counts which it was. A line is made from
    an event of the window (:mod:`driftlock.services.foreign_lines`), copies are equal, and an event of the
    window names the same time as before.

    Args:
        report: Called with trials done and trials to do.
        seed: Of lines and places; the same for all rules.

    Returns:
        Plain values. ``profiles`` holds one entry for each rule, the stream's own first: its limits, and ``lines``
        with what was noticed. ``profile`` and ``lines`` repeat the stream's own.

    Raises:
        ApplicationError: The stream is judged as series, is too short, or has no ordinary window.
        NotFound: The tenant has no such stream.
    """
    recent = recent_events(store, tenant, stream_id, MOST_EVENTS)
    rules = _rules(recent.profile)
    total = TRIALS * len(FOREIGN_LINES) * len(rules)
    report(0, total)
    masker = Masker(recent.profile.masks)
    found: list[Halt] = []
    for halt in halts(rules, recent.payloads, recent.times, most=TRIALS, masker=masker):
        report(0, total)
        if halt is not None:
            found.append(halt)
    if not found:
        raise ApplicationError(
            "No window in the newer half of this stream is ordinary under every rule, so there is none to put "
            "foreign lines into. Look at what is flagged there first."
        )
    done = 0
    profiles = []
    for at, rule in enumerate(rules):
        lines = []
        for what in FOREIGN_LINES:
            fewest = []
            for trial in range(TRIALS):
                fewest.append(_fewest(found[trial % len(found)], at, what, seed, trial, masker))
                done += 1
                if done % REPORT_EVERY == 0:
                    report(done, total)
            lines.append(_line(what, fewest, rule.window))
        by_views = sum(found[trial % len(found)].by_views[at] for trial in range(TRIALS))
        profiles.append(
            {
                "name": rule.name,
                "threshold": rule.threshold,
                "alpha": rule.alpha,
                "trials_by_views": by_views,
                "trials_by_bytes": TRIALS - by_views,
                "lines": lines,
            }
        )
    own = {name: value for name, value in profiles[0].items() if name != "lines"}
    return {
        "seed": seed,
        "share": SHARE,
        "windows": len(found),
        "first_seq": recent.first_seq,
        "last_seq": recent.last_seq,
        "profile": own,
        "lines": profiles[0]["lines"],
        "profiles": profiles,
    }


def _rules(own: Profile) -> list[Profile]:
    """The stream's own, and the shipped limits at its sizes where they differ and can be met."""
    rules = [own]
    for shipped in PROFILES.values():
        try:
            rule = replace(
                own,
                name=shipped.name,
                threshold=shipped.threshold,
                alpha=shipped.alpha,
                references=shipped.references,
            )
        except InvalidProfile:
            continue
        if replace(rule, name=own.name) != own:
            rules.append(rule)
    return rules


def _fewest(halt: Halt, rule: int, what: ForeignLine, seed: int, trial: int, masker: Masker) -> int | None:
    """Of one trial; line and places are the same under every rule, and more copies keep the places of fewer."""
    random = Random(f"{seed} {what} {trial}")
    line = foreign_line(what, random.choice(halt.events), random.randrange(2**32))
    places = random.sample(range(len(halt.events)), len(halt.events))
    return fewest_noticed(
        lambda copies: halt.flagged(rule, with_copies(halt.events, line, places[:copies]), masker),
        len(halt.events),
    )


def _line(what: ForeignLine, fewest: Sequence[int | None], of: int) -> dict[str, Any]:
    return {
        "kind": what,
        "of": of,
        "noticed_from": noticed_from(fewest, SHARE),
        "trials": len(fewest),
        "share_at": {str(copies): share for copies, share in share_noticed(fewest).items()},
    }
