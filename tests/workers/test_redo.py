"""Transcripts are made again once a better model is in: from the sealed originals, once, and nothing else moves."""

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from ivr.commands.redoing import Redone, redo_all
from models.lifecycle import Status
from models.officer import Trail
from models.recording import Recording
from models.tip import Routing
from settings import STARTER_MODELS, Settings
from tests.queued import depths
from tests.workers.telling import Teller, clip
from workers import jobs, pipeline, redo, sound
from workers.outside.model_shop import shelf
from workers.outside.speech import Ears
from workers.outside.vault import Vault
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import QUEUES

BETTER = "vosk-model-small-hi-0.22"


def choose_better(settings: Settings) -> None:
    """Fetch and use another Hindi model, as `./hotline models` would."""
    shutil.copytree(STARTER_MODELS / "hi", settings.models_dir / BETTER)
    shelf.use(settings, "hi", settings.models_dir / BETTER)


@pytest.fixture
def better(parts: Parts) -> Callable[[], Parts]:
    """The same worker after it took up a better model."""

    def change() -> Parts:
        choose_better(parts.settings)
        ears = Ears(parts.settings)
        ears.load()
        return replace(parts, ears=ears)

    return change


def prepared(parts: Parts, teller: Teller, *names: str, **facts: object) -> str:
    """A tip that was prepared and routed; its id."""
    told = teller.tell(*(clip(name) for name in names), **facts)
    pipeline.prepare(parts, told.tip_id)
    return told.tip_id


def test_words_model_and_listening_copy_change_together_and_the_tip_stays_where_it_stands(
    parts: Parts, teller: Teller, better: Callable[[], Parts]
) -> None:
    tip_id = prepared(parts, teller, "demo_hi")
    teller.set(teller.tip(tip_id), status=Status.WORKING)
    routing = {(row.unit, row.role) for row in teller.rows(Routing)}
    (before,), (words,) = teller.recordings(), teller.transcripts()
    teller.set(words, text="old", words=[], confidence=0.1)

    assert redo.redo(better(), before.id).what == "redone"

    (after,), (transcript,) = teller.recordings(), teller.transcripts()
    assert transcript.model == BETTER and "[phone]" in transcript.text and transcript.confidence > 0.9
    assert after.original == before.original and after.listening != before.listening
    assert teller.vault_names() == {after.original, after.listening}
    samples, rate = sound.decode(parts.vault.listening(after.listening))
    assert transcript.words[-1]["end"] <= len(samples) / rate + 0.05
    assert teller.tip(tip_id).status == Status.WORKING
    assert {(row.unit, row.role) for row in teller.rows(Routing)} == routing
    (row,) = [row for row in teller.rows(Trail) if row.what == "redo"]
    assert (row.tip_id, row.officer_id, row.at.minute, row.at.second) == (tip_id, None, 0, 0)


def test_done_twice_it_is_done_once(parts: Parts, teller: Teller, better: Callable[[], Parts]) -> None:
    prepared(parts, teller, "drugs_hi")
    worker = better()
    (recording,) = teller.recordings()
    assert [redo.redo(worker, recording.id).what for _ in range(2)] == ["redone", "nothing"]
    assert len([row for row in teller.rows(Trail) if row.what == "redo"]) == 1
    assert len(teller.vault_names()) == 2


def test_who_is_overtaken_changes_nothing_and_leaves_no_sound_behind(
    parts: Parts, teller: Teller, better: Callable[[], Parts], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(parts, teller, "hello_hi")
    worker = better()
    (recording,) = teller.recordings()
    put = Vault.put_listening

    def overtaken(self: Vault, data: bytes) -> str:
        name = put(self, data)
        if not [row for row in teller.rows(Trail) if row.what == "redo"]:
            monkeypatch.setattr(Vault, "put_listening", put)
            assert redo.redo(worker, recording.id).what == "redone"
        return name

    monkeypatch.setattr(Vault, "put_listening", overtaken)
    assert redo.redo(worker, recording.id).what == "nothing"
    (after,) = teller.recordings()
    assert teller.vault_names() == {after.original, after.listening}
    assert len([row for row in teller.rows(Trail) if row.what == "redo"]) == 1


def test_the_callers_choice_is_heard_again_not_only_the_language_once_kept(
    parts: Parts, teller: Teller, better: Callable[[], Parts]
) -> None:
    prepared(parts, teller, "gambling_en", language="hi")
    (words,) = teller.transcripts()
    teller.set(words, language="hi", model="vosk-model-old")  # as before the doubt was known
    assert redo.redo(better(), words.recording_id).what == "redone"
    (after,) = teller.transcripts()
    assert (after.chosen_language, after.language, after.model) == ("hi", "en", "starter-en")


def test_a_worker_that_has_not_taken_up_the_model_yet_waits(parts: Parts, teller: Teller) -> None:
    prepared(parts, teller, "hello_hi")
    ears = Ears(parts.settings)
    ears.load()
    choose_better(parts.settings)
    with pytest.raises(JobProblem, match="models_changing"):
        redo.redo(replace(parts, ears=ears), teller.recordings()[0].id)
    ears.load()
    assert redo.redo(replace(parts, ears=ears), teller.recordings()[0].id).what == "redone"


def test_the_command_hands_over_what_can_be_redone_and_counts_what_can_not(
    parts: Parts, teller: Teller, better: Callable[[], Parts], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, language in (("hello_hi", "hi"), ("drugs_hi", "hi"), ("hello_en", "en"), ("drugs_en", "en")):
        prepared(parts, teller, name, language=language)
    assert redo_all(parts.settings) == Redone(sent=0, lost=0, current=4, unsent=0)
    worker = better()
    hindi = {one.recording_id for one in teller.transcripts() if one.language == "hi"}
    gone = next(iter(hindi))
    with parts.db.session() as session:
        session.get_one(Recording, gone).original = None  # its time was over

    assert redo_all(parts.settings) == Redone(sent=1, lost=1, current=2, unsent=0)
    assert redo_all(parts.settings).sent == 1  # waits already: not put there twice
    monkeypatch.setattr(jobs, "_parts", worker)
    assert depths(parts.jobs)["low"] == 1 + 4  # and the erasures of the four recordings
    SimpleWorker(list(QUEUES), connection=parts.jobs.client, serializer=JSONSerializer).work(
        burst=True, logging_level="WARNING"
    )
    models = {one.recording_id: one.model for one in teller.transcripts()}
    assert models[gone] == "starter-hi" and sorted(models.values()).count(BETTER) == 1
    assert redo_all(parts.settings) == Redone(sent=0, lost=1, current=3, unsent=0)


def test_without_the_queue_the_command_says_how_many_are_left(
    parts: Parts, teller: Teller, better: Callable[[], Parts]
) -> None:
    prepared(parts, teller, "hello_hi")
    better()
    done = redo_all(parts.settings.model_copy(update={"redis_url": "redis://127.0.0.1:9"}))
    assert (done.sent, done.unsent) == (0, 1)


def test_tips_without_content_are_left_alone(parts: Parts, better: Callable[[], Parts]) -> None:
    assert redo.redo(better(), "0" * 32).what == "nothing"
