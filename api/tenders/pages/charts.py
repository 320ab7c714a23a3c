"""From statistics to what is drawn: bars beside their figures, so that each chart is also its own table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chain.catalogue import SHIPPED


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: what it is of, its figure as text, and its length in percent of the longest, two places."""

    label: str
    figure: str
    length: float


def bars(lines: Iterable[tuple[str, int | str | None]], *, withheld: str = "–") -> tuple[Bar, ...]:
    """Bars of counts or exact decimals, all drawn to the longest one.

    Args:
        lines: label and figure; None for one that is withheld.
        withheld: what is written then.
    """
    found = list(lines)
    sizes = [Decimal(0) if value is None else Decimal(value) for _, value in found]
    longest = max(sizes, default=Decimal(0))
    return tuple(
        Bar(label, withheld if value is None else _text(value), float(round(size / longest * 100, 2)) if longest else 0)
        for (label, value), size in zip(found, sizes, strict=True)
    )


def _text(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{Decimal(value):,}"


def counted(rows: Sequence[Mapping[str, Any]], name: str, figure: str) -> list[tuple[str, int]]:
    """Label and figure of rows such as ``{"category": "goods", "tenders": 3}``, empty ones left out."""
    return [(str(row[name]), int(row[figure])) for row in rows if row[figure]]


def type_name(code: str, language: str) -> str:
    """Name of a certificate type; its code where it is not shipped."""
    kind = SHIPPED.known(code)
    return code if kind is None else kind.zh if language == "zh" else kind.en


__all__ = ["Bar", "bars", "counted", "type_name"]
