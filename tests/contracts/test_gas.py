"""What transactions cost: measured anew, equal to the committed report, within the limits."""

from __future__ import annotations

import json

import pytest

from chain.ledger.compile import compile_contracts
from scripts.gas_report import LIMITS, TARGET, anvil, measure


@pytest.mark.loopback
def test_gas_is_as_reported_and_within_limits() -> None:
    with anvil() as url:
        gas = measure(url, compile_contracts())
    committed = json.loads(TARGET.read_text(encoding="utf-8"))
    assert committed["limits"] == LIMITS
    for name, limit in LIMITS.items():
        assert gas[name] <= limit, f"{name} costs {gas[name]}, more than {limit}"
    assert gas == committed["gas"], "gas changed: run python -m scripts.gas_report --write and look at the difference"
