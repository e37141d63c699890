"""Has a foreign file opened in a cell, and judges what came back: the worker's side of cell.py.

Never does: open a foreign byte in this process, or write one to a disk: the cell is given memory, not a file.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from settings import ROOT
from workers.media.cell import OUT_MB, REFUSED, UNABLE
from workers.media.faults import DAMAGED, NO_FILM, NO_SOUND, READER_DIED, REASONS, SHORTENED, TOO_LONG, Refused
from workers.media.walls import MEGABYTE

# Seconds until a cell is ended; on a busy machine far more passes than the processor time that it has.
PATIENCE = {"photo": 90, "document": 120, "film": 500, "poster": 60, "sound": 120, "track": 120}
_TRIES = 2
_WORDS = 4096  # of what a reader complains
_LACKS = "matches no streams"  # ffmpeg, of a file without pictures or without sound


class CannotRead(Exception):
    """This machine cannot open such files: a program or a package is missing. `problem` is one of workers.problems."""

    problem = "media_reader_missing"


@dataclass(frozen=True)
class Seen:
    """What a cell made of a file: its output, and what it said while at it."""

    out: bytes
    words: str


@dataclass(frozen=True)
class Picture:
    """Two JPEG files, and SHORTENED when not all of the file is shown."""

    shown: bytes
    thumbnail: bytes
    remark: str | None


@dataclass(frozen=True)
class Track:
    """What is heard with a video: mono samples of 16 bits at 8 kHz, played `tempo` times as fast at their own pitch."""

    samples: bytes
    tempo: float


def picture(how: str, data: bytes, form: str) -> Picture:
    """A photo or document, drawn anew. Raises Refused or CannotRead."""
    out = _open(how, data, form).out
    head, _, body = out.partition(b"\n")
    try:
        told = json.loads(head)
        shown, thumbnail = (int(length) for length in told["lengths"])
    except (ValueError, KeyError, TypeError):
        raise Refused(READER_DIED) from None
    files = body[:shown], body[shown : shown + thumbnail]
    if len(body) != shown + thumbnail or not all(map(_is_jpeg, files)):
        raise Refused(READER_DIED)
    return Picture(*files, SHORTENED if told.get("remark") == SHORTENED else None)


def film(data: bytes, form: str, longest: int, track: Track | None = None) -> tuple[bytes, float]:
    """A video made anew (MP4, H.264, AAC; `longest` seconds at most), its seconds. Refused(NO_FILM): sound alone.

    Its own sound is left out, always; `track` is heard instead."""
    seen = _open("film", data, form, longest, track)
    if seen.out[4:8] != b"ftyp":
        raise Refused(DAMAGED)
    return seen.out, _seconds(seen.words)


def poster(data: bytes) -> bytes:
    """A picture (JPEG) out of a video that film() made."""
    out = _open("poster", data, "mov").out
    if not _is_jpeg(out):
        raise Refused(DAMAGED)
    return out


def sound(data: bytes, form: str, longest: int, *, of_film: bool = False) -> bytes:
    """Mono samples of 16 bits at 8 kHz, at most `longest` seconds of them. Refused(NO_SOUND): there is none in it.

    `of_film`: in step with the pictures of the film."""
    out = _open("track" if of_film else "sound", data, form, longest).out
    if not out:
        raise Refused(DAMAGED)
    return out[: len(out) // 2 * 2]


def _open(how: str, data: bytes, form: str, longest: int = 0, track: Track | None = None) -> Seen:
    """Give a file to a cell; twice, if the first one dies over it. Raises Refused or CannotRead."""
    for _ in range(_TRIES):
        status, seen = _cell((how, form, str(longest)), data, PATIENCE[how], track)
        if status == 0:
            return seen
        if status == UNABLE:
            raise CannotRead(f"nothing here can read files of this kind ({how})")
        if status == REFUSED:
            raise Refused(_reason(seen.out))
        if status > 0 and how not in ("photo", "document"):  # ffmpeg's own way of refusing
            lacking = {"film": NO_FILM, "sound": NO_SOUND, "track": NO_SOUND} if _LACKS in seen.words else {}
            raise Refused(lacking.get(how, DAMAGED))
    raise Refused(READER_DIED)


def _cell(words: Sequence[str], data: bytes, patience: int, track: Track | None = None) -> tuple[int, Seen]:
    """Run one cell to its end; its exit status (negative: the signal that ended it) and what it wrote."""
    handed, out, said, beside = (os.memfd_create(name) for name in ("in", "out", "said", "beside"))
    try:
        _write(handed, data)
        if track is not None:
            _write(beside, track.samples)
            words = (*words, str(beside), f"{track.tempo:.6f}")
        process = subprocess.Popen(
            [sys.executable, "-s", "-m", "workers.media.cell", *words],
            stdin=handed, stdout=out, stderr=said, cwd=ROOT, start_new_session=True,
            pass_fds=(beside,) if track is not None else (),
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        try:
            if not _ended(process.pid, patience):
                raise Refused(TOO_LONG)
        finally:
            # All of its group, also when it ended by itself; until it is waited for, its number is nobody else's.
            os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
        return status, Seen(_read(out, OUT_MB * MEGABYTE), _read(said, _WORDS, last=True).decode(errors="replace"))
    finally:
        for descriptor in (handed, out, said, beside):
            os.close(descriptor)


def _ended(pid: int, patience: int) -> bool:
    """Whether a child ends in time. It is not waited for."""
    end, pause = time.monotonic() + patience, 0.0005
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(2 * pause, 0.05)
    return True


def _write(descriptor: int, data: bytes) -> None:
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)


def _read(descriptor: int, most: int, *, last: bool = False) -> bytes:
    size = os.fstat(descriptor).st_size
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(max(0, size - most) if last else 0)
        return file.read(most)


def _reason(out: bytes) -> str:
    try:
        reason = json.loads(out).get("reason")
    except (ValueError, AttributeError):
        reason = None
    return reason if reason in REASONS else DAMAGED


def _is_jpeg(data: bytes) -> bool:
    return data[:3] == b"\xff\xd8\xff" and data[-2:] == b"\xff\xd9"


def _seconds(words: str) -> float:
    """How long a film became, by what ffmpeg says of its progress; 0 when it did not say."""
    told = [line.partition("=")[2] for line in words.splitlines() if line.startswith("out_time_us=")]
    return int(told[-1]) / 1_000_000 if told and told[-1].isdigit() else 0.0
