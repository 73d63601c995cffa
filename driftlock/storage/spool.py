"""The sources of runs as files in one folder, readable by nobody else."""

import hashlib
import secrets
import time
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, Final

from driftlock.ports import Spooled
from driftlock.services.runs import too_large

BLOCK_BYTES: Final = 1 << 20
# A file without a run may belong to one that is just being started.
LEFT_BEHIND_SECONDS: Final = 3600


class FileSpool:
    """:class:`driftlock.ports.Spool` in *folder*, which is made if it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep(self, run_id: str, source: BinaryIO, limit_bytes: int) -> Spooled:
        """
        Copy *source* to its end, in place of what was kept for that run before.

        Raises:
            MalformedPayload: It holds more than *limit_bytes*; nothing of it is kept.
        """
        digest, size = hashlib.sha256(), 0
        # Under a name of its own until it is whole: another process may be keeping the source of the same run.
        path = self._folder / f"{run_id}.{secrets.token_hex(8)}"
        try:
            with path.open("xb") as copy:
                path.chmod(0o600)
                while block := source.read(BLOCK_BYTES):
                    size += len(block)
                    if size > limit_bytes:
                        raise too_large(limit_bytes)
                    digest.update(block)
                    copy.write(block)
            path.replace(self._folder / run_id)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Spooled(sha256=digest.hexdigest(), size_bytes=size)

    def open(self, run_id: str) -> BinaryIO | None:
        """The copy, or None if it is gone."""
        try:
            return (self._folder / run_id).open("rb")
        except FileNotFoundError:
            return None

    def remove(self, run_id: str) -> None:
        """Remove the copy, if there is one."""
        (self._folder / run_id).unlink(missing_ok=True)

    def sweep(self, needed: Collection[str]) -> None:
        """Remove what was left behind by runs other than *needed*."""
        for path in self._folder.iterdir():
            if path.name not in needed and time.time() - path.stat().st_mtime > LEFT_BEHIND_SECONDS:
                path.unlink(missing_ok=True)
