"""The three chats of the demo, message by message, and how they are shown while they happen.

Never does: take another way into the hotline than Twilio's webhooks for SMS and WhatsApp.
"""

from dataclasses import dataclass

from ivr.channels.texts import Texts
from ivr.demo.caller import LONGEST_LINE, SPEECH, Tell, clip
from ivr.simulator.chat import Enclosure
from ivr.simulator.darkroom import CAMERA_MODEL, CAMERA_SERIAL, photo, voice_note
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.naming import names_of
from ivr.simulator.provider import Provider
from settings import ROOT, Settings

PROFILE = "Chhaya Demowala"  # the WhatsApp profile of nobody


@dataclass(frozen=True)
class Chat:
    """One exchange: the sender's number, what is sent one after the other, and who should read it.

    A message is words, or "photo" or a clip's name in brackets. `words`: what the officer should read of them.
    """

    title: str
    channel: Channel
    number: str
    messages: tuple[str, ...]
    words: tuple[str, ...]
    officer: str
    typed: tuple[str, ...] = ()
    shows_photo: bool = False

    @property
    def numbers(self) -> list[str]:
        """Digits that must be nowhere afterwards: the sender's number and those written."""
        return [self.number[-10:], *self.typed]


CHATS = (
    # One message holds all: what, where, since when; the number in it is hidden
    Chat(
        "An SMS in Hindi, from Kidwai Nagar: one message says it all", "sms", "+917388445566",
        ("किदवई नगर में पानी की टंकी के सामने एक मकान में दो महीने से रोज रात को जुआ होता है। पूछना हो तो 9123409876",),
        words=("किदवई", "टंकी", "मकान", "महीने"), officer="dcp.south", typed=("9123409876",),
    ),
    # A keyword; what is missing is asked
    Chat(
        "SMS in English, from Kalyanpur: a keyword, then answers", "sms", "+919415667788",
        ("GAMBLING", "cards for money behind the old cinema in Kalyanpur", "every night after ten"),
        words=("cards", "money", "cinema", "night"), officer="dcp.west",
    ),
    # A photo with all that a telephone writes into it, and a voice note
    Chat(
        "WhatsApp, from Panki: a photo and a voice note", "whatsapp", "+918009112233",
        ("[photo]", "[gambling_hi]", "बस"),
        words=("पनकी", "गोदाम", "रात", "जुआ"), officer="dcp.west", shows_photo=True,
    ),
)  # fmt: skip


def write(chat: Chat, settings: Settings, provider: Provider, tell: Tell) -> None:
    """Send the messages to the running hotline and show what comes back."""
    handset = Handset(
        settings.public_url, settings.twilio_auth_token.get_secret_value(), settings.twilio_account_sid, provider,
        chat.number, channel=chat.channel, profile=PROFILE, name_of=names_of(Texts.load(ROOT / "audio_prompts")),
    )  # fmt: skip
    for message in chat.messages:
        if message == "[photo]":
            tell("sends", f"(a photo; in it, unseen: where it was taken, {CAMERA_MODEL})")
            handset.send("", Enclosure(photo("Panki"), "image/jpeg", "IMG-0001.jpg"))
        elif message.startswith("["):
            name = message.strip("[]")
            tell("sends", f"(a voice note) {' '.join(clip(name)['said'])}"[:LONGEST_LINE] + " ...")
            handset.send("", Enclosure(voice_note(SPEECH / f"{name}.wav"), "audio/ogg", "PTT.ogg"))
        else:
            tell("writes", message)
            handset.send(message)
        for bubble in handset.received:
            size = f"  ({bubble.size.segments} SMS, {bubble.size.encoding})" if chat.channel == "sms" else ""
            tell("receives", bubble.text + size)
    handset.deliver()


def marks() -> list[str]:
    """Words that name a sender or a device: to be found in no file afterwards."""
    return [PROFILE, CAMERA_MODEL, CAMERA_SERIAL]
