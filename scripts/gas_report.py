"""Measures what transactions of our contracts cost, on a fresh anvil: ``receipt.gasUsed``, all of it.

    python -m scripts.gas_report            print the table
    python -m scripts.gas_report --write    and write tests/contracts/gas.json, which a test compares

Every input is fixed, so the figures repeat exactly. *First* opens a lane or a list (zero to non-zero storage);
*steady* is the dearest of several that follow.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from chain.kernel.encoding import hex0x
from chain.keys.signatures import address_of, sign
from chain.ledger import writes
from chain.ledger.compile import Compilation, compile_contracts
from chain.ledger.deploy import deploy
from chain.ledger.deployment import Deployment
from chain.ledger.typed import ZERO_HEAD, Anchor, Domain, StatusChange, anchor_thumbprint, status_head
from scripts import gas_tender

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "tests" / "contracts" / "gas.json"
VECTORS = ROOT / "tests" / "vectors" / "ledger.json"

LIMITS = {"anchor (steady)": 56_000, "anchorStatus (steady)": 51_000, **gas_tender.LIMITS}
"""What may never be exceeded: gas of the whole transaction."""

CHAIN_ID = 440100
GENESIS_TIME = 1_767_225_600
MARKET, HEALTH = "11440100000000001F", "11440100000000002J"
LANE, LIST = "11100000MB0143028R001", "business-licence-1"
SAMPLES = 12


def _digest(text: str) -> bytes:
    return sha256(f"gas report {text}".encode()).digest()


DEPLOYER, AUTHORITY, ANCHOR_KEY, OTHER_KEY = (_digest(name) for name in ("deployer", "authority", "anchor", "other"))


@contextmanager
def anvil() -> Iterator[str]:
    """A fresh anvil on a free port of loopback; its URL. Gone with its whole process group at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [str(ROOT / "node_modules/.bin/anvil"), "--port", str(port), "--host", "127.0.0.1", "--no-cors",
             "--accounts", "0", "--chain-id", str(CHAIN_ID), "--hardfork", "prague", "--base-fee", "0", "--gas-price",
             "0", "--disable-min-priority-fee", "--timestamp", str(GENESIS_TIME), "--silent", "--cache-path", folder],
            start_new_session=True,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            web3 = Web3(HTTPProvider(url))
            deadline = time.monotonic() + 20
            while not web3.is_connected():
                if time.monotonic() > deadline:
                    raise TimeoutError("anvil does not answer")
                time.sleep(0.02)
            # One second a block, not the wall's clock: times enter the heads, and their zero bytes are cheaper.
            web3.provider.make_request(RPCEndpoint("anvil_setBlockTimestampInterval"), [1])
            yield url
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class _Meter:
    """Sends calls to the contracts and reads off their gas."""

    def __init__(self, url: str, deployment: Deployment) -> None:
        self._web3 = Web3(HTTPProvider(url))
        self._registry = deployment.address("BureauRegistry")
        self._log = deployment.address("AnchorLog")
        self.domain = Domain(deployment.chain_id, self._log)

    def call(self, to: bytes, data: bytes, key: bytes) -> tuple[int, int]:
        """Gas used, and the block's time."""
        web3 = self._web3
        sender = Web3.to_checksum_address(address_of(key))
        transaction: dict[str, Any] = {
            "chainId": CHAIN_ID,
            "nonce": web3.eth.get_transaction_count(sender),
            "gas": 3_000_000,
            "gasPrice": 0,
            "value": 0,
            "to": Web3.to_checksum_address(to),
            "data": data,
        }
        signed = Account.sign_transaction(transaction, key)
        receipt = web3.eth.wait_for_transaction_receipt(web3.eth.send_raw_transaction(signed.raw_transaction))
        if receipt["status"] != 1:
            raise RuntimeError(f"reverted: {hex0x(data[:4])}")
        return receipt["gasUsed"], web3.eth.get_block(receipt["blockNumber"])["timestamp"]

    def registry(self, data: bytes) -> int:
        return self.call(self._registry, data, AUTHORITY)[0]

    def anchor(self, lane: str, sequence: int) -> int:
        message = Anchor(MARKET, lane, sequence, _digest(f"root {sequence}"), 10_000, _digest(f"manifest {sequence}"))
        signature = sign(message.digest(self.domain), ANCHOR_KEY)
        data = writes.anchor(
            MARKET, lane, sequence, message.root, message.size, message.manifest_digest, signature
        )  # fmt: skip
        return self.call(self._log, data, DEPLOYER)[0]

    def status(self, head: bytes, count: int, actor: str | None, key: bytes) -> tuple[int, bytes]:
        message = StatusChange(MARKET, LIST, head, _digest(f"token {count}"), actor)
        signature = sign(message.digest(self.domain), key)
        data = writes.anchor_status(MARKET, LIST, head, message.digest_of_list, actor, signature)
        gas, block_time = self.call(self._log, data, DEPLOYER)
        return gas, status_head(head, MARKET, LIST, message.digest_of_list, block_time)


def measure(url: str, compilation: Compilation) -> dict[str, int]:
    """Gas of each kind of transaction, by name."""
    deployment = deploy(url, DEPLOYER, address_of(AUTHORITY), 0, compilation=compilation)
    meter = _Meter(url, deployment)
    gas: dict[str, int] = {}
    p256 = json.loads(VECTORS.read_text(encoding="utf-8"))["p256Keys"][0]
    public_key, thumbprint = (bytes.fromhex(p256[name][2:]) for name in ("publicKey", "thumbprint"))
    own, other = (anchor_thumbprint(address_of(key)) for key in (ANCHOR_KEY, OTHER_KEY))
    gas["registerBureau"] = meter.registry(writes.register_bureau(MARKET, "示例市市场监督管理局", _digest("metadata")))
    meter.registry(writes.register_bureau(HEALTH, "示例市卫生健康委员会", _digest("metadata")))
    gas["accredit (first)"] = meter.registry(writes.accredit(MARKET, LANE))
    gas["addKey (anchor)"] = meter.registry(writes.add_key(MARKET, own, "anchor", b""))
    gas["addKey (credential)"] = meter.registry(writes.add_key(MARKET, thumbprint, "credential", public_key))
    meter.registry(writes.add_key(HEALTH, other, "anchor", b""))

    gas["anchor (first)"] = meter.anchor(LANE, 1)
    gas["anchor (steady)"] = max(meter.anchor(LANE, sequence) for sequence in range(2, 2 + SAMPLES))
    meter.anchor("$events", 1)
    gas["anchor (service lane, steady)"] = max(meter.anchor("$events", sequence) for sequence in range(2, 6))

    gas["anchorStatus (first)"], head = meter.status(ZERO_HEAD, 0, MARKET, ANCHOR_KEY)
    steady = []
    for count in range(1, 1 + SAMPLES):
        used, head = meter.status(head, count, MARKET, ANCHOR_KEY)
        steady.append(used)
    gas["anchorStatus (steady)"] = max(steady)
    gas["anchorStatus (authority)"], head = meter.status(head, 50, None, AUTHORITY)

    gas |= gas_tender.measure_tender(
        url,
        compilation,
        deployment,
        lambda to, data, key: meter.call(to, data, key)[0],
        DEPLOYER,
        AUTHORITY,
        OTHER_KEY,
    )

    gas["suspendBureau (one lane)"] = meter.registry(writes.suspend_bureau(MARKET, _digest("reason")))
    gas["reinstateBureau (one lane)"] = meter.registry(writes.reinstate_bureau(MARKET))
    gas["markCompromised"] = meter.registry(writes.mark_compromised(MARKET, thumbprint, GENESIS_TIME))
    gas["retireKey"] = meter.registry(writes.retire_key(MARKET, own))
    gas["endAccreditation"] = meter.registry(writes.end_accreditation(MARKET, LANE))
    gas["succeed"] = meter.registry(writes.succeed(MARKET, HEALTH))
    gas["anchorStatus (successor)"], head = meter.status(head, 51, HEALTH, OTHER_KEY)
    return gas


def main() -> None:
    """Print, and with --write keep."""
    compilation = compile_contracts()
    with anvil() as url:
        gas = measure(url, compilation)
    for name, used in gas.items():
        print(f"{name:32}{used:>10,}{f'  of {LIMITS[name]:,}' if name in LIMITS else ''}")
    if "--write" in sys.argv:
        TARGET.write_text(json.dumps({"limits": LIMITS, "gas": gas}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
