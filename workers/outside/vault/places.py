"""Where the media store's bytes lie: a local folder, or a bucket; and what their errors mean.

The local folder is private to this user, a file appears there whole or not at all, and its time is cut to the hour (an
exact one would give away the minute of the call).
Never does: lock or open what it is given, or make up a name.
"""

import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from models.database import hour, now

NAME = re.compile(r"[0-9a-f]{32}")
_DRAFT = re.compile(rf"\.({NAME.pattern})\.part")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class VaultFault(Exception):
    """The media store could not do what was asked. `problem` is a code of workers.problems."""

    problem = "media_store_unreachable"


class VaultFull(VaultFault):
    """No room is left."""

    problem = "disk_full"


class NotInVault(VaultFault):
    """No object of that name: destroyed, or never written."""

    problem = "media_lost"


class Place(Protocol):
    """What the vault needs of a place; each method raises VaultFault."""

    def write(self, name: str, data: bytes) -> None: ...
    def read(self, name: str) -> bytes: ...
    def delete(self, name: str) -> None: ...
    def names(self) -> Iterator[tuple[str, datetime]]: ...
    def room(self) -> tuple[int, int]: ...


class Folder:
    """A local folder. A file gets its name only when its bytes are on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, data: bytes) -> None:
        draft = self._draft(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                written = hour(now()).timestamp()
                os.utime(draft, (written, written))
                draft.replace(self._folder / name)
            except OSError:
                draft.unlink(missing_ok=True)
                raise
            self._remember()
        except OSError as fault:
            raise _meaning(fault, "written") from None

    def read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError as fault:
            raise _meaning(fault, "read") from None

    def delete(self, name: str) -> None:
        try:
            (self._folder / name).unlink(missing_ok=True)
            self._draft(name).unlink(missing_ok=True)
            if self._folder.exists():
                self._remember()
        except OSError as fault:
            raise _meaning(fault, "deleted") from None

    def names(self) -> Iterator[tuple[str, datetime]]:
        try:
            for entry in os.scandir(self._folder):
                draft = _DRAFT.fullmatch(entry.name)
                name = draft.group(1) if draft else entry.name
                if NAME.fullmatch(name):
                    yield name, datetime.fromtimestamp(entry.stat().st_mtime, UTC)
        except FileNotFoundError:
            return
        except OSError as fault:
            raise _meaning(fault, "listed") from None

    def room(self) -> tuple[int, int]:
        place = next((one for one in (self._folder, *self._folder.parents) if one.exists()), self._folder)
        try:
            disk = shutil.disk_usage(place)
        except OSError as fault:
            raise _meaning(fault, "measured") from None
        return disk.free, disk.total

    def _draft(self, name: str) -> Path:
        return self._folder / f".{name}.part"

    def _remember(self) -> None:
        """The folder's own entries on the disk too: a rename alone would not survive a power cut."""
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Bucket:
    """Any other store fsspec knows, S3-compatible ones first. Credentials and endpoint come from the environment
    (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL)."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._opened: tuple[int, Any, str] | None = None

    def _open(self) -> tuple[Any, str]:
        # Its network thread does not survive a fork: each process opens its own.
        if self._opened is None or self._opened[0] != os.getpid():
            import fsspec

            store, root = fsspec.core.url_to_fs(self._url, skip_instance_cache=True, use_listings_cache=False)
            self._opened = (os.getpid(), store, root)
        return self._opened[1], self._opened[2]

    def write(self, name: str, data: bytes) -> None:
        try:
            store, root = self._open()
            store.pipe_file(f"{root}/{name}", data)
            if store.info(f"{root}/{name}")["size"] != len(data):
                raise OSError(errno.EIO, "stored short")
        except Exception as fault:
            raise _meaning(fault, "written") from None

    def read(self, name: str) -> bytes:
        try:
            store, root = self._open()
            return bytes(store.cat_file(f"{root}/{name}"))
        except Exception as fault:
            raise _meaning(fault, "read") from None

    def delete(self, name: str) -> None:
        try:
            store, root = self._open()
            store.rm_file(f"{root}/{name}")
        except FileNotFoundError:
            return
        except Exception as fault:
            raise _meaning(fault, "deleted") from None

    def names(self) -> Iterator[tuple[str, datetime]]:
        try:
            store, root = self._open()
            entries = store.ls(root, detail=True)
        except FileNotFoundError:
            return
        except Exception as fault:
            raise _meaning(fault, "listed") from None
        for entry in entries:
            name = str(entry["name"]).rsplit("/", 1)[-1]
            written = entry.get("LastModified") or entry.get("mtime") or entry.get("created")
            if NAME.fullmatch(name) and isinstance(written, datetime):
                yield name, written.astimezone(UTC)

    def room(self) -> tuple[int, int]:
        return sys.maxsize, 0


def _meaning(fault: Exception, what: str) -> VaultFault:
    """Our word for a store's error. Only its class and reason are told, never a path or a key."""
    if isinstance(fault, VaultFault):
        return fault
    if isinstance(fault, FileNotFoundError):
        return NotInVault(f"the media store holds no such object: it cannot be {what}")
    reason = os.strerror(fault.errno) if isinstance(fault, OSError) and fault.errno else type(fault).__name__
    kind = VaultFull if isinstance(fault, OSError) and fault.errno in _FULL else VaultFault
    return kind(f"the media store could not be {what}: {reason}")
