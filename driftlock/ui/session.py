"""What every page stands on: the one App of this process, the tenant, the reader's theme."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO, Role
from driftlock.services.examine import Examination
from driftlock.settings import Settings
from driftlock.ui.theme import Tokens, tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who looks, and at whose data."""

    tenant: str
    tenant_name: str
    reader: str  # as histories name them: the id of a user, or visitor
    role: Role


OPEN: Final = Who(tenant=DEMO, tenant_name="Demo", reader="visitor", role="operator")


def who() -> Who:
    """Who looks in this session; where nobody has to sign in, everybody is the same visitor."""
    return OPEN


def tenant() -> str:
    """Whose data is shown."""
    return who().tenant


def tenant_name() -> str:
    """The same for people."""
    return who().tenant_name


def reader() -> str:
    """Who acts, as histories name them."""
    return who().reader


def role() -> Role:
    """What the reader may do."""
    return who().role


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
