"""The worker's log: one JSON object a line, with names, numbers and durations, never values or messages."""

from __future__ import annotations

import json
import logging
import math
from datetime import UTC, datetime
from typing import IO, Any

_SELDOM = 10.0
_LOGGER = logging.getLogger("yinxin.jobs")


class JsonLines(logging.Formatter):
    """Formats our own records with their facts; of anybody else's only the level and the place in the code."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            line |= {"event": record.msg} | facts
        else:
            # What a library says may quote what it was given, so its words stay out.
            line |= {"event": f"library.{record.name}", "place": f"{record.filename}:{record.lineno}"}
            if record.exc_info and record.exc_info[0] is not None:
                line["error"] = record.exc_info[0].__name__
            if left_out := getattr(record, "left_out", 0):
                line["leftOut"] = left_out
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


class Seldom(logging.Filter):
    """Lets a library say the same once in ten seconds: while a database is away, its queues complain without end."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """True for our own lines, and for a library's that were not said of late; those count what was left out."""
        if isinstance(getattr(record, "facts", None), dict):
            return True
        place = (record.name, record.filename, record.lineno)
        since, left_out = self._said.get(place, (-math.inf, 0))
        if record.created - since < _SELDOM:
            self._said[place] = (since, left_out + 1)
            return False
        record.left_out = left_out
        self._said[place] = (record.created, 0)
        return True


def configure(stream: IO[str]) -> None:
    """Send our log, and the warnings of the libraries below, to ``stream`` as JSON lines."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(Seldom())
    for name, level in (("yinxin", logging.INFO), ("dbos", logging.WARNING), ("httpx", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False


def log(event: str, *, level: int = logging.INFO, **facts: str | int | float | bool | None) -> None:
    """Log one event.

    Args:
        event: its dotted name.
        level: of the standard library.
        facts: bureau, kind, number, step, ms, code, field; those that are None or empty are left out.
    """
    kept = {name: value for name, value in facts.items() if value is not None and value != ""}
    _LOGGER.log(level, event, extra={"facts": kept})
