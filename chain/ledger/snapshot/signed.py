"""The file of a snapshot: the signed document in one line, then the shards.

::

    {"signatures":[{"signature":…,"witness":…}],"snapshot":{…}}\\n<shard><shard>…

A witness signs ``yinxin-snapshot-1``, a line feed and the SHA-256 of the canonical document with Ed25519. There is
one form: known witnesses only, ordered by name, each once, every signature good, every byte accounted for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.ledger.snapshot.body import FORMAT, SnapshotBody
from chain.ledger.snapshot.build import Snapshot
from chain.ledger.trustroot import TrustRoot

MAX_DOCUMENT = 256 * 2**20
"""Bytes of the largest document read."""
_DOMAIN = FORMAT.encode("ascii") + b"\n"


@dataclass(frozen=True, slots=True)
class SignedSnapshot:
    """A snapshot as it lies in its file; signatures not yet judged.

    Attributes:
        snapshot: document and shards.
        signatures: (witness' name, 64 bytes) in the order of the file.
    """

    snapshot: Snapshot
    signatures: tuple[tuple[str, bytes], ...] = ()

    def to_bytes(self) -> bytes:
        """The file."""
        document = {
            "snapshot": self.snapshot.body.as_dict(),
            "signatures": [{"witness": name, "signature": b64url(value)} for name, value in self.signatures],
        }
        return canonical(document) + b"\n" + b"".join(self.snapshot.shards)

    def save(self, path: Path) -> None:
        """Write the file, replacing an old one at once."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, self.to_bytes(), mode=0o644)

    def with_signatures(self, more: Iterable[tuple[str, bytes]]) -> SignedSnapshot:
        """A copy with further signatures, put in order; a second one of the same witness replaces the first."""
        return SignedSnapshot(self.snapshot, tuple(sorted((dict(self.signatures) | dict(more)).items())))

    @classmethod
    def load(cls, path: Path) -> SignedSnapshot:
        """Read a file. Raises NotFound, InvalidInput."""
        try:
            return cls.from_bytes(path.read_bytes())
        except FileNotFoundError as error:
            raise NotFound(f"no trust snapshot at {path}", code="snapshot.missing", field="snapshot") from error

    @classmethod
    def from_bytes(cls, data: bytes) -> SignedSnapshot:
        """Read the bytes of a file; every byte must be in its place. Raises InvalidInput."""
        end = data.find(b"\n")
        if end < 0:
            raise _bad("not a snapshot")
        value = read_canonical(data[:end], what="snapshot", limit=MAX_DOCUMENT)
        if (
            not isinstance(value, dict)
            or set(value) != {"snapshot", "signatures"}
            or not isinstance(value["signatures"], list)
        ):
            raise _bad("not a snapshot")
        body = SnapshotBody.from_dict(value["snapshot"])
        signatures = []
        for entry in value["signatures"]:
            if not isinstance(entry, dict) or set(entry) != {"witness", "signature"}:
                raise _bad("a signature has another form")
            if not all(isinstance(item, str) for item in entry.values()):
                raise _bad("a signature has another form")
            signatures.append((entry["witness"], unb64url(entry["signature"], field="signature")))
        at, shards = end + 1, []
        for ref in body.shards:
            shards.append(data[at : at + ref.size])
            at += ref.size
        if at != len(data):
            raise _bad("cut short, or bytes left over")
        return cls(Snapshot(body, tuple(shards)), tuple(signatures))


def message(body: SnapshotBody) -> bytes:
    """What a witness signs."""
    return _DOMAIN + body.digest


def sign_body(body: SnapshotBody, key: Ed25519PrivateKey) -> bytes:
    """A witness' signature, 64 bytes. Only after it has rebuilt the snapshot itself."""
    return key.sign(message(body))


def check_signatures(signed: SignedSnapshot, trust_root: TrustRoot) -> tuple[str, ...]:
    """Names of the witnesses that signed, at least the trust root's threshold.

    Raises:
        InvalidInput: made under another trust root, an unknown witness, a wrong signature, or not in order.
        Refused: too few witnesses signed, or the trust root names none.
    """
    body = signed.snapshot.body
    if body.trust_root != trust_root.digest:
        raise InvalidInput(
            "snapshot: made under another trust root than the pinned one", code="snapshot.trust_root",
            field="trustRoot",
            fix="get a snapshot for the pinned trust root, or pin the new trust root by a way you trust",
        )  # fmt: skip
    names: list[str] = []
    text = message(body)
    for name, signature in signed.signatures:
        witness = trust_root.witness(name)
        if witness is None:
            raise _bad(f"{name} is no witness of the trust root")
        if names and name <= names[-1]:
            raise _bad("signatures are not ordered by name, each once")
        try:
            Ed25519PublicKey.from_public_bytes(witness.key).verify(signature, text)
        except (InvalidSignature, ValueError) as error:
            raise _bad(f"the signature of {name} is wrong") from error
        names.append(name)
    if trust_root.threshold < 1 or len(names) < trust_root.threshold:
        raise Refused(
            f"snapshot: signed by {len(names)} witnesses, the trust root asks for {max(1, trust_root.threshold)}",
            code="snapshot.witnesses", field="signatures", fix="have more witnesses sign it: yinxin witness sign FILE",
        )  # fmt: skip
    return tuple(names)


def _bad(why: str) -> InvalidInput:
    return InvalidInput(f"snapshot: {why}", code="snapshot.form", field="snapshot")
