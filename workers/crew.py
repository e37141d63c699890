"""The workers of one host: models loaded once, then forked; a worker that dies or hangs is replaced.

The parent loads every speech model and forks long-lived RQ workers, so that models are shared copy-on-write. Each does
its jobs in its own process: a fork for each job on top would cost 80 ms of a job that takes 500 (see benchmarks). What
a crash takes down is one worker and one job, and the parent gives that job's tip back at once. One more child moves
jobs whose retry is due, and another one, to which every other process is preferred, does what takes minutes (films).
Without a speech model it refuses to start, or (`even_without_speech`) prepares what is written, leaves every recording
waiting, and takes the models up as soon as they are there.
Never does: a job itself (worker.py does); keep a database connection open across a fork.
"""

import contextlib
import gc
import logging
import os
import select
import signal
import time
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from interpret import interpreter_of
from interpret.officers import lexicon_of
from workers import embedded, jobs, worker
from workers.lease import reclaim, try_again
from workers.outside.speech import ModelMissing
from workers.parts import Parts
from workers.queues import HURRIED, SLOW
from workers.schedule import beat
from workers.worker import Deadlines

log = logging.getLogger(__name__)

FINISH_SECONDS = 25  # a job may end within this time when we are asked to stop; then its lease is given back
_LAST_SECONDS = 5
_BEAT_SECONDS = 10
_TELL_SECONDS = 600  # between two reminders that models are missing
_CLOCK, _SLOW = 0, 1  # the slots of the child that moves retries and of the slow worker; the workers follow
_GIVES_WAY = 10  # how nice the slow worker is


class Crew:
    """Parent of the workers. `run()` returns when asked to stop (SIGTERM, SIGINT) and all children are gone."""

    def __init__(self, parts: Parts, *, even_without_speech: bool = False) -> None:
        self._parts = parts
        self._even_without_speech = even_without_speech
        self._told_of_models = 0.0
        self._children: dict[int, tuple[int, float]] = {}  # process id: slot and start
        self._slots = _SLOW + 1 + parts.settings.worker_processes
        self._deadlines = Deadlines(self._slots)
        self._stops = 0
        self._rest: dict[int, float] = {}  # not before this moment may a slot be filled again

    def run(self) -> None:
        """Load, fork, watch. Raises ModelMissing before anything is forked."""
        try:
            self._parts.ears.load()
        except ModelMissing as fault:
            if not self._even_without_speech:
                raise
            self._tell_of_missing(fault)
        self._parts.telephony.warm_up()
        # They take a second: once for all, and their memory is shared too.
        interpreter_of(self._parts.catalogue)
        lexicon_of(self._parts.catalogue)
        jobs.use(self._parts)
        gc.collect()
        gc.freeze()  # objects made so far are never looked at again by the collector: their pages stay shared
        woken = _signals_wake()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._asked_to_stop)
        loaded = "models loaded" if self._parts.ears.are_open else "NO SPEECH MODEL"
        log.info("%s; %d workers", loaded, self._parts.settings.worker_processes)
        self._warn_of_starters()
        last_beat = 0.0
        while not self._stops:
            self._reap()
            self._fill()
            self._end_hanging()
            if time.monotonic() - last_beat > _BEAT_SECONDS:
                last_beat = time.monotonic()
                self._beat()
                self._take_up_models()
            select.select([woken], [], [], 1.0)
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 1024)
        self._stop()

    def _asked_to_stop(self, _sign: int, _frame: FrameType | None) -> None:
        self._stops += 1

    def _fill(self) -> None:
        there = {slot for slot, _ in self._children.values()}
        for slot in range(self._slots):
            if slot not in there and time.monotonic() >= self._rest.get(slot, 0.0) and not self._stops:
                self._start(slot)

    def _start(self, slot: int) -> None:
        bind = embedded.die_with_parent()
        pid = os.fork()
        if pid:
            self._children[pid] = (slot, time.monotonic())
            return
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(sign, signal.SIG_DFL)
            bind()
            self._parts.after_fork()
            if slot == _CLOCK:
                worker.move_retries(self._parts)
            elif slot == _SLOW:
                os.nice(_GIVES_WAY)
                worker.work(self._parts, slot, self._deadlines, (SLOW,))
            else:
                worker.work(self._parts, slot, self._deadlines, HURRIED)
            status = 0
        except Exception as fault:
            log.error("%s ends: %s", _name(slot), type(fault).__name__)
        finally:
            os._exit(status)

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            slot, began = self._children.pop(pid)
            self._deadlines.set(slot, 0)
            if status:
                log.warning("%s ended (%s); it is replaced", _name(slot), os.waitstatus_to_exitcode(status))
                self._give_back(pid)
                # One that dies at once is not started again and again without a pause.
                self._rest[slot] = 0.0 if time.monotonic() - began > 5 else time.monotonic() + 1

    def _give_back(self, pid: int) -> None:
        """The tip or file of a dead worker is free at once, and sent to another the first time that happens."""
        try:
            for job, row_id in reclaim(self._parts.db, pid):
                self._parts.jobs.enqueue(job, row_id)
        except SQLAlchemyError as fault:
            log.warning("a dead worker's lease runs out by itself (%s)", type(fault).__name__)
        finally:
            self._parts.db.dispose()

    def _end_hanging(self) -> None:
        for pid, (slot, _) in self._children.items():
            if self._deadlines.passed(slot):
                log.warning("%s hangs: it is ended", _name(slot))
                os.kill(pid, signal.SIGKILL)

    def _beat(self) -> None:
        try:
            beat(self._parts.db, "worker")
            for language in self._parts.settings.starters():
                beat(self._parts.db, f"starter.{language}")  # a web process on another host says so to the officers
        except SQLAlchemyError as fault:
            log.warning("the database does not answer (%s)", type(fault).__name__)
        finally:
            self._parts.db.dispose()

    def _take_up_models(self) -> None:
        """Other models were chosen, or those that were missing are there: load them, and let each worker finish its job
        and be replaced by one with them."""
        ears = self._parts.ears
        were_open = ears.are_open
        if were_open and not ears.outdated():
            return
        try:
            ears.load()
        except ModelMissing as fault:
            if were_open:
                log.warning("the models stay as they are: %s", fault)
            elif time.monotonic() - self._told_of_models > _TELL_SECONDS:
                self._tell_of_missing(fault)
            return
        log.info("other speech models were chosen and loaded; the workers change over")
        if not were_open:
            self._try_again()
        self._warn_of_starters()
        for pid, (slot, _) in self._children.items():
            if slot != _CLOCK:
                os.kill(pid, signal.SIGTERM)

    def _tell_of_missing(self, fault: ModelMissing) -> None:
        self._told_of_models = time.monotonic()
        log.error(
            "NO SPEECH MODEL: calls are answered and kept and messages are prepared, but every recording waits\n%s",
            fault,
        )

    def _try_again(self) -> None:
        """What has waited for the models waits no longer."""
        try:
            try_again(self._parts.db, ModelMissing.problem)
        except SQLAlchemyError as fault:
            log.warning("what waited for the models is tried again later (%s)", type(fault).__name__)
        finally:
            self._parts.db.dispose()

    def _warn_of_starters(self) -> None:
        if self._parts.ears.are_open and (starters := " ".join(self._parts.settings.starters())):
            log.warning("a starter model is in use, not for real work: ./hotline models fetch %s", starters)

    def _stop(self) -> None:
        log.info("stopping: jobs may finish")
        asked = self._stops
        for sign, patience in (
            (signal.SIGTERM, FINISH_SECONDS),  # RQ: finish the job, then end
            (signal.SIGTERM, _LAST_SECONDS),  # RQ: end the job now; its lease is released
            (signal.SIGKILL, _LAST_SECONDS),
        ):
            for pid in self._children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
            end = time.monotonic() + patience
            while self._children and time.monotonic() < end and (self._stops == asked or sign is signal.SIGKILL):
                self._reap()
                time.sleep(0.05)
            if not self._children:
                break
            asked = self._stops
        log.info("stopped")


def _signals_wake() -> int:
    """A descriptor that becomes readable when a signal arrives, so that the parent need not look all the time."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return woken


def _name(slot: int) -> str:
    return {_CLOCK: "the clock of retries", _SLOW: "the slow worker"}.get(slot, f"worker {slot - _SLOW}")
