"""Complaints about police in messages that no rule was written for and no weight was learned from.

Their writers had seen neither rules nor word lists: keep this file out of tests/interpret/learn.py, and mend nothing by
looking at a single row of it. The goal is to miss not more than 2 of 100. Measured are 1.9 of 100, and 10 taken
wrongly: to miss one is worse.
"""

import json
from pathlib import Path

from interpret import interpreter_of
from models.catalogue import load

ROWS = [json.loads(line) for line in (Path(__file__).parent / "unlearned.jsonl").read_text("utf-8").splitlines()]
FEWEST_FOUND, MOST_WRONG = 0.96, 0.10


def accused(misconduct: bool) -> float:
    interpreter = interpreter_of(load())
    texts = [row["text"] for row in ROWS if row["misconduct"] is misconduct]
    return sum(interpreter.read(text).category == "police_misconduct" for text in texts) / len(texts)


def test_complaints_that_nobody_learned_from_are_found() -> None:
    assert accused(misconduct=True) >= FEWEST_FOUND


def test_messages_that_only_mention_police_are_seldom_taken_for_complaints() -> None:
    assert accused(misconduct=False) <= MOST_WRONG
