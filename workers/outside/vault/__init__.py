"""The media store: sealed originals and locked listening copies, in a local folder or an S3-compatible bucket.

Names are random and say nothing. places: where the bytes lie.
Never does: keep a byte unencrypted, hold a key, or decide how long anything lives.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from models.secrecy import Keys
from workers.outside.vault.places import NAME, Bucket, Folder, NotInVault, Place, VaultFault, VaultFull

__all__ = ["NotInVault", "Vault", "VaultFault", "VaultFull"]

RESERVE_MB, RESERVE_SHARE, MOST_RESERVED_MB = 2048, 0.05, 10 * 1024
_MB = 1024 * 1024


class Vault:
    """Puts bytes away encrypted and brings them back. Raises VaultFault; reading an original needs the private key."""

    def __init__(self, url: str, keys: Keys) -> None:
        parts = urlsplit(url)
        self._keys = keys
        self._place: Place = Folder(Path(parts.path)) if parts.scheme in ("file", "") else Bucket(url)

    def put_original(self, data: bytes) -> str:
        """Seal for workers only and store; the new name (32 hex digits)."""
        return self._put(self._keys.seal(data))

    def original(self, name: str) -> bytes:
        """The plain bytes of an original; models.secrecy.CannotOpen in a process without the private key."""
        return self._keys.unseal(self._place.read(_checked(name)))

    def put_listening(self, data: bytes) -> str:
        """Lock for web and workers and store; the new name (32 hex digits)."""
        return self._put(self._keys.lock(data))

    def listening(self, name: str) -> bytes:
        """The plain bytes of a listening copy."""
        return self._keys.unlock(self._place.read(_checked(name)))

    def destroy(self, name: str) -> None:
        """Delete an object; one that is gone already counts as destroyed."""
        self._place.delete(_checked(name))

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Every object's name and time of writing (UTC, cut to the hour in a folder). What a killed worker has written
        in part counts as an object, so that it is destroyed with the strays."""
        return self._place.names()

    def room_for_files(self, reserve_mb: int | None) -> None:
        """VaultFull when less is left than the reserve, which is for calls and words: the database mostly lies on the
        same disk. None: RESERVE_MB or RESERVE_SHARE of the disk, whichever is larger, but no more than
        MOST_RESERVED_MB. A bucket has no end."""
        free, whole = self._place.room()
        usual = min(max(RESERVE_MB * _MB, RESERVE_SHARE * whole), MOST_RESERVED_MB * _MB)
        reserve = usual if reserve_mb is None else reserve_mb * _MB
        if free < reserve:
            raise VaultFull(f"{free // _MB} MiB are left, and {int(reserve) // _MB} are kept for calls")

    def _put(self, locked: bytes) -> str:
        name = secrets.token_hex(16)
        self._place.write(name, locked)
        return name


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise NotInVault("not the name of an object of ours")
    return name
