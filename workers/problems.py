"""What can stand in the way of a tip, in words for officers and operators: one table. PURE.

Never does: decide what to do about it (pipeline and sweep do), or drop a tip: every problem is tried again.
"""

from dataclasses import dataclass

# Seconds until the next try after the 1st, 2nd, ... failure; the last one repeats for as long as it takes.
PAUSES = (2, 5, 10, 30, 60, 300, 900, 1800, 3600, 7200)


@dataclass(frozen=True)
class Problem:
    """Why a tip is stuck, and what mends it. `alone`: it is expected to pass without anybody's help."""

    en: str
    hi: str
    alone: bool


PROBLEMS: dict[str, Problem] = {
    "recording_not_ready": Problem(
        "The provider does not hand out the recording yet. It is asked again.",
        "प्रदाता ने रिकॉर्डिंग अभी नहीं दी है। फिर से माँगी जाएगी।",
        True,
    ),
    "provider_unreachable": Problem(
        "The provider's API does not answer or answers with an error. It is asked again.",
        "प्रदाता का API उत्तर नहीं दे रहा या त्रुटि दे रहा है। फिर से कोशिश होगी।",
        True,
    ),
    "provider_refuses_key": Problem(
        "The provider refuses our account or key: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN anew.",
        "प्रदाता हमारा खाता या कुंजी नहीं मान रहा: TWILIO_ACCOUNT_SID और TWILIO_AUTH_TOKEN फिर से भरें।",
        False,
    ),
    "provider_account_changed": Problem(
        "It lies in an earlier account of the provider: set that one again until it is erased; see ./hotline doctor.",
        "यह प्रदाता के पुराने खाते में है: मिट जाने तक वही खाता फिर से भरें; ./hotline doctor देखें।",
        False,
    ),
    "provider_still_uses_it": Problem(
        "The provider erases nothing while the call goes on. It is asked again.",
        "कॉल चलते समय प्रदाता कुछ नहीं मिटाता। फिर से कोशिश होगी।",
        True,
    ),
    "recording_too_long": Problem(
        "The recording is longer than allowed: raise HOTLINE_MAX_RECORDING_SECONDS, it is then fetched.",
        "रिकॉर्डिंग सीमा से लंबी है: HOTLINE_MAX_RECORDING_SECONDS बढ़ाएँ, तब यह ली जाएगी।",
        False,
    ),
    "recording_damaged": Problem(
        "The recording arrived cut off or damaged. It is fetched again.",
        "रिकॉर्डिंग अधूरी या खराब मिली। फिर से ली जाएगी।",
        True,
    ),
    "not_audio": Problem(
        "What the provider sent is not sound. It is fetched again.",
        "प्रदाता से जो मिला वह ध्वनि नहीं है। फिर से लिया जाएगा।",
        True,
    ),
    "disk_full": Problem(
        "No room is left on the disk, or only what is kept for calls: free some, work then goes on by itself.",
        "डिस्क भर गई है, या बची जगह कॉलों के लिए रखी है: जगह खाली करें, काम अपने-आप आगे बढ़ेगा।",
        False,
    ),
    "media_store_unreachable": Problem(
        "The media store cannot be written or read: see HOTLINE_MEDIA_URL, the folder's owner, the network.",
        "ध्वनि-भंडार पढ़ा या लिखा नहीं जा रहा: HOTLINE_MEDIA_URL, फ़ोल्डर का स्वामी और नेटवर्क जाँचें।",
        False,
    ),
    "media_lost": Problem(
        "A stored recording is no longer in the media store: restore it from the backup.",
        "सहेजी गई रिकॉर्डिंग भंडार में नहीं है: बैकअप से लौटाएँ।",
        False,
    ),
    "key_missing": Problem(
        "The sealed recording cannot be opened: seal.key is missing or another one.",
        "मुहरबंद रिकॉर्डिंग नहीं खुल रही: seal.key नहीं है या दूसरी है।",
        False,
    ),
    "model_missing": Problem(
        "The speech model of this language is missing: ./hotline models fetch hi (or en); what waits is then prepared.",
        "इस भाषा का बोली समझने वाला मॉडल नहीं है: ./hotline models fetch hi (या en) चलाएँ, रुकी चीज़ें तब तैयार होंगी।",
        False,
    ),
    "media_reader_missing": Problem(
        "Photos, videos or sounds cannot be opened on this machine: install requirements.txt anew.",
        "इस मशीन पर फोटो, वीडियो या आवाज़ नहीं खुल रही: requirements.txt फिर से लगाएँ।",
        False,
    ),
    "models_changing": Problem(
        "Another speech model was chosen; the workers take it up within seconds. It is tried again.",
        "दूसरा बोली समझने वाला मॉडल चुना गया है; कुछ ही सेकंड में काम में आ जाएगा। फिर से कोशिश होगी।",
        True,
    ),
    "worker_died": Problem(
        "The worker process died over it (killed, or out of memory). It is tried again.",
        "इस पर काम करते हुए worker बंद हो गया (रोका गया या मेमोरी कम पड़ी)। फिर से कोशिश होगी।",
        True,
    ),
    "took_too_long": Problem(
        "The work took longer than its time limit. It is tried again.",
        "काम तय समय से अधिक चला। फिर से कोशिश होगी।",
        True,
    ),
    "database_unreachable": Problem(
        "The database does not answer. It is tried again.",
        "डेटाबेस उत्तर नहीं दे रहा। फिर से कोशिश होगी।",
        True,
    ),
    "unexpected": Problem(
        "A fault in the program: see the worker's log. It is tried again.",
        "प्रोग्राम में त्रुटि: worker का लॉग देखें। फिर से कोशिश होगी।",
        False,
    ),
}


class JobProblem(Exception):
    """A job stopped for a known reason and is to be tried again. Its text reaches Redis and logs: no ids in it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail[:300]


def pause(attempts: int) -> int:
    """Seconds to wait after so many failures (from 1)."""
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]
