"""Draws on one sheet in millimetres of an A4 page, whatever the size of the sheet: text that fits, boxes, QR codes.

Never does: know what stands on a poster, or let a text run out of its place.
"""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import segno
from fpdf import FPDF
from fpdf.enums import RenderStyle

from ivr.poster.content import PosterFault
from ivr.poster.fonts import letters

WIDTH, HEIGHT = 210.0, 297.0  # of A4
SIZES = {"a4": 1.0, "a5": 148.0 / 210.0}
SMALLEST = 0.66  # of the wanted size of a text
_POINT = 25.4 / 72.0  # millimetres of a point
Colour = tuple[int, int, int]


class Pencil:
    """A sheet in the making."""

    def __init__(self, size: str) -> None:
        self._k = SIZES[size]
        self.pdf = FPDF(unit="mm", format=(WIDTH * self._k, HEIGHT * self._k))
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self._folder = TemporaryDirectory()  # fpdf reads fonts from files, and only when it needs them
        for style, font in zip(("", "B"), letters(), strict=True):
            file = Path(self._folder.name) / f"letters{style}.ttf"
            file.write_bytes(font)
            self.pdf.add_font("letters", style, file)
        self.pdf.set_text_shaping(True)
        self.pdf.add_page()

    def finished(self) -> bytes:
        """The sheet as PDF; nothing can be drawn any more."""
        with self._folder:
            return bytes(self.pdf.output())

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, *, round_by: float = 0.0) -> None:
        """A filled rectangle."""
        self.pdf.set_fill_color(*colour)
        k = self._k
        if round_by:
            self.pdf.rect(x * k, y * k, w * k, h * k, RenderStyle.F, round_corners=True, corner_radius=round_by * k)
        else:
            self.pdf.rect(x * k, y * k, w * k, h * k, RenderStyle.F)

    def frame(
        self, x: float, y: float, w: float, h: float, colour: Colour, *, line: float = 0.5, round_by: float = 3.0
    ) -> None:
        """A rectangle's outline."""
        k = self._k
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(line * k)
        self.pdf.rect(x * k, y * k, w * k, h * k, RenderStyle.D, round_corners=True, corner_radius=round_by * k)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A filled circle about x, y."""
        self.pdf.set_fill_color(*colour)
        self.pdf.circle(x * self._k, y * self._k, radius * self._k, RenderStyle.F)

    def path(self, points: Iterable[tuple[float, float]], colour: Colour, width: float) -> None:
        """A line from point to point."""
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(width * self._k)
        corners = [(x * self._k, y * self._k) for x, y in points]
        for first, second in pairwise(corners):
            self.pdf.line(*first, *second)

    def text(
        self,
        text: str,
        x: float,
        y: float,
        w: float,
        points: float,
        colour: Colour,
        *,
        bold: bool = False,
        align: str = "L",
    ) -> float:
        """One line of text whose baseline is at y, within w from x; set smaller where it does not fit. Returns the
        points it was set in. Raises PosterFault where it would get too small."""
        size = points
        self.pdf.set_font("letters", "B" if bold else "", size * self._k)
        wide = self.pdf.get_string_width(text) / self._k
        if wide > w:
            size = points * w / wide * 0.995
            if size < points * SMALLEST:
                raise PosterFault(f"{text!r} is too long for the poster; a shorter name is needed.")
            self.pdf.set_font("letters", "B" if bold else "", size * self._k)
            wide = self.pdf.get_string_width(text) / self._k
        left = x + {"L": 0.0, "C": (w - wide) / 2, "R": w - wide}[align]
        self.pdf.set_text_color(*colour)
        high = self.pdf.font_size
        self.pdf.set_xy(
            left * self._k, y * self._k - 0.8 * high
        )  # a cell sets its baseline there; text() does not shape
        self.pdf.cell(wide * self._k, high, text)
        return size

    def lines(
        self,
        text: str,
        x: float,
        y: float,
        w: float,
        points: float,
        colour: Colour,
        *,
        bold: bool,
        most: int,
        step: float,
    ) -> int:
        """Text broken into at most `most` lines at spaces, the first baseline at y. Returns how many it took."""
        self.pdf.set_font("letters", "B" if bold else "", points * self._k)
        rows: list[str] = []
        for word in text.split():
            longer = f"{rows[-1]} {word}" if rows else word
            if rows and (self.pdf.get_string_width(longer) / self._k <= w or len(rows) == most):
                rows[-1] = longer
            else:
                rows.append(word)
        for number, row in enumerate(rows):
            self.text(row, x, y + number * step, w, points, colour, bold=bold)
        return len(rows)

    def code(self, address: str, x: float, y: float, w: float, colour: Colour) -> None:
        """A QR code w wide, its quiet zone of four modules outside of that."""
        rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
        module = w / len(rows)
        self.pdf.set_fill_color(*colour)
        k = self._k
        for down, row in enumerate(rows):
            start = 0
            while start < len(row):
                end = start
                while end < len(row) and row[end]:
                    end += 1
                if end > start:  # neighbours in one piece: no hairlines between them
                    self.pdf.rect(
                        (x + start * module) * k, (y + down * module) * k,
                        (end - start) * module * k, module * 1.02 * k, RenderStyle.F,
                    )  # fmt: skip
                start = end + 1
