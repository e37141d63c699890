"""`./hotline serve`: everything on one machine. Folder, keys, tables, queue server; then web, worker and schedule.

Without a speech model calls are answered and kept, messages are prepared, and recordings wait until it is there.
Never does: run twice on one var folder; take a port that is in use; answer a request itself.
"""

import fcntl
import http.client
import os
import re
import socket
import sys
import time
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from ivr.supervisor import Child, Supervisor
from models import installation, migrate
from models.database import Database
from models.secrecy import create_keys, load_keys
from settings import Settings
from workers import embedded
from workers.embedded import QueueServer, QueueServerFault

# A child's own "time LEVEL name": the time stands in our line already.
_HEAD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z]+) \S+ ")


class ServeFault(Exception):
    """The hotline cannot be started; the message says why and how to mend it."""


def say(part: str, line: str) -> None:
    """One line on standard output: time, part, text. Quiet when nobody reads any more."""
    if head := _HEAD.match(line):
        line = line[head.end() :] if head["level"] == "INFO" else f"{head['level'].lower()}: {line[head.end() :]}"
    try:
        print(f"{time.strftime('%H:%M:%S')}  {part:<8}  {line}", flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the terminal is gone; the work goes on


def serve(settings: Settings) -> int:
    """Run everything until asked to stop; the exit status: 0 stopped cleanly, 1 not. Raises ServeFault before."""
    prepare(settings)
    lock = _only_one(settings.var_dir)
    door = open_door(settings.host, settings.port)
    queue = _start_queue(settings)
    try:
        return 0 if _run(settings, door, queue) else 1
    finally:
        door.close()
        if queue.server is not None:
            queue.server.stop()
        os.close(lock)
        say("serve", "stopped")


def prepare(settings: Settings, *, without_keys: bool = False) -> None:
    """The var folder, the tables and the keys, made or brought up to date. ServeFault when that fails.

    Keys are made for a database that has none yet, and only here: on a further host KeysMissing says what to copy,
    unless it may do `without_keys`.
    """
    os.umask(0o077)
    try:
        settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.var_dir.chmod(0o700)
        migrate_database(settings)
        db = Database(settings.database, pool_size=1)
        try:
            if not installation.is_begun(db):
                create_keys(settings.keys)
            elif without_keys and not settings.keys.exists():
                return
            installation.agree(db, load_keys(settings.keys), settings.keys, settings.twilio_account_sid)
        finally:
            db.dispose()
    except OSError as fault:
        raise ServeFault(f"{fault.filename} cannot be written: {fault.strerror}. See HOTLINE_VAR_DIR.") from None


def migrate_database(settings: Settings) -> None:
    """Bring the tables up to date. ServeFault when that fails."""
    try:
        migrate.upgrade(settings.database)
    except SQLAlchemyError as fault:
        reason = str(getattr(fault, "orig", None) or type(fault).__name__).strip().splitlines()[0]
        raise ServeFault(f"The database cannot be used: {reason}\nSee HOTLINE_DATABASE_URL.") from None
    except migrate.MigrationFault as fault:
        raise ServeFault(str(fault)) from None


def open_door(host: str, port: int) -> socket.socket:
    """The listening socket. It belongs to the supervisor: while the web server restarts, callers wait, not fail."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = socket.socket(family, kind, protocol)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(512)
    except OSError as fault:
        raise ServeFault(
            f"Port {port} on {host} cannot be opened: {fault.strerror}.\n"
            "Another program may use it; choose another with HOTLINE_PORT."
        ) from None
    return door


class _Queue:
    """The embedded queue server, kept running; `server` is None when HOTLINE_REDIS_URL names another one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.server: QueueServer | None = embedded.start(settings) if settings.embedded_queue else None

    def keep_running(self, supervisor: Supervisor) -> None:
        if self.server is None or self.server.alive():
            return
        say("queue", "ended; it is started again (what it lost, the sweep finds in the database)")
        try:
            self.server = embedded.start(self.settings)
        except QueueServerFault as fault:
            say("queue", str(fault))
            return
        if self.server.process is not None:
            supervisor.spare(self.server.process.pid)


def _start_queue(settings: Settings) -> _Queue:
    try:
        return _Queue(settings)
    except QueueServerFault as fault:
        raise ServeFault(str(fault)) from None


def _run(settings: Settings, door: socket.socket, queue: _Queue) -> bool:
    python = [sys.executable, "-m"]
    web = Child("web", [*python, "ivr", "web", "--fd", str(door.fileno())], pass_fds=(door.fileno(),))
    kept = "refused to start: calls are answered and kept, and prepared as soon as this is mended"
    children = (
        web,
        Child("worker", worker_command("work", "--even-without-speech"), refused=kept),
        Child("schedule", worker_command("schedule")),
    )
    answering = False

    def tick() -> str | None:
        nonlocal answering
        queue.keep_running(supervisor)
        if not answering:
            if web.failures > 2:
                return "the web server does not start; its lines above say why"
            if web.process is not None and _answers(settings):
                answering = True
                for line in _greeting(settings):
                    say("serve", line)
        return None

    supervisor = Supervisor(children, say, tick)
    if queue.server is not None and queue.server.process is not None:
        supervisor.spare(queue.server.process.pid)
    say("serve", f"starting in {settings.var_dir}")
    return supervisor.run()


def _answers(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=0.5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _greeting(settings: Settings) -> list[str]:
    here = f"http://{settings.host}:{settings.port}"
    told = "" if here == settings.public_url else f" (listening on {here})"
    lines = [
        f"ready: calls at {settings.public_url}/voice, officers at {settings.public_url}/console{told}",
        "an officer signs in once made: ./hotline officers add --help; Ctrl-C stops everything",
    ]
    if settings.development:
        lines.append(f"development mode: a telephone for everybody at {settings.public_url}/phone")
    return lines


def _only_one(var_dir: Path) -> int:
    """A lock held until the process ends. ServeFault when another serve holds it."""
    descriptor = os.open(var_dir / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise ServeFault(
            f"The hotline already runs on {var_dir} (process {pid or 'unknown'}). Stop it first, or choose another "
            "folder with HOTLINE_VAR_DIR and another port with HOTLINE_PORT."
        ) from None
    os.truncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def worker_command(what: str, *more: str) -> list[str]:
    """The command line of a background part ("work" or "schedule") that runs alone."""
    return [sys.executable, "-m", "workers", what, *more]
