"""What callers say when they say little: a digit, a few digits, yes, no, a place; one to four words without context.

Never does: draw from anything but the chance that it is given.
"""

import random
from collections.abc import Sequence

DIGITS = {
    "en": "zero one two three four five six seven eight nine".split(),
    "hi": "शून्य एक दो तीन चार पांच छह सात आठ नौ".split(),
}
_ANSWERS = {
    "en": """yes|no|yes please|no thank you|i do not know|yes sir|no sir|hello|help|okay|sure|maybe|not now|right now
        |today|yesterday|tonight|last night|this morning|hindi|english|end|stop|repeat|again|back|one|two|three|oh
        |double|triple|double zero|double nine|that is all|no name|i am safe|i am not safe|call me|near here|over there
        |thank you|nothing|nobody|somebody|please come|come fast|in danger""",
    "hi": """हां|नहीं|जी हां|जी नहीं|जी|पता नहीं|मालूम नहीं|ठीक है|हेलो|मदद|बचाओ|आज|कल|अभी|रात को|सुबह|शाम को|हिंदी|अंग्रेजी|बस
        |फिर से|दोबारा|एक|दो|तीन|चार|हां जी|नहीं जी|कोई नहीं|कुछ नहीं|बाद में|जल्दी आओ|मैं ठीक हूं|मैं खतरे में हूं
        |नाम नहीं बताऊंगा|यहां|वहां|धन्यवाद|डबल|शून्य""",
}
_DIGIT, _DIGITS, _NUMBER, _ANSWER = 0.42, 0.57, 0.65, 0.8  # of them, up to where; the rest are pieces of sentences


def answers(language: str) -> list[str]:
    """The answers that need no drawing."""
    return [answer.strip() for answer in _ANSWERS[language].split("|")]


def short(language: str, chance: random.Random, number: str, sentence: Sequence[str]) -> str:
    """One of them; `number` and `sentence` are what a piece is taken from."""
    kind = chance.random()
    if kind < _DIGIT:
        return chance.choice(DIGITS[language])
    if kind < _DIGITS:
        return " ".join(chance.choice(DIGITS[language]) for _ in range(chance.randint(2, 4)))
    if kind < _NUMBER:
        return " ".join(number.split()[-chance.randint(1, 4) :])
    if kind < _ANSWER:
        return chance.choice(answers(language))
    count = chance.randint(1, 3)
    start = chance.randrange(max(1, len(sentence) - count + 1))
    return " ".join(sentence[start : start + count])
