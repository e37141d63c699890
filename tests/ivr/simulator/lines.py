"""Small WSGI applications for the telephone to call: what they answer is a table of paths.

Never does: anything the hotline does; each test says what its line answers.
"""

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from ivr.simulator.provider import Provider
from ivr.simulator.sound import tone, wav_bytes
from ivr.simulator.store import Store
from ivr.simulator.telephone import Telephone

BASE, TOKEN, ACCOUNT = "https://tips.example", "token-of-a-test", "AC" + "a" * 32
XML = "text/xml; charset=utf-8"
Answer = str | tuple[int, str] | Response | Callable[[Request], "Answer"]

HANGUP = "<Hangup/>"
ASK = "<Gather numDigits='1' action='/voice/menu?lang=hi&amp;try=1'><Play>/prompts/hi/menu.wav</Play></Gather>"
TELL = (
    "<Record action='voice/told?take=1' maxLength='20' timeout='3' finishOnKey='#' trim='do-not-trim' "
    "recordingStatusCallback='/voice/recording?take=1'/>"
)


class TipLine:
    """A line that answers by path and remembers what it was asked, in order."""

    def __init__(self, **answers: Answer) -> None:
        self.answers: dict[str, Answer] = {"/voice/status": (204, ""), "/voice/recording": (204, "")}
        self.answers |= {"/" + name.replace("__", "/"): answer for name, answer in answers.items()}
        self.asked: list[Request] = []

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        request = Request(environ)
        request.get_data(cache=True)
        request.form  # noqa: B018  (parsed now: the stream is gone later)
        self.asked.append(request)
        return self._response(self.answers.get(request.path, (404, "")), request)(environ, start_response)

    def _response(self, answer: Answer, request: Request) -> Response:
        if isinstance(answer, Response):
            return answer
        if isinstance(answer, tuple):
            return Response(answer[1], status=answer[0], content_type=XML)
        if callable(answer):
            return self._response(answer(request), request)
        return Response(f"<?xml version='1.0' encoding='UTF-8'?><Response>{answer}</Response>", content_type=XML)

    def paths(self) -> list[str]:
        """The paths asked for, without what was played."""
        return [request.path for request in self.asked if not request.path.startswith("/prompts/")]

    def last(self, path: str) -> Request:
        """The last request for a path."""
        return [request for request in self.asked if request.path == path][-1]


def prompt(seconds: float = 1.0, content_type: str = "audio/wav") -> Response:
    """A sound file of a tone."""
    return Response(wav_bytes(tone(seconds)), content_type=content_type)


def phone(line: TipLine, store: Store | Provider | None = None, **terms: object) -> Telephone:
    """A telephone that calls the line in this process."""
    return Telephone(BASE, TOKEN, ACCOUNT, store or Store(), app=line, **terms)  # type: ignore[arg-type]


def line(**answers: object) -> TipLine:
    """A line that asks for a key, but for what a test has it answer."""
    made = TipLine(**({"voice": ASK, "voice__menu": HANGUP, "voice__told": HANGUP} | answers))  # type: ignore[arg-type]
    made.answers["/prompts/hi/menu.wav"] = prompt()
    return made


def tell(**more: object) -> TipLine:
    """A line that records whoever calls."""
    return line(**({"voice": TELL} | more))
