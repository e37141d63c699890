"""The cell in which each file is opened: its walls, its end, and machines that have no reader."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from settings import ROOT
from tests.workers import files
from tests.workers.looking import LONGEST
from workers.media import able, cell, opening
from workers.media.clean import clean
from workers.media.faults import Refused


def test_a_reader_that_dies_is_tried_once_more_and_then_the_file_is_quarantined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = []
    real = opening._cell

    def counted(words: object, data: bytes, patience: int, track: object) -> object:
        runs.append(words)
        return real(words, data, patience, track)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "_cell", counted)
    monkeypatch.setattr(cell, "PICTURE_MB", 0)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Refused, match="reader_died"):
        opening.picture("photo", files.jpeg(), "JPEG")
    assert len(runs) == 2


def test_a_file_that_keeps_its_reader_busy_is_quarantined_and_the_reader_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(opening.PATIENCE, "film", 1)
    began = time.monotonic()
    long = files.made("long.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x720:d=20:r=30", "-preset", "ultrafast")
    began = time.monotonic()
    assert clean(long, LONGEST).reason == "took_too_long"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("how", ["and waits for it", "and goes"])
def test_what_a_reader_has_started_without_walls_ends_with_it(
    how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started, reader = tmp_path / "started", tmp_path / "reader"
    waits = "wait" if how == "and waits for it" else "exit 0"
    reader.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {started}.part; mv {started}.part {started}; {waits}\n")
    reader.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(reader))
    monkeypatch.setitem(opening.PATIENCE, "photo", 2)
    with pytest.raises(Refused):
        opening.picture("photo", files.jpeg(), "JPEG")
    child = int(started.read_text())
    for _ in range(100):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    raise AssertionError("what the reader had started goes on")


def test_a_machine_without_the_reader_is_a_problem_and_not_the_files_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "_cell", lambda *_: (cell.UNABLE, opening.Seen(b"", "ImportError")))
    with pytest.raises(opening.CannotRead) as caught:
        clean(files.jpeg(), LONGEST)
    assert caught.value.problem == "media_reader_missing"


WALLED = """
import ctypes, json, os, platform, resource, socket, subprocess, sys, threading
from workers.media.walls import close_in
from workers.media.cell import readable_places
import workers.media.pictures
secret, told = sys.argv[1], {}
close_in(memory_mb=700, cpu_seconds=20, file_mb=1, readable=readable_places())
def tried(name, what):
    try: what(); told[name] = "done"
    except BaseException as fault: told[name] = type(fault).__name__
tried("network", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
tried("unix socket", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
tried("secret", lambda: open(secret).read())
tried("write", lambda: open(secret + ".new", "w").write("x"))
tried("list", lambda: os.listdir(os.path.dirname(secret)))
tried("kill", lambda: os.kill(os.getppid(), 0))
libc = ctypes.CDLL(None, use_errno=True)
def called(number, *words):
    if libc.syscall(number, *words) < 0:
        raise OSError(ctypes.get_errno(), "refused")
parent, room = os.getppid(), ctypes.create_string_buffer(128)
numbers = {"x86_64": (200, 234, 129, 297, 302), "aarch64": (130, 131, 138, 240, 261)}[platform.machine()]
tkill, tgkill, queue, queue_thread, limits = numbers
tried("tkill", lambda: called(tkill, parent, 0))
tried("tgkill", lambda: called(tgkill, parent, parent, 0))
tried("rt_sigqueueinfo", lambda: called(queue, parent, 0, room))
tried("rt_tgsigqueueinfo", lambda: called(queue_thread, parent, parent, 0, room))
tried("pidfd_send_signal", lambda: called(424, 0, 0, 0, 0))
tried("pidfd_getfd", lambda: called(438, 0, 0, 0))
tried("prlimit64", lambda: called(limits, parent, resource.RLIMIT_CPU, room, None))
tried("prlimit64 of its parent by Python", lambda: resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1)))
tried("fork", lambda: os._exit(0) if os.fork() == 0 else None)
tried("a program", lambda: subprocess.run(["/bin/true"]))
tried("a signal to itself", lambda: called(tgkill, os.getpid(), threading.get_native_id(), 0))
tried("a limit of its own", lambda: resource.prlimit(0, resource.RLIMIT_CPU))
thread = threading.Thread(target=lambda: told.update(thread="ran"))
thread.start(); thread.join()
tried("memory", lambda: bytearray(900 * 1024 * 1024))
told["limits"] = [resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_CPU", "RLIMIT_CORE")]
told["environment"] = sorted(os.environ)
print(json.dumps(told))
"""
# What touches other processes, or begets one.
OTHERS = (
    "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal", "pidfd_getfd", "prlimit64",
    "prlimit64 of its parent by Python", "fork", "a program",
)  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")
def test_behind_its_walls_a_reader_has_no_network_no_files_and_little_memory(tmp_path: object) -> None:
    secret = tmp_path / "seal.key"  # type: ignore[operator]
    secret.write_text("secret")
    ran = subprocess.run(
        [sys.executable, "-c", WALLED, str(secret)], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    told = __import__("json").loads(ran.stdout)
    for what in ("network", "unix socket", "secret", "write", "list", *OTHERS):
        assert told[what] == "PermissionError", what
    assert (told["a signal to itself"], told["a limit of its own"], told["thread"]) == ("done", "done", "ran")
    assert told["memory"] == "MemoryError"
    assert told["limits"] == [20, 0]


def test_a_reader_is_given_none_of_the_workers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    real = subprocess.Popen

    def watched(*words: object, **named: object) -> object:
        seen.update(named)
        return real(*words, **named)  # type: ignore[call-overload]

    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    monkeypatch.setattr(subprocess, "Popen", watched)
    clean(files.jpeg(), LONGEST)
    assert set(seen["env"]) == {"PATH", "LANG", "PYTHONDONTWRITEBYTECODE"}  # type: ignore[call-overload]


def test_descriptors_are_given_back() -> None:
    clean(files.jpeg(), LONGEST)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for data in (files.jpeg(), b"\xff\xd8\xff\xe0xxxx", b""):
        clean(data, LONGEST)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_reader_that_cannot_be_loaded_is_known_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(able.packages().values()) and able.runs(able.program() or "")
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    assert able.packages()["PDFium"] is None and able.packages()["Pillow"]
    assert able.program() is None and able.runs("/bin/false") is None and able.runs("/nowhere") is None
