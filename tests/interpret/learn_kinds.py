"""Learns from the labelled messages which kind of thing a message tells: models/catalogue/kinds.toml.

    python -m tests.interpret.learn_kinds [--check]

Logistic regression over all categories but complaints about police, and over what those want who tell nothing, by
gradient descent (the same weights on every machine up to rounding). Learns from messages.jsonl and kinds.jsonl, which
tells nothing but what is wanted and the category. --check tells, without writing, how what was left out is taken.
Never does: run by itself: weights change only when somebody runs this and commits what it wrote.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interpret.interpreter import DOUBT, Interpreter, interpreter_of
from interpret.kinds import Kinds
from interpret.police import MISCONDUCT
from interpret.wish import TIP
from models.catalogue import load
from models.catalogue.kinds import WISHES, KindWeights
from models.catalogue.load import HERE
from tests.interpret.scoring import Row, load_messages
from tests.interpret.weights_file import lines_of

RAREST = 2  # a feature seen less often is not learned
LIGHTEST = 0.5  # a weight that is smaller is left out
ROUNDS, STEP, DECAY = 100, 0.5, 0.03
FOLDS = 4

Example = tuple[set[str], str]


def main() -> None:
    """Learn and write, or only check."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true")
    interpreter = interpreter_of(load())
    if arguments.parse_args().check:
        check(interpreter)
        return
    weights = learned([*_examples(interpreter, load_messages()), *_examples(interpreter, load_kinds())])
    write(HERE / "kinds.toml", weights)
    print(f"{len(weights.weights)} features")


def load_kinds() -> list[Row]:
    """Messages that are labelled with nothing but what they want and their category."""
    text = Path(__file__).with_name("kinds.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def learned(examples: Sequence[Example]) -> KindWeights:
    """The weights of each feature."""
    seen = Counter(one for features, _ in examples for one in features)
    names = sorted(one for one, times in seen.items() if times >= RAREST)
    codes = sorted({code for _, code in examples})
    place = {one: number for number, one in enumerate(names)}
    rows = np.zeros((len(examples), len(names)), dtype=np.float32)
    answers = np.zeros((len(examples), len(codes)), dtype=np.float32)
    for number, (features, code) in enumerate(examples):
        known = [place[one] for one in features if one in place]
        rows[number, known] = 1 / np.sqrt(max(1, len(known)))
        answers[number, codes.index(code)] = 1
    weights, base = _fitted(rows, answers)
    weights -= np.median(weights, axis=1, keepdims=True)  # the same for every category says nothing
    heavy = np.abs(weights) >= LIGHTEST
    return KindWeights(
        dict(zip(codes, map(float, base), strict=True)),
        {
            name: tuple((codes[at], float(weights[number, at])) for at in np.flatnonzero(heavy[number]))
            for number, name in enumerate(names)
            if heavy[number].any()
        },
    )


def _fitted(rows: NDArray[np.float32], answers: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    weights = np.zeros((rows.shape[1], answers.shape[1]), dtype=np.float32)
    base = np.zeros(answers.shape[1], dtype=np.float32)
    steps, base_steps = np.full_like(weights, 1e-8), np.full_like(base, 1e-8)
    for _ in range(ROUNDS):
        sums = rows @ weights + base
        chances = np.exp(sums - sums.max(axis=1, keepdims=True))
        error = chances / chances.sum(axis=1, keepdims=True) - answers
        slope = rows.T @ error + DECAY * weights
        steps += slope * slope
        weights -= STEP * slope / np.sqrt(steps)
        base_slope = error.sum(axis=0)
        base_steps += base_slope * base_slope
        base -= STEP * base_slope / np.sqrt(base_steps)
    return weights, base


def _examples(interpreter: Interpreter, rows: Sequence[Row]) -> list[Example]:
    return [
        (interpreter.kind_features(row["text"]), row["category"] if row["intent"] == TIP else _wish(row))
        for row in rows
        if row["category"] != MISCONDUCT
    ]


def _wish(row: Row) -> str:
    return row["intent"] if row["intent"] in WISHES else "unknown"


def check(interpreter: Interpreter) -> None:
    """Learn from all but a part of kinds.jsonl, and tell how that part is taken; each part in turn."""
    known, hard = _examples(interpreter, load_messages()), _examples(interpreter, load_kinds())
    right, lost, made = Counter[str](), 0, 0
    for fold in range(FOLDS):
        kinds = Kinds(learned([*known, *(one for at, one in enumerate(hard) if at % FOLDS != fold)]))
        for features, code in hard[fold::FOLDS]:
            found = kinds.weighed(features)
            right[code] += code == (found.wish if code in WISHES else found.code)
            lost += code not in WISHES and found.nothing >= DOUBT
            made += code in WISHES and found.nothing < DOUBT
    of = Counter(code for _, code in hard)
    for code in sorted(of):
        print(f"{code:18} {right[code]:4} of {of[code]:4}")
    for what, codes in (("categories", of.keys() - set(WISHES)), ("wishes", of.keys() & set(WISHES))):
        found_right, found_of = sum(right[code] for code in codes), sum(of[code] for code in codes)
        print(f"{what:18} {found_right:4} of {found_of:4}, {100 * found_right / found_of:.1f} %")
    print(f"{lost} that tell something seem to tell nothing, {made} that tell nothing seem to tell something")


def write(path: Path, weights: KindWeights) -> None:
    """The weights as a file of the catalogue: a table a category, of hundredths and the features that weigh as much."""
    lines = [
        "# How much each feature of a message speaks for each category, in hundredths (interpret/kinds).",
        "# Learned from the labelled messages by `python -m tests.interpret.learn_kinds`; not to be changed by hand.",
    ]
    for code, base in weights.base.items():
        told = ((name, weight) for name, pairs in weights.weights.items() for kind, weight in pairs if kind == code)
        lines += ["", f"[{code}]", f"base = {base:.2f}", *lines_of(told, rounded_to=10)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
