"""Where an opening dies; tests/cli/test_opening_killed.py kills it there, each a process killed with SIGKILL."""

from __future__ import annotations

CLOSE = ("opening-page",)
OPEN = (
    "opening-releases", "opening-combined", "opening-keys-put", "opening-sent", "opening-file", "opening-bid",
    "opening-draft",
)  # fmt: skip
FINISH = ("opening-record-put", "opening-recorded", "opening-failed")
OPENING = (*CLOSE, *OPEN, *FINISH)
