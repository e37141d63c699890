"""The poster as a page: where everything stands, in millimetres of an A4 sheet; PDF and PNG.

Never does: decide what stands on it (ivr.poster.content).
"""

import io

import pypdfium2

from ivr.poster.content import Content
from ivr.poster.pencil import HEIGHT, WIDTH, Colour, Pencil

NAVY: Colour = (16, 44, 84)
YELLOW: Colour = (255, 209, 59)
RED: Colour = (183, 20, 34)
WHITE: Colour = (255, 255, 255)
INK: Colour = (20, 22, 28)
GREY: Colour = (88, 94, 105)
PALE: Colour = (238, 242, 248)
EDGE = 12.0  # margin
INNER = WIDTH - 2 * EDGE
PNG_DOTS = 150  # per inch


def as_pdf(content: Content, size: str) -> bytes:
    """The poster as PDF. `size`: a4 or a5."""
    pencil = Pencil(size)
    _head(pencil, content)
    _number(pencil, content)
    _ways(pencil, content)
    _steps(pencil, content)
    _subjects(pencil, content)
    _foot(pencil, content)
    pencil.pdf.set_title(content.words[0].name)
    pencil.pdf.set_creator("")
    pencil.pdf.set_producer("")
    return pencil.finished()


def as_png(pdf: bytes) -> bytes:
    """The only page of a PDF as PNG."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=PNG_DOTS / 72).to_pil()
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG", optimize=True, dpi=(PNG_DOTS, PNG_DOTS))
    return out.getvalue()


def _head(pencil: Pencil, content: Content) -> None:
    first, *others = content.words
    pencil.box(0, 0, WIDTH, 62, NAVY)
    # The first words that a caller hears: whoever rings knows that it is the right number.
    pencil.text("   ·   ".join(words.name for words in content.words), EDGE, 8.5, INNER, 14, WHITE, align="C")
    pencil.text(first.headline[0], EDGE, 23.5, INNER, 39, YELLOW, bold=True, align="C")
    pencil.text(first.headline[1], EDGE, 41.5, INNER, 39, WHITE, bold=True, align="C")
    second = " ".join(others[0].headline) if others else first.say
    pencil.text(second, EDGE, 56, INNER, 24, WHITE, align="C")
    pencil.box(0, 62, WIDTH, 13, YELLOW)
    promise = "   ·   ".join(words.promise for words in content.words)
    pencil.text(promise, EDGE, 70.6, INNER, 20 if not others else 17.5, INK, bold=True, align="C")


def _number(pencil: Pencil, content: Content) -> None:
    pencil.text(content.number, EDGE, 105, INNER, 100, INK, bold=True, align="C")


def _ways(pencil: Pencil, content: Content) -> None:
    wide, high, top = 58.0, 61.0, 112.0
    gap = (INNER - wide * len(content.ways)) / (len(content.ways) + 1) if len(content.ways) < 3 else 4.0
    left = EDGE + (gap if len(content.ways) < 3 else (INNER - 3 * wide - 2 * gap) / 2)
    for way in content.ways:
        pencil.box(left, top, wide, high, PALE, round_by=3)
        pencil.box(left + 9, top + 3.5, 40, 40, WHITE, round_by=1.5)
        pencil.code(way.address, left + 12.5, top + 7, 33, INK)
        names = [getattr(words, way.name) for words in content.words]
        pencil.text(names[0], left + 2, top + (51 if len(names) > 1 else 54), wide - 4, 17, NAVY, bold=True, align="C")
        under = names[1] if len(names) > 1 and names[1] != names[0] else ""
        if under:
            pencil.text(under, left + 2, top + 57.8, wide - 4, 13, GREY, align="C")
        left += wide + gap


def _steps(pencil: Pencil, content: Content) -> None:
    top, wide = 181.0, INNER / 3
    for number in range(3):
        x = EDGE + number * wide
        pencil.disc(x + 7.5, top + 7, 7.5, NAVY)
        _picture(pencil, number, x + 7.5, top + 7)
        row = 0.0 if len(content.words) > 1 else 2.5
        taken = 0
        for place, words in enumerate(content.words):
            size, colour = (12.5, INK) if place == 0 else (9.5, GREY)
            y = top + 3.6 + row + (0 if place == 0 else taken * 5.2 + 0.2)
            count = pencil.lines(
                words.steps[number],
                x + 17.5,
                y,
                wide - 20,
                size,
                colour,
                bold=place == 0,
                most=2,
                step=5.2 if place == 0 else 4,
            )
            taken = count


def _picture(pencil: Pencil, number: int, x: float, y: float) -> None:
    """Speech, a noted code, a look: white lines on the disc about x, y."""
    if number == 0:
        pencil.box(x - 4, y - 3.6, 8, 5.6, WHITE, round_by=1.2)
        pencil.path([(x - 2.2, y + 1.6), (x - 2.8, y + 3.9), (x + 0.2, y + 1.8)], WHITE, 0.9)
        for offset in (-2.0, 0.0, 2.0):
            pencil.disc(x + offset, y - 0.8, 0.65, NAVY)
    elif number == 1:
        pencil.box(x - 4.4, y - 3.2, 8.8, 6.4, WHITE, round_by=0.8)
        for side in (-2.2, 2.2):
            for offset in (-1.2, -0.4, 0.4, 1.2):
                pencil.disc(x + side + offset * 1.15, y - 0.6, 0.36, NAVY)
        pencil.path([(x - 3.2, y + 1.4), (x + 3.2, y + 1.4)], NAVY, 0.5)
    else:
        pencil.disc(x - 0.8, y - 0.8, 3.4, WHITE)
        pencil.disc(x - 0.8, y - 0.8, 2.3, NAVY)
        pencil.path([(x + 1.6, y + 1.6), (x + 4.2, y + 4.2)], WHITE, 1.3)
        pencil.path([(x - 1.9, y - 0.8), (x - 1.0, y + 0.2), (x + 0.5, y - 1.8)], WHITE, 0.6)


def _subjects(pencil: Pencil, content: Content) -> None:
    top = 201.0
    title = content.words[0].subjects
    pencil.text(title, EDGE, top + 4, INNER, 13, NAVY, bold=True)
    if len(content.words) > 1:
        pencil.text(content.words[1].subjects, EDGE, top + 8.6, INNER, 9, GREY)
    half, rows = INNER / 2, (len(content.subjects) + 1) // 2
    begin, step = top + 11.5, 7.35
    for number, (digits, names) in enumerate(content.subjects):
        x, y = EDGE + (number // rows) * half, begin + (number % rows) * step
        pencil.box(x, y, 9, 6.2, NAVY, round_by=1.2)
        pencil.text(digits, x, y + 4.7, 9, 13, WHITE, bold=True, align="C")
        if len(names) > 1:
            pencil.text(names[0], x + 11, y + 2.9, half - 14, 9.5, INK, bold=True)
            pencil.text(names[1], x + 11, y + 6.2, half - 14, 7.4, GREY)
        else:
            pencil.text(names[0], x + 11, y + 4.5, half - 14, 11, INK, bold=True)


def _foot(pencil: Pencil, content: Content) -> None:
    top = 267.0
    pencil.box(0, top, WIDTH, 18, RED)
    danger = " / ".join(words.danger for words in content.words)
    calls = " / ".join(words.danger_call for words in content.words)
    pencil.text(danger, EDGE, top + 11.6, INNER * 0.48, 20, WHITE, bold=True)
    pencil.text(calls, EDGE + INNER * 0.5, top + 12.4, INNER * 0.5, 26, WHITE, bold=True, align="R")
    bottom = top + 18
    pencil.box(0, bottom, WIDTH, HEIGHT - bottom, WHITE)
    where = "  ·  ".join(dict.fromkeys(content.where))
    accused = "  ·  ".join(words.accused for words in content.words)
    pencil.text(accused, EDGE, bottom + 4.6, INNER, 8.6, GREY, align="C")
    if where:
        pencil.text(where, EDGE, bottom + 9.4, INNER, 10, INK, bold=True, align="C")
