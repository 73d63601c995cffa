"""Every role against every verb, and every id of another tenant against an unknown one."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa

from driftlock.bootstrap import App
from driftlock.errors import Forbidden
from driftlock.model import ROLES
from driftlock.services.acting import Actor
from driftlock.services.acting_verbs import VERBS
from driftlock.services.permissions import allowed
from driftlock.storage.columns import metadata
from driftlock.storage.connect import reading
from tests.matrix.made import HOME, IDS, PLAIN, STRANGER, Made, objects

# Who asks: the six roles, somebody of a demonstration, a key that may only send, and nobody at all.
ASKING: Final[Mapping[str, str]] = {role: role for role in ROLES} | {
    "visitor": "analyst",
    "sender": "stream",
    "nobody": "",
}
SPOKEN: Final = sorted(path for path, verb in VERBS.items() if verb.permission is not None)
_OBJECTS: Final = frozenset({"scope", "stream", "history", "item", "ids", "stream_ids"})
# Made anew each time they are asked for: ids, keys, tokens.
_RANDOM: Final = re.compile(r"dlk_[\w.-]+|[0-9a-f]{16,}|(?<=token=)[\w-]+|(?<=token=')[\w-]+")


def method_of(of: object, path: str) -> Callable[..., Any]:
    """``review.label`` of an application, or of a desk before it."""
    for name in path.split("."):
        of = getattr(of, name)
    return of  # type: ignore[return-value]


def taken(path: str, app: App) -> set[str]:
    """Parameters of a verb that have to be given, and every id it takes."""
    parameters = inspect.signature(method_of(app, path)).parameters
    return {name for name, one in parameters.items() if one.default is one.empty or name in IDS}


def refers(path: str, app: App) -> bool:
    """Whether it takes an id, or an object that holds one."""
    return bool(taken(path, app) & (_OBJECTS | set(IDS)))


def arguments(made: Made, path: str, tenant: str, ids: Mapping[str, str]) -> dict[str, Any]:
    """Something for each of them, with these ids."""
    told: dict[str, Any] = PLAIN | {"tenant": tenant, "ids": [ids["anomaly_id"]]}
    told |= {name: ids[name] for name in IDS} | {"stream_ids": [ids["stream_id"]]}
    told |= {"current": PLAIN["rule"], "candidate": PLAIN["rule"], "verdict": None}
    known = ids["stream_id"] == made.ids["stream_id"]
    told["series"] = ids.get("series", PLAIN["series"])
    told |= made.objects[tenant] if known else objects(made, tenant, ids["stream_id"])
    told |= {"jobs.start": {"kind": "complete"}, "jobs.newest": {"kind": "complete"}}.get(path, {})
    told |= {"by": "stream"} if path == "overview.lanes" else {}
    left_out = {"case_id"} if path == "reports.make" else set()  # of one anomaly or one case
    names = taken(path, made.app) - left_out
    if missing := [name for name in names - set(told) if name.endswith(("_id", "_ids"))]:
        raise LookupError(f"tests/matrix/made.py makes nothing for {', '.join(missing)} of {path}")
    return {name: told.get(name, "x") for name in names}


def dump(app: App, *, tenant: str | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but those of the access log, of one tenant or of all."""
    found = {}
    for table in metadata.sorted_tables:
        if table.name == "accesses" or (tenant is not None and "tenant" not in table.columns):
            continue
        query = sa.select(table)
        if tenant is not None:
            query = query.where(table.c.tenant == tenant)
        with reading(app._store.engine, tenant or "*") as connection:  # type: ignore[attr-defined]
            found[table.name] = sorted(map(tuple, connection.execute(query)), key=repr)
    return found


@contextmanager
def only_reached(app: App, path: str) -> Iterator[list[str]]:
    """Inside, the verb does nothing but note that it was reached."""
    reached: list[str] = []
    *members, name = path.split(".")
    owner = type(method_of(app, members[0]) if members else app)
    inherited = name not in vars(owner)
    real = getattr(owner, name)

    def note(_self: object, *_args: Any, **_given: Any) -> None:
        reached.append(path)

    note.__signature__ = inspect.signature(real)  # type: ignore[attr-defined]
    setattr(owner, name, note)
    try:
        yield reached
    finally:
        if inherited:
            delattr(owner, name)
        else:
            setattr(owner, name, real)


def lets_through(made: Made, asking: str, path: str) -> bool:
    """
    Whether who asks reaches a verb, by trying; a verb that the table refuses is tried for real.

    Raises:
        Forbidden: It was refused otherwise than by a sentence that names a role.
    """
    role = ASKING[asking]
    verb = VERBS[path]
    assert verb.permission is not None
    given = arguments(made, path, HOME, made.ids)
    desk = made.app.acting(Actor(tenant=HOME, user=f"{asking}-user", role=role))
    try:
        if not allowed(role, verb.permission):
            method_of(desk, path)(**given)
            return True
        with only_reached(made.app, path) as reached:
            method_of(desk, path)(**given)
        return reached == [path]
    except Forbidden as refused:
        if not str(refused).startswith("This needs the role "):
            raise
        return False


def answer(made: Made, path: str, ids: Mapping[str, str]) -> tuple[str, str]:
    """What somebody who may everything in the other tenant is told about *ids*, the ids themselves left out."""
    desk = made.app.acting(Actor(tenant=STRANGER, user=made.stranger, role="owner"))
    try:
        told = method_of(desk, path)(**arguments(made, path, STRANGER, ids))
        kind, said = "answer", repr(list(told) if isinstance(told, Iterator) else told)
    except Exception as error:
        kind, said = type(error).__name__, str(error)
    for one in sorted(set(ids.values()), key=len, reverse=True):
        said = said.replace(one, "…")
    return kind, _RANDOM.sub("#", said)


def unknown(ids: Mapping[str, str]) -> dict[str, str]:
    """Ids of nothing, each as long as the one it stands for; equal where those are."""
    return {
        name: one if name == "series" else sha256(one.encode()).hexdigest()[: len(one)]
        for name, one in ids.items()
    }


def leaks(made: Made, said: str) -> list[str]:
    """What only the first tenant may be shown, in what the other one was told."""
    return sorted(mark for mark in made.marks if mark in said)


def foreign(made: Made) -> tuple[int, list[tuple[str, tuple[tuple[str, str], tuple[str, str]]]]]:
    """
    Every verb that takes an id, asked in the other tenant about the first one's ids and about ids of nothing.

    Returns:
        How many verbs, and by verb both answers; of a stream of windows and of one of numbers.
    """
    asked = [path for path in SPOKEN if refers(path, made.app)]
    # Those that make a stream of the id they are given come last.
    asked.sort(key=lambda path: (VERBS[path].permission == "send", VERBS[path].action is not None, path))
    told = [
        (path, (answer(made, path, ids), answer(made, path, unknown(ids))))
        for path in asked
        for ids in (made.ids, made.of_numbers)
    ]
    return len(asked), told
