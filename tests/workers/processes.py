"""Worker processes as an operator starts them, and waiting for what they do.

Never does: stand in for one.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from settings import ROOT, Settings
from tests.workers.telling import ACCOUNT, TOKEN


class Process:
    """`python -m workers <what>` on the test's own settings."""

    def __init__(self, settings: Settings, what: tuple[str, ...], log: Path, **more: str) -> None:
        self.log = log
        environment = {
            "HOTLINE_VAR_DIR": str(settings.var_dir),
            "HOTLINE_REDIS_URL": settings.redis_url,
            "HOTLINE_TWILIO_API_URL": settings.twilio_api_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "HOTLINE_LEASE_SECONDS": "2",
            "HOTLINE_SWEEP_SECONDS": "1",
            "HOTLINE_WORKER_PROCESSES": "2",
            **more,
        }
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workers", *what],
                cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def children(self) -> list[psutil.Process]:
        """Everything below it, grandchildren too."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, sign: signal.Signals = signal.SIGTERM, patience: float = 40) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sign)
        return self.process.wait(patience)


def until(what: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something to become true."""
    begun = time.monotonic()
    while not what():
        waited = time.monotonic() - begun
        assert waited < seconds, "it did not happen"
        time.sleep(min(0.05 + waited / 20, 0.5))
