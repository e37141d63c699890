"""The last net before a log line is written."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from ivr.serve import prepare
from models.discreet import Discreet, discreet, where
from models.secrecy import create_keys
from settings import ROOT, Settings


@pytest.mark.parametrize(
    "secret",
    [
        "+919876543210", "9876543210", "%2B919876543210", "+91 98765 43210", "CA" + "0f" * 16, "RE" + "12" * 16,
        "/voice/told?lang=hi&turn=2", "ip=10.1.2.3",
    ],
)  # fmt: skip
def test_numbers_ids_and_queries_are_cut_out(secret: str) -> None:
    hidden = discreet(f"Error handling {secret} now")

    assert secret not in hidden and secret.rpartition("?")[2] not in hidden
    assert hidden.startswith("Error handling") and hidden.endswith("now")


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-21 22:16:34,123 INFO workers.jobs prepare_tip prepared in 1.25 s",
        "32bca07323f341c5bd14e863cf54e4b1 waits",
        "listening on http://127.0.0.1:18431; is it so? yes",
        'File "/srv/hotline/ivr/web.py", line 1234567, in load',
    ],
)
def test_everything_else_stays_as_it_was(line: str) -> None:
    assert discreet(line) == line


def _fail(secret: str) -> None:
    try:
        raise KeyError(secret)
    except KeyError:
        raise ValueError(f"Key (code_hash)=({secret}) already exists") from None


def _fault(secret: str) -> ValueError:
    try:
        _fail(secret)
    except ValueError as fault:
        return fault
    raise AssertionError


def test_of_an_exception_the_log_has_its_kind_and_where_it_was_and_no_value() -> None:
    fault = _fault("a word that was told")
    record = logging.LogRecord("x", logging.ERROR, "", 0, "oops", (), (ValueError, fault, fault.__traceback__))
    text = Discreet("%(message)s").format(record)
    assert text.startswith("oops\nValueError at test_discreet.py:") and "word" not in text and "code_hash" not in text


def test_what_caused_it_is_named_too() -> None:
    cause = _fault("a word that was told")
    try:
        raise RuntimeError("another word") from cause
    except RuntimeError as fault:
        text = where(fault)
    assert text.startswith("RuntimeError at test_discreet.py:") and ", from ValueError at " in text
    assert "word" not in text and "KeyError" not in text


@pytest.mark.parametrize("path", ["/healthz", "/console/sign-in"])
def test_a_request_that_fails_leaves_no_value_in_any_log(
    app: Flask, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    page = next(rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == path)
    app.view_functions[page] = lambda: _fail("a word that was told")
    assert app.test_client().get(path).status_code == 500
    assert "ValueError at " in caplog.text and "word" not in caplog.text


_UNDER_GUNICORN = """
import logging
error = logging.getLogger("gunicorn.error")
error.addHandler(logging.StreamHandler())
error.propagate = False
import wsgi
def broken():
    raise ValueError("a word that was told")
name = next(rule.endpoint for rule in wsgi.app.url_map.iter_rules() if rule.rule == "/healthz")
wsgi.app.view_functions[name] = broken
print(wsgi.app.test_client().get("/healthz").status_code)
try:
    broken()
except ValueError:
    error.exception("Error handling request /voice/told?turn=2")
    logging.getLogger("a library").exception("from +919876543210")
"""


def test_under_any_gunicorn_nothing_is_logged_that_was_not_cut(tmp_path: Path) -> None:
    create_keys(tmp_path / "var" / "keys")
    env = {**os.environ, "HOTLINE_VAR_DIR": str(tmp_path / "var"), "HOTLINE_ENV_FILE": os.devnull}
    done = subprocess.run(
        [sys.executable, "-c", _UNDER_GUNICORN], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "500", done.stderr
    assert done.stderr.count("ValueError at ") == 3
    for secret in ("word", "turn=2", "9876543210"):
        assert secret not in done.stderr


_A_BACKGROUND_PART = """
import logging, runpy, sys, threading
from workers import schedule
def broken(*_):
    raise ValueError("a word that was told to +919876543210")
def run(parts, stopping):
    thread = threading.Thread(target=broken)
    thread.start()
    thread.join()
    try:
        broken()
    except ValueError:
        logging.getLogger("a library").exception("call of CA0123456789abcdef0123456789abcdef")
    broken()
schedule.run = run
sys.argv = ["workers", "schedule"]
runpy.run_module("workers", run_name="__main__", alter_sys=True)
"""


def test_a_worker_or_schedule_that_runs_alone_says_nothing_that_was_not_cut_not_even_when_it_ends_by_a_fault(
    tmp_path: Path,
) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    prepare(settings)
    env = {**os.environ, "HOTLINE_VAR_DIR": str(settings.var_dir), "HOTLINE_ENV_FILE": os.devnull}
    done = subprocess.run(
        [sys.executable, "-c", _A_BACKGROUND_PART], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "a thread ended by ValueError at " in done.stderr and "ended by ValueError at " in done.stderr
    assert done.stderr.count("ValueError at ") == 3 and "call of [id]" in done.stderr
    for secret in ("word", "9876543210", "CA0123", "Traceback"):
        assert secret not in done.stdout + done.stderr
