"""An officer's browser, as far as the demo needs one: sign in, find the tip, read its words, look at its photo.

Never does: look into the database; what it finds, an officer sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

import requests

_VOID = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(frozen=True)
class Found:
    """A tip as its page shows it: its heading, its anonymised words, the addresses of the files shown."""

    title: str
    words: str
    files: tuple[str, ...] = ()


class Browser:
    """One officer at the console."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._old: frozenset[str] = frozenset()

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
        if answer.status_code != 200 or "sign-in" in answer.url:
            return False
        self._old = frozenset(_Page(self._get("/console/")).tips)
        return True

    def tip_saying(self, words: Sequence[str], *, with_file: bool = False) -> Found | None:
        """A tip that came since the sign-in and holds at least half of these words; None while there is none."""
        for link in _Page(self._get("/console/")).tips:
            if link in self._old:
                continue
            page = _Page(self._get(link))
            said = sum(word in page.words for word in words)
            if page.words and said * 2 >= len(words) and (page.files or not with_file):
                return Found(page.heading, " ".join(page.words.split()), tuple(page.files))
        return None

    def file(self, address: str) -> bytes:
        """A file as the officer gets it; nothing when it is refused."""
        answer = self._session.get(self._base + address, timeout=10)
        return answer.content if answer.status_code == 200 else b""

    def _get(self, path: str) -> str:
        return self._session.get(self._base + path, timeout=10).text


class _Page(HTMLParser):
    """What the demo looks for on a page: hidden fields, links to tips and files, the heading, the words told."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.tips: list[str] = []
        self.files: list[str] = []
        self.heading = self.words = ""
        self._open: list[str] = []  # what each open element means to us: "heading", "words", "exhibit" or nothing
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take note of what begins."""
        given = {name: value or "" for name, value in attributes}
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given.get("name", "")] = given.get("value", "")
        kinds = given.get("class", "").split()
        if tag == "a" and "tip" in kinds:
            self.tips.append(given["href"])
        if tag == "a" and "exhibit" in self._open:
            self.files.append(given["href"])
        meaning = "heading" if tag == "h1" else "words" if "data-words" in given or "written" in kinds else ""
        meaning = "exhibit" if "exhibit" in kinds else meaning
        if tag not in _VOID:
            self._open.append(meaning)

    def handle_endtag(self, tag: str) -> None:
        """Take note of what ends."""
        if self._open and tag not in _VOID and self._open.pop() == "words":
            self.words += " "

    def handle_data(self, data: str) -> None:
        """Collect the text of what is open."""
        if "heading" in self._open:
            self.heading += data.strip()
        if "words" in self._open:
            self.words += data
