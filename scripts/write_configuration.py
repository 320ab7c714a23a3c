"""Writes docs/configuration.md from the settings themselves; with --check only tells whether it is up to date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pydantic import BaseModel

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chain.kernel.home import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"

_HEAD = """# Settings of a home

`config.toml` in the home folder; `yinxin init` writes it. An environment variable wins over the file: `YINXIN_` and the
name in capitals, two underscores between section and name, such as `YINXIN_LEDGER__QUORUM=2`. Paths start at the home
folder. This page is written by `python scripts/write_configuration.py` from the program itself.
"""


def _rows(model: type[BaseModel]) -> list[str]:
    rows = ["| name | default | meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            continue
        default = field.get_default(call_default_factory=True)
        shown = "*(not set)*" if default in (None, "", []) else f"`{default}`"
        rows.append(f"| `{name}` | {shown} | {field.description or ''} |")
    return rows


def page() -> str:
    """The page as it should be."""
    parts = [_HEAD, *_rows(Settings)]
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            summary = (field.annotation.__doc__ or "").strip()
            parts += ["", f"## `[{name}]`", "", summary, "", *_rows(field.annotation)]
    return "\n".join(parts) + "\n"


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        return 0 if PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
