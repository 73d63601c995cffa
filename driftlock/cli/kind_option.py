"""``--kind``: the kind of telemetry, recognised or chosen by hand."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from driftlock.model import AUTO, KINDS, Kind

_Command = TypeVar("_Command", bound=Callable[..., Any])


def kind_option(help: str) -> Callable[[_Command], _Command]:
    """The option; the command gets None for ``auto``, as where nothing was chosen by hand."""
    return click.option(
        "--kind",
        type=click.Choice((AUTO, *KINDS)),
        default=AUTO,
        show_default=True,
        callback=_chosen,
        help=help,
    )


def _chosen(_: click.Context, __: click.Parameter, value: str) -> Kind | None:
    return None if value == AUTO else value  # type: ignore[return-value]
