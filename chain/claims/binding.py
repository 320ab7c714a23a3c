"""A binding (``yinxin-binding-1``): this device key acts for the holder of this certificate, from its anchor on.

The document is for the holder and whoever is shown it; the lane shows only digests. It carries the two tags by
which its beginning and its end are found in the lane; they are random to everybody else, and whoever knows those of
one binding learns nothing of the next.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from chain.claims._members import moment, raw, read_members
from chain.credentials.es256 import coordinates
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import InvalidInput

BINDING_FORMAT = "yinxin-binding-1"
CLAIMS_LANE = "$claims"
"""Lane in which a bureau anchors bindings and their ends."""

_TAG = b"yinxin-binding-tag-v1"
_END = b"yinxin-binding-end-v1"


def binding_tag(secret: bytes, n: int) -> bytes:
    """T_n = HMAC-SHA-256(secret, "yinxin-binding-tag-v1" ‖ n, 8 bytes big-endian), 32 bytes.

    Args:
        secret: 32 random bytes a certificate, known to the bureau's signer alone.
        n: ordinal of the binding, 1 or more.
    """
    return hmac.digest(secret, _TAG + n.to_bytes(8, "big"), "sha256")


def end_tag(secret: bytes, n: int) -> bytes:
    """E_n, as :func:`binding_tag` with "yinxin-binding-end-v1"."""
    return hmac.digest(secret, _END + n.to_bytes(8, "big"), "sha256")


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding.

    Attributes:
        bureau: USCC of the bureau that issued the certificate and anchors the binding.
        certificate: SHA-256 of the certificate's issuer-signed JWT, 32 bytes: names it, whatever is disclosed of it.
        key: the device's public key, SEC1 compressed point of P-256, 33 bytes.
        n: 1, 2, 3 … for one certificate.
        previous: SHA-256 of the binding before it, or None for the first.
        claim: SHA-256 of the claim it was made from.
        time: the signer's clock, seconds; what counts is the anchor's block.
        tag: T_n, under which it stands in the lane.
        end: E_n; once that stands in the lane, the binding has ended: another device took over, or it was given up.
    """

    bureau: str
    certificate: bytes
    key: bytes
    n: int
    previous: bytes | None
    claim: bytes
    time: int
    tag: bytes
    end: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": BINDING_FORMAT,
                "bureau": self.bureau,
                "certificate": b64url(self.certificate),
                "key": b64url(self.key),
                "n": self.n,
                "previous": None if self.previous is None else b64url(self.previous),
                "claim": b64url(self.claim),
                "time": self.time,
                "tag": b64url(self.tag),
                "end": b64url(self.end),
            }
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of :meth:`to_bytes`, 32 bytes."""
        return sha256(self.to_bytes())


def parse_binding(data: bytes) -> Binding:
    """Read a binding's document.

    Raises:
        InvalidInput: not its one form, no point of P-256, or an ordinal that does not fit ``previous``.
    """
    names = ("bureau", "certificate", "key", "claim", "tag", "end")
    kinds: dict[str, type | tuple[type, ...]] = dict.fromkeys(names, str)
    value = read_members(
        data, BINDING_FORMAT, {**kinds, "n": int, "time": int, "previous": (str, type(None))}, "binding"
    )
    previous = value["previous"]
    binding = Binding(
        bureau=value["bureau"],
        certificate=raw(value["certificate"], 32, "certificate"),
        key=raw(value["key"], 33, "key"),
        n=value["n"],
        previous=None if previous is None else raw(previous, 32, "previous"),
        claim=raw(value["claim"], 32, "claim"),
        time=moment(value["time"]),
        tag=raw(value["tag"], 32, "tag"),
        end=raw(value["end"], 32, "end"),
    )
    if binding.n < 1 or (binding.n == 1) != (binding.previous is None):
        raise InvalidInput("binding: its ordinal does not fit what came before", code="claim.ordinal", field="n")
    if binding.tag == binding.end:
        raise InvalidInput("binding: its tags are the same", code="claim.tags", field="tag")
    coordinates(binding.key)
    return binding
