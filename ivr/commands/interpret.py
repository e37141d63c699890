"""`./hotline interpret`: what messages say, one JSON object a line.

Never does: store or log a message; a line that cannot be read is named by its number, the others are answered.
"""

import json
import sys
from typing import IO, Any

import click

from ivr.commands.refusal import REFUSED

MISTAKES_SHOWN = 20


@click.command(name="interpret")
@click.argument("source", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def group(source: IO[str]) -> None:
    """Read JSON lines {"id", "channel", "text"}, print what each message says.

    Prints {"id", "intent", "category", "district", "station", "ref"} a line, null where the message does not say.
    Example: echo '{"id": 1, "channel": "sms", "text": "barra kanpur me jua"}' | ./hotline interpret
    """
    from interpret import interpreter_of
    from models.catalogue import load

    interpreter = interpreter_of(load())
    mistakes = 0
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        row, problem = _message(line)
        if problem:
            mistakes += 1
            if mistakes <= MISTAKES_SHOWN:
                click.echo(f"line {number}: {problem}", err=True)
            continue
        reading = interpreter.read(row["text"])
        fields = ("category", "district", "station", "ref")
        answer = {"id": row["id"], "intent": reading.published_intent}
        click.echo(json.dumps({**answer, **{name: getattr(reading, name) for name in fields}}))
    if mistakes > MISTAKES_SHOWN:
        click.echo(f"... and {mistakes - MISTAKES_SHOWN} more lines that could not be read", err=True)
    sys.exit(REFUSED if mistakes else 0)


def _message(line: str) -> tuple[dict[str, Any], str]:
    """The message of a line, or what is wrong with it."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}, 'is not JSON; expected {"id": ..., "text": "..."}'
    if not isinstance(row, dict):
        return {}, 'is not a JSON object; expected {"id": ..., "text": "..."}'
    if "id" not in row:
        return {}, 'has no "id"'
    if not isinstance(row.get("text"), str):
        return {}, 'has no "text" that is a string'
    return row, ""
