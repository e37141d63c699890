"""Learns from the labelled messages what sounds like a complaint about police: models/catalogue/weights.toml.

    python -m tests.interpret.learn [--check]

Logistic regression by gradient descent (the same weights on every machine up to rounding), in which features that stand
mostly on one side are learned faster, as naive Bayes would have them. Beside the messages
(messages.jsonl, and of_police.jsonl, which tells nothing but whether they complain about police) it learns from
clauses.toml, whose clauses are joined with messages that tell something else, so that a clause weighs what
it says and not what it stood next to. --check tells, without writing, how messages that were left out are taken.
Never does: run by itself: weights change only when somebody runs this and commits what it wrote.
"""

import argparse
import json
import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interpret.accusing import UNSPOKEN
from interpret.interpreter import Interpreter, interpreter_of
from interpret.police import MISCONDUCT
from models.catalogue import load
from models.catalogue.load import HERE
from tests.interpret.learn_kinds import load_kinds
from tests.interpret.scoring import Row, load_messages
from tests.interpret.weights_file import lines_of

RULE = 0.5  # what an accusation by rules weighs
# From which sum on a message is a complaint; if police are not named; if nothing of theirs is spoken of either.
LEAST, LEAST_UNNAMED, LEAST_UNSPOKEN = -1.4, -1.0, 0.3
RAREST = 2  # a feature seen less often is not learned
LIGHTEST = 0.3  # a weight that is smaller is left out
ROUNDS, STEP, DECAY = 60, 0.5, 0.01
SURE, UNSURE = 3.0, 0.3  # how fast a feature is learned that is seen only on one side, and one seen on both alike
CLAUSE_TIMES = 3  # how often a clause is joined with something else
HARD, HARD_TIMES = "m", 2.0  # the first letter of the ids of messages that were written to be hard

NAMED = frozenset({"w:@P", "w:@B", "w:@T"})

Example = tuple[set[str], bool, float]


class Labelled(NamedTuple):
    """A message, whether it complains about police, and whether it was written to be hard (it counts more often)."""

    text: str
    accuses: bool
    hard: bool


def main() -> None:
    """Learn and write, or only check."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true")
    only_check: bool = arguments.parse_args().check
    interpreter = interpreter_of(load())
    rows = _labelled()
    if only_check:
        _check(interpreter, rows)
        return
    weights, base = learned([*_examples(interpreter, rows), *_clauses(interpreter, load_messages())])
    _write(HERE / "weights.toml", weights, base)
    print(f"{len(weights)} weights")


def _labelled() -> list[Labelled]:
    """Every message to learn from."""
    of_police = Path(__file__).with_name("of_police.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        *(Labelled(row["text"], row["category"] == MISCONDUCT, row["id"][0] == HARD) for row in load_messages()),
        *(Labelled(row["text"], row["misconduct"], True) for row in map(json.loads, of_police)),
        *(Labelled(row["text"], row["category"] == MISCONDUCT, False) for row in load_kinds()),
    ]


def learned(examples: Sequence[Example]) -> tuple[dict[str, float], float]:
    """The weight of each feature, and of none."""
    weights, _ = _fitted(examples, Counter(one for features, _, _ in examples for one in features))
    heavy = Counter({one: RAREST for one, weight in weights.items() if abs(weight) >= LIGHTEST})
    return _fitted(examples, heavy)


def _fitted(examples: Sequence[Example], seen: Counter[str]) -> tuple[dict[str, float], float]:
    names = sorted(one for one, times in seen.items() if times >= RAREST)
    place = {one: number for number, one in enumerate(names)}
    known = [
        np.array(sorted(place[one] for one in features if one in place), dtype=np.int64) for features, _, _ in examples
    ]
    index = np.concatenate(known)
    of = np.repeat(np.arange(len(known)), [len(one) for one in known])
    scale = np.repeat([1 / np.sqrt(max(1, len(one))) for one in known], [len(one) for one in known])
    answers = np.array([label for _, label, _ in examples], dtype=float)
    counts = np.array([times for _, _, times in examples])
    guilty = np.bincount(index, weights=(answers * counts)[of], minlength=len(names)) + 1
    innocent = np.bincount(index, weights=((1 - answers) * counts)[of], minlength=len(names)) + 1
    telling = UNSURE + np.minimum(abs(np.log(guilty / guilty.sum() * innocent.sum() / innocent)), SURE)
    scale *= telling[index]
    weights, base = np.zeros(len(names)), 0.0
    steps, base_steps = np.full(len(names), 1e-8), 1e-8
    for _ in range(ROUNDS):
        sums = np.bincount(of, weights=weights[index] * scale, minlength=len(known)) + base
        error = (1 / (1 + np.exp(-sums)) - answers) * counts
        slope = np.bincount(index, weights=error[of] * scale, minlength=len(names)) + DECAY * weights
        steps += slope * slope
        weights -= STEP * slope / np.sqrt(steps)
        base_steps += float(error.sum()) ** 2
        base -= STEP * float(error.sum()) / base_steps**0.5
    return {one: float(weight) for one, weight in zip(names, weights * telling, strict=True)}, base


def _examples(interpreter: Interpreter, rows: Sequence[Labelled]) -> list[Example]:
    weighed = ((row, interpreter.weighed(row.text)) for row in rows)
    return [(one[0], row.accuses, HARD_TIMES if row.hard else 1.0) for row, one in weighed if one is not None]


def _clauses(interpreter: Interpreter, rows: Sequence[Row]) -> list[Example]:
    """Clauses about police, alone and beside messages that do not mention them."""
    facts = tomllib.loads(Path(__file__).with_name("clauses.toml").read_text(encoding="utf-8"))
    beside = defaultdict(list)
    for row in rows:
        if row["intent"] == "tip" and row["category"] != MISCONDUCT and _tells_nothing_of_police(interpreter, row):
            beside[row["lang"]].append(row["text"])
    chance, found = random.Random(1), []
    for label in (False, True):
        for lang, clauses in facts["guilty" if label else "innocent"].items():
            for clause in [clause for clause in clauses for _ in range(CLAUSE_TIMES)]:
                text = clause.replace("{P}", chance.choice(facts["named"][lang]))
                other, where = chance.choice(beside[lang]), chance.random()
                if where > (0.45 if label else 0.1):
                    text = f"{other}, {text}" if where < 0.75 else f"{text}, {other}"
                parts = interpreter.weighed(text)
                if parts is not None:
                    found.append((parts[0], label, 1.0))
    return found


def _tells_nothing_of_police(interpreter: Interpreter, row: Row) -> bool:
    parts = interpreter.weighed(row["text"])
    return parts is None or UNSPOKEN in parts[0]


def _check(interpreter: Interpreter, rows: Sequence[Labelled], folds: int = 5) -> None:
    """Learn from four fifths of the messages, and tell how the last fifth is taken: how many complaints are found and
    how many others are taken for one, from which sum on."""
    clauses = _clauses(interpreter, load_messages())
    parts = [(row, interpreter.weighed(row.text)) for row in rows]
    taken = defaultdict(list)
    for fold in range(folds):
        used = [row for number, (row, _) in enumerate(parts) if number % folds != fold]
        weights, base = learned([*_examples(interpreter, used), *clauses])
        for row, weighed in parts[fold::folds]:
            if weighed is not None:
                features, by_act = weighed
                known = [weights[one] for one in features if one in weights]
                score = base + sum(known) / max(1, len(known)) ** 0.5 + RULE * by_act
                kind = "unspoken" if UNSPOKEN in features else "unnamed" if features.isdisjoint(NAMED) else "named"
                taken[kind, row.hard].append((score, row.accuses))
    for (kind, hard), scores in sorted(taken.items()):
        complaints = sum(label for _, label in scores)
        print(f"{kind}{', hard' if hard else ''}: {complaints} complaints, {len(scores) - complaints} others")
        for least in (-1.0, -0.7, -0.5, 0.0, 0.3, 0.5, 0.8, 1.0, 1.5):
            found = [label for score, label in scores if score >= least]
            print(f"    from {least}: {sum(found)} and {len(found) - sum(found)}")


def _write(path: Path, weights: dict[str, float], base: float) -> None:
    lines = [
        "# How much each feature of a message speaks for a complaint about police, in hundredths (interpret/accusing).",
        "# Learned from the labelled messages by `python -m tests.interpret.learn`; not to be changed by hand.",
        "",
        f"base = {base:.2f}",
        f"rule = {RULE}",
        f"least = {LEAST}",
        f"least_unnamed = {LEAST_UNNAMED}",
        f"least_unspoken = {LEAST_UNSPOKEN}",
        "",
        "[weights]",
    ]
    lines += lines_of(weights.items())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
