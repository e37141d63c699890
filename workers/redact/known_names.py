"""Common given names and surnames of the region, and the places in a sentence where one of them is the caller's own.

Only a name in such a place is hidden: the same name elsewhere is mostly a suspect's, and kept.
Never does: hold the name of a known person.
"""

from collections.abc import Iterator, Sequence

from interpret.spelling import word_set
from workers.redact.words import Hidden

GIVEN = word_set(
    """अजय अनिल अनीता अनुज अनूप अभय अभिषेक अमन अमर अमित अमितेश अर्चना अर्जुन अरविंद अरुण अली अशोक आकाश आदित्य आनंद
    आन्या आरती आलोक आशीष आशुतोष आसिफ इमरान इरफान उमेश उषा ऋषि ओमप्रकाश कमल कमलेश करण कल्लू कविता कामता किशन
    कुलदीप कुसुम कृष्णा कैलाश खुशबू गंगाराम गणेश गीता गुड्डू गुड़िया गुरमीत गोपाल गोविंद चंदन चंद्रशेखर छोटू
    छोटेलाल जगदीश जमील जयप्रकाश जावेद जितेंद्र जोसेफ डेविड तनवी ताबिश दिनेश दिलीप दीपक दीपिका देवेंद्र धर्मेंद्र
    नंदलाल नफीस नरेंद्र नरेश नवीन नसीम निखिल निधि निशा नीरज नीलम नेहा पंकज पप्पू पवन पिंकी पीटर पूजा पूनम प्रदीप
    प्रभात प्रमोद प्रवीण प्रियंका प्रिया प्रेम फिरोज बबलू बबीता बृजेश बालकृष्ण भरत भोला मंजू मनीष मनोज महेंद्र
    महेश माया मीना मुकेश मुन्ना मुन्नी मोनू मोहन मोहम्मद मोहित यशवंत योगेश रंजीत रमेश रवि रवींद्र रश्मि राकेश
    राजकुमार राजू राजेंद्र राजेश राधा राधेश्याम रानी रामू रामदुलारे रामप्रसाद राहुल रिंकू रीता रीना रेखा रेनू
    रोहित लक्ष्मी ललित लालू वंदना वरुण विकास विक्टर विक्रम विजय विनय विनीत विनोद विपिन विवेक विशाल वीरेंद्र शकील
    शबनम शबाना शमीम शशि शारदा शाहिद शिव शिवम शिवानी शुभम शैलेंद्र श्याम श्वेता संगीता संजय संजीव संतोष संदीप
    सचिन सतीश सत्येंद्र सपना सरिता सरोज सलमान सलीम साजिद सानिया सावित्री सीता सीमा सुधा सुधीर सुनीता सुनील सुमन
    सुमित सुरेंद्र सुरेश सुशील सुषमा सूरज सोनी सोनू सौरभ हरपाल हरप्रीत हरि हरिओम हरीश हिमांशु हेमंत अब्दुल अनवर
    अंकित अंकुर अंजलि अंजू टिंकू रिंकी बिट्टू abdul abhishek aditya ajay akash ali alok aman amar amit anil
    anita anjali ankit ankur anuj anwar aarti arjun arun arvind ashish ashok asif babita bablu chandan david
    deepak deepika dinesh ganesh geeta gita gopal gurmeet hari harish harpreet himanshu imran irfan jagdish
    javed joseph kamal kamlesh karan kavita kiran kuldeep lalit mahesh manish manoj meena mohan mohammad
    mohammed mohit mukesh munna nandini narendra naresh naveen neelam neeraj neha nidhi nikhil nisha pankaj
    pappu pawan peter pinky pooja poonam pradeep pramod praveen priya priyanka radha rahul raj rajendra rajesh
    raju rakesh ramesh ravi rekha rina rinku rohit sachin sajid salim salman sandeep sangeeta sanjay sanjeev
    santosh sarita satish saurabh seema shahid shakil shiv shivam shubham shyam sita sonu sudhir suman sumit
    sunil sunita suraj surendra suresh sushil tanvi umesh usha vandana varun vijay vikas vikram vinay vinod
    vishal vivek yogesh"""
)
FAMILY = word_set(
    """अंसारी अग्रवाल अग्रहरि अवस्थी अहमद अली आलम उपाध्याय उस्मानी कटियार कनौजिया कश्यप कुमार कुमारी कुरैशी कुशवाहा
    केसरवानी खन्ना खरवार खां खान गिरि गुप्ता गुप्त गौड़ गौतम चंद चतुर्वेदी चौधरी चौबे चौरसिया चौहान जायसवाल झा
    ठाकुर तिवारी त्रिपाठी त्रिवेदी थॉमस दास दीक्षित दुबे देवी द्विवेदी नाथ नारायण निगम निषाद पटेल पांडे पांडेय
    पाठक पाल पासवान पासी प्रजापति प्रसाद बिंद बेगम भट्ट भारती मसीह मिश्र मिश्रा मौर्य मौर्या यादव रजक राजपूत
    राजभर राठौर राम राय रावत लाल वर्मा विश्वकर्मा वाल्मीकि शर्मा शाह शुक्ल शुक्ला श्रीवास्तव सक्सेना सरोज साहनी
    साहू सिंह सिद्दीकी सेठ सैनी सोनकर सोनी हुसैन शेख रहीम अरोड़ा कोरी हाशमी agarwal agrahari ahmad ahmed ansari
    arora awasthi bharti chaturvedi chaubey chaudhary chauhan chaurasia das devi dixit dubey dwivedi gautam giri
    gupta hussain jaiswal jha kashyap katiyar khan khanna kumar kumari kushwaha lal mahto masih maurya mishra
    nigam nishad pal pandey pasi paswan patel pathak prajapati prasad rai rajbhar rajput ram rathore rawat sahu
    saini saxena sharma shukla siddiqui singh sonkar soni srivastava thakur thomas tiwari tripathi trivedi
    upadhyay verma vishwakarma yadav"""
)
SELF = word_set("मैं मै main mai mein हम ham i'm im")
KIN = word_set(
    """पिता पिताजी पापा पति पत्नी बेटा बेटे बेटी लड़का लड़के लड़की भाई बहन मां अम्मा दादा दादी चाचा भतीजा भतीजी
    father mother husband wife son daughter brother sister pita pati patni beta bete beti ladka ladki bhai bahan
    behen"""
)
OWN = word_set("मेरा मेरे मेरी हमारा हमारे हमारी mera mere meri hamara hamare hamari my our")
# After these the name is somebody else's: "मैं रमेश को जानता हूँ".
OTHERS = word_set("का के की को ने से पर में ke ka ki ko ne se pe par")


def find_known_names(folded: Sequence[str]) -> Iterator[Hidden]:
    """Names from the lists where callers name themselves or their family. `folded`: the words, bare and folded."""
    for place, word in enumerate(folded[:-1]):
        before = folded[place - 1] if place else ""
        is_self = word in SELF or (word == "am" and before == "i") or (word == "is" and before == "this")
        is_family = word in KIN and before in OWN
        last = _name_end(folded, place + 1)
        if last is None or not (is_self or is_family):
            continue
        after = folded[last + 1] if last + 1 < len(folded) else ""
        if is_family or after not in OTHERS:
            yield Hidden(place + 1, last, "name", "a common name where callers name themselves or their family")


def _name_end(folded: Sequence[str], start: int) -> int | None:
    end = start
    while end < len(folded) and end - start < 4 and folded[end] in (GIVEN if end == start else GIVEN | FAMILY):
        end += 1
    return end - 1 if end > start else None
