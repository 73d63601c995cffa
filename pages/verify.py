"""Anybody's evidence bundle, checked; no account is needed."""

from driftlock.ui import page, verify_bundle

page.head("Verify a bundle", "Checks an evidence bundle step by step. Nothing of it is kept.")
verify_bundle.show()
