"""What people read, in English and Chinese: verdicts, results, names of steps, findings.

The texts are the list ``verification`` of :mod:`chain.words`, which pages read, too; here stand what belongs to them
without being words, and the forms that Python wants. Findings are named by stable codes; the sentences may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from chain.words import read

_WORDS = read("verification")


@dataclass(frozen=True, slots=True)
class Words:
    """How one verdict is told to a clerk.

    Attributes:
        symbol: tells verdicts apart without colour.
        colour: green, yellow or red.
        en: the word in English.
        zh: the word in Chinese.
        says_en, says_zh: one sentence.
        next_en, next_zh: what to do next.
    """

    symbol: str
    colour: str
    en: str
    zh: str
    says_en: str
    says_zh: str
    next_en: str
    next_zh: str


_SIGNS = {
    "VALID": ("✔", "green"),
    "SUSPENDED": ("‖", "yellow"),
    "REVOKED": ("✘", "red"),
    "CANCELLED": ("✘", "red"),
    "LAPSED": ("✘", "red"),
    "TRANSFERRED": ("→", "yellow"),
    "SUPERSEDED": ("→", "yellow"),
    "EXPIRED": ("✘", "red"),
    "NOT_YET_VALID": ("…", "yellow"),
    "FORGED": ("✘", "red"),
    "UNTRUSTED_ISSUER": ("✘", "red"),
    "UNKNOWN": ("?", "yellow"),
    "CANNOT_CHECK": ("?", "yellow"),
}


def _verdict(name: str) -> Words:
    texts = [
        _WORDS[f"verdict.{name}.{part}"][language] for part in ("word", "says", "next") for language in ("en", "zh")
    ]
    return Words(*_SIGNS[name], *texts)


def _part(name: str) -> dict[str, Mapping[str, str]]:
    start = f"{name}."
    return {key.removeprefix(start): text for key, text in _WORDS.items() if key.startswith(start)}


VERDICTS: dict[str, Words] = {name: _verdict(name) for name in _SIGNS}

RESULTS: dict[str, tuple[str, str]] = {
    name: (symbol, _WORDS[f"result.{name}"]["zh"])
    for name, symbol in (("VALID", "✔"), ("INVALID", "✘"), ("ERROR", "?"), ("SKIPPED", "–"))
}
"""Symbol and Chinese word of each step result."""

STEP_NAMES: dict[str, str] = {name: text["zh"] for name, text in _part("step").items()}
"""Chinese name of each step."""

DETAILS: dict[str, tuple[str, str]] = {code: (text["en"], text["zh"]) for code, text in _part("finding").items()}
"""English and Chinese sentence of each finding."""


def detail(code: str, params: Mapping[str, str], lang: str = "en") -> str:
    """The sentence of a finding. ``lang``: ``en`` or ``zh``."""
    values = tuple(params.items())
    if params.keys() & _ABOUT_ONE:
        return _written(code, values, lang)
    return _sentence(code, values, lang)


_ABOUT_ONE = frozenset({"fault", "identifier", "part"})
"""Values that may tell what somebody showed; sentences with them are not remembered."""


def _written(code: str, params: tuple[tuple[str, str], ...], lang: str) -> str:
    english, chinese = DETAILS[code]
    return (chinese if lang == "zh" else english).format_map(dict(params))


_sentence = lru_cache(maxsize=2048)(_written)
