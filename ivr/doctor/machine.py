"""Looks at this machine: Python, the var folder, its room, the keys.

Never does: show a key, or change a permission.
"""

import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from ivr.doctor.finding import Finding, Mark
from ivr.readiness import DISK_FULL, DISK_LOW
from models.secrecy import CannotOpen, KeysMissing, load_keys
from settings import Settings


def python(_settings: Settings) -> Iterator[Finding]:
    """The interpreter's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Finding(
        "Python", Mark.GOOD if good else Mark.NOTE, version, "" if good else "Tested with 3.11, 3.12 and 3.13."
    )


def folder(settings: Settings) -> Iterator[Finding]:
    """The var folder: there, private, with room."""
    folder = settings.var_dir
    if not folder.is_dir():
        yield Finding("var folder", Mark.NOTE, f"{folder} does not exist yet", "./hotline serve makes it.")
        return
    yield _private("var folder", folder, f"{folder}")
    free = shutil.disk_usage(folder).free
    mark = Mark.GOOD if free > DISK_LOW else Mark.NOTE if free > DISK_FULL else Mark.BROKEN
    yield Finding("disk", mark, f"{free / 1024**3:.1f} GiB free", "" if mark is Mark.GOOD else "Free some room.")


def keys(settings: Settings) -> Iterator[Finding]:
    """The key files: there, private, fitting together."""
    folder = settings.keys
    if not folder.is_dir():
        yield Finding("keys", Mark.NOTE, f"none yet in {folder}", "./hotline serve makes them; then back them up.")
        return
    try:
        keys = load_keys(folder, private=True)
        keys.unseal(keys.seal(b"try"))
        yield Finding("keys", Mark.GOOD, "all there, and they fit together")
    except KeysMissing as fault:
        web_only = "seal.key" in str(fault)
        yield Finding("keys", Mark.NOTE if web_only else Mark.BROKEN, str(fault), _ONLY_WEB if web_only else "")
    except CannotOpen:
        yield Finding("keys", Mark.BROKEN, "seal.key and seal.pub do not belong together", "Restore both.")
    for file in sorted(folder.glob("*.*")):
        if (finding := _private("keys", file, file.name)).mark is not Mark.GOOD:
            yield finding


_ONLY_WEB = "Right on a host that runs only the web server; a worker needs it."


def _private(part: str, path: Path, name: str) -> Finding:
    state = path.stat()
    if stat.S_IMODE(state.st_mode) & 0o077:
        mode = "700" if path.is_dir() else "600"
        return Finding(part, Mark.BROKEN, f"{name} can be read by other users", f"chmod {mode} '{path}'")
    return Finding(part, Mark.GOOD, f"{name} is private")
