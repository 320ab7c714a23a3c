"""Statistics as a table: one figure a line, for a spreadsheet (CSV, RFC 4180, UTF-8 with a byte order mark)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

HEAD = ("figure", "of", "value")
_NAMES = ("currency", "category", "month", "reason", "type")
"""Members that say of what a line of a list is."""


def table(data: Mapping[str, Any]) -> str:
    """Every figure of :func:`statistics` with its path, such as ``values.savings.percent``, ``CNY``, ``8.25``.

    An empty value was withheld, or there was no case for it.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows(rows(data))
    return out.getvalue()


def rows(value: Any, path: str = "", of: str = "") -> Iterator[tuple[str, str, str]]:
    """The lines, in the order of the data."""
    if isinstance(value, Mapping):
        name = next((one for one in _NAMES if one in value), None)
        for key, inner in value.items():
            if key != name:
                yield from rows(inner, f"{path}.{key}" if path else key, str(value[name]) if name else of)
    elif isinstance(value, list):
        for inner in value:
            yield from rows(inner, path, of)
    else:
        yield path, of, "" if value is None else str(value)
