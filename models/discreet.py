"""The last net before a log line is written: what looks like a caller's number, a provider's id or a query is cut out.

Of an exception nothing is written but its kind and the lines it passed: what it says may hold a row of the database.
Never does: replace care where lines are made; nothing of ours logs such things in the first place.
"""

import logging
import re
import sys
import threading
import traceback
from types import TracebackType

_HIDDEN = (
    (re.compile(r"\b(?:AC|CA|RE|SM|MM|ME|PN)[0-9a-f]{32}\b"), "[id]"),
    (re.compile(r"(?<=[\w/])\?[\w.~%-]+=\S*"), "?..."),
    (re.compile(r"(?<![\w.:-])(?:\+|%2B)?\d{10,15}(?![\w.:])"), "[number]"),
    (re.compile(r"(?<![\w.])\+\d{1,3}[ -]\d{3,5}[ -]?\d{3,6}(?!\w)"), "[number]"),
    (re.compile(r"\bip=\S+"), "ip=[hidden]"),
)


def discreet(line: str) -> str:
    """The line without anything that looks like a number, an id of the provider's, or a query string."""
    for pattern, instead in _HIDDEN:
        line = pattern.sub(instead, line)
    return line


def where(fault: BaseException) -> str:
    """The kind of a fault and where it passed, innermost line last, and the same of what caused it; never its text."""
    lines = traceback.extract_tb(fault.__traceback__)
    places = " > ".join(f"{line.filename.rsplit('/', 1)[-1]}:{line.lineno}" for line in lines)
    told = f"{type(fault).__name__} at {places}" if places else type(fault).__name__
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return f"{told}, from {where(cause)}" if cause is not None else told


class Discreet(logging.Formatter):
    """A formatter whose lines have passed `discreet`, with `where` in place of tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        return discreet(super().format(record))

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """In place of a traceback."""
        return where(ei[1]) if ei[1] is not None else ""


def log_to_stderr() -> None:
    """Send this process's log to standard error, discreetly; that of a gunicorn around it, and its last words, too."""
    handler = logging.StreamHandler()
    for one in (handler, *logging.getLogger("gunicorn.error").handlers):
        one.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    sys.excepthook = _last_words
    threading.excepthook = _last_words_of_a_thread


def _last_words(kind: type[BaseException], fault: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return  # somebody asked for it: the exit status says so
    logging.getLogger("hotline").critical("ended by %s", where(fault))


def _last_words_of_a_thread(said: threading.ExceptHookArgs) -> None:
    if said.exc_value is not None and not isinstance(said.exc_value, SystemExit):
        logging.getLogger("hotline").error("a thread ended by %s", where(said.exc_value))
