"""Asks: a step's question in words by name; and what officers ask, behind the status of a tip. PURE.

Never does: decide what an answer leads to (engine does), or hold words.
"""

from dataclasses import replace

from ivr.dialogue.pieces import PIECES, Facts
from ivr.dialogue.steps import SPOKEN_IN, STEPS
from ivr.dialogue.turn import Heard, Line, State, Turn


def ask(name: str, state: State, facts: Facts, *, again: bool = False) -> Turn:
    """The question of a step. `again`: what leads up to it was heard already."""
    step = STEPS[name]
    state = replace(state, step=name)
    lines: list[Line] = []
    for said in (again and step.again) or step.says:
        if said.startswith("("):
            lines += PIECES[said](state, facts)
        else:
            lines.append(Line(said, SPOKEN_IN.get(said, state.lang)))
    return Turn(tuple(lines), step.ask, state)


def after_the_status(state: State, heard: Heard, facts: Facts) -> Turn:
    """What officers ask, if anything; else what else the line can do."""
    if heard.asks:
        return ask("asked", replace(state, tries=0, asks=heard.asks, answers=heard.answers), facts)
    return ask("helplines", replace(state, tries=0), facts, again=True)


def not_now(state: State, heard: Heard, facts: Facts) -> Turn:
    """No answer in this call: what it may still tell has nothing to do with that tip."""
    return ask("helplines", replace(state, tries=0, asks="", answers=""), facts, again=True)
