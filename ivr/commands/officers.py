"""`./hotline officers`: who may sign in.

Never does: show a password twice, or take one from the command line, where others could read it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from settings import load_settings

if TYPE_CHECKING:
    from models.database import Database


@click.group(help="Officers who may sign in to the console.")
def group() -> None:
    """The commands below."""


@group.command()
@click.argument("username")
@click.option("--unit", required=True, help="Office or station code, e.g. KNP-NBS; a near name lists the codes.")
@click.option("--name", help="As shown to colleagues, e.g. 'SHO Naubasta'; the unit's name unless given.")
@click.option("--role", default="officer", show_default=True, help="officer, or administrator (sees stuck work).")
@click.option("--language", default="hi", show_default=True, help="Language of the pages: hi or en.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else one is made.")
def add(username: str, unit: str, name: str | None, role: str, language: str, password_stdin: bool) -> None:
    """Add an officer and print the password, once.

    Example: ./hotline officers add sho.naubasta --unit KNP-NBS
    """
    from ivr.console.officers import add_officer, known_unit
    from ivr.serve import prepare
    from models.catalogue import load
    from models.database import Database

    settings = load_settings()
    prepare(settings)
    catalogue = load()
    unit = known_unit(catalogue, unit)
    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    db = Database(settings.database)
    password = add_officer(
        db, catalogue, username, name or catalogue.unit_name(unit, "en"), unit, role, given, language
    )
    db.dispose()
    click.echo(
        f"{username.strip().lower()} may sign in for {catalogue.unit_name(unit, 'en')}: {settings.public_url}/console"
    )
    if given is None:
        click.echo(f"password: {password}")


@group.command()
@click.argument("username")
def close(username: str) -> None:
    """Close an officer's account: no more signing in, and out at once.

    For somebody who was moved or has left, or whose phone was lost. What they did stays in the trail of each tip.
    `./hotline officers reopen` undoes it.

    Example: ./hotline officers close sho.naubasta
    """
    from ivr.console.officers import close_officer

    with _database() as db:
        closed = close_officer(db, username)
    click.echo(f"{closed} may no longer sign in, and is signed out everywhere")


@group.command()
@click.argument("username")
def reopen(username: str) -> None:
    """Let an officer sign in again whose account was closed.

    The password is the one of before; `./hotline officers password` makes a new one.

    Example: ./hotline officers reopen sho.naubasta
    """
    from ivr.console.officers import reopen_officer

    with _database() as db:
        reopened = reopen_officer(db, username)
    click.echo(f"{reopened} may sign in again, with the password of before")


@group.command()
@click.argument("username")
def password(username: str) -> None:
    """Make a new password and print it, once.

    For somebody who forgot theirs. The old one no longer works, and the officer is signed out everywhere.

    Example: ./hotline officers password sho.naubasta
    """
    from ivr.console.officers import officer_named, renew_password

    with _database() as db:
        made = renew_password(db, username)
        officer = officer_named(db, username.strip().lower())
    if officer is not None and not officer.active:
        click.echo(f"{officer.username} is closed; to sign in also: ./hotline officers reopen {officer.username}")
    click.echo(f"password: {made}")


@group.command(name="list")
def list_them() -> None:
    """List the officers: username, unit, role, and whether they may sign in."""
    from sqlalchemy import select
    from sqlmodel import col

    from models.database import Database
    from models.officer import Officer

    db = Database(load_settings().database)
    with db.reading() as session:
        for one in session.scalars(select(Officer).order_by(col(Officer.unit), col(Officer.username))):
            off = "" if one.active else "  (may not sign in)"
            click.echo(f"{one.username:<24} {one.unit:<12} {one.role:<14} {one.name}{off}")
    db.dispose()


@contextmanager
def _database() -> Iterator["Database"]:
    from models.database import Database

    db = Database(load_settings().database)
    try:
        yield db
    finally:
        db.dispose()
