"""Glues pictures into one sheet, each with its name below, so that they can be looked at together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

CELL = 340
TALLEST = 760
MARGIN = 12
CAPTION = 22


def contact_sheet(pictures: Sequence[Path], out: Path, *, columns: int, grey: bool = False) -> None:
    """Write one picture with all of them.

    Args:
        pictures: in order; each is brought to the width of a cell, and cut where it is too tall.
        out: file to write.
        columns: cells in a row.
        grey: without colour, as on an office's printer.
    """
    cells = [_cell(path) for path in pictures]
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = [max(cell.height for cell in row) + MARGIN for row in rows]
    sheet = Image.new("RGB", (columns * (CELL + MARGIN) + MARGIN, sum(heights) + MARGIN), "#77736a")
    top = MARGIN
    for row, height in zip(rows, heights, strict=True):
        for place, cell in enumerate(row):
            sheet.paste(cell, (MARGIN + place * (CELL + MARGIN), top))
        top += height
    out.parent.mkdir(parents=True, exist_ok=True)
    (sheet.convert("L") if grey else sheet).save(out, optimize=True)


def _cell(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    picture = picture.resize((CELL, max(1, round(picture.height * CELL / picture.width))), Image.Resampling.LANCZOS)
    picture = picture.crop((0, 0, CELL, min(picture.height, TALLEST)))
    cell = Image.new("RGB", (CELL, picture.height + CAPTION), "#ffffff")
    cell.paste(picture, (0, 0))
    ImageDraw.Draw(cell).text((6, picture.height + 5), path.stem, fill="#000000")
    return cell
