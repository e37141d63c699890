"""Fetches an official model into its folder in Settings.models_dir.

Never does: put it to use (shelf does, once it was tried), or run twice at once on one folder.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings import Settings
from workers.outside.model_shop import download
from workers.outside.model_shop.faults import ShopFault
from workers.outside.model_shop.listing import Listed
from workers.outside.model_shop.unpack import unpack


def acquire(settings: Settings, listed: Listed, progress: download.Progress) -> Path:
    """Fetch, check and unpack a model; its folder. ShopFault says what stays on the disk."""
    folder = settings.models_dir
    with _alone(folder):
        archive = download.fetch(listed, folder, progress)
        try:
            return unpack(archive, folder, listed.name, listed.language)
        finally:
            archive.unlink(missing_ok=True)


def discard(folder: Path) -> None:
    """Take a fetched model away again: it could not be loaded."""
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / ".fetch.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise ShopFault(f"{folder} cannot be written: {fault.strerror}. See HOTLINE_VAR_DIR.") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise ShopFault(f"Another ./hotline models fetch works in {folder} just now.") from None
    try:
        yield
    finally:
        os.close(descriptor)
