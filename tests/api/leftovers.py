"""Looking for what should be gone: a value in every form in which a file may hold it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.api.town import Town
from tests.plugins.database import DATABASES


def forms(value: str) -> Iterator[bytes]:
    """A value as it might lie in a file: UTF-8, UTF-16, GB 18030, escaped, hexadecimal, base64 at each shift."""
    plain = [value.encode(), value.encode("utf-16-le"), value.encode("utf-16-be"), value.encode("gb18030")]
    escaped = value.encode("unicode_escape")
    for data in {*plain, escaped}:
        yield data
        yield data.hex().encode()
        yield data.hex().upper().encode()
        for shift in range(3):
            inner = base64.b64encode(b"\0" * shift + data)[4 if shift else 0 : -4]
            if len(inner) >= 8:
                yield inner
                yield inner.replace(b"+", b"-").replace(b"/", b"_")


def found_in(folder: Path, values: Sequence[str]) -> list[str]:
    """Files under a folder whose bytes or name hold one of the values in any form."""
    wanted = {value: set(forms(value)) for value in values}
    hits = []
    for path in sorted(folder.rglob("*")):
        data = path.name.encode() + (path.read_bytes() if path.is_file() else b"")
        hits += [
            f"{path.relative_to(folder)}: {value}"
            for value, some in wanted.items()
            if any(form in data for form in some)
        ]
    return hits


def register_says(town: Town, values: Sequence[str]) -> list[str]:
    """Files of the register, wherever it lies, that hold one of the values."""
    if DATABASES.chosen:
        return found_in(DATABASES.files(town.folder), values)
    return [hit for hit in found_in(town.officer, values) if hit.startswith("register.sqlite")]
