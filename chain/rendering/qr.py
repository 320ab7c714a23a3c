"""The stamp as a QR code (ISO/IEC 18004): making it for print, reading it back from any picture.

The text is ``<prefix><digits>``: an https URL whose fragment is the stamp as a decimal number, so that no
server learns it. The prefix is a byte segment, the digits a numeric one (10 bits for three digits), error
correction M. A prefix of at most 23 characters and a stamp of at most 385 bytes make version 15.

Reading ignores the prefix altogether: where a code points is no reason to trust it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import segno
import zxingcpp
from PIL import Image, ImageFilter, ImageOps
from segno import consts

from chain.credentials.stamp import digits, from_digits
from chain.kernel.errors import InvalidInput

QUIET = 4
"""White modules on every side (ISO/IEC 18004 section 7.3.8)."""

MIN_PIXELS = 3
"""Fewest printed dots or pixels a module may have: from there on every reader we tried reads every time."""

PREFIX_LIMIT = 23
"""Longest prefix with which a stamp of 385 bytes is still version 15."""

MAX_FILE = 32 * 2**20
MAX_PIXELS = 50_000_000
"""Largest picture read: 32 MiB and 50 million pixels."""

_PREFIX = re.compile(r"(?:https://|HTTPS://)[\x21-\x7e]{1,180}#", re.ASCII)
_DIGITS = re.compile(r"(?:.*[^0-9])?([0-9]{100,2500})", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class StampCode:
    """A QR code, not yet drawn.

    Attributes:
        url: its text.
        version: 1–40; 15 has 77 modules a side.
        modules: modules a side, without the quiet zone.
        rows: its modules, row by row; 1 is dark.
    """

    url: str
    version: int
    modules: int
    rows: tuple[bytes, ...]


def qr_url(prefix: str, stamp: bytes) -> str:
    """The text of the QR: ``prefix``, then the stamp's digits.

    Args:
        prefix: https URL that ends in ``#``, ASCII; host and path are free.
        stamp: the stamp's bytes.

    Raises:
        InvalidInput: ``prefix`` is no such URL, or the stamp is too long.
    """
    if not _PREFIX.fullmatch(prefix) or prefix.count("#") != 1:
        raise InvalidInput(
            f"prefix: {prefix!r} is no https URL ending in #",
            code="qr.prefix",
            field="prefix",
            fix="for example https://host.example/v#, at most 23 characters",
        )
    return prefix + digits(stamp)


def make_code(prefix: str, stamp: bytes) -> StampCode:
    """The QR code of a stamp; its version tells how dense it came out.

    Raises:
        InvalidInput: the prefix is no https URL ending in ``#``, or the stamp is too long.
    """
    url = qr_url(prefix, stamp)
    segments = [(prefix, consts.MODE_BYTE), (url[len(prefix) :], consts.MODE_NUMERIC)]
    code = segno.make(segments, error="M", boost_error=False, micro=False)  # type: ignore[arg-type]
    rows = tuple(bytes(module & 1 for module in row) for row in code.matrix)
    return StampCode(url, int(code.version), len(rows), rows)


def render_svg(code: StampCode, millimetres: float = 30) -> str:
    """SVG of that size on paper, quiet zone included."""
    side = code.modules + 2 * QUIET
    runs = []
    for y, row in enumerate(code.rows, QUIET):
        for match in re.finditer(b"\x01+", row):
            runs.append(f"M{match.start() + QUIET} {y}h{match.end() - match.start()}v1H{match.start() + QUIET}z")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{millimetres:g}mm" height="{millimetres:g}mm" '
        f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{"".join(runs)}"/></svg>\n'
    )


def render_png(code: StampCode, millimetres: float = 30, dpi: int = 300) -> bytes:
    """PNG of that size on paper, quiet zone included, every module the same whole number of dots.

    What is left over after rounding down is added to the quiet zone, so the picture is exactly as wide as
    asked: 354 pixels for 30 mm at 300 dpi, where version 15 gets 4 dots a module.

    Raises:
        InvalidInput: a module would be smaller than 3 dots.
    """
    side = round(millimetres * dpi / 25.4)
    dots = side // (code.modules + 2 * QUIET)
    if dots < MIN_PIXELS:
        need = (code.modules + 2 * QUIET) * MIN_PIXELS * 25.4 / dpi
        raise InvalidInput(
            f"version {code.version} at {millimetres:g} mm and {dpi} dpi has {dots} dots a module, needs {MIN_PIXELS}",
            code="qr.small",
            field="millimetres",
            fix=f"print it at {need:.0f} mm or more, or at a higher resolution",
        )
    symbol = Image.frombytes("L", (code.modules, code.modules), b"".join(code.rows).translate(_SHADES))
    symbol = symbol.resize((code.modules * dots,) * 2, Image.Resampling.NEAREST)
    picture = Image.new("1", (side, side), 1)
    margin = (side - symbol.width) // 2
    picture.paste(symbol.convert("1"), (margin, margin))
    out = BytesIO()
    picture.save(out, "PNG", dpi=(dpi, dpi), optimize=True)
    return out.getvalue()


_SHADES = bytes([255, 0]) + bytes(254)


def read_qr(picture: bytes | str | Path) -> tuple[str, ...]:
    """The text of every QR code in a picture (PNG, JPEG or WebP: a scan, a photograph, a screenshot).

    Tries the picture as it is, then enlarged, reduced, sharpened and turned, until something is found.

    Returns:
        Texts without repetition, in the order found; empty if there is no readable code.

    Raises:
        InvalidInput: no picture, larger than 32 MiB or 50 million pixels.
    """
    image = _open(picture)
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    for attempt in _attempts(image):
        found = zxingcpp.read_barcodes(attempt, formats=formats)
        texts = tuple(dict.fromkeys(code.text for code in found if code.valid))
        if texts:
            return texts
    return ()


def stamp_of_text(text: str) -> bytes:
    """The stamp in what a code or a hand scanner said: a URL of any host, or the digits alone.

    Raises:
        InvalidInput: it does not end in a stamp's digits.
    """
    match = _DIGITS.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(
            "this text holds no stamp", code="qr.no_stamp", field="text", fix="scan the code of a certificate, whole"
        )
    return from_digits(match[1])


def read_stamps(picture: bytes | str | Path) -> tuple[bytes, ...]:
    """The stamps of every QR code in a picture; other codes are passed over.

    Raises:
        InvalidInput: no picture, or too large.
    """
    stamps = []
    for text in read_qr(picture):
        try:
            stamps.append(stamp_of_text(text))
        except InvalidInput:
            continue
    return tuple(stamps)


def _open(picture: bytes | str | Path) -> Image.Image:
    if not isinstance(picture, bytes):
        path = Path(picture)
        if path.stat().st_size > MAX_FILE:
            raise InvalidInput(f"picture larger than {MAX_FILE} bytes", code="qr.picture", field="picture")
        picture = path.read_bytes()
    if len(picture) > MAX_FILE:
        raise InvalidInput(f"picture larger than {MAX_FILE} bytes", code="qr.picture", field="picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit follows
            image: Image.Image = Image.open(BytesIO(picture), formats=("PNG", "JPEG", "WEBP"))
        if image.width * image.height > MAX_PIXELS:
            raise InvalidInput(f"picture of more than {MAX_PIXELS} pixels", code="qr.picture", field="picture")
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            layer = image.convert("RGBA")
            image = Image.new("RGBA", layer.size, "white")
            image.alpha_composite(layer)
        return ImageOps.autocontrast(image.convert("L"), cutoff=0.5)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(
            "not a picture that can be read", code="qr.picture", field="picture", fix="use PNG, JPEG or WebP"
        ) from error


def _attempts(image: Image.Image) -> Iterator[Image.Image]:
    """The picture in ever more changed forms; later ones only if the earlier ones held nothing."""
    yield image
    side = max(image.size)
    if side <= 2400:
        yield image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    if side >= 800:
        yield image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
    yield image.filter(ImageFilter.UnsharpMask(radius=3, percent=250, threshold=0))
    if side <= 2000:
        for angle in (15, 30, 45, 60, 75):
            yield image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
