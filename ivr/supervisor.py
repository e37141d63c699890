"""Keeps several processes running and shows what they say, line by line, under their names.

A child that ends is started again, after a pause that grows while it keeps failing. When asked to stop (Ctrl-C,
SIGTERM, SIGHUP) all are asked, then told, then killed: nothing of ours outlives `run()`.
Never does: know what the children are for.
"""

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

import psutil

from models.discreet import discreet
from workers.embedded import die_with_parent

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)  # before the 1st, 2nd ... new start of a child that keeps failing
STEADY_SECONDS = 60.0  # a child that lived so long begins with the first pause again
ASK_SECONDS, TELL_SECONDS, KILL_SECONDS = 6.0, 2.0, 1.0
REFUSED = 2  # exit status: cannot run as configured, and has said why
_PR_SET_CHILD_SUBREAPER = 36

Say = Callable[[str, str], None]


@dataclass
class Child:
    """One process to keep running. `refused`: what its refusal (exit status 2) means, in words."""

    name: str
    command: Sequence[str]
    refused: str = "it cannot run as configured"
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    failures: int = 0
    due: float = 0.0
    unfinished: bytes = field(default=b"", repr=False)


class Supervisor:
    """Runs children until asked to stop. `tick` is called about every second; a text from it ends everything."""

    def __init__(self, children: Sequence[Child], say: Say, tick: Callable[[], str | None]) -> None:
        self._children = children
        self._say = say
        self._tick = tick
        self._selector = selectors.DefaultSelector()
        self._asked = 0
        self._spare: set[int] = set()

    def spare(self, pid: int) -> None:
        """A process of ours that somebody else ends."""
        self._spare.add(pid)

    def run(self) -> bool:
        """Keep the children running; True when it was asked to stop and everything ended without being killed."""
        _adopt_orphans()
        woken, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else _pipe()
        self._selector.register(woken, selectors.EVENT_READ, None)
        before = {sign: signal.signal(sign, self._ask) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        previous_waker = signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        trouble = None
        try:
            while not self._asked and trouble is None:
                self._keep_running()
                trouble = self._tick()
                self._listen(0.25 if any(child.process is None for child in self._children) else 1.0)
            if trouble:
                self._say("serve", trouble)
            return self._stop() and trouble is None
        finally:
            signal.set_wakeup_fd(previous_waker)
            for sign, handler in before.items():
                signal.signal(sign, handler)
            self._selector.close()
            os.close(woken)
            os.close(waker)

    def _ask(self, _sign: int, _frame: FrameType | None) -> None:
        self._asked += 1

    # --- running
    def _keep_running(self) -> None:
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._ended(child, child.process.returncode)
            if child.process is None and time.monotonic() >= child.due:
                self._start(child)
        self._reap_strangers()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=child.pass_fds,
            preexec_fn=_deaf(die_with_parent()),
        )
        child.began = time.monotonic()
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _ended(self, child: Child, status: int) -> None:
        child.process = None
        lived = time.monotonic() - child.began
        child.failures = 1 if lived > STEADY_SECONDS else child.failures + 1
        pause = PAUSES[min(child.failures, len(PAUSES)) - 1]
        child.due = time.monotonic() + pause
        how = f"signal {-status}" if status < 0 else f"status {status}"
        why = child.refused if status == REFUSED else f"ended ({how})"
        self._say(child.name, f"{why}; next try in {pause:.0f} s")

    def _reap_strangers(self) -> None:
        """Processes left behind by a killed child are ours now; take note of their end."""
        known = {child.process.pid for child in self._children if child.process} | self._spare
        for process in psutil.Process().children():
            if process.pid not in known:
                try:
                    os.waitpid(process.pid, os.WNOHANG)
                except ChildProcessError:
                    continue

    # --- what they say
    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                os.read(key.fd, 4096)
                continue
            self._pass_on(key.data, key.fileobj)

    def _pass_on(self, child: Child, stream: object) -> None:
        data: bytes | None = stream.read(65_536)  # type: ignore[attr-defined]
        if data is None:
            return
        if not data:
            self._selector.unregister(stream)  # type: ignore[arg-type]
            stream.close()  # type: ignore[attr-defined]
        lines = (child.unfinished + data).split(b"\n")
        child.unfinished = lines.pop() if data else b""
        for line in lines:
            if text := line.decode(errors="replace").rstrip():
                self._say(child.name, discreet(text))

    # --- stopping
    def _stop(self) -> bool:
        """True when nobody had to be killed."""
        for patience in (ASK_SECONDS, TELL_SECONDS):
            for child in self._living():
                child.terminate()
            end = time.monotonic() + patience
            while self._living() and time.monotonic() < end:
                self._listen(0.05)
            if not self._living():
                break
        clean = not self._living()
        end = time.monotonic() + KILL_SECONDS
        while (left := self._descendants()) and time.monotonic() < end:
            for process in left:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue
            psutil.wait_procs(left, timeout=0.2)
        self._listen(0)
        return clean

    def _living(self) -> list[subprocess.Popen[bytes]]:
        return [child.process for child in self._children if child.process and child.process.poll() is None]

    def _descendants(self) -> list[psutil.Process]:
        self._living()  # takes note of children that ended
        ours = psutil.Process().children(recursive=True)
        return [one for one in ours if one.pid not in self._spare and one.status() != psutil.STATUS_ZOMBIE]


def _deaf(bind: Callable[[], None]) -> Callable[[], None]:
    """Before exec: Ctrl-C in a terminal reaches the whole process group, but we are the one who stops the others."""

    def before_exec() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        bind()

    return before_exec


def _adopt_orphans() -> None:
    """On Linux a process whose parent dies becomes our child, so that none is lost sight of."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _pipe() -> tuple[int, int]:
    woken, waker = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    return woken, waker
