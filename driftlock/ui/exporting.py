"""What a download button hands out: noted in the access log, then made, when it is asked for and not before."""

from collections.abc import Callable

from driftlock.bootstrap import App
from driftlock.ui.session import desk, tenant


def noted(make: Callable[[App], bytes], object_kind: str, object_id: str) -> Callable[[], bytes]:
    """
    For the ``data`` of a download button.

    The browser asks for it when no page is being drawn, so who asks is settled now.

    Args:
        make: Gives the file; asked of the application as the reader may use it.
        object_kind: What is handed out: anomaly, stream, list.
    """
    opened, whose = desk(), tenant()

    def handed_out() -> bytes:
        opened.accesses.exported(whose, object_kind, object_id)
        return make(opened)

    return handed_out
