"""`python -m workers.media.cell HOW FORMAT SECONDS [TRACK TEMPO]`: one foreign file in, what may be seen or heard out.

This process holds no key, no setting and no address. Before the first byte is read the walls are up; films and sounds
are then given to ffmpeg, which takes this process's place behind the same walls.
Out: for photo and document one line of JSON ({"remark", "lengths"}, or {"reason"}) and then the files; for film, track,
poster and sound what ffmpeg writes. Never does: run with the worker's environment, or believe the file.
"""

import json
import os
import sys
import sysconfig

from workers.media.faults import DAMAGED, Refused
from workers.media.walls import close_in

REFUSED, UNABLE = 3, 4  # exit status: the file is refused; this machine cannot read such files

_DEVICES = ("/dev/null", "/dev/urandom")
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/fonts", "/etc/ld.so.cache")
PICTURE_MB, FILM_MB, SOUND_MB = 1536, 3072, 1024  # of address space, not of memory
OUT_MB = 96
_CPU_SECONDS = {"photo": 30, "document": 60, "film": 300, "poster": 30, "sound": 60, "track": 60}
# Only what the formats of kinds.py need: everything else ffmpeg can do is out of reach.
_OPENING = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-protocol_whitelist", "fd", "-threads", "2")
_NOTHING_ELSE = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-fflags", "+bitexact")
_OUT = ("-y", "file:/dev/fd/1")


def ffmpeg_words(how: str, form: str, seconds: str, track: str = "", tempo: str = "") -> list[str]:
    """What is said to ffmpeg. The input is descriptor 0, the output 1; both can be sought in. A film's own sound is
    never part of it: it gets the samples in descriptor `track`, played `tempo` times as fast at their own pitch."""
    source = ["-f", form, "-fd", "0", "-i", "fd:"]
    if how in ("sound", "track"):
        # The track of a film begins with its picture, however late its first sound is.
        in_step = ("-af", "aresample=8000:async=1:first_pts=0") if how == "track" else ()
        return [
            *_OPENING, *source, "-map", "0:a:0", "-vn", *_NOTHING_ELSE, "-t", seconds, *in_step,
            "-ac", "1", "-ar", "8000", "-c:a", "pcm_s16le", "-f", "s16le", *_OUT,
        ]  # fmt: skip
    if how == "poster":
        still = "thumbnail=n=30,scale=w='min(480,iw)':h='min(480,ih)':force_original_aspect_ratio=decrease"
        return [
            *_OPENING, *source, "-map", "0:v:0", "-an", *_NOTHING_ELSE, "-vf", still, "-frames:v", "1",
            "-c:v", "mjpeg", "-flags:v", "+bitexact", "-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "mjpeg", *_OUT,
        ]  # fmt: skip
    size = "scale=w='min(1280,iw)':h='min(1280,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"
    heard: tuple[str, ...] = ("-an",)
    if track:
        source += ["-f", "s16le", "-ar", "8000", "-ac", "1", "-fd", track, "-i", "fd:"]
        heard = ("-map", "1:a:0", "-af", f"atempo={tempo}", "-c:a", "aac", "-b:a", "32k", "-ac", "1", "-ar", "16000",
                 "-flags:a", "+bitexact")  # fmt: skip
    return [
        *_OPENING, *source, "-map", "0:v:0", *heard, *_NOTHING_ELSE, "-t", seconds,
        "-vf", f"{size},format=yuv420p", "-fpsmax", "30", "-c:v", "libx264", "-preset", "veryfast", "-crf", "26",
        "-maxrate", "1500k", "-bufsize", "3000k", "-flags:v", "+bitexact", "-threads", "2",
        "-bsf:v", "filter_units=remove_types=6", "-movflags", "+faststart", "-f", "mp4", "-progress", "pipe:2", *_OUT,
    ]  # fmt: skip


def readable_places(*more: str) -> tuple[str, ...]:
    """Programs and libraries: of the system, of Python, of the packages; not the hotline's own folder."""
    return (*_LIBRARIES, *_DEVICES, sysconfig.get_path("stdlib"), sysconfig.get_path("platlib"), *more)


def _ffmpeg(how: str, words: list[str]) -> None:
    from imageio_ffmpeg import get_ffmpeg_exe

    program = get_ffmpeg_exe()
    close_in(
        memory_mb=SOUND_MB if how in ("sound", "track") else FILM_MB,
        cpu_seconds=_CPU_SECONDS[how], file_mb=OUT_MB, readable=readable_places(program),
    )  # fmt: skip
    os.execve(program, ["ffmpeg", *ffmpeg_words(how, *words)], {"PATH": "/usr/bin:/bin", "HOME": "/"})


def _draw(how: str, form: str) -> int:
    from workers.media import pictures

    close_in(memory_mb=PICTURE_MB, cpu_seconds=_CPU_SECONDS[how], file_mb=OUT_MB, readable=readable_places())
    try:
        drawn = {"photo": pictures.photo, "document": pictures.document}[how](sys.stdin.buffer.read(), form)
    except Refused as refused:
        return _refuse(refused.reason)
    except MemoryError:
        raise
    except Exception:  # whatever a reader raises over a file: the file is at fault, and its words stay in here
        return _refuse(DAMAGED)
    head = {"remark": drawn.remark, "lengths": [len(drawn.shown), len(drawn.thumbnail)]}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + drawn.shown + drawn.thumbnail)
    sys.stdout.buffer.flush()
    return 0


def _refuse(reason: str) -> int:
    sys.stdout.buffer.write(json.dumps({"reason": reason}).encode() + b"\n")
    sys.stdout.buffer.flush()
    return REFUSED


def main(words: list[str]) -> int:
    """One file; the exit status (0, REFUSED, UNABLE, or that of a crash)."""
    how, *rest = words
    try:
        if how not in ("photo", "document"):
            _ffmpeg(how, rest)
        return _draw(how, rest[0])
    except (ImportError, OSError, RuntimeError) as fault:
        print(type(fault).__name__, file=sys.stderr)
        return UNABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
