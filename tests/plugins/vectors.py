"""Golden vectors: tests/vectors/<topic>.json, one file for Solidity, Python and TypeScript."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "vectors"


def load_vectors(topic: str) -> Any:
    """The parsed JSON of one topic, such as ``merkle``.

    Raises:
        FileNotFoundError: naming the topics there are.
    """
    path = FOLDER / f"{topic}.json"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.json"))) or "none"
        raise FileNotFoundError(f"no golden vectors for {topic!r}; there are: {known}")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Any]:
    """``vectors("merkle")`` reads tests/vectors/merkle.json."""
    return load_vectors
