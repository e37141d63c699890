"""The voices and languages a `<Say>` may name, and how much each may say. PURE.

A choice out of Twilio's list: those that speak Hindi or Indian English, and the basic ones.
Never does: know every voice; one that is missing here is refused, to be added with its languages.
"""

from urllib.parse import quote

from ivr.simulator.fault import TwilioFault

BASIC = ("man", "woman", "alice")
_BASIC_LANGUAGES = ("en-US", "en-GB", "en-IN", "es-ES", "fr-FR", "de-DE", "it-IT")
_BILINGUAL = ("hi-IN", "en-IN")
_POLLY = {
    "Polly.Aditi": _BILINGUAL,
    "Polly.Kajal-Neural": _BILINGUAL,
    "Polly.Kajal-Generative": ("en-IN",),
    "Polly.Raveena": ("en-IN",),
    "Polly.Amy": ("en-GB",),
    "Polly.Joanna": ("en-US",),
}
_GOOGLE_KINDS = {"Standard": "ABCDEF", "Wavenet": "ABCDEF", "Neural2": "ABCD"}
_GOOGLE = {
    f"Google.{language}-{kind}-{letter}": (language,)
    for language in ("hi-IN", "en-IN")
    for kind, letters in _GOOGLE_KINDS.items()
    for letter in letters
}
VOICES: dict[str, tuple[str, ...]] = {**dict.fromkeys(BASIC, _BASIC_LANGUAGES), **_POLLY, **_GOOGLE}
LANGUAGES = frozenset(language for languages in VOICES.values() for language in languages)

BASIC_BYTES = 4096
POLLY_LETTERS = 3000
GOOGLE_BYTES = 5000
ENCODED_LETTERS = 4500  # of the URL-encoded text: 500 letters of Devanagari


def check_say(text: str, voice: str, language: str | None, *, voice_fault: int = 13511) -> None:
    """TwilioFault when Twilio could not, or not wholly, say this text."""
    if language is not None and language not in LANGUAGES:
        raise TwilioFault(13512, f"Say: language {language!r} is not known")
    if voice not in VOICES:
        raise TwilioFault(voice_fault, f"Say: voice {voice!r} is not known")
    if (language or "en-US") not in VOICES[voice] and (language is not None or voice in BASIC):
        raise TwilioFault(voice_fault, f"Say: voice {voice!r} does not speak {language}")
    if not text.strip():
        raise TwilioFault(13520, "Say: the text is empty")
    if voice in BASIC:
        too_long = len(text.encode()) > BASIC_BYTES
    elif voice.startswith("Polly."):
        too_long = len(text) > POLLY_LETTERS
    else:
        too_long = len(text.encode()) > GOOGLE_BYTES
    if too_long or len(quote(text)) > ENCODED_LETTERS:
        raise TwilioFault(13521, f"Say: {len(text)} letters ({len(quote(text))} URL-encoded) are more than can be said")
