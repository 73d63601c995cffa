"""Evidence that holds without us: bundles, their keys, and the program that checks them."""

from driftlock.evidence.bundle import About, Bundle, BundleFile, bundle_of
from driftlock.evidence.case import AboutCase, case_of
from driftlock.evidence.policy import POLICIES, Policy, consequence, recomputable
from driftlock.evidence.time_authority import (
    TimeTokenError,
    ask_time_authority,
    bundle_bytes_with_token,
    time_request,
)
from driftlock.evidence.verifier.archive import LARGEST_BUNDLE
from driftlock.evidence.verifier.findings import Step, Verification, text_of
from driftlock.evidence.verifier.verify import verify_bytes

__all__ = [
    "LARGEST_BUNDLE",
    "POLICIES",
    "About",
    "AboutCase",
    "Bundle",
    "BundleFile",
    "Policy",
    "Step",
    "TimeTokenError",
    "Verification",
    "ask_time_authority",
    "bundle_bytes_with_token",
    "bundle_of",
    "case_of",
    "consequence",
    "recomputable",
    "text_of",
    "time_request",
    "verify_bytes",
]
