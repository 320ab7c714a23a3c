"""What a camera sees: a certificate's printed code in a room, as a film that Chromium plays as its camera."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from chain.credentials.stamp import from_digits
from chain.rendering.qr import make_code, render_png

FRAME = (1280, 720)
PREFIX = "https://example.invalid/v#"
"""The host is ignored: this one does not exist."""
MODULES = 85
"""Modules of a version 15 code with its quiet zone."""


def code(digits: str, pixels: int = 4) -> Image.Image:
    """The code as printed, so many pixels a module."""
    made = make_code(PREFIX, from_digits(digits))
    picture = Image.open(io.BytesIO(render_png(made))).convert("L")
    return picture.resize((MODULES * pixels, MODULES * pixels), Image.Resampling.LANCZOS)


def scene(
    digits: str, *, pixels: int = 4, turned: float = 0, blur: float = 0, light: float = 1, covered: float = 0
) -> Image.Image:
    """One frame of 1280 by 720.

    Args:
        digits: of the stamp.
        pixels: of a module, before turning.
        turned: degrees.
        blur: radius of a Gaussian blur, pixels.
        light: brightness; 1 is daylight, 0.25 a dim room (with some noise of the sensor).
        covered: part of the code's area under a thumb, from 0 to 1; it lies on the right edge, off the corner marks.
    """
    symbol = code(digits, pixels)
    if covered:
        side = symbol.width
        width = round(side * covered / 0.4)
        draw = ImageDraw.Draw(symbol)
        draw.rectangle((side - width, round(side * 0.3), side, round(side * 0.7)), fill=150)
    turned_symbol = symbol.rotate(turned, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    frame = Image.new("L", FRAME, 205)
    frame.paste(turned_symbol, ((FRAME[0] - turned_symbol.width) // 2, (FRAME[1] - turned_symbol.height) // 2))
    if blur:
        frame = frame.filter(ImageFilter.GaussianBlur(blur))
    if light != 1:
        noise = Image.effect_noise(FRAME, 6)
        frame = Image.blend(ImageEnhance.Brightness(frame).enhance(light), noise, 0.05)
    return frame.convert("RGB")


def film(frame: Image.Image, file: Path, count: int = 4) -> Path:
    """The frame as a film: JPEG after JPEG."""
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=88)
    file.write_bytes(out.getvalue() * count)
    return file


def flags(file: Path) -> tuple[str, ...]:
    """How Chromium is told to use it."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={file}",
    )
