"""
Requests of a page that a reader has just left.

Between a click on another page and its first sign, the old page still asks for its parts: a timer fires, a reader
ticks something. Streamlit 1.67 runs such a request after the new page, finds nothing to run, but tells the browser
that the old page begins, and the browser clears the new one: an empty page, which stays so.
"""

from functools import wraps
from typing import Final

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

_run: Final = ScriptRunner._run_script


@wraps(_run)
def _unless_left(self: ScriptRunner, rerun_data: RerunData) -> None:
    """As Streamlit does it, but for requests of parts none of which is there any more."""
    asked = rerun_data.fragment_id_queue
    if not asked or any(self._fragment_storage.contains(fragment) for fragment in asked):
        _run(self, rerun_data)


def forget() -> None:
    """From here on, in this process, what a page asks for after it was left is left undone."""
    ScriptRunner._run_script = _unless_left  # type: ignore[method-assign]
