"""A bidder's receipt on one page: the same as its JSON says, for people; the JSON itself is attached to the PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chain.rendering.fonts import find_fonts
from chain.rendering.page import set_page

TEMPLATE = "bid_receipt"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line: label in Chinese and English, and value; ``code`` for digests and addresses."""

    zh: str
    en: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What stands on the page.

    Attributes:
        title_zh: such as 投标回执.
        title_en: the same in English.
        lines: in order.
        foot_zh: what the receipt proves, and how it is checked.
        foot_en: the same in English.
        receipt: bytes of the JSON, attached as ``receipt.json``.
        made: RFC 3339 time that the file says it was made: the block's.
        fonts: folder that holds fonts; empty for the usual places.
    """

    title_zh: str
    title_en: str
    lines: Sequence[ReceiptLine]
    foot_zh: str
    foot_en: str
    receipt: bytes
    made: str
    fonts: str = ""


def draw_receipt(page: ReceiptPage) -> bytes:
    """The page as PDF/A-3b, the same bytes every time.

    Raises:
        InvalidInput: a character that no font has.
        NotFound: no fonts.
        Damaged: the page could not be set.
    """
    fonts = find_fonts(page.fonts)
    lines = [{"zh": line.zh, "en": line.en, "value": line.value, "code": line.code} for line in page.lines]
    fonts.check([("receipt", line.value) for line in page.lines])
    data = {
        "fonts": fonts.families,
        "title_zh": page.title_zh,
        "title_en": page.title_en,
        "lines": lines,
        "foot_zh": page.foot_zh,
        "foot_en": page.foot_en,
        "receipt": page.receipt.decode(),
        "made": page.made,
    }
    return set_page(TEMPLATE, data, fonts)
