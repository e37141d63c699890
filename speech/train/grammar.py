"""Which words follow which: a trigram over the generator's sentences that falls back to pairs and to single words.

Absolute discounting, interpolated, as Kneser and Ney do it: a pair counts by how many different words came before it,
a word by how many, since a pattern's words are common for the pattern's sake. Words that the sentences do not have
share a small part by how common they are. Two words that were followed once are forgotten: one word tells nearly as
much, and the graph is a third smaller. Never does: read anything but its arguments.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from speech.train.text.make import UNKNOWN

ORDER = 3
# Patterns repeat themselves far more than people do: counts are flattened by these powers, and much is left for what
# was not seen. Of single words, of pairs, of triples; chosen by the perplexity of ./tuning.
TEMPER = (1.0, 1.0, 0.6)
DISCOUNT = (0.0, 0.8, 0.95)
OUTSIDE = 0.1  # of the single words' probability for how common a word is outside
_FEW = 1.0  # what followed two words, flattened: not worth remembering. It would cost 3 MB and give 1 % of perplexity
START, END, BACK = "<s>", "</s>", "#0"

History = tuple[str, ...]
Counts = dict[History, Counter[str]]


class Grammar:
    """probability[history][word], and what is left for the shorter history."""

    def __init__(self, sentences: Iterable[tuple[str, float]], outside: Mapping[str, float]) -> None:
        singles, pairs, triples = self._counted(sentences)
        self.probability: dict[History, dict[str, float]] = {(): self._single(singles[()], outside)}
        self.left: dict[History, float] = {}
        for size, level in ((1, pairs), (2, triples)):
            for history, following in level.items():
                if size == 1 or sum(following.values()) > _FEW:
                    self._add(history, following, DISCOUNT[size])

    @staticmethod
    def _counted(sentences: Iterable[tuple[str, float]]) -> tuple[Counts, Counts, Counts]:
        """What follows nothing, one word, two words, flattened."""
        triples: Counts = defaultdict(Counter)
        pairs: Counts = defaultdict(Counter)
        before: dict[tuple[str, str], set[str]] = defaultdict(set)
        for sentence, weight in sentences:
            words = ["", START, *sentence.split(), END]
            for first, second, third in zip(words, words[1:], words[2:], strict=False):
                if second == START:
                    pairs[(START,)][third] += weight  # type: ignore[assignment]
                else:
                    triples[first, second][third] += weight  # type: ignore[assignment]
                before[second, third].add(first)
        singles: Counts = {(): Counter(word for _, word in before)}
        for (second, third), firsts in before.items():
            if second != START:
                pairs[(second,)][third] = len(firsts)
        for level, power in zip((singles, pairs, triples), TEMPER, strict=True):
            for history, following in level.items():
                own = TEMPER[2] if history == (START,) else power  # a sentence's start has no continuation counts
                for word in following:
                    following[word] = following[word] ** own
        return singles, pairs, triples

    @staticmethod
    def _single(counts: Counter[str], outside: Mapping[str, float]) -> dict[str, float]:
        total = sum(counts.values())
        single = {word: (1 - OUTSIDE) * count / total for word, count in counts.items()}
        # The root: rarer words are not quite forgotten.
        often = {word: math.sqrt(how) for word, how in outside.items() if word != UNKNOWN}
        whole = sum(often.values())
        for word, how in often.items():
            single[word] = single.get(word, 0.0) + OUTSIDE * how / whole
        return single

    def _add(self, history: History, following: Counter[str], discount: float) -> None:
        total = sum(following.values())
        cut = {word: min(discount, 0.98 * count) for word, count in following.items()}
        share = sum(cut.values()) / total
        lower = {word: self.likely(self.context(history[1:]), word) for word in following}
        own = {word: (count - cut[word]) / total + share * lower[word] for word, count in following.items()}
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
