"""A file that somebody names and that cannot be read is refused by its name, the field and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chain.cli.bid.leaving import _opened
from chain.cli.bid.sending import relay_
from chain.cli.common import read_named
from chain.cli.keyholder.convening import _cards
from chain.cli.tender._lines import read_line
from chain.cli.tender.guarantees import _put
from chain.cli.tender.opening import _proved
from chain.kernel.errors import InvalidInput

NOTHING: Any = SimpleNamespace(live=SimpleNamespace(bids=()), place=SimpleNamespace(board=SimpleNamespace(put=None)))
"""As much of a home as is asked before the file is read."""

COMMANDS: dict[str, tuple[Callable[[Path], object], str, str, str]] = {
    "bid relay": (lambda file: relay_(NOTHING, file), "bidding.file", "file", "name the file"),
    "bid withdraw": (lambda file: _opened(NOTHING, file), "bidding.file", "kit", "name the kit"),
    "keyholder convene": (lambda file: _cards([file]), "holding.card", "CARD", "name the key holder's card"),
    "tender draw": (read_line, "pool.line", "LINE", "name a file of yinxin expert enrol"),
    "tender guarantee": (lambda file: _put(NOTHING, file), "guarantee.paper", "paper", "name a file"),
    "tender open": (
        lambda file: _proved(NOTHING, [file]), "opening.proof", "proof", "give the file of yinxin bid prove",
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_not_there_is_refused_by_its_name(command: str, tmp_path: Path) -> None:
    read, code, field, fix = COMMANDS[command]
    file = tmp_path / "none.json"
    with pytest.raises(InvalidInput) as caught:
        read(file)
    found = caught.value
    assert (found.message, found.code, found.field, found.fix) == (
        f"{file}: No such file or directory", code, field, fix
    )  # fmt: skip


def test_a_file_is_read_whole_and_a_folder_is_none(tmp_path: Path) -> None:
    file = tmp_path / "paper"
    file.write_bytes(b"\x00paper\r\n")
    assert read_named(file, code="paper", field="FILE") == b"\x00paper\r\n"
    with pytest.raises(InvalidInput) as caught:
        read_named(tmp_path, code="paper", field="FILE")
    assert (caught.value.message, caught.value.fix) == (f"{tmp_path}: Is a directory", None)
