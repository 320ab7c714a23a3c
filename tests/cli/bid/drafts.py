"""Filling in the draft of a company, as its people would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.market import Market

FIGURES = {"price": "2980000.00", "delivery.days": "45", "warranty": "3y"}
SECRETS = (b"2980000.00", b"technical secret")
"""What must be read in no public file before the opening."""


def fill(market: Market, name: str, tender: int, *, figures: dict[str, str] | None = None, **changes: Any) -> Path:
    """Fill in the draft of a company."""
    folder = market.stage.home(name) / "bids" / f"{tender}-1"
    file = folder / "draft.json"
    draft = json.loads(file.read_bytes())
    (folder / "technical.pdf").write_bytes(b"%PDF technical secret " * 4096)
    draft["envelopes"][0]["form"] |= FIGURES | (figures or {})
    draft["envelopes"][0]["documents"] = [
        {"name": "技术标.pdf", "mediaType": "application/pdf", "path": "technical.pdf"}
    ]
    for one in draft["certificates"]:
        one["path"] = "../../licence.json"
    file.write_text(json.dumps(draft | changes, ensure_ascii=False), encoding="utf-8")
    return file


def ready(market: Market, name: str, tender: int, *, sealed: bool = True, **changes: Any) -> None:
    """Start, fill in, state, and seal unless told otherwise."""
    market.ok(name, "bid", "start", str(tender))
    fill(market, name, tender, **changes)
    market.ok(name, "bid", "state", str(tender), *market.company(name).papers)
    if sealed:
        market.ok(name, "bid", "seal", str(tender))


def again(market: Market, name: str, tender: int, price: str) -> None:
    """Fill in another price and seal the next version."""
    fill(market, name, tender, figures={"price": price})
    market.ok(name, "bid", "seal", str(tender))
