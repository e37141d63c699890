"""Whether somebody of the police is spoken of, in whatever words: such a tip is shown to no police station. PURE.

Every word of the lexicon counts (officers.toml, and `police_person` of signs.toml), accused or not: no rule tells for
sure who is meant. A thana or a chauki counts unless it is a mere place ("ke paas", "behind the"). "Police" alone does
not: that they do not come, or were told, is said in half of all tips.
Never does: weigh what is said, or say of whom.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from interpret.book import Book, Hits, Words, words_of
from interpret.police import BEHIND, PERSON, PLACE, accused_levels
from interpret.sound import sound
from interpret.spelling import word_set
from models.catalogue import Catalogue, Station

SI, SI_BEHIND, OTHERS, AFTER, BEFORE, ABSENT = "si", "si_behind", "others", "after", "before", "absent"
STATION = "station"  # the name of one, without the word
_MEANT = word_set("hi ही")  # "chauki ke samne hi": said with a meaning, and no mere place
_POLICE = sound("police")
_PEOPLE = word_set("ne ko se ka ki wale wala walo wali milkar sab ने को से का की वाले वाला वालों वाली मिलकर सब")
_PART = 400  # words that are looked at in one go

Span = tuple[int, int]


class Officers:
    """The lexicon of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        facts, sets = catalogue.officers, catalogue.phrases.words
        self._book = Book()
        for tag, phrases in (
            (PERSON, (*facts.words, *sets[PERSON])),
            (PLACE, sets[PLACE]),
            (SI, facts.rank_si),
            (SI_BEHIND, facts.si_behind),
            (OTHERS, facts.others),
            (AFTER, facts.beside),
            (BEFORE, facts.before),
            (ABSENT, catalogue.phrases.police.absent),
        ):
            self._book.add(tag, phrases)
        self._book.add(STATION, (name for one in catalogue.stations.values() for name in _own_names(one)))
        # Munshipurwa and Thana Gaddi are places that people live in.
        self._book.add(OTHERS, [name for name in _localities(catalogue) if self._sounds_like_officers(name)])

    def _sounds_like_officers(self, name: str) -> bool:
        return not {PERSON, PLACE}.isdisjoint(self._book.find(words_of(name, len(name), sounds=self._book.sounds)))

    def spoken_of(self, text: str) -> bool:
        """Whether the text speaks of somebody of the police."""
        words = words_of(text, len(text), sounds=self._book.sounds)
        # A few words of each part are in the next one too, for phrases that stand on the edge.
        parts = [slice(max(0, first - 10), first + _PART) for first in range(0, len(words.keys), _PART)]
        return any(self._spoken_of(Words(words.folded[part], words.keys[part])) for part in parts)

    def _spoken_of(self, words: Words) -> bool:
        hits = self._book.find(words)
        if any(not _is_within(span, hits.get(OTHERS, ())) for span in hits.get(PERSON, ())):
            return True
        if any(not self._is_little_word(span, hits) for span in hits.get(SI, ())):
            return True
        if accused_levels(words):
            return True
        return any(not _is_mere_place(words, span, hits) for span in hits.get(PLACE, ()))

    @staticmethod
    def _is_little_word(span: Span, hits: Hits) -> bool:
        """Whether "si" is no rank, but the little word of "thodi si"."""
        return any(end == span[0] for _, end in hits.get(SI_BEHIND, ()))


def _is_mere_place(words: Words, span: Span, hits: Hits) -> bool:
    """Whether a thana or a chauki is only where something is, or its people are missed, told or asked for."""
    first, behind_it = span
    longer = any(one != span for one in hits[PLACE] if _is_within(span, [one]))  # "police chauki" is looked at whole
    if longer or _is_within(span, hits.get(OTHERS, ())):
        return True
    if any(0 <= place - behind_it <= BEHIND for place, _ in hits.get(ABSENT, ())):
        return True
    if first and words.keys[first - 1] == _POLICE:
        first -= 1
    # A name may stand between: "behind the Juhi outpost".
    if any(0 <= first - end <= 1 for _, end in hits.get(BEFORE, ())):
        return True
    # "Gaon Sihauli, thana Kerakat": as in an address, unless something of its people follows.
    named = [end for place, end in hits.get(STATION, ()) if place == behind_it]
    if named and _PEOPLE.isdisjoint(words.folded[max(named) : max(named) + 1]):
        return True
    behind = [end for place, end in hits.get(AFTER, ()) if place == behind_it]
    return bool(behind) and _MEANT.isdisjoint(words.folded[max(behind) : max(behind) + 1])


def _own_names(station: Station) -> Iterator[str]:
    yield from (station.name_hi, station.name_en, *station.aliases_hi, *station.aliases_roman)


def _localities(catalogue: Catalogue) -> Iterator[str]:
    for station in catalogue.stations.values():
        for place in station.localities:
            yield from (place.hi, place.en, *place.aliases)


def _is_within(span: Span, others: Iterable[Span]) -> bool:
    return any(first <= span[0] and span[1] <= end for first, end in others)


@lru_cache(maxsize=2)
def lexicon_of(catalogue: Catalogue) -> Officers:
    """The lexicon of a catalogue; made once a process, in a seventh of a second."""
    return Officers(catalogue)


def speaks_of_officers(text: str, catalogue: Catalogue) -> bool:
    """Whether the words of a tip speak of somebody of the police; in doubt they do."""
    return lexicon_of(catalogue).spoken_of(text)
