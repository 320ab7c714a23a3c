"""What anchor keys sign (EIP-712) and how heads chain, equal to contracts/anchoring/AnchorHashes.sol.

Golden vectors shared with Solidity: tests/vectors/ledger.json. Sources: EIP-712; Contract ABI Specification,
"Formal Specification of the Encoding"; EIP-2 (low s); IAnchorLog.
"""

from __future__ import annotations

from dataclasses import dataclass

from eth_hash.auto import keccak

from chain.kernel.errors import InvalidInput

DOMAIN_NAME = "Yinxin AnchorLog"
DOMAIN_VERSION = "1"
ANCHOR_TYPE = "Anchor(bytes18 bureau,bytes32 lane,uint64 sequence,bytes32 root,uint32 size,bytes32 manifestDigest)"
STATUS_TYPE = "Status(bytes18 bureau,bytes32 list,bytes32 previousHead,bytes32 digest,bytes18 actor)"
ZERO_HEAD = bytes(32)
"""Head of a lane or a status list in which nothing is anchored yet."""

_DOMAIN_TYPEHASH = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_DOMAIN_PREFIX = _DOMAIN_TYPEHASH + keccak(DOMAIN_NAME.encode()) + keccak(DOMAIN_VERSION.encode())
_ANCHOR_TYPEHASH = keccak(ANCHOR_TYPE.encode())
_STATUS_TYPEHASH = keccak(STATUS_TYPE.encode())


# --------------------------------------------------------------------------- names in fixed bytes


def name32(text: str, *, field: str = "name") -> bytes:
    """A lane or status list name as bytes32: 1 to 32 printable ASCII characters without space, padded with zeros.

    Raises:
        InvalidInput: any other text.
    """
    if not 1 <= len(text) <= 32 or not all("!" <= char <= "~" for char in text):
        raise InvalidInput(
            f"{field}: {text!r} is not 1 to 32 printable ASCII characters", code="ledger.name", field=field
        )
    return text.encode("ascii").ljust(32, b"\0")


def text_of_name(data: bytes, *, field: str = "name") -> str:
    """Inverse of :func:`name32`; refuses what it would not produce.

    Raises:
        InvalidInput: not 32 bytes, a byte after the padding began, or a character outside the range.
    """
    if len(data) != 32:
        raise InvalidInput(f"{field}: {len(data)} bytes instead of 32", code="ledger.name", field=field)
    text = data.rstrip(b"\0").decode("latin-1")
    name32(text, field=field)
    return text


def uscc18(text: str, *, field: str = "bureau") -> bytes:
    """A unified social credit code as bytes18. Only its shape is checked here; the registry checks the code itself.

    Raises:
        InvalidInput: not 18 digits and capitals.
    """
    if len(text) != 18 or not all("0" <= char <= "9" or "A" <= char <= "Z" for char in text):
        raise InvalidInput(f"{field}: {text!r} is not 18 digits and capitals", code="ledger.uscc", field=field)
    return text.encode("ascii")


def text_of_uscc(data: bytes, *, field: str = "bureau") -> str:
    """Inverse of :func:`uscc18`.

    Raises:
        InvalidInput: not 18 ASCII digits and capitals.
    """
    if len(data) != 18:
        raise InvalidInput(f"{field}: {len(data)} bytes instead of 18", code="ledger.uscc", field=field)
    text = data.decode("latin-1")
    uscc18(text, field=field)
    return text


def anchor_thumbprint(address: bytes) -> bytes:
    """The 32 bytes by which the registry knows an anchor key: its 20-byte address, padded with zeros on the left."""
    return bytes(12) + _exact(address, 20, "address")


# --------------------------------------------------------------------------- messages


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a signature counts: one AnchorLog on one chain.

    Attributes:
        chain_id: EIP-155 chain id.
        contract: 20-byte address of the AnchorLog.
    """

    chain_id: int
    contract: bytes

    def separator(self) -> bytes:
        """EIP-712 domain separator, 32 bytes."""
        return keccak(_DOMAIN_PREFIX + _uint(self.chain_id, 256, "chainId") + anchor_thumbprint(self.contract))


@dataclass(frozen=True, slots=True)
class Anchor:
    """One batch in a lane, as the approver's signer signs it.

    Attributes:
        bureau: USCC.
        lane: certificate type code or service lane.
        sequence: 1, 2, 3 … in that lane.
        root: RFC 9162 root, 32 bytes, not zero.
        size: number of leaves, 1 to 2^32-1.
        manifest_digest: SHA-256 of the public manifest, 32 bytes; zeros only in a service lane.
    """

    bureau: str
    lane: str
    sequence: int
    root: bytes
    size: int
    manifest_digest: bytes

    def _words(self) -> bytes:
        """The six members as ABI words; also what the lane's head is made of."""
        return b"".join(
            (
                uscc18(self.bureau).ljust(32, b"\0"),
                name32(self.lane, field="lane"),
                _uint(self.sequence, 64, "sequence"),
                _exact(self.root, 32, "root"),
                _uint(self.size, 32, "size"),
                _exact(self.manifest_digest, 32, "manifestDigest"),
            )
        )

    def struct_hash(self) -> bytes:
        """EIP-712 hashStruct, 32 bytes."""
        return keccak(_ANCHOR_TYPEHASH + self._words())

    def digest(self, domain: Domain) -> bytes:
        """The 32 bytes that get signed."""
        return _typed_digest(domain, self.struct_hash())


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A new state of a status list, as the approver's signer signs it.

    Attributes:
        bureau: USCC of the list's owner.
        list: name of the list.
        previous_head: 32 bytes, the head it builds on; zeros for a new list.
        digest_of_list: SHA-256 of the status list token, 32 bytes.
        actor: USCC of who signs (the owner or the bureau that answers for it), or None for the authority.
    """

    bureau: str
    list: str
    previous_head: bytes
    digest_of_list: bytes
    actor: str | None

    def struct_hash(self) -> bytes:
        """EIP-712 hashStruct, 32 bytes."""
        actor = bytes(18) if self.actor is None else uscc18(self.actor, field="actor")
        return keccak(
            b"".join(
                (
                    _STATUS_TYPEHASH,
                    uscc18(self.bureau).ljust(32, b"\0"),
                    name32(self.list, field="list"),
                    _exact(self.previous_head, 32, "previousHead"),
                    _exact(self.digest_of_list, 32, "digest"),
                    actor.ljust(32, b"\0"),
                )
            )
        )

    def digest(self, domain: Domain) -> bytes:
        """The 32 bytes that get signed."""
        return _typed_digest(domain, self.struct_hash())


def _typed_digest(domain: Domain, struct_hash: bytes) -> bytes:
    return keccak(b"\x19\x01" + domain.separator() + struct_hash)


# --------------------------------------------------------------------------- heads


def lane_head(previous: bytes, anchor: Anchor, time: int) -> bytes:
    """Head of a lane after ``anchor`` in a block of that ``time`` (seconds); 32 bytes."""
    return keccak(_exact(previous, 32, "head") + anchor._words() + _uint(time, 64, "time"))


def status_head(previous: bytes, bureau: str, list_name: str, digest: bytes, time: int) -> bytes:
    """Head of a status list after a change in a block of that ``time`` (seconds); 32 bytes."""
    return keccak(
        b"".join(
            (
                _exact(previous, 32, "previousHead"),
                uscc18(bureau).ljust(32, b"\0"),
                name32(list_name, field="list"),
                _exact(digest, 32, "digest"),
                _uint(time, 64, "time"),
            )
        )
    )


# --------------------------------------------------------------------------- words


def _exact(data: bytes, size: int, field: str) -> bytes:
    if len(data) != size:
        raise InvalidInput(f"{field}: {len(data)} bytes instead of {size}", code="ledger.bytes", field=field)
    return bytes(data)


def _uint(value: int, bits: int, field: str) -> bytes:
    if not 0 <= value < 1 << bits:
        raise InvalidInput(f"{field}: {value!r} is no uint{bits}", code="ledger.integer", field=field)
    return value.to_bytes(32, "big")
