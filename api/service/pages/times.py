"""Times on pages: the chain's clock as China Standard Time, which certificates and tenders go by, named as such.

``web/page/times.ts`` writes the reader's own time beside it where that is another.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from markupsafe import Markup

CHINA = timezone(timedelta(hours=8), "UTC+8")
"""China Standard Time; the country has no other and no summer time."""


def instant(seconds: int | None, *, missing: str = "–") -> Markup:
    """A moment: ``2026-01-31 09:05:00 UTC+8``.

    Args:
        seconds: since 1970 UTC; None if there is no such moment.
        missing: what is written then.
    """
    if seconds is None:
        return Markup.escape(missing)
    there = datetime.fromtimestamp(seconds, CHINA)
    return Markup('<time datetime="{}" data-instant>{} <span class="zone">UTC+8</span></time>').format(
        datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), there.strftime("%Y-%m-%d %H:%M:%S")
    )


def day(seconds: int | None, *, missing: str = "–") -> Markup:
    """A day, as certificates begin and end with one: ``2026-01-31``."""
    if seconds is None:
        return Markup.escape(missing)
    text = datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d")
    return Markup('<time datetime="{}">{}</time>').format(text, text)


__all__ = ["CHINA", "day", "instant"]
