"""Something an auditor can check without us."""

from driftlock.ui import page, reports_archive, reports_lists, reports_make, reports_parts, verify_bundle

page.head(
    "Reports and evidence", "What an auditor can check without us: bundles, annexes, summaries and lists."
)
reports_parts.guard()
make, archive, verify, lists = reports_parts.tabs()
if make.open:
    with make:
        reports_make.show()
if archive.open:
    with archive:
        reports_archive.show()
if verify.open:
    with verify:
        verify_bundle.show()
if lists.open:
    with lists:
        reports_lists.show()
