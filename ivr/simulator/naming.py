"""Tells a text's name from its words, as they arrived on a telephone: variables filled in.

Never does: guess; words that differ by a letter have no name.
"""

import re
from collections.abc import Callable

from ivr.channels.prompts import LANGUAGES
from ivr.channels.texts import Texts

_VARIABLE = re.compile(r"\\\{\w*\\\}")


def names_of(texts: Texts) -> Callable[[str], str | None]:
    """A function from words to the name of the text in the catalogue, in whichever language."""
    forms = [
        (re.compile(_VARIABLE.sub(r".{0,30}", re.escape(text.text))), text.name)
        for lang in LANGUAGES
        for text in texts.all(lang)
    ]

    def name_of(words: str) -> str | None:
        return next((name for form, name in forms if form.fullmatch(words.strip())), None)

    return name_of
