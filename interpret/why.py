"""Why a message was understood as it was, in plain words for an officer, in Hindi and English. PURE.

Never does: understand anything itself; it only says what the rules found.
"""

from collections.abc import Iterator

from interpret.book import Words
from interpret.categories import Told
from interpret.mentions import Mention
from interpret.places import PIN, Place
from interpret.reading import Reason
from interpret.wish import Wish
from models.catalogue import Catalogue

# Why an intent was understood, by interpret.intents' word for it.
BECAUSE: dict[str, tuple[str, str]] = {
    "category": ("इसमें किसी वारदात या धंधे की बात है", "it tells of something that goes on"),
    "place": ("जगह बताई गई है, बात किस तरह की है यह साफ़ नहीं", "it names a place, but not plainly what goes on"),
    "long": ("पूरी बात बताई गई है, किस तरह की है यह साफ़ नहीं", "it tells something, but not plainly of what kind"),
    "weighed": ("बात बताई गई है, पर सीधे शब्दों में नहीं", "it tells something, though not in plain words"),
    "command": ("पूरे मैसेज में बस यही शब्द हैं", "the message says nothing else"),
    "asked": ("ये शब्द साथ में आए हैं", "these words stand together"),
    "code": ("आठ अंकों का कोड है", "there is a code of eight digits"),
    "answer": ("मैसेज में सिर्फ जवाब के शब्द, अंक या जगह है", "there are only words of an answer, digits or a place"),
    "location": ("नक्शे की जगह भेजी गई है", "a point on the map was sent"),
    "link": ("मैसेज में सिर्फ एक लिंक है; इसे न खोलें", "there is nothing but a link; do not open it"),
    "emoji": ("सिर्फ इमोजी है", "there is only a picture sign"),
    "spam": ("विज्ञापन जैसा है", "it looks like an advertisement"),
    "instruction": ("मशीन को दिया गया हुक्म है, सूचना नहीं", "it gives orders to a machine and tells nothing"),
    "hunting": ("सूचना देने वाले का पता पूछा गया है; कभी न बताएँ", "it asks who gave a tip; never tell"),
    "abuse": ("गाली-गलौज है, सूचना नहीं", "it is abuse and tells nothing"),
    "empty": ("पढ़ने लायक कोई शब्द नहीं", "there is no word to read"),
    "likely": ("ऐसे शब्दों से लोग अक्सर यही चाहते हैं", "people who write such words mostly want this"),
    "nothing": ("कोई जाना-पहचाना शब्द नहीं मिला", "no known word was found"),
}
INTENT_NAMES: dict[str, tuple[str, str]] = {
    "tip": ("सूचना", "a tip"),
    "start": ("सूचना देना चाहते हैं", "wants to give a tip"),
    "answer": ("किसी सवाल का जवाब", "an answer to a question"),
    "status": ("अपनी सूचना का हाल पूछा है", "asks what became of a tip"),
    "attach": ("पहले की सूचना में कुछ जोड़ना चाहते हैं", "wants to add something to a tip"),
    "menu": ("विषयों की सूची माँगी है", "asks for the list of subjects"),
    "help": ("मदद या जानकारी माँगी है", "asks for help or how this works"),
    "stop": ("मैसेज बंद करवाना चाहते हैं", "wants no more messages"),
    "start_again": ("मैसेज फिर चालू करवाना चाहते हैं", "wants messages again"),
    "language": ("भाषा बदलना चाहते हैं", "wants another language"),
    "greeting": ("नमस्ते कहा है", "a greeting"),
    "unknown": ("समझ में नहीं आया", "not understood"),
}
HOW: dict[str, tuple[str, str]] = {
    "named": ("नाम से", "by its name"),
    "rough": ("मिलती-जुलती आवाज़ से; पक्का कर लें", "by how it sounds; make sure"),
    "like": ("ज़िले के सबसे मिलते नाम से; पक्का कर लें", "as the most similar name of the district; make sure"),
    "pin": ("पिन कोड से", "by the PIN code"),
}


def reasons(
    catalogue: Catalogue, words: Words, wish: Wish, told: list[Told], place: Place | None
) -> tuple[Reason, ...]:
    """What was understood, one thing after the other. `place`: None where the intent has none."""
    hi, en = INTENT_NAMES[wish.intent]
    because_hi, because_en = BECAUSE[wish.why]
    found = [Reason("intent", _said(words, wish.spans), f"{hi}: {because_hi}", f"{en}: {because_en}")]
    for number, one in enumerate(told):
        category = catalogue.categories[one.code]
        doubt_hi, doubt_en = ("", "") if one.plain else (" (पक्का नहीं)", " (not certain)")
        about = "secondary" if number else "category"
        found.append(Reason(about, _said(words, one.spans), category.menu_hi + doubt_hi, category.menu_en + doubt_en))
    if place is not None:
        found += _where(catalogue, words, place)
    return tuple(found)


def _said(words: Words, spans: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(dict.fromkeys(words.said(span) for span in spans[:4]))


def _where(catalogue: Catalogue, words: Words, place: Place) -> Iterator[Reason]:
    for mention in place.by:
        hi, en = HOW[mention.how]
        unit = _unit(catalogue, mention, place)
        if unit is not None:
            yield Reason("place", words.said(mention.span), f"{unit[0]}, {hi}", f"{unit[1]}, {en}")
    if place.station and not any(place.station in meaning.units for one in place.by for meaning in one.meanings):
        station = catalogue.stations[place.station]
        hi, en = HOW[PIN]
        yield Reason("place", "", f"{station.name_hi}, {hi}", f"{station.name_en}, {en}")
    if place.outside is not None and place.district is None:
        hi, en = "यह जगह इस सेवा के ज़िलों से बाहर है", "outside the districts served"
        yield Reason("outside", words.said(place.outside), hi, en)


def _unit(catalogue: Catalogue, mention: Mention, place: Place) -> tuple[str, str] | None:
    units = {unit for meaning in mention.meanings for unit in meaning.units}
    if place.station in units:
        station = catalogue.stations[str(place.station)]
        return station.name_hi, station.name_en
    if place.district in units:
        area = catalogue.districts[str(place.district)]
        return area.name_hi, area.name_en
    return None
