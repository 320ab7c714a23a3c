"""Which three contracts make up one place of tenders, as the trust root names them and as they name each other."""

from __future__ import annotations

from dataclasses import dataclass

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.ports import BlockRef
from chain.ledger.rpc import RpcClient
from chain.ledger.tenders.interface import BOOK, CONTRACTS, KEY_HOLDERS, PROCEEDINGS, interface
from chain.ledger.trustroot import ContractRange, TrustRoot


@dataclass(frozen=True, slots=True)
class TenderContracts:
    """A book with its proceedings and the registry of its keys; addresses of 20 bytes.

    Attributes:
        book: TenderBook.
        proceedings: TenderProceedings.
        key_holders: KeyHolderRegistry.
    """

    book: bytes
    proceedings: bytes
    key_holders: bytes


def named_in(root: TrustRoot) -> TenderContracts:
    """The newest ones of a trust root, without asking the chain.

    Raises:
        NotFound: this ledger has no tenders.
    """
    found = {name: root.ranges(name) for name in CONTRACTS}
    if not all(found.values()):
        raise NotFound(
            "this ledger has no tenders: its trust root names no TenderBook", code="ledger.no_tenders",
            field="trust_root", fix="have the authority deploy the contracts of tenders, and pin its new trust root",
        )  # fmt: skip
    return TenderContracts(*(found[name][-1].address for name in (BOOK, PROCEEDINGS, KEY_HOLDERS)))


def find_contracts(rpc: RpcClient, root: TrustRoot, block: BlockRef, *, book: bytes | None = None) -> TenderContracts:
    """The contracts of a book, once the chain has confirmed that they name each other and this chain.

    Args:
        rpc: endpoints.
        root: names the addresses that count.
        block: where to look.
        book: an older book of the trust root; its newest one if None.

    Raises:
        NotFound: this ledger has no tenders.
        InvalidInput: the trust root does not name that book.
        Conflict: the contracts do not belong together, are made for another chain, or do not count yet.
    """
    named = named_in(root)
    chosen = named.book if book is None else book
    if range_of(root, BOOK, chosen) is None:
        raise InvalidInput(
            f"the trust root names no TenderBook {hex0x(chosen)}", code="ledger.book", field="book",
            fix="name a book of this trust root",
        )  # fmt: skip
    _check_begun(root, BOOK, chosen, block)
    asked = ("keyHolders", "proceedings", "genesis")
    answers = rpc.read_at(block, [_call(chosen, BOOK, function) for function in asked])
    holders, proceedings, genesis = (
        interface(BOOK).answer(function, answer) for function, answer in zip(asked, answers, strict=True)
    )
    for name, address in ((KEY_HOLDERS, holders), (PROCEEDINGS, proceedings)):
        if range_of(root, name, address) is None:
            raise _apart(f"the book names {name} {hex0x(address)}, the trust root does not")
        _check_begun(root, name, address, block)
    back, other = rpc.read_at(
        block, [_call(proceedings, PROCEEDINGS, "book"), _call(holders, KEY_HOLDERS, "genesis")]
    )  # fmt: skip
    if interface(PROCEEDINGS).answer("book", back) != chosen:
        raise _apart("the proceedings name another book")
    if {genesis, interface(KEY_HOLDERS).answer("genesis", other)} != {root.genesis_hash}:
        raise _apart("they are made for a chain with another genesis block")
    return TenderContracts(chosen, proceedings, holders)


def range_of(root: TrustRoot, name: str, address: bytes) -> ContractRange | None:
    """The range of a contract by its address, or None."""
    return next((contract for contract in root.ranges(name) if contract.address == address), None)


def _call(to: bytes, contract: str, function: str) -> tuple[str, list[dict[str, str]]]:
    return "eth_call", [{"to": hex0x(to), "data": hex0x(interface(contract).call(function))}]


def _check_begun(root: TrustRoot, name: str, address: bytes, block: BlockRef) -> None:
    found = range_of(root, name, address)
    if found is None or block.number < found.from_block:
        raise Conflict(
            f"{name} does not count yet in block {block.number}", code="ledger.contract",
            fix="wait until the chain is past the contracts' first block",
        )  # fmt: skip


def _apart(why: str) -> Conflict:
    return Conflict(
        f"the contracts of tenders do not belong together: {why}", code="ledger.contract", field="trust_root",
        fix="pin the trust root that the authority publishes",
    )  # fmt: skip
