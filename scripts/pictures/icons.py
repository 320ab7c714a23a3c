"""Draws the seal that the pages carry as their icon, from a handful of strokes, without a font.

python -m scripts.pictures.icons [--check]

``web/pages/icons/``: one SVG, and PNGs of the sizes that browsers ask for. It shows 印, cut square as on a seal.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "web" / "pages" / "icons"
UNITS = 64
SEAL, PAPER = "#a61c15", "#fffaf2"
STROKES = (
    # the left half: a slanting head, an upright, a bar, and a foot that rises
    ((28, 11), (30.5, 15.5), (18, 21), (12, 21), (12, 18)), ((12, 18), (17.5, 18), (17.5, 49), (12, 49)),
    ((12, 30.5), (28, 30.5), (28, 35.5), (12, 35.5)), ((12, 45.5), (29, 41), (30, 46), (13.5, 51.5), (12, 51.5)),
    # the right half: a head, a long upright, and a shoulder that ends in a hook
    ((34, 14), (53, 14), (53, 19.2), (34, 19.2)), ((34, 14), (39.5, 14), (39.5, 56), (34, 56)),
    ((47.5, 14), (53, 14), (53, 44), (47.5, 44)), ((43.5, 39), (53, 39), (53, 41), (50, 44.5), (45, 44.5)),
)  # fmt: skip
"""Corners of each stroke in a square of 64 units."""
PICTURES = {
    "icon-180.png": (180, 0.0),
    "icon-192.png": (192, 0.0),
    "icon-512.png": (512, 0.0),
    "maskable-512.png": (512, 0.16),
}
"""File to its pixels, and how much of each side is left free (a launcher may cut that off)."""
_FINE = 4


def svg() -> str:
    """The drawing."""
    strokes = "".join(f'<path d="M{"L".join(f"{x:g} {y:g}" for x, y in corners)}Z"/>' for corners in STROKES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {UNITS} {UNITS}">'
        f'<rect width="{UNITS}" height="{UNITS}" rx="11" fill="{SEAL}"/>'
        f'<rect x="4.5" y="4.5" width="55" height="55" rx="7.5" fill="none" stroke="{PAPER}" stroke-width="2"/>'
        f'<g fill="{PAPER}">{strokes}</g></svg>\n'
    )


def png(pixels: int, free: float) -> bytes:
    """The drawing as a picture; with something left free the ground fills the whole square."""
    side = pixels * _FINE
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    scale = side * (1 - 2 * free) / UNITS
    start = side * free

    def at(*units: float) -> list[float]:
        return [start + unit * scale for unit in units]

    if free:
        draw.rectangle((0, 0, side, side), fill=SEAL)
    else:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), radius=11 * scale, fill=SEAL)
    draw.rounded_rectangle(at(3.5, 3.5, 60.5, 60.5), radius=8.5 * scale, outline=PAPER, width=round(2 * scale))
    for corners in STROKES:
        draw.polygon([(start + x * scale, start + y * scale) for x, y in corners], fill=PAPER)
    small = picture.resize((pixels, pixels), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(colors=64, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """Write the icons, or tell whether the drawing is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        file = FOLDER / "icon.svg"
        return 0 if file.is_file() and file.read_text(encoding="utf-8") == svg() else 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "icon.svg").write_text(svg(), encoding="utf-8")
    for name, (pixels, free) in PICTURES.items():
        (FOLDER / name).write_bytes(png(pixels, free))
    return 0


if __name__ == "__main__":
    sys.exit(main())
