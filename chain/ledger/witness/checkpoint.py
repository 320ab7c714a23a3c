"""Checkpoints: signed notes that fix the whole chain up to one block. Pure: text and keys in, verdict out.

Body (C2SP tlog-checkpoint; every line ends with a line feed)::

    yinxin/<chain id>/<first 16 hexadecimal digits of the genesis hash>
    <size: number of blocks>
    <RFC 9162 root over the block hashes, base64>
    block <number of the last block> <its hash> <its time>
    heads <Keccak-256 of all lane and list heads at that block>

An empty line, then one line a witness (C2SP tlog-cosignature, ``cosignature/v1``, Ed25519). A note has one
form: known witnesses only, ordered by name, each once, every signature good. Written form:
``docs/formats/checkpoint.md``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.ports import BlockRef
from chain.ledger.trustroot import TrustRoot, WitnessKey

_ALGORITHM = b"\x04"
_NUMBER = r"(0|[1-9][0-9]{0,15})"
_BODY = re.compile(
    rf"(yinxin/[0-9]+/[0-9a-f]{{16}})\n{_NUMBER}\n([A-Za-z0-9+/]{{43}}=)\n"
    rf"block {_NUMBER} 0x([0-9a-f]{{64}}) {_NUMBER}\nheads 0x([0-9a-f]{{64}})\n\Z"
)
_SIGNATURE = re.compile(r"\u2014 ([!-*,-~]+) ([A-Za-z0-9+/]+={0,2})\Z")
_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class CheckpointBody:
    """What a checkpoint says.

    Attributes:
        origin: names the chain.
        size: number of blocks, from block 0 on.
        root: RFC 9162 root, leaf i being the leaf hash of block i's hash; 32 bytes.
        block: the last of these blocks.
        heads: commitment to all heads at that block, 32 bytes (see :func:`chain.ledger.witness.heads.digest`).
    """

    origin: str
    size: int
    root: bytes
    block: BlockRef
    heads: bytes

    def text(self) -> str:
        """The note's body, with the final line feed."""
        root = base64.b64encode(self.root).decode("ascii")
        block = f"block {self.block.number} {hex0x(self.block.hash)} {self.block.time}"
        return f"{self.origin}\n{self.size}\n{root}\n{block}\nheads {hex0x(self.heads)}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint that enough witnesses signed.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis: hash of block 0, 32 bytes.
        size: number of blocks.
        root: RFC 9162 root over the block hashes, 32 bytes.
        block: the last block.
        heads: commitment to all heads at that block, 32 bytes.
        signers: names of the witnesses that signed, in order.
        time: at this time, or later, as many witnesses as the threshold asks for said that it is the newest they saw;
            seconds since 1970 UTC.
    """

    chain_id: int
    genesis: bytes
    size: int
    root: bytes
    block: BlockRef
    heads: bytes
    signers: tuple[str, ...]
    time: int


def origin_of(chain_id: int, genesis: bytes) -> str:
    """First line of every checkpoint of that chain."""
    return f"yinxin/{chain_id}/{genesis.hex()[:16]}"


def key_id(witness: WitnessKey) -> bytes:
    """First 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x04 ‖ public key) (C2SP tlog-cosignature)."""
    return sha256(witness.name.encode("ascii") + b"\n" + _ALGORITHM + witness.key)[:4]


def cosign(body: str, name: str, key: Ed25519PrivateKey, time: int) -> str:
    """One signature line, with its line feed.

    Args:
        body: the note's body.
        name: the witness' name.
        key: its private key.
        time: now, seconds since 1970 UTC.
    """
    witness = WitnessKey(name, key.public_key().public_bytes_raw())
    signature = key.sign(_message(body, time))
    blob = base64.b64encode(key_id(witness) + time.to_bytes(8, "big") + signature).decode("ascii")
    return f"\u2014 {name} {blob}\n"


def merge(notes: Iterable[str]) -> str:
    """One note with the signature lines of several notes over the same body; of two by one witness, the newer.

    Raises:
        InvalidInput: the bodies differ, or a note has no usable form.
    """
    body: str | None = None
    lines: dict[str, tuple[int, str]] = {}
    for note in notes:
        found, signatures = _split(note)
        if body is not None and found != body:
            raise _bad("the notes speak of different checkpoints")
        body = found
        for line in signatures:
            name, blob = _signature(line)
            time = int.from_bytes(blob[4:12], "big")
            if name not in lines or lines[name][0] < time:
                lines[name] = (time, line)
    if body is None:
        raise _bad("no note to merge")
    return body + "\n" + "".join(lines[name][1] + "\n" for name in sorted(lines))


def parse_body(body: str) -> CheckpointBody:
    """Read a body. Raises InvalidInput if any character differs from the one form."""
    found = _BODY.match(body)
    if not found:
        raise _bad("not a checkpoint of ours")
    origin, size, root, number, hash_, time, heads = found.groups()
    parsed = CheckpointBody(
        origin, int(size), _unbase64(root), BlockRef(int(number), bytes.fromhex(hash_), int(time)), bytes.fromhex(heads)
    )
    if parsed.size != parsed.block.number + 1:
        raise _bad("its size is not its last block's number plus 1")
    return parsed


def verify_checkpoint(note: str, trust_root: TrustRoot) -> Checkpoint:
    """The checkpoint, if at least the trust root's threshold of its witnesses signed it.

    Raises:
        InvalidInput: not in its one form, another chain, an unknown witness or a bad signature.
        Refused: too few witnesses signed, or the trust root names none.
    """
    body, lines = _split(note)
    parsed = parse_body(body)
    if parsed.origin != origin_of(trust_root.chain_id, trust_root.genesis_hash):
        raise _bad(f"it is of {parsed.origin}, not of the chain the trust root names")
    names: list[str] = []
    times: list[int] = []
    for line in lines:
        name, blob = _signature(line)
        witness = trust_root.witness(name)
        if witness is None:
            raise _bad(f"{name} is no witness of the trust root")
        if names and name <= names[-1]:
            raise _bad("signatures are not ordered by name, each once")
        names.append(name)
        times.append(_verify(body, blob, witness))
    if trust_root.threshold < 1 or len(names) < trust_root.threshold:
        raise Refused(
            f"checkpoint: signed by {len(names)} witnesses, the trust root asks for {max(1, trust_root.threshold)}",
            code="checkpoint.witnesses", field="checkpoint", fix="ask more witnesses for their signatures",
        )  # fmt: skip
    return Checkpoint(
        trust_root.chain_id, trust_root.genesis_hash, parsed.size, parsed.root, parsed.block, parsed.heads,
        tuple(names),
        sorted(times, reverse=True)[trust_root.threshold - 1],
    )  # fmt: skip


def _message(body: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def _verify(body: str, blob: bytes, witness: WitnessKey) -> int:
    time = int.from_bytes(blob[4:12], "big")
    if blob[:4] != key_id(witness) or time >= 2**63:
        raise _bad(f"the signature of {witness.name} is by another key")
    try:
        Ed25519PublicKey.from_public_bytes(witness.key).verify(blob[12:], _message(body, time))
    except (InvalidSignature, ValueError) as error:
        raise _bad(f"the signature of {witness.name} is wrong") from error
    return time


def _split(note: str) -> tuple[str, list[str]]:
    if len(note) > _LIMIT or note.count("\n\n") != 1 or not note.endswith("\n"):
        raise _bad("not a signed note")
    body, _, signatures = note.partition("\n\n")
    if not signatures:
        raise _bad("nobody signed it")
    return body + "\n", signatures[:-1].split("\n")


def _signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE.match(line)
    if not found:
        raise _bad("a signature line has no usable form")
    blob = _unbase64(found.group(2))
    if len(blob) != 76:
        raise _bad("a signature has another length")
    return found.group(1), blob


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad("not base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise _bad("base64 with unused bits set")
    return data


def _bad(why: str) -> InvalidInput:
    return InvalidInput(f"checkpoint: {why}", code="checkpoint.form", field="checkpoint")
