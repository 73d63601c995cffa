"""
The tuning lab on 100,000 stored windows: ``python -m benchmarks.speed.tuning_page``.

Time of this process from the release of the NCD slider until all cards are
drawn, and until the whole page is; the fastest and the median of nine moves.
No browser takes part.
"""

import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from streamlit.testing.v1 import AppTest

from benchmarks.speed.tuning import filled
from driftlock.settings import Settings
from driftlock.storage.store import SqlStore
from driftlock.ui import tuning_cards
from driftlock.ui.session import app, tenant

ROOT: Final = Path(__file__).parents[2]
MOVES: Final = 9


def main() -> None:
    """Print both times in milliseconds."""
    drawn: list[float] = []
    show = tuning_cards.show

    def stamped(*rules: object, **named: object) -> None:
        show(*rules, **named)  # type: ignore[arg-type]
        drawn.append(time.perf_counter())

    with TemporaryDirectory() as home:
        os.environ["DRIFTLOCK_HOME"] = home
        store = SqlStore(Settings.from_environment().database_url)
        filled(store, tenant())
        store.close()
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300).run()
        page.switch_page("pages/tuning.py")
        page.session_state["r"] = "all"
        page.run()
        tuning_cards.show = stamped  # type: ignore[assignment]
        cards, whole = [], []
        for move in range(MOVES):
            slider = next(one for one in page.slider if one.key == "ncd-slider")
            slider.set_value(0.31 + move / 100)
            released = time.perf_counter()
            page.run()
            assert not page.exception, page.exception[0].value
            cards.append(1000 * (drawn[-1] - released))
            whole.append(1000 * (time.perf_counter() - released))
        for name, spent in (("all cards", cards), ("whole page", whole)):
            print(f"{name:<12} {min(spent):6.0f} ms fastest {statistics.median(spent):6.0f} ms median")
        app().close()


if __name__ == "__main__":
    main()
