"""The web server: gunicorn with threads, set up from Settings. `gunicorn wsgi:app` works too; this adds the settings.

Never does: write an access log (it would hold who called what and when), or open gunicorn's control socket.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from interpret import interpreter_of
from ivr.latency import Latencies
from models.discreet import Discreet
from models.installation import agree
from settings import Settings

STOP_SECONDS = 5  # a webhook that is being answered may end within this time


class QuietLog(Logger):  # type: ignore[misc]
    """gunicorn's log without queries and addresses, in the words of the other parts."""

    def setup(self, cfg: Any) -> None:
        """As gunicorn sets it up, with our formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Discreet("%(asctime)s %(levelname)s web %(message)s"))
        self.error_log.setLevel(logging.WARNING)


class WebServer(BaseApplication):  # type: ignore[misc]
    """`run()` serves until asked to stop. `listen` is "host:port" or "fd://N" for a socket that is already open."""

    def __init__(self, settings: Settings, make_app: Callable[[Settings], Flask], listen: str) -> None:
        self._settings = settings
        self._make_app = make_app
        self._listen = listen
        super().__init__()

    def load_config(self) -> None:
        """Settings in gunicorn's words."""
        memory = Path("/dev/shm")
        values: dict[str, Any] = {
            "bind": [self._listen],
            "worker_class": "ivr.patience.PatientWorker",
            "workers": self._settings.web_processes,
            "threads": self._settings.web_threads,
            "preload_app": True,  # a fault shows once, and prompts and catalogue are shared between processes
            "timeout": 60,
            "graceful_timeout": STOP_SECONDS,
            "keepalive": 15,
            "backlog": 512,
            "accesslog": None,
            "logger_class": QuietLog,
            "loglevel": "warning",
            "worker_tmp_dir": str(memory) if memory.is_dir() else str(self._settings.var_dir),
            "control_socket_disable": True,
            "limit_request_line": 8190,
            "post_fork": _let_go_of_connections,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application; called once, before the processes are forked. KeysMissing when the keys are others' than the
        database's."""
        Latencies(self._settings.var_dir / "metrics").clear()
        app = self._make_app(self._settings)
        parts = app.extensions["hotline"]
        agree(parts.db, parts.keys, self._settings.keys, self._settings.twilio_account_sid)
        parts.db.dispose()
        interpreter_of(parts.catalogue)  # takes a second: not in the first informant's time
        return app


def _let_go_of_connections(_server: Any, worker: Any) -> None:
    # Whatever the parent connected while it built the app is the parent's.
    worker.app.wsgi().extensions["hotline"].db.dispose(close=False)
