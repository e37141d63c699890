"""`./hotline phone --sms` and `--whatsapp`: a small chat in the terminal with a running hotline.

    any words              send them            /photo FILE [words]    /voice FILE    /contact FILE    /file FILE
    /location LAT,LON      (WhatsApp)           /q                     leave

Messages go to the simulated telephone company (settings.twilio_api_url), where the hotline fetches their files.
Never does: write through the real Twilio.
"""

import re
from collections.abc import Callable
from pathlib import Path

import requests
from rich.console import Console
from rich.markup import escape

from ivr.channels.texts import Texts
from ivr.simulator.chat import Bubble, Enclosure, Pin
from ivr.simulator.exchange import RemoteExchange
from ivr.simulator.fault import NotSimulated, TwilioFault
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.naming import names_of
from ivr.simulator.terminal import PhoneUnusable, simulated_only
from settings import ROOT, Settings

HELP = (
    "type to send; [bold]/photo FILE words[/bold], [bold]/voice FILE[/bold], [bold]/contact FILE[/bold], "
    "[bold]/file FILE[/bold] send a file, [bold]/location LAT,LON[/bold] a place (WhatsApp), [bold]/q[/bold] leaves"
)
_FILE = re.compile(r"/(photo|voice|contact|file)\s+(\S+)(?:\s+(.*))?", re.DOTALL)
_PLACE = re.compile(r"/location\s+(-?[\d.]+)\s*,\s*(-?[\d.]+)")


def chat(settings: Settings, channel: Channel, *, connect_to: str | None = None) -> None:
    """Write to the hotline from this terminal. PhoneUnusable when there is no hotline or no simulated company."""
    simulated_only(settings)
    token = settings.twilio_auth_token.get_secret_value()
    handset = Handset(
        settings.public_url, token, settings.twilio_account_sid,
        RemoteExchange(settings.twilio_api_url, settings.twilio_account_sid, token),
        channel=channel, connect_to=connect_to, name_of=names_of(Texts.load(ROOT / "audio_prompts")), strict=False,
    )  # fmt: skip
    console = Console(highlight=False)
    try:
        exchange_messages(handset, console, console.input)
    except requests.RequestException as fault:
        raise PhoneUnusable(
            f"The simulated telephone company does not answer at {settings.twilio_api_url} "
            f"({type(fault).__name__}). Is ./hotline demo running?"
        ) from None


def exchange_messages(handset: Handset, console: Console, ask: Callable[[str], str]) -> None:
    """Send what is typed, line by line, until /q or the end of the input."""
    console.print(HELP, style="dim")
    while True:
        try:
            typed = ask("[bold]›[/bold] ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if typed in ("/q", "/quit"):
            return
        if not typed:
            continue
        try:
            _send(handset, typed)
        except (TwilioFault, NotSimulated, OSError, ValueError) as fault:
            console.print(f"[red]{escape(str(fault))}[/red]")
            continue
        for bubble in handset.received:
            console.print(_shown(bubble, handset.channel))
        for problem in handset.faults:
            console.print(f"  [red]Twilio would say: {escape(str(problem))}[/red]")
        handset.faults.clear()


def _send(handset: Handset, typed: str) -> None:
    if match := _FILE.fullmatch(typed):
        handset.send(match[3] or "", Enclosure.of(Path(match[2]).expanduser()))
    elif match := _PLACE.fullmatch(typed):
        handset.send(pin=Pin(float(match[1]), float(match[2])))
    elif typed.startswith("/"):
        raise ValueError("no such command: /photo, /voice, /contact, /file, /location or /q")
    else:
        handset.send(typed)


def _shown(bubble: Bubble, channel: Channel) -> str:
    by = "by the telephone company" if bubble.by == "company" else bubble.name
    size = f"{bubble.size.encoding}, {bubble.size.segments} SMS" if channel == "sms" else ""
    small = ", ".join(part for part in (by, size) if part)
    return f"  [cyan]{escape(bubble.text)}[/cyan]" + (f"  [dim]{escape(small)}[/dim]" if small else "")
