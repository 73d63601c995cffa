"""The application as one actor may use it: every verb is looked up, checked, and written down."""

import inspect
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import is_dataclass, replace
from functools import cache, partial
from typing import Any, Final, Protocol

from driftlock.errors import ApplicationError, Forbidden, NotFound
from driftlock.ports import Clock
from driftlock.services.accesses import Accesses
from driftlock.services.acting import Act, Actor, Record, doing
from driftlock.services.acting_verbs import ATTRIBUTES, MEMBERS, VERBS, Verb
from driftlock.services.audit_rows import plain
from driftlock.services.permissions import allowed, needed

NOBODY: Final = ""  # a tenant that is never there: it answers as any unknown one

log = logging.getLogger(__name__)


class Log(Protocol):
    """Where rows go that no transaction took with it."""

    def append(self, record: Record) -> object:
        """Add one in a transaction of its own."""


class Desk:
    """
    Stands before the application, or one of its members, for one actor.

    A name that has no line in :data:`driftlock.services.acting_verbs.VERBS` is
    refused, whatever it is.
    """

    __slots__ = ("_accesses", "_actor", "_clock", "_log", "_of", "_path")

    def __init__(
        self, of: object, actor: Actor, accesses: Accesses, log: Log, clock: Clock, path: str = ""
    ) -> None:
        self._of = of
        self._actor = actor
        self._accesses = accesses
        self._log = log
        self._clock = clock
        self._path = path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        path = self._path + name
        if (verb := VERBS.get(path)) is not None:
            return partial(self._do, path, verb, getattr(self._of, name))
        if path in MEMBERS:
            member = getattr(self._of, name)
            return Desk(member, self._actor, self._accesses, self._log, self._clock, f"{path}.")
        if path in ATTRIBUTES:
            return getattr(self._of, name)
        raise Forbidden("Nobody may do this from here.")

    def _do(self, path: str, verb: Verb, method: Callable[..., Any], *args: Any, **given: Any) -> Any:
        actor = self._actor
        if verb.permission is None or not allowed(actor.role, verb.permission):
            self._accesses.refused_to(actor, path, _object_id(verb, method, args, given))
            raise Forbidden(
                "Nobody may do this from here."
                if verb.permission is None
                else f"This needs {needed(verb.permission)}."
            )
        if not verb.pure:
            args, given = self._mine(path, verb, method, args, given)
        if "by" in given and _signed(method):
            given["by"] = actor.user  # nobody acts in another's name
        if verb.access == "exported":
            self._accesses.exported_by(actor, verb.kind, _object_id(verb, method, args, given))
        answer = self._asked(path, verb, method, args, given)
        if verb.access == "opened" and answer is not None:
            self._accesses.opened_by(actor, verb.kind, _object_id(verb, method, args, given))
        return answer

    def _mine(
        self, path: str, verb: Verb, method: Callable[..., Any], args: tuple[Any, ...], given: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, those of another tenant turned into those of nobody's."""
        name = _first(method)
        subject = args[0] if args else given.get(name)
        tenant = subject if isinstance(subject, str) else _tenant_of(subject)
        if tenant == self._actor.tenant:
            return args, given
        self._accesses.refused_to(self._actor, path, _object_id(verb, method, args, given))
        if verb.action is not None or verb.access == "exported":
            raise NotFound("There is nothing of that id.")
        if isinstance(subject, str):
            nobody: Any = NOBODY
        elif is_dataclass(subject) and hasattr(subject, "tenant"):
            nobody = replace(subject, tenant=NOBODY)  # type: ignore[type-var]
        else:
            raise NotFound("There is nothing of that id.")
        return ((nobody, *args[1:]), given) if args else (args, {**given, name: nobody})

    def _asked(
        self, path: str, verb: Verb, method: Callable[..., Any], args: tuple[Any, ...], given: dict[str, Any]
    ) -> Any:
        record = None if verb.action is None else self._record(verb, verb.action, method, args, given)
        act = Act(self._actor, record, waits=verb.waits)
        try:
            with doing(act):
                answer = method(*args, **given)
        except Exception as error:
            if isinstance(error, Forbidden):
                self._accesses.refused_to(self._actor, path, _object_id(verb, method, args, given))
            if act.written and act.record is not None:
                # What was written before it broke off stands, and so does its row.
                with suppress(ApplicationError):
                    self._log.append(replace(act.record, action=f"{act.record.action}.broken_off"))
            raise
        if act.record is not None and act.elsewhere and not act.written and not act.waits:
            self._log.append(act.record)
        return answer

    def _record(
        self,
        verb: Verb,
        action: str,
        method: Callable[..., Any],
        args: tuple[Any, ...],
        given: Mapping[str, Any],
    ) -> Record:
        named = _named(method, args, given)
        kept = {name: named[name] for name in verb.keeps if named.get(name) is not None}
        return Record(
            actor=self._actor,
            at=self._clock.now(),
            action=action,
            object_kind=verb.kind,
            object_id=_object_id(verb, method, args, given),
            after=plain(kept) if kept else None,
        )


def _tenant_of(subject: object) -> str | None:
    """Whose an object is: a stream, a scope, a history of one stream."""
    tenant = getattr(subject, "tenant", None)
    if tenant is None:
        tenant = getattr(getattr(subject, "stream", None), "tenant", None)
    return tenant if isinstance(tenant, str) else None


def _object_id(
    verb: Verb, method: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]
) -> str:
    if verb.id is None:
        return ""
    value = _named(method, args, given).get(verb.id)
    return value if isinstance(value, str) else ""


def _named(method: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    return {**dict(zip(_parameters(method), args, strict=False)), **given}


def _first(method: Callable[..., Any]) -> str:
    names = _parameters(method)
    return names[0] if names else ""


def _signed(method: Callable[..., Any]) -> bool:
    """Whether ``by`` names who acts; where it comes by position too, it says how to sort."""
    return "by" not in _parameters(method)


def _parameters(method: Callable[..., Any]) -> tuple[str, ...]:
    """Names of what a bound method takes by position, in order."""
    return _parameters_of(getattr(method, "__func__", method))


@cache
def _parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    usual = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    names = [one.name for one in inspect.signature(function).parameters.values() if one.kind in usual]
    return tuple(names[1:] if names[:1] == ["self"] else names)
