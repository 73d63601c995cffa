"""``driftlock serve``: the dashboard and the address that events are sent to, in one process."""

import gc
import ipaddress
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from driftlock.cli.failure import Failure

if TYPE_CHECKING:
    from driftlock.bootstrap import App
    from driftlock.settings import Settings

HOST = "127.0.0.1"
PORT = 8501
# What goes on in open pages is over by then; a batch that is being stored takes less.
GRACE_S = 5
_OPEN = (
    "Nobody has an account yet, so everybody who reaches this address sees the dashboard and may use it. "
    "Make one: driftlock users add --owner YOUR-ADDRESS"
)


@click.command("serve", help=__doc__.partition(":")[2].strip().capitalize() if __doc__ else None)
@click.option("--host", default=HOST, show_default=True, help="Address to listen at.")
@click.option(
    "--port", default=PORT, show_default=True, type=click.IntRange(0, 65_535), help="0: any free one."
)
def command(host: str, port: int) -> None:
    """Serve until it is told to stop."""
    # Imported here: these take seconds, and ``--help`` needs none of them.
    with _loading():
        from driftlock.bootstrap import open_app
        from driftlock.settings import Settings

    settings = Settings.from_environment()
    if not _only_here(host) and not _guarded(settings):
        raise Failure(
            f"{host} can be reached from other machines, and nobody would be asked who they are. Make an account "
            "(driftlock users add --owner YOUR-ADDRESS), or set DRIFTLOCK_API_KEY, or DRIFTLOCK_API_KEY_FILE, to a "
            f"key that senders must know, or listen at {HOST}."
        )
    script = _script()
    # The server ends in good order at these and then raises them again, for us.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    with _listening(host, port) as listening:
        app = open_app(settings)
        try:
            if not _only_here(host) and not app.signing_in:
                click.echo(f"driftlock: {_OPEN}", err=True)
            _serve(app, script, listening)
        finally:
            # A run at work may take minutes: the next start takes it up again.
            app.leave()


@contextmanager
def _loading() -> Iterator[None]:
    """
    While modules are loaded nothing is garbage: to look for it again and again takes a fifth of the start.

    What was loaded stays as long as the process, so that later looks pass over it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
    gc.freeze()


def _guarded(settings: "Settings") -> bool:
    """Whether senders at least have to show a key: that of the server, or, with accounts, one of a tenant."""
    from driftlock.bootstrap import open_app

    if settings.api_key or settings.sign_in == "required":
        return True
    file = settings.database_file
    if settings.sign_in == "off" or (file is not None and not file.is_file()):
        return False
    app = open_app(settings, work=False)
    try:
        return app.signing_in
    finally:
        app.close()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise click.exceptions.Exit(0)


def _serve(app: "App", script: Path, listening: socket.socket) -> None:
    with _loading():
        import uvicorn

        from driftlock.api import create_app
        from driftlock.api.auth_gate import Gate
        from driftlock.api.auth_provider import Provider
        from driftlock.api.static_files import StaticFiles
        from driftlock.ui.server import PROGRAM, dashboard

        shown = dashboard(script, app)
    provider = Provider(shown.sso_ready, shown.sso_address, shown.asgi, shown.sso_claims, shown.sso_cookie)
    mark = script.parent / "docs" / "images" / "mark.png"
    api = create_app(app, lifespan=shown.lifespan, mark=mark, provider=provider)
    # Last: it answers every address that nobody else does.
    api.mount("/", Gate(StaticFiles(shown.asgi, PROGRAM), app, held=shown.uploaded_bytes))
    address = _address(listening)
    app.live.address = address
    server = uvicorn.Server(
        uvicorn.Config(
            api,
            access_log=False,
            log_level="warning",
            ws_max_size=shown.largest_message,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    click.echo(f"Dashboard {address}, events POST {address}/v1/streams/NAME/events")
    server.run(sockets=[listening])
    if not server.started:
        raise Failure("The server did not start; the lines above say why.")


def _only_here(host: str) -> bool:
    """Whether nobody but this machine reaches *host*."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    """
    A socket that listens there.

    Raises:
        Failure: The address is not to be had.
    """
    try:
        found: list[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, place = found[0]
        listening = socket.create_server(place, family=family, backlog=2048)
    except OSError as error:
        raise Failure(
            f"{host}:{port} cannot be listened at: {error.strerror or error}. Choose another --host or --port."
        ) from error
    # Connections take it over. Without it the second part of an answer waits for the browser to acknowledge the
    # first, 40 ms each time, as asyncio sees to it only where a socket names its protocol.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _address(listening: socket.socket) -> str:
    """How this machine reaches the server."""
    host, port, *_ = listening.getsockname()
    if ipaddress.ip_address(host).is_unspecified:
        host = "::1" if ":" in host else HOST
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _script() -> Path:
    """
    ``app.py``: beside the packages where they run from their source, else in this folder.

    Raises:
        Failure: It is in neither place.
    """
    for folder in (Path(__file__).parents[2], Path.cwd()):
        if (folder / "app.py").is_file() and (folder / "pages").is_dir():
            return folder / "app.py"
    raise Failure("There is no app.py here. Start it in the folder that holds app.py and pages.")
