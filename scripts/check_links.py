"""Follows every relative link of every Markdown file, and every document that a source file names.

A link with a ``#heading`` must meet a heading. A capitalised document named in passing, such as
SECURITY.md, must exist somewhere in the tree. Prints ``path:line: finding``; exit code 1 if there is any.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from scripts.check_tree import GENERATED, ROOT, files

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|!\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_NAMED = re.compile(r"(?<![\w/.-])(?:[a-z][\w-]*/)*[A-Z][A-Z_]+\.md\b")


def headings(path: Path) -> set[str]:
    """The anchors that a Markdown file offers: lower case, words joined by hyphens, repeats numbered."""
    anchors: set[str] = set()
    for _, line in prose(path):
        if match := _HEADING.match(line):
            plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", match[1])
            anchor = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
            number = 0
            while (candidate := f"{anchor}-{number}" if number else anchor) in anchors:
                number += 1
            anchors.add(candidate)
    return anchors


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines outside of fenced code."""
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def broken_links(path: Path) -> Iterator[str]:
    """Links of one Markdown file that lead nowhere."""
    name = path.relative_to(ROOT).as_posix()
    for number, line in prose(path):
        for match in _LINK.finditer(re.sub(r"`[^`]*`", "", line)):
            target = match[1] or match[2]
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, anchor = target.partition("#")
            goal = (path.parent / unquote(file)).resolve() if file else path
            if not goal.exists():
                yield f"{name}:{number}: no such file: {target}"
            elif not goal.is_relative_to(ROOT):
                yield f"{name}:{number}: leads out of the repository: {target}"
            elif anchor and goal.suffix == ".md" and unquote(anchor) not in headings(goal):
                yield f"{name}:{number}: no such heading: {target}"


def unknown_documents(path: Path, known: set[str]) -> Iterator[str]:
    """Documents that a file names and nobody has."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(lines, 1):
        for match in _NAMED.finditer(line):
            if match[0] not in known and not any(name.endswith(f"/{match[0]}") for name in known):
                yield f"{path.relative_to(ROOT).as_posix()}:{number}: names {match[0]}, which is not here"


def main() -> int:
    """Check every file and print what was found."""
    paths = [path for path in files() if not GENERATED.search(path.relative_to(ROOT).as_posix())]
    known = {path.relative_to(ROOT).as_posix() for path in paths}
    found = [finding for path in paths if path.suffix == ".md" for finding in broken_links(path)]
    texts = (path for path in paths if path.suffix in {".md", ".py", ".sol", ".ts", ".js", ".toml", ".sh"})
    found += [finding for path in texts for finding in unknown_documents(path, known)]
    print("\n".join(found) if found else "every link leads somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
