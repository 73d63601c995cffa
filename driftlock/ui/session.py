"""What every page stands on: the one App of this process, the tenant, the reader's theme."""

from typing import Final

import streamlit as st

from driftlock.bootstrap import App, open_app
from driftlock.services.examine import Examination
from driftlock.settings import Settings
from driftlock.ui.theme import Tokens, tokens

TENANT: Final = "demo"
READER: Final = "visitor"  # who acts, as histories name them


@st.cache_resource(show_spinner=False)
def app() -> App:
    """The application, opened once per process and shared by all sessions."""
    return open_app(Settings.from_environment())


def examination() -> Examination:
    """Questions about one flagged window."""
    return app().examination


def colours() -> Tokens:
    """The tokens of the theme this reader sees."""
    return tokens(st.context.theme.type)
