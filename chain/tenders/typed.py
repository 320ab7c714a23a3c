"""What bidders, recovery addresses and custodians sign (EIP-712), equal to contracts/tenders/TenderHashes.sol.

Golden vectors shared with Solidity: tests/vectors/tender.json. Sources: docs/formats/tender-digests.md; EIP-712.
"""

from __future__ import annotations

from dataclasses import dataclass

from eth_hash.auto import keccak

from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import Commitment

COMMITMENT_TYPE = (
    "Commitment(uint64 tender,uint32 lot,address bidder,uint32 version,address recovery,uint64 notAfter,"
    "bytes32 kindDigest,bytes32 file1,uint64 size1,bytes32 form1,bytes32 file2,uint64 size2,bytes32 form2)"
)
CUSTODY_TYPE = "Custody(bytes32 commitment)"
WITHDRAWAL_TYPE = "Withdrawal(uint64 tender,uint32 lot,address bidder,uint32 version,uint64 notAfter)"
MOVE_TYPE = "Move(uint64 tender,uint32 lot,address bidder,address successor,uint32 version,uint64 notAfter)"

_DOMAIN_PREFIX = (
    keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
    + keccak(b"Yinxin TenderBook")
    + keccak(b"1")
)


@dataclass(frozen=True, slots=True)
class BookDomain:
    """Where a signature counts: one TenderBook on one chain.

    Attributes:
        chain_id: EIP-155 chain id.
        book: 20-byte address of the TenderBook.
    """

    chain_id: int
    book: bytes

    def separator(self) -> bytes:
        """EIP-712 domain separator, 32 bytes."""
        return keccak(_DOMAIN_PREFIX + _uint(self.chain_id, 256, "chainId") + _address(self.book, "book"))

    def digest(self, struct_hash: bytes) -> bytes:
        """The 32 bytes that get signed for a message with that struct hash."""
        return keccak(b"\x19\x01" + self.separator() + _word(struct_hash, "structHash"))


def commitment_hash(commitment: Commitment) -> bytes:
    """EIP-712 hashStruct, 32 bytes: the commitment hash that custodians sign and live sets are made of."""
    parts = [
        keccak(COMMITMENT_TYPE.encode()),
        _uint(commitment.tender, 64, "tender"),
        _uint(commitment.lot, 32, "lot"),
        _address(commitment.bidder, "bidder"),
        _uint(commitment.version, 32, "version"),
        _address(commitment.recovery, "recovery"),
        _uint(commitment.not_after, 64, "notAfter"),
        _word(commitment.kind_digest, "kindDigest"),
    ]
    for number, file in ((1, commitment.first), (2, commitment.second)):
        parts.append(_word(file.digest, f"file{number}"))
        parts.append(_uint(file.size, 64, f"size{number}"))
        parts.append(_word(file.form, f"form{number}"))
    return keccak(b"".join(parts))


def custody_hash(commitment: bytes) -> bytes:
    """EIP-712 hashStruct of a custodian's word that the files of the commitment with that hash are stored; 32 bytes."""
    return keccak(keccak(CUSTODY_TYPE.encode()) + _word(commitment, "commitment"))


def withdrawal_hash(tender: int, lot: int, bidder: bytes, version: int, not_after: int) -> bytes:
    """EIP-712 hashStruct of a withdrawal, 32 bytes; signed by the bidder or the recovery address."""
    return keccak(
        keccak(WITHDRAWAL_TYPE.encode())
        + _uint(tender, 64, "tender")
        + _uint(lot, 32, "lot")
        + _address(bidder, "bidder")
        + _uint(version, 32, "version")
        + _uint(not_after, 64, "notAfter")
    )


def move_hash(tender: int, lot: int, bidder: bytes, successor: bytes, version: int, not_after: int) -> bytes:
    """EIP-712 hashStruct of a move, 32 bytes; signed by the recovery address and by the successor."""
    return keccak(
        keccak(MOVE_TYPE.encode())
        + _uint(tender, 64, "tender")
        + _uint(lot, 32, "lot")
        + _address(bidder, "bidder")
        + _address(successor, "successor")
        + _uint(version, 32, "version")
        + _uint(not_after, 64, "notAfter")
    )


def _word(data: bytes, field: str) -> bytes:
    if len(data) != 32:
        raise InvalidInput(f"{field}: {len(data)} bytes instead of 32", code="ledger.bytes", field=field)
    return bytes(data)


def _address(data: bytes, field: str) -> bytes:
    if len(data) != 20:
        raise InvalidInput(f"{field}: {len(data)} bytes instead of 20", code="ledger.bytes", field=field)
    return bytes(12) + data


def _uint(value: int, bits: int, field: str) -> bytes:
    if not 0 <= value < 1 << bits:
        raise InvalidInput(f"{field}: {value!r} is no uint{bits}", code="ledger.integer", field=field)
    return value.to_bytes(32, "big")
