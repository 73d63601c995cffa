"""What a verification guarantees, each on its own: unchanged, in this order, existed at this time."""

from typing import Final

from driftlock.evidence.verifier.findings import (
    FAIL,
    NOT_CHECKED,
    OF_CHANGE,
    OF_ORDER,
    PASS,
    Findings,
    Step,
)

SOMETHING_FAILED: Final = 1
OTHER_COMPRESSOR: Final = 2


def is_unchanged(found: Findings, signer: str | None, trusted: bool) -> Step:
    if found.outcome(*OF_CHANGE) == FAIL:
        return Step(
            "guarantee", "unchanged", FAIL, "no: the steps that failed name what is not as it was signed"
        )
    if trusted:
        return Step(
            "guarantee", "unchanged", PASS, f"every byte is as key {signer}, which you gave, signed it"
        )
    if signer is None:
        return Step(
            "guarantee",
            "unchanged",
            NOT_CHECKED,
            "nobody signed: whoever wrote it could have written anything",
        )
    reason = f"unchanged relative to key {signer} only, which you did not give: anybody can make a key. Give it with --key"
    return Step("guarantee", "unchanged", NOT_CHECKED, reason)


def is_in_order(found: Findings, trusted: bool) -> Step:
    name = "in this order"
    if found.outcome(*OF_ORDER) == FAIL:
        return Step("guarantee", name, FAIL, "no: the steps that failed name what is out of order")
    # Numbers alone order nothing: a digest over all lines does.
    tied = any(step.outcome == PASS and step.name.startswith("digest") for step in found.steps)
    events = "events by their numbers and digests" if tied else "events not: no digest here is made of them"
    chained = found.outcome("audit") == PASS
    audit = "audit rows by their chain of hashes" if chained else "no audit rows are in the bundle"
    bound = "" if trusted else "; only as far as the bundle is unchanged, which a signature would say"
    outcome = PASS if tied or chained else NOT_CHECKED
    return Step("guarantee", name, outcome, f"{events}; {audit}{bound if outcome == PASS else ''}")


def has_existed(found: Findings, moment: str | None, timed: bool) -> Step:
    name = "existed at this time"
    if found.outcome("time") == FAIL:
        return Step(
            "guarantee",
            name,
            FAIL,
            "no: the token is of other bytes, damaged, or not by the certificate you gave",
        )
    if moment is None:
        return Step(
            "guarantee", name, NOT_CHECKED, "no time token: every time in it is the word of who made it"
        )
    if found.outcome(*OF_CHANGE) == FAIL:
        return Step("guarantee", name, FAIL, "no: the token is of a signature that does not fit these files")
    if timed:
        said = f"at {moment}, by the word of the authority whose certificate you gave"
        return Step("guarantee", name, PASS, said)
    reason = (
        f"the token names {moment} and is of this bundle; whether the authority signed it is not checked here"
    )
    return Step("guarantee", name, NOT_CHECKED, reason)


def what_follows(found: Findings, code: int, recomputable: bool) -> str:
    failures = [step for step in found.steps if step.outcome == FAIL]
    if failures:
        names = ", ".join(dict.fromkeys(step.name for step in failures))
        return f"{len(failures)} steps failed: {names}."
    if code == OTHER_COMPRESSOR:
        return f"Nothing failed, but cannot claim bit-exact: {found.other_compressor}."
    if not recomputable:
        return "Nothing failed. Not recomputable: what follows from the recorded numbers does; they themselves are taken as recorded."
    return "Nothing failed: every step that could be looked at passed; what was not checked is named."
