"""The rules of this package as examples: what is said, and what is left to see. The tests hold every rule to them.

Add the example first, then change the rule. Every name, number, plate and account here is invented.
Never does: run outside tests.
"""

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "numbers of seven digits or more": (
        ("+919876543210", "[phone]"),
        ("call 9876543210 now", "call [phone] now"),
        ("call 98765 43210 now", "call [phone] now"),
        ("call 98 76 54 32 10 now", "call [phone] now"),
        ("+91-98765-43210", "[phone]"),
        ("मो.9876543210 पर", "[phone] पर"),
        ("९८७६५४३२१०", "[phone]"),
        ("९८ ७६ ५४ ३२ १० पर", "[phone] पर"),
        ("नौ आठ सात छह पांच चार तीन दो एक शून्य पर", "[phone] पर"),
        ("अट्ठानवे छिहत्तर चौवन बत्तीस दस", "[phone]"),
        ("नौ डबल आठ ट्रिपल सात छह पांच चार तीन", "[phone]"),
        ("nine eight seven six five four three two one zero", "[phone]"),
        ("ninety eight seventy six fifty four thirty two ten", "[phone]"),
        ("double nine eight triple seven six five four three", "[phone]"),
        ("nau aath saat chhe paanch chaar teen do ek shunya", "[phone]"),
        ("नाइन एट सेवन सिक्स फाइव फोर थ्री टू वन जीरो", "[phone]"),
        ("plus nine one nine eight seven six five four three two one zero", "[phone]"),
        ("ninety eight hundred seventy six fifty four three", "[phone]"),
    ),
    "fillers between digits": (
        ("मेरा नंबर है नौ आठ सात अं छह पांच हां चार फिर तीन दो एक जीरो", "मेरा नंबर है [phone]"),
        ("nine eight seven um six five and four three two sorry one zero", "[phone]"),
        ("nine eight for six seven to one five six seven", "[phone]"),
        ("नौ आठ सात छह लिख लिया आपने पांच चार तीन दो एक शून्य", "[phone]"),
    ),
    "pieces of one's own number": (
        ("मेरे नंबर के आखिरी चार अंक पांच छह सात आठ हैं", "मेरे नंबर के आखिरी चार अंक [phone] हैं"),
        ("my number ends with four three two one", "my number ends with [phone]"),
    ),
    "accounts and identity numbers": (
        ("मेरा आधार नंबर चार शून्य आठ तीन सात एक दो छह छह एक नौ सात", "मेरा आधार नंबर [account]"),
        ("मेरा पैन बी क्यू एक्स पी एस चार आठ दो एक के है", "मेरा पैन [account] है"),
        ("खाता 50102398670455 में", "खाता [account] में"),
        ("BQXPS4821K", "[account]"),
    ),
    "the number plate of one's own vehicle": (
        ("मेरी बाइक यूपी बत्तीस के एल नौ आठ सात छह वहीं थी", "मेरी बाइक [plate] वहीं थी"),
        ("my bike UP-78-CD-9090 was there", "my bike [plate] was there"),
    ),
    "addresses with an at": (
        ("मेरी आईडी रमेश डॉट सत्तासी एट ओके एसबीआई है", "मेरी आईडी [account] है"),
        ("i paid from nidhi dot r at ok axis", "i paid from [account]"),
        ("मेरा ईमेल रमेश दो एट द रेट जीमेल डॉट कॉम है", "मेरा ईमेल [email] है"),
        ("write to k.bharti92@rediffmail.com please", "write to [email] please"),
        ("upi pooja.rawat28@oksbi hai", "upi [account] hai"),
    ),
    "names": (
        ("मेरा नाम रमेश कुमार है और मैं बोल रहा हूं", "मेरा नाम [name] है और मैं बोल रहा हूं"),
        ("मैं सुरेश यादव बोल रहा हूं नौबस्ता से", "मैं [name] बोल रहा हूं नौबस्ता से"),
        ("वही तिवारी बोल रहा हूं", "वही [name] बोल रहा हूं"),
        ("मेरा नाम रमेश है रमेश को सब जानते हैं", "मेरा नाम [name] है [name] को सब जानते हैं"),
        ("मुझे लोग कल्लू कहते हैं", "मुझे लोग [name] कहते हैं"),
        ("main Sajid bol rha hu", "main [name] bol rha hu"),
        ("mera naam Gurmeet Singh hai", "mera naam [name] hai"),
        ("my name is ramesh kumar and i live here", "my name is [name] and i live here"),
        ("this is peter i drive a van", "this is [name] i drive a van"),
        ("i am karan singh calling from jaunpur", "i am [name] calling from jaunpur"),
        ("hello tanvi here i saw it", "hello [name] here i saw it"),
        ("मैं मोहित बीस साल का हूं", "मैं [name] बीस साल का हूं"),
        ("मेरे बेटे अंकुर को स्मैक दी", "मेरे बेटे [name] को स्मैक दी"),
    ),
    "what is kept": tuple(
        (said, said)
        for said in (
            "पिन कोड दो सौ आठ शून्य शून्य पांच है",
            "पिन कोड दो शून्य आठ शून्य शून्य पांच",
            "my pin is 208005",
            "एक सौ बारह पर फोन किया कोई नहीं आया",
            "i called one one two and nobody came",
            "उन्नीस सौ तीस पर शिकायत की",
            "बच्चों की हेल्पलाइन दस अट्ठानवे काम नहीं कर रही",
            "रात नौ बजे से दस बजे तक जुआ होता है",
            "पांच लाख पचास हजार रुपये लिए",
            "दस हजार दो सौ पचास रुपये का चालान",
            "they took ten thousand two hundred fifty rupees",
            "डी एल आठ सी ए एक्स तीन तीन तीन आठ गाड़ी में हूटर बजाते हैं",
            "UP65AB1234 black car",
            "on 15/08/2023 they paid ₹20,000",
            "मेरा नाम मत पूछिए",
            "मेरा नाम गुप्त रखिएगा",
            "मैं बहुत परेशान हूं",
            "i am afraid and this is a complaint",
            "my name should not come out",
            "राजू चरस बेचता है मैं राजू को जानता हूं",
            "he is known at the market as kallu",
            "मैं कस्टम से बोल रहा हूं",
        )
    ),
}
