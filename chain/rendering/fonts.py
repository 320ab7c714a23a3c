"""Fonts for paper: a text font, and fallback fonts for rare characters; checked before anything is drawn.

Text is set in Noto Serif SC. What it lacks (many characters of CJK Extension B and later, U+9FCD and its like) comes
from Hanazono Mincho, character by character. A character that none of them has is refused, with the field it stands
in: a certificate with a box in the name is worse than none.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from chain.kernel.errors import InvalidInput, NotFound

TEXT_FAMILY = "Noto Serif SC"
FALLBACK_FAMILIES = ("HanaMinA", "HanaMinB")
_TEXT_FILES = (
    ("NotoSerifSC_400Regular.ttf", "NotoSerifSC_700Bold.ttf"),
    ("NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf"),
    ("NotoSerifSC-Regular.otf", "NotoSerifSC-Bold.otf"),
)
"""Regular and bold, by the names under which they are handed out."""
_FALLBACK_FILES = ("HanaMinA.ttf", "HanaMinB.ttf")
_CHECKOUT = Path(__file__).resolve().parents[2]
_PLACES = (
    _CHECKOUT / "node_modules" / "@expo-google-fonts" / "noto-serif-sc",
    Path(sys.prefix) / "share" / "fonts",
    Path("/usr/local/share/fonts"),
    Path("/usr/share/fonts"),
)
_FIX = "install them with make fonts, or name the folder that holds them in config.toml: [paper] fonts"

_unseen = frozenset(" \n\t\r\u3000\u00a0")


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts found.

    Attributes:
        text: files of the text font: regular, bold.
        fallback: files for what the text font lacks; empty if there are none.
    """

    text: tuple[Path, Path]
    fallback: tuple[Path, ...]

    @property
    def families(self) -> list[str]:
        """Family names in the order in which a character is looked for."""
        return [
            TEXT_FAMILY,
            *(family for family in FALLBACK_FAMILIES if any(family in path.name for path in self.fallback)),
        ]

    def missing(self, text: str) -> list[str]:
        """The characters of a text that no font has, each once, in order."""
        wanted = [character for character in dict.fromkeys(text) if character not in _unseen]
        for path in (self.text[0], *self.fallback):
            if not wanted:
                break
            covered = _covered(path)
            wanted = [character for character in wanted if ord(character) not in covered]
        return wanted

    def check(self, texts: Iterable[tuple[str, str]]) -> None:
        """Refuse what cannot be drawn.

        Args:
            texts: name of the field, and its text.

        Raises:
            InvalidInput: ``paper.character``; names the field and the character.
        """
        for name, text in texts:
            lacking = self.missing(text)
            if lacking:
                shown = ", ".join(f"{character} (U+{ord(character):04X})" for character in lacking[:5])
                fix = "print it once a font has it; put that font's file among the fallback fonts"
                if not self.fallback:
                    fix = "the fallback fonts HanaMinA.ttf and HanaMinB.ttf are not installed: make fonts"
                raise InvalidInput(f"{name}: no font here has {shown}", code="paper.character", field=name, fix=fix)

    def folder(self) -> Path:
        """A folder with just these fonts, for a program that reads folders; made once in this process."""
        return _gathered((*self.text, *self.fallback))


def find_fonts(folder: str = "") -> Fonts:
    """The fonts on this machine.

    Args:
        folder: looked into first; ``[paper] fonts`` of a home.

    Raises:
        NotFound: the text font is not there.
    """
    return _find(folder, os.environ.get("YINXIN_FONTS", ""))


@lru_cache(maxsize=8)
def _find(folder: str, environment: str) -> Fonts:
    places = [Path(one) for one in (folder, *environment.split(os.pathsep)) if one] + list(_PLACES)
    wanted = {name for pair in _TEXT_FILES for name in pair} | set(_FALLBACK_FILES)
    found: dict[str, Path] = {}
    for place in places:
        if not place.is_dir():
            continue
        for base, _folders, files in os.walk(place):
            for name in wanted.intersection(files):
                found.setdefault(name, Path(base) / name)
    for regular, bold in _TEXT_FILES:
        if regular in found and bold in found:
            return Fonts((found[regular], found[bold]), tuple(found[name] for name in _FALLBACK_FILES if name in found))
    raise NotFound("the font Noto Serif SC is not here", code="paper.fonts", field="paper.fonts", fix=_FIX)


@lru_cache(maxsize=16)
def _covered(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # slow to load, and most commands draw nothing

    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


_lock = threading.Lock()
_kept: dict[tuple[Path, ...], tempfile.TemporaryDirectory[str]] = {}


def _gathered(files: tuple[Path, ...]) -> Path:
    with _lock:
        if files not in _kept:
            made = tempfile.TemporaryDirectory(prefix="yinxin-fonts-")
            for path in files:
                (Path(made.name) / path.name).symlink_to(path)
            _kept[files] = made
        return Path(_kept[files].name)
