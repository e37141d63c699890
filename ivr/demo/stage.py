"""The stage of the demo: a fresh var folder, settings of its own, officers who can sign in.

Never does: take anything of the machine's own configuration but which models and how many processes.
"""

import fcntl
import os
import shutil
import socket
from pathlib import Path

from ivr.console.officers import add_officer, make_password, officer_named
from ivr.console.passwords import hash_password
from models.catalogue import load as load_catalogue
from models.database import Database
from settings import Settings, load_settings

ENV_FILE = "demo.env"
ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "only-for-the-demo"
_PASSED_ON = ("worker_processes", "web_processes", "web_threads")
# username, unit, name, role: the station nearby, the offices that receive the two tips, the one above, and upkeep
OFFICERS = (
    ("naubasta", "KNP-NBS", "SHO Naubasta", "officer"),
    ("dcp.south", "KNP-DCP-SOUTH", "DCP South", "officer"),
    ("dcp.west", "KNP-DCP-WEST", "DCP West", "officer"),
    ("commissioner", "KNP-CP", "Commissioner of Police", "officer"),
    ("admin", "KNP-CP", "Administrator", "administrator"),
)


class DemoFault(Exception):
    """The demo cannot go on; the message says why."""


def demo_settings(machine: Settings) -> Settings:
    """Settings of the demo alone: nothing of the machine's own configuration but models and processes."""
    for name in [name for name in os.environ if name.startswith(("HOTLINE_", "TWILIO_"))]:
        del os.environ[name]
    os.environ["HOTLINE_ENV_FILE"] = os.devnull
    port = _free_port()
    return load_settings(
        **{name: getattr(machine, name) for name in _PASSED_ON},
        model_hi=machine.model_folder("hi"),
        model_en=machine.model_folder("en"),
        var_dir=machine.var_dir / "demo",
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        development=True,
        sweep_seconds=5,
        disk_reserve_mb=0,
    )


def _free_port() -> int:
    for port in (8000, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise DemoFault("No port is free on this machine.")


def make_room(folder: Path, *, keep: bool) -> None:
    """A fresh folder, unless another demo lives in it."""
    lock = folder / "serve.lock"
    if lock.exists():
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DemoFault(
                    f"Another demo runs in {folder} (process {file.read().strip()}). Stop it first."
                ) from None
    if folder.exists() and not keep:
        shutil.rmtree(folder)


def make_officers(settings: Settings) -> dict[str, str]:
    catalogue, passwords = load_catalogue(), {}
    db = Database(settings.database)
    for username, unit, name, role in OFFICERS:
        known = officer_named(db, username)
        if known is None:
            passwords[username] = add_officer(db, catalogue, username, name, unit, role, language="en")
        else:
            passwords[username] = make_password()
            with db.session() as session:
                known.password_hash = hash_password(passwords[username])
                session.add(known)
    db.dispose()
    return passwords


def remember(settings: Settings) -> None:
    """The demo's settings as a file like .env: for serve, `./hotline phone`, and people who look around."""
    lines: dict[str, object] = {
        "HOTLINE_VAR_DIR": settings.var_dir,
        "HOTLINE_PORT": settings.port,
        "HOTLINE_PUBLIC_URL": settings.public_url,
        "HOTLINE_TWILIO_API_URL": settings.twilio_api_url,
        "HOTLINE_DEVELOPMENT": "true",
        "HOTLINE_SWEEP_SECONDS": settings.sweep_seconds,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
    lines |= {f"HOTLINE_{name.upper()}": getattr(settings, name) for name in ("model_hi", "model_en", *_PASSED_ON)}
    file = settings.var_dir / ENV_FILE
    file.touch(0o600)
    file.write_text("".join(f"{name}='{value}'\n" for name, value in lines.items()))
    os.environ["HOTLINE_ENV_FILE"] = str(file)
