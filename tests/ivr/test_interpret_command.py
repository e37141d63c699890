"""`./hotline interpret`: JSON lines in, JSON lines out; a bad line is named and the rest are answered."""

import json

from click.testing import CliRunner, Result

from ivr.cli import commands


def run(*lines: str) -> Result:
    return CliRunner().invoke(commands, ["interpret"], input="\n".join(lines) + "\n")


def test_every_message_gets_one_line_with_its_id() -> None:
    result = run(
        '{"id": "a", "channel": "sms", "text": "naubasta me ganja"}',
        "",
        '{"id": 7, "channel": "whatsapp", "text": "STATUS ४८२१-७३०६"}',
    )
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert rows == [
        {"id": "a", "intent": "tip", "category": "drugs_liquor", "district": "KNP", "station": "KNP-NBS", "ref": None},
        {"id": 7, "intent": "status", "category": None, "district": None, "station": None, "ref": "48217306"},
    ]


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_answered() -> None:
    result = run(
        "oops", "[1]", '{"text": "jua"}', '{"id": 4}', '{"id": 5, "text": "jua"}', '{"id": 6, "text": "\\ud800"}'
    )
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [5, 6]
    for number in (1, 2, 3, 4):
        assert f"line {number}: " in result.stderr
    assert "Traceback" not in result.stderr
