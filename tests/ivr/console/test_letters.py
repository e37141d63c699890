"""Messages on a tip's page, in the list and on the command line: words, gaps, and what comes along that is no file."""

from pathlib import Path

from ivr.console.nearby import nearest_station
from ivr.console.transcript import written_pieces
from ivr.parts import Parts
from models.catalogue import load
from tests.ivr.console.desk import OFFICE, Desk, lay_tip, recording_of
from tests.ivr.console.letters import PHOTO, lay_letter, write

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}]]>\n[phone] [nonsense]"


def test_messages_are_shown_in_order_with_gaps_for_what_is_hidden(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, "पहला मैसेज, फोन [phone] पर")
    write(parts, tip, "दूसरा\nमैसेज")
    page = officer.get(f"/console/tips/{tip}").text
    assert page.index("पहला मैसेज, फोन ") < page.index("[नंबर छिपाया गया]") < page.index("दूसरा\nमैसेज")
    assert "व्हाट्सऐप" in page and "मिटा दी गई हैं" not in page


def test_who_chose_what_is_said_in_the_words_of_the_channel(officer: Desk, parts: Parts) -> None:
    page = officer.get(f"/console/tips/{lay_letter(parts, {OFFICE: 'to'})}").text
    assert "लिखकर चुना" in page and "जवाब में लिखा" in page and "बटन" not in page


def test_whether_an_answer_is_welcome_is_told_of_calls_alone_as_nobody_is_asked_in_writing(
    officer: Desk, parts: Parts
) -> None:
    written, told = lay_letter(parts, {OFFICE: "to"}), lay_tip(parts, {OFFICE: "to"})
    assert "जवाब चाहिए?" not in officer.get(f"/console/tips/{written}").text
    assert "जवाब चाहिए?" in officer.get(f"/console/tips/{told}").text


def test_a_hostile_message_is_shown_and_does_nothing(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, HOSTILE, {"kind": HOSTILE[:10], "status": "quarantined", "reason": HOSTILE[:40]})
    page = officer.get(f"/console/tips/{tip}").text
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "{{7*7}}" in page and "[nonsense]" in page


def test_a_contact_card_is_said_to_be_there_and_hidden(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    (card,) = write(parts, tip, None, {"kind": "contact", "original": "f" * 32})
    page = officer.get(f"/console/tips/{tip}").text
    assert "संपर्क कार्ड छिपाया गया" in page and card not in page
    assert officer.get(f"/console/files/{card}").status_code == 404


def test_a_place_is_shown_coarsely_with_the_nearest_station_and_no_map(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, None, {"kind": "location", "place": {"lat": 26.4012345, "lon": 80.3151234}})
    page = officer.get(f"/console/tips/{tip}").text
    assert "26.401" in page and "80.315" in page and "26.4012" not in page
    assert "सबसे पास: थाना" in page
    assert "http" not in page.partition("<main")[2].replace("http-equiv", "")


def test_a_voice_note_is_heard_as_a_take(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, channel="whatsapp")
    write(parts, tip, "सुनिए", {"kind": "voice", "recording_id": recording_of(parts, tip)})
    page = officer.get(f"/console/tips/{tip}").text
    assert 'href="#take-1">भेजी गई आवाज़ (1)</a>' in page and "<audio" in page


def test_the_list_shows_the_channel_and_that_there_are_files(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"}, channel="sms")
    write(parts, tip, "जुआ", PHOTO, PHOTO)
    lay_tip(parts, {OFFICE: "to"})
    page = officer.get("/console/").text
    assert page.count(">एसएमएस<") == 1 and page.count("2 फाइलें") == 1 and "जुआ</" not in page


def test_pieces_of_a_message_are_its_text_and_its_gaps() -> None:
    assert written_pieces("a [phone] b[name]") == [("a ", None), ("", "phone"), (" b", None), ("", "name")]
    assert written_pieces("") == [] and written_pieces("[x]") == [("[x]", None)]


def test_the_nearest_station_is_named_and_none_far_away() -> None:
    catalogue = load()
    station = next(one for one in catalogue.stations.values() if one.geo and one.type == "territorial")
    assert station.geo is not None
    found = nearest_station(catalogue, {"lat": station.geo.lat, "lon": station.geo.lon})
    assert found is not None and found[1] == 1
    assert nearest_station(catalogue, {"lat": 51.5, "lon": 0.1}) is None


def test_the_command_line_prints_messages_and_facts_of_files_and_nothing_else(parts: Parts, tmp_path: Path) -> None:
    from ivr.commands.tips import rows

    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, "बर्रा [phone]", PHOTO)
    (row,) = rows(parts.settings)
    (message,) = row["messages"]
    assert (message["text"], message["language"]) == ("बर्रा [phone]", "hi")
    assert message["files"] == [
        {
            "kind": "photo",
            "status": "ready",
            "reason": None,
            "seconds": None,
            "place": None,
            "megabytes": 0,
        }
    ]
