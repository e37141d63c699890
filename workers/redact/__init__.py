"""Anonymises a telling: what is hidden, and why. One door: redact(words, language) -> Redaction. PURE.

Hidden: numbers of seven digits or more whoever's they are, pieces of the caller's own numbers, number plate, e-mail and
UPI addresses, the caller's name where the words around it give it away. Unsure is hidden.
Never does: keep what it hid, store anything, or promise that no other word identifies the caller.
"""

from collections.abc import Sequence

from interpret.spelling import bare
from workers.redact.handles import find_handles
from workers.redact.known_names import find_known_names
from workers.redact.names import find_names
from workers.redact.numbers import find_numbers
from workers.redact.words import Hidden, Redaction, Word, merge

__all__ = ["Hidden", "Redaction", "Word", "redact"]


def redact(words: Sequence[Word], language: str) -> Redaction:
    """What is hidden in the words of one telling, in spoken order. `language` is the language chosen (hi or en).

    Callers mix languages and scripts, so every rule is tried whatever the language.
    """
    folded = [bare(word.w) for word in words]
    hidden = [
        *find_handles(folded),
        *find_numbers(words, folded),
        *find_names(words, folded),
        *find_known_names(folded),
    ]
    return Redaction(merge(hidden), tuple(words))
