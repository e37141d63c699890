"""The page of one tip: its words, its sound and files, what is known of it, and the moves open to the officer.

Never does: show a digit of a reference code, or a time of the call finer than a part of the day.
"""

import io
from collections.abc import Iterable, Mapping
from functools import partial

from flask import abort, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from ivr import casework, corrections, evidence, exhibits, questions
from ivr.console.access import NEEDS_NOTE, Sight, sight
from ivr.console.blueprints import console
from ivr.console.nearby import nearest_station
from ivr.console.page import render
from ivr.console.session import the_officer
from ivr.console.transcript import is_demonstration, is_doubtful, pieces, written_pieces
from ivr.corrected import change_in
from ivr.parts import parts
from models.lifecycle import MoveRefused
from models.message import WAITING
from models.secrecy import CannotOpen
from workers.outside.vault import NotInVault, VaultFault

Written = tuple[exhibits.Letter, list[tuple[str, str | None]]]  # a message, and its words in pieces

# A file opened by itself loads nothing, runs nothing, and is nobody's page.
FILE_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'; sandbox"


@console.get("/tips/<tip_id>")
def tip(tip_id: str) -> Response:
    """Everything an officer may know of a tip."""
    return page_of(tip_id)


@console.post("/tips/<tip_id>/moves")
def move(tip_id: str) -> Response:
    """Make a move on the tip as the officer saw it."""
    form = request.form
    note = form.get("note", "")
    try:
        target = casework.move_tip(parts(), the_officer(), tip_id, form.get("move", ""), form.get("seen", ""), note)
    except casework.NotThere:
        abort(404)
    except casework.NoteMissing:
        return page_of(tip_id, 400, problem="note_missing", note=note)
    except casework.Overtaken:
        return page_of(tip_id, 409, problem="overtaken", note=note)
    except MoveRefused:
        return page_of(tip_id, 409, problem="move_refused", note=note)
    flash(f"now_{target.value}")
    return redirect(url_for("console.tip", tip_id=tip_id), code=303)


@console.post("/tips/<tip_id>/questions")
def ask(tip_id: str) -> Response:
    """Have a question put to whoever asks about the tip by its code."""
    try:
        questions.ask(parts(), the_officer(), tip_id, request.form.get("question", ""))
    except casework.NotThere:
        abort(404)
    except questions.NotNow:
        return page_of(tip_id, 409, problem="ask_refused")
    flash("question_asked")
    return redirect(url_for("console.tip", tip_id=tip_id, _anchor="questions"), code=303)


@console.post("/tips/<tip_id>/questions/<number>/withdrawal")
def withdraw(tip_id: str, number: str) -> Response:
    """Take back a question that is open."""
    try:
        questions.withdraw(parts(), the_officer(), tip_id, number)
    except casework.NotThere:
        abort(404)
    except questions.NotNow:
        return page_of(tip_id, 409, problem="take_back_refused")
    flash("question_taken_back")
    return redirect(url_for("console.tip", tip_id=tip_id, _anchor="questions"), code=303)


@console.get("/sound/<recording_id>.wav")
def sound(recording_id: str) -> Response:
    """The sound officers may hear, whole or the piece the player asks for."""
    try:
        data = casework.listen(parts(), the_officer(), recording_id)
    except (casework.NotThere, NotInVault):
        abort(404)
    except (VaultFault, CannotOpen):
        abort(503)
    return send_file(io.BytesIO(data), mimetype="audio/wav", conditional=True, etag=False, max_age=0)


@console.get("/files/<file_id>")
def file(file_id: str) -> Response:
    """A photo, video or document as the workers made it anew, whole or the piece a player asks for."""
    return _file(file_id)


@console.get("/files/<file_id>/small")
def thumbnail(file_id: str) -> Response:
    """A small picture of it."""
    return _file(file_id, small=True)


@console.post("/files/<file_id>/wanted")
def wanted(file_id: str) -> Response:
    """Have a file prepared that waits to be asked for."""
    try:
        tip_id = evidence.ask_for(parts(), the_officer(), file_id)
    except casework.NotThere:
        abort(404)
    flash("file_asked")
    return redirect(url_for("console.tip", tip_id=tip_id), code=303)


def _file(file_id: str, *, small: bool = False) -> Response:
    try:
        data, media_type = evidence.see(parts(), the_officer(), file_id, small=small)
    except (casework.NotThere, NotInVault):
        abort(404)
    except (VaultFault, CannotOpen):
        abort(503)
    response = send_file(io.BytesIO(data), mimetype=media_type, conditional=True, etag=False, max_age=0)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def page_of(
    tip_id: str, status: int = 200, problem: str | None = None, note: str = "", tried: Mapping[str, str] | None = None
) -> Response:
    """The page, with what stood in the way of a form. `tried`: kind, place and reason of a correction that failed."""
    of, officer = parts(), the_officer()
    try:
        opened = casework.open_tip(of, officer, tip_id)
    except casework.NotThere:
        abort(404)
    asked = questions.questions_of(of, officer, opened.tip, opened.role)
    answers = {one.answer for one in asked.put if one.answer}
    written = [(letter, written_pieces(letter.text or "")) for letter in opened.letters]
    made = sum(entry.what in corrections.MADE for entry in opened.trail)
    area = (tried or {}).get("place") or request.args.get("district", "")
    return render(
        "tip.html",
        status,
        tip=opened.tip,
        role=opened.role,
        takes=[(take, pieces(take.words)) for take in opened.takes],
        letters=[one for one in written if one[0].answers not in answers and not _is_coming(one[0])],
        asked=asked,
        rounds=_rounds(asked.put, written),
        answering={file.recording_id for letter, _ in written if letter.answers in answers for file in letter.files},
        take_numbers={take.recording_id: number for number, take in enumerate(opened.takes, start=1)},
        notes={file.recording_id for letter in opened.letters for file in letter.files if file.recording_id},
        nearest=partial(nearest_station, of.catalogue),
        others=opened.others,
        moves=opened.moves,
        trail=opened.trail,
        category=of.catalogue.categories.get(opened.tip.category or ""),
        demonstration=any(is_demonstration(take.model) for take in opened.takes),
        is_doubtful=is_doubtful,
        needs_note=NEEDS_NOTE,
        may_act=sight(opened.tip.status, opened.role) is Sight.ACT,
        at_station=officer.unit in of.catalogue.stations,
        longest_note=casework.LONGEST_NOTE,
        problem=problem,
        note=note,
        choices=corrections.choices(of, officer, opened.tip, opened.role, made, area),
        tried=tried or {},
        is_correcting=tried is not None or "district" in request.args,
        longest_reason=corrections.LONGEST_REASON,
        corrected=lambda entry: change_in(entry.note) if entry.what in corrections.MADE else None,
    )


def _is_coming(letter: exhibits.Letter) -> bool:
    """Whether it is an answer that no worker has looked at yet: seen at once, it would say who calls at this moment."""
    return bool(letter.answers) and letter.text is None and all(file.status == WAITING for file in letter.files)


def _rounds(put: Iterable[questions.Put], written: list[Written]) -> list[tuple[list[questions.Put], list[Written]]]:
    """Questions, those together that were answered together, each with the messages that answer them."""
    rounds: dict[str | int, list[questions.Put]] = {}
    for one in put:
        rounds.setdefault(one.answer or one.id, []).append(one)
    return [(asked, [one for one in written if one[0].answers == mark]) for mark, asked in rounds.items()]
