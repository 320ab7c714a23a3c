"""What a browser needs to check by itself: trust root, snapshot, and the few questions it may ask the ledger."""

from __future__ import annotations

from typing import Any

import pytest

from chain.kernel.encoding import hex0x
from tests.api.service.hall import Hall

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def ask(hall: Hall, *calls: tuple[str, list[Any]]) -> list[dict[str, Any]]:
    body = [{"jsonrpc": "2.0", "id": at, "method": name, "params": params} for at, (name, params) in enumerate(calls)]
    answer = hall.post(None, "/v1/ledger-calls", json=body)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


@pytest.fixture
def contract(hall: Hall) -> str:
    return hex0x(hall.service.ledger.trust_root.contracts[0].address)


def test_the_trust_root_is_given_to_the_byte(hall: Hall) -> None:
    assert hall.get(None, "/v1/trust-root").content == hall.service.ledger.trust_root.to_bytes()


def test_a_service_without_a_snapshot_says_how_to_get_one(hall: Hall) -> None:
    answer = hall.get(None, "/v1/trust-snapshot")
    assert (answer.status_code, answer.json()["code"]) == (404, "snapshot.none")


def test_headers_and_our_contracts_may_be_read(hall: Hall, contract: str) -> None:
    root = hall.service.ledger.trust_root
    chain, genesis, logs = ask(
        hall,
        ("eth_chainId", []),
        ("eth_getBlockByNumber", ["0x0", False]),
        ("eth_getLogs", [{"address": contract, "fromBlock": "0x0", "toBlock": "0x10"}]),
    )
    assert int(chain["result"], 16) == root.chain_id
    assert genesis["result"]["hash"] == hex0x(root.genesis_hash)
    assert isinstance(logs["result"], list)
    assert [one["id"] for one in (chain, genesis, logs)] == [0, 1, 2]


def test_one_call_alone_is_answered_alone(hall: Hall) -> None:
    answer = hall.post(None, "/v1/ledger-calls", json={"id": 7, "method": "eth_chainId"})
    assert answer.json()["id"] == 7


STRANGE = "0x" + "22" * 20


@pytest.mark.parametrize(
    "call",
    [
        ("eth_getBlockByNumber", ["latest", True]),
        ("eth_call", [{"to": STRANGE, "data": "0x"}, "latest"]),
        ("eth_call", [{"to": STRANGE, "data": "0x"}, "latest", {STRANGE: {"code": "0x"}}]),
        ("eth_getLogs", [{"address": STRANGE}]),
        ("eth_getLogs", [{"fromBlock": "0x0"}]),
        ("eth_getProof", [STRANGE, [], "latest"]),
        ("eth_getStorageAt", [STRANGE, "0x0", "latest"]),
        ("eth_chainId", ["latest"]),
    ],
    ids=lambda call: f"{call[0]} {call[1]}"[:60],
)
def test_what_is_not_ours_may_not_and_the_others_get_their_answers(hall: Hall, call: tuple[str, list[Any]]) -> None:
    refused, answered = ask(hall, call, ("eth_chainId", []))
    assert refused["error"]["code"] == -32602
    assert "result" in answered


@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "evm_increaseTime", "anvil_setBalance", "eth_accounts"])
def test_nothing_but_reading_is_known_here(hall: Hall, method: str) -> None:
    body = [{"jsonrpc": "2.0", "id": 1, "method": method, "params": []}]
    assert hall.post(None, "/v1/ledger-calls", json=body).status_code == 422


def test_a_sender_and_an_amount_do_not_travel_with_a_call(hall: Hall, contract: str) -> None:
    (refused,) = ask(hall, ("eth_call", [{"to": contract, "data": "0x", "from": STRANGE, "value": "0x1"}, "latest"]))
    assert "error" in refused


def test_a_contract_that_refuses_is_heard(hall: Hall, contract: str) -> None:
    (refused,) = ask(hall, ("eth_call", [{"to": contract, "data": "0xdeadbeef"}, "latest"]))
    assert refused["error"]["code"] == 3


def test_there_are_never_too_many_at_once(hall: Hall) -> None:
    body = [{"jsonrpc": "2.0", "id": at, "method": "eth_chainId", "params": []} for at in range(101)]
    assert hall.post(None, "/v1/ledger-calls", json=body).status_code == 422
    assert hall.post(None, "/v1/ledger-calls", json=[]).status_code == 422
