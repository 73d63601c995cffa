"""Who may do what, what was done, what is kept."""

from driftlock.ui import admin_tabs, page

page.head("Admin", "Who may do what here, what was done, and how long it is kept.")
admin_tabs.guard()
for tab, show in admin_tabs.tabs():
    with tab:
        show()
