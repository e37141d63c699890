"""Messages understood a second on one core: every labelled message of the tests, again and again, no two the same.

    python -m benchmarks.interpret [--rounds 5]

Each text gets a number of its own at its end, so that nothing could be answered from memory. Seconds are the process's
own CPU seconds (others use the machine too); the best round is told, and the slowest single message.
Never does: assert anything; figures belong into README with the machine they were measured on.
"""

import argparse
import json
import time

from interpret import interpreter_of
from models.catalogue import load
from settings import ROOT

MESSAGES = ROOT / "tests" / "interpret" / "messages.jsonl"


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    rounds: int = arguments.parse_args().rounds
    texts = [json.loads(line)["text"] for line in MESSAGES.read_text(encoding="utf-8").splitlines()]
    began = time.process_time()
    interpreter = interpreter_of(load())
    print(f"catalogue and indexes made in {time.process_time() - began:.2f} s")
    best, slowest = 0.0, 0.0
    for number in range(rounds):
        lot = [f"{text} {number}" for text in texts]
        began = time.process_time()
        for text in lot:
            interpreter.read(text)
        best = max(best, len(lot) / (time.process_time() - began))
    for text in texts:
        began = time.process_time()
        interpreter.read(text)
        slowest = max(slowest, time.process_time() - began)
    letters = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} messages of {letters:.0f} letters: {best:.0f} messages/s; slowest {slowest * 1000:.1f} ms")


if __name__ == "__main__":
    main()
