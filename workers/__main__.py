"""`python -m workers work` and `python -m workers schedule`: the processes behind the telephone.

Never does: answer a call; start without its keys or, unless it is told to, without speech models (exit status 2, with
the command that helps).
"""

import argparse
import logging
import os
import resource
import signal
import sys
import threading

from models.catalogue import CatalogueFault
from models.secrecy import KeysMissing
from settings import SettingsFault, load_settings
from workers import schedule
from workers.crew import Crew
from workers.outside.speech import ModelMissing
from workers.parts import assemble
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
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for noisy in ("twilio", "botocore", "fsspec"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    logging.getLogger("rq.worker").addFilter(_KnownProblems())
    try:
        parts = assemble(load_settings())
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
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
