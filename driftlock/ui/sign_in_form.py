"""The two doors where no server stands in front of the pages: a form in the page, a cookie by script."""

import json
from types import SimpleNamespace
from typing import Final

import streamlit as st
import streamlit_authenticator
from streamlit_authenticator.models import cookie_model

from driftlock.errors import ApplicationError
from driftlock.services.sessions import COOKIE
from driftlock.ui import page, session, sign_in_provider, words

_WRONG: Final = "sign-in-error"
_ITS_OWN: Final = ("name", "username", "email", "roles", "authentication_status", "logout")


class _NoCookies:
    """In place of the authenticator's own: a frame in the page that starts it over when it has loaded."""


# A form that is sent in that moment would be lost with the run that it began.
cookie_model.stx = SimpleNamespace(CookieManager=_NoCookies)


def show() -> None:
    """Explore, or sign in."""
    app = session.app()
    page.style(session.colours())
    _, middle, _ = st.columns([1, 2, 1])
    with middle:
        st.title("Driftlock", anchor=False)
        st.write(
            "See what your telemetry says that it never said before – and how often chance would say it too."
        )
        if app.visitors.offered and st.button("Explore with demo data", type="primary", width="stretch"):
            try:
                _enter(app.visitors.open(session.address()))
            except ApplicationError as full:
                st.error(words.literal(str(full)))
        if not app.accounts.any():
            st.write("Nobody has an account yet. Whoever runs this makes the first one:")
            st.code("driftlock users add --owner you@example.com", language=None)
        else:
            _form()
            _provider()
        st.caption(
            "Stored of you: e-mail, name, a hash of your password, the times and network addresses of your sign-ins, "
            "what you change, and one cookie; of a demo visit its address and cookie, deleted after 24 h."
        )


def write_cookie() -> None:
    """
    Let the browser keep the token of this session.

    Drawn at every run until the browser brings the cookie along: a script that
    is sent just before the page starts over is not always carried out.
    """
    token = st.session_state.get(session.TOKEN)
    if not token or st.context.cookies.get(COOKIE) == token:
        return
    seconds = int(session.app().sessions.longest.total_seconds())
    st.html(
        f"<script>document.cookie = {json.dumps(f'{COOKIE}={token}; Path=/; SameSite=Lax; Max-Age={seconds}')}"
        "+ (location.protocol === 'https:' ? '; Secure' : '');</script>",
        unsafe_allow_javascript=True,
    )


def _form() -> None:
    authenticator = streamlit_authenticator.Authenticate(
        {"usernames": {}},
        cookie_name="driftlock_no_cookie",  # the token of a session is the only cookie
        cookie_key=COOKIE,
        cookie_expiry_days=0,
        auto_hash=False,
        login_sleep_time=0.0,
    )
    model = authenticator.authentication_controller.authentication_model

    def checked(email: str, password: str) -> bool:
        """In place of its own: with the lock-out, and a session that can be ended."""
        try:
            token = session.app().sign_in.sign_in(email, password, address=session.address())
        except ApplicationError as wrong:
            st.session_state[_WRONG] = str(wrong)
            return False
        model.credentials["usernames"][email] = {"email": email, "name": "", "roles": None}
        st.session_state[session.TOKEN] = token
        return True

    model.check_credentials = checked
    authenticator.login(
        fields={"Form name": "Sign in", "Username": "E-mail", "Password": "Password", "Login": "Sign in"}
    )
    if session.TOKEN in st.session_state:
        _enter(st.session_state[session.TOKEN])
    if wrong := st.session_state.pop(_WRONG, None):
        st.error(words.literal(wrong))


def _provider() -> None:
    if not sign_in_provider.ready():
        return
    if said := sign_in_provider.said():
        st.error(words.literal(said))
    if st.button("Sign in with your identity provider", width="stretch"):
        try:
            sign_in_provider.check()
        except ApplicationError as missing:
            st.error(words.literal(str(missing)))
            return
        sign_in_provider.leave()


def _enter(token: str) -> None:
    for name in _ITS_OWN:
        st.session_state.pop(name, None)
    st.session_state[session.TOKEN] = token
    st.rerun()
