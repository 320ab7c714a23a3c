"""What the libraries below the worker may write into its log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from api.jobs import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The worker's log, while the libraries' loggers are its own."""
    names = ("yinxin", "dbos", "httpx")
    before = [(logging.getLogger(name).handlers[:], logging.getLogger(name).level) for name in names]
    found = io.StringIO()
    logs.configure(found)
    yield found
    for name, (handlers, level) in zip(names, before, strict=True):
        logger = logging.getLogger(name)
        logger.handlers[:], logger.propagate = handlers, True
        logger.setLevel(level)


def test_a_library_that_repeats_itself_is_heard_once_in_ten_seconds(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("logging.time.time", lambda: now)
    monkeypatch.setattr("logging.time.time_ns", lambda: int(now * 1e9), raising=False)
    for moment in (1_000.0, 1_001.0, 1_009.0, 1_011.0):
        now = moment
        logging.getLogger("dbos").warning("server away: password of Chen")
        logs.log("job.pass", number=1)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line.get("leftOut", 0) for line in lines if line["event"] == "library.dbos"] == [0, 2]
    assert [line["event"] for line in lines].count("job.pass") == 4
    assert "Chen" not in stream.getvalue()
