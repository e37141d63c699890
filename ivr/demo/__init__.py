"""`./hotline demo`: a hotline, a telephone company, two calls and the officers who read them, on one machine.

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

from ivr.demo.caller import CALLS, place
from ivr.demo.officer import Browser, Found
from ivr.demo.stage import OFFICERS, DemoFault, demo_settings, make_officers, make_room, remember
from ivr.demo.traces import find_numbers
from ivr.serve import prepare
from ivr.simulator.__main__ import company
from ivr.simulator.fault import TwilioFault
from ivr.simulator.provider import Provider
from settings import Settings, load_settings
from workers.embedded import die_with_parent

START_SECONDS, READ_SECONDS, ERASE_SECONDS, STOP_SECONDS = 60.0, 180.0, 60.0, 12.0


def run(*, once: bool, keep: bool) -> int:
    """Run the demo; the exit status: 0 when officers could read both tips and nothing of a caller was left."""
    began = time.monotonic()
    settings = demo_settings(load_settings())
    make_room(settings.var_dir, keep=keep)
    _tell("Hotline demo. Everything happens on this machine and lies in", f"{settings.var_dir}")
    prepare(settings)
    passwords = make_officers(settings)
    provider = company(settings, host="127.0.0.1", port=0, ready_after=0.0, connect_to=None)
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
    for call in CALLS:
        print(f"\n{call.title}")
        try:
            place(call, settings, provider, _tell)
        except TwilioFault as fault:
            raise DemoFault(f"The call went wrong: {fault}\n{_last_words(settings)}") from None
    print("\nThe worker fetches, transcribes and anonymises; the officers wait")
    found = {call.language: _read(call.officer, call.language, settings, passwords, hotline) for call in CALLS}
    good = True
    for call in CALLS:
        tip = found[call.language]
        if tip is None:
            _tell("missing", f"{call.officer} does not see the {call.title.lower()} after {READ_SECONDS:.0f} s")
            good = False
            continue
        said = [word for word in call.words if word in tip.words]
        print(f"\nWhat {call.officer} reads ({tip.title})")
        _tell("", tip.words)
        _tell("understood", f"{len(said)} of the {len(call.words)} words to listen for")
        good = good and len(said) * 2 >= len(call.words)
    print("\nWhat is left of the callers")
    return _nothing_left(settings, provider) and good


def _read(
    username: str, language: str, settings: Settings, passwords: dict[str, str], hotline: "subprocess.Popen[bytes]"
) -> Found | None:
    browser = Browser(settings.public_url)
    if not browser.sign_in(username, passwords[username]):
        raise DemoFault(f"The console does not let {username} in.")
    end = time.monotonic() + READ_SECONDS
    while time.monotonic() < end and hotline.poll() is None:
        if found := browser.newest_tip(language):
            return found
        time.sleep(0.3)
    return None


def _nothing_left(settings: Settings, provider: Provider) -> bool:
    end = time.monotonic() + ERASE_SECONDS
    while provider.store.objects() and time.monotonic() < end:
        time.sleep(0.2)
    left = provider.store.objects()
    _tell("provider", "holds no call and no recording any more" if not left else f"still holds {len(left)} objects")
    traces = find_numbers(settings.var_dir, [digits for call in CALLS for digits in call.numbers])
    _tell("this machine", "no telephone number in any file" if not traces else f"numbers found in {', '.join(traces)}")
    return not left and not traces


def _stay(settings: Settings, passwords: dict[str, str], hotline: "subprocess.Popen[bytes]") -> None:
    print(f"\nNow you. Officers sign in at {settings.public_url}/console")
    for username, unit, name, _ in OFFICERS:
        _tell(username, f"{passwords[username]}   {name} ({unit})")
    print(f"Call it yourself: {settings.public_url}/phone, or ./hotline phone in another terminal")
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
