"""`python -m workers work` and `python -m workers schedule`: the processes behind the telephone.

Never does: answer a call; start without its keys, with keys that the database was not begun with or, unless it is told
to, without speech models (exit status 2, with what helps); write a line that was not cut (see models.discreet).
"""

import argparse
import logging
import os
import resource
import signal
import sys
import threading

from sqlalchemy.exc import SQLAlchemyError

from models.catalogue import CatalogueFault
from models.discreet import log_to_stderr
from models.installation import agree
from models.secrecy import KeysMissing
from settings import SettingsFault, load_settings
from workers import schedule
from workers.crew import Crew
from workers.outside.speech import ModelMissing
from workers.parts import Parts, assemble
from workers.problems import JobProblem


class _KnownProblems(logging.Filter):
    """RQ prints a traceback for every job that raises; a problem we know has had its line already."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "exception raised while executing" not in str(record.msg)


def main(words: list[str]) -> int:
    """Run one of the two until asked to stop; the exit status."""
    # First of all: a crash of the recogniser would write speech and keys to the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("what", choices=("work", "schedule"), help="prepare tips, or watch over forgotten work")
    parser.add_argument(
        "--even-without-speech", action="store_true", help="without speech models prepare what is written alone"
    )
    chosen = parser.parse_args(words)
    os.umask(0o077)
    log_to_stderr()
    for noisy in ("twilio", "botocore", "fsspec"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    logging.getLogger("rq.worker").addFilter(_KnownProblems())
    try:
        parts = assemble(load_settings(), private=chosen.what == "work")
        _agree(parts)
        if chosen.what == "work":
            Crew(parts, even_without_speech=chosen.even_without_speech).run()
        else:
            stopping = threading.Event()
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, lambda *_: stopping.set())
            schedule.run(parts, stopping)
    except (SettingsFault, KeysMissing, CatalogueFault, ModelMissing, JobProblem) as fault:
        print(fault, file=sys.stderr)
        return 2
    except _NoDatabase as fault:
        print(fault, file=sys.stderr)
        return 1  # it may answer later: whoever keeps us running starts us again
    return 0


class _NoDatabase(Exception):
    """It cannot be told whether our keys are the right ones."""


def _agree(parts: Parts) -> None:
    """Nothing is sealed, signed or erased before it is certain that these are the keys of this database."""
    try:
        agree(parts.db, parts.keys, parts.settings.keys, parts.settings.twilio_account_sid)
    except SQLAlchemyError as fault:
        reason = type(getattr(fault, "orig", None) or fault).__name__
        raise _NoDatabase(f"The database cannot be used ({reason}); ./hotline doctor says more.") from None
    finally:
        parts.db.dispose()  # no connection is open when the workers are forked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
