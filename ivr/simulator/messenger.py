"""Sends the webhooks of a call or of messages as Twilio does: signed, within the time limit, with the fallback address
behind them.

Never does: carry a document out (call.py does), or resend Digits to an address it was redirected to.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

from twilio.request_validator import RequestValidator

from ivr.simulator.fault import TwilioFault
from ivr.simulator.line import Answer, Session
from ivr.simulator.post import Letter, Post
from ivr.simulator.twiml import Verb, read_document

MOST_REDIRECTS = 10
AGENT = "TwilioProxy/1.1"
Form = Mapping[str, str]
Reader = Callable[[bytes, str], tuple[list[Verb], list[TwilioFault]]]


@dataclass(frozen=True)
class Document:
    """Verbs to carry out, and the address that relative ones are resolved against."""

    verbs: list[Verb]
    url: str
    sound: Answer | None = None  # the answer was a sound file: play it and hang up


@dataclass
class Messenger:
    """A call's, or a handset's, way to the hotline. `read` is how its documents are read. `report` takes every fault;
    when it raises (strict), the fault goes no further."""

    session: Session
    auth_token: str
    post: Post
    report: Callable[[TwilioFault], None]
    limit: float
    fallback_url: str = ""
    read: Reader = read_document
    seen: list[tuple[str, str, int]] = field(default_factory=list)  # (method, URL, status) of every request

    def document(self, method: str, url: str, parameters: Form, extra: Form) -> Document | None:
        """Ask for TwiML; None when neither the address nor the fallback gave any. `extra` is lost on a redirect."""
        try:
            return self._document(method, url, parameters, extra)
        except TwilioFault as fault:
            self.report(fault)
            if not self.fallback_url or url == self.fallback_url:
                return None
            blame = {"ErrorCode": str(fault.number), "ErrorUrl": url}
            return self.document("POST", self.fallback_url, parameters, blame)

    def callback(self, method: str, url: str, parameters: Form) -> None:
        """Send a status callback, and see that it is answered as Twilio wants it."""
        try:
            answer = self.send(method, url, parameters)
            if answer.status >= 400:
                raise TwilioFault(11200, f"a status callback was answered with {answer.status}")
            if answer.status != 204:
                try:
                    verbs, _ = read_document(answer.body, answer.headers.get("content-type", ""))
                except TwilioFault as fault:
                    raise TwilioFault(15003, f"a status callback wants 204 or <Response/> ({fault})") from None
                if verbs or answer.status >= 300:
                    raise TwilioFault(15003, f"a status callback wants 204 or <Response/>, not {answer.status}")
        except TwilioFault as fault:
            self.report(fault)

    def fetch(self, url: str) -> Answer:
        """GET a sound file, without any parameter of Twilio's."""
        for _ in range(MOST_REDIRECTS):
            answer = self.session.send("GET", url, b"", {"User-Agent": AGENT, "Accept": "*/*"}, self.limit)
            self.seen.append(("GET", url, answer.status))
            if not 300 <= answer.status < 400:
                break
            url = absolute(url, answer.headers.get("location", ""), 11216)
        if answer.status != 200:
            raise TwilioFault(11200, f"Play: the sound file was answered with {answer.status}")
        return answer

    def send(self, method: str, url: str, parameters: Form, token: str = "") -> Answer:
        """One signed request. `token` is the idempotency token, fresh when empty."""
        headers = {
            "User-Agent": AGENT,
            "Accept": "*/*",
            "X-Home-Region": "us1",
            "I-Twilio-Idempotency-Token": token or secrets.token_hex(16),
        }
        body = b""
        if method == "GET":
            url += ("&" if urlsplit(url).query else "?") + urlencode(parameters) if parameters else ""
            signed: Form = {}
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
            body = urlencode(parameters).encode()
            signed = parameters
        headers["X-Twilio-Signature"] = RequestValidator(self.auth_token).compute_signature(url, dict(signed))
        answer = self.session.send(method, url, body, headers, self.limit)
        self.seen.append((method, url, answer.status))
        return answer

    def _document(self, method: str, url: str, parameters: Form, extra: Form) -> Document:
        token = secrets.token_hex(16)
        whole = {**parameters, **extra}
        answer = self.send(method, url, whole, token)
        if self.post.duplicates:
            first = (method, url)
            self.post.put(Letter("webhook", lambda: self._again(*first, whole, token)))
        redirects = 0
        while answer.status in (301, 302, 303, 307, 308):
            redirects += 1
            if redirects > MOST_REDIRECTS:
                raise TwilioFault(11215, "more than 10 redirects")
            if extra:
                self.report(TwilioFault(0, f"redirected ({answer.status}): {', '.join(extra)} are not sent again"))
            else:
                self.report(TwilioFault(0, f"redirected ({answer.status}): the caller waits twice"))
            url = absolute(url, answer.headers.get("location", ""), 11216)
            method = method if answer.status in (307, 308) else "GET"
            answer = self.send(method, url, parameters, token)
        return self._read(answer, url)

    def _read(self, answer: Answer, url: str) -> Document:
        if answer.status >= 400:
            raise TwilioFault(11200, f"answered with {answer.status}")
        if answer.status != 200:
            raise TwilioFault(11206, f"answered with {answer.status}")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/plain":
            text = answer.body.decode("utf-8", "replace")
            if self.read is not read_document:
                return Document([Verb("Message", text=text)] if text else [], url)
            self.report(TwilioFault(0, "text/plain is read aloud, tags included"))
            return Document([Verb("Say", text=text)], url)
        if kind.startswith("audio/") and self.read is read_document:
            return Document([], url, answer)
        verbs, warnings = self.read(answer.body, answer.headers.get("content-type", ""))
        for warning in warnings:
            self.report(warning)
        return Document(verbs, url)

    def _again(self, method: str, url: str, parameters: Form, token: str) -> None:
        # The answer to a repetition is dropped, but it has to be one.
        try:
            self._read(self.send(method, url, parameters, token), url)
        except TwilioFault as fault:
            self.report(fault)


def absolute(base: str, url: str, number: int = 11100) -> str:
    """The address resolved against the current document. TwilioFault when it leads nowhere."""
    found = urljoin(base, url).partition("#")[0]
    parts = urlsplit(found)
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", url):
        raise TwilioFault(number, f"{url!r} is no address")
    return found
