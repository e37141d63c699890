"""The commands of `./hotline`. Each hands over to the part that does the work, imported when it is called.

Never does: show a traceback for what the operator can mend (message, exit status 2), or print a caller's number.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ivr.commands.refusal import Refusal, database_faults, known_faults, refuse_elsewhere
from settings import ROOT, Settings, load_settings

_GROUPS = {  # in ivr.commands; loaded when asked for
    "officers": ("officers", "Officers who may sign in to the console."),
    "models": ("models", "The speech models: which are there and in use, and better ones."),
    "prompts": ("prompts", "The sounds of the spoken prompts: make, check, show."),
    "twilio": ("twilio", "The telephone number at the provider."),
    "poster": ("poster", "Posters with the number, QR codes and subjects: PDF and PNG."),
    "interpret": ("interpret", "Say what messages mean: JSON lines in, JSON lines out."),
}


class Commands(click.Group):
    """The group of all commands: loads the longer ones when needed, and turns faults into messages."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All names, in the order of this file."""
        return [*self.commands, *_GROUPS]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """A command by name."""
        if name not in _GROUPS:
            return super().get_command(context, name)
        module, _ = _GROUPS[name]
        command: click.Command = importlib.import_module(f"ivr.commands.{module}").group
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for --help, without loading the groups."""
        rows = [(name, self._short(context, name)) for name in self.list_commands(context)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _short(self, context: click.Context, name: str) -> str:
        if name in _GROUPS:
            return _GROUPS[name][1]
        command = self.get_command(context, name)
        return command.get_short_help_str(150) if command else ""

    def invoke(self, context: click.Context) -> Any:
        """Run; what the operator can mend is said in words."""
        try:
            return super().invoke(context)
        except known_faults() as fault:
            raise Refusal(str(fault)) from None
        except database_faults() as fault:
            reason = str(fault.__cause__ or type(fault).__name__).strip().partition("\n")[0]
            raise Refusal(f"The database cannot be used: {reason}\n./hotline doctor says more.") from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def commands() -> None:
    """An anonymous tip line for the police: calls come in, tips reach the officers who can act.

    Settings are environment variables or lines of the file .env; .env.example lists and explains all of them.
    """
    refuse_elsewhere()


@commands.command()
@click.option("--once", is_flag=True, help="End after the five tips; exit status 0 only if all reached officers.")
@click.option("--keep", is_flag=True, help="Go on with the data of the last demo instead of beginning anew.")
def demo(once: bool, keep: bool) -> None:
    """Show everything on this machine: two calls and three chats, from ring to officer.

    Makes officers, starts the hotline and a telephone company of its own, places a Hindi and an English call with
    recorded speech against the live webhooks, sends SMS and WhatsApp messages with a photo and a voice note, waits
    until officers can read all tips, and stays up for you to look at. Needs no account, no root, no network. Writes
    into var/demo only.
    """
    from ivr.demo import run

    sys.exit(run(once=once, keep=keep))


@commands.command()
def serve() -> None:
    """Run everything on this machine: web, workers, schedule, queue server.

    On first use it makes the var folder, the keys (back them up!) and the database. Ctrl-C stops everything.
    """
    from ivr.serve import serve as run

    sys.exit(run(load_settings()))


@commands.command()
@click.option("--fd", type=int, hidden=True, help="An open listening socket (serve passes it).")
def web(fd: int | None) -> None:
    """Run the web server alone: webhooks and console."""
    from ivr.app import create_app
    from ivr.web import WebServer
    from models.discreet import log_to_stderr

    settings = _ready(load_settings())
    log_to_stderr()
    listen = f"fd://{fd}" if fd is not None else f"{settings.host}:{settings.port}"
    WebServer(settings, create_app, listen).run()


@commands.command()
@click.option(
    "--even-without-speech", is_flag=True, help="Without speech models prepare what is written; recordings wait."
)
def worker(even_without_speech: bool) -> None:
    """Run the workers of this host alone (HOTLINE_WORKER_PROCESSES, and one more for films); needs speech models."""
    _become("work", *(("--even-without-speech",) if even_without_speech else ()))


@commands.command()
def schedule() -> None:
    """Run the schedule alone: sweep, erasure, retention. Several may run; they take turns."""
    _become("schedule")


@commands.command()
def migrate() -> None:
    """Bring the database up to date, as every part does when it starts; on the first of several hosts make the keys."""
    from ivr.serve import prepare
    from models.migrate import level

    settings = load_settings()
    prepare(settings, without_keys=True)
    click.echo(f"The database is at revision {level(settings.database).present}.")


@commands.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Check the code: format, lint, types, tests. With ARGUMENTS: pytest alone, with them."""
    python = [sys.executable, "-m"]
    steps: Sequence[Sequence[str]] = (
        ["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"],
        # Side by side, each file's tests together and in order: most of them wait for processes and sounds.
        ["pytest", "-q", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"],
    )  # fmt: skip
    if arguments:
        steps = (["pytest", *arguments],)
    failed = []
    for step in steps:
        if len(steps) > 1:
            click.echo(f"--- {' '.join(step)}")
        if subprocess.run([*python, *step], cwd=ROOT).returncode:
            failed.append(" ".join(step[:2]))
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
    sys.exit(1 if failed else 0)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with the anonymised words.")
@click.option("--status", help="Only tips with this status, e.g. routed.")
def tips(as_json: bool, status: str | None) -> None:
    """List the tips: where each stands and, with --json, its anonymised content. No reference codes, no exact times."""
    from ivr.commands.tips import rows, table

    found = rows(load_settings(), status)
    for line in (json.dumps(row, ensure_ascii=False) for row in found) if as_json else [table(found)]:
        click.echo(line)


@commands.command()
def doctor() -> None:
    """Say what is configured, reachable and missing, and how to mend it. Exit status 1 when something is broken."""
    from ivr.doctor import examine, report

    findings = examine(load_settings())
    click.echo(report(findings))
    sys.exit(1 if any(finding.broken for finding in findings) else 0)


@commands.command()
@click.option("--withheld", is_flag=True, help="Call with a withheld number.")
@click.option("--sms", is_flag=True, help="Write SMS instead of calling.")
@click.option("--whatsapp", is_flag=True, help="Write WhatsApp messages instead of calling.")
def phone(withheld: bool, sms: bool, whatsapp: bool) -> None:
    """Call the running demo from this terminal, or write to it: keys, recorded speech, files; answers as words.

    With settings of your own it calls the hotline at HOTLINE_PUBLIC_URL through the simulated telephone company at
    HOTLINE_TWILIO_API_URL.
    """
    from ivr.simulator.terminal import phone as call
    from ivr.simulator.texting import chat

    if sms and whatsapp:
        raise Refusal("Choose one of --sms and --whatsapp.")
    settings = load_settings()
    demo_env = settings.var_dir / "demo" / "demo.env"
    if not settings.twilio_account_sid and demo_env.exists():
        os.environ["HOTLINE_ENV_FILE"] = str(demo_env)
        settings = load_settings()
    if sms or whatsapp:
        chat(settings, "sms" if sms else "whatsapp")
    else:
        call(settings, withheld=withheld)


@commands.command()
def settings() -> None:
    """Print every setting with its help and default, as in .env.example."""
    from ivr.commands.settings_text import env_example

    click.echo(env_example(), nl=False)


def main() -> None:
    """Entry of `python -m ivr`."""
    from_script = Path(sys.prefix) == ROOT / ".venv"
    commands(prog_name="./hotline" if from_script else "python -m ivr")


def _ready(settings: Settings) -> Settings:
    """Settings whose database is up to date."""
    from ivr.serve import migrate_database

    os.umask(0o077)
    settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate_database(settings)
    return settings


def _become(what: str, *more: str) -> None:
    """Turn into a background part, so that signals reach it directly."""
    from ivr.serve import worker_command

    _ready(load_settings())
    command = worker_command(what, *more)
    os.execv(command[0], command)
