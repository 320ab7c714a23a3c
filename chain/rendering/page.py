"""Pages of a certificate, drawn by typst: PDF/A-3b (ISO 19005-3) without bundle and seal, the same bytes every time."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from chain.kernel.errors import Damaged
from chain.rendering.face import Face, ReprintMark, day_en, day_zh
from chain.rendering.fonts import Fonts, find_fonts
from chain.rendering.qr import make_code, render_svg

QR_MILLIMETRES = 30
"""Side of the printed code, quiet zone included."""

_TEMPLATES = Path(__file__).parent / "templates"
_GENERAL = "general"
_compiling = threading.Lock()


@dataclass(frozen=True, slots=True)
class PageJob:
    """One certificate to be drawn.

    Attributes:
        face: what it says.
        stamp: content of its QR code.
        prefix: address before the stamp's digits.
        legal_name: the bureau's name by the registry, which stands in the seal.
        at: the time that the file says it was made, seconds since 1970 UTC.
        reprint: set for a reprint.
        fonts: folder that holds fonts; empty for the usual places.
    """

    face: Face
    stamp: bytes
    prefix: str
    legal_name: str
    at: int
    reprint: ReprintMark | None = None
    fonts: str = ""

    def data(self, fonts: Fonts) -> dict[str, Any]:
        """What the template is given."""
        code = make_code(self.prefix, self.stamp)
        mark = self.reprint
        return {
            **self.face.as_dict(),
            "qr": render_svg(code, QR_MILLIMETRES),
            "qr_side": QR_MILLIMETRES,
            "legal_name": self.legal_name,
            "fonts": fonts.families,
            "made": datetime.fromtimestamp(self.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "reprint": None if mark is None else {"number": mark.number, "zh": day_zh(mark.at), "en": day_en(mark.at)},
        }


def template_of(slug: str) -> str:
    """Name of the type's template: its own if there is one, else the general one."""
    return slug if slug != "base" and (_TEMPLATES / f"{slug}.typ").is_file() else _GENERAL


def draw(job: PageJob) -> bytes:
    """The pages as PDF/A-3b, unsealed.

    Raises:
        InvalidInput: ``paper.character``: a character that no font has; the error names field and character.
        NotFound: no fonts.
        Damaged: the template could not be set.
    """
    fonts = find_fonts(job.fonts)
    fonts.check([*job.face.texts(), ("bureau", job.legal_name)])
    return set_page(template_of(job.face.slug), job.data(fonts), fonts)


def set_page(template: str, data: Mapping[str, Any], fonts: Fonts) -> bytes:
    """A template with its data as PDF/A-3b. Raises Damaged: it could not be set."""
    with _compiling:  # one compiler, one page at a time; processes give the speed
        try:
            made = _compiler(str(fonts.folder())).compile(
                input=str(_TEMPLATES / f"{template}.typ"),
                format="pdf",
                pdf_standards="a-3b",
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                timestamp=None,
                pdf_tags=True,
            )
        except typst.TypstError as error:
            raise Damaged(
                f"the page could not be set: {str(error)[:300]}",
                code="paper.page",
                field="certificate",
                fix="report it with the type's definition; nothing was printed",
            ) from error
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=2)
def _compiler(folder: str) -> typst.Compiler:
    return typst.Compiler(
        input=str(_TEMPLATES / f"{_GENERAL}.typ"),
        root=str(_TEMPLATES),
        font_paths=[folder],
        ignore_system_fonts=True,
    )
