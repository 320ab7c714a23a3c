"""A download ends: whoever reads too slowly holds nothing of the custodian for longer than the file deserves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from api.custody import downloads
from api.custody.downloads import BoundedFile, CutOff

SIZE = 300_000


async def fetch(path: Path, pause: float) -> tuple[int, dict[str, Any]]:
    """Read with a pause after each piece; how many bytes came."""
    got = 0
    scope = {"type": "http", "method": "GET", "headers": [], "extensions": {"http.response.pathsend": {}}}

    async def send(message: Any) -> None:
        nonlocal got
        assert message["type"] != "http.response.pathsend", "the server would send it itself"
        got += len(message.get("body", b""))
        await asyncio.sleep(pause)

    async def receive() -> Any:
        await asyncio.Event().wait()

    await BoundedFile(path, SIZE, "x.age")(scope, receive, send)
    return got, scope


def test_a_file_goes_out_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(SIZE))
    got, scope = asyncio.run(fetch(path, 0))
    assert got == SIZE
    assert scope["extensions"], "what others see of the request is as it was"


def test_a_slow_reader_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(SIZE))
    with mock.patch.object(downloads, "GRACE", 0.1), mock.patch.object(downloads, "SLOWEST", 2**40):
        with pytest.raises(CutOff):
            asyncio.run(asyncio.wait_for(fetch(path, 3600), 20))


def test_a_large_file_has_the_time_that_it_takes(tmp_path: Path) -> None:
    assert BoundedFile(tmp_path, 2**30, "x")._within == downloads.GRACE + 2**30 / downloads.SLOWEST
