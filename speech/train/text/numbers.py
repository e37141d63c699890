"""Numbers as people say them on the telephone: counts, money, hours, telephone and vehicle numbers, PIN codes.

Never does: make a telephone number that is anybody's on purpose: all are drawn at random.
"""

import random

_HINDI = """शून्य एक दो तीन चार पाँच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस
इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस
उनतालीस चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास पचास इक्यावन बावन तिरपन चौवन
पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर
चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी नब्बे
इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे""".split()
_TEENS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH = _TEENS + [ten if one == 0 else f"{ten} {_TEENS[one]}" for ten in _TENS for one in range(10)]
_LETTERS = {
    "hi": "ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्लू एक्स वाई जेड".split(),
    "en": "a b c d e f g h i j k l m n o p q r s t u v w x y z".split(),
}
_SCALES = {"hi": ("सौ", "हजार", "लाख", "करोड़"), "en": ("hundred", "thousand", "lakh", "crore")}
_STATE = {
    "hi": ("यूपी", "यूपी", "यूपी", "बीआर", "डीएल", "एमपी", "एचआर"),
    "en": ("u p", "u p", "u p", "b r", "d l", "m p", "h r"),
}
# The districts of the four offices and their neighbours, as on number plates.
_PLATES = (78, 78, 77, 62, 61, 67, 65, 50, 63, 32, 70, 14, 16, 35)
_FIRST_DIGITS = (9, 9, 8, 7, 6)  # of Indian mobile numbers


class Numbers:
    """Spoken numbers of one language, drawn from one stream of chance."""

    def __init__(self, language: str, chance: random.Random) -> None:
        self._chance = chance
        self._words = _HINDI if language == "hi" else _ENGLISH
        self._letters = _LETTERS[language]
        self._hundred, self._thousand, self._lakh, self._crore = _SCALES[language]
        self._states = _STATE[language]
        self._double = "डबल" if language == "hi" else "double"

    def slot(self, name: str) -> str:
        """What stands for {name}. KeyError for a slot that does not exist."""
        return {
            "digits": self._digits_few,
            "phone": self._phone,
            "plate": self._plate,
            "pin": self._pin,
            "number": self._number,
            "money": self._money,
            "hour": lambda: self._words[self._chance.randint(1, 12)],
            "letter": lambda: self._chance.choice(self._letters),
        }[name]()

    def _digits(self, digits: list[int]) -> str:
        """Digit by digit, now and then "double five" for two of the same."""
        said = []
        at = 0
        while at < len(digits):
            twice = at + 1 < len(digits) and digits[at] == digits[at + 1] and self._chance.random() < 0.3
            said.append(f"{self._double} {self._words[digits[at]]}" if twice else self._words[digits[at]])
            at += 2 if twice else 1
        return " ".join(said)

    def _drawn(self, count: int) -> list[int]:
        return [self._chance.randint(0, 9) for _ in range(count)]

    def _digits_few(self) -> str:
        return self._digits(self._drawn(self._chance.choice((1, 2, 3, 4, 4, 4, 4, 6))))

    def _phone(self) -> str:
        digits = [self._chance.choice(_FIRST_DIGITS), *self._drawn(9)]
        if self._chance.random() < 0.2:  # in pairs: ninety eight, seventy six ...
            pairs = [digits[at] * 10 + digits[at + 1] for at in range(0, 10, 2)]
            if all(pair > 9 for pair in pairs):
                return " ".join(self._words[pair] for pair in pairs)
        return self._digits(digits)

    def _plate(self) -> str:
        district = self._chance.choice(_PLATES)
        spoken = self._words[district] if self._chance.random() < 0.7 else self._digits([district // 10, district % 10])
        letters = " ".join(self._chance.choice(self._letters) for _ in range(2))
        return f"{self._chance.choice(self._states)} {spoken} {letters} {self._digits(self._drawn(4))}"

    def _pin(self) -> str:
        return self._digits([2, self._chance.choice((0, 2, 3)), *self._drawn(4)])

    def _number(self) -> str:
        top = self._chance.choice((12, 12, 12, 30, 99))
        return self._words[self._chance.randint(1, top)]

    def _money(self) -> str:
        few = self._chance.choice((1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 75, 80, 90))
        scale = self._chance.choice(
            (self._hundred, self._thousand, self._thousand, self._thousand, self._lakh, self._lakh, self._crore)
        )
        more = ""
        if scale == self._lakh and self._chance.random() < 0.3:
            more = f" {self._words[10 * self._chance.randint(1, 9)]} {self._thousand}"
        if scale == self._hundred:
            few = min(few, 9)
        return f"{self._words[few]} {scale}{more}"
