"""The evidence bundle: one certificate with everything that proves it, in one canonical JSON file.

Format ``yinxin-bundle-1`` (docs/formats/evidence-bundle.md): RFC 8785 bytes, one form only. This module
knows the shape; that every value is true is checked by :mod:`chain.credentials.verification`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.credentials._bundle_shape import BundleShape, read_shape
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, unb64url, unb64url_digests, unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import LeafParts, LeafPlace

FORMAT = "yinxin-bundle-1"

MAX_BUNDLE = 512 * 1024
"""Bytes of a whole bundle."""
MAX_CREDENTIAL = 128 * 1024
"""Characters of the credential with its disclosures."""
MAX_STAMP = 1024
"""Bytes of a stamp."""
MAX_HEADER = 4 * 1024
"""Bytes of an RLP block header."""
MAX_NODE = 64 * 1024
"""Bytes of one node of a receipt proof."""
MAX_NODES = 16
"""Nodes of a receipt proof."""
MAX_NOTE = 16 * 1024
"""Characters of a checkpoint note."""
MAX_PATH = 63
"""Hashes of an inclusion path (RFC 9162 trees of up to 2^63 leaves)."""
_MAX_INT = 2**53 - 1


@dataclass(frozen=True, slots=True)
class ChainEvidence:
    """That the anchor's event happened in one block.

    Attributes:
        header: RLP of the block's header; its Keccak-256 is the block hash.
        receipt_index: 0-based place of the transaction in the block.
        receipt_proof: RLP nodes of the receipts trie from the root to that receipt, none to spare.
    """

    header: bytes
    receipt_index: int
    receipt_proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class CheckpointEvidence:
    """That witnesses co-signed a tree of block hashes in which the anchor's block stands.

    Attributes:
        note: text of the co-signed checkpoint (C2SP tlog-checkpoint).
        index: place of the block hash in the tree; its block number.
        path: RFC 9162 inclusion path of the block hash.
    """

    note: str
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class EvidenceBundle:
    """One certificate with its evidence. Nothing here has been checked.

    Attributes:
        credential: SD-JWT: issuer-signed JWT and disclosures, each followed by ``~``.
        stamp: bytes of the stamp (COSE_Sign1).
        place: where the leaf stands: bureau, lane, sequence, leaf parts, index, size, path.
        chain: header and receipt proof of the anchor's block.
        checkpoint: the witnessed checkpoint that covers that block; None if no witness had signed yet.
    """

    credential: str
    stamp: bytes
    place: LeafPlace
    chain: ChainEvidence
    checkpoint: CheckpointEvidence | None

    @property
    def data(self) -> bytes:
        """The bundle's bytes.

        Raises:
            InvalidInput: a part breaks the limits :func:`read_bundle` would enforce.
        """
        return write_bundle(self)


def make_bundle(
    *,
    credential: str,
    stamp: bytes,
    place: LeafPlace,
    chain: ChainEvidence,
    checkpoint: CheckpointEvidence | None = None,
) -> EvidenceBundle:
    """Put a bundle together from its parts; :attr:`EvidenceBundle.data` holds it to a reader's limits."""
    return EvidenceBundle(credential, stamp, place, chain, checkpoint)


def write_bundle(bundle: EvidenceBundle) -> bytes:
    """The one form of a bundle: canonical JSON (RFC 8785), UTF-8, no final newline.

    Raises:
        InvalidInput: a part is too large, out of range or not what :func:`read_bundle` would give back.
    """
    place, chain, checkpoint = bundle.place, bundle.chain, bundle.checkpoint
    data = canonical(
        {
            "format": FORMAT,
            "credential": bundle.credential,
            "stamp": b64url(bundle.stamp),
            "leaf": {
                "jwt": b64url(place.parts.jwt),
                "stamp": b64url(place.parts.stamp),
                "record": b64url(place.parts.record),
            },
            "inclusion": {"index": place.index, "size": place.size, "path": [b64url(node) for node in place.path]},
            "anchor": {"bureau": place.bureau, "lane": place.lane, "sequence": place.sequence},
            "chain": {
                "header": hex0x(chain.header),
                "receipt": {"index": chain.receipt_index, "proof": [hex0x(node) for node in chain.receipt_proof]},
            },
            "checkpoint": None
            if checkpoint is None
            else {
                "note": checkpoint.note,
                "index": checkpoint.index,
                "path": [b64url(node) for node in checkpoint.path],
            },
        }
    )
    if read_bundle(data) != bundle:
        raise InvalidInput("bundle: a part has no exact form in the file", code="bundle.form")
    return data


def read_bundle(data: bytes) -> EvidenceBundle:
    """Read a bundle's shape; refuses every form but the canonical one.

    Raises:
        InvalidInput: ``bundle.version`` for a version this reader does not know; ``bundle.form`` and the codes
            of the canonical reader for anything else that is not the one form of a bundle; names the member.
    """
    if len(data) <= MAX_BUNDLE and (shape := read_shape(data)) is not None and (usual := _usual(shape)) is not None:
        return usual
    try:
        value = read_canonical(data, what="bundle", limit=MAX_BUNDLE)
    except RecursionError as error:
        raise InvalidInput("bundle: nested too deeply", code="bundle.form") from error
    top = _object(value, "bundle", None)
    version = top.get("format")
    if version != FORMAT:
        if isinstance(version, str) and version.startswith("yinxin-bundle-"):
            raise InvalidInput(
                f"bundle: version {version[:40]!r} is not known here",
                code="bundle.version",
                field="format",
                fix="use a newer verifier",
            )
        raise InvalidInput("bundle: not an evidence bundle", code="bundle.form", field="format")
    names = ("anchor", "chain", "checkpoint", "credential", "format", "inclusion", "leaf", "stamp")
    top = _object(value, "bundle", names)
    leaf = _object(top["leaf"], "leaf", ("jwt", "record", "stamp"))
    inclusion = _object(top["inclusion"], "inclusion", ("index", "path", "size"))
    anchor = _object(top["anchor"], "anchor", ("bureau", "lane", "sequence"))
    chain = _object(top["chain"], "chain", ("header", "receipt"))
    receipt = _object(chain["receipt"], "chain.receipt", ("index", "proof"))
    place = LeafPlace(
        bureau=_text(anchor["bureau"], "anchor.bureau", 18),
        lane=_text(anchor["lane"], "anchor.lane", 32),
        sequence=_int(anchor["sequence"], "anchor.sequence", 1),
        parts=LeafParts(
            jwt=_digest(leaf["jwt"], "leaf.jwt"),
            stamp=_digest(leaf["stamp"], "leaf.stamp"),
            record=_digest(leaf["record"], "leaf.record"),
        ),
        index=_int(inclusion["index"], "inclusion.index", 0),
        size=_int(inclusion["size"], "inclusion.size", 1),
        path=_path(inclusion["path"], "inclusion.path"),
    )
    stamp = unb64url(_text(top["stamp"], "stamp", 2 * MAX_STAMP), field="stamp")
    if not 0 < len(stamp) <= MAX_STAMP:
        raise InvalidInput(f"stamp: {len(stamp)} bytes", code="bundle.form", field="stamp")
    header = unhex0x(_text(chain["header"], "chain.header", 2 * MAX_HEADER + 2), field="chain.header")
    nodes = _list(receipt["proof"], "chain.receipt.proof", MAX_NODES)
    limit = 2 * MAX_NODE + 2
    return EvidenceBundle(
        credential=_text(top["credential"], "credential", MAX_CREDENTIAL),
        stamp=stamp,
        place=place,
        chain=ChainEvidence(
            header,
            _int(receipt["index"], "chain.receipt.index", 0),
            tuple(unhex0x(_text(node, "chain.receipt.proof", limit), field="chain.receipt.proof") for node in nodes),
        ),
        checkpoint=_checkpoint(top["checkpoint"]),
    )


def _usual(shape: BundleShape) -> EvidenceBundle | None:
    """The bundle of a shape if it keeps every rule of the long way below, too; None leaves it to that."""
    anchor, inclusion, chain, checkpoint = shape.anchor, shape.inclusion, shape.chain, shape.checkpoint
    note, links = ("", []) if checkpoint is None else (checkpoint.note, checkpoint.path)
    proof = chain.receipt.proof
    if (
        shape.format != FORMAT
        or not 0 < len(anchor.bureau) <= 18
        or not 0 < len(anchor.lane) <= 32
        or not 0 < len(shape.credential) <= MAX_CREDENTIAL
        or len(inclusion.path) > MAX_PATH
        or len(links) > MAX_PATH
        or len(proof) > MAX_NODES
        or len(chain.header) > 2 * MAX_HEADER + 2
        or (proof and max(map(len, proof)) > 2 * MAX_NODE + 2)
        or (checkpoint is not None and not 0 < len(note) <= MAX_NOTE)
        or not 0 < len(shape.stamp) <= 2 * MAX_STAMP
    ):
        return None
    found = unb64url_digests([shape.leaf.jwt, shape.leaf.stamp, shape.leaf.record, *inclusion.path, *links])
    if found is None:
        return None
    stamp = unb64url(shape.stamp, field="stamp")
    if not 0 < len(stamp) <= MAX_STAMP:
        return None
    end = 3 + len(inclusion.path)
    place = LeafPlace(
        anchor.bureau, anchor.lane, anchor.sequence, LeafParts(*found[:3]), inclusion.index, inclusion.size,
        found[3:end],
    )  # fmt: skip
    evidence = ChainEvidence(
        unhex0x(chain.header, field="chain.header"),
        chain.receipt.index,
        tuple([unhex0x(node, field="chain.receipt.proof") for node in proof]),
    )
    return EvidenceBundle(
        shape.credential,
        stamp,
        place,
        evidence,
        None if checkpoint is None else CheckpointEvidence(note, checkpoint.index, found[end:]),
    )


def _checkpoint(value: Any) -> CheckpointEvidence | None:
    if value is None:
        return None
    found = _object(value, "checkpoint", ("index", "note", "path"))
    return CheckpointEvidence(
        note=_text(found["note"], "checkpoint.note", MAX_NOTE),
        index=_int(found["index"], "checkpoint.index", 0),
        path=_path(found["path"], "checkpoint.path"),
    )


def _fault(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"bundle: {field}: {message}", code="bundle.form", field=field)


def _object(value: Any, field: str, names: Sequence[str] | None) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _fault(field, "not an object")
    if names is not None and sorted(value) != sorted(names):
        raise _fault(field, f"members must be exactly {', '.join(names)}")
    return value


def _text(value: Any, field: str, limit: int) -> str:
    if not isinstance(value, str) or not value or len(value) > limit:
        raise _fault(field, f"not text of 1 to {limit} characters")
    return value


def _int(value: Any, field: str, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _MAX_INT:
        raise _fault(field, f"not a whole number of at least {least}")
    return value


def _list(value: Any, field: str, limit: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > limit:
        raise _fault(field, f"not a list of at most {limit}")
    return value


def _digest(value: Any, field: str) -> bytes:
    data = unb64url(_text(value, field, 43), field=field)
    if len(data) != 32:
        raise _fault(field, "not 32 bytes")
    return data


def _path(value: Any, field: str) -> tuple[bytes, ...]:
    return tuple(_digest(node, field) for node in _list(value, field, MAX_PATH))
