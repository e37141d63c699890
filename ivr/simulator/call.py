"""One call, as the caller has it: press keys, speak, wait, hang up, and hear.

Never does: decide what the hotline's answers mean (execution.py does), or sleep.
"""

from pathlib import Path

from ivr.simulator.execution import Execution
from ivr.simulator.fault import WrongMoment
from ivr.simulator.recorder import ANY_KEY, take
from ivr.simulator.sound import Pcm, silence, spoken

KEY_SECONDS = 0.5
AT_ONCE_SECONDS = 0.4  # what a recorder gets of a caller who presses the key at once: told as 0 s
HANGING_UP_SECONDS = 1.0  # ... and of one who hangs up at the beep


class Call(Execution):
    """The caller's side of a call. `heard`: prompts since the last action; `everything`: since the beginning."""

    def press(self, keys: str, *, interrupting: bool = False) -> None:
        """Press keys quickly, then nothing. `interrupting`: before the prompts are over.

        Keys that come after the question is answered are lost (`lost_keys`), for the next one is not asked yet.
        """
        self._act()
        if interrupting and self.waiting is not None and self.waiting.name == "Gather":
            self.seconds -= sum(one.seconds for one in self.heard)
        self.heard = []
        asked = self.waiting
        for number, key in enumerate(keys):
            if self.waiting is not asked:
                self.lost_keys += keys[number:]
                break
            self._press(key)
        if self.waiting is asked and self.digits:
            self._silence()

    def key(self, key: str) -> None:
        """Press one key; the hotline goes on waiting for more, where it does."""
        self._act()
        self.heard = []
        self._press(key)

    def wait(self) -> None:
        """Do and say nothing until the hotline gives up waiting."""
        self._act()
        if self.waiting is None:
            raise WrongMoment("nobody waits for anything")
        self.heard = []
        self._silence()

    def speak(self, sound: "Pcm | bytes | str | Path", finish: str = "#") -> None:
        """Speak into a recording and end with a key, "hangup" or "silence". Sound is 8 kHz samples or a sound file."""
        self._act()
        if self.waiting is None or self.waiting.name != "Record":
            raise WrongMoment("the hotline is not recording: nothing that is said now is heard")
        self.heard = []
        self._recorded(take(self.waiting, spoken(sound), finish, self.telephone.lost_tail))
        if finish == "hangup" and not self.ended:  # the recorder had stopped listening before
            self.hang_up()

    def hang_up(self) -> None:
        """Put the receiver down."""
        self._act()
        self.heard = []
        if self.waiting is not None and self.waiting.name == "Record":
            self._recorded(take(self.waiting, silence(HANGING_UP_SECONDS), "hangup", 0.0))
        else:
            self._end("completed")

    def names(self) -> list[str]:
        """Names of the prompts heard since the last action (the words, where a prompt has no name)."""
        return [str(one) for one in self.heard if one.kind in ("play", "say")]

    def _act(self) -> None:
        if self.ended:
            raise WrongMoment("the call is over")
        self._documents = 0

    def _press(self, key: str) -> None:
        self.seconds += KEY_SECONDS
        waiting = self.waiting
        if waiting is None:
            self.lost_keys += key
        elif waiting.name == "Record":
            if key in waiting.attributes.get("finishOnKey", ANY_KEY):
                self._recorded(take(waiting, silence(AT_ONCE_SECONDS), key, 0.0))
            else:
                self.lost_keys += key
        elif key == waiting.attributes.get("finishOnKey", "#"):
            self._gathered(key)
        else:
            self.digits += key
            if len(self.digits) == int(waiting.attributes.get("numDigits", 0)):
                self._gathered("")

    def _silence(self) -> None:
        assert self.waiting is not None
        if self.waiting.name == "Record":
            self._recorded(take(self.waiting, silence(0), "silence", 0.0))
        else:
            self.seconds += int(self.waiting.attributes.get("timeout", 5))
            self._gathered("")
