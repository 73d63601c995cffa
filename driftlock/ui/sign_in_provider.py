"""An identity provider (OpenID Connect) beside our own accounts: who it vouches for, if we know them."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import streamlit as st
from streamlit.auth_util import get_cookie_with_chunks, get_secrets_auth_section, is_authlib_installed
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value, decode_xsrf_token_string

from driftlock.bootstrap import App
from driftlock.errors import ApplicationError, InvalidSettings, StoreUnavailable
from driftlock.services.accounts_rows import Refused, Session
from driftlock.services.accounts_vouched import ENDED, UNKNOWN, vouched
from driftlock.services.sign_in import NOWHERE

MISSING: Final = (
    "An identity provider is set up in .streamlit/secrets.toml, but what talks to it is not installed: "
    "pip install 'driftlock[sso]'"
)
NOT_SIGNED_IN: Final = (
    "You came back from your identity provider without being signed in: it did not vouch for you, or what it said was "
    "too old, was used before, or was not meant for this server. Sign in once more."
)
COOKIE: Final = "_streamlit_user"
_BROWSER: Final = "_streamlit_xsrf"  # the one cookie that a browser keeps on its way there and back
_THERE_SECONDS: Final = 600.0
_MOST: Final = 1_000
_SAID: Final = "provider-said"

_gone: Final[OrderedDict[bytes, float]] = OrderedDict()
_lock: Final = threading.Lock()


def ready() -> bool:
    """Whether one is set up, in the section [auth] of .streamlit/secrets.toml."""
    return bool(get_secrets_auth_section())


def check() -> None:
    """
    Whether one that is set up can be talked to.

    Raises:
        InvalidSettings: A package is missing.
    """
    if ready() and not is_authlib_installed():
        raise InvalidSettings(MISSING)


def address() -> str:
    """
    Where signing in there begins.

    Raises:
        InvalidSettings: A package is missing.
    """
    check()
    return generate_login_redirect_url("default")


def claims(cookies: Mapping[str, str]) -> Mapping[str, object]:
    """What its token said, from the signed cookies of the answer that took it; empty: it was not taken."""

    def one(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    held = get_cookie_with_chunks(one, COOKIE)
    return json.loads(held) if held else {}


def leave() -> None:
    """Go there; who comes back without being signed in is told so."""
    st.session_state.pop(_SAID, None)
    if browser := _browser():
        with _lock:
            _gone[browser] = time.monotonic() + _THERE_SECONDS
            while len(_gone) > _MOST:
                _gone.popitem(last=False)
    st.login()
    st.stop()  # nothing that is drawn still may begin another run, which would take the way there back


def said() -> str | None:
    """Why whoever comes from there is not let in; None: nobody does."""
    with _lock:
        until = _gone.pop(_browser(), 0.0)
    if until > time.monotonic():
        st.session_state.setdefault(_SAID, NOT_SIGNED_IN)
    refused: str | None = st.session_state.get(_SAID)
    return refused


def _browser() -> bytes:
    """What tells this browser from others; its cookie is written otherwise at each answer, and means the same."""
    token, _ = decode_xsrf_token_string(st.context.cookies.get(_BROWSER) or "")
    return token or b""


def session(app: App) -> Session | None:
    """
    The session of whom the provider has vouched for: an account, or an invitation, of that verified address.

    Its cookie lives for 30 days and nobody can call it back; so what it holds is
    the token of a session of ours, which ends as any other does.
    """
    if not known_there():
        return None
    try:
        return _session(app)
    except StoreUnavailable:
        raise
    except ApplicationError as refused:
        st.session_state[_SAID] = str(refused)
        return None


def _session(app: App) -> Session | None:
    with _lock:
        _gone.pop(_browser(), None)  # who has come back signed in is not one who has not, when they sign out
    who = vouched(st.user)
    token = f"sso:{who.sign_in}"
    if (found := app.sessions.check(token)) is not None:
        return found
    if datetime.now(UTC) - who.at > app.sessions.longest:
        raise Refused(ENDED)
    known = app.accounts.matched(subject=who.subject, email=who.email, name=who.name)
    if known is None:
        raise Refused(UNKNOWN)
    if not app.sessions.adopt(token, known.id, address=st.context.ip_address):
        raise Refused(ENDED)
    if (opened := app.sessions.check(token)) is None:
        raise Refused(NOWHERE)
    return opened


def known_there() -> bool:
    """Whether the provider has signed somebody in, whoever that is here."""
    return ready() and bool(st.user.get("is_logged_in"))
