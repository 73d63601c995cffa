"""Cheap labels, visible effect: windows to look at, limits that labels speak for, incidents across streams."""

from driftlock.ui import case_page, feedback_label, feedback_pick, feedback_proposal, page

page.head(
    "Feedback", "Say what flagged windows were, see what that means for the limits, and work on incidents."
)
label, proposals, cases = feedback_pick.tabs()
if label.open:
    with label:
        feedback_label.show()
if proposals.open:
    with proposals:
        feedback_proposal.show()
if cases.open:
    with cases:
        case_page.show()
