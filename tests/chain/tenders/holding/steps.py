"""Where a key holder's machine dies; tests/chain/tenders/holding kill it there."""

from __future__ import annotations

HOLDER = (
    "holder-seed", "holder-deal-put", "holder-dealt", "holder-complained", "holder-answered", "holder-share-kept",
    "holder-confirmed",
)  # fmt: skip
