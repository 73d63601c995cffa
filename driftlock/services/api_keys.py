"""API keys: made, rotated, revoked, verified."""

from datetime import datetime, timedelta
from typing import Final

from driftlock.errors import NotFound
from driftlock.ports import Clock
from driftlock.services.accounts_rows import Refused
from driftlock.services.acting import note
from driftlock.services.api_keys_rows import (
    KEY_ROLES,
    ApiKey,
    ApiKeyTable,
    KeyHolder,
    KeyRole,
    NewKey,
    StoredKey,
    new_key,
    parts,
)
from driftlock.services.api_keys_verifying import Verifying
from driftlock.services.ingest import STREAM_ID
from driftlock.services.tenants import clean_name

USED_EVERY: Final = timedelta(minutes=1)  # between two notes of when a key was last used
MOST_DAYS: Final = 3_650
MOST_KEYS: Final = 1_000  # of one tenant that are in force
MOST_OVERLAP_HOURS: Final = 24 * 30


class ApiKeys:
    """Verbs about keys; each names the tenant and who asks for it."""

    def __init__(self, table: ApiKeyTable, clock: Clock, *, verifying: Verifying | None = None) -> None:
        self._table = table
        self._clock = clock
        self._verifying = verifying or Verifying()

    def all(self, tenant: str) -> list[ApiKey]:
        """All of a tenant, newest first, those that are over too."""
        return self._table.all(tenant)

    def make(
        self,
        tenant: str,
        *,
        name: str,
        role: KeyRole,
        stream_id: str | None = None,
        days: int | None = 90,
        by: str,
    ) -> NewKey:
        """
        A new key; the answer holds it, and nothing else ever does.

        Args:
            name: What it is for.
            stream_id: The only stream it may send to; None: any.
            days: It is over after so many; None: never.

        Raises:
            Refused: A name, role, stream or time cannot be that.
        """
        if role not in KEY_ROLES:
            raise Refused(f"There is no such role of keys. Roles are {', '.join(KEY_ROLES)}.")
        if stream_id is not None and role != "stream":
            raise Refused("Only a key with the role “stream” is bound to a stream.")
        if stream_id is not None and not STREAM_ID.fullmatch(stream_id):
            raise Refused("A stream's id has 1 to 32 small letters, digits and hyphens, and no hyphen first.")
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise Refused(f"A key is valid for 1 to {MOST_DAYS} days, or without end.")
        now = self._clock.now()
        in_force = [key for key in self._table.all(tenant) if key.revoked_at is None]
        if len(in_force) >= MOST_KEYS:
            raise Refused(f"{MOST_KEYS} keys are in force. Revoke some first.")
        made, key_id, hint = new_key()
        key = ApiKey(
            id=key_id,
            name=clean_name(name),
            role=role,
            stream_id=stream_id or None,
            hint=hint,
            by=by,
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
            used_at=None,
            used_from=None,
            revoked_at=None,
            replaces=None,
        )
        self._keep(tenant, key, made)
        return NewKey(key_id, made, key.expires_at)

    def rotate(self, tenant: str, key_id: str, *, overlap_hours: int = 24, by: str) -> NewKey:
        """
        A key that may do the same for as long; the old one lives on for *overlap_hours*.

        Raises:
            NotFound: The tenant has no such key.
            Refused: It is over already, or hours cannot be that.
        """
        if not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
            raise Refused(f"The old key lives on for 0 to {MOST_OVERLAP_HOURS} hours.")
        old = next((key for key in self._table.all(tenant) if key.id == key_id), None)
        now = self._clock.now()
        if old is None:
            raise NotFound("There is no key of that id in this tenant.")
        if _over(old, now):
            raise Refused("That key is over. Make a new one.")
        made, new_id, hint = new_key()
        lasts = None if old.expires_at is None else now + (old.expires_at - old.created_at)
        key = ApiKey(
            id=new_id,
            name=old.name,
            role=old.role,
            stream_id=old.stream_id,
            hint=hint,
            by=by,
            created_at=now,
            expires_at=lasts,
            used_at=None,
            used_from=None,
            revoked_at=None,
            replaces=old.id,
        )
        self._keep(tenant, key, made)
        note(object_kind="key", object_id=old.id, after={"lives_for_hours": overlap_hours})
        self._table.expire(tenant, old.id, at=now + timedelta(hours=overlap_hours))
        return NewKey(new_id, made, lasts)

    def revoke(self, tenant: str, key_id: str, *, by: str) -> None:
        """
        End a key; the next request with it is refused.

        Raises:
            NotFound: The tenant has no such key.
        """
        note(object_kind="key", object_id=key_id)
        if not self._table.end(tenant, key_id, at=self._clock.now()):
            raise NotFound("There is no key of that id in this tenant.")

    def _keep(self, tenant: str, key: ApiKey, made: str) -> None:
        hashed = self._verifying.hash(made)
        note(object_kind="key", object_id=key.id, after=_said(key))
        self._table.add(StoredKey(tenant=tenant, key=key, hash=hashed))

    def verify(self, text: str, *, address: str | None) -> KeyHolder | None:
        """
        Who sends that key; None: nobody who may.

        An id that is not there, and a secret that begins differently, fail at
        once: only a right key, or one guessed in 20 of its 160 bits, is worth
        64 MiB. Ids are random and no secret.

        Raises:
            TooManyKeys: Try again.
        """
        given = parts(text)
        if given is None:
            return None
        key_id, secret = given
        stored = self._table.find(key_id)
        now = self._clock.now()
        if stored is None or not secret.startswith(stored.key.hint) or _over(stored.key, now):
            return None
        if not self._verifying.verify(text, stored.hash):
            return None
        key = stored.key
        if key.used_at is None or now - key.used_at >= USED_EVERY:
            self._table.used(stored.tenant, key_id, at=now, address=address)
        return KeyHolder(stored.tenant, key_id, key.role, key.stream_id)


def _said(key: ApiKey) -> dict[str, str | None]:
    """What the audit log keeps of a new key."""
    until = None if key.expires_at is None else key.expires_at.isoformat()
    return {"role": key.role, "stream": key.stream_id, "expires_at": until, "replaces": key.replaces}


def _over(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)
