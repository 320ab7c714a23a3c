"""Transactions of one account: signed once, stored before sending, sent again as the same bytes.

Order of every send, under a lock that all processes share:

1. a transaction with the same label is returned, never made twice;
2. those stored earlier and not yet mined are handed to the node again, so that no nonce is left open;
3. the call is tried without sending; a revert comes back as the contract's own error;
4. the nonce is the next after the chain's and after every stored one;
5. the signed bytes are on disk before a node sees them.

A process may die between any two of these: whoever comes next continues at 1.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Refused, Unavailable, YinxinError
from chain.kernel.ports import BlockRef
from chain.ledger._abi import refusal
from chain.ledger._outbox import FAILED, FINAL, LOST, SENT, SIGNED, Outbox, SentTx
from chain.ledger.fees import fees
from chain.ledger.rpc import Reverted, RpcClient, RpcFailure

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

__all__ = ["Sender", "SentTx"]

_Seen = TypeVar("_Seen")
_SURE_BLOCKS, _SURE_SECONDS = 2, 10.0
_POLL = 0.2
_RESEND = 5.0
ONCE = " \u00b7 "
"""Stands between what a call is for and what makes its label unique."""


class Sender:
    """Sends from one account on one chain.

    Args:
        rpc: endpoints.
        account: private key of the account.
        store: SQLite file that every sender of this account shares.
        chain_id: the chain meant; signed into each transaction.
        at: called with ``stored`` and ``sent`` as each send passes those points (for tests that stop there).

    Raises:
        Conflict: the endpoints serve another chain.
    """

    def __init__(
        self,
        rpc: RpcClient,
        account: LocalAccount,
        store: Path,
        *,
        chain_id: int,
        at: Callable[[str], None] | None = None,
    ) -> None:
        self.rpc = rpc
        self.address = bytes.fromhex(account.address[2:])
        self.chain_id = chain_id
        self._account = account
        self._outbox = Outbox(store, chain_id, self.address)
        self._at = at or (lambda _point: None)
        self._suspects: dict[bytes, tuple[int, float]] = {}
        found = rpc.chain_id()
        if found != chain_id:
            raise Conflict(
                f"the endpoints serve chain {found}, not {chain_id}", code="ledger.chain_id", field="ledger.endpoints",
                fix="point ledger.endpoints at the right chain",
            )  # fmt: skip

    def close(self) -> None:
        """Close the store."""
        self._outbox.close()

    def send(self, to: bytes, data: bytes, *, label: str, spare: int = 0) -> SentTx:
        """Send a call once.

        Args:
            to: contract, 20 bytes.
            data: call data.
            label: names the effect, such as ``anchor 4401… 3``; a second send with it returns the first.
            spare: gas beyond the estimate, for calls that cost more after others that the estimate could not see.

        Raises:
            Conflict: the label was used for another call, or the contract names a conflict.
            Refused, NotFound: the contract refuses it; the error carries its custom error.
            Unavailable: no endpoint answered; send again, it will not happen twice.
        """
        with self._outbox.hold():
            known = self._outbox.by_label(label)
            if known is not None and (known.to, known.data) != (to, data):
                raise Conflict(f"{label}: sent before with other content", code="sender.label", field="label")
            self._resume()
            if known is not None:
                return self._outbox.by_hash(known.hash) or known
            fields = self._prepare(to, data, label, spare)
            signed = self._account.sign_transaction(fields)
            tx = SentTx(label, fields["nonce"], to, data, bytes(signed.raw_transaction), bytes(signed.hash), SIGNED)
            self._outbox.add(tx)
            self._at("stored")
            return self._hand_over(tx)

    def act(self, to: bytes, data: bytes, *, what: str, spare: int = 0) -> SentTx:
        """As :meth:`send` for calls that may rightly be repeated later, such as a second suspension.

        While the very same call of ours is not settled, that one is returned; afterwards it is a new one.
        """
        with self._outbox.hold():
            waiting = next((tx for tx in self._outbox.open() if (tx.to, tx.data) == (to, data)), None)
        label = waiting.label if waiting else f"{what}{ONCE}{uuid.uuid4()}"
        return self.send(to, data, label=label, spare=spare)

    def resume(self) -> list[SentTx]:
        """Hand every stored transaction that is not settled to a node again; returns them."""
        with self._outbox.hold():
            self._resume()
            return self._outbox.open()

    def find(self, label: str) -> SentTx | None:
        """The transaction with that label that took effect or still may, or None."""
        with self._outbox.hold():
            return self._outbox.by_label(label)

    def latest(self, what: str) -> SentTx | None:
        """The newest of the acts called ``what`` (:meth:`act`) that took effect or still may, or None."""
        with self._outbox.hold():
            return self._outbox.latest(what + ONCE)

    def wait_final(self, tx: SentTx, timeout: float = 120.0) -> SentTx:
        """Wait until the transaction is in a final block.

        Raises:
            Refused, Conflict, NotFound: it was mined and reverted; the error carries the contract's custom error.
            Conflict: another transaction took its nonce; sending again is safe.
            Unavailable: not final within ``timeout`` seconds; waiting again, or sending again, is safe.
        """
        deadline = time.monotonic() + timeout
        handed = time.monotonic()
        fault: Unavailable | None = None
        while True:
            try:
                settled = self._look(tx)
                if settled is not None:
                    return settled
                if time.monotonic() - handed > _RESEND:
                    handed = time.monotonic()
                    with self._outbox.hold():
                        self._hand_over(tx)
                fault = None
            except Unavailable as error:
                fault = error
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{tx.label}: not final after {timeout:g} s" + (f" ({fault.message})" if fault else ""),
                    code="sender.timeout", fix="run the same command again; nothing is sent twice",
                )  # fmt: skip
            time.sleep(_POLL)

    def wait_until(self, look: Callable[[int], _Seen | None], timeout: float) -> _Seen | None:
        """Ask ``look`` with each new final block's number until it gives something; None after ``timeout`` seconds."""
        deadline, last = time.monotonic() + timeout, -1
        while True:
            try:
                number = self.rpc.final_block().number
                seen = look(number) if number > last else None
                last = number
            except Unavailable:
                seen = None
            if seen is not None or time.monotonic() > deadline:
                return seen
            time.sleep(_POLL)

    # ------------------------------------------------------------------ inside

    def _look(self, tx: SentTx) -> SentTx | None:
        """The settled transaction, or None while it is not final."""
        final = self.rpc.final_block()
        receipt, count = self.rpc.batch(
            [("eth_getTransactionReceipt", [hex0x(tx.hash)]),
             ("eth_getTransactionCount", [hex0x(self.address), hex(final.number)])]
        )  # fmt: skip
        if receipt is None:
            if int(count, 16) > tx.nonce:
                if not self._surely_lost(tx, final.number):
                    return None
                with self._outbox.hold():
                    self._outbox.settle(tx, LOST)
                raise Conflict(
                    f"{tx.label}: another transaction of {hex0x(self.address)} took nonce {tx.nonce}",
                    code="sender.nonce",
                    fix="let only this program use the account, then send again",
                )  # fmt: skip
            return None
        number = int(receipt["blockNumber"], 16)
        if number > final.number:
            return None
        block = self.rpc.block_at(number)
        if hex0x(block.hash) != str(receipt["blockHash"]).lower():
            return None
        self._suspects.pop(tx.hash, None)
        good = int(receipt["status"], 16) == 1
        with self._outbox.hold():
            settled = self._outbox.settle(tx, FINAL if good else FAILED, block)
        if not good:
            raise self._reason(tx, block)
        return settled

    def _surely_lost(self, tx: SentTx, final: int) -> bool:
        """Is there still no receipt, blocks after the nonce was seen to be used?

        A node that is just making a block may answer with that block's count before it has that block's receipts, and
        ours shows a block only once it is on disk. Two blocks later, or ten seconds where none come, that has passed.
        And what is lost is known to no node: given up wrongly, the same act would be sent, and done, a second time.
        """
        block, moment = self._suspects.setdefault(tx.hash, (final, time.monotonic()))
        if final < block + _SURE_BLOCKS and time.monotonic() < moment + _SURE_SECONDS:
            return False
        self._suspects.pop(tx.hash)
        return not self._is_known(tx)

    def _is_known(self, tx: SentTx) -> bool:
        return any(
            self.rpc.call(method, [hex0x(tx.hash)]) is not None
            for method in ("eth_getTransactionByHash", "eth_getTransactionReceipt")
        )

    def _reason(self, tx: SentTx, block: BlockRef) -> YinxinError:
        call = {"from": hex0x(self.address), "to": hex0x(tx.to), "data": hex0x(tx.data)}
        try:
            self.rpc.call("eth_call", [call, hex(block.number)])
        except Reverted as error:
            return refusal(error.data, tx.label.partition(ONCE)[0])
        except Unavailable:
            pass
        return Refused(
            f"{tx.label.partition(ONCE)[0]}: reverted in block {block.number}", code="ledger.reverted",
            fix="run the same command again: what stood in its way is gone",
        )  # fmt: skip

    def _resume(self) -> None:
        for tx in self._outbox.open():
            self._hand_over(tx)

    def _hand_over(self, tx: SentTx) -> SentTx:
        try:
            self.rpc.send_raw(tx.raw)
        except Refused:
            # Mined already, or its nonce was taken: :meth:`_look` tells which. Anything else is a true refusal.
            count = int(self.rpc.call("eth_getTransactionCount", [hex0x(self.address), "latest"]), 16)
            if count <= tx.nonce:
                raise
        self._at("sent")
        return self._outbox.settle(tx, SENT) if tx.state == SIGNED else tx

    def _prepare(self, to: bytes, data: bytes, label: str, spare: int) -> dict[str, Any]:
        call = {"from": hex0x(self.address), "to": hex0x(to), "data": hex0x(data)}
        try:
            gas, count, block = self.rpc.batch(
                [("eth_estimateGas", [call, "pending"]), ("eth_getTransactionCount", [hex0x(self.address), "latest"]),
                 ("eth_getBlockByNumber", ["latest", False])]
            )  # fmt: skip
        except Reverted as error:
            raise refusal(error.data, label.partition(ONCE)[0]) from error
        except RpcFailure as error:
            if "insufficient" not in error.message.lower():
                raise
            raise Refused(
                f"{label}: {error.message}", code="sender.funds", field="account", fix=f"fund {hex0x(self.address)}"
            ) from error
        nonce = max(int(count, 16), self._outbox.highest() + 1)
        limit = int(gas, 16)
        fields: dict[str, Any] = {
            "chainId": self.chain_id, "nonce": nonce, "to": to, "value": 0, "data": data,
            "gas": limit + limit // 4 + 5_000 + spare,
        }  # fmt: skip
        return fields | fees(self.rpc, block)
