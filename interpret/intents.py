"""What the sender wants: to tell, to ask, to answer, or to be left alone. PURE.

A command counts when the message says nothing else; questions and wishes about the hotline by their signs; what
tells a category or a place of something going on is a tip.
Never does: take a command word inside a sentence for a command.
"""

import re

from interpret.book import Book, Hits, Sign, Words, together
from interpret.categories import Told
from interpret.commands import Commands, places_of
from interpret.numbers import Numbers
from interpret.places import Place
from interpret.police import MISCONDUCT
from interpret.wish import (
    ANSWER,
    ATTACH,
    GREETING,
    HELP,
    LANGUAGE,
    LIKELY_WISH,
    POLITE,
    SAID,
    SHORT,
    START,
    START_AGAIN,
    STATUS,
    STOP,
    TIP,
    UNKNOWN,
    WHOLE,
    Wish,
)
from models.catalogue import Catalogue
from models.catalogue.phrases import INTENTS

NEAR = 9  # words within which the parts of a wish belong together
FEW, LONG = 5, 11  # words from which a message tells something, though not plainly what: with a place, without
# What is granted though no rule knows its words; never silence, and no silence is ended by a guess (dialogue.typed).
_GRANTED = frozenset({HELP, START, START_AGAIN, GREETING, STATUS, LANGUAGE, ANSWER})
# Whoever asks who will know of it tells nothing, whatever else is said.
_WORRIED = tuple(Sign.of(sign) for sign in ("me_shown will_show !send", "my_tip where_goes", "safety"))
_OF_A_CASE, _OF_A_MATTER = Sign.of("code_word what_became"), Sign.of("my_case what_became")
_CLOSE = 3  # words between a code and the word that something is to be added
_SIGNS = {GREETING: "🙏👋🙋", ANSWER: "👍👎✅❌👌✔☑🆗", HELP: "🆘", STOP: "🛑"}
_LINK = re.compile(r"https?://\S+|(?<!\S)\S+\.(?:com|in|example|org|net|ly|gl)/\S*", re.IGNORECASE)
_MAP = re.compile(r"maps|goo\.gl|plus\.codes|geo:", re.IGNORECASE)
_POINT = re.compile(r"^\W*-?[0-9]{1,2}\.[0-9]{3,}[\s,]+-?[0-9]{1,3}\.[0-9]{3,}\W*$")
_ONLY_ASKS = re.compile(r"^[\s.]*[?？][\s?？.]*$")  # a bare question mark asks how this works


class Intents:
    """The commands and questions of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        phrases = catalogue.phrases
        self.book = Book()
        self._signs: dict[str, tuple[Sign, ...]] = {}
        self._commands = Commands()
        for name in INTENTS:
            command, signs = catalogue.commands.get(name), phrases.commands.get(name)
            whole = (*(command.keywords if command else ()), *(signs.whole if signs else ()))
            self.book.add(WHOLE + name, whole)
            self._commands.add(name, whole)
            self._signs[name] = tuple(Sign.of(sign) for sign in signs.signs) if signs else ()
        self.book.add(POLITE, phrases.polite)
        for name, words in phrases.talk_words.items():
            self.book.add(name, words)
        for name, words in phrases.answers.items():
            self.book.add(SAID + name, words)

    def wish(
        self,
        text: str,
        words: Words,
        told: list[Told],
        place: Place,
        numbers: Numbers,
        *,
        tells: bool = False,
        likely: str = "",
    ) -> Wish:
        """The intent of a message, given what was found in it. `tells`: all its words together weigh as something
        that is told, though none of them tells it plainly. `likely`: what they weigh most as, if nothing is told."""
        if not words.keys:
            return Wish(HELP, (), "emoji") if _ONLY_ASKS.match(text) else _of_emoji(text)
        hits = self.book.find(words)
        count = len(words.keys)
        plain = bool(told) and told[0].plain
        if _POINT.match(text):
            return Wish(ANSWER, (), "location")
        if "injection" in hits and not self._tells_beside(text, place):
            return Wish(UNKNOWN, (hits["injection"][0],), "instruction")
        if "hunt" in hits and not (plain and told[0].code == MISCONDUCT and told[0].act):
            return Wish(UNKNOWN, (hits["hunt"][0],), "hunting")
        if numbers.code and self._attaches(words, hits, plain):
            return Wish(ATTACH, tuple(hits.get("attach_word", hits.get("evidence", ()))[:1]), "code")
        if numbers.code and self._is_about_a_code(words, hits, plain):
            return Wish(STATUS, (), "code")
        command = self._commands.whole(words, hits)
        if command is not None and not (plain and command.intent in (START, HELP)):
            return command
        stopping = None if place.mentions else self._commands.only_stops(words, hits)
        if stopping is not None and not plain:
            return stopping
        link = _LINK.search(text)
        if self._is_spam(hits, link is not None, place):
            return Wish(UNKNOWN, (hits["spam"][0],), "spam")
        if link is not None and not plain and not re.search(r"[^\W_]", _LINK.sub("", text)):
            return Wish(ANSWER if _MAP.search(link.group()) else UNKNOWN, (), "link")
        askable = INTENTS[1:] if place.mentions else INTENTS  # who names a place does not ask for silence
        if count <= SHORT and not place.station:
            worry = next((found for sign in _WORRIED if (found := together(sign, hits, NEAR))), None)
            if worry is not None and not numbers.code:
                return Wish(HELP, worry, "asked")
            accuses = plain and told[0].code == MISCONDUCT
            asked = self._asked(hits, () if accuses or tells else (STATUS,) if plain else askable)
            if asked is not None:
                return asked
        if told and not plain and "abuse" in hits and not place.station:
            return Wish(UNKNOWN, (hits["abuse"][0],), "abuse")
        if plain or (told and not self._is_answer(words, hits, place, spare=0)):
            return Wish(TIP, told[0].spans, "category")
        asked = None if tells else self._asked(hits, askable)
        if asked is not None and not (place.station and count > SHORT // 2):
            return asked
        if ("praise" in hits and not tells) or len(places_of(hits, ("chat",))) == count:
            return Wish(UNKNOWN, (), "nothing")
        if self._is_answer(words, hits, place, spare=0 if "chat" in hits else 2):
            return Wish(ANSWER, (), "answer")
        nearly = self._commands.nearly(words, hits)
        if nearly is not None:
            return nearly
        if ("chat" in hits or "spam" in hits) and not tells:
            return Wish(UNKNOWN, (), "nothing")
        named = count >= FEW and (place.station or place.district)
        why = "place" if named else "weighed" if tells else "long" if count >= LONG else "nothing"
        if why == "nothing" and likely in _GRANTED:
            return Wish(likely, (), LIKELY_WISH)
        return Wish(UNKNOWN if why == "nothing" else TIP, (), why)

    def _asked(self, hits: Hits, intents: tuple[str, ...]) -> Wish | None:
        for name in intents:
            for sign in self._signs[name]:
                found = together(sign, hits, NEAR)
                if found is not None:
                    return Wish(name, found, "asked")
        return None

    def _is_about_a_code(self, words: Words, hits: Hits, plain: bool) -> bool:
        letters = [key for key in words.keys if not key.isdigit()]
        if not letters:
            return True
        if "status_word" in hits or together(_OF_A_CASE, hits, 2 * NEAR) is not None:
            return True
        tags = (WHOLE + STATUS,) if plain else (WHOLE + STATUS, "my_case", "what_became")
        asks = any(tag in hits for tag in tags) or together(_OF_A_MATTER, hits, NEAR) is not None
        return (asks and len(letters) <= 8) if plain else asks or len(letters) <= 6

    def _attaches(self, words: Words, hits: Hits, plain: bool) -> bool:
        """Whether something is to be added to the tip with the code: "jodo 12345678", "12345678 ki photo"."""
        letters = sum(not key.isdigit() for key in words.keys)
        digits = [place for place, key in enumerate(words.keys) if key.isdigit() and len(key) > 1]
        if "attach_word" in hits:
            close = any(abs(place - first) <= _CLOSE for first, _ in hits["attach_word"] for place in digits)
            return close or not plain or letters <= SHORT // 2
        asks = any(tag in hits for tag in ("what_became", "status_word", WHOLE + STATUS))
        return "evidence" in hits and not asks and not plain and letters <= SHORT // 2

    def _is_spam(self, hits: Hits, has_link: bool, place: Place) -> bool:
        spans = hits.get("spam", ())
        distinct = len({span[0] for span in spans})
        if place.station or (not distinct):
            return False
        mine = "mine" in hits
        return (has_link and not mine) or (distinct >= 2 and not mine)

    def _tells_beside(self, text: str, place: Place) -> bool:
        """Whether there is a report beside the instruction or markup."""
        return place.district is not None or place.station is not None

    def _is_answer(self, words: Words, hits: Hits, place: Place, spare: int = 2) -> bool:
        """Whether the message is nothing but words of an answer, numbers and places, but for `spare` unknown ones."""
        count = len(words.keys)
        covered = {
            number for tag, spans in hits.items() if tag.startswith(SAID) for span in spans for number in range(*span)
        }
        told = {tag for tag in hits if tag.startswith(SAID)}
        covered |= {number for number, key in enumerate(words.keys) if key[0].isdigit()}
        named = {number for one in place.mentions for number in range(*one.span)}
        numbers = any(key[0].isdigit() for key in words.keys)
        if not (told - {SAID + "glue"} or named or numbers):
            return False
        polite = {number for span in hits.get(POLITE, ()) for number in range(*span)}
        rest = count - len(covered | named | polite)
        if rest == 0:
            strong = any(tag not in (SAID + "place", SAID + "glue") for tag in told) or named or numbers
            return bool(strong) or count <= 5
        generic = bool(told & {SAID + "place"})
        return rest <= spare and count <= 7 and (bool(named) or generic) and rest < count - 1


def _of_emoji(text: str) -> Wish:
    for intent, letters in _SIGNS.items():
        if any(letter in text for letter in letters):
            return Wish(intent, (), "emoji")
    return Wish(UNKNOWN, (), "empty")
