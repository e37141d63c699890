"""Common words that must not be taken for a misspelt place. PURE.

Never does: keep a place from being found by its written name; only likeness and bones pass these words over.
"""

from interpret.sound import sound
from interpret.spelling import word_set

ORDINARY = frozenset(
    sound(word)
    for word in word_set(
        """hai hain he h me mein main ka ki ke ko se par pe aur bhi nahi nhi nahin ho hota hoti hote raha rahi rahe rha
        rhi rhe wala wali wale ye yeh yah vo wo woh kya kyu kab kaha kahan kaise kon kaun mera meri mere hamara hamare
        hamari hum ham aap tum kar karo karte karta karti karna karke diya diye liya liye gaya gye gai gaye tha thi the
        roj roz rojana raat rat din subah sham shaam dopahar gaon gaw ganv ghar log logo ladke ladka ladki ladkiyan
        paas pas piche peeche samne saamne andar bahar upar niche bich beech ek do teen char panch chhe saat aath nau
        das sau hajar lakh ji bhai sahab sir jo jab tab tak ab abhi na mat band hua hui hue ba bani paise paisa rupaye
        rupya dukan makan kamra chal chalta chalti chalte chalu aata aati aate jata jati jate bahut jyada thoda kuch koi
        sab kisi sabhi unka uska iska inka unke uske iske kaam kam gadi gadiya bike number naam purana purani naya nayi
        bada badi bade chota choti chote accha kharab khali bhari area ilaka thana thane chauki police station sthan
        jagah taraf side baje baad pahle pehle kal aaj parso hafta hafte mahina mahine saal sal baar bar der jaldi
        turant
        the is are was were be been of in at near on from and or an a to for with who what where when how why which this
        that these those there here they them their his her him you your our us it its my not no yes by as have has had
        does did will would can could should please people man men woman women boys girls every day night behind after
        before between about some someone any again under over near next house road street shop market village town
        college school hospital mandir masjid sadak chauraha bazar nagar colony bus stand railway bridge river side
        mahila bachche bacche bachcha aurat aadmi admi vyakti vyakti garib baithak baithe khade khada rahta rehta
        kripya mujhe hame unhe inhe apna apne apni khud dusra dusre dusri pahla tisra sahi galat thik theek matlab
        lekin magar agar to toh yani kyunki isliye phir fir sath saath bina liye taki jaise waise aise itna kitna
        janta janti jante dekha dekhi dekho suna sunta bola bole bolte kaha kahte batata bataya bataye batao rakha rakhe
        milta milti milte mila mili mile chahiye chahta sakta sakte sakti lagta lagti lage laga laya laye bhej bheja
        अन्याय रीति हेल्थ health चुनी चवन्नी घूमती गोमती भीतरी खंडवा शिकारी सीकरी पंवार अंकीय turn बोटी ढीली
        बॉक्सर अंडों बजरी अधीर
        कूदने भोगना महापुराण दानापुर bird singer arrange bargain barge bounty rite strain manager जमाने आंखें
        utha uthta dala dale nikal nikla nikle nikalte pakad pakda bhaga bhage mara mare marte pita pite khata khate
        """
    )
)

# Words of everyday speech that sound like a place's name or alias: no place by themselves, however they are written.
NEVER_ALONE = word_set(
    """आने aane ane anne बुरा bura बारह barah baarah साध sadh saadh सूखा सुखा sukha भीतरी bhitari bheetri खदान
    khadan khadaan
    पासी pasi akin चवन्नी chavanni बरसाती barsati barsaati पारस paras गुमटी gumti gumati gumtee मो mo mati माटी murda
    """
)
