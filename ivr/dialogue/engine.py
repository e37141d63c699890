"""reply(): from what was heard and where the conversation stands to what is said, asked and kept. PURE.

Steps are a table (steps.py); here are the actions that table names, and the rules that hold at every step:
0 repeats, * goes back, a third misunderstanding takes the safest way on, a hang-up keeps what exists.
Never does: choose words, read a clock, touch a database or a channel.
"""

from collections.abc import Callable
from dataclasses import replace

from ivr.dialogue.asking import after_the_status, ask, not_now
from ivr.dialogue.pieces import Facts, page_of
from ivr.dialogue.steps import SPOKEN_IN, STEPS, TRIES, Step, is_back
from ivr.dialogue.turn import PLAYBACK, HangUp, Heard, Keep, Line, Record, State, Turn

SHORTEST_SECONDS = 2


def begin() -> Turn:
    """The first words of a call. Each is in a language of its own, and none depends on facts."""
    step = STEPS["language"]
    return Turn(tuple(Line(said, SPOKEN_IN[said]) for said in step.says), step.ask, State(step.name))


def reply(state: State, heard: Heard, facts: Facts) -> Turn:
    """The next turn. Any state and any keys give a turn: nothing a caller or provider sends can break it."""
    state = replace(state, turn=state.turn + 1)
    if state.step == "told":
        return _told(state, heard, facts)
    step = STEPS.get(state.step)
    if step is None:  # an address nobody gave out: start over rather than hang up
        return begin()
    if heard.hung_up:
        return Turn((), HangUp(), state, Keep(ended=True))
    keys = heard.keys
    if keys == "0":
        return ask(step.name, state, facts)
    if keys == "":
        return _go(step.silence, state, heard, facts) if step.silence else _again(step, state, facts, "no_key")
    if keys in step.keys:
        return _go(step.keys[keys], state, heard, facts)
    if keys == "*" and step.back:
        return _go(step.back, state, heard, facts)
    if step.other:
        return _go(step.other, state, heard, facts)
    return _again(step, state, facts, "not_understood")


def _go(target: str, state: State, heard: Heard, facts: Facts) -> Turn:
    if target.startswith("("):
        return ACTIONS[target](state, heard, facts)
    return ask(target, replace(state, tries=0, page=0), facts, again=is_back(target, state.step))


def _again(step: Step, state: State, facts: Facts, why: str) -> Turn:
    """Ask once more and say why; after the third time take the step's last way on."""
    if state.tries + 1 < TRIES:
        return ask(step.name, replace(state, tries=state.tries + 1), facts, again=True).saying_first(why)
    if step.last.startswith("("):
        onward = _go(step.last, state, Heard(), facts)
    else:  # what is said in parting takes the place of what leads up to the next question
        onward = ask(step.last, replace(state, tries=0, page=0), facts, again=True)
    return onward.saying_first(*([step.parting] if step.parting else []))


# --- actions


def _told(state: State, heard: Heard, facts: Facts) -> Turn:
    """A recording has ended, or was empty."""
    take = heard.take if heard.take and heard.take.seconds != 0 else None
    keep = Keep(recorded=state.take if take else None, ended=heard.hung_up)
    # Of a length that nobody tells it cannot be said that it is too short.
    is_empty = take is None or take.silent or (take.seconds is not None and take.seconds < SHORTEST_SECONDS)
    if heard.hung_up:
        # A receiver put down at the beep answers nothing: the question is put again another day.
        return Turn((), HangUp(), state, replace(keep, answered=bool(state.answers) and not is_empty))
    if is_empty:
        # Nothing can have been told in it; kept all the same, in case.
        again = _record(replace(state, tries=state.tries + 1), facts, "not_heard")
        return again.keeping(replace(keep, ended=isinstance(again.ask, HangUp))) if take else again
    if state.answers:
        turn = ask("answered", replace(state, tries=0, heard=state.take), facts)
        return turn.keeping(replace(keep, answered=True))
    # The key that ended the recording is not an answer to the review.
    return ask("review", replace(state, tries=0, heard=state.take), facts).keeping(keep)


def _record(state: State, facts: Facts, *says: str) -> Turn:
    if state.tries >= TRIES:
        if state.heard and state.answers:
            return _goodbye(state, Heard(), facts)
        if state.heard:  # told before: that is kept, and the call goes on with it
            return _keep_it(state, Heard(), facts)
        return Turn((Line("not_heard_goodbye", state.lang),), HangUp(), state, Keep(ended=True))
    state = replace(state, step="told", take=state.take + 1)
    otherwise = _record(replace(state, tries=state.tries + 1), facts, "not_heard")
    return Turn(tuple(Line(name, state.lang) for name in says), Record(state.take, otherwise), state)


def _telling(says: str) -> Callable[[State, Heard, Facts], Turn]:
    return lambda state, heard, facts: _record(replace(state, tries=0), facts, says)


def _send(state: State, heard: Heard, facts: Facts) -> Turn:
    # By a key: the earlier takes were told again. By silence none is, and all of them count.
    sent = state.heard or state.take
    turn = ask("kinds", replace(state, tries=0, sent=sent), facts)
    return turn.keeping(Keep(sent=sent)) if sent > 1 else turn


def _hear(state: State, heard: Heard, facts: Facts) -> Turn:
    turn = ask(state.step, replace(state, tries=0), facts)
    return replace(turn, lines=(Line("your_words", state.lang), Line(PLAYBACK, state.lang), *turn.lines))


def _throw_away(state: State, heard: Heard, facts: Facts) -> Turn:
    # With the words go the kind and the place that were chosen for them.
    turn = ask("main", State("main", lang=state.lang, turn=state.turn, take=state.take), facts)
    said = (Line("thrown_away", state.lang), Line("main_menu", state.lang))
    return replace(turn, lines=said, keep=Keep(discarded=state.take))


def _keep_it(state: State, heard: Heard, facts: Facts) -> Turn:
    return ask("kinds", replace(state, tries=0), facts, again=True).saying_first("going_on")


def _in_language(lang: str = "") -> Callable[[State, Heard, Facts], Turn]:
    return lambda state, heard, facts: ask("main", replace(state, lang=lang or state.lang, tries=0), facts)


def _choose_menu(state: State, heard: Heard, facts: Facts) -> Turn:
    # "1#" is an impatient 1; "##" an impatient skip.
    keys = heard.keys.rstrip("#") or "#"
    if keys == "#":
        return _go("place", state, heard, facts)
    if "*" in keys:
        return _go(STEPS["kinds"].back, state, heard, facts)
    if len(keys) == 2 and (category := facts.category_with_code(keys)):
        return _about(category, state, facts)
    if keys[0] not in facts.menu():
        return _again(STEPS["kinds"], state, facts, "not_understood")
    at_menu = replace(state, menu=keys[0], tries=0)
    choices = facts.kinds(keys[0])
    if choices[0][0] == "":
        return _about(choices[0][1], at_menu, facts)
    if len(keys) == 2:  # both keys of a path, pressed in one go
        return _choose_kind(replace(at_menu, step="kind"), Heard(keys[1]), facts)
    return ask("kind", at_menu, facts)


def _choose_kind(state: State, heard: Heard, facts: Facts) -> Turn:
    category = dict(facts.kinds(state.menu)).get(heard.keys)
    if category is None:
        return _again(STEPS["kind"], state, facts, "not_understood")
    return _about(category, state, facts)


def _about(category: str, state: State, facts: Facts) -> Turn:
    turn = ask("place", replace(state, tries=0, shows=int(facts.shows(category))), facts)
    return turn.saying_first(f"about-{category}").keeping(Keep(category=category, sent=state.sent or None))


def _find_place(state: State, heard: Heard, facts: Facts) -> Turn:
    pin = heard.keys.rstrip("#")
    if "*" in pin:
        return _go("kinds", state, heard, facts)
    if len(pin) != 6 or not pin.isdecimal():
        return _again(STEPS["place"], state, facts, "place_not_six")
    found = facts.find(pin)
    if found is None:
        return _again(STEPS["place"], state, facts, "place_unknown")
    step = "place_pick" if len(found.stations) > 1 else "place_check"
    return ask(step, replace(state, pin=pin, tries=0, page=0), facts)


def _more_stations(state: State, heard: Heard, facts: Facts) -> Turn:
    shown, _ = page_of(replace(state, page=state.page + 1), facts)
    return ask("place_pick", replace(state, page=state.page + 1 if shown else 0, tries=0), facts, again=True)


def _pick_station(state: State, heard: Heard, facts: Facts) -> Turn:
    shown, _ = page_of(state, facts)
    if not heard.keys.isdecimal() or not 1 <= int(heard.keys) <= len(shown):
        return _again(STEPS["place_pick"], state, facts, "not_understood")
    return _placed(state, facts, shown[int(heard.keys) - 1])


def _keep_place(state: State, heard: Heard, facts: Facts) -> Turn:
    found = facts.find(state.pin)
    station = found.stations[0] if found and len(found.stations) == 1 else ""
    return _placed(state, facts, station)


def _placed(state: State, facts: Facts, station: str) -> Turn:
    found = facts.find(state.pin)
    turn = ask("follow_up", replace(state, tries=0), facts)
    if found is None:
        return turn
    sent = state.sent or None
    return turn.keeping(Keep(pin=state.pin, district=found.district, station=station or None, sent=sent))


def _answer(welcome: bool) -> Callable[[State, Heard, Facts], Turn]:
    def tell_code(state: State, heard: Heard, facts: Facts) -> Turn:
        turn = ask("code", replace(state, tries=0), facts)
        return turn.keeping(Keep(follow_up=welcome, sent=state.sent or None, ended=True, code=True))

    return tell_code


def _goodbye(state: State, heard: Heard, facts: Facts) -> Turn:
    return Turn((Line("goodbye", state.lang),), HangUp(), state)


def _tell_status(state: State, heard: Heard, facts: Facts) -> Turn:
    if not heard.known:
        return _again(STEPS["my_tip"], state, facts, "status_not_eight")
    if heard.known == "unknown":
        return _again(STEPS["my_tip"], state, facts, "status_unknown")
    said = "status_locked" if heard.known == "locked" else f"status-{heard.known}"
    return after_the_status(state, heard, facts).saying_first(said)


ACTIONS: dict[str, Callable[[State, Heard, Facts], Turn]] = {
    "(hindi)": _in_language("hi"),
    "(english)": _in_language("en"),
    "(language)": _in_language(),
    "(tell)": _telling("tell"),
    "(tell_again)": _telling("tell_again"),
    "(send)": _send,
    "(hear)": _hear,
    "(throw_away)": _throw_away,
    "(keep_it)": _keep_it,
    "(choose_menu)": _choose_menu,
    "(choose_kind)": _choose_kind,
    "(find_place)": _find_place,
    "(more_stations)": _more_stations,
    "(pick_station)": _pick_station,
    "(keep_place)": _keep_place,
    "(welcome_answer)": _answer(True),
    "(no_answer)": _answer(False),
    "(goodbye)": _goodbye,
    "(tell_status)": _tell_status,
    "(answer)": _telling("answer"),
    "(not_now)": not_now,
}
