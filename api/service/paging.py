"""Pages: ``limit`` and an opaque ``cursor``; each page names the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput, YinxinError

T = TypeVar("T")
MOST, USUAL = 500, 50

Limit = Annotated[int, Query(ge=1, le=MOST, description="items of a page", examples=[50])]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="`next` of the page before", examples=["WzEyXQ"]),
]


class Page(BaseModel):
    """What every page has; ``items`` stands in the page's own schema."""

    next: str | None = Field(None, description="cursor of the next page; null on the last", examples=["WzEyXQ"])


def after(cursor: str | None) -> int:
    """The number after which the page begins; 0 for the first. Raises InvalidInput for a cursor not of ours."""
    if cursor is None:
        return 0
    try:
        value = read_canonical(unb64url(cursor), what="cursor", limit=100)
        if not isinstance(value, list) or len(value) != 1 or type(value[0]) is not int or not 0 <= value[0] < 2**53:
            raise InvalidInput("cursor")
        return value[0]
    except (YinxinError, ValueError) as error:
        raise InvalidInput(
            "this is no cursor of ours", code="page.cursor", field="cursor", fix="take `next` of the page before"
        ) from error


def cut(rows: Sequence[T], limit: int, number: Callable[[T], int]) -> tuple[list[T], str | None]:
    """At most ``limit`` of the rows, asked for with one more, and the cursor of the next page."""
    if len(rows) <= limit:
        return list(rows), None
    kept = list(rows[:limit])
    return kept, b64url(canonical([number(kept[-1])]))
