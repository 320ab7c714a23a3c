"""What an expert's page is held to is what the command makes; tests/web/sheet is the page's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.vectors import sheet as sheet_vectors


def test_the_vectors_are_what_the_command_makes_now(vectors: Callable[[str], Any]) -> None:
    assert sheet_vectors.vectors() == vectors("sheet")
