"""What every page stands on: the one App of this process, the tenant, the reader's theme."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from driftlock.bootstrap import App, open_app
from driftlock.model import DEMO, Role
from driftlock.services.accounts_rows import Session
from driftlock.services.acting import Actor
from driftlock.services.examine import Examination
from driftlock.services.permissions import Permission, allowed, needed
from driftlock.services.sessions import COOKIE
from driftlock.settings import Settings
from driftlock.ui import sign_in_provider
from driftlock.ui.theme import Tokens, tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who looks, and at whose data."""

    tenant: str
    tenant_name: str
    reader: str  # as histories name them: the id of a user, or visitor
    role: Role
    address: str | None = None  # the reader comes from
    name: str = ""  # of the reader, for people; empty: a visitor
    signed_in: bool = False
    tenants: Mapping[str, str] = field(default_factory=dict)  # that the reader may look at, and their names


OPEN: Final = Who(tenant=DEMO, tenant_name="Demo", reader="visitor", role="operator")
# For so long a session is believed without asking again: a page asks who looks some fifty times while it is drawn.
KEPT_SECONDS: Final = 2.0
TOKEN: Final = "session-token"  # in a session that began before the browser had its cookie
CHOSEN: Final = "tenant"
_SEEN: Final = "who"


def who() -> Who:
    """
    Who looks in this session; where nobody has to sign in, everybody is the same visitor.

    A page whose session was ended stops here.
    """
    if get_script_run_ctx() is None:
        if app().signing_in:
            raise RuntimeError("Who looks is known while a page is drawn: hand it on to what is done later.")
        return OPEN
    kept: tuple[float, Who] | None = st.session_state.get(_SEEN)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    return look() or _ended()


def look() -> Who | None:
    """Ask anew who looks; None: nobody who may, or at a tenant that is not theirs."""
    opened = app()
    if not opened.signing_in:
        return _keep(OPEN)
    found = signed_in()
    if found is None:
        return _keep(None)
    asked: str | None = st.session_state.get(CHOSEN) or found.tenant
    chosen = asked if asked is not None and asked in found.roles else next(iter(found.roles))
    return _keep(
        Who(
            tenant=chosen,
            tenant_name=found.tenants[chosen],
            reader=found.user_id or "visitor",
            role=found.roles[chosen],
            address=found.address,
            name=found.name,
            signed_in=True,
            tenants=found.tenants,
        )
    )


def signed_in() -> Session | None:
    """The session behind the browser's cookie, which is as old as its connection, asked for in the database."""
    token = token_held()
    found = app().sessions.check(token) if token else None
    # A server in front has opened a session of ours for whom the provider vouched: one that ended stays ended.
    return found if found is not None or gated() else sign_in_provider.session(app())


def token_held() -> str | None:
    """What this browser signed in with."""
    given = st.session_state.get(TOKEN) or st.context.cookies.get(COOKIE)
    return given if isinstance(given, str) else None


def address() -> str | None:
    """Where the browser is, as the server saw it; None: on this machine."""
    given = st.context.ip_address
    return given if isinstance(given, str) else None


def choose(tenant: str) -> None:
    """Look at another of the reader's tenants; nothing of the one before stays in this session."""
    if tenant not in who().tenants:
        return
    kept = {TOKEN: st.session_state.get(TOKEN), CHOSEN: tenant}
    if (token := token_held()) is not None:
        app().sessions.choose(token, tenant)
    st.session_state.clear()
    st.session_state.update({name: value for name, value in kept.items() if value is not None})


def believe() -> Who | None:
    """Who looked last, while the database cannot be asked; None: nobody is known."""
    kept: tuple[float, Who] | None = st.session_state.get(_SEEN)
    return None if kept is None else _keep(kept[1])


def gated() -> bool:
    """Whether a server in front of the pages signs people in."""
    return _gated[-1] if _gated else False


def _keep(found: Who | None) -> Who | None:
    if found is None:
        st.session_state.pop(_SEEN, None)
        st.session_state.pop(TOKEN, None)
    else:
        st.session_state[_SEEN] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def _ended() -> NoReturn:
    # A page that a new process runs alone, without its frame, would come here again and again.
    PagesManager.uses_pages_directory = False
    st.rerun(scope="app")
    raise RuntimeError("Signed out.")  # in a callback the line above only asks for it


def tenant() -> str:
    """Whose data is shown."""
    return who().tenant


def tenant_name() -> str:
    """The same for people."""
    return who().tenant_name


def shared() -> dict[str, str]:
    """What an address that is handed on has to say of the tenant: its id, where the reader has several."""
    me = who()
    return {"t": me.tenant} if len(me.tenants) > 1 else {}


def reader() -> str:
    """Who acts, as histories name them."""
    return who().reader


def role() -> Role:
    """What the reader may do."""
    return who().role


def desk() -> App:
    """The application as the reader may use it; for every verb, and every question about a tenant's data."""
    return app().acting(_actor())


def _actor() -> Actor:
    me = who()
    visit = st.session_state.setdefault(_VISIT, secrets.token_hex(8))
    return Actor(tenant=me.tenant, user=me.reader, role=me.role, address=me.address, session=visit)


def may(permission: Permission) -> bool:
    """Whether to offer the reader what needs it."""
    return allowed(role(), permission)


def need(permission: Permission, page: str) -> None:
    """Stop a page here, and note who asked for it, where the role is not enough."""
    if may(permission):
        return
    app().accesses.refused_to(_actor(), "page", page)
    st.info(
        f"This page needs {needed(permission)}; yours is {role()}. Somebody who manages people can change it."
    )
    st.stop()


_VISIT: Final = "visit"  # in a session: tells it from others of the same reader


@st.cache_resource(show_spinner=False)
def app() -> App:
    """The application, opened once per process and shared by all sessions."""
    return _given[-1] if _given else open_app(Settings.from_environment())


_given: Final[list[App]] = []
_gated: Final[list[bool]] = []


def use(opened: App, *, gated: bool = False) -> None:
    """Show this application, which the process opened for more than the dashboard; *gated*: it signs people in."""
    _given.append(opened)
    _gated.append(gated)


def examination() -> Examination:
    """Questions about one flagged window."""
    return desk().examination


def colours() -> Tokens:
    """The tokens of the theme this reader sees."""
    return tokens(st.context.theme.type)
