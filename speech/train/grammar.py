"""Which words follow which: a trigram over the generator's sentences that falls back to pairs and to single words.

Absolute discounting, interpolated. Words that the sentences do not have share a small part by how common they are.
Never does: prune, or read anything but its arguments.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from speech.train.text.make import UNKNOWN

ORDER = 3
DISCOUNT = 0.9  # patterns repeat themselves far more than people do: much is left for what was not seen
OUTSIDE = 0.15
TEMPER = 0.5  # of the single words' probability for words that the sentences do not have
START, END, BACK = "<s>", "</s>", "#0"

History = tuple[str, ...]


class Grammar:
    """probability[history][word], and what is left for the shorter history."""

    def __init__(self, sentences: Iterable[tuple[str, float]], outside: Mapping[str, float]) -> None:
        counts: list[dict[History, Counter[str]]] = [defaultdict(Counter) for _ in range(ORDER)]
        for sentence, weight in sentences:
            words = [START, *sentence.split(), END]
            for at in range(1, len(words)):
                for size in range(min(ORDER, at + 1)):
                    counts[size][tuple(words[at - size : at])][words[at]] += weight  # type: ignore[assignment]
        for level in counts:
            for following in level.values():
                for word in following:
                    following[word] = following[word] ** TEMPER  # type: ignore[assignment]
        self.probability: dict[History, dict[str, float]] = {(): self._single(counts[0][()], outside)}
        self.left: dict[History, float] = {}
        for size in range(1, ORDER):
            for history, following in counts[size].items():
                self._add(history, following)

    @staticmethod
    def _single(counts: Counter[str], outside: Mapping[str, float]) -> dict[str, float]:
        total = sum(counts.values())
        single = {word: (1 - OUTSIDE) * count / total for word, count in counts.items()}
        others = {word: often for word, often in outside.items() if word not in single and word != UNKNOWN}
        whole = sum(math.sqrt(often) for often in others.values())  # the root: rarer words are not quite forgotten
        return single | {word: OUTSIDE * math.sqrt(often) / whole for word, often in others.items()}

    def _add(self, history: History, following: Counter[str]) -> None:
        total, cut = sum(following.values()), min(DISCOUNT, 0.9 * min(following.values()))
        share = cut * len(following) / total
        lower = {word: self.likely(self.context(history[1:]), word) for word in following}
        own = {word: (count - cut) / total + share * lower[word] for word, count in following.items()}
        self.probability[history] = own
        self.left[history] = max(1e-9, (1 - sum(own.values())) / max(1e-9, 1 - sum(lower.values())))

    def context(self, history: History) -> History:
        """The longest end of it that is known."""
        while history not in self.probability:
            history = history[1:]
        return history

    def likely(self, history: History, word: str) -> float:
        """The word's probability after a known history. KeyError for a word that is not known at all."""
        factor = 1.0
        while word not in self.probability[history]:
            if not history:
                raise KeyError(word)
            factor *= self.left[history]
            history = self.context(history[1:])
        return factor * self.probability[history][word]

    def perplexity(self, sentences: Iterable[str]) -> tuple[float, int]:
        """Per word, ends included, and how many words were unknown (these are left out)."""
        total, count, missing = 0.0, 0, 0
        for sentence in sentences:
            history: History = (START,)
            for word in [*sentence.split(), END]:
                if word not in self.probability[()]:
                    missing, history = missing + 1, ()
                    continue
                total -= math.log(self.likely(history, word))
                count += 1
                history = self.context((*history, word)[-(ORDER - 1) :])
        return math.exp(total / max(1, count)), missing

    def lines(self, number: Mapping[str, int]) -> list[str]:
        """OpenFst's text form, words by number; falling back makes no sound: epsilon on both sides."""
        states: dict[History, int] = {(START,): 0}

        def state(history: History) -> int:
            return states.setdefault(history, len(states))

        lines = []
        for history, following in self.probability.items():
            here = state(history)
            for word, probability in following.items():
                cost = f"{-math.log(probability):.5f}"
                if word == END:
                    lines.append(f"{here} {cost}")
                else:
                    there = state(self.context((*history, word)[-(ORDER - 1) :]))
                    lines.append(f"{here} {there} {number[word]} {number[word]} {cost}")
            if history:
                lines.append(f"{here} {state(self.context(history[1:]))} 0 0 {-math.log(self.left[history]):.5f}")
        lines.sort(key=lambda line: int(line.split()[0]) != 0)  # the first line names the start
        return lines
