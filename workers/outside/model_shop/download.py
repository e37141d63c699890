"""Fetches one file over HTTP, resumes where an earlier try ended, and believes only its checksum.

Never does: give the file its final name before size and checksum are right; throw away what has arrived when the line
is cut (the .part file stays and is gone on with).
"""

import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

from workers.outside.model_shop.faults import ShopFault
from workers.outside.model_shop.listing import CONNECT_SECONDS, READ_SECONDS, Listed, reason, unreachable

Progress = Callable[[int, int], None]  # bytes there, bytes in all
TRIES = 5  # cut-offs in a row without a byte of progress
PAUSE_SECONDS = 1.0
ROOM = 4  # times the zip's size must be free: the zip itself and what is in it
_BLOCK = 256 * 1024


class _CutOff(Exception):
    """The line was cut; the message says how."""


class _Refused(Exception):
    """The server does not hand it out."""


def fetch(listed: Listed, folder: Path, progress: Progress) -> Path:
    """The zip file, whole and checked, in `folder`. ShopFault says what stays on the disk."""
    whole, part = folder / f"{listed.name}.zip", folder / f"{listed.name}.zip.part"
    if whole.exists() and _md5(whole) == listed.md5:
        return whole
    if part.exists() and part.stat().st_size > listed.size:
        part.unlink()  # of another version of the file
    resumed = part.exists() and part.stat().st_size > 0
    _need_room(folder, listed.size - (part.stat().st_size if resumed else 0))
    _fill(listed, part, progress)
    if _md5(part) != listed.md5 and resumed:
        part.unlink()  # begun with another version of the file, perhaps: once more from its beginning
        _fill(listed, part, progress)
    if _md5(part) != listed.md5:
        part.unlink()
        raise ShopFault(
            f"What came from {listed.url} has another checksum than the makers' list says: it was damaged or changed "
            "on the way, and has been thrown away."
        )
    part.replace(whole)
    return whole


def _fill(listed: Listed, part: Path, progress: Progress) -> None:
    """Append to the .part file until it has its full size."""
    fruitless = 0
    while (there := part.stat().st_size if part.exists() else 0) < listed.size:
        try:
            _append(listed, part, there, progress)
            why = "the file ended early"
        except _CutOff as fault:
            why = str(fault)
        except _Refused as fault:
            raise unreachable(listed.url, f"{fault}{_stays(part)}") from None
        gained = (part.stat().st_size if part.exists() else 0) - there
        fruitless = 0 if gained > 0 else fruitless + 1
        if fruitless >= TRIES:
            raise unreachable(listed.url, f"{why}{_stays(part)}")
        if fruitless:
            time.sleep(PAUSE_SECONDS * fruitless)


def _append(listed: Listed, part: Path, there: int, progress: Progress) -> None:
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
    try:
        with requests.get(listed.url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as answer:
            if answer.status_code not in (200, 206):
                raise _Refused(f"it answers {answer.status_code}")
            goes_on = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(
                f"bytes {there}-"
            )
            if there and not goes_on and answer.status_code == 206:
                raise _Refused("it answers with another part than was asked for")
            there = there if goes_on else 0  # a server that knows no ranges begins anew
            with part.open("ab" if goes_on else "wb") as file:
                while block := answer.raw.read1(_BLOCK):  # whatever has come: a cut loses nothing of it
                    there += len(block)
                    if there > listed.size:
                        file.truncate(0)
                        raise _Refused(f"it sends more than the {listed.size} bytes of the makers' list")
                    file.write(block)
                    progress(there, listed.size)
    except (requests.RequestException, HTTPError) as fault:
        raise _CutOff(reason(fault)) from None
    except OSError as fault:
        raise ShopFault(f"{part.parent} cannot be written: {fault.strerror}. See HOTLINE_VAR_DIR.") from None


def _need_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < ROOM * size:
        raise ShopFault(
            f"Too little room in {folder}: {free / 1024**3:.1f} GiB free, {ROOM * size / 1024**3:.1f} GiB needed "
            "(the zip file and what is in it). Nothing was changed."
        )


def _stays(part: Path) -> str:
    if not part.exists() or part.stat().st_size == 0:
        return ""
    return f"; {part.stat().st_size} bytes stay in {part}, the same command goes on from there"


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
