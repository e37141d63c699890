"""Finds many words and phrases in a message in one pass, whatever their spelling. PURE.

A phrase is looked up by how it sounds (interpret.sound), with or without its spaces; one ending in * also begins longer
words; one beginning with = is taken letter by letter.
Never does: match by likeness, or read "ka ta" as "kata": only long phrases may be cut differently than written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from interpret.sound import sound
from interpret.spelling import fold, tokens

LONGEST = 5  # words of a phrase
LONGEST_WORD = 40  # letters; what is longer is no word
FREE_LENGTH = 6  # letters from which the spaces of a phrase do not matter
SHORTEST_STEM = 3
# What may follow a stem of under five letters: Hindi and English endings, as they sound.
_ENDING = re.compile(
    "(?:(?:v|va|ai|i)?(?:a|e|i|o|u|an|on|en|ia|ian|io|ion|ie|ay|aya|aye|aie|at|ata|ate|ati|t|ta|te|ti|na|ne|ni|kar|ke|kr|ayi|ai|oi)"
    "|vana|vane|vani|vata|vate|vati|vaya|vaye|vai|vakar|s|es|ed|er|ers|ing|ings|d|r|rs|n|y|vala|vale|vali|ri|ari|ariyo|hen|he|h)?$"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a message: as folded, and their sounds. Both are equally long."""

    folded: tuple[str, ...]
    keys: tuple[str, ...]

    def said(self, span: tuple[int, int]) -> str:
        """The folded words of a span (first, one behind the last)."""
        return " ".join(self.folded[span[0] : span[1]])


# How people in a hurry write little words, and what they stand for.
_SHORT = {
    short: sound(word)
    for short, word in (
        pair.split("=")
        for pair in """h=hai hn=haan k=ke m=me kr=kar krna=karna krni=karni krne=karne krta=karta krte=karte krti=karti
        kro=karo krdo=kardo krke=karke krwa=karwa krwata=karwata nhi=nahi nai=nahi nh=nahi rha=raha rhe=rahe rhi=rahi
        rhta=rahta rhte=rahte mje=mujhe mjhe=mujhe mujhko=mujhe mre=mere mra=mera btao=batao btana=batana btani=batani
        btaya=bataya bhjo=bhejo bhej=bhej chaiye=chahiye chahie=chahiye chahye=chahiye dijie=dijiye dijye=dijiye
        kijie=kijiye plz=please pls=please plzz=please bndh=band bandh=band bnd=band bund=band msg=message msgs=message
        mesej=message messeg=message msz=message u=you ur=your r=are pta=pata thk=theek kch=kuch koe=koi
        shikayt=shikayat suchn=suchna न=na""".split()
    )
}


# Ranks that are common words unless they are written in capitals: "SO ne paise liye", "the IO".
_CAPITALS = re.compile(r"\b(?:SO|SI|IO|CO|HC)\b")
_RANKS = dict.fromkeys(("so", "si", "io", "co", "hc"), sound("sho"))


def words_of(text: str, at_most: int = 800, *, sounds: Mapping[str, str] = MappingProxyType({})) -> Words:
    """The words of a text, folded; those behind the first `at_most` are not read. `sounds`: those of words met before
    (the catalogue's), so that they need not be worked out again."""
    folded = tuple(word[:LONGEST_WORD] for word in tokens(text)[:at_most])
    short = _SHORT | _RANKS if _CAPITALS.search(text) and not text.isupper() else _SHORT
    sounding = [(word, key) for word in folded if (key := short.get(word) or sounds.get(word) or sound(word))]
    return Words(tuple(word for word, _ in sounding), tuple(key for _, key in sounding))


Hits = dict[str, list[tuple[int, int]]]


@dataclass(slots=True)
class Book:
    """Phrases and the tags they stand for. Filled once, then only read."""

    exact_only: frozenset[str] = frozenset()  # sounds of words that look like a phrase and are not: taken by letter
    sounds: dict[str, str] = field(default_factory=dict)  # of every word in the phrases
    _whole: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _stems: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _alone: dict[str, tuple[tuple[str, ...], bool]] = field(default_factory=dict)
    _exact: dict[str, list[str]] = field(default_factory=dict)
    # Every beginning of a phrase, and the tags of the stem that it is.
    _starts: dict[str, Sequence[tuple[str, int]]] = field(default_factory=dict)

    def add(self, tag: str, phrases: Iterable[str]) -> None:
        """Let every one of the phrases stand for the tag."""
        for phrase in phrases:
            words = tokens(phrase.strip("=*"))
            for word in words:
                if word not in self.sounds:
                    self.sounds[word] = sound(word)
            key = "".join(self.sounds[word] for word in words)
            if not key:
                continue
            if phrase.startswith("=") or (len(words) == 1 and key in self.exact_only):
                self._exact.setdefault(fold(phrase.strip("=*")), []).append(tag)
            elif phrase.endswith("*") and len(key) >= SHORTEST_STEM:
                before = "".join(sound(word) for word in words[:-1])
                # A stem may sound otherwise with its ending: "follow" and "followed".
                for form in {key, before + sound(words[-1] + "e").removesuffix("e")}:
                    if len(form) >= SHORTEST_STEM:
                        self._put(self._stems, form, tag, len(words))
            else:
                self._put(self._whole, key, tag, len(words))

    def _put(self, where: dict[str, list[tuple[str, int]]], key: str, tag: str, length: int) -> None:
        entry = (tag, length if len(key) < FREE_LENGTH else 0)
        if entry not in where.setdefault(key, []):
            where[key].append(entry)
        for end in range(1, len(key) + 1):
            self._starts.setdefault(key[:end], ())
        if where is self._stems:
            self._starts[key] = where[key]

    def knows(self, key: str) -> bool:
        """Whether a word of this sound is a phrase, or begins with one, by itself."""
        if key in self._whole:
            return True
        for end in range(SHORTEST_STEM, len(key) + 1):
            if key[:end] in self._stems:
                return True
            if key[:end] not in self._starts:
                return False
        return False

    def prepare(self, keys: Iterable[str]) -> None:
        """Work out beforehand what words of these sounds say by themselves. Nothing is added after this."""
        self._alone.clear()
        self._alone.update((key, (tuple(self._said_by(key)), key in self._starts)) for key in set(keys))

    def _said_by(self, key: str) -> Iterator[str]:
        """The tags of a word by itself."""
        for tag, wanted in self._whole.get(key, ()):
            if wanted in (0, 1):
                yield tag
        if key not in self.exact_only:
            for cut in range(SHORTEST_STEM, len(key) + 1):
                begun = self._starts.get(key[:cut])
                if begun is None:
                    break
                for tag, wanted in begun:
                    if wanted in (0, 1) and (cut > 4 or _ENDING.match(key, cut)):
                        yield tag

    def find(self, words: Words, skip: frozenset[int] = frozenset()) -> Hits:
        """Every tag with the spans where it is said, in order. Words at the places in `skip` are not looked at."""
        hits: Hits = {}
        keys, count = words.keys, len(words.keys)
        whole, starts, exact, alone = self._whole, self._starts, self._exact, self._alone
        for start, joined in enumerate(keys):
            if start in skip:
                continue
            if words.folded[start] in exact:
                for tag in exact[words.folded[start]]:
                    hits.setdefault(tag, []).append((start, start + 1))
            if joined[:SHORTEST_STEM] not in starts:
                continue
            tags, goes_on = alone.get(joined) or (self._said_by(joined), joined in starts)
            for tag in tags:
                hits.setdefault(tag, []).append((start, start + 1))
            if not goes_on or start + 1 == count or start + 1 in skip:
                continue
            before = len(joined)
            joined += keys[start + 1]
            for end in range(start + 2, min(count, start + LONGEST) + 1):
                length = end - start
                if joined in whole:
                    for tag, wanted in whole[joined]:
                        if wanted in (0, length):
                            hits.setdefault(tag, []).append((start, end))
                for cut in range(max(before + 1, SHORTEST_STEM), len(joined) + 1):
                    begun = starts.get(joined[:cut])
                    if begun is None:
                        break
                    for tag, wanted in begun:
                        if wanted in (0, length) and (cut > 4 or _ENDING.match(joined, cut)):
                            hits.setdefault(tag, []).append((start, end))
                if joined not in starts or end == count or end in skip:
                    break
                before = len(joined)
                joined += keys[end]
        return hits


@dataclass(frozen=True, slots=True)
class Sign:
    """Tags that mean something when all stand near each other and none of `absent` is said."""

    present: tuple[str, ...]
    absent: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Sign":
        """From "one two !three"."""
        terms = text.split()
        return cls(
            tuple(term for term in terms if not term.startswith("!")),
            tuple(term[1:] for term in terms if term.startswith("!")),
        )


def together(sign: Sign, hits: Hits, within: int) -> tuple[tuple[int, int], ...] | None:
    """Where the tags of the sign are said within so many words of each other, each by other words; else None."""
    for tag in sign.present:
        if tag not in hits:
            return None
    for tag in sign.absent:
        if tag in hits:
            return None
    spans = [hits[tag] for tag in sign.present]
    if len(spans) == 1:
        return (spans[0][0],)
    return _choose(spans, (), within)


def _choose(
    spans: list[list[tuple[int, int]]], chosen: tuple[tuple[int, int], ...], within: int
) -> tuple[tuple[int, int], ...] | None:
    if not spans:
        return chosen
    for span in spans[0][:40]:
        if all(span[1] <= other[0] or other[1] <= span[0] for other in chosen):
            first = min((span[0], *(other[0] for other in chosen)))
            last = max((span[1], *(other[1] for other in chosen)))
            if last - first <= within:
                found = _choose(spans[1:], (*chosen, span), within)
                if found is not None:
                    return found
    return None
