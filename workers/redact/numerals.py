"""Number words as spoken and typed: Hindi, English, English in Hindi letters, Hindi in Latin letters. PURE.

Never does: decide whether a number is hidden (numbers does).
"""

import unicodedata

from interpret.spelling import fold, word_set

_HINDI = """शून्य जीरो सुन्न सिफर ज़ीरो/एक वन/दो टू/तीन थ्री/चार फोर/पांच पाच फाइव फाईव/छह छः छ छे छै सिक्स/सात सेवन/आठ एट ऐट
नौ नाइन नाईन
दस टेन/ग्यारह इलेवन/बारह ट्वेल्व/तेरह/चौदह/पंद्रह/सोलह/सत्रह सतरह/अठारह अट्ठारह/उन्नीस
बीस ट्वेंटी/इक्कीस/बाईस बाइस/तेईस तेइस/चौबीस/पच्चीस/छब्बीस/सत्ताईस सत्ताइस/अट्ठाईस अट्ठाइस अठाईस अठाइस/उनतीस उन्तीस
तीस/इकतीस इकत्तीस/बत्तीस/तैंतीस तेंतीस/चौंतीस चौतीस/पैंतीस/छत्तीस/सैंतीस/अड़तीस/उनतालीस उन्तालीस
चालीस/इकतालीस/बयालीस/तैंतालीस तिरालीस/चौवालीस चवालीस चौंवालीस/पैंतालीस/छियालीस/सैंतालीस/अड़तालीस/उनचास उन्चास
पचास/इक्यावन/बावन/तिरपन तिरेपन/चौवन/पचपन/छप्पन/सत्तावन/अट्ठावन अठावन/उनसठ
साठ/इकसठ/बासठ/तिरसठ तिरेसठ/चौंसठ चौसठ/पैंसठ/छियासठ/सड़सठ सरसठ/अड़सठ/उनहत्तर
सत्तर/इकहत्तर/बहत्तर/तिहत्तर/चौहत्तर/पचहत्तर/छिहत्तर/सतहत्तर/अठहत्तर अठत्तर/उन्यासी उनासी
अस्सी/इक्यासी/बयासी/तिरासी/चौरासी/पचासी/छियासी/सत्तासी/अट्ठासी अठासी/नवासी
नब्बे/इक्यानवे इक्यानबे/बानवे बानबे/तिरानवे तिरानबे/चौरानवे चौरानबे/पंचानवे पचानवे पंचानबे/छियानवे छियानबे
सत्तानवे सत्तानबे/अट्ठानवे अठानवे अट्ठानबे/निन्यानवे निन्यानबे"""
_ENGLISH = """zero oh o nil null/one/two/three/four/five/six/seven/eight/nine/ten/eleven/twelve/thirteen/fourteen
fifteen/sixteen/seventeen/eighteen/nineteen"""
_ENGLISH_TENS = "twenty/thirty/forty fourty/fifty/sixty/seventy/eighty/ninety"
_LATIN_HINDI = """shunya zeero jiro/ek/do/teen tin/char chaar/paanch panch pach/chhe chhah chah che cheh/saat sat
aath ath/nau/das dus/gyarah/barah/terah/chaudah/pandrah/solah/satrah/atharah/unnis"""
_LATIN_MORE = {"bees": "20", "tees": "30", "chalis": "40", "pachas": "50", "sattar": "70", "assi": "80", "nabbe": "90"}
_LATIN_MORE |= {"ikyanve": "91", "atthanve": "98", "ninyanve": "99"}


def _listed(text: str, start: int = 0, step: int = 1) -> dict[str, str]:
    groups = text.replace("\n", "/").split("/")
    return {fold(word): str(start + step * n) for n, group in enumerate(groups) for word in group.split()}


TENS = _listed(_ENGLISH_TENS, start=20, step=10)  # "ninety eight" is two digits, not three
NUMBER_WORDS = _LATIN_MORE | _listed(_LATIN_HINDI) | _listed(_ENGLISH) | TENS | _listed(_HINDI)

REPEATS = dict.fromkeys(word_set("डबल डब्बल दोहरा double dabal dabbal"), 2)
REPEATS |= dict.fromkeys(word_set("ट्रिपल तिहरा triple tripal"), 3)
HUNDRED = word_set("सौ हंड्रेड hundred sau")
LARGE = word_set("हजार लाख करोड़ thousand lakh lakhs lac crore crores hazar hazaar hajar million")
# What an English recogniser writes for a digit when it does not know that it hears a number.
SOUND_ALIKE = word_set("to too for ate won sex tree free fore nein no know sven")


def digits_of(word: str) -> str:
    """The digits written in a word, of any script, as 0-9; empty when there are none."""
    return "".join(str(unicodedata.decimal(c)) for c in word if c.isdecimal())
