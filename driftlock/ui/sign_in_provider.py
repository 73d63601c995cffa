"""An identity provider (OpenID Connect) beside our own accounts: who it vouches for, if we know them."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section, is_authlib_installed
from streamlit.user_info import generate_login_redirect_url

from driftlock.bootstrap import App
from driftlock.errors import InvalidSettings
from driftlock.services.accounts_rows import Session

MISSING: Final = (
    "An identity provider is set up in .streamlit/secrets.toml, but what talks to it is not installed: "
    "pip install 'driftlock[sso]'"
)
COOKIE: Final = "_streamlit_user"


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


def session(app: App) -> Session | None:
    """
    The session of whom the provider has vouched for: an account, or an invitation, of that verified address.

    Its cookie lives for 30 days and nobody can call it back; so it is the
    token of a session of ours, which ends as any other does.
    """
    if not ready():
        return None
    person = st.user
    kept = st.context.cookies.get(COOKIE)
    if not person.get("is_logged_in") or person.get("email_verified") is not True or not kept:
        return None
    email, subject, issued = person.get("email"), person.get("sub"), person.get("iat")
    if not isinstance(email, str) or not isinstance(subject, str) or not isinstance(issued, int | float):
        return None
    token = f"sso:{sha256(str(kept).encode()).hexdigest()}"
    if (found := app.sessions.check(token)) is not None:
        return found
    if datetime.now(UTC) - datetime.fromtimestamp(issued, UTC) > app.sessions.longest:
        return None
    name = person.get("name")
    known = app.accounts.matched(
        subject=sha256(f"{person.get('iss')}\0{subject}".encode()).hexdigest(),
        email=email,
        name=name if isinstance(name, str) else None,
    )
    if known is None or not app.sessions.adopt(token, known.id, address=st.context.ip_address):
        return None
    return app.sessions.check(token)


def known_there() -> bool:
    """Whether the provider has signed somebody in, whoever that is here."""
    return ready() and bool(st.user.get("is_logged_in"))
