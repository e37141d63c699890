"""Words beside the name of a place that say what the place has to do with the message, by how they sound. PURE.

Never does: name a place.
"""

from interpret.sound import sound
from interpret.spelling import word_set


def _sounds(words: str) -> frozenset[str]:
    return frozenset(sound(word) for word in word_set(words))


# A police station is meant.
STATION_ITSELF = _sounds("थाना थाने thana thane thaana ps kotwali कोतवाली police station")
THANA = STATION_ITSELF | _sounds("chowki chauki चौकी")
# After "ki" or "ke": where something goes, not where it is.
AWAY = _sounds(
    """तक की ओर तरफ taraf tak side towards to border बॉर्डर jate le bhej ja jati jata bhejte lekar जाती जाता ले भेज jane
    bhar aur se wali wala"""
)
# Right after the name: what is carried off, sent or sold there.
GOES = _sounds(
    """तक tak border बॉर्डर bordar side साइड le ले bhej भेज bheje भेजे bhejte भेजते bhejta भेजता bheji bhejne भेजने ja जा
    jate जाते jati जाती jata जाता jane जाने bhag भाग bhaga भागा bhage भागे chala चला chale चले bech बेच
    satta सट्टा matka मटका game गेम beche बेचे bechte बेचते bechta बेचता bechne बेचने bikne बिकने
    supply"""
)
# "Delhi wale Badarpur" is in Delhi; "Dilli wali gadi" goes to Delhi.
OF_THERE = _sounds("वाला वाली वाले wala wali wale vala vali vale")
CARRIES = _sounds("गाड़ी gadi gaadi ट्रेन train बस bus ट्रक truck रेल rail")
# English, before the name.
INTO = _sounds("to towards till from")
# Where the sender lives.
DWELL = _sounds("रहता रहते रहने निवासी rahta rehta rahte rehte rahne rehne niwasi nivasi resident live living")
# Where something is: right after the name of a place, or right before it.
AT = THANA | _sounds(
    """में mein me men पर pe par चौराहा चौराहे chauraha chaurahe crossing तिराहा तिराहे tiraha tirahe बाजार bazar bajar
    मोड़ mod mor मंडी mandi कस्बा kasba थानाक्षेत्र area गांव gaon"""
)
AT_BEFORE = THANA | _sounds("थाना थाने near at in gram ग्राम kasba कस्बा")
# How names end that are often written in two words.
TAILS = _sounds(
    """nagar ganj pur bazar bajar sarai abad gaon road chauraha ghat purwa vihar khana toli mandi market puram"""
)
# Little words that never are part of a name that is written in one: "pan ki" is not Panki.
LITTLE = _sounds(
    """की का के में से को ने ना ही तो पर भी है था थी थे या और he ho ki ka ke me se ko ne na hi to par bhi hai
    aur is in at aa"""
)
