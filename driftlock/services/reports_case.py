"""Evidence of a case: a bundle for each of its strongest anomalies, in one archive."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from driftlock.errors import NotFound
from driftlock.evidence import AboutCase, Bundle, Policy, case_of
from driftlock.evidence.policy import TooLargeForEvidence
from driftlock.evidence.signing import KeyRing
from driftlock.evidence.verifier.case import MOST_BUNDLES, named_by
from driftlock.reports.case import case_report
from driftlock.reports.html import as_html
from driftlock.services.cases import Cases
from driftlock.services.evidence import EvidenceGone
from driftlock.services.reports_grounds import ReportGrounds

_WEAKER: Final = f"weaker than the {MOST_BUNDLES} strongest"
_TOO_LARGE: Final = "too large for a bundle"
_REMOVED: Final = "removed meanwhile"


def case_bundle(
    tenant: str,
    case_id: str,
    policy: Policy,
    *,
    cases: Cases,
    grounds: ReportGrounds,
    ring: KeyRing,
    alone: Callable[[str, Policy], Bundle],
) -> Bundle:
    """
    The archive of a case; the same store gives the same bytes.

    An anomaly whose events were removed has a bundle of digests, which says so.

    Args:
        alone: Builds the bundle of one anomaly.

    Raises:
        NotFound: The tenant has no such case.
        TooLargeForEvidence: All bundles together are more than a verifier reads.
    """
    view = cases.case(tenant, case_id)
    if view is None:
        raise NotFound(f"There is no case {case_id}.")
    streams: dict[str, str] = {}
    bundles: list[Bundle] = []
    left_out: Counter[str] = Counter()
    for member in view.members[:MOST_BUNDLES]:
        try:
            bundle = _bundle(member.anomaly_id, policy, alone)
        except TooLargeForEvidence:
            left_out[_TOO_LARGE] += 1
            continue
        except NotFound:
            left_out[_REMOVED] += 1
            continue
        streams[bundle.id] = member.stream_name
        bundles.append(bundle)
    if weaker := view.total - len(view.members[:MOST_BUNDLES]):
        left_out[_WEAKER] += weaker
    about = AboutCase(tenant=tenant, id=case_id, title=view.case.title, anomalies=view.total)
    stated = grounds.of(tenant, {"case": case_id})

    def page(statement: str, named: Mapping[str, Bundle]) -> bytes:
        rows = [
            (
                name,
                named_by(one.data)["anomaly"],
                streams[one.id],
                "yes" if one.recomputable else "no",
                one.sha256,
            )
            for name, one in named.items()
        ]
        return as_html(case_report(stated, rows, policy=policy, statement=statement))

    return case_of(
        about,
        bundles,
        policy=policy,
        left_out=left_out,
        timeline=view.case.timeline,
        report=page,
        signer=ring.active(),
    )


def _bundle(anomaly_id: str, policy: Policy, alone: Callable[[str, Policy], Bundle]) -> Bundle:
    try:
        return alone(anomaly_id, policy)
    except EvidenceGone:
        return alone(anomaly_id, "digests")
