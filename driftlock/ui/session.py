"""What every page stands on: the one App of this process, the tenant, the reader's theme."""

from typing import Final

import streamlit as st

from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO
from driftlock.services.examine import Examination
from driftlock.settings import Settings
from driftlock.ui.theme import Tokens, tokens

TENANT: Final = DEMO
TENANT_NAME: Final = "Demo"
READER: Final = "visitor"  # who acts, as histories name them
ROLE: Final = "analyst"


@st.cache_resource(show_spinner=False)
def app() -> App:
    """The application, opened once per process and shared by all sessions."""
    return _given[-1] if _given else open_app(Settings.from_environment())


_given: Final[list[App]] = []


def use(opened: App) -> None:
    """Show this application, which the process opened for more than the dashboard."""
    _given.append(opened)


def examination() -> Examination:
    """Questions about one flagged window."""
    return app().examination


def colours() -> Tokens:
    """The tokens of the theme this reader sees."""
    return tokens(st.context.theme.type)
