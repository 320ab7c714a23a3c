"""Geometry of charts: plain numbers for SVG elements; the same figures stand in a table beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart of 100 units' height, in units of the drawing."""

    x: float
    y: float
    width: float
    height: float


def columns(values: Sequence[int], *, width: float = 600, height: float = 100) -> list[Bar]:
    """Standing bars of equal width that fill the drawing; the highest value reaches the top, 0 has no bar."""
    most = max(values, default=0)
    step = width / len(values) if values else 0
    return [
        Bar(round(index * step, 2), round(height - size, 2), round(step * 0.72, 2), round(size, 2))
        for index, value in enumerate(values)
        for size in [height * value / most if most else 0.0]
    ]


def shares(values: Sequence[int], *, width: float = 600) -> list[Bar]:
    """Parts of one lying bar of height 24, in order; what is not nothing is at least 3 units wide."""
    total = sum(values)
    if not total:
        return []
    wide = [max(3.0, width * value / total) if value else 0.0 for value in values]
    shrink = width / sum(wide)
    found, x = [], 0.0
    for one in wide:
        found.append(Bar(round(x, 2), 0, round(one * shrink, 2), 24))
        x += one * shrink
    return found


__all__ = ["Bar", "columns", "shares"]
