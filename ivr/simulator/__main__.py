"""The telephone company as a process of its own: `python -m ivr.simulator --port 8010`.

Takes account, token, number and public address from the settings; the hotline's settings.twilio_api_url must lead
here. Never does: start the hotline.
"""

import argparse
import logging
import signal
import threading

from ivr.simulator.chats import Chats
from ivr.simulator.desk import Desk
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.provider import Provider
from ivr.simulator.store import Store
from ivr.simulator.telephone import Telephone
from settings import Settings, load_settings

NUMBER = "+915122304050"


def company(
    settings: Settings, *, host: str, port: int, ready_after: float, connect_to: str | None, final_after: float = 0.0
) -> Provider:
    """A provider (not yet started) with the hotline's number set up, and a desk of telephones that call it."""
    store = Store(ready_after=ready_after, final_after=final_after)
    public, token = settings.public_url, settings.twilio_auth_token.get_secret_value()
    number = store.add_number(
        settings.twilio_number or NUMBER,
        VoiceUrl=public + "/voice",
        VoiceFallbackUrl=public + "/voice/fallback",
        StatusCallback=public + "/voice/status",
        SmsUrl=public + "/messages",
        SmsFallbackUrl=public + "/messages/fallback",
        FriendlyName="Hotline",
    )

    def telephone() -> Telephone:
        own = number.settings
        return Telephone(
            public, token, settings.twilio_account_sid, store, called=number.number, connect_to=connect_to,
            voice_url=own.get("VoiceUrl"), fallback_url=own.get("VoiceFallbackUrl", ""),
            status_url=own.get("StatusCallback", ""), strict=False,
        )  # fmt: skip

    def handset(channel: Channel) -> Handset:
        own = number.settings
        return Handset(
            public, token, settings.twilio_account_sid, store, channel=channel, called=number.number,
            connect_to=connect_to, message_url=own.get("SmsUrl"), fallback_url=own.get("SmsFallbackUrl", ""),
            strict=False,
        )  # fmt: skip

    desk = Desk(telephone, Chats(handset))
    return Provider(settings.twilio_account_sid, token, host=host, port=port, store=store, desk=desk)


def main() -> None:
    """Serve until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m ivr.simulator", description="A simulated telephone company.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8010, help="port to listen on")
    parser.add_argument("--ready-after", type=float, default=1.0, help="seconds until a recording can be fetched")
    parser.add_argument("--final-after", type=float, default=5.0, help="seconds until a message can be erased")
    parser.add_argument("--connect-to", help="where the hotline listens, if not at its public address")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with company(
        load_settings(), host=options.host, port=options.port, ready_after=options.ready_after,
        connect_to=options.connect_to, final_after=options.final_after,
    ) as provider:  # fmt: skip
        logging.getLogger("ivr.simulator").info("the simulated telephone company answers at %s", provider.url)
        over.wait()


if __name__ == "__main__":
    main()
