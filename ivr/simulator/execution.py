"""Carries TwiML out verb by verb, as the telephone company does, until the caller is asked for something.

Never does: act for the caller (call.py does), or sleep: `seconds` is how long the call would have taken.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ivr.simulator.fault import TwilioFault
from ivr.simulator.forms import call_form, ended_form, recording_form
from ivr.simulator.hearing import Heard, listen
from ivr.simulator.messenger import Document, Messenger, absolute
from ivr.simulator.post import Letter
from ivr.simulator.recorder import Take
from ivr.simulator.store import new_sid
from ivr.simulator.twiml import Verb

if TYPE_CHECKING:
    from ivr.simulator.telephone import Telephone

MOST_DOCUMENTS = 50  # between two things the caller does: more is a loop


class Execution:
    """The company's side of a call. `heard`: since the last action; `everything`: since the beginning."""

    def __init__(self, telephone: "Telephone", caller: str) -> None:
        self.telephone = telephone
        self.sid = new_sid("CA")
        self.caller = caller
        self.status = "ringing"
        self.seconds = 0.0
        self.heard: list[Heard] = []
        self.everything: list[Heard] = []
        self.faults: list[TwilioFault] = []
        self.recordings: list[str] = []
        self.lost_keys = ""
        self.waiting: Verb | None = None
        self.digits = ""
        self._begun = datetime.now(UTC)
        self._todo: list[Verb] = []
        self._url = telephone.voice_url
        self._documents = 0
        self.messenger = Messenger(
            telephone.line.session(), telephone.auth_token, telephone.post, self._report, telephone.limit,
            telephone.fallback_url,
        )  # fmt: skip

    def begin(self) -> None:
        """Ring; done by Telephone.call()."""
        self.telephone.exchange.open_call(self.sid, self.caller, self.telephone.called)
        token = f"%7B%22parentCallInfoToken%22%3A%22{self.sid}%22%7D"
        self._ask("POST", self.telephone.voice_url, {"CallToken": token})

    @property
    def ended(self) -> bool:
        """Whether the line is cut."""
        return self.status not in ("ringing", "in-progress")

    @property
    def recording(self) -> bool:
        """Whether the beep has sounded and what is said now is recorded."""
        return self.waiting is not None and self.waiting.name == "Record"

    def _form(self) -> dict[str, str]:
        own = self.telephone
        return call_form(own.account_sid, self.sid, self.caller, own.called, self.status)

    def _gathered(self, finished_on: str) -> None:
        assert self.waiting is not None
        verb, digits = self.waiting, self.digits
        self.waiting, self.digits = None, ""
        if not digits and verb.attributes.get("actionOnEmptyResult") != "true":
            self._carry_on()
            return
        extra = {"Digits": digits, "FinishedOnKey": finished_on, "msg": "Gather End"}
        if not digits and self.telephone.empty_digits == "absent":
            del extra["Digits"]
        self._ask_action(verb, extra)

    def _recorded(self, made: Take) -> None:
        assert self.waiting is not None
        verb, self.waiting, own = self.waiting, None, self.telephone
        self.seconds += made.seconds
        if made.digits == "hangup":
            self._hang_up_line("completed")
        if made.silent and own.silent == "next verb":
            (self._settle if self.ended else self._carry_on)()
            return
        absent = made.silent and own.silent == "absent"
        sid = new_sid("RE")
        self.recordings.append(sid)
        kept_seconds = 0 if absent else round(made.kept_seconds)
        own.exchange.keep_recording(sid, self.sid, made.wav, kept_seconds, absent=absent)
        url = f"https://api.twilio.com/2010-04-01/Accounts/{own.account_sid}/Recordings/{sid}"
        self._announce(verb, sid, url, kept_seconds, absent)
        own.post.moment(early=True)
        duration = 0 if absent else round(made.seconds)
        extra = {"RecordingUrl": url, "RecordingSid": sid, "RecordingDuration": str(duration), "Digits": made.digits}
        self._ask_action(verb, extra)

    def _announce(self, verb: Verb, sid: str, url: str, seconds: int, absent: bool) -> None:
        address = verb.attributes.get("recordingStatusCallback")
        status = "absent" if absent else "completed"
        if not address or status not in verb.attributes.get("recordingStatusCallbackEvent", "completed").split():
            return
        method = verb.attributes.get("recordingStatusCallbackMethod", "POST")
        target = absolute(self._url, address)
        started = self._begun + timedelta(seconds=self.seconds - seconds)
        account = self.telephone.account_sid
        fields = recording_form(account, self.sid, sid, url, started, seconds, absent=absent)
        self.telephone.post.put(Letter("recording", lambda: self.messenger.callback(method, target, fields)))

    def _ask_action(self, verb: Verb, extra: dict[str, str]) -> None:
        self._ask(verb.attributes.get("method", "POST"), verb.attributes.get("action", ""), extra)

    def _ask(self, method: str, url: str, extra: dict[str, str]) -> None:
        self._documents += 1
        if self._documents > MOST_DOCUMENTS:
            self._report(TwilioFault(0, f"{MOST_DOCUMENTS} documents and nothing asked of the caller: a loop"))
            self._end("failed")
            return
        document = None
        try:
            document = self.messenger.document(method, absolute(self._url, url), self._form(), extra)
        except TwilioFault as fault:
            self._report(fault)
        self.telephone.post.moment()
        if self.ended:  # the answer to a hang-up is not carried out
            self._settle()
            return
        if document is None:
            self._hear(Heard("trouble", text="We are sorry, an application error has occurred. Goodbye."))
            self._end("completed")
            return
        self._carry_out(document)

    def _carry_out(self, document: Document) -> None:
        self._url, self._todo = document.url, document.verbs
        if document.sound:
            self._todo = [Verb("Play", text=document.url)]
        self._carry_on()

    def _carry_on(self) -> None:
        while not self.ended and self.waiting is None:
            if not self._todo:
                self._end("completed")
                return
            verb = self._todo.pop(0)
            if verb.name == "Redirect":
                self._ask(verb.attributes.get("method", "POST"), verb.text, {})
                return
            self._do(verb)

    def _do(self, verb: Verb) -> None:
        if verb.name not in ("Reject", "Pause"):  # until something else comes, the telephone rings
            self.status = "in-progress"
        if verb.name in ("Say", "Play", "Pause"):
            self._sound([verb], in_gather=False)
        elif verb.name == "Gather":
            if self._sound(verb.nested, in_gather=True):
                self.waiting = verb
        elif verb.name == "Record":
            if verb.attributes.get("playBeep", "true") == "true":
                self._hear(Heard("beep", seconds=0.5))
            self.waiting = verb
        elif verb.name == "Hangup":
            self._end("completed")
        elif self.status != "ringing":
            self._report(TwilioFault(0, "Reject: the call was answered already"))
            self._end("completed")
        else:
            self._end("busy" if verb.attributes.get("reason") == "busy" else "no-answer")

    def _sound(self, verbs: list[Verb], *, in_gather: bool) -> bool:
        """Let the caller hear; all files are fetched before the first is played. False: the call ended."""
        try:
            heard = [listen(verb, self.telephone, self.messenger, self._url, in_gather=in_gather) for verb in verbs]
        except TwilioFault as fault:
            self._report(fault)
            self._end("completed")
            return False
        for verb, one in zip(verbs, heard, strict=True):
            if one:
                self._hear(one)
            elif verb.name == "Pause":
                self.seconds += int(verb.attributes.get("length", 1))
        return True

    def _hear(self, one: Heard) -> None:
        self.seconds += one.seconds
        self.heard.append(one)
        self.everything.append(one)

    def _end(self, status: str) -> None:
        self._hang_up_line(status)
        self.waiting = None
        self._settle()

    def _hang_up_line(self, status: str) -> None:
        self.status = status
        self.telephone.exchange.end_call(self.sid, status, math.ceil(self.seconds))
        if self.telephone.status_url:
            fields = ended_form(self._form(), self._begun, self.seconds)
            url = self.telephone.status_url
            self.telephone.post.put(Letter("status", lambda: self.messenger.callback("POST", url, fields)))

    def _settle(self) -> None:
        if not self.telephone.post.hold:
            self.telephone.post.deliver()

    def _report(self, fault: TwilioFault) -> None:
        if fault not in self.faults:
            self.faults.append(fault)
        if self.telephone.strict:
            raise fault
