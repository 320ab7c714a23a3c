"""Where a key holder's machine dies; tests/chain/tenders/holding kill it there."""

from __future__ import annotations

ROUNDS = (
    "holder-seed", "holder-deal-put", "holder-dealt", "holder-complained", "holder-answered", "holder-share-kept",
    "holder-confirmed",
)  # fmt: skip
"""In a ceremony: one after the other, each a process killed with SIGKILL."""

AFTERWARDS = ("holder-present", "holder-roll-called", "holder-signed", "holder-released")
"""With its share: processes, too."""

BINDING = ("holder-card-bound",)
CONVENING = ("convene-planned", "convene-sent")
DESTROYING = ("holder-destroying", "holder-destroyed", "holder-destruction-reported")
"""In one process, for the ledger's time has to pass: test_convening.py, test_keeping.py."""

HOLDER = (*ROUNDS, *AFTERWARDS, *BINDING, *CONVENING, *DESTROYING)
