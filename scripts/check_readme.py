"""Keeps README.md and docs/commands.md true to the command line.

    python -m scripts.check_readme            prints what they get wrong; exit code 1 if anything
    python -m scripts.check_readme --write    writes the list of commands between its two marks in docs/commands.md

Checked: the list of commands is the one that ``yinxin`` itself offers; every ``make`` target and every
``yinxin`` command inside a code block, and every ``make`` target in prose, exists.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
COMMANDS = ROOT / "docs" / "commands.md"
_BEGIN = "<!-- begin: commands (python -m scripts.check_readme --write) -->\n"
_END = "<!-- end: commands -->"


def targets() -> set[str]:
    """The targets that ``make help`` shows."""
    return set(re.findall(r"(?m)^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8")))


def commands() -> dict[str, Any]:
    """The commands of ``yinxin`` by name; a group's value is again such a mapping, a command's its first line."""
    import typer

    from chain.cli.main import build

    return _below(typer.main.get_command(build()))


def _below(group: Any) -> dict[str, Any]:
    return {
        name: _below(command) if getattr(command, "commands", None) else _first_line(command)
        for name, command in sorted(group.commands.items())
        if not command.hidden
    }


def _first_line(command: Any) -> str:
    return re.sub(r"\[/?[a-z]*\]", "", (command.help or "").strip().split("\n")[0])


def listing(tree: dict[str, Any]) -> str:
    """The commands as a code block, one a line with what it does."""
    rows = list(_rows("yinxin", tree))
    width = max(len(name) for name, _ in rows)
    return "```\n" + "".join(f"{name:{width}}  {text}".rstrip() + "\n" for name, text in rows) + "```\n"


def _rows(before: str, tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _rows(f"{before} {name}", value)
        else:
            yield f"{before} {name}", value


def with_listing(text: str, tree: dict[str, Any]) -> str:
    """The page with its list of commands brought up to date."""
    start, end = text.index(_BEGIN) + len(_BEGIN), text.index(_END)
    return f"{text[:start]}{listing(tree)}{text[end:]}"


def mentions(text: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered command lines, as words, from ``make`` or ``yinxin`` on: code blocks and `code` in prose."""
    fenced = listed = False
    for number, line in enumerate(text.split("\n"), 1):
        # The list of commands comes from the program, with sentences that are no command lines.
        listed = (listed or line + "\n" == _BEGIN) and line != _END
        if listed:
            continue
        if line.startswith("```"):
            fenced = not fenced
            continue
        for code in [line] if fenced else re.findall(r"`([^`]+)`", line):
            match = re.match(r"\s*(?:\$ )?(?:\S*/)?((?:make|yinxin) .*)", code.split("#")[0])
            if match:
                for command in re.split(r"&&|;|\|", match[1]):
                    if words := shlex.split(command.strip()):
                        yield number, words


def faults(text: str, tree: dict[str, Any], known: set[str]) -> Iterator[str]:
    """What a page says and isn't so."""
    if _BEGIN in text and with_listing(text, tree) != text:
        yield "the list of commands is not that of `yinxin`; run: .venv/bin/python -m scripts.check_readme --write"
    for number, words in mentions(text):
        if words[0] == "make":
            for word in words[1:]:
                if "=" not in word and word not in known:
                    yield f"line {number}: make has no target {word}"
        elif words[0] == "yinxin":
            yield from (f"line {number}: {fault}" for fault in _unknown(words[1:], tree))


def _unknown(words: list[str], tree: dict[str, Any]) -> Iterator[str]:
    rest = list(words)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "--home":
            rest = rest[1:]
    if not rest or not re.fullmatch(r"[a-z][a-z-]*", rest[0]):
        return
    value = tree.get(rest[0])
    if value is None:
        yield f"yinxin has no command {rest[0]}"
    elif isinstance(value, dict) and len(rest) > 1 and rest[1] not in value:
        yield f"yinxin {rest[0]} has no command {rest[1]}"


def main(arguments: list[str]) -> int:
    """Check, or write."""
    tree = commands()
    if arguments == ["--write"]:
        COMMANDS.write_text(with_listing(COMMANDS.read_text(encoding="utf-8"), tree), encoding="utf-8")
        return 0
    found = [
        f"{page.name}: {fault}"
        for page in (README, COMMANDS)
        for fault in faults(page.read_text(encoding="utf-8"), tree, targets())
    ]
    print("\n".join(found) or "README.md and docs/commands.md are true to the command line")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
