"""The end of a binding: the holder's own statement (``yinxin-unbind-1``) and what is anchored (``yinxin-ending-1``)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chain.claims._members import moment, raw, read_members
from chain.claims.binding import Binding
from chain.credentials.es256 import P256Signer, verify_es256, well_formed
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import InvalidInput

UNBIND_FORMAT, ENDING_FORMAT = "yinxin-unbind-1", "yinxin-ending-1"
BY = ("holder", "bureau")
MOST_REASON = 2_000
"""Characters of a reason."""

_SIGNATURE = b"yinxin-unbind-signature-v1\x00"


@dataclass(frozen=True, slots=True)
class Unbind:
    """What a device signs to end its own binding.

    Attributes:
        bureau: USCC.
        binding: SHA-256 of the binding's document, 32 bytes.
        time: the device's clock, seconds.
        signature: ES256 by the bound key, low s, 64 bytes.
    """

    bureau: str
    binding: bytes
    time: int
    signature: bytes = b""

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(self._members() | {"signature": b64url(self.signature)})

    def _members(self) -> dict[str, str | int]:
        return {"format": UNBIND_FORMAT, "bureau": self.bureau, "binding": b64url(self.binding), "time": self.time}

    @property
    def signed_digest(self) -> bytes:
        """SHA-256("yinxin-unbind-signature-v1", a zero byte, the statement without ``signature``), 32 bytes."""
        return sha256(_SIGNATURE + canonical(self._members()))

    def is_by(self, key: bytes) -> bool:
        """True if the device with that public key (33 bytes) signed it."""
        return verify_es256(key, self.signed_digest, self.signature)


def make_unbind(binding: Binding, device: P256Signer, at: int) -> Unbind:
    """End one's own binding, on the device it is bound to."""
    statement = Unbind(binding.bureau, binding.digest, at)
    return replace(statement, signature=device.sign(statement.signed_digest))


def parse_unbind(data: bytes) -> Unbind:
    """Read a statement; its signature is not judged. Raises InvalidInput."""
    kinds: dict[str, type | tuple[type, ...]] = {"bureau": str, "binding": str, "time": int, "signature": str}
    value = read_members(data, UNBIND_FORMAT, kinds, "unbind")
    signature = raw(value["signature"], 64, "signature")
    if not well_formed(signature):
        raise InvalidInput("unbind: signature in another form", code="claim.signature", field="signature")
    return Unbind(value["bureau"], raw(value["binding"], 32, "binding"), moment(value["time"]), signature)


@dataclass(frozen=True, slots=True)
class Ending:
    """What stands in the lane when a binding was ended; the document itself lies encrypted.

    Attributes:
        bureau: USCC.
        certificate: SHA-256 of the certificate's issuer-signed JWT, 32 bytes.
        binding: SHA-256 of the binding that ends, 32 bytes.
        act: SHA-256 of what was asked for, 32 bytes: the holder's statement, or the bureau's request.
        by: ``holder`` or ``bureau``.
        operator: who did it at the bureau; empty for the holder.
        reason: why; empty for the holder.
        time: the signer's clock, seconds.
        tag: E_n of the binding, 32 bytes.
    """

    bureau: str
    certificate: bytes
    binding: bytes
    act: bytes
    by: str
    operator: str
    reason: str
    time: int
    tag: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": ENDING_FORMAT,
                "bureau": self.bureau,
                "certificate": b64url(self.certificate),
                "binding": b64url(self.binding),
                "act": b64url(self.act),
                "by": self.by,
                "operator": self.operator,
                "reason": self.reason,
                "time": self.time,
                "tag": b64url(self.tag),
            }
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of :meth:`to_bytes`, 32 bytes."""
        return sha256(self.to_bytes())


def parse_ending(data: bytes) -> Ending:
    """Read what was anchored as an end. Raises InvalidInput."""
    names = ("bureau", "certificate", "binding", "act", "by", "operator", "reason", "tag")
    kinds: dict[str, type | tuple[type, ...]] = dict.fromkeys(names, str)
    value = read_members(data, ENDING_FORMAT, {**kinds, "time": int}, "ending")
    if value["by"] not in BY:
        raise InvalidInput("ending: by neither holder nor bureau", code="claim.by", field="by")
    return Ending(
        bureau=value["bureau"],
        certificate=raw(value["certificate"], 32, "certificate"),
        binding=raw(value["binding"], 32, "binding"),
        act=raw(value["act"], 32, "act"),
        by=value["by"],
        operator=value["operator"],
        reason=value["reason"],
        time=moment(value["time"]),
        tag=raw(value["tag"], 32, "tag"),
    )
