"""Which signed transactions the service hands on for key holders: acts of one ceremony by the member who asks."""

from __future__ import annotations

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.ports import BlockRef
from chain.kernel.tender_ports import TenderLedger
from chain.ledger.rpc import RpcClient
from chain.ledger.tenders.interface import KEY_HOLDERS, interface
from chain.ledger.transactions import SignedTransaction

ACTS = ("deal", "complain", "answer", "confirm")
"""Functions of the KeyHolderRegistry; the ceremony's number is the first argument of each."""


def check_act(signed: SignedTransaction, ledger: TenderLedger, ceremony: int, member: bytes) -> None:
    """Let a transaction pass that is a member's act in a ceremony, and nothing else.

    Args:
        signed: the transaction.
        ledger: whose chain and registry are meant.
        ceremony: the ceremony that the path names.
        member: account that asks, and has to have signed; 20 bytes.

    Raises:
        InvalidInput: it carries value.
        Conflict: another chain, contract, function or ceremony.
        Refused: somebody else signed it.
    """
    if signed.chain_id != ledger.chain_id:
        raise Conflict(
            f"signed for chain {signed.chain_id}, not {ledger.chain_id}", code="transaction.chain", field="transaction",
            fix=f"sign for chain {ledger.chain_id}",
        )  # fmt: skip
    if signed.to != ledger.key_registry:
        raise Conflict(
            f"goes to {hex0x(signed.to)}", code="transaction.to", field="transaction",
            fix=f"send it to the KeyHolderRegistry {hex0x(ledger.key_registry)}",
        )  # fmt: skip
    if signed.value:
        raise InvalidInput(
            "an act carries no value", code="transaction.value", field="transaction", fix="sign with value 0"
        )
    place = _ceremony_of(signed.data)
    if place != ceremony:
        raise Conflict(
            f"an act in ceremony {place}", code="transaction.ceremony", field="transaction",
            fix=f"send it to /v1/ceremonies/{place}/acts",
        )  # fmt: skip
    if signed.sender != member:
        raise Refused(
            f"signed by {hex0x(signed.sender)}, which is not the account that asks", code="transaction.sender",
            field="transaction", fix="sign in with the account that signs",
        )  # fmt: skip


def _ceremony_of(data: bytes) -> int:
    """The ceremony in which call data act. Raises Conflict: they do not, or are in another form."""
    try:
        called = interface(KEY_HOLDERS).called(data)
    except InvalidInput:
        called = None
    if called is None or called[0] not in ACTS:
        raise Conflict(
            "no act of a ceremony", code="transaction.function", field="transaction",
            fix="call one of " + ", ".join(ACTS) + ", in its one encoding",
        )  # fmt: skip
    place: int = called[1][0]
    return place


def hand_on(rpc: RpcClient, signed: SignedTransaction) -> None:
    """Hand a transaction to the nodes. What they have, or have mined already, is handed on.

    Nothing is tried first: one that the contract will refuse uses up its number, which else held up all that follow.

    Raises:
        Refused: no node takes it, such as for its number or its gas.
        Unavailable: no node answers.
    """
    try:
        rpc.send_raw(signed.raw)
    except Refused as error:
        if rpc.call("eth_getTransactionByHash", [hex0x(signed.hash)]) is None:
            raise Refused(
                error.message, code="transaction.refused", field="transaction",
                fix="ask for the account's number (count) and fee again, and sign anew",
            ) from error  # fmt: skip


def count_of(rpc: RpcClient, block: BlockRef, address: bytes) -> int:
    """How many transactions of an account a final block has counted: the next one's number. Raises Unavailable."""
    (count,) = rpc.read_at(block, [("eth_getTransactionCount", [hex0x(address)])])
    return int(count, 16)
