"""A board that is slow holds up nobody who reads the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

from api.service.context import Service
from api.tenders.endpoints.questions import list_questions
from chain.tenders.notice.answers import Question


class Tenders:
    """A ledger for one at a time, and a board that notes whether somebody has the ledger while it is read."""

    def __init__(self) -> None:
        self.taken = False
        self.read_while_taken: list[bool] = []

    @property
    def board(self) -> Any:
        return self

    @contextmanager
    def chain(self) -> Iterator[Any]:
        self.taken = True
        yield SimpleNamespace(ledger=SimpleNamespace(genesis=bytes(32), book=bytes(20)))
        self.taken = False

    def notes(self, topic: str) -> Iterator[tuple[str, bytes]]:
        self.read_while_taken.append(self.taken)
        yield "question", Question(bytes(32), bytes(20), 7, f"what about {topic}?").to_bytes()


def test_questions_are_read_while_others_have_the_ledger() -> None:
    tenders = Tenders()
    found = list_questions(cast(Service, SimpleNamespace(tenders=tenders)), 7)
    assert [one.text for one in found.items] == ["what about questions/7?"]
    assert tenders.read_while_taken == [False]
