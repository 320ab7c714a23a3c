"""kill -9 at every step from fresh keys to receipt: acknowledged only once final, and never twice on the ledger."""

from __future__ import annotations

import signal

import pytest

from tests.api.walk import run_until
from tests.cli.bid.drafts import again, fill
from tests.cli.bid.steps import FINAL, KEYS, SEAL, SUBMIT
from tests.cli.bid.test_journey import acts_of
from tests.support.market import Market

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]


def killed(market: Market, step: str, *words: str) -> None:
    """Run a command of the company until that step and kill it there."""
    run = run_until(["--home", str(market.stage.home("company-1")), "--json", "bid", *words], step)
    assert (run.code, run.steps[-1:]) == (-signal.SIGKILL, (step,)), (step, run)
    assert run.out == "", "nothing was acknowledged"


def test_killed_at_every_step_a_bid_stands_once(market: Market) -> None:
    tender = market.publish(deadline_in=900)
    number = str(tender)
    killed(market, KEYS, "start", number)
    begun = market.ok("company-1", "bid", "start", number)
    fill(market, "company-1", tender)
    market.ok("company-1", "bid", "state", number, *market.company("company-1").papers)
    for step in SEAL:
        killed(market, step, "seal", number)
    market.ok("company-1", "keys", "new", "account", "--kind", "account")
    own = ("submit", number, "--relay", "own")
    for step in SUBMIT:
        killed(market, step, *own)
    done = market.ok("company-1", "bid", *own)
    assert (done["version"], done["place"]) == (1, 1)
    (event,) = acts_of(market, tender)
    assert "0x" + event.values["bidder"].hex() == begun["bidder"]
    assert market.ok("company-1", "bid", "receipt", number)["act"] == done["act"]

    again(market, "company-1", tender, "2910000.00")
    killed(market, "bid-custody", "replace", number)  # from here on the custodian brings it to the ledger
    assert market.ok("company-1", "bid", "replace", number)["version"] == 2
    again(market, "company-1", tender, "2900000.00")
    killed(market, FINAL, "replace", number)
    assert market.ok("company-1", "bid", "replace", number)["version"] == 3
    for step in ("bid-signed", "bid-relayed"):
        killed(market, step, "withdraw", number)
    assert market.ok("company-1", "bid", "withdraw", number)["version"] == 4
    names = [event.name for event in acts_of(market, tender)]
    assert names == ["BidCommitted", "BidCommitted", "BidCommitted", "BidWithdrawn"]
