"""What a sender can want, by name. PURE.

Never does: find out which of them it is (intents.py does).
"""

from dataclasses import dataclass

TIP, ANSWER, UNKNOWN, GREETING, HELP, STATUS, STOP = "tip", "answer", "unknown", "greeting", "help", "status", "stop"
ATTACH, MENU, START, START_AGAIN, LANGUAGE = "attach", "menu", "start", "start_again", "language"
LIKELY_WISH = "likely"  # why, when no rule knows it
WHOLE, POLITE, SAID = "whole:", "polite", "answer:"  # word sets of the messages that mean a command, and of answers
SHORT = 12  # words up to which a message can be a question about the hotline although it names a category


@dataclass(frozen=True, slots=True)
class Wish:
    """The intent, and the words that show it (spans; none where it is the shape of the message)."""

    intent: str
    spans: tuple[tuple[int, int], ...] = ()
    why: str = ""
