"""An officer's browser, as far as the demo needs one: sign in, find the tip, read its words.

Never does: look into the database; what it finds, an officer sees.
"""

from dataclasses import dataclass
from html.parser import HTMLParser

import requests

_VOID = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(frozen=True)
class Found:
    """A tip as its page shows it: its heading and its anonymised words."""

    title: str
    words: str


class Browser:
    """One officer at the console."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._session = requests.Session()
        self._session.trust_env = False

    def alive(self) -> bool:
        """Whether the hotline answers."""
        try:
            return self._session.get(f"{self._base}/healthz", timeout=1).status_code == 200
        except requests.RequestException:
            return False

    def sign_in(self, username: str, password: str) -> bool:
        """Fill in the form as a browser would; whether the console lets us in."""
        form = _Page(self._get("/console/sign-in"))
        answer = self._session.post(
            f"{self._base}/console/sign-in",
            data={**form.hidden, "username": username, "password": password},
            headers={"Referer": f"{self._base}/console/sign-in", "Origin": self._base},
            timeout=10,
        )
        return answer.status_code == 200 and "sign-in" not in answer.url

    def newest_tip(self, language: str) -> Found | None:
        """The newest tip on the list that was told in a language; None while there is none."""
        for link in _Page(self._get("/console/")).tips:
            page = _Page(self._get(link))
            if page.words and page.words_language == language:
                return Found(page.heading, " ".join(page.words.split()))
        return None

    def _get(self, path: str) -> str:
        return self._session.get(self._base + path, timeout=10).text


class _Page(HTMLParser):
    """What the demo looks for on a page: hidden fields, links to tips, the heading, the words of the story."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.tips: list[str] = []
        self.heading = self.words = self.words_language = ""
        self._open: list[str] = []  # what each open element means to us: "heading", "words" or nothing
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take note of what begins."""
        given = {name: value or "" for name, value in attributes}
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given.get("name", "")] = given.get("value", "")
        if tag == "a" and "tip" in given.get("class", "").split():
            self.tips.append(given["href"])
        meaning = "heading" if tag == "h1" else "words" if "data-words" in given else ""
        if meaning == "words":
            self.words_language = given.get("lang", "")
        if tag not in _VOID:
            self._open.append(meaning)

    def handle_endtag(self, tag: str) -> None:
        """Take note of what ends."""
        if self._open and tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Collect the text of what is open."""
        if "heading" in self._open:
            self.heading += data.strip()
        if "words" in self._open:
            self.words += data
