"""Stories with a known end: what is flagged in them, when, and what chance alone would flag."""

from driftlock.ui import demo_data, page, scenario_cards, scenario_page

scenario = scenario_cards.chosen()
if scenario is None:
    page.head(
        "Scenarios", "Stories with a known end: see what is flagged, when, and what chance alone would flag."
    )
    scenario_cards.show()
    demo_data.show()
else:
    scenario_page.show(scenario)
