"""How every word the model can write may be spoken: as the voices said it in the lessons, as espeak says it alone, and
(Hindi's common words) letter by letter.

Never does: keep a phone that the network does not have.
"""

from collections.abc import Iterable, Mapping

from speech.train.phones import name, word
from speech.train.spelling import spelled

Lexicon = dict[str, dict[tuple[str, ...], float]]
_RARE = 0.2  # of the commonest way: a way heard less often than that was an accident
# What stands for a phone that was heard too seldom to be learned; else its sound without breath or nose.
_NEAR = {"ʒ": "ʃ", "ʂ": "ʃ", "ɳ": "n", "ɲ": "n", "x": "k", "ŋ": "n", "r": "ɾ"}
# As callers say it beside how espeak does. The last way is how the demonstration's voice says it within a number.
_ALSO = {"hi": {"छह": (("cʰ", "ɛ"), ("cʰ", "e"), ("cʰ", "i"))}, "en": {}}
_ALONE = 0.3  # how likely the way a word is spoken alone is, where others were heard
_SPELLED = 0.03  # how likely it is that who speaks reads every letter: few do (chosen by usual speech, ./README.md)


def lexicon(
    words: Iterable[str],
    spoken: Mapping[str, Mapping[str, int]],
    language: str,
    phones: Iterable[str],
    common: Iterable[str] = (),
) -> Lexicon:
    """For every word that can be spoken its ways, the likeliest 1.0; for `common` Hindi words letter by letter, too."""
    known, read = frozenset(phones), frozenset(common) if language == "hi" else frozenset[str]()
    found: Lexicon = {}
    for text in sorted(set(words)):
        heard = spoken.get(text, {})
        most = max(heard.values(), default=1)
        ways = {tuple(way.split()): count / most for way, count in heard.items() if count >= _RARE * most}
        for alone in (*_alone(text, language), *_ALSO[language].get(text, ())):
            if alone and alone not in ways:
                ways[alone] = _ALONE if ways else 1.0
        for way, likely in ways.items():
            usable = tuple(_nearest(phone, known) for phone in way)
            if usable and all(usable):
                own = found.setdefault(text, {})
                own[usable] = max(likely, own.get(usable, 0.0))
        letters = tuple(_nearest(phone, known) for phone in spelled(text)) if text in read else ()
        if text in found and letters and all(letters):
            found[text].setdefault(letters, _SPELLED)
    return found


def _nearest(phone: str, known: frozenset[str]) -> str:
    """The phone itself or what stands for it; empty if nothing does."""
    return next((one for one in (phone, _NEAR.get(phone, ""), phone[:1]) if one in known), "")


def _alone(text: str, language: str) -> list[tuple[str, ...]]:
    accents = ("hi",) if language == "hi" else ("us", "en")
    ways = [word(text, language, accent) for accent in accents]
    if language == "en" and (hindi := name(text)):
        ways.append(hindi)
    alone = [tuple(unit.phone for unit in way) for way in ways]
    # Before a pause and in Indian English the last sound of "drugs" and "rupees" loses its voice.
    return alone + [(*way[:-1], "s") for way in alone if language == "en" and len(way) > 2 and way[-1] == "z"]
