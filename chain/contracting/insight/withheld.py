"""Small cells: what is counted of natural persons' certificates is withheld where it would tell of single people."""

from __future__ import annotations

from collections.abc import Mapping

FEWEST = 5
"""A count below this is withheld."""


def withhold(cells: Mapping[str, int], *, fewest: int = FEWEST) -> tuple[dict[str, int | None], int | None]:
    """Cells as they may be published, and their sum; None is withheld.

    A small cell alone would follow from the sum and the others. So further cells, the smallest first, are withheld
    until what is withheld is at least two cells that together are not small either; if all are, and still are few, the
    sum is withheld, too.

    Args:
        cells: counts above 0 by name.
        fewest: the smallest count that is told.
    """
    ordered = sorted(cells, key=lambda name: (cells[name], name))
    hidden = [name for name in ordered if cells[name] < fewest]
    if hidden:
        for name in ordered[len(hidden) :]:
            if len(hidden) > 1 and sum(cells[one] for one in hidden) >= fewest:
                break
            hidden.append(name)
    told = sum(cells[one] for one in hidden)
    few = bool(hidden) and (len(hidden) < 2 or told < fewest)
    return {name: None if name in hidden else cells[name] for name in cells}, None if few else sum(cells.values())
