"""Which language was spoken: the caller's choice is heard first, the other one only when that was doubtful.

Callers press the wrong key, or mix. Each take is kept in the language in which more of it was surely understood.
Never does: hide a low confidence, or take the choice as an order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from settings import Settings
from workers.outside.speech import LANGUAGES, Ears
from workers.redact.words import Word
from workers.sound import Pcm

UNKNOWN_WORD = "[unk]"

# Below this mean confidence the other language is tried as well. Measured by `python -m benchmarks.language_doubt` with
# the starter models on the 14 clips of several words in ivr/simulator/speech (7 a language), means over their words:
#   clean       right language 0.94 to 1.00   wrong language 0.53 to 0.78   1 of 14 right ones, all wrong ones doubted
#   15 dB noise right language 0.80 to 1.00   wrong language 0.56 to 0.93   2 of 14 right ones, all wrong ones doubted
#   5 dB noise  right language 0.00 to 1.00   wrong language 0.00 to 0.95   they blur: both are heard, the safe side
# So the second hearing is rare where it is not needed. Other models have other confidences: measure again with them,
# and set HOTLINE_LANGUAGE_DOUBT.
DOUBT: float = Settings.model_fields["language_doubt"].default

# The other language is kept only if it understood this much more: surely understood seconds, that is, the sum of word
# lengths times their confidence. In the same measurement the right language has at least 1.35 times those of the wrong
# one clean and 1.12 times with 15 dB noise: every wrong choice is mended, no right one is turned.
MARGIN = 1.05


@dataclass(frozen=True)
class Understanding:
    """What was understood of a take: the words, in which language, made with which model, how surely (0 to 1)."""

    words: list[Word]
    language: str
    model: str
    confidence: float


def understand(ears: Ears, samples: Pcm, rate: int, chosen: str, doubt: float = DOUBT) -> Understanding:
    """Hear a take in the language chosen ("hi" or "en") and, if less sure than `doubt`, in the other one too."""
    first = _hear(ears, samples, rate, chosen)
    if first.confidence >= doubt:
        return first
    others = [_hear(ears, samples, rate, language) for language in LANGUAGES if language != first.language]
    best = max(others, key=lambda one: surely_understood(one.words))
    return best if surely_understood(best.words) > MARGIN * surely_understood(first.words) else first


def confidence(words: Sequence[Word]) -> float:
    """The mean over the words; an unknown word is not understood. 0 when none was heard."""
    return round(sum(_sureness(word) for word in words) / len(words), 4) if words else 0.0


def surely_understood(words: Sequence[Word]) -> float:
    """Seconds of speech, each word's length weighed with its confidence."""
    return sum((word.end - word.start) * _sureness(word) for word in words)


def _sureness(word: Word) -> float:
    return 0.0 if word.w == UNKNOWN_WORD else word.conf


def _hear(ears: Ears, samples: Pcm, rate: int, language: str) -> Understanding:
    words = ears.transcribe(samples, rate, language)
    return Understanding(words, language, ears.model_name(language), confidence(words))
