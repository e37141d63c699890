"""What `<Record>` makes of what is said: where it stops, what it keeps, and by which key it ended. PURE.

Never does: store the sound or tell anybody (call.py does).
"""

from dataclasses import dataclass

import numpy as np

from ivr.simulator.fault import WrongMoment
from ivr.simulator.sound import RATE, Pcm, is_silent, silence, silence_ends_at, trimmed, wav_bytes
from ivr.simulator.twiml import KEYS, Verb

LONGEST = 3600  # seconds, when the document does not say
ANY_KEY = "1234567890*#"  # finishes, when the document does not say


@dataclass(frozen=True)
class Take:
    """One recording: `seconds` as told to the action (untrimmed), `kept_seconds` as kept."""

    wav: bytes
    seconds: float
    kept_seconds: float
    silent: bool
    digits: str


def take(verb: Verb, sound: Pcm, finish: str, lost_tail: float) -> Take:
    """Record `sound`, ended by a key, "hangup" or "silence"; silence within it or its length may end it before."""
    if finish not in ("hangup", "silence") and (len(finish) != 1 or finish not in KEYS):
        raise WrongMoment(f"a recording ends with a key, hangup or silence, not with {finish!r}")
    patience = int(verb.attributes.get("timeout", 5))
    longest = int(verb.attributes.get("maxLength", LONGEST))
    finishing = verb.attributes.get("finishOnKey", ANY_KEY)
    digits = finish
    if finish == "silence" or (finish != "hangup" and finish not in finishing):
        # A key that ends nothing is only a noise: the recorder waits on for silence.
        sound = np.concatenate([sound, silence(patience or longest)])
        digits = ""
    stops = silence_ends_at(sound, patience)
    if stops is not None and stops < len(sound) / RATE:
        sound, digits = sound[: round(stops * RATE)], ""
    if len(sound) > longest * RATE:
        sound, digits = sound[: longest * RATE], ""
    if digits and digits != "hangup" and lost_tail:
        sound = sound[: max(len(sound) - round(lost_tail * RATE), 0)]
    silent = is_silent(sound)
    kept = sound if verb.attributes.get("trim") == "do-not-trim" else trimmed(sound)
    return Take(wav_bytes(kept), len(sound) / RATE, len(kept) / RATE, silent, digits)
