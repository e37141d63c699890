"""`./hotline demo`: a hotline, a telephone company, two calls, three chats, and officers who read them; one machine.

What it shows is real: the same `serve`, webhooks, worker, models and console as in production; only the telephone
company is ours (ivr.simulator). Everything lies in its own var folder and begins anew each time.
Never does: touch another var folder, database or queue, whatever the environment or .env say.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ivr.demo.caller import CALLS, Script, place
from ivr.demo.officer import Browser, Found
from ivr.demo.stage import OFFICERS, DemoFault, demo_settings, make_officers, make_room, remember
from ivr.demo.traces import find_marks, find_numbers, has_any
from ivr.demo.writer import CHATS, Chat, marks, write
from ivr.serve import prepare
from ivr.simulator.__main__ import company
from ivr.simulator.darkroom import PLACE
from ivr.simulator.fault import TwilioFault
from ivr.simulator.provider import Provider
from settings import Settings, load_settings
from workers.embedded import die_with_parent

Shown = Script | Chat
SHOWN: tuple[Shown, ...] = (*CALLS, *CHATS)
# A message that the provider still holds on to is tried again after a minute.
START_SECONDS, READ_SECONDS, ERASE_SECONDS, STOP_SECONDS = 60.0, 180.0, 120.0, 12.0


def run(*, once: bool, keep: bool) -> int:
    """Run the demo; the exit status: 0 when officers could read all tips and nothing of an informant was left."""
    began = time.monotonic()
    settings = demo_settings(load_settings())
    make_room(settings.var_dir, keep=keep)
    _tell("Hotline demo. Everything happens on this machine and lies in", f"{settings.var_dir}")
    prepare(settings)
    passwords = make_officers(settings)
    provider = company(settings, host="127.0.0.1", port=0, ready_after=0.0, connect_to=None, final_after=1.0)
    settings = settings.model_copy(update={"twilio_api_url": provider.url})
    _tell("starting", "web server, workers with both speech models, schedule, queue server ...")
    try:
        with _hotline(settings) as hotline, provider:
            _wait_until_it_answers(settings, hotline)
            good = _show(settings, provider, passwords, hotline)
            _tell("took", f"{time.monotonic() - began:.0f} s in all")
            if not once:
                _stay(settings, passwords, hotline)
            return 0 if good else 1
    except KeyboardInterrupt:
        _tell("stopped")
        return 1 if once else 0


def _show(
    settings: Settings, provider: Provider, passwords: dict[str, str], hotline: "subprocess.Popen[bytes]"
) -> bool:
    officers = {username: _signed_in(username, settings, passwords) for username in {one.officer for one in SHOWN}}
    for shown in SHOWN:
        print(f"\n{shown.title}")
        try:
            if isinstance(shown, Chat):
                write(shown, settings, provider, _tell)
            else:
                place(shown, settings, provider, _tell)
        except TwilioFault as fault:
            raise DemoFault(f"It went wrong: {fault}\n{_last_words(settings)}") from None
    print("\nThe worker fetches, transcribes and anonymises; the officers wait")
    found = [_read(shown, officers[shown.officer], hotline) for shown in SHOWN]
    good = True
    for shown, tip in zip(SHOWN, found, strict=True):
        good = _reads(shown, tip, officers[shown.officer]) and good
    print("\nWhat is left of the informants")
    return _nothing_left(settings, provider) and good


def _signed_in(username: str, settings: Settings, passwords: dict[str, str]) -> Browser:
    browser = Browser(settings.public_url)
    if not browser.sign_in(username, passwords[username]):
        raise DemoFault(f"The console does not let {username} in.")
    return browser


def _read(shown: Shown, browser: Browser, hotline: "subprocess.Popen[bytes]") -> Found | None:
    end = time.monotonic() + READ_SECONDS
    while time.monotonic() < end and hotline.poll() is None:
        if found := browser.tip_saying(shown.words, with_file=isinstance(shown, Chat) and shown.shows_photo):
            return found
        time.sleep(0.3)
    return None


def _reads(shown: Shown, tip: Found | None, browser: Browser) -> bool:
    """Show what the officer reads; whether it is what should be there, and no more."""
    if tip is None:
        _tell("missing", f"{shown.officer} does not see {shown.title!r} after {READ_SECONDS:.0f} s")
        return False
    said = [word for word in shown.words if word in tip.words]
    print(f"\nWhat {shown.officer} reads ({tip.title})")
    _tell("", tip.words)
    _tell("understood", f"{len(said)} of the {len(shown.words)} words to listen for")
    if not (isinstance(shown, Chat) and shown.shows_photo):
        return True
    pictures = [browser.file(address) for address in tip.files]
    clean = bool(pictures) and all(
        picture.startswith(b"\xff\xd8") and not has_any(picture, marks()) for picture in pictures
    )
    _tell("sees", "the photo, without place and device" if clean else "no photo, or one that tells of its sender")
    return clean


def _nothing_left(settings: Settings, provider: Provider) -> bool:
    end = time.monotonic() + ERASE_SECONDS
    while provider.store.objects() and time.monotonic() < end:
        time.sleep(0.2)
    left = provider.store.objects()
    nothing = "holds no call, recording, message or file any more"
    _tell("provider", nothing if not left else f"still holds {', '.join(kind for kind, _ in left)}")
    numbers = [digits for shown in SHOWN for digits in shown.numbers]
    traces = find_numbers(settings.var_dir, numbers)
    _tell("this machine", "no telephone number in any file" if not traces else f"numbers found in {', '.join(traces)}")
    names = find_marks(settings.var_dir, marks(), PLACE)
    nothing = "no profile name, camera or place of a photo in any file"
    _tell("", nothing if not names else f"marks of a sender found in {', '.join(names)}")
    return not left and not traces and not names


def _stay(settings: Settings, passwords: dict[str, str], hotline: "subprocess.Popen[bytes]") -> None:
    print(f"\nNow you. Officers sign in at {settings.public_url}/console")
    for username, unit, name, _ in OFFICERS:
        _tell(username, f"{passwords[username]}   {name} ({unit})")
    print(f"Call it yourself, or write: {settings.public_url}/phone")
    print("In another terminal: ./hotline phone, ./hotline phone --sms, ./hotline phone --whatsapp")
    print("Ctrl-C stops everything.", flush=True)
    status = hotline.wait()
    raise DemoFault(f"The hotline ended by itself (status {status}).\n{_last_words(settings)}")


# --- the hotline itself
@contextmanager
def _hotline(settings: Settings) -> "Iterator[subprocess.Popen[bytes]]":
    remember(settings)
    log = os.open(settings.var_dir / "serve.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "serve"],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent(),
    )  # fmt: skip
    os.close(log)
    try:
        yield process
    finally:
        _tell("stopping")
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_it_answers(settings: Settings, hotline: "subprocess.Popen[bytes]") -> None:
    browser, end = Browser(settings.public_url), time.monotonic() + START_SECONDS
    while not browser.alive():
        if hotline.poll() is not None or time.monotonic() > end:
            raise DemoFault(f"The hotline does not start.\n{_last_words(settings)}")
        time.sleep(0.1)


def _last_words(settings: Settings) -> str:
    lines = (settings.var_dir / "serve.log").read_text(errors="replace").splitlines()[-15:]
    return "\n".join(("Its last lines:", *lines))


def _tell(what: str, text: str = "") -> None:
    print(f"  {what:<12} {text}", flush=True)


__all__ = ["DemoFault", "run"]
