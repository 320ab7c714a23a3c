"""Tools that read PDFs: installed where this run may, else the test is skipped, loudly."""

from __future__ import annotations

import shutil
from functools import lru_cache

import pytest

from chain.rendering.fonts import find_fonts
from scripts import poppler


def need_poppler(program: str) -> str:
    """Path of a program of Poppler's, or of qpdf; skips the test, and says why, where it cannot be had."""
    why = _installed() if shutil.which(program) is None else ""
    found = shutil.which(program)
    if found is None:
        pytest.skip(why or f"no PDF tools: {program}")
    return found


def need_rare_fonts() -> None:
    """Skip the test where the fallback fonts could not be had."""
    if len(find_fonts().fallback) < 2:
        pytest.skip("no fallback fonts: make fonts")


@lru_cache(maxsize=1)
def _installed() -> str:
    return poppler.install()
