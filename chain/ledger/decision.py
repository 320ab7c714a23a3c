"""What a person signs when deciding on a request (EIP-712): any wallet can sign it, and shows each member by name.

The domain has a name of its own, so that no signature of an anchor key can be taken for a decision, nor the reverse.
Sources: EIP-712 "Definition of hashStruct" and "Definition of domainSeparator"; EIP-2 (low s).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.ledger.typed import Domain, anchor_thumbprint

DOMAIN_NAME = "Yinxin Decision"
DOMAIN_VERSION = "1"
DECISION_TYPE = "Decision(string bureau,bytes32 request,bool approve,string reason,uint64 at,uint64 notAfter)"

_DOMAIN_TYPEHASH = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_DECISION_TYPEHASH = keccak(DECISION_TYPE.encode())


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no to one request.

    Attributes:
        bureau: USCC of the bureau whose signer is to obey; ``authority`` for a proposal of the authority.
        request: SHA-256 of the request's canonical bytes, 32 bytes.
        approve: yes or no.
        reason: in the person's words; never empty where the answer is no.
        at: when, by the person's own clock, seconds.
        not_after: last second at which it may still be taken up.
    """

    bureau: str
    request: bytes
    approve: bool
    reason: str
    at: int
    not_after: int

    def digest(self, domain: Domain) -> bytes:
        """The 32 bytes that get signed.

        Raises:
            InvalidInput: the request is not 32 bytes, a time is no uint64, or a text has a lone surrogate.
        """
        if len(self.request) != 32:
            raise InvalidInput("request: not 32 bytes", code="decision.form", field="request")
        struct = keccak(
            b"".join(
                (
                    _DECISION_TYPEHASH,
                    keccak(_text(self.bureau, "bureau")),
                    self.request,
                    int(self.approve).to_bytes(32, "big"),
                    keccak(_text(self.reason, "reason")),
                    _time(self.at, "at"),
                    _time(self.not_after, "notAfter"),
                )
            )
        )
        return keccak(b"\x19\x01" + _separator(domain) + struct)

    def typed_data(self, domain: Domain) -> dict[str, Any]:
        """What a wallet is handed (``eth_signTypedData_v4``), as plain data."""
        return {
            "types": {
                "EIP712Domain": [
                    {"name": "name", "type": "string"},
                    {"name": "version", "type": "string"},
                    {"name": "chainId", "type": "uint256"},
                    {"name": "verifyingContract", "type": "address"},
                ],
                "Decision": [
                    {"name": name, "type": kind}
                    for kind, name in (part.split(" ") for part in DECISION_TYPE[len("Decision(") : -1].split(","))
                ],
            },
            "primaryType": "Decision",
            "domain": {
                "name": DOMAIN_NAME,
                "version": DOMAIN_VERSION,
                "chainId": domain.chain_id,
                "verifyingContract": hex0x(domain.contract),
            },
            "message": {
                "bureau": self.bureau,
                "request": hex0x(self.request),
                "approve": self.approve,
                "reason": self.reason,
                "at": self.at,
                "notAfter": self.not_after,
            },
        }


def _separator(domain: Domain) -> bytes:
    return keccak(
        _DOMAIN_TYPEHASH
        + keccak(DOMAIN_NAME.encode())
        + keccak(DOMAIN_VERSION.encode())
        + domain.chain_id.to_bytes(32, "big")
        + anchor_thumbprint(domain.contract)
    )


def _text(text: str, field: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{field}: a lone surrogate", code="decision.form", field=field) from error


def _time(value: int, field: str) -> bytes:
    if not 0 <= value < 1 << 64:
        raise InvalidInput(f"{field}: {value!r} is no uint64", code="decision.form", field=field)
    return value.to_bytes(32, "big")
