"""All contracts are put on a ledger once; what an older deployment lacks is added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from web3 import HTTPProvider, Web3

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict
from chain.kernel.home import Home
from chain.keys.signatures import address_of
from chain.ledger.deploy import TENDER_CONTRACTS, check_deployment, deploy
from chain.ledger.deployment import Deployment
from chain.ledger.install import install
from tests.chain.ledger.kit import Anvil, compiled

pytestmark = pytest.mark.loopback

KEY = sha256(b"authority of an installation")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose ledger is a fresh anvil."""
    anvil = Anvil.start(tmp_path)
    try:
        home = Home(tmp_path / "home")
        home.write_config({"role": "authority", "ledger": {"endpoints": [anvil.url]}})
        yield home
    finally:
        anvil.stop()


def test_all_at_once_and_never_twice(home: Home) -> None:
    made = install(home, KEY, delay=60, compilation=compiled())
    assert [one.name for one in made.contracts] == ["BureauRegistry", "AnchorLog", *TENDER_CONTRACTS]
    assert Deployment.load(home / "deployment.json") == made
    with pytest.raises(Conflict):
        install(home, KEY, delay=60, compilation=compiled())


def test_an_older_deployment_gets_what_it_lacks(home: Home) -> None:
    url = home.settings.ledger.endpoints[0]
    before = deploy(url, KEY, address_of(KEY), 60, path=home / "deployment.json", compilation=compiled())
    made = install(home, KEY, delay=60, compilation=compiled())
    assert made.contracts[:2] == before.contracts
    assert {one.name for one in made.contracts[2:]} == set(TENDER_CONTRACTS)
    assert Deployment.load(home / "deployment.json") == made
    check_deployment(Web3(HTTPProvider(url)), made)
