"""`./hotline poster`: posters with the number, as PDF for printing and PNG for sending.

Never does: print without a number, or reach a network.
"""

from pathlib import Path

import click

from settings import Settings, load_settings


@click.command(name="poster")
@click.option("--station", "stations", multiple=True, metavar="CODE", help="For this station, such as KNP-KKD.")
@click.option("--all-stations", "district", metavar="DISTRICT", help="For every station of a district, such as KNP.")
@click.option("--place", "places", multiple=True, metavar="NAME", help='For a market or place: "Naveen Market".')
@click.option("--language", type=click.Choice(["hi", "en", "both"]), default="both", show_default=True)
@click.option("--size", type=click.Choice(["a4", "a5"]), default="a4", show_default=True, help="a5: for shop doors.")
@click.option("--format", "kind", type=click.Choice(["pdf", "png", "both"]), default="both", show_default=True)
@click.option("--no-sms", is_flag=True, help="The number takes calls only (many Indian numbers do).")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("posters"), show_default=True)
def group(
    stations: tuple[str, ...],
    district: str | None,
    places: tuple[str, ...],
    language: str,
    size: str,
    kind: str,
    no_sms: bool,
    out: Path,
) -> None:
    """Make posters: the number, QR codes to call and write, how it works, the subjects by their two digits.

    Without a station or place, one poster for everywhere. The number is HOTLINE_TWILIO_NUMBER; WhatsApp is offered
    where HOTLINE_WHATSAPP_NUMBER is set.
    """
    from ivr.poster.content import LANGUAGES, PosterFault, at_place, at_station, content
    from ivr.poster.sheet import as_pdf, as_png
    from models.catalogue import load

    settings: Settings = load_settings()
    if not settings.twilio_number:
        raise PosterFault("HOTLINE_TWILIO_NUMBER is not set: a poster needs the number that people call.")
    catalogue = load()
    if district and district not in catalogue.districts:
        raise PosterFault(f"There is no district {district}; there are {', '.join(catalogue.districts)}.")
    codes = [*stations, *(code for code, one in catalogue.stations.items() if one.district == district)]
    languages = LANGUAGES if language == "both" else (language,)
    sheets = {code: at_station(catalogue, code, languages) for code in dict.fromkeys(codes)}
    sheets |= {_file_name(place): at_place(catalogue, place, languages) for place in places}
    out.mkdir(parents=True, exist_ok=True)
    for name, where in (sheets or {"everywhere": ()}).items():
        page = as_pdf(
            content(
                catalogue, languages, settings.twilio_number, settings.whatsapp_number, sms=not no_sms, where=where
            ),
            size,
        )
        file = out / f"{name}-{language}-{size}"
        if kind in ("pdf", "both"):
            _write(file.with_name(f"{file.name}.pdf"), page)
        if kind in ("png", "both"):
            _write(file.with_name(f"{file.name}.png"), as_png(page))


def _file_name(place: str) -> str:
    """A place's name as that of a file: letters (of any script) and digits, the rest dashes."""
    letters = "".join(letter if letter.isalnum() or "\u0900" <= letter <= "\u097f" else "-" for letter in place.strip())
    return "-".join(part for part in letters.split("-") if part)[:60] or "place"


def _write(file: Path, page: bytes) -> None:
    file.write_bytes(page)
    click.echo(str(file))
