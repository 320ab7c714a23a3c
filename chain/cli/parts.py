"""A room of commands, of which one command loads only the file that holds it, so that it starts fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import typer


@dataclass(frozen=True)
class Parts:
    """The files of a room, each with a function ``register(app)`` that adds its commands.

    Attributes:
        package: the room, such as ``chain.cli.bid``.
        words: file of the room to the words it adds, in the order of the help; two files may share a word.
    """

    package: str
    words: Mapping[str, tuple[str, ...]]

    def register(self, app: typer.Typer, word: str | None) -> bool:
        """Add the commands of the files that one word needs; all of them for None.

        Returns:
            True if there was something to add.
        """
        needed = [name for name, words in self.words.items() if word is None or word in words]
        for name in needed:
            import_module(f"{self.package}.{name}").register(app)
        return bool(needed)

    def group(self, help_text: str, word: str | None) -> typer.Typer:
        """The room as a group of commands: with those of one word, or with all for any other word and for None."""
        app = typer.Typer(help=help_text, no_args_is_help=True)
        if not self.register(app, word):
            self.register(app, None)
        return app
