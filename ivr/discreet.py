"""The last net before a log line is written: what looks like a caller's number, a provider's id or a query is cut out.

Never does: replace care where lines are made; nothing of ours logs such things in the first place.
"""

import logging
import re

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


class Discreet(logging.Formatter):
    """A formatter whose lines, tracebacks included, have passed `discreet`."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        return discreet(super().format(record))


def log_to_stderr() -> None:
    """Send this process's log to standard error, discreetly."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
