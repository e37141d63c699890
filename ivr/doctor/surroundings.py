"""Looks at what the hotline speaks and hears with: models, prompts, catalogue, public address, the provider.

Never does: show the account, the number or a key.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from ivr.channels.prompts import Prompts, PromptsFault
from ivr.channels.texts import Texts
from ivr.commands.twilio import addresses
from ivr.doctor.finding import Finding, Mark
from ivr.health import is_local
from models.catalogue import CatalogueFault
from models.catalogue import load as load_catalogue
from settings import ROOT, Settings, is_starter
from workers.outside.speech import LANGUAGES, ModelMissing, check
from workers.outside.telephony import ProviderFault, Telephony

_NUMBERLESS = (
    "HOTLINE_TWILIO_NUMBER is not set: messages and calls whose webhook was lost are not looked for, nor were the "
    "number's webhooks checked"
)


def speech(settings: Settings) -> Iterator[Finding]:
    """A usable model for each language."""
    for language in LANGUAGES:
        folder = settings.model_folder(language)
        try:
            facts = check(folder, language)
        except ModelMissing as fault:
            found, _, mend = str(fault).rpartition(": ")
            yield Finding(f"speech {language}", Mark.BROKEN, found, mend)
            continue
        starter = is_starter(folder)
        yield Finding(
            f"speech {language}",
            Mark.NOTE if starter else Mark.GOOD,
            "the starter model: not for real work" if starter else f"model {facts.name}, {facts.rate} Hz",
            f"./hotline models fetch {language}" if starter else "",
        )


def words(_settings: Settings) -> Iterator[Finding]:
    """Catalogue and prompts are whole."""
    try:
        catalogue = load_catalogue()
    except CatalogueFault as fault:
        yield Finding("catalogue", Mark.BROKEN, str(fault))
        return
    yield Finding(
        "catalogue", Mark.GOOD, f"{len(catalogue.stations)} stations, {len(catalogue.categories)} kinds of tips"
    )
    try:
        prompts = Prompts.load(ROOT / "audio_prompts", catalogue)
    except PromptsFault as fault:
        yield Finding("prompts", Mark.BROKEN, str(fault))
        return
    for language in LANGUAGES:
        found = prompts.all(language)
        silent = sum(prompt.sound is None for prompt in found)
        told = f"{len(found)} in {language}" + (f", {silent} of them spoken by the provider's voice" if silent else "")
        yield Finding("prompts", Mark.GOOD, told)
    yield from _texts()


def _texts() -> Iterator[Finding]:
    try:
        texts = Texts.load(ROOT / "audio_prompts")
    except PromptsFault as fault:
        yield Finding("texts", Mark.BROKEN, str(fault))
        return
    count = sum(len(texts.all(language)) for language in LANGUAGES)
    if missing := texts.unregistered():
        found = f"{missing} of {count} texts of messages have no id of the DLT register: Indian networks may drop them"
        mend = "Register them with a telephone company and enter the ids in audio_prompts/*/texts.toml."
        yield Finding("texts", Mark.NOTE, found, mend)
    else:
        yield Finding("texts", Mark.GOOD, f"{count} texts of messages, all registered")


def public(settings: Settings) -> Iterator[Finding]:
    """The address under which callers' webhooks come in, and what it opens."""
    parts = urlsplit(settings.public_url)
    local = is_local(parts.hostname or "")
    if local:
        mend = "Set HOTLINE_PUBLIC_URL to the https address that leads here before the number is pointed at it."
        yield Finding("public URL", Mark.NOTE, f"{settings.public_url} is reached from this machine only", mend)
    elif parts.scheme != "https":
        mend = "Put TLS in front and set HOTLINE_PUBLIC_URL to https://..."
        yield Finding("public URL", Mark.BROKEN, "not https: whoever listens in reads the callers' numbers", mend)
    else:
        yield Finding("public URL", Mark.GOOD, settings.public_url)
        if not settings.trusted_proxies:
            found = "behind a proxy all officers count as one client for throttling"
            yield Finding("proxies", Mark.NOTE, found, "Set HOTLINE_TRUSTED_PROXIES=1.")
    if settings.development and not local:
        yield Finding("development", Mark.BROKEN, "/phone is open to everybody", "Unset HOTLINE_DEVELOPMENT.")
    if not local and not settings.metrics_token.get_secret_value():
        yield Finding("metrics", Mark.NOTE, "hidden from everybody", "Set HOTLINE_METRICS_TOKEN to see /metrics.")


def telephone(settings: Settings) -> Iterator[Finding]:
    """The provider's account and our number's webhooks."""
    if not settings.twilio_account_sid:
        mend = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN; without them every webhook is refused."
        yield Finding("telephone", Mark.NOTE, "no account is configured", mend)
        return
    telephony = Telephony(settings)
    try:
        yield Finding("telephone", Mark.GOOD, f"the provider knows our account: {telephony.check()}")
        if not settings.twilio_number:
            yield Finding("number", Mark.NOTE, _NUMBERLESS, "Set HOTLINE_TWILIO_NUMBER to the number that is called.")
            return
        there = telephony.webhooks(settings.twilio_number)
    except ProviderFault as fault:
        mend = "Check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and the way out to the network."
        yield Finding("telephone", Mark.BROKEN, str(fault), mend)
        return
    if there is None:
        yield Finding("number", Mark.BROKEN, "the account has no such number", "See HOTLINE_TWILIO_NUMBER (+91...).")
        return
    wrong = [name for name, address in addresses(settings).items() if there.get(name, address) != address]
    if wrong:
        yield Finding("number", Mark.BROKEN, f"{', '.join(wrong)} lead elsewhere", "./hotline twilio setup")
    else:
        yield Finding("number", Mark.GOOD, "its webhooks lead here")
    if "sms_url" not in there:
        yield Finding("messages", Mark.NOTE, "the number takes calls only, no messages")
