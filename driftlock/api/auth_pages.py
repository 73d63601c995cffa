"""The sign-in pages: plain HTML that needs no script, light or dark as the reader's system is."""

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import quote

from driftlock.services.accounts_passwords import FEWEST_CHARACTERS
from driftlock.services.accounts_rows import RESET, Welcome

# Light and dark as the pages behind them; a test holds them together with the theme's tokens.
LIGHT: Final[Mapping[str, str]] = {
    "background": "#F5F7FA",
    "card": "#FFFFFF",
    "text": "#0E151D",
    "muted": "#556273",
    "border": "#8795A6",
    "hairline": "#CBD3DD",
    "action": "#0B5CAD",
    "link": "#0B5CAD",
    "error": "#A3204A",
}
DARK: Final[Mapping[str, str]] = {
    "background": "#10151C",
    "card": "#19212B",
    "text": "#E9EEF4",
    "muted": "#A7B3C1",
    "border": "#6F7F92",
    "hairline": "#334050",
    "action": "#2B72BB",
    "link": "#7CBBF7",
    "error": "#FF8FB0",
}
STORED: Final = (
    "Stored of you: e-mail, name, a hash of your password, the times and network addresses of your sign-ins, what you "
    "change, and one cookie; of a demo visit its address and cookie, deleted after 24 h."
)
_STYLE: Final = """
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;padding:1.5rem 1rem;
background:var(--background);color:var(--text);font:15px/1.5 "Source Sans","Source Sans 3",system-ui,sans-serif}
main{width:100%;max-width:26rem;background:var(--card);border:1px solid var(--hairline);border-radius:12px;
padding:2rem 1.75rem}
header{display:flex;align-items:center;gap:.6rem;margin-bottom:1.1rem;font-weight:600;font-size:1.05rem}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 1.1rem}
h2{font-size:1rem;margin:0 0 .6rem}
p{margin:0 0 1rem}
.muted{color:var(--muted);font-size:.87rem;margin:1.2rem 0 0}
.error{color:var(--error);border:1px solid var(--error);border-radius:8px;padding:.6rem .8rem}
label{display:block;font-size:.9rem;margin:.7rem 0 .25rem}
input{width:100%;font:inherit;color:inherit;background:var(--background);border:1px solid var(--border);
border-radius:8px;padding:.55rem .7rem;min-height:44px}
button,.button{display:block;width:100%;font:inherit;font-weight:600;border-radius:8px;padding:.6rem 1rem;
min-height:44px;margin-top:1rem;cursor:pointer;border:1px solid var(--border);background:transparent;color:var(--text);
text-align:center;text-decoration:none}
button.primary{background:var(--action);border-color:var(--action);color:#fff}
button:hover,.button:hover{filter:brightness(1.08)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
a{color:var(--link)}
hr{border:0;border-top:1px solid var(--hairline);margin:1.5rem 0 1.2rem}
"""


def style() -> str:
    """The one style sheet of these pages."""
    light, dark = (";".join(f"--{name}:{ink}" for name, ink in inks.items()) for inks in (LIGHT, DARK))
    return f":root{{color-scheme:light dark;{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{_STYLE}"


def page(title: str, body: str) -> str:
    """A whole page around *body*, which is HTML already."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} · Driftlock</title><link rel="icon" href="/auth/mark.png">'
        f"<style>{style()}</style></head><body><main>"
        '<header><img src="/auth/mark.png" width="28" height="28" alt="">Driftlock</header>'
        f"{body}</main></body></html>"
    )


def sign_in(
    *, form: str, then: str, error: str, explore: bool, people: bool, sso: bool, email: str = ""
) -> str:
    """
    The two doors.

    Args:
        form: What every form brings back.
        then: Where to go afterwards.
        error: Of the try before; empty: none.
        explore: Whether there is a demonstration to explore.
        people: Whether anybody has an account.
        sso: Whether an identity provider is set up.
        email: As it was typed in the try before.
    """
    hidden = _hidden(form=form, next=then)
    doors = [f"<h1>{escape(HEADLINE)}</h1>", _error(error)]
    if explore:
        doors.append(
            f'<form method="post" action="/auth/explore">{hidden}'
            '<button class="primary">Explore with demo data</button></form>'
            '<p class="muted">No account. A place of your own, deleted after 24 h.</p><hr>'
        )
    if people:
        doors.append(
            f'<form method="post" action="/auth/login"><h2>Sign in</h2>{hidden}'
            f"{_field('E-mail', 'email', 'email', 'username', email)}"
            f"{_field('Password', 'password', 'password', 'current-password', focus=bool(email))}"
            f"<button{'' if explore else _PRIMARY}>Sign in</button></form>"
        )
    else:
        doors.append(
            "<h2>Sign in</h2><p>Nobody has an account yet. Whoever runs this server makes the first one:</p>"
            "<p><code>driftlock users add --owner you@example.com</code></p>"
        )
    if sso:
        there = f"/auth/sso?next={quote(then, safe='')}"
        doors.append(f'<a class="button" href="{there}">Sign in with your identity provider</a>')
    doors.append(f'<p class="muted">{escape(STORED)}</p>')
    return page("Sign in", "".join(doors))


def answer_link(welcome: Welcome, *, form: str, token: str, error: str) -> str:
    """An invitation, or a link to a new password."""
    hidden = _hidden(form=form, token=token)
    reset = welcome.role == RESET
    address = escape(welcome.email)
    if reset:
        head = f"<h1>A new password</h1><p>For {address}. It signs you out everywhere else.</p>"
    else:
        head = (
            f"<h1>Join {escape(welcome.tenant_name)}</h1><p>As <strong>{escape(welcome.role)}</strong>, "
            f"with the address {address}.</p>"
        )
    if welcome.known:
        fields = _field("Your password", "password", "password", "current-password")
    else:
        name = "" if reset else _field("Your name", "name", "text", "name")
        fields = f"{name}{_field('New password', 'password', 'password', 'new-password')}"
        fields += f'<p class="muted">At least {FEWEST_CHARACTERS} characters and at most 72 bytes; any characters do.</p>'
    path = "/auth/reset" if reset else "/auth/accept"
    button = "Set password" if reset else "Join"
    body = (
        f'{head}{_error(error)}<form method="post" action="{path}">{hidden}'
        f'<input type="hidden" name="username" autocomplete="username" value="{address}">'
        f"{fields}<button{_PRIMARY}>{button}</button></form>"
    )
    return page(button, f'{body}<p class="muted">{escape(STORED)}</p>')


def sign_out(*, form: str, visitor: bool) -> str:
    """The question before signing out."""
    hidden = _hidden(form=form)
    everywhere = "" if visitor else '<button name="everywhere" value="yes">Sign out in all browsers</button>'
    return page(
        "Sign out",
        f'<h1>Sign out?</h1><form method="post" action="/auth/logout">{hidden}'
        f'<button{_PRIMARY}>Sign out</button>{everywhere}</form><p class="muted"><a href="/">Back</a></p>',
    )


def signed_out_here() -> str:
    """After signing out of a session that an identity provider began; a form may not lead there, a link may."""
    return message(
        "Signed out",
        "You are signed out here. Your identity provider still knows you.",
        then="/auth/logout",
        label="Sign out there too",
    )


def message(title: str, text: str, *, then: str = "/auth/login", label: str = "To the sign-in page") -> str:
    """One sentence and a way on."""
    return page(
        title,
        f'<h1>{escape(title)}</h1><p role="alert">{escape(text)}</p><a class="button" href="{escape(then)}">'
        f"{escape(label)}</a>",
    )


def sign_in_path(then: str) -> str:
    """The address of the sign-in page that leads to *then*."""
    return "/auth/login" if then == "/" else f"/auth/login?next={quote(then, safe='')}"


HEADLINE: Final = (
    "See what your telemetry says that it never said before – and how often chance would say it too."
)
LONGEST_INPUT: Final = 254  # characters
_PRIMARY: Final = ' class="primary"'


def _hidden(**values: str) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items()
    )


def _field(label: str, name: str, kind: str, fill: str, value: str = "", *, focus: bool = False) -> str:
    given = f' value="{escape(value[:LONGEST_INPUT])}"' if value else ""
    return (
        f'<label for="{name}">{label}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{fill}" maxlength="{LONGEST_INPUT}" required'
        f"{given}{' autofocus' if focus else ''}>"
    )


def _error(text: str) -> str:
    return f'<p class="error" role="alert">{escape(text)}</p>' if text else ""
