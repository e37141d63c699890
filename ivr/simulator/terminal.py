"""`./hotline phone`: a telephone in the terminal that calls a running hotline. What is heard is shown as words.

    1, 208021, *     press keys             Enter          say and press nothing
    r FILE [end]     speak a sound file, then #, hangup or silence (default #)
    h                hang up                q              leave

Speech goes to the simulated telephone company (settings.twilio_api_url), where the hotline fetches it.
Never does: call through the real Twilio, or play a sound.
"""

import re
from collections.abc import Callable
from pathlib import Path

import requests
from rich.console import Console
from rich.markup import escape

from ivr.channels.prompts import Prompts
from ivr.simulator.call import Call
from ivr.simulator.exchange import RemoteExchange
from ivr.simulator.fault import NotSimulated, TwilioFault, WrongMoment
from ivr.simulator.hearing import Heard
from ivr.simulator.telephone import Telephone
from models.catalogue import load as load_catalogue
from settings import ROOT, Settings

SPEECH = Path(__file__).resolve().parent / "speech"
HELP = (
    "keys press them, Enter says nothing, [bold]r FILE[/bold] speaks a sound file (or one of ours: {clips}), "
    "[bold]r FILE hangup[/bold] hangs up after it, [bold]h[/bold] hangs up, [bold]q[/bold] leaves"
)


class PhoneUnusable(Exception):
    """No call can be made; the message says how to mend it."""


def phone(settings: Settings, *, connect_to: str | None = None, withheld: bool = False) -> None:
    """Call the hotline from this terminal. PhoneUnusable when there is no hotline or no simulated company."""
    simulated_only(settings)
    token = settings.twilio_auth_token.get_secret_value()
    telephone = Telephone(
        settings.public_url, token, settings.twilio_account_sid,
        RemoteExchange(settings.twilio_api_url, settings.twilio_account_sid, token),
        connect_to=connect_to, prompts=Prompts.load(ROOT / "audio_prompts", load_catalogue()), strict=False,
    )  # fmt: skip
    console = Console(highlight=False)
    try:
        converse(telephone, console, console.input, withheld=withheld)
    except requests.RequestException as fault:
        raise PhoneUnusable(
            f"The simulated telephone company does not answer at {settings.twilio_api_url} "
            f"({type(fault).__name__}). Is ./hotline demo running?"
        ) from None


def simulated_only(settings: Settings) -> None:
    """PhoneUnusable when the settings lead to the real Twilio, or to none."""
    if "twilio.com" in settings.twilio_api_url or not settings.twilio_account_sid:
        raise PhoneUnusable(
            "This telephone works with the simulated telephone company only: start ./hotline demo, and here set "
            "HOTLINE_TWILIO_API_URL, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as it says."
        )


def converse(telephone: Telephone, console: Console, ask: Callable[[str], str], *, withheld: bool = False) -> Call:
    """One call, line by line, until it is over; `ask` shows a prompt and returns what was typed."""
    clips = ", ".join(sorted(path.stem for path in SPEECH.glob("*.wav")))
    console.print(HELP.format(clips=clips), style="dim")
    call = telephone.call(withheld=withheld)
    _show(call, console)
    while not call.ended:
        try:
            typed = ask(_question(call)).strip()
        except (EOFError, KeyboardInterrupt):
            typed = "q"
        try:
            understood = _act(call, typed)
        except (WrongMoment, TwilioFault, NotSimulated, OSError, ValueError) as fault:
            console.print(f"[red]{escape(str(fault))}[/red]")
            continue
        if not understood:
            console.print(HELP.format(clips=clips), style="dim")
            continue
        _show(call, console)
        if typed == "q":
            break
    console.print(f"[dim]the call is over ({round(call.seconds)} s on the line)[/dim]")
    return call


def _act(call: Call, typed: str) -> bool:
    if typed in ("h", "q"):
        call.hang_up()
    elif not typed:
        call.wait()
    elif re.fullmatch(r"[0-9*#]+", typed):
        call.press(typed)
    elif match := re.fullmatch(r"r\s+(.+?)(?:\s+(#|hangup|silence))?", typed):
        ours = SPEECH / f"{match[1]}.wav"
        call.speak(ours if ours.is_file() else Path(match[1]).expanduser(), match[2] or "#")
    else:
        return False
    return True


def _show(call: Call, console: Console) -> None:
    for heard in call.heard:
        if heard.kind == "beep":
            console.print("  [yellow]● beep[/yellow]")
        else:
            name = f"  [dim]{escape(heard.name)}[/dim]" if heard.name else ""
            console.print(f"  [cyan]{escape(_words(call, heard))}[/cyan]{name}")
    for fault in call.faults:
        console.print(f"  [red]Twilio would say: {escape(str(fault))}[/red]")
    call.faults.clear()


def _words(call: Call, heard: Heard) -> str:
    prompts = call.telephone.prompts
    if heard.kind == "play" and isinstance(prompts, Prompts) and heard.lang:
        try:
            return prompts.get(heard.name, heard.lang).text
        except KeyError:
            return f"({heard.name})"
    return heard.text or f"({heard.seconds:.0f} s of sound)"


def _question(call: Call) -> str:
    if call.recording:
        return "[bold]recording ›[/bold] "
    return "[bold]keys ›[/bold] "
