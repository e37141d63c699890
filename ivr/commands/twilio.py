"""`./hotline twilio`: our number at the provider.

Never does: print a number or a key.
"""

import click

from ivr.commands.refusal import Refusal
from settings import Settings, load_settings

NO_MESSAGES = "this number takes calls only, no messages"


@click.group(help="The telephone number at the provider.")
def group() -> None:
    """The commands below."""


@group.command()
def setup() -> None:
    """Point the number HOTLINE_TWILIO_NUMBER at this hotline (HOTLINE_PUBLIC_URL), through the provider's API."""
    from workers.outside.telephony import Telephony

    settings = load_settings()
    _configured(settings)
    wanted = addresses(settings)
    telephony = Telephony(settings)
    if not telephony.set_webhooks(settings.twilio_number, wanted):
        raise Refusal("The account has no such number. See HOTLINE_TWILIO_NUMBER (in +91... form).")
    there = telephony.webhooks(settings.twilio_number) or {}
    click.echo("The number now calls:")
    for name, address in there.items():
        click.echo(f"  {name:<20} {address}")
    if "sms_url" not in there:
        click.echo(f"  {NO_MESSAGES}")
    click.echo(f"A WhatsApp sender is set in the provider's console: {wanted['sms_url']}, by POST.")


@group.command()
def show() -> None:
    """Show where the number's webhooks lead."""
    from workers.outside.telephony import Telephony

    settings = load_settings()
    _configured(settings)
    found = Telephony(settings).webhooks(settings.twilio_number)
    if found is None:
        raise Refusal("The account has no such number. See HOTLINE_TWILIO_NUMBER (in +91... form).")
    for name, wanted in addresses(settings).items():
        if name not in found:
            click.echo(f"  {name:<20} {NO_MESSAGES}")
            continue
        right = "as it should be" if found[name] == wanted else f"should be {wanted}: ./hotline twilio setup"
        click.echo(f"  {name:<20} {found[name] or '(nothing)'}  {right}")


@group.command()
def moved() -> None:
    """Say that nothing of callers lies in an earlier account any more: what the present one does not know is gone."""
    from models.database import Database
    from models.installation import forget_earlier_account

    db = Database(load_settings().database, pool_size=1)
    try:
        forget_earlier_account(db)
    finally:
        db.dispose()
    click.echo("What the present account does not know counts as erased from now on; the schedule tries again.")


def addresses(settings: Settings) -> dict[str, str]:
    """The webhooks a number of ours should have."""
    voice, text = f"{settings.public_url}/voice", f"{settings.public_url}/messages"
    return {
        "voice_url": voice, "voice_fallback_url": f"{voice}/fallback", "status_callback": f"{voice}/status",
        "sms_url": text, "sms_fallback_url": f"{text}/fallback",
    }  # fmt: skip


def _configured(settings: Settings) -> None:
    missing = [
        name
        for name, value in (
            ("TWILIO_ACCOUNT_SID", settings.twilio_account_sid),
            ("TWILIO_AUTH_TOKEN", settings.twilio_auth_token.get_secret_value()),
            ("HOTLINE_TWILIO_NUMBER", settings.twilio_number),
        )
        if not value
    ]
    if missing:
        raise Refusal(f"First set {', '.join(missing)} (environment or .env).")
