"""Which language a message is written in: by its letters, and for Latin letters by its little words. PURE.

Never does: decide from one name; in doubt it says Romanised Hindi, which is answered in Hindi.
"""

import re

from interpret.book import Words
from interpret.spelling import word_set

LANGUAGES = HINDI, ROMAN, ENGLISH, MIXED, NONE = "hi", "hi-Latn", "en", "mixed", "none"
_DEVANAGARI = re.compile("[\u0900-\u0963\u0970-\u097f]")
_LATIN = re.compile("[a-z]")
_ENGLISH = word_set(
    """the is are was were be been of in at near on from and or a an to for with who what where when how why which this
    that these those there here they them their he she his her him you your we our us it its my me i not no yes by as
    have has had do does did will would can could should please sir people man men woman women boys girls every day
    night police station selling sells sold drugs against behind after before between about some someone any again
    stop start help status hello hi hey thanks thank ok okay report tip language english reply change want don't dont
    near village shop shops road money take takes asks bus stand house case update complaint number code ref illegal
    good morning evening weapon weapons ilegal wepon spam gun guns gambling betting murder robbery extortion cyber fraud
    trader unsubscribe cancel end quit menu info snaching snatching eve tising teasing harassment overload"""
)
_HINDI = word_set(
    """hai hain h he me mein ka ki ke ko se par pe aur bhi nahi nhi nahin ho hota hoti hote raha rahi rahe rha rhi rhe
    wala wali wale ye yeh yah wo woh kya kyu kab kaha kahan kaise kon kaun mera meri mere hamara hamare hum ham aap tum
    kar karo karte karta karna diya liya gaya gya tha thi the roj roz raat rat din subah sham gaon gaw ganv ghar log
    ladke ladki paas pas ek do teen char ji bhai sahab jo jab tak ab abhi na mat band karo hua hui hue ba hot hamre
    paise paisa dukan bech bikta bikti bik chal bhaiya"""
)


def language_of(folded_text: str, words: Words) -> str:
    """hi, hi-Latn, en, mixed (both scripts) or none (no word)."""
    hindi, latin = bool(_DEVANAGARI.search(folded_text)), bool(_LATIN.search(folded_text))
    if hindi and latin:
        return MIXED
    if hindi:
        return HINDI
    if not latin:
        return NONE
    english = sum(word in _ENGLISH and word not in ("me", "the", "he", "do") for word in words.folded)
    roman = sum(word in _HINDI for word in words.folded)
    english += sum(word == "the" for word in words.folded) if english > roman else 0
    return ENGLISH if english > roman else ROMAN
