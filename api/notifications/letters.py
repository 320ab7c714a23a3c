"""What news say, in Chinese and English; and the letter that carries them."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from chain.kernel.clock import CHINA
from chain.words.catalogue import LANGUAGES, read

_ZONES = {"zh": "{} 北京时间", "en": "{} (UTC+8)"}


def text_of(row: Any, title: dict[str, str], language: str) -> str:
    """One sentence.

    Args:
        row: of ``news``.
        title: of the tender, by language; empty for a ceremony.
        language: ``zh`` or ``en``.
    """
    return read("notifications")[row.kind][language].format(
        tender=row.tender, ceremony=row.ceremony, lot=row.lot, time=_time(row.moment, language),
        title=title.get(language, ""),
    )  # fmt: skip


def texts_of(row: Any, title: dict[str, str]) -> dict[str, str]:
    """The sentence in every language."""
    return {language: text_of(row, title, language) for language in LANGUAGES}


def letter(
    row: Any, title: dict[str, str], *, number: int, address: str, language: str, sender: str, site: str
) -> EmailMessage:
    """The letter of one notification; the same, byte by byte, however often it is made.

    Args:
        row: of ``news``.
        title: of the tender, by language.
        number: of the notification.
        address: where it goes.
        language: ``zh`` or ``en``.
        sender: address it comes from.
        site: address under which people know the service.
    """
    words = read("notifications")
    said = text_of(row, title, language)
    place = f"{site}/v1/tenders/{row.tender}" if row.tender else f"{site}/v1/ceremonies/{row.ceremony}"
    found = EmailMessage()
    found["From"] = sender
    found["To"] = address
    found["Subject"] = words["letter.subject"][language].format(what=said)
    found["Date"] = format_datetime(datetime.fromtimestamp(row.at, CHINA))
    # The same letter sent again after a crash has the same name, so that a mail program shows it once.
    found["Message-ID"] = f"<notification-{number}@{urlsplit(site).hostname or 'localhost'}>"
    found["Auto-Submitted"] = "auto-generated"
    found["Content-Language"] = language
    where = words["letter.where"][language].format(url=place)
    why = words["letter.why"][language].format(kind=row.kind)
    found.set_content(f"{said}\n\n{where}\n\n-- \n{why}\n", cte="base64")
    return found


def _time(seconds: int, language: str) -> str:
    return _ZONES[language].format(datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d %H:%M:%S"))
