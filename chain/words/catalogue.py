"""Reads the lists of words that lie beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter

LANGUAGES = ("zh", "en")
"""In this order everywhere: Chinese first."""

Words = Mapping[str, Mapping[str, str]]
"""Key to language to text."""


@cache
def read(name: str) -> Words:
    """A list of words by its file's name without ``.json``. Raises FileNotFoundError."""
    text = files("chain.words").joinpath(f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


def names(text: str) -> frozenset[str]:
    """Places for values in a text: ``{"time"}`` of ``"as of {time}"``. Raises ValueError: a brace without a partner."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
