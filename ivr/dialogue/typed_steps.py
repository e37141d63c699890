"""The conversation in writing as tables: what is asked of whoever tells, and what each command leads to. PURE.

Never does: hold words (audio_prompts/<lang>/texts.toml does) or know kinds and places (the catalogue does).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """Asked while `settled` (a field of State) is not true, at most as often as it has texts, one after the other."""

    settled: str
    texts: tuple[str, ...]


# In this order, one a message.
QUESTIONS = (
    Question("what", ("what",)),
    Question("where", ("where", "where_again")),
    Question("since", ("when",)),
)
# Which fact an answer to a text settles, whatever its words.
ANSWERS = {text: question.settled for question in QUESTIONS for text in question.texts} | {
    "tell": "what",
    "chosen": "what",
}


@dataclass(frozen=True)
class Command:
    """What a message that only wants something leads to: texts, and the question it leaves open ("": as before).

    `in_doubt`: the texts while the language is in doubt and each is written twice; (): the same."""

    texts: tuple[str, ...]
    asks: str = ""
    in_doubt: tuple[str, ...] = ()


COMMANDS = {
    "help": Command(("how", "help"), in_doubt=("how",)),
    "menu": Command(("menu_1", "menu_2"), asks="menu"),
    "status": Command(("status_code",), asks="status"),
    "attach": Command(("attach_code",), asks="attach"),
    # Whoever asks who reads this, sent it by mistake, or will send something: the open question stays, and is not put.
    "worried": Command(("worried",)),
    "mistaken": Command(("mistaken",)),
    "wait": Command(("waiting",)),
}
# Whoever only greets, or wants to begin, is asked to tell; so is whoever sends nothing that can be read.
BEGINNINGS = ("greeting", "start", "start_again", "empty", "done")

SAME = 3  # the same message, if it was short as an answer to the same question: from this time on it is not answered
FEW = 8  # words up to which the same answer may be given to one question after the other
WISHED = 3  # how often the same command is answered in one exchange
REPEATED = 2  # how often a question is written when somebody only greets
ADDED = 2  # how often it is said that something was added
LONG = 5  # words that tell what goes on even if we do not understand them
URGENT = ("U1", "U2")  # kinds of tips at which a helpline is named first
