"""While only the reserve of the disk is left: files stay at the provider, and what is said goes on."""

from dataclasses import replace

import pytest

from ivr.simulator.provider import Provider
from models.lifecycle import Status
from tests.workers import files
from tests.workers.enclosed import FILM, JPEG
from tests.workers.kept import attachments, states, work_through
from tests.workers.telling import Teller, clips
from tests.workers.writing import Sent, Writer
from workers import forget, late_files, pipeline
from workers.parts import Parts
from workers.problems import JobProblem
from workers.sweep import sweep


def test_while_only_the_reserve_of_the_disk_is_left_files_stay_at_the_provider_and_what_is_said_goes_on(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    full = replace(parts, settings=parts.settings.model_copy(update={"disk_reserve_mb": 10**9}))
    note = (files.clip_as("OGG", "OPUS"), "audio/ogg")
    written = writer.write(Sent("barra me jua chal raha hai", files=(JPEG, note, FILM)))
    assert pipeline.prepare(full, written.tip_id).what == "prepared"
    assert teller.tip(written.tip_id).status == Status.ROUTED and states(teller) == ["later", "ready", "later"]
    waiting = [file for file in attachments(teller) if file.status == "later"]
    for file in waiting:
        with pytest.raises(JobProblem, match="disk_full"):
            late_files.fetch(full, file.id)
    photo, _, film = written.media
    assert not any(sid in path for _, path, _ in provider.requests for sid in (photo, film))
    waiting = [file for file in attachments(teller) if file.status == "later"]
    assert all((file.problem, file.original) == ("disk_full", None) and file.retry_at for file in waiting)
    for file in waiting:
        assert file.copy_id is not None and forget.erase_copy(full, file.copy_id) == "not_yet"

    for file in waiting:  # there is room again, and the pauses are over
        teller.set(file, retry_at=None)
    sweep(parts)
    work_through(parts)
    assert states(teller) == ["ready"] * 3 and provider.objects() == []
    assert {file.problem for file in attachments(teller)} == {None}


def test_what_is_sealed_already_is_not_made_into_more_while_only_the_reserve_is_left(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)
    assert late_files.fetch(parts, film.id).what == "sealed"
    full = replace(parts, settings=parts.settings.model_copy(update={"disk_reserve_mb": 10**9}))
    with pytest.raises(JobProblem, match="disk_full"):
        late_files.prepare(full, film.id)
    assert len(teller.vault_names()) == 1 and states(teller) == ["later"]


def test_a_call_is_heard_and_kept_while_only_the_reserve_is_left(parts: Parts, teller: Teller) -> None:
    full = replace(parts, settings=parts.settings.model_copy(update={"disk_reserve_mb": 10**9}))
    assert pipeline.prepare(full, teller.tell(clips("drugs_hi")).tip_id).what == "prepared"
