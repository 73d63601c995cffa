"""People by the names that histories call them."""

from driftlock.ui.session import desk, reader, tenant


def names() -> dict[str, str]:
    """By id: members of the tenant, the program itself, and the reader."""
    me = reader()
    known = {"system": "Driftlock", **desk().accounts.names(tenant())}
    return {me: known.get(me, me), **known}


def name(user: str) -> str:
    """What a history calls whoever it names; an id that leads to nobody any more stays one."""
    return names().get(user, user)


def assignable() -> dict[str, str]:
    """Whom something can be given to; where nobody has to sign in, the reader alone."""
    return {one: name for one, name in names().items() if one != "system"}
