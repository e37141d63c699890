"""The dialogue of a call as tests hold it: keys in, prompts out. No web, no words, no database.

Never does: speak, or keep anything.
"""

from ivr.dialogue.engine import reply
from ivr.dialogue.facts import CatalogueFacts
from ivr.dialogue.turn import Heard, Keep, State, Turn
from models.catalogue import load

FACTS = CatalogueFacts(load())


def says(turn: Turn) -> list[str]:
    return [line.name for line in turn.lines]


def after(state: State, *keys: str) -> Turn:
    turn = reply(state, Heard(keys[0]), FACTS)
    for key in keys[1:]:
        turn = reply(turn.state, Heard(key), FACTS)
    return turn


def kept_by(state: State, *keys: str) -> list[Keep]:
    kept, turn = [], None
    for key in keys:
        turn = reply(turn.state if turn else state, Heard(key), FACTS)
        kept += [turn.keep] if turn.keep else []
    return kept
