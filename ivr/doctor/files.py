"""Looks at whether the files that people send can be opened here, and behind which walls.

Never does: open one; load a reader into this process (a child does, see workers.media.able).
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from ivr.doctor.finding import Finding, Mark
from settings import ROOT, Settings

_SECONDS = 60
# Reader -> what cannot be opened without it.
_READS = {
    "Pillow": "photos",
    "pi_heif": "photos of iPhones",
    "PDFium": "documents",
    "ffmpeg": "videos and voice notes",
}
_INSTALL = "Install requirements.txt anew. Until then tips with such files wait."


def files(_settings: Settings) -> Iterator[Finding]:
    """Every reader is there and runs; and what keeps a broken one from doing harm."""
    try:
        seen = ask()
    except (OSError, ValueError, subprocess.SubprocessError) as fault:
        yield Finding("files", Mark.BROKEN, f"none can be opened here ({type(fault).__name__})", _INSTALL)
        return
    there = {name: seen["readers"].get(name) for name in _READS}
    for name, version in there.items():
        if version is None:
            yield Finding("files", Mark.BROKEN, f"{_READS[name]} cannot be opened: {name} does not run here", _INSTALL)
    if None not in there.values():
        yield Finding("files", Mark.GOOD, ", ".join(f"{name} {version}" for name, version in there.items()))
    yield _walls(set(seen["walls"]))


def _walls(standing: set[str]) -> Finding:
    lacking, mend = [], []
    if "landlock" not in standing:
        lacking.append("read the worker's files (no Landlock)")
        mend.append("Landlock comes with Linux 5.13; the kernel's lsm= list must name it.")
    if "seccomp" not in standing:
        lacking.append("use the network (no seccomp)")
        mend.append("seccomp filters are there on Linux, x86-64 and ARM64.")
    if lacking:
        found = f"a reader that a hostile file takes over could {' and '.join(lacking)}"
        return Finding("file walls", Mark.NOTE, found, "\n".join(mend))
    return Finding("file walls", Mark.GOOD, "a reader sees no other file and no network (Landlock, seccomp)")


def ask() -> dict[str, Any]:
    """What a child process found: readers (name -> version or None) and walls. ValueError when it made no sense."""
    told = subprocess.run(
        [sys.executable, "-s", "-m", "workers.media.able"], cwd=ROOT, capture_output=True, timeout=_SECONDS, check=True,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    seen = json.loads(told.stdout)
    if not isinstance(seen, dict) or not {"readers", "walls"} <= set(seen):
        raise ValueError("not an answer")
    return seen
