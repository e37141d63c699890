"""The last net before a log line is written."""

import logging

import pytest

from ivr.discreet import Discreet, discreet


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


def test_tracebacks_pass_the_net_too() -> None:
    try:
        raise ValueError("from +919876543210")
    except ValueError as fault:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "oops", (), (ValueError, fault, fault.__traceback__))

    text = Discreet("%(message)s").format(record)

    assert "9876543210" not in text and "ValueError" in text
