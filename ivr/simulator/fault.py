"""What Twilio would write into its error log: a number from its error dictionary and a sentence.

Never does: decide whether a fault ends a call; the telephone does.
"""


class TwilioFault(Exception):
    """Something Twilio would warn of or fail on. `number` is Twilio's (0: it only loses or ignores something)."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(f"{number}: {message}" if number else message)
        self.number = number
        self.message = message


class NotSimulated(Exception):
    """Valid for Twilio, but beyond what this telephone can do."""


class WrongMoment(Exception):
    """The script asks the caller for something that cannot be done at this moment of the call."""
