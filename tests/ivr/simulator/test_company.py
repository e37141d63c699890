"""The telephone company as the demo starts it: a process of its own, with the hotline's number set up."""

import os
import re
import signal
import subprocess
import sys

import requests

from ivr.simulator.__main__ import company
from settings import ROOT, Settings
from tests.ivr.simulator.lines import ACCOUNT, TOKEN

PUBLIC = "https://tips.example"


def test_the_number_leads_to_the_hotline_before_anybody_sets_it_up(settings: Settings) -> None:
    own = settings.model_copy(update={"public_url": PUBLIC, "twilio_account_sid": ACCOUNT})
    with company(own, host="127.0.0.1", port=0, ready_after=0, connect_to=None) as provider:
        [number] = provider.store.numbers.values()
        assert number.settings["VoiceUrl"] == PUBLIC + "/voice"
        assert number.settings["StatusCallback"] == PUBLIC + "/voice/status"
        assert number.settings["SmsUrl"] == PUBLIC + "/messages"
        assert provider.inside.desk is not None


def test_it_runs_as_a_process_and_stops_when_told_to() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TWILIO_"))}
    environment |= {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    command = [sys.executable, "-m", "ivr.simulator", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        url = re.search(r"http://[\d.:]+", process.stderr.readline())
        assert url is not None
        answer = requests.get(f"{url[0]}/2010-04-01/Accounts/{ACCOUNT}.json", auth=(ACCOUNT, TOKEN), timeout=5)
        assert answer.json()["status"] == "active"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
        assert ACCOUNT not in process.stderr.read()
    finally:
        process.kill()
        process.stderr.close()
